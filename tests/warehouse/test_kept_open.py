"""A snapshot that is kept open answers whoever opens it, until it is let go; none that opens stands in nobody's way."""

import os
from pathlib import Path

import duckdb
import pytest

from pipelines.ground.errors import NoticesError
from pipelines.warehouse.files import open_file
from pipelines.warehouse.snapshot import kept_newest, kept_open, open_newest, open_snapshot


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


def test_who_weighs_in_steps_opens_the_newest_anew_only_after_another_was_published(tmp_path: Path) -> None:
    path = tmp_path / "published.duckdb"
    publish(path, 1)
    with kept_newest(path):
        with open_newest(path) as first, open_newest(path) as second:
            assert first is second, "opened once"
        publish(path, 2)
        with open_newest(path) as third:
            assert third.execute("SELECT n FROM t").fetchall() == [(2,)]
        assert first.execute("SELECT n FROM t").fetchall() == [(1,)], "nothing is taken from who still reads"
    with pytest.raises(duckdb.Error):
        third.execute("SELECT n FROM t")
    with open_newest(path) as alone:
        assert alone is not third
    assert [one.name for one in tmp_path.iterdir()] == ["published.duckdb"], "no second name is left"
