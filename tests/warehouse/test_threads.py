"""The loader computes with one thread, until there are more rows than DuckDB gives to one."""

import os
from pathlib import Path

import duckdb
import pytest

from pipelines.warehouse.files import ROW_GROUP, open_file, use_cores


def threads(connection: duckdb.DuckDBPyConnection) -> int:
    found = connection.execute("SELECT current_setting('threads')").fetchone()
    assert found
    return int(found[0])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(0, 1, id="nothing"),
        pytest.param(ROW_GROUP, 1, id="one row group"),
        pytest.param(ROW_GROUP + 1, os.cpu_count(), id="more than one"),
    ],
)
def test_threads_by_rows(tmp_path: Path, rows: int, expected: int) -> None:
    with open_file(tmp_path / "notices.duckdb") as connection:
        use_cores(connection, rows)
        assert threads(connection) == expected
