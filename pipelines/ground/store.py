"""The store: where what is kept for ever lies when machines share no disk. NOTICES_STORE names it: a folder (NFS too) or s3://bucket/path.

Without that setting there is none, and the home's folder is all there is. With it the home is each machine's own copy: what is
kept counts once the store has it. A name is written once (`add`), or replaced by whoever read what stands there (`replace`), and
never renamed: of two machines that write the same name at once, one is told that it came second.
"""

import hashlib
import os
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import uuid4

from pipelines.ground.errors import ArchiveFault, StoreFault

SETTING = "NOTICES_STORE"


@dataclass(frozen=True)
class Found:
    """What stands under a name, and the tag of this state of it."""

    content: bytes
    tag: str


class Store(ABC):
    """Raises StoreFault where it cannot be reached, read or written."""

    def __init__(self, url: str) -> None:
        self.url = url

    @abstractmethod
    def read(self, name: str) -> Found | None:
        """None where nothing has this name."""

    def names(self, folder: str) -> list[str]:
        """All names below a folder, relative to it and in order."""
        return sorted(self.ages(folder))

    @abstractmethod
    def ages(self, folder: str) -> dict[str, float]:
        """As names, with when each was written by the store's own clock, in seconds since the epoch."""

    def add(self, name: str, content: bytes) -> bool:
        """Whether the name now stands for this content; False where it stands for another one, which stays."""
        if self._put_new(name, content):
            return True
        # An answer that was lost on the way makes us meet what we wrote ourselves.
        found = self.read(name)
        return found is not None and found.content == content

    def replace(self, name: str, content: bytes, tag: str | None) -> str | None:
        """The new tag; None where the name stands for something else than `tag` says (None: than for nothing)."""
        new = self._put_over(name, content, tag)
        if new is None and (found := self.read(name)) and found.content == content:
            return found.tag
        return new

    @abstractmethod
    def add_file(self, name: str, path: Path) -> None:
        """Keeps a file's bytes under a name that is made from their hash: what stands there already is the same."""

    @abstractmethod
    def fetch(self, name: str, to: Path) -> bool:
        """Writes what has this name to a file; False where nothing has it."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Nothing has this name afterwards."""

    @abstractmethod
    def _put_new(self, name: str, content: bytes) -> bool: ...

    @abstractmethod
    def _put_over(self, name: str, content: bytes, tag: str | None) -> str | None: ...

    def fault(self, why: object) -> StoreFault:
        said = " ".join(str(why).split())[:300] or type(why).__name__
        return StoreFault(
            f"存储 {self.url} 读写不成：{said}。这是我们的问题，与报送单位无关：本轮到此为止，没有判定，也没有通知任何单位；"
            f"已收下的都在，恢复后下一轮接着做。请检查网络、{SETTING} 写的地址和账号"
        )


def open_store() -> Store | None:
    """The one that the setting names; None where it names none."""
    url = os.environ.get(SETTING, "").strip()
    return _open(url, os.getpid()) if url else None


@cache
def _open(url: str, _process: int) -> Store:
    """Once a process: a connection is not taken along into a fork."""
    from pipelines.ground.folder_store import FolderStore

    scheme, mark, place = url.partition("://")
    if mark and "@" in place.partition("/")[0]:
        raise StoreFault(
            f"{SETTING} 里不要写账号和口令：用 AWS_ACCESS_KEY_ID 等环境变量，或连接 notices_store"
        )
    if scheme in ("s3", "s3a") and mark:
        from pipelines.ground.s3_store import S3Store

        return S3Store(url)
    if mark and scheme != "file":
        raise StoreFault(f"{SETTING} 写的 {url} 用不了：应是文件夹的路径，或 s3://桶/路径")
    return FolderStore(os.path.abspath(place if mark else url))


def fetch_checked(store: Store, name: str, sha256: str, to: Path) -> bool:
    """Puts what has this name in a file's place, whole; False where the store has nothing of it.

    Raises ArchiveFault where what came is not what the hash says: then the place is as it was.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    beside = to.with_name(f".{to.name}.{uuid4().hex}.tmp")
    try:
        if not store.fetch(name, beside):
            return False
        if (came := hash_of(beside)) != sha256:
            raise ArchiveFault(
                f"存储 {store.url} 里的 {name} 内容与名字不符（内容的 sha256 是 {came}）。这是我们的问题，与报送单位无关："
                "本轮到此为止，没有判定，也没有通知任何单位。请从存储的旧版本或备份恢复它，再运行一次"
            )
        beside.replace(to)
        return True
    finally:
        beside.unlink(missing_ok=True)


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
