"""export: every mart in every format, the same rows in each, the same bytes each time, and a manifest that is right."""

import csv
import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from pipelines.ask.export import export_marts
from pipelines.ask.marts import list_marts
from pipelines.ground.home import ROOT
from pipelines.notice import load_notice
from tests.analysts.conftest import NOTICE_ID, World

AS_OF = datetime(2020, 11, 12, 20)
ASKED = {"trace", "changes_between", "reporting_by"}
"""Macros that ask for more than a notice and a moment."""


@pytest.fixture(scope="module")
def taken(small: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("taken")
    export_marts(small.home.published, load_notice(NOTICE_ID), AS_OF, to)
    return to


def _manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text("utf-8"))


def test_manifest_tells_every_file(taken: Path, small: World) -> None:
    manifest = _manifest(taken)
    assert (manifest["notice"], manifest["as_of"]) == (NOTICE_ID, "2020-11-12T20:00:00")
    assert {"name": small.connection.execute("SELECT fingerprint FROM raw.versions").fetchone()[0]} == {
        "name": manifest["snapshot"]["fingerprint"]
    }
    assert {one["name"] for one in manifest["files"]} == {path.name for path in taken.iterdir()} - {
        "manifest.json",
        "datapackage.json",
    }
    for one in manifest["files"]:
        assert hashlib.sha256((taken / one["name"]).read_bytes()).hexdigest() == one["sha256"], one["name"]


def test_every_mart_of_sql_is_taken(taken: Path, small: World) -> None:
    """All files of sql/marts, but those of other arguments and those that hold only the latest state."""
    names = {path.stem.removesuffix("_as_of") for path in (ROOT / "sql" / "marts").glob("*.sql")}
    files = {one["mart"] for one in _manifest(taken)["files"] if "mart" in one}
    assert {"city_reporting", "city_coverage", "obligation_status", "files", "verdicts", "figures"} <= files
    assert names - files == {*ASKED, *_manifest(taken)["left_out"]}
    latest = {mart.name for mart in list_marts(small.connection, is_latest=True)[0]}
    assert names - latest == ASKED


@pytest.mark.slow
def test_formats_hold_the_same_rows(taken: Path) -> None:
    books = openpyxl.load_workbook(taken / f"{NOTICE_ID}.xlsx", read_only=True)
    compared = 0
    for one in _manifest(taken)["files"]:
        if not one["name"].endswith(".parquet"):
            continue
        table = pq.read_table(taken / one["name"])
        assert table.num_rows == one["rows"]
        with (taken / f"{one['mart']}.csv").open(encoding="utf-8-sig", newline="") as file:
            header, *lines = csv.reader(file)
        assert header == table.column_names
        assert len(lines) == table.num_rows
        page = [list(row) for row in books[one["mart"]].iter_rows(values_only=True)]
        assert len(page) - 1 == table.num_rows
        assert len(set(page[0])) == len(header), page[0]
        compared += table.num_rows
    assert compared > 1000


def test_figures_are_those_of_the_snapshot(taken: Path, small: World) -> None:
    for mart in ("city_reporting", "city_coverage"):
        rows = small.rows(f"FROM marts.{mart}_as_of($notice, $t)", t=AS_OF)
        assert pq.read_table(taken / f"{mart}.parquet").to_pylist() == rows
        with (taken / f"{mart}.csv").open(encoding="utf-8-sig", newline="") as file:
            told = list(csv.DictReader(file))
        assert [row["city_code"] for row in told] == [row["city_code"] for row in rows]
        for line, row in zip(told, rows, strict=True):
            for name, value in row.items():
                is_rate = name.endswith(("_rate", "_coverage"))
                expected = "" if value is None else f"{value:.6f}" if is_rate else str(value)
                assert line[name] == expected


@pytest.mark.slow
def test_workbook_is_made_for_people(taken: Path) -> None:
    book = openpyxl.load_workbook(taken / f"{NOTICE_ID}.xlsx")
    assert book.sheetnames[:2] == ["目录", "各列说明"]
    page = book["city_reporting"]
    headers = [cell.value for cell in page[1]]
    assert headers[:3] == ["区划代码", "市", "主送单位数"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref
    rate = page.cell(2, headers.index("参与率") + 1)
    assert rate.number_format == "0.0%"
    assert page.column_dimensions["B"].width >= 8


def test_exporting_again_gives_the_same_bytes(taken: Path, small: World, tmp_path: Path) -> None:
    export_marts(small.home.published, load_notice(NOTICE_ID), AS_OF, tmp_path)
    names = sorted(path.name for path in taken.iterdir())
    assert len(names) > 15
    assert names == sorted(path.name for path in tmp_path.iterdir())
    for name in names:
        assert (taken / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_what_came_later_is_not_in_it(taken: Path, small: World) -> None:
    for mart, column in (("files", "received_at"), ("verdicts", "received_at")):
        told = pq.read_table(taken / f"{mart}.parquet").column(column).to_pylist()
        assert told
        assert max(told) <= AS_OF
        assert len(told) < len(small.rows(f"FROM marts.{mart} WHERE notice_id = $notice"))


def test_rows_that_count_now_are_taken_at_the_latest_moment_only(
    small: World, taken: Path, exported: Path
) -> None:
    assert "materials" in _manifest(taken)["left_out"]
    assert _manifest(exported)["left_out"] == []
    (rows,) = small.rows("SELECT count(*) AS rows FROM marts.materials WHERE notice_id = $notice")
    assert pq.read_table(exported / "materials.parquet").num_rows == rows["rows"] > 0
