"""A small inbox, and what one undisturbed run makes of it: what every disturbed run must come to as well."""

import io
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pytest

from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.sample import write_sample
from tests.cli.conftest import Cli, cli
from tests.conftest import NOTICE_ID, SHARED, MakeOnce, World, cli_environment, command
from tests.rows import Rows, dump_rows

__all__ = ["cli"]


@dataclass(frozen=True)
class Inbox:
    """Files to collect, and the moment to scan them at."""

    path: Path
    now: str

    @property
    def run(self) -> tuple[object, ...]:
        """The command that collects it."""
        return ("run", NOTICE_ID, "--inbox", self.path, "--now", self.now)


@dataclass(frozen=True)
class Finished:
    """A home after one undisturbed run, what that logged, and how long it took in seconds."""

    home: Home
    logged: str
    seconds: float


@pytest.fixture(scope="session")
def small(notice: Notice, make_once: MakeOnce) -> Inbox:
    """Every habit and fault that the sample knows, of four units."""
    folder = make_once("small", lambda to: write_sample(notice, to, seed=3, recipients=4, rows=3))
    assert sum(path.is_file() for path in (folder / "inbox").rglob("*")) > 80
    return Inbox(folder / "inbox", (folder / "now.txt").read_text("utf-8").strip())


@pytest.fixture(scope="session")
def undisturbed(small: Inbox, make_once: MakeOnce) -> Finished:
    def make(folder: Path) -> None:
        started = time.monotonic()
        with (folder / "logged").open("w") as log:
            words = command(Home(folder / "home"), *small.run)
            subprocess.run(words, env=cli_environment(), stderr=log, check=True)
        (folder / "seconds").write_text(str(time.monotonic() - started))

    folder = make_once("undisturbed", make)
    logged, seconds = ((folder / name).read_text("utf-8") for name in ("logged", "seconds"))
    return Finished(Home(folder / "home"), logged, float(seconds))


@pytest.fixture
def ask(cli: Cli, home: Home) -> Callable[..., str]:
    """What a `notices` command prints on this test's home, or another. It runs in this process: a process for each figure of a world
    proves nothing that tests/cli and the runs that are killed do not."""

    def said(*words: object, at: Home = home) -> str:
        done = cli(*words, at=at)
        assert done.status == 0, done.err
        return io.StringIO(done.out, newline=None).read()  # lines end as those of a process do

    return said


def dump(path: Path) -> Rows:
    """All rows of every table of a DuckDB file, and the names of its views."""
    with duckdb.connect(path, read_only=True) as connection:
        views = connection.execute(
            "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
        return {"views": views} | dump_rows(connection)


def dump_home(home: Home) -> Rows:
    """Everything derived that a home holds, the private file included; the snapshot must be the warehouse."""
    found = dump(home.published)
    assert len(found["core.submissions"]) > 80
    assert found == dump(home.warehouse)
    return {**dump(home.private), **found}


def assert_same(home: Home, other: Home) -> None:
    """Both homes hold the same rows and the same receipts, each once, with their bytes. Nobody writes into the other one: its rows
    are asked once."""
    here, there = dump_home(home), _dump_kept(other.path)
    assert here.keys() == there.keys()
    for name, rows in there.items():
        assert here[name] == rows, name
    assert receipt_ids(home) == receipt_ids(other)


@cache
def _dump_kept(path: Path) -> Rows:
    return dump_home(Home(path))


def receipt_ids(home: Home) -> list[str]:
    """The receipts of the journal, sorted; each has its bytes in the archive."""
    archive = Archive(home.archive)
    receipts = archive.journal(NOTICE_ID).receipts
    assert receipts
    assert [one.path for one in receipts if archive.object_path(one.sha256).stat().st_size != one.size] == []
    return sorted(one.id for one in receipts)


def count_equal_cells(world: World, ask: Callable[..., str]) -> int:
    """Compares files and figures with the world's truth; every cell must be equal. `ask` says what a command prints."""
    cells = compare(world, "--files", "-", said=ask("files", NOTICE_ID, "--format", "csv"))
    for moment in world.moments:
        as_of = moment.isoformat()
        said = ask("metrics", NOTICE_ID, "--as-of", as_of, "--format", "csv")
        cells += compare(world, "--metrics", as_of, "-", said=said)
    return cells


def compare(world: World, *arguments: str, said: str) -> int:
    """Cells that the shared program found equal: all there are, or the test fails with what it says."""
    words = [sys.executable, SHARED / "compare.py", world.truth, *arguments]
    done = subprocess.run(words, input=said, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    equal, total = done.stdout.split(" ", 1)[0].split("/")
    assert equal == total
    return int(total)
