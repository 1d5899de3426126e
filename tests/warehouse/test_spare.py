"""The snapshot before the last becomes the next one: same bytes as the warehouse, and never under a reader's eyes."""

import mmap
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import duckdb
import pytest

from pipelines.ground.home import Home
from pipelines.warehouse import spare
from pipelines.warehouse.files import open_file
from pipelines.warehouse.replace import Replaced, replace_snapshot
from pipelines.warehouse.snapshot import connect_snapshot
from pipelines.warehouse.spare import PIECE, bring_up_to_date, spare_of

PIECES = 6


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A warehouse of six pieces and a bit, and a spare that differs in the third."""
    monkeypatch.setattr(spare, "REST_SECONDS", 0.0)
    made = Home(tmp_path)
    made.warehouse.parent.mkdir()
    content = bytes(range(256)) * (PIECE // 256) * PIECES + b"end"
    made.warehouse.write_bytes(content)
    spare_of(made).write_bytes(content[: 2 * PIECE] + b"!" + content[2 * PIECE + 1 :])
    return made


@pytest.mark.parametrize(
    ("size", "written"),
    [
        pytest.param(None, PIECE, id="one piece differs"),
        pytest.param((PIECES + 3) * PIECE, PIECE, id="it was longer"),
        pytest.param(PIECE + 7, (PIECES - 1) * PIECE + 3, id="it was half made"),
    ],
)
def test_only_what_differs_is_written(home: Home, size: int | None, written: int) -> None:
    if size:
        os.truncate(spare_of(home), size)
    spare_of(home).chmod(0o400)
    beside = home.path / "beside"
    assert bring_up_to_date(home, beside) == written
    assert beside.read_bytes() == home.warehouse.read_bytes()
    assert not spare_of(home).exists()


@contextmanager
def here(path: Path) -> Iterator[None]:
    with path.open("rb"):
        yield


@contextmanager
def mapped(path: Path) -> Iterator[None]:
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    with content:
        yield


@contextmanager
def elsewhere(path: Path) -> Iterator[None]:
    with path.open("rb") as file:
        reader = subprocess.Popen(
            [sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[file.fileno()]
        )
    yield
    reader.communicate(b"\n")


@contextmanager
def named_twice(path: Path) -> Iterator[None]:
    os.link(path, path.with_name("other"))
    yield


@contextmanager
def just_replaced(path: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spare, "REST_SECONDS", 3600.0)
        yield


@pytest.mark.parametrize("held", [here, mapped, elsewhere, named_twice, just_replaced])
def test_what_may_still_be_read_is_not_written_to(
    home: Home, held: Callable[[Path], AbstractContextManager[None]]
) -> None:
    with held(spare_of(home)):
        written = bring_up_to_date(home, home.path / "beside")
    assert written == home.warehouse.stat().st_size
    assert (home.path / "beside").read_bytes() == home.warehouse.read_bytes()


def change(home: Home, number: int) -> Replaced:
    with open_file(home.warehouse) as connection:
        connection.execute(f"UPDATE noted SET number = {number}")
        return replace_snapshot(connection, home)


def die(*_: object) -> None:
    raise KeyboardInterrupt


def number_of(connection: duckdb.DuckDBPyConnection) -> tuple[object, ...] | None:
    found: tuple[object, ...] | None = connection.execute("SELECT number FROM noted").fetchone()
    return found


def test_snapshots_take_turns_and_readers_keep_theirs(home: Home) -> None:
    home.warehouse.unlink()
    with open_file(home.warehouse) as connection:
        connection.execute("CREATE TABLE noted AS SELECT 0 AS number")
        connection.execute("CREATE TABLE rows AS SELECT md5(n::VARCHAR) AS text FROM range(200000) AS r (n)")
    wholes = [one.written == one.size for one in (change(home, 1), change(home, 2))]
    third = change(home, 3)
    assert wholes == [True, True]
    assert third.written < third.size / 4
    assert home.published.read_bytes() == home.warehouse.read_bytes()
    reader = connect_snapshot(home.published)
    assert number_of(reader) == (3,)
    for number in range(4, 8):
        change(home, number)
        assert home.published.read_bytes() == home.warehouse.read_bytes()
        assert reader.execute("SELECT count(DISTINCT text) FROM rows").fetchone() == (200000,)
        assert number_of(reader) == (3,)
    reader.close()
    with duckdb.connect(home.published, read_only=True) as newest:
        assert number_of(newest) == (7,)


def test_a_publish_killed_before_the_last_step_leaves_the_old_snapshot(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.warehouse.unlink()
    with open_file(home.warehouse) as connection:
        connection.execute("CREATE TABLE noted AS SELECT 0 AS number")
    for number in (1, 2):
        change(home, number)
    old = home.published.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            change(home, 3)
    assert home.published.read_bytes() == old
    assert spare_of(home).samefile(home.published)
    change(home, 4)
    assert home.published.read_bytes() == home.warehouse.read_bytes() != old
    assert not spare_of(home).samefile(home.published)
