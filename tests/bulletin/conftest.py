"""A small notice that mails two lists, its published snapshot, and what is said of it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.bulletin.correction import draft_correction
from pipelines.bulletin.draft import draft_bulletin
from pipelines.bulletin.issue import issue
from pipelines.bulletin.shelf import Shelf
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.report import write
from tests.report.conftest import World, empty, make_notice

__all__ = ["empty"]

UNITS = {"甲市": ["甲一校", "甲二校"], "乙市": ["乙一校"]}
MAIL = {
    "from": {"name": "工作组", "address": "notices@example.org"},
    "lists": {"data_staff": ["data@example.org"], "leaders": ["leaders@example.org"]},
    "bulletins_to": ["data_staff", "leaders"],
}
FIRST, SECOND, THIRD = (datetime(2021, 5, day, 18) for day in (10, 11, 12))
NOW = datetime(2021, 5, 20, 9)


@dataclass
class Office:
    """One home and what was sent to it; `publish` makes the snapshot of it."""

    home: Home
    world: World

    @property
    def notice(self) -> Notice:
        return self.world.notice

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.home, self.notice.id)

    def publish(self) -> None:
        self.home.published.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.world.path, self.home.published)

    def bulletin(self, as_of: datetime, choice: Any = "release", **decision: str) -> dict[str, Any]:
        stem = draft_bulletin(self.home, self.notice, as_of)
        return issue(self.home, self.notice, stem, NOW, choice, decision or None)

    def correction(self, choice: Any = "release", **decision: str) -> dict[str, Any] | None:
        stem = draft_correction(self.home, self.notice)
        return stem and issue(self.home, self.notice, stem, NOW, choice, decision or None)  # type: ignore[return-value]

    def text(self, stem: str) -> str:
        (name,) = [name for name in self.shelf.read(stem).files if name.endswith(".txt")]
        return (self.shelf.folder(stem) / name).read_text("utf-8")

    def files(self) -> dict[str, bytes]:
        """Everything on the shelf by its place."""
        root = self.shelf.root
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }


def open_office(made: World, home: Home) -> Office:
    """With some materials of three days."""
    for unit, day in (("甲一校", 10), ("甲二校", 10), ("乙一校", 11), ("甲一校", 12)):
        made.send(unit, "materials", f"2021-05-{day} 09:00:00", f"2021-05-{day}", participants=100)
    found = Office(home, made)
    found.publish()
    return found


@pytest.fixture(scope="session")
def first_days(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., World]:
    """The world of an office by what its notice says of bulletins, made once; nobody writes into it: it is copied."""
    made: dict[str, World] = {}

    def make(**bulletins: Any) -> World:
        if (key := repr(bulletins)) not in made:
            folder = tmp_path_factory.mktemp("days")
            notice = make_notice(UNITS, mail=MAIL, bulletins=bulletins)
            made[key] = open_office(
                World(empty, folder / "notices.duckdb", notice), Home(folder / "home")
            ).world
        return made[key]

    return make


@pytest.fixture
def office(first_days: Callable[..., World], tmp_path: Path) -> Callable[..., Office]:
    def make(name: str = "home", **bulletins: Any) -> Office:
        copied = first_days(**bulletins).copy(tmp_path / f"{name}.duckdb")
        found = Office(Home(tmp_path / name), copied)
        found.publish()
        return found

    return make


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bulletins have no pictures, as on a machine without a Chinese font: drawing them takes longer than writing all else."""
    monkeypatch.setattr(write, "write_pictures", lambda *_: ([], None))
