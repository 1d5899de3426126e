"""Temporary folders, which hold copies of what only their owner may read.

The operating system holds a folder's lock for as long as its maker lives: one that was killed leaves a folder nobody holds, and
whoever makes the next one takes it away.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "notices-tmp-"
_UNFINISHED = ".notices-tmp-"
"""What a folder is called until it is held."""


@contextmanager
def scratch(purpose: str) -> Iterator[Path]:
    """An empty folder under TMPDIR that only this account may enter; it is gone afterwards. Raises OSError where none can be made."""
    _remove_left()
    made = Path(tempfile.mkdtemp(prefix=f"{_UNFINISHED}{purpose}-"))
    held = os.open(made, os.O_RDONLY | os.O_DIRECTORY)
    folder = made.with_name(made.name.removeprefix("."))
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        made.rename(folder)
        yield folder
    finally:
        # What cannot be removed now is removed by the next one.
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _remove_left() -> None:
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # another account's, or gone meanwhile
            held = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(held)
