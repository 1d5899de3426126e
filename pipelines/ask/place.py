"""Where published files lie. A name there never stands for half a file."""

import uuid

from fsspec.utils import get_protocol

from pipelines.archive.place import LOCAL, Place
from pipelines.ground.connections import Connection

_OVERWRITES = (*LOCAL, "memory", "s3", "s3a")
"""Where a move takes the place of what stands there, at once; elsewhere that is removed first."""


class PublishedPlace(Place):
    """One place of published files. Raises NoticesError where it cannot be reached, read or written."""

    name = "发布地"

    def __init__(self, url: str, connection: str | Connection | None = None) -> None:
        super().__init__(url, connection)
        self._overwrites = not connection and get_protocol(url) in _OVERWRITES

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
