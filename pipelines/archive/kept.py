"""What of a home is made from nothing else, and so is kept for ever, checked and backed up; all the rest can be rebuilt."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipelines.ground.home import Home

FOLDERS = ("archive", "mail", "pushes", "registry", "alarms", "feed", "bulletins", "returns")
_PASSING = re.compile(r"(?:incoming-.*|.*\.lock|\.lock|.*-wal|.*-shm|.*-journal|\..*\.tmp|.*\.damaged-.*)")
"""What lies there for a moment only, or beside what it belongs to."""


class Kind(StrEnum):
    object = "object"
    """Bytes whose name is their sha256."""
    journal = "journal"
    """Lines that are only ever appended."""
    base = "base"
    """A SQLite file."""
    file = "file"


@dataclass(frozen=True)
class Kept:
    """One file, by its path relative to the home."""

    path: str
    kind: Kind

    @property
    def sha256(self) -> str:
        """Of an object."""
        return self.path.rpartition("/objects/")[2].replace("/", "")


def list_kept(home: Home) -> Iterator[Kept]:
    """All of it in path order."""
    for folder in FOLDERS:
        for path in sorted((home.path / folder).rglob("*")):
            if not _PASSING.fullmatch(path.name) and not path.is_symlink() and path.is_file():
                inside = path.relative_to(home.path)
                yield Kept(str(inside), _kind(inside))


def _kind(path: Path) -> Kind:
    if len(path.parts) == 4 and path.parts[1] == "objects":
        return Kind.object
    return {".jsonl": Kind.journal, ".sqlite": Kind.base}.get(path.suffix, Kind.file)


def whole_lines(path: Path) -> bytes:
    """A journal's lines, without one that is being written."""
    content = path.read_bytes()
    return content[: content.rfind(b"\n") + 1]


def copy_base(path: Path, to: Path) -> None:
    """A SQLite file as it is at one moment, whoever writes to it meanwhile."""
    source, target = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60), sqlite3.connect(to)
    try:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
    finally:
        source.close()
        target.close()


def is_whole_base(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with a file."""
    try:
        base = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)
        try:
            return base.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        finally:
            base.close()
    except sqlite3.Error:
        return False
