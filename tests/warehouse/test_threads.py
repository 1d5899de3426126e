"""The loader computes with one thread: with two, DuckDB 1.5.5 loses rows."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipelines.ground.errors import DerivedFault
from pipelines.notice import load_notice
from pipelines.warehouse.files import open_file
from tests.analysts.conftest import NOTICE_ID
from tests.warehouse.empty import empty_warehouse
from tests.warehouse.received import Line, Sent, load

ROW_GROUP = 122_880
"""Rows that DuckDB writes at once: what it loses is more than that."""


def insert_none_then(connection: duckdb.DuckDBPyConnection, rows: int) -> int:
    """How many rows a table holds into which, in one transaction, none and then so many were put."""
    connection.execute("CREATE TABLE kept (number INTEGER)")
    connection.begin()
    given = pa.table({"number": pa.array(range(rows), pa.int32())})
    for handed_over in (given.slice(0, 0), given):
        connection.register("incoming", handed_over)
        connection.execute("INSERT INTO kept SELECT number FROM incoming")
    connection.commit()
    return len(connection.execute("SELECT number FROM kept").fetchall())


def test_nothing_that_is_put_in_after_nothing_is_lost(tmp_path: Path) -> None:
    with open_file(tmp_path / "notices.duckdb") as connection:
        assert insert_none_then(connection, ROW_GROUP + 1) == ROW_GROUP + 1


def test_a_load_of_more_than_a_row_group_loses_no_row(tmp_path: Path) -> None:
    lines = tuple(Line(f"第 {number} 件") for number in range(ROW_GROUP + 1))
    with empty_warehouse() as (connection, private, *_):
        load(connection, private, load_notice(NOTICE_ID), [Sent("甲.xlsx", 1, lines)], tmp_path)
        for relation in ("raw.rows", "raw.materials", "core.valid_rows", "core.items"):
            assert len(connection.execute(f"SELECT submission_id FROM {relation}").fetchall()) == len(lines)
        assert connection.execute("SELECT current_setting('threads')").fetchone() == (1,)


def test_rows_that_duckdb_loses_end_the_load(tmp_path: Path) -> None:
    """What it does with two threads. Where a newer one loses nothing, this test is to go, and so may CONFIG's single thread."""
    lines = tuple(Line(f"第 {number} 件") for number in range(ROW_GROUP + 1))
    with empty_warehouse() as (connection, private, *_):
        connection.execute("SET threads = 2")
        with pytest.raises(DerivedFault, match="放进 122881 行，却只有 0 行"):
            load(connection, private, load_notice(NOTICE_ID), [Sent("甲.xlsx", 1, lines)], tmp_path)
        assert connection.execute("SELECT count(*) FROM raw.submissions").fetchone() == (0,)
