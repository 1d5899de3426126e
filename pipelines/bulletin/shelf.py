"""The shelf: what was published, withheld, or waits for a decision, one folder each below <home>/bulletins/<notice>/.

    <stem>/           published, never changed again        drafts/<stem>/    made, not decided
    index.html        what there is, newest first            withheld/<stem>/  a person said no

A stem is the moment and the kind, as 2020-11-08T200000-daily. A folder moves whole, so there is never half of one.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from pipelines.bulletin.stated import Figures
from pipelines.ground.durable import sync_folder
from pipelines.ground.home import Home
from pipelines.notice.bulletins import Issued

RECORD, DECISION = "record.json", "decision.json"
DRAFTS, WITHHELD = "drafts", "withheld"
Place = Literal["published", "withheld", "draft", "nowhere"]


class Statement(BaseModel):
    """What is said of one bulletin's moment: by itself, or by a later correction of it."""

    model_config = ConfigDict(frozen=True)

    figures: Figures
    data_version: str
    rules_version: str


class Record(BaseModel):
    """A bulletin or correction as the program remembers it; lies beside its documents. No clock: the same data, the same bytes."""

    model_config = ConfigDict(frozen=True)

    stem: str
    kind: Issued
    as_of: datetime
    title: str
    subtitle: str
    label: str
    """How others refer to it: 第3期（截至2020年11月10日20时）."""
    publisher: str
    signed: str
    """成文日期."""
    summary: tuple[str, ...]
    """Paragraphs for mail and index page."""
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """A correction's changes as a table."""
    names: dict[str, str]
    """Areas by code."""
    states: dict[str, Statement]
    """By stem: of a bulletin its own, of a correction those that it corrects."""
    units: dict[str, str] = {}
    """What each unit that owes something reads about itself, by its code."""
    files: tuple[str, ...]
    digest: str = ""
    """Of a correction: what it says has changed, so that what was withheld once is not brought up again."""


def make_stem(as_of: datetime, kind: Issued) -> str:
    return f"{as_of:%Y-%m-%dT%H%M%S}-{kind}"


class Shelf:
    def __init__(self, home: Home, notice_id: str) -> None:
        self.root = home.bulletins(notice_id)

    def folder(self, stem: str) -> Path:
        """Where it lies published."""
        return self.root / stem

    def draft(self, stem: str) -> Path:
        return self.root / DRAFTS / stem

    def find(self, stem: str) -> Place:
        places: dict[Place, Path] = {
            "published": self.root / stem,
            "withheld": self.root / WITHHELD / stem,
            "draft": self.draft(stem),
        }
        return next((place for place, path in places.items() if (path / RECORD).is_file()), "nowhere")

    def read(self, stem: str) -> Record:
        """The record of a published one, else of a draft."""
        path = self.root / stem / RECORD
        return _read(path if path.is_file() else self.draft(stem) / RECORD)

    def published(self) -> list[Record]:
        """All that were published, the oldest moment first."""
        return _all(self.root)

    def drafts(self) -> list[Record]:
        """What was made and is not decided, the oldest moment first."""
        return _all(self.root / DRAFTS)

    def withheld(self) -> list[Record]:
        return _all(self.root / WITHHELD)

    def statements(self) -> dict[str, Statement]:
        """What is stated now of every published bulletin: its own words, or those of its latest correction."""
        found: dict[str, Statement] = {}
        records = self.published()
        for record in sorted(records, key=lambda one: (one.kind == "correction", one.as_of, one.stem)):
            found |= record.states
        return found

    @contextmanager
    def drafting(self, stem: str) -> Iterator[Path]:
        """An empty folder to write into; a draft when all of it is there, in the place of an earlier one."""
        drafts = self.root / DRAFTS
        drafts.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{stem}.", dir=drafts, ignore_cleanup_errors=True) as name:
            beside = Path(name) / stem
            beside.mkdir()
            yield beside
            with self._alone():
                shutil.rmtree(self.draft(stem), ignore_errors=True)
                beside.replace(self.draft(stem))

    def publish(self, stem: str, decision: dict[str, Any]) -> Path:
        """A draft becomes public, with the decision beside it; what is public already stays as it is."""
        return self._move(stem, self.root / stem, decision)

    def withhold(self, stem: str, decision: dict[str, Any]) -> Path:
        return self._move(stem, self.root / WITHHELD / stem, decision)

    def reopen(self, stem: str) -> None:
        """What was withheld may be brought up again: it is a matter for a new draft."""
        shutil.rmtree(self.root / WITHHELD / stem, ignore_errors=True)

    def _move(self, stem: str, to: Path, decision: dict[str, Any]) -> Path:
        with self._alone():
            if not (to / RECORD).is_file():
                draft = self.draft(stem)
                if decision:
                    words = json.dumps(decision, ensure_ascii=False, indent=2, sort_keys=True)
                    (draft / DECISION).write_text(words + "\n", "utf-8")
                _sync(draft)
                to.parent.mkdir(parents=True, exist_ok=True)
                draft.replace(to)
                sync_folder(to.parent)
        return to

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two runs may draft and publish at the same time; folders are moved by one of them."""
        with (self.root / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _sync(folder: Path) -> None:
    """All of a folder is on disk before it is called published."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_folder(folder)


def write_record(record: Record, folder: Path) -> None:
    (folder / RECORD).write_text(record.model_dump_json(indent=1) + "\n", "utf-8")


def _read(path: Path) -> Record:
    return Record.model_validate_json(path.read_text("utf-8"))


def _all(folder: Path) -> list[Record]:
    found = [_read(path) for path in folder.glob(f"*/{RECORD}")]
    return sorted(found, key=lambda one: (one.as_of, one.stem))
