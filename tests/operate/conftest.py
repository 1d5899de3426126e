"""The command line in this process, and small homes to operate."""

import shutil
from pathlib import Path

import pytest

from pipelines.ground.home import Home
from pipelines.notice import Notice
from tests.cli.conftest import NOW, Cli, Said, cli, collect_few, fill, put
from tests.conftest import MakeOnce

__all__ = ["NOW", "Cli", "Said", "cli", "fill", "put"]


@pytest.fixture
def inbox(notice: Notice, tmp_path: Path) -> Path:
    return fill(notice, tmp_path / "inbox")


@pytest.fixture(scope="session")
def once(notice: Notice, make_once: MakeOnce) -> Path:
    """A folder with `inbox` and `home` after one cycle at NOW; nobody writes to it."""
    return collect_few(notice, make_once)


@pytest.fixture
def finished(once: Path, home: Home) -> Home:
    """A copy of that home, of one's own."""
    shutil.copytree(once / "home", home.path)
    return home
