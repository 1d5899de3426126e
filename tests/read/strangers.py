"""Reads what was made odd as a child would, in this process: what crosses from here as an exception would end a cycle."""

import hashlib
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

from pipelines.ground.settings import Settings
from pipelines.notice import load_notice
from pipelines.notice.model import Notice
from pipelines.read import answers, file
from pipelines.read.frames import write_batch
from pipelines.read.grid import Content
from pipelines.read.nursery import _answer
from pipelines.read.open import Format, open_grid
from pipelines.read.pool import READER
from pipelines.read.reader import Reader
from pipelines.read.submission import Job, Submission
from pipelines.read.wire import decode, encode

RECEIVED = datetime(2020, 11, 9, 12)
MOST_BYTES = 400_000
"""Of a file that is used: what is larger takes longer, and is odd in no other way."""


@dataclass(frozen=True)
class Given:
    """A file as it lay in an inbox."""

    path: str
    content: bytes


def files_of(archive: Path) -> Iterator[Given]:
    """Of a packed inbox, by path, without what is large."""
    with tarfile.open(archive) as packed:
        for one in sorted(packed, key=lambda member: member.name):
            if one.isfile() and one.size <= MOST_BYTES and "/inbox/" in f"/{one.name}":
                content = packed.extractfile(one)
                assert content is not None
                yield Given(f"/{one.name}".partition("/inbox/")[2], content.read())


@dataclass
class Stranger:
    """A reader by one notice, and all that it answered since `write` was called last."""

    notice: Notice
    folder: Path
    found: list[Submission] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = Reader(self.notice, Settings())
        self._require = READER.required(self.notice)
        self._opened = lru_cache(maxsize=1024)(self._open)

    @classmethod
    def of(cls, notice_id: str, folder: Path) -> "Stranger":
        return cls(load_notice(notice_id), folder)

    def read(self, given: Given) -> list[Submission]:
        """What is made of these bytes, over the wire and believed. Raises what would be a fault of ours."""
        path = self.folder / "object"
        path.write_bytes(given.content)
        sha256 = hashlib.sha256(given.content).hexdigest()
        source = next((one for one in self.notice.sources if given.path.startswith(f"{one.path}/")), None)
        folder = next(one for one in self.notice.sources if one.kind == "folder")
        job = Job(
            sha256[:8] + str(len(self.found)),
            (source or folder).id,
            given.path if source else f"{folder.path}/{given.path.partition('/')[2]}",
            str(path),
            sha256,
            len(given.content),
            RECEIVED,
        )
        said: list[Submission] = decode(encode(_answer(self._reader, job)), list[Submission])
        self._require(job, said)
        self.found += said
        return said

    def read_as(self, given: Given, change: Callable[[Content], Content]) -> list[Submission]:
        """The same, with what was opened changed before it is laid out."""

        def opened(content: bytes, file_format: Format, settings: Settings) -> Content:
            return change(self._opened(content, file_format))

        with patch.object(file, "open_grid", opened), patch.object(answers, "open_grid", opened):
            return self.read(given)

    def _open(self, content: bytes, file_format: Format) -> Content:
        return open_grid(content, file_format, Settings())

    def write(self) -> int:
        """What was found goes where the parent puts it; says how much that was."""
        run = self.folder / "run"
        run.mkdir(exist_ok=True)
        counts = write_batch(self.notice, self.found, run, 0)
        self.found = []
        return counts["submissions"]
