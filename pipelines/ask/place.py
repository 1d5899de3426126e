"""Where published files lie: a folder, or any place that fsspec reaches. A name there never stands for half a file."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import fsspec
from fsspec.utils import get_protocol

from pipelines.ground.connections import from_environment
from pipelines.ground.errors import NoticesError

_OVERWRITES = ("file", "local", "memory", "s3", "s3a")
"""Where a move takes the place of what stands there, at once; elsewhere that is removed first."""


class Place:
    """Raises NoticesError where it cannot be reached, read or written."""

    def __init__(self, url: str, connection: str | None = None) -> None:
        """`url` is a folder or a URL; with the id of a connection it is the path on that connection's server."""
        self.url = url
        self._errors: tuple[type[Exception], ...] = (OSError, ValueError, ImportError)
        self._overwrites = not connection and get_protocol(url) in _OVERWRITES
        if connection:
            from pipelines.collect.protocols import open_remote

            remote = open_remote(from_environment(connection), url)
            self._fs, self._root, self._errors = remote.fs, remote.root, (*remote.errors, *self._errors)
        else:
            if get_protocol(url) in ("file", "local"):
                url = os.path.abspath(url.partition("://")[2] or url)
            with self._in_words():
                self._fs, self._root = fsspec.core.url_to_fs(url)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            said = " ".join(str(error).split())[:300] or type(error).__name__
            raise NoticesError(f"发布地 {self.url} 读写不成：{said}。请检查地址、权限和空间") from error

    def read(self, name: str) -> bytes | None:
        """A file's bytes; None where there is none."""
        with self._in_words():
            self._fs.invalidate_cache()
            path = f"{self._root}/{name}"
            return bytes(self._fs.cat_file(path)) if self._fs.exists(path) else None

    def write(self, name: str, data: bytes) -> None:
        """Written under another name, read back, and only then given its own."""
        path, beside = f"{self._root}/{name}", f"{self._root}/_incoming/{uuid.uuid4().hex}"
        with self._in_words():
            for folder in (beside, path):
                self._fs.makedirs(folder.rpartition("/")[0], exist_ok=True)
            try:
                self._fs.pipe_file(beside, data)
                if self._fs.cat_file(beside) != data:
                    raise OSError(f"{name} 读回的与送去的不同")
                if not self._overwrites and self._fs.exists(path):
                    self._fs.rm_file(path)
                self._fs.mv(beside, path)
            finally:
                if self._fs.exists(beside):
                    self._fs.rm_file(beside)

    def remove(self, name: str) -> None:
        with self._in_words():
            self._fs.rm_file(f"{self._root}/{name}")
