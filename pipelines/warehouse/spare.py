"""The snapshot before the last, kept to become the next one: only what changed since is written into it.

The published file equals the warehouse byte for byte. Most bytes of the warehouse did not move since the file before, so that is
compared with it and what differs is written, in place of a copy of the whole. A file that somebody may still read is never
written to: a reader keeps the state that he opened, and a copy that somebody draws of it stays whole.
"""

import fcntl
import os
import shutil
import signal
import time
from pathlib import Path

from pipelines.ground.home import Home

PIECE = 1 << 18
"""Bytes that are compared, and written, at once: a block of DuckDB."""
REST_SECONDS = 1.0
"""Whoever found the file under its public name has opened it by so long after it lost that name."""


def spare_of(home: Home) -> Path:
    """Where the snapshot before the last is kept, out of the sight of those who may read the published one."""
    return home.warehouse.with_name(f"before-{home.published.name}")


def keep_spare(home: Home) -> None:
    """The published file keeps a second name, under which it stays when another takes its place."""
    if not home.published.exists():
        return
    try:
        os.link(home.published, spare_of(home))
    except OSError:
        return  # another file system, or one without second names: the next publish copies the whole


def close_spare(home: Home) -> None:
    """Once another has taken its place, the file is its owner's alone."""
    if spare_of(home).exists():
        spare_of(home).chmod(0o400)


def bring_up_to_date(home: Home, beside: Path) -> int:
    """Makes `beside` the same bytes as the warehouse, from the spare where nobody can be reading it; returns how many bytes
    were written."""
    spare = spare_of(home)
    if _take(spare, beside):
        return _write_differences(home.warehouse, beside)
    spare.unlink(missing_ok=True)
    shutil.copyfile(home.warehouse, beside)
    return beside.stat().st_size


def _take(spare: Path, beside: Path) -> bool:
    """Moves the spare to `beside`, where it is nobody's but ours."""
    try:
        status = spare.stat()
        is_settled = time.time() - status.st_ctime >= REST_SECONDS
        if status.st_nlink != 1 or not is_settled or not _is_unread(spare):
            return False
        spare.rename(beside)
        beside.chmod(0o600)
    except OSError:
        return False  # there is none, or it lies elsewhere: the whole is copied
    return True


def _is_unread(path: Path) -> bool:
    """Whether nobody has the file open or mapped, in this process or another. False where the file system cannot tell."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        # Should somebody open it right now, the kernel tells us by a signal that is ignored.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def _write_differences(source: Path, to: Path) -> int:
    written = 0
    with source.open("rb", buffering=0) as new, to.open("r+b", buffering=0) as old:
        end = os.fstat(new.fileno()).st_size
        for start in range(0, end, PIECE):
            piece = os.pread(new.fileno(), PIECE, start)
            if os.pread(old.fileno(), len(piece), start) != piece:
                _write(old.fileno(), piece, start)
                written += len(piece)
        os.ftruncate(old.fileno(), end)
    return written


def _write(descriptor: int, piece: bytes, start: int) -> None:
    while piece:
        done = os.pwrite(descriptor, piece, start)
        piece, start = piece[done:], start + done
