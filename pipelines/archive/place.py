"""A folder, or any place that fsspec reaches: what backups and published files are written to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import fsspec
from fsspec.utils import get_protocol

from pipelines.ground.connections import Connection, from_environment
from pipelines.ground.errors import NoticesError

LOCAL = ("file", "local")


class Place:
    """Raises NoticesError where it cannot be reached, read or written."""

    name: ClassVar[str]
    """What it is called in a sentence."""

    def __init__(self, url: str, connection: str | Connection | None = None) -> None:
        """`url` is a folder or a URL; with a connection, or its id, it is the path on that connection's server."""
        self.url = url
        self._errors: tuple[type[Exception], ...] = (OSError, ValueError, ImportError)
        if connection:
            from pipelines.collect.protocols import open_remote

            known = from_environment(connection) if isinstance(connection, str) else connection
            remote = open_remote(known, url)
            self._fs, self._root, self._errors = remote.fs, remote.root, (*remote.errors, *self._errors)
        else:
            if get_protocol(url) in LOCAL:
                url = os.path.abspath(url.partition("://")[2] or url)
            with self._in_words():
                self._fs, self._root = fsspec.core.url_to_fs(url)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            said = " ".join(str(error).split())[:300] or type(error).__name__
            raise NoticesError(f"{self.name} {self.url} 读写不成：{said}。请检查地址、权限和空间") from error
