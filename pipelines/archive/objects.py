"""Objects of the archive, read: their bytes are those that their name says, or the cycle fails.

Where a store is set, the home's are copies: one that is not there, or damaged, is fetched.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from pipelines.ground.errors import ArchiveFault
from pipelines.ground.shelf import AT_ONCE
from pipelines.ground.store import fetch_checked, open_store

CHUNK = 1 << 20
T = TypeVar("T")


def sha256_of(path: Path) -> str:
    """The hash that an object's path states: its name, behind that of its folder."""
    return (path.parent.name + path.name)[-64:]


def open_object(path: Path) -> int:
    """A descriptor for reading. Raises ArchiveFault where there is no such object, or none that can be opened."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags)
    except OSError as error:
        if path.exists() or not fetch_object(path):
            raise fault(path, _say(error)) from error
    try:
        return os.open(path, flags)
    except OSError as error:
        raise fault(path, _say(error)) from error


def checked_chunks(descriptor: int, sha256: str) -> Iterator[bytes]:
    """The bytes. Raises ValueError at the end where they are not those of the name, OSError where they cannot be read."""
    digest = hashlib.sha256()
    while chunk := os.read(descriptor, CHUNK):
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != sha256:
        raise ValueError(f"内容与名字不符（内容的 sha256 是 {digest.hexdigest()}）")


def read_object(path: Path) -> bytes:
    """All bytes of an object. Raises ArchiveFault where it is missing, cannot be read or is not what its name says."""
    return _again(path, lambda: b"".join(_read(path)))


def verify_object(path: Path) -> None:
    """Raises ArchiveFault as `read_object` does."""
    _again(path, lambda: sum(map(len, _read(path))))


def fetch_object(path: Path) -> bool:
    """Puts the store's bytes in an object's place; False where no store is set. Raises ArchiveFault where it has none, or others."""
    store = open_store()
    if store is None:
        return False
    try:
        is_there = fetch_checked(store, object_name(path), sha256_of(path), path)
    except OSError as error:
        raise fault(path, _say(error)) from error
    if not is_there:
        raise fault(path, f"存储 {store.url} 里没有它")
    return True


def put_objects(paths: Iterable[Path]) -> None:
    """The store has these, where one is set. Raises StoreFault."""
    if store := open_store():
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda path: store.add_file(object_name(path), path), paths))


def object_name(path: Path) -> str:
    """What the store calls an object: its path in the home, where all lie three folders deep."""
    return "/".join(path.parts[-4:])


def _again(path: Path, read: Callable[[], T]) -> T:
    """What was read, the second time from the store's bytes where the home's copy is not what it was."""
    try:
        return read()
    except ArchiveFault:
        if not fetch_object(path):
            raise
        return read()


def _read(path: Path) -> Iterator[bytes]:
    descriptor = open_object(path)
    try:
        yield from checked_chunks(descriptor, sha256_of(path))
    except (OSError, ValueError) as error:
        raise fault(path, _say(error)) from error
    finally:
        os.close(descriptor)


def fault(path: Path, why: str) -> ArchiveFault:
    return ArchiveFault(
        f"档案里的对象 {sha256_of(path)} 读不出来：{why}（{path}）。这是我们的问题，与报送单位无关：本轮到此为止，"
        "没有判定，也没有通知任何单位。请检查磁盘和挂载，必要时从备份恢复（notices restore），再运行一次"
    )


def _say(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "文件不在了"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
