"""notices sql is guarded: Ctrl-C, a time and a memory limit stop it; rows are streamed; tables from outside are read by name."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pytest

from pipelines.ask.question import TooSlowError, ask_streamed
from pipelines.warehouse.snapshot import connect_snapshot
from tests.analysts.conftest import World
from tests.analysts.test_sql import run
from tests.conftest import cli_environment, command

ENDLESS = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 1"


@pytest.fixture
def snapshot(small: World, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """Of its own, so that its limits are its own."""
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes(small.home.published.read_bytes())
    return connect_snapshot(copy, memory_limit="200MB")


def test_rows_come_before_the_last_is_made(snapshot: duckdb.DuckDBPyConnection) -> None:
    """A result far beyond the memory limit is begun, and left, without being gathered."""
    schema, batches = ask_streamed(
        snapshot, "SELECT range AS n, repeat('x', 1000) AS text FROM range(1000000000)", 60
    )
    assert schema.names == ["n", "text"]
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        if rows > 100_000:
            break
    batches.close()
    assert snapshot.execute("SELECT 1").fetchone() == (1,), "the connection lives on"


def test_a_question_that_takes_too_long_is_stopped(snapshot: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(TooSlowError, match=r"超过 0\.2 秒"):
        ask_streamed(snapshot, ENDLESS, 0.2)
    assert snapshot.execute("SELECT 1").fetchone() == (1,)


def test_the_command_says_so(small: World, tmp_path: Path) -> None:
    done = run(small, "sql", ENDLESS, "--seconds", "0.2", "--to", tmp_path / "out.csv")
    assert done.exit_code == 2
    assert "已停下" in done.output
    assert list(tmp_path.iterdir()) == []


def test_memory_is_limited(small: World) -> None:
    query = "SELECT list(a.range) FROM range(30000) a, range(30000) b GROUP BY b.range % 7"
    done = run(small, "sql", query, "--memory", "100MB")
    assert done.exit_code == 2
    assert "内存不够" in done.output
    assert "--memory 放宽" in done.output
    assert "SET " not in done.output, "advice that nobody can follow here"
    for size in ("many", "0GB", "9MB"):
        assert run(small, "sql", "SELECT 1", "--memory", size).exit_code == 2


def test_ctrl_c_stops_at_once(small: World) -> None:
    """While rows are coming, and a thousand million more would come."""
    process = subprocess.Popen(
        command(small.home, "sql", "SELECT range FROM range(1000000000000)", "--format", "csv"),
        env=cli_environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "range\n"
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert said.strip().endswith("已停下")


def interrupt_at(number: int) -> Callable[[FrameType, str, object], Any]:
    """A tracer: Ctrl-C at so many steps of Python, in whatever function that is."""
    steps = count(1)

    def trace(frame: FrameType, event: str, _: object) -> Any:
        frame.f_trace_opcodes = True
        if event == "opcode" and next(steps) == number:
            raise KeyboardInterrupt
        return trace

    return trace


@pytest.mark.timeout(120)
def test_ctrl_c_stops_wherever_it_comes(snapshot: duckdb.DuckDBPyConnection) -> None:
    """While rows are waited for: no lock is left behind that the worker waits for, and nothing runs on."""
    former = sys.gettrace()
    for number in count(1):
        _, batches = ask_streamed(snapshot, "SELECT range FROM range(1000000000000)", 600)
        with closing(batches), suppress(KeyboardInterrupt):
            try:
                sys.settrace(interrupt_at(number))
                taken = [next(batches) for _ in range(3)]
                break
            finally:
                sys.settrace(former)
        assert snapshot.execute("SELECT 1").fetchall() == [(1,)]
    assert len(taken) == 3
    assert number > 30


def test_an_interrupt_that_duckdb_forgets_is_told_it_again(snapshot: duckdb.DuckDBPyConnection) -> None:
    """It forgets one that comes before it begins to work: here, the first one."""

    class Forgetful:
        execute, told = snapshot.execute, 0

        def interrupt(self) -> None:
            self.told += 1
            if self.told > 1:
                snapshot.interrupt()

    connection = Forgetful()
    endless = "SELECT count(*) FROM range(1000000000000) WHERE range % 2 = 3"
    with pytest.raises(TooSlowError):
        ask_streamed(connection, endless, 0.5)  # type: ignore[arg-type]
    assert connection.told > 1
    assert snapshot.execute("SELECT 1").fetchall() == [(1,)]


def test_every_format_holds_the_same_rows(small: World, tmp_path: Path) -> None:
    query = "SELECT city_code, materials, 0.25 AS a_rate, DATE '2020-11-08' AS day FROM marts.city_coverage"
    rows = small.connection.execute(query).to_arrow_table().to_pylist()
    assert len(rows) == 16
    expected = [{**row, "a_rate": 0.25, "day": "2020-11-08"} for row in rows]
    assert json.loads(run(small, "sql", query, "--format", "json").stdout) == expected
    lines = run(small, "sql", query, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == expected
    run(small, "sql", query, "--to", tmp_path / "out.arrow")
    assert pa.ipc.open_stream(tmp_path / "out.arrow").read_all().to_pylist() == rows


@pytest.mark.parametrize("query", [";", "-- nothing\n", "/* nothing */ ;;"])
def test_a_question_without_a_statement_ends_at_once(snapshot: duckdb.DuckDBPyConnection, query: str) -> None:
    """Its worker once died untold, and was waited for until the time was up."""
    schema, batches = ask_streamed(snapshot, query, 60)
    assert (schema.names, list(batches)) == ([], [])


def test_no_column_is_lost_to_another_of_its_name(small: World) -> None:
    query = "SELECT 1 AS a, 2 AS a, 3 AS a_1, 4 AS a"
    told = run(small, "sql", query, "--format", "json").stdout
    assert json.loads(told) == [{"a": 1, "a_2": 2, "a_1": 3, "a_3": 4}]
    assert run(small, "sql", query, "--format", "csv").stdout.startswith("a,a_2,a_1,a_3\n")


ODD = (
    "SELECT 'nan'::DOUBLE AS no_number, [-'inf'::DOUBLE] AS without_end, 'a'::BLOB AS bytes,"
    " INTERVAL '1 month 3 days -90 seconds' AS span, INTERVAL 0 DAY AS no_span, INTERVAL '-2 days' AS back, NULL::INTERVAL AS none,"
    " TIMESTAMPTZ '2020-11-14 20:00:00+08' AS zoned"
)


def test_odd_values_are_json_that_others_read(small: World) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    told = run(small, "sql", ODD, "--format", "jsonl").stdout
    row = json.loads(told, parse_constant=refuse)
    assert datetime.fromisoformat(row.pop("zoned")) == datetime(2020, 11, 14, 12, tzinfo=UTC)
    assert row == {
        "no_number": "NaN",
        "without_end": ["-Infinity"],
        "bytes": "61",
        "span": "1 month 3 days -00:01:30",
        "no_span": "00:00:00",
        "back": "-2 days",
        "none": None,
    }


def test_a_moment_with_a_zone_keeps_it(small: World, tmp_path: Path) -> None:
    """In text and in a workbook: without it, it would be read eight hours off."""
    query = "SELECT TIMESTAMPTZ '2020-11-14 20:00:00+08' AS zoned"
    told = run(small, "sql", query, "--format", "csv").stdout.splitlines()[1]
    assert datetime.fromisoformat(told) == datetime(2020, 11, 14, 12, tzinfo=UTC)
    run(small, "sql", query, "--to", tmp_path / "out.xlsx")
    assert openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]["A2"].value == told


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "table", "xlsx"])
def test_a_day_that_cannot_be_written_is_told_in_a_sentence(small: World, tmp_path: Path, form: str) -> None:
    to = ("--to", tmp_path / "out.xlsx") if form == "xlsx" else ()
    done = run(small, "sql", "SELECT DATE 'infinity' AS day", "--format", form, *to)
    assert done.exit_code == 2
    assert "写不出的日期" in done.output
    assert list(tmp_path.iterdir()) == []


def test_files_stay_closed(small: World, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n\n1\n")
    done = run(small, "sql", f"FROM '{tmp_path / 'a.csv'}'", "--with", f"a={tmp_path / 'a.csv'}")
    assert done.exit_code == 2
    assert "只能查询快照" in done.output


@pytest.mark.parametrize("to", ["screen", "file"])
def test_csv_is_safe_in_excel_however_it_goes_out(small: World, tmp_path: Path, to: str) -> None:
    query = "SELECT '=1+1' AS \"@a\", -3 AS b UNION ALL SELECT '＝cmd', NULL ORDER BY b"
    if to == "file":
        run(small, "sql", query, "--to", tmp_path / "out.csv")
        told = (tmp_path / "out.csv").read_text("utf-8-sig")
    else:
        told = run(small, "sql", query, "--format", "csv").output
    assert told == "'@a,b\n'=1+1,-3\n'＝cmd,\n"


CLOSED = [
    "COPY core.notices FROM '/etc/passwd'",
    "EXPORT DATABASE 'stolen'",
    "IMPORT DATABASE 'given'",
    "ATTACH '{0}/other.duckdb'",
    "FROM read_blob('/etc/passwd')",
    "FROM read_csv('/etc/passwd')",
    "FROM read_json_objects('/etc/passwd')",
    "FROM read_parquet('/etc/passwd')",
    "FROM glob('/etc/*')",
    "FROM sniff_csv('/etc/passwd')",
    "FROM '/etc/passwd'",
    "FROM 'http://127.0.0.1:9/x.csv'",
    "LOAD '{0}/x.so'",
    "SET temp_directory = '{0}'",
    "SET memory_limit = '100GB'",
    "SET threads = 64",
    "SET profiling_output = '{0}/profile.json'",
    "SET log_query_path = '{0}/queries.log'",
    "PRAGMA memory_limit = '100GB'",
    "CREATE SECRET s (TYPE s3)",
    "CREATE TABLE mine AS SELECT 1",
    "CREATE MACRO core.mine() AS 1",
    "COMMENT ON TABLE core.notices IS 'mine'",
    "DELETE FROM core.notices",
    "UPDATE EXTENSIONS",
    "SELECT getenv('HOME')",
    "FROM query('COPY (SELECT 1) TO ''{0}/copied.csv''')",
    "CALL enable_logging(storage = 'file', storage_path = '{0}/logs')",
    "FROM Enable_Logging(storage = 'file', storage_config = {{'path': '{0}/logs'}})",
]
"""What would read, write or change something beside the snapshot."""


@pytest.mark.parametrize("query", CLOSED)
def test_no_statement_reaches_beyond_the_snapshot(
    snapshot: duckdb.DuckDBPyConnection, tmp_path: Path, query: str
) -> None:
    before = sorted(tmp_path.iterdir())
    with pytest.raises(duckdb.Error):
        for _ in ask_streamed(snapshot, query.format(tmp_path), 30)[1]:
            pass
    assert sorted(tmp_path.iterdir()) == before
    assert snapshot.execute("SELECT 1").fetchone() == (1,), "nothing worse became of it"


HUGE = [
    pytest.param("SELECT count(*) FROM core.items a, core.items b, range(1000000000) c", id="cross join"),
    pytest.param(
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
        id="recursion",
    ),
    pytest.param("SELECT count(*) FROM range(100000000000) WHERE md5(range::VARCHAR) = ''", id="digests"),
    pytest.param("SELECT list(range ORDER BY range DESC) FROM range(1000000000)", id="one cell"),
    pytest.param("SELECT repeat('x', 200000000) || repeat('y', 200000000)", id="one text"),
]
"""Far beyond the memory, or the time: twice the memory for the one text, which no interrupt cuts short and no limit counts."""


@pytest.mark.parametrize("query", HUGE)
def test_what_is_too_large_ends_by_itself(snapshot: duckdb.DuckDBPyConnection, query: str) -> None:
    with pytest.raises((duckdb.OutOfMemoryException, TooSlowError)):
        for _ in ask_streamed(snapshot, query, 0.1)[1]:
            pass
    assert snapshot.execute("SELECT 1").fetchone() == (1,)
