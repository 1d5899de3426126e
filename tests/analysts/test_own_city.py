"""export --city: a city's own rows, all of them, and nothing of another city in any cell of any file."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.ask.export import export_marts
from pipelines.ask.marts import list_marts
from pipelines.ask.own_city import OWN_MARTS, SAID, other_units
from pipelines.cli import app
from pipelines.ground.errors import NoticesError
from pipelines.notice import load_notice
from tests.analysts.conftest import END, NOTICE_ID, World

BUSIEST = """
SELECT city_code, city FROM marts.fact_rows_as_of($notice, $t) WHERE city_code IS NOT NULL
GROUP BY ALL ORDER BY count(*) DESC, city_code LIMIT 1
"""
OTHERS = """
SELECT unnest([city_code, city, recipient_code, recipient]) AS word FROM core.recipients
LEFT JOIN core.cities USING (notice_id, city_code) WHERE notice_id = $notice AND city_code IS DISTINCT FROM $city
UNION SELECT unnest([path, submission_id, item_id]) FROM marts.fact_rows_as_of($notice, $t) WHERE city_code IS DISTINCT FROM $city
UNION SELECT unnest([city_code, city]) FROM core.cities WHERE notice_id = $notice AND city_code <> $city
"""


@pytest.fixture(scope="module")
def city(small: World) -> str:
    """The one with the most rows."""
    return small.rows(BUSIEST, t=END)[0]["city_code"]


@pytest.fixture(scope="module")
def taken(small: World, city: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("own")
    export_marts(small.home.published, load_notice(NOTICE_ID), END, to, city)
    return to


def _cells(folder: Path) -> Iterator[tuple[str, str]]:
    """Every cell of every table and workbook, and every other text whole, with the file it stands in."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            assert pq.read_schema(path).pandas_metadata is None
            yield from ((path.name, str(cell)) for column in table.columns for cell in column.to_pylist())
        elif path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path, read_only=True)
            for page in book:
                yield from (
                    (path.name, str(cell)) for row in page.iter_rows(values_only=True) for cell in row
                )
        else:
            yield from ((path.name, line) for line in path.read_text("utf-8-sig").splitlines())


def test_no_cell_of_any_file_speaks_of_another_city(taken: Path, small: World, city: str) -> None:
    words = {str(row["word"]) for row in small.rows(OTHERS, t=END, city=city) if row["word"]}
    own = {
        str(row["word"])
        for row in small.rows(OTHERS.replace("IS DISTINCT FROM", "=").replace("<>", "="), t=END, city=city)
    }
    words -= own
    assert len(words) > 100
    assert any("/" in word for word in words), "paths of other cities are among them"
    foreign = re.compile(
        "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(words, key=len, reverse=True))
    )
    everybody = small.rows("FROM marts.files WHERE notice_id = $notice")
    assert any(foreign.search(str(cell)) for row in everybody for cell in row.values())
    cells = list(_cells(taken))
    assert {name.rpartition(".")[2] for name, _ in cells} == {"csv", "json", "parquet", "xlsx"}
    assert len(cells) > 5000
    # Whether a word is in a cell at all is asked first: the expression of all of them takes half a minute.
    held = {cell for cell in {cell for _, cell in cells} if any(word in cell for word in words)}
    assert [(name, cell) for name, cell in cells if cell in held and foreign.search(cell)] == []


def test_it_holds_all_the_citys_rows(taken: Path, small: World, city: str) -> None:
    marts = [mart for mart in list_marts(small.connection, is_latest=True)[0] if mart.name in OWN_MARTS]
    assert {mart.name for mart in marts} == OWN_MARTS
    others = other_units(small.connection, NOTICE_ID, city)
    assert others.search("填报单位写的却是“烟台汽车工程职业学院”")
    filled = set()
    for mart in marts:
        rows = [
            row
            | {
                name: others.sub("外市单位", row[name])
                for name in SAID & row.keys()
                if isinstance(row[name], str)
            }
            for row in mart.read(small.connection, NOTICE_ID, END).to_pylist()
            if row["city_code"] == city
        ]
        assert pq.read_table(taken / f"{mart.name}.parquet").to_pylist() == rows, mart.name
        filled |= {mart.name} if rows else set()
    assert {"fact_obligations", "fact_rows", "files", "figures", "figure_parts", "city_reporting"} <= filled
    reasons = pq.read_table(taken / "fact_rows.parquet").column("reasons").to_pylist()
    assert any(reasons), "rows that went back stand there with their reasons"


def test_it_is_described_as_the_whole_export_is(taken: Path, city: str) -> None:
    manifest = json.loads((taken / "manifest.json").read_text("utf-8"))
    package = json.loads((taken / "datapackage.json").read_text("utf-8"))
    assert (manifest["city"], manifest["breaches"], manifest["left_out"]) == (city, [], [])
    names = {one["name"] for one in manifest["files"]}
    assert names == {path.name for path in taken.iterdir()} - {"manifest.json", "datapackage.json"}
    assert f"{NOTICE_ID}-{city}.xlsx" in names
    assert {one["path"] for one in package["resources"]} == {
        name for name in names if not name.endswith(".xlsx")
    }


def test_a_folder_that_holds_anything_else_is_refused(small: World, city: str, tmp_path: Path) -> None:
    (tmp_path / f"{NOTICE_ID}.xlsx").write_text("the whole province")
    with pytest.raises(NoticesError, match="不属于这份摘录"):
        export_marts(small.home.published, load_notice(NOTICE_ID), END, tmp_path, city)
    assert [path.name for path in tmp_path.iterdir()] == [f"{NOTICE_ID}.xlsx"]


def test_the_command_takes_a_name_and_refuses_what_is_no_city(
    small: World, city: str, tmp_path: Path
) -> None:
    name = small.rows(
        "SELECT city FROM core.cities WHERE city_code = $city AND notice_id = $notice", city=city
    )[0]
    words = ["--home", str(small.home.path), "export", NOTICE_ID, "--to", str(tmp_path)]
    said = CliRunner().invoke(app, [*words, "--city", name["city"], "--as-of", "2020-11-12T20:00"])
    assert said.exit_code == 0, said.output
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert (manifest["city"], manifest["as_of"]) == (city, "2020-11-12T20:00:00")
    said = CliRunner().invoke(app, [*words, "--city", "不是市"])
    assert (said.exit_code, "没有“不是市”这个市" in said.output) == (2, True)
