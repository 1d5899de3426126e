"""A snapshot that is kept open answers whoever opens it as it was, until it is let go; none that opens stands in nobody's way."""

import os
from pathlib import Path

import duckdb
import pytest

from pipelines.ground.errors import NoticesError
from pipelines.warehouse.files import open_file
from pipelines.warehouse.snapshot import kept_open, open_snapshot


def publish(path: Path, number: int) -> None:
    """As publishing does: whole, in one step."""
    beside = path.with_name("beside.duckdb")
    with duckdb.connect(beside) as made:
        made.execute(f"CREATE TABLE t AS SELECT {number} AS n")
    os.replace(beside, path)


def ask(path: Path) -> int:
    with open_snapshot(path) as snapshot:
        return snapshot.execute("SELECT n FROM t").fetchone()[0]


def test_it_is_one_state_until_it_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "published.duckdb"
    publish(path, 1)
    with kept_open(path):
        publish(path, 2)
        assert ask(path) == ask(path) == 1
        with open_file(path, read_only=True) as known:
            assert known.execute("SELECT n FROM t").fetchall() == [(1,)], "the other way of reading it, too"
    assert ask(path) == 2


@pytest.mark.parametrize("content", [None, b"no snapshot" * 1000], ids=["none", "damaged"])
def test_none_that_opens_is_told_to_whoever_opens_it(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "published.duckdb"
    if content:
        path.write_bytes(content)
    with kept_open(path), pytest.raises(NoticesError):
        ask(path)
    publish(path, 3)
    assert ask(path) == 3
