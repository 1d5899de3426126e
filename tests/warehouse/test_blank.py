"""A new home's warehouse begins as a copy of an empty one: the same relations, whatever became of the cache."""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.warehouse import blank
from pipelines.warehouse.blank import CACHE, KEPT, lay_blank
from pipelines.warehouse.files import open_file, open_warehouse
from pipelines.warehouse.relations import create_relations

_CATALOGUE = """
SELECT schema_name, table_name AS name, sql, comment FROM duckdb_tables() WHERE NOT internal
UNION ALL SELECT schema_name, view_name, sql, comment FROM duckdb_views() WHERE NOT internal
UNION ALL SELECT schema_name, function_name, macro_definition, comment FROM duckdb_functions() WHERE NOT internal
UNION ALL
SELECT schema_name, table_name || '.' || column_name, data_type || is_nullable || coalesce(column_default, ''), comment
FROM duckdb_columns() WHERE NOT internal
ORDER BY ALL
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that nobody filled yet, of a program with one relation."""
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.setattr(blank, "create_relations", _make_one)
    return tmp_path / "cache"


def _make_one(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE SCHEMA raw; CREATE TABLE raw.only (name VARCHAR)")


def _relations(path: Path) -> list[str]:
    with open_file(path) as connection:
        return [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]


def test_it_is_what_the_statements_make(tmp_path: Path) -> None:
    with open_file(tmp_path / "plain.duckdb") as plain:
        create_relations(plain)
    with open_file(
        tmp_path / "plain.duckdb"
    ) as plain:  # DuckDB words a view otherwise once it has read it from a file
        wanted = plain.execute(_CATALOGUE).fetchall()
    with open_warehouse(tmp_path / "notices.duckdb", tmp_path / "private.duckdb") as (connection, _):
        assert connection.execute(_CATALOGUE).fetchall() == wanted
    assert len(wanted) > 1000


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: os.truncate(path, path.stat().st_size // 2), id="torn"),
        pytest.param(lambda path: path.write_bytes(b"no gzip at all"), id="something else"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-9] + b"x" * 9), id="a wrong sum"),
    ],
)
def test_a_spoilt_cache_is_made_anew(cache: Path, tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    lay_blank(tmp_path / "first.duckdb")
    (packed,) = cache.iterdir()
    whole = packed.read_bytes()
    spoil(packed)
    lay_blank(tmp_path / "second.duckdb")
    assert _relations(tmp_path / "second.duckdb") == ["only"]
    assert len(packed.read_bytes()) > len(whole) // 2
    assert [packed] == list(cache.iterdir())


@pytest.mark.parametrize(
    "close",
    [
        pytest.param(lambda cache: next(cache.iterdir()).chmod(0o666), id="others may write it"),
        pytest.param(
            lambda cache: (next(cache.iterdir()).unlink(), cache.rmdir(), cache.touch()),
            id="a file in its place",
        ),
    ],
)
def test_without_the_cache_the_statements_make_it(
    cache: Path, tmp_path: Path, close: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    lay_blank(tmp_path / "first.duckdb")
    close(cache)
    with caplog.at_level("INFO"):
        lay_blank(tmp_path / "second.duckdb")
    assert not (tmp_path / "second.duckdb").exists()  # open_warehouse makes it, as ever
    assert "逐条建表" in caplog.text


def test_nothing_is_laid_over_a_warehouse_and_no_old_log_is_taken_for_the_new_one_s(
    cache: Path, tmp_path: Path
) -> None:
    kept, lost = tmp_path / "kept.duckdb", tmp_path / "lost.duckdb"
    kept.write_bytes(b"data")
    lost.with_name("lost.duckdb.wal").write_bytes(b"of a file that is gone")
    for path in (kept, lost):
        lay_blank(path)
    assert kept.read_bytes() == b"data"
    assert _relations(lost) == ["only"]


def test_old_states_go(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(KEPT + 2):
        monkeypatch.setattr(blank, "_state", lambda number=number: str(number))
        lay_blank(tmp_path / f"{number}.duckdb")
        os.utime(cache / f"blank-{number}.duckdb.gz", (number, number))
    assert sorted(one.name for one in cache.iterdir()) == [f"blank-{n}.duckdb.gz" for n in range(2, KEPT + 2)]
