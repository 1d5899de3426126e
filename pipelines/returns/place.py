"""Puts a return into the unit's own folder, below the folder that is never collected.

Whoever writes into a shared folder may also put links there: every step goes from an open folder to the next, and none
follows a link.
"""

import contextlib
import logging
import os
import stat
from pathlib import Path

from pipelines.archive.store import Receipt
from pipelines.notice.model import Notice
from pipelines.notice.sources import FolderSource

log = logging.getLogger(__name__)
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def unit_folder(notice: Notice, receipt: Receipt) -> str | None:
    """The unit's folder in the inbox, as it is there; None where the notice places none, or the file lay in no unit's."""
    source = next((one for one in notice.sources if one.id == receipt.source), None)
    if not isinstance(source, FolderSource) or not source.place_returns:
        return None
    if not receipt.key.startswith(f"{source.path}/"):
        return None  # the source was called otherwise when it came
    inside = receipt.key.removeprefix(f"{source.path}/").split("/")
    return f"{source.path}/{inside[0]}" if len(inside) > 1 else None


def place_return(inbox: Path, folder: str, returned_folder: str, name: str, content: bytes) -> str | None:
    """Where the file now is, relative to the inbox; None where it cannot be written this time."""
    opened: list[int] = []
    try:
        opened.append(os.open(inbox, os.O_RDONLY | os.O_DIRECTORY))
        for part in folder.split("/"):
            opened.append(os.open(part, _FOLDER, dir_fd=opened[-1]))
        is_made = _make_folder(opened[-1], returned_folder)
        rights = stat.S_IMODE(os.fstat(opened[-1]).st_mode)
        opened.append(os.open(returned_folder, _FOLDER, dir_fd=opened[-1]))
        if is_made:
            os.fchmod(opened[-1], rights)
        _write(opened[-1], name, content)
    except OSError as error:
        log.warning("returns: %s/%s 写不进去：%s", folder, returned_folder, error.strerror)
        return None
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return f"{folder}/{returned_folder}/{name}"


def _make_folder(parent: int, name: str) -> bool:
    """Whether it is new, and so ours to open to those who may read the unit's folder: the home's mask must not close it."""
    try:
        os.mkdir(name, dir_fd=parent)
    except FileExistsError:
        return False
    return True


def _write(folder: int, name: str, content: bytes) -> None:
    """The whole file or none of it. One of that name is ours already, from a run that was cut off, and replaced."""
    # One name for all: what a killed run left is tried again, in this folder, and takes its place.
    beside = ".notices-placing.tmp"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(beside, dir_fd=folder)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
    with open(descriptor, "wb") as file:
        # Whoever may read the folder may read what is returned there.
        os.fchmod(descriptor, stat.S_IMODE(os.fstat(folder).st_mode) & 0o664 | 0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
    os.fsync(folder)
