"""The command line in this process, and a home with a few files in it."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.cli import main
from pipelines.ground.home import Home
from pipelines.notice import Notice
from tests.conftest import MakeOnce

HEADERS = "活动日期,材料类型,标题,活动类别,参与人数,链接\n"
FILES = {
    "教育厅收件/济南市教育局/日报.csv": ("2020-11-09T10:00:00", "11月9日,稿件,开幕式,宣传活动,300,\n"),
    "教育厅收件/济南市教育局/日报二.csv": (
        "2020-11-10T10:00:00",
        "11月10日,照片,合影,宣传活动,约1.2万,\n11月10日,海报,展板,宣传活动,20,\n13月1日,稿件,讲座,宣传活动,-5,\n",
    ),
    "人社厅收件/青岛市人力资源和社会保障局/日报.csv": (
        "2020-11-12T09:00:00",
        "11月11日,视频,短片,宣传活动,20,\n",
    ),
    "教育厅收件/无名/日报.csv": ("2020-11-12T09:30:00", "11月11日,视频,短片,宣传活动,20,\n"),
}
NOW = datetime(2020, 11, 13)


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


Cli = Callable[..., Said]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Home) -> Cli:
    """Runs `notices` in this process, on this test's home unless another is named."""

    def run(*words: object, at: Home = home) -> Said:
        monkeypatch.setattr(sys, "argv", ["notices", "--home", str(at.path), *map(str, words)])
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        return Said(status, out, err)

    return run


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


def collect_few(notice: Notice, make_once: MakeOnce) -> Path:
    """A folder with `inbox` and `home` after one cycle over FILES at NOW; nobody writes to it."""

    def run(folder: Path) -> None:
        done = cycle.run(Home(folder / "home"), notice, fill(notice, folder / "inbox"), NOW)
        assert done["new"] == len(FILES)

    return make_once("few", run)


@pytest.fixture(scope="session")
def few(notice: Notice, make_once: MakeOnce) -> Home:
    """A home after one cycle over FILES at NOW; nobody writes to it."""
    return Home(collect_few(notice, make_once) / "home")
