"""A store in a folder, on NFS too: a name appears whole, by a second name for what was written and synced beside it."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from pipelines.ground.chain import sync_folder
from pipelines.ground.store import Found, Store


class FolderStore(Store):
    """Of one folder, which is there: a share that is not mounted must not look like an empty store."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._root = Path(path)

    def read(self, name: str) -> Found | None:
        with self._in_words():
            try:
                content = (self._root / name).read_bytes()
            except FileNotFoundError:
                return None
        return Found(content, hashlib.sha256(content).hexdigest())

    def ages(self, folder: str) -> dict[str, float]:
        root = self._root / folder
        with self._in_words():
            return {
                str(path.relative_to(root)): path.stat().st_mtime
                for path in root.rglob("*")
                if path.is_file()
            }

    def add_file(self, name: str, path: Path) -> None:
        with self._in_words(), path.open("rb") as source:
            if not (self._root / name).exists():
                self._link(name, source)

    def fetch(self, name: str, to: Path) -> bool:
        with self._in_words():
            try:
                shutil.copyfile(self._root / name, to)
            except FileNotFoundError:
                return False
            return True

    def remove(self, name: str) -> None:
        with self._in_words():
            (self._root / name).unlink(missing_ok=True)

    def _put_new(self, name: str, content: bytes) -> bool:
        with self._in_words():
            return self._link(name, content)

    def _put_over(self, name: str, content: bytes, tag: str | None) -> str | None:
        with self._in_words(), (self._root / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = self.read(name)
            if (found.tag if found else None) != tag:
                return None
            with self._written(name, content) as beside:
                beside.replace(self._root / name)
            sync_folder((self._root / name).parent)
        return hashlib.sha256(content).hexdigest()

    def _link(self, name: str, content: bytes | BinaryIO) -> bool:
        """Whether the name was free."""
        with self._written(name, content) as beside:
            try:
                os.link(beside, self._root / name)
            except FileExistsError:
                return False
        sync_folder((self._root / name).parent)
        return True

    @contextmanager
    def _written(self, name: str, content: bytes | BinaryIO) -> Iterator[Path]:
        """The content on disk under a passing name."""
        (self._root / name).parent.mkdir(parents=True, exist_ok=True)
        beside = self._root / f".incoming-{uuid4().hex}"
        try:
            with beside.open("xb") as file:
                if isinstance(content, bytes):
                    file.write(content)
                else:
                    shutil.copyfileobj(content, file)
                file.flush()
                os.fsync(file.fileno())
            yield beside
        finally:
            beside.unlink(missing_ok=True)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        if not self._root.is_dir():
            raise self.fault("这个文件夹不存在，或没有挂载")
        try:
            yield
        except OSError as error:
            raise self.fault(error) from error
