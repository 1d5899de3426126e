"""Objects of the archive, read: their bytes are those that their name says, or the cycle fails."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from pipelines.ground.errors import ArchiveFault

CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """The hash that an object's path states: its name, behind that of its folder."""
    return (path.parent.name + path.name)[-64:]


def open_object(path: Path) -> int:
    """A descriptor for reading. Raises ArchiveFault where there is no such object, or none that can be opened."""
    try:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
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
    return b"".join(_read(path))


def verify_object(path: Path) -> None:
    """Raises ArchiveFault as `read_object` does."""
    for _ in _read(path):
        pass


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
