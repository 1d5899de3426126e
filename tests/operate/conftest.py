"""The command line in this process, and small homes to operate."""

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import Notice
from tests.cli.conftest import FILES, HEADERS, Cli, Said, cli

__all__ = ["NOW", "Cli", "Said", "cli", "put"]
NOW = datetime(2020, 11, 13)


def put(notice: Notice, inbox: Path, name: str, moment: str, rows: str) -> Path:
    """A daily report that arrived at a moment."""
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADERS + rows, "utf-8")
    modified = datetime.fromisoformat(moment).replace(tzinfo=notice.zone).timestamp()
    os.utime(path, (modified, modified))
    return path


def fill(notice: Notice, folder: Path) -> Path:
    """Both lines' folders, with a few files in them."""
    for name, (moment, rows) in FILES.items():
        put(notice, folder, name, moment, rows)
    return folder


@pytest.fixture
def inbox(notice: Notice, tmp_path: Path) -> Path:
    return fill(notice, tmp_path / "inbox")


@pytest.fixture(scope="session")
def once(notice: Notice, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `inbox` and `home` after one cycle at NOW; nobody writes to it."""
    folder = tmp_path_factory.mktemp("once")
    cycle.run(Home(folder / "home"), notice, fill(notice, folder / "inbox"), NOW)
    return folder


@pytest.fixture
def finished(once: Path, home: Home) -> Home:
    """A copy of that home, of one's own."""
    shutil.copytree(once / "home", home.path)
    return home
