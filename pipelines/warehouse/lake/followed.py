"""What of a home the lake holds already: where the next publish changes one relation alone, only that one need be compared.

Beside the warehouse, and never believed alone: another file in the snapshot's place, or another newest version of the lake, and
all is compared.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from pipelines.ground.home import Home
from pipelines.ground.whole import replace_file


@dataclass(frozen=True)
class Followed:
    """The snapshot's file that was committed, and the lake's newest version after that."""

    file: tuple[int, int, int]
    version: int


def file_of(published: Path) -> tuple[int, int, int] | None:
    """What tells a snapshot's file from every other; None where there is none."""
    try:
        status = published.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def read_followed(home: Home) -> Followed | None:
    """None where nothing is known: then everything is compared."""
    try:
        told = json.loads(_path(home).read_bytes())
        inode, written, size = told["file"]
        return Followed((inode, written, size), told["version"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def note_followed(home: Home, version: int) -> None:
    replace_file(_path(home), json.dumps({"file": file_of(home.published), "version": version}))


def _path(home: Home) -> Path:
    return home.warehouse.with_name(".lake-followed.json")
