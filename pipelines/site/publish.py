"""Site, step 4: the files take the place of the site before, all in one step. A reader sees the old one or the new one.

Written beside the folder, brought to disk, then swapped (renameat2); where the file system cannot swap, moved away and in. A
run that was killed leaves the old site or the new one, and at most a folder with a dot in front, which the next run clears.
"""

import ctypes
import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipelines.ground.durable import sync_folder
from pipelines.ground.errors import NoticesError
from pipelines.site.pages import MANIFEST

_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of <fcntl.h> and <linux/fs.h>."""
_CANNOT = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM)


def publish(files: Mapping[str, bytes], to: Path, notice_id: str) -> bool:
    """Whether the folder changed. Raises NoticesError where something else lies there: it is never cleared away."""
    to = to.absolute()
    to.parent.mkdir(parents=True, exist_ok=True)
    with alone(to.parent):
        new, old = to.with_name(f".{to.name}.new"), to.with_name(f".{to.name}.old")
        if old.exists() and not to.exists():
            old.replace(to)  # a run was killed between its two moves
        before = _own_files(to, notice_id)
        for left in (new, old):
            if left.exists():
                shutil.rmtree(left)
        if before == files:
            return False
        _write(files, new)
        _replace(new, to, old)
        sync_folder(to.parent)
        for left in (new, old):
            if left.exists():
                shutil.rmtree(left)
        return True


def _own_files(to: Path, notice_id: str) -> dict[str, bytes]:
    """What lies there, if it is this notice's site and nothing else."""
    if to.is_symlink() or (to.exists() and not to.is_dir()):
        raise NoticesError(f"{to} 是链接或文件，不是文件夹。请用 --to 另指一处")
    have = {str(path.relative_to(to)): path for path in sorted(to.rglob("*")) if not path.is_dir()}
    if not have:
        return {}
    try:
        said = json.loads((to / MANIFEST).read_bytes())
        owner, names = said["notice"], {one["name"] for one in said["files"]} | {MANIFEST}
    except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError):
        raise NoticesError(f"{to} 里有别的东西，又没有专题网站的 {MANIFEST}。请指一个空文件夹") from None
    if owner != notice_id:
        raise NoticesError(f"{to} 里是另一份通知（{owner}）的专题网站。请用 --to 另指一处")
    if strange := sorted(have.keys() - names):
        raise NoticesError(f"{to} 里有不是本程序写的文件：{'、'.join(strange[:3])}。请先移走，以免丢失")
    return {name: path.read_bytes() for name, path in have.items()}


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """All of it is on disk before it takes its name."""
    folders = {folder}
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        folders.add(path.parent)
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    for one in folders:
        sync_folder(one)


def _replace(new: Path, to: Path, old: Path) -> None:
    if not to.exists():
        new.replace(to)
    elif not exchange(new, to):
        to.replace(old)
        new.replace(to)


def exchange(one: Path, other: Path) -> bool:
    """Two folders change names in one step; False where the file system or the library cannot."""
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if swap is None:
        return False
    if swap(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(other))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Two runs may make the same site at the same time; folders are moved by one of them."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
