"""notices sql, trace and changes as people type them: what they print, what they refuse, with which exit status."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from pipelines.cli import app
from pipelines.ground.home import Home
from tests.analysts.conftest import NOTICE_ID, World

RATES = f"SELECT city, materials, day_coverage FROM marts.city_coverage_as_of('{NOTICE_ID}', '2020-11-12')"


def run(world: World, *arguments: object, text: str | None = None) -> Result:
    """On a copy of the snapshot: connections of one process to one file share their limits, and the world keeps one open."""
    reader = Home(world.home.path.with_name(f"{world.home.path.name}-reader"))
    for path in ("published", "private"):
        copy: Path = getattr(reader, path)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(getattr(world.home, path), copy)
    return CliRunner().invoke(app, ["--home", str(reader.path), *map(str, arguments)], input=text)


def test_table_keeps_chinese_columns_straight(small: World) -> None:
    done = run(small, "sql", RATES)
    assert done.exit_code == 0, done.output
    lines = [line for line in done.output.splitlines() if line.startswith("│")]
    assert len(lines) == 16
    assert done.output.endswith("16 行\n")
    assert {sum(2 if ord(letter) > 0x2E7F else 1 for letter in line) for line in lines} == {len(lines[0]) + 3}


def test_long_result_is_cut_and_says_so(small: World) -> None:
    done = run(small, "sql", "SELECT * FROM range(1234)")
    assert "1,234 行，只显示前 200 行" in done.output
    assert sum(line.startswith("│") for line in done.output.splitlines()) == 200


def test_csv_of_a_query_from_a_file_and_from_standard_input(small: World, tmp_path: Path) -> None:
    query = "SELECT 1 AS n, NULL AS nothing, 0.5 AS city_rate, '=1+1' AS formula, DATE '2020-11-08' AS day"
    (tmp_path / "q.sql").write_text(query, "utf-8")
    expected = "n,nothing,city_rate,formula,day\n1,,0.500000,'=1+1,2020-11-08\n"
    for given in (("-f", tmp_path / "q.sql"), (query,)):
        assert run(small, "sql", *given, "--format", "csv").output == expected
    assert run(small, "sql", "-f", "-", "--format", "csv", text=query).output == expected


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_suffix_tells_the_format(small: World, tmp_path: Path, suffix: str) -> None:
    to = tmp_path / f"out.{suffix}"
    done = run(small, "sql", RATES, "--to", to)
    assert done.exit_code == 0, done.output
    rows = small.connection.execute(RATES).fetchall()
    assert len(rows) == 16
    if suffix == "csv":
        assert to.read_bytes().startswith(b"\xef\xbb\xbfcity,materials,day_coverage\n")
    elif suffix == "parquet":
        assert [tuple(row.values()) for row in pq.read_table(to).to_pylist()] == rows
    else:
        page = openpyxl.load_workbook(to)["查询结果"]
        for told, row in zip(page.iter_rows(min_row=2, values_only=True), rows, strict=True):
            assert told == (*row[:2], pytest.approx(row[2]))
        assert page.freeze_panes == "A2"
        assert page["C2"].number_format == "0.0%"


REFUSED = [
    pytest.param(("SELEC 1",), "语句写错了", id="syntax"),
    pytest.param(("FROM nowhere",), "没有这个表", id="table"),
    pytest.param(("SELECT nothing FROM marts.files",), "列名或参数对不上", id="column"),
    pytest.param(("SELECT 1 / 'a'::INTEGER",), "查询没有成功", id="conversion"),
    pytest.param(("DROP TABLE raw.receipts",), "只能查询快照", id="drop"),
    pytest.param(("CREATE TABLE mine AS SELECT 1",), "只能查询快照", id="create"),
    pytest.param(("SELECT 1; DELETE FROM raw.receipts",), "只能查询快照", id="second statement"),
    pytest.param(("COPY (SELECT 1) TO 'stolen.csv'",), "只能查询快照", id="copy"),
    pytest.param(("FROM read_text('pyproject.toml')",), "只能查询快照", id="read"),
    pytest.param(("FROM 'notices/words.yaml'",), "没有这个表", id="file as a table"),
    pytest.param(("ATTACH 'other.duckdb' AS other",), "只能查询快照", id="attach"),
    pytest.param(("INSTALL httpfs",), "只能查询快照", id="install"),
    pytest.param(("LOAD httpfs",), "只能查询快照", id="load"),
    pytest.param(("SET enable_external_access = true",), "只能查询快照", id="set"),
    pytest.param(("RESET lock_configuration",), "只能查询快照", id="reset"),
    pytest.param((), "请写一条查询语句", id="nothing"),
    pytest.param(("  ",), "查询语句是空的", id="blank"),
    pytest.param(("SELECT 1", "-f", "also.sql"), "请写一条查询语句", id="both"),
    pytest.param(("-f", "missing.sql"), "读不出", id="no file"),
    pytest.param(("SELECT 1", "--format", "parquet"), "--to", id="parquet on a screen"),
    pytest.param(("SELECT 1", "--to", "out.txt"), "不知道", id="unknown suffix"),
    pytest.param(("--ui",), "离线打不开", id="ui"),
]


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_refused_with_a_sentence(small: World, arguments: tuple[str, ...], sentence: str) -> None:
    before = small.home.published.stat()
    done = run(small, "sql", *arguments)
    assert done.exit_code == 2, done.output
    assert sentence in done.output.replace("│", "").replace("\n", "")
    assert "Traceback" not in done.output
    assert small.home.published.stat() == before
    assert not Path("stolen.csv").exists()


def _participants(world: World) -> tuple[str, int]:
    """The city with most participants on the 12th."""
    code, value = world.connection.execute(
        f"SELECT city_code, participants FROM marts.city_coverage_as_of('{NOTICE_ID}', '2020-11-12') ORDER BY participants"
    ).fetchall()[-1]
    assert value > 0
    return code, value


def test_trace_prints_the_sum_and_where_it_is_from(small: World) -> None:
    city, value = _participants(small)
    asked = ("trace", NOTICE_ID, "--city", city, "--figure", "participants", "--as-of", "2020-11-12")
    done = run(small, *asked)
    assert done.exit_code == 0, done.output
    assert f"{value:,}，由 " in done.output
    rows: list[dict[str, Any]] = json.loads(run(small, *asked, "--format", "json").output)
    assert sum(row["amount"] for row in rows if row["part"] == "counted") == value
    header = run(small, *asked, "--format", "csv").output.splitlines()[0].split(",")
    assert {"path", "sheet", "row_number", "cell", "value_given", "value", "reason"} <= set(header)


def test_trace_of_a_file_tells_its_end_its_rows_and_its_figures(small: World) -> None:
    path, rows, when = small.connection.execute(
        """
        SELECT path, row_count, received_at FROM marts.files
        WHERE state = 'partly accepted' AND deliverable = 'materials' AND NOT contains(path, '#') ORDER BY path LIMIT 1
        """
    ).fetchone()
    told = json.loads(run(small, "trace", NOTICE_ID, "--file", path, "--format", "json").output)
    assert [one["state"] for one in told["submissions"]] == ["partly accepted"]
    assert len(told["rows"]) == rows
    assert {row["row_end"] for row in told["rows"]} >= {"rejected"}
    assert "materials" in {row["figure"] for row in told["figures"]}
    assert all(datetime.fromisoformat(row["received_at"]) == when for row in told["figures"])
    assert "收到时改变了" in run(small, "trace", NOTICE_ID, "--file", path).output


def test_changes_prints_what_moved(small: World) -> None:
    done = run(
        small, "changes", NOTICE_ID, "--since", "2020-11-08", "--as-of", "2020-11-09", "--format", "json"
    )
    rows = json.loads(done.output)
    assert {"difference", "raised", "lowered", "receipts"} <= rows[0].keys()
    assert any(row["receipts"] for row in rows)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(("--city", "济南市"), "--figure", id="no figure"),
        pytest.param(("--city", "济南市", "--figure", "due", "--file", "x"), "--file", id="both"),
        pytest.param(("--city", "纽约市", "--figure", "due"), "370100 济南市", id="no such city"),
        pytest.param(("--city", "370100", "--figure", "happiness"), "participants", id="no such figure"),
        pytest.param(("--city", "370100", "--figure", "due", "--as-of", "昨天"), "不是时刻", id="no moment"),
    ],
)
def test_trace_refuses_with_the_choices(small: World, arguments: tuple[str, ...], sentence: str) -> None:
    done = run(small, "trace", NOTICE_ID, *arguments)
    assert done.exit_code == 2, done.output
    assert sentence in done.output
