"""What of a home the lake holds already, and what it still owes: where the next publish changes one relation alone, only that one
need be compared, and where nothing changed, nothing is opened.

Beside the warehouse, and never believed alone: another file in the snapshot's place, another lake, or another newest version of
it, and all is compared.
"""

import fcntl
import json
import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipelines.ground.home import Home
from pipelines.ground.whole import replace_file

SETTINGS = ("NOTICES_LAKE", "NOTICES_LAKE_DATA")
QUIET = "raw.scans"
"""What alone a publish changes that brought nothing."""
State = tuple[int, int, int]
"""What tells a snapshot's file from every other."""


@dataclass(frozen=True)
class Followed:
    """The snapshot's file that was committed, the lake's newest version after that, and when that was (seconds since the epoch)."""

    file: State | None = None
    version: int | None = None
    at: float = 0.0
    owed: State | None = None
    """The file that this home published since, where the lake does not hold it yet."""
    is_quiet: bool = False
    """What is owed differs from `file` in QUIET alone."""
    lake: str = ""


def file_of(published: Path) -> State | None:
    """None where there is none."""
    try:
        status = published.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def read_followed(home: Home) -> Followed:
    """Nothing where nothing is known of the lake that is set now: then everything is compared."""
    nothing = Followed(lake=_lake())
    try:
        told = json.loads(_path(home).read_bytes())
        held = Followed(**{**told, "file": _state(told["file"]), "owed": _state(told["owed"])})
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return nothing
    return held if held.lake == nothing.lake else nothing


def note_owed(home: Home, before: State | None, only: Collection[str]) -> Followed:
    """The lake owes the snapshot that is published now. It was `before`, and differs from that in `only`; none: in anything."""
    with _alone(home):
        held = read_followed(home)
        known = held.file if held.owed is None else held.owed if held.is_quiet else None
        is_quiet = bool(only) and set(only) <= {QUIET} and known is not None and known == before
        owed = replace(held, owed=file_of(home.published), is_quiet=is_quiet)
        _note(home, owed)
    return owed


def note_followed(home: Home, file: State | None, version: int) -> None:
    """What was published meanwhile is still owed, and then everything is compared."""
    with _alone(home):
        owed = read_followed(home).owed
        _note(home, Followed(file, version, time.time(), None if owed == file else owed, lake=_lake()))


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    with _path(home).with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _note(home: Home, held: Followed) -> None:
    replace_file(_path(home), json.dumps(asdict(held)))


def _state(told: list[int] | None) -> State | None:
    if told is None:
        return None
    inode, written, size = told
    return inode, written, size


def _lake() -> str:
    return " ".join(os.environ.get(name, "").strip() for name in SETTINGS)


def _path(home: Home) -> Path:
    return home.warehouse.with_name(".lake-followed.json")
