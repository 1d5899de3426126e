"""A notice's inbox of real files and its archive, scanned at stated moments."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.archive.store import Archive, Receipt
from pipelines.collect.folder import FolderSource
from pipelines.collect.intake import ScanResult
from pipelines.collect.scan import scan_sources
from pipelines.collect.source import Entry
from pipelines.ground.connections import from_environment
from pipelines.ground.settings import Settings
from pipelines.ground.store import Store, open_store
from pipelines.notice import Notice
from tests.stores import TestStore, make_store

NOON = datetime(2020, 11, 9, 12)


@dataclass
class Desk:
    """An inbox, its archive, and scans of it."""

    notice: Notice
    inbox: Path
    archive: Archive
    opened: list[str] = field(default_factory=list)
    """Keys of the entries that were opened, in order."""

    @property
    def folder(self) -> Path:
        """The first source's folder."""
        return self.inbox / self.notice.sources[0].path

    def put(self, name: str, content: bytes = b"a,b\n", at: datetime = NOON) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.touch(path, at)
        return path

    def touch(self, path: Path, at: datetime) -> None:
        moment = at.replace(tzinfo=self.notice.zone).timestamp()
        os.utime(path, (moment, moment), follow_symlinks=False)

    def scan(self, now: datetime = NOON, *, is_live: bool = False) -> ScanResult:
        return scan_sources(
            self.archive, self.notice, self.inbox, now, Settings(), from_environment, is_live=is_live
        )

    @property
    def receipts(self) -> list[Receipt]:
        return self.archive.journal(self.notice.id).receipts

    @property
    def names(self) -> list[str]:
        """Paths of the receipts below the source's folder, in order."""
        start = len(self.notice.sources[0].path) + 1
        return [one.path[start:] for one in self.receipts]


@pytest.fixture
def desk(notice: Notice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Made without any file; it notes which entries are opened, and then opens them."""
    made = Desk(notice, tmp_path / "inbox", Archive(tmp_path / "archive"))
    made.folder.mkdir(parents=True)
    read = FolderSource.read_chunks

    def counted(source: FolderSource, entry: Entry) -> Iterator[bytes]:
        made.opened.append(entry.key)
        return read(source, entry)

    monkeypatch.setattr(FolderSource, "read_chunks", counted)
    return made


@pytest.fixture
def bound_socket(tmp_path: Path) -> Iterator[socket.socket]:
    """A socket that a test may bind to a path; closed afterwards."""
    with socket.socket(socket.AF_UNIX) as made:
        yield made


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.slow)])
def shared(request, tmp_path, monkeypatch) -> TestStore:
    """A store that machines share, set and empty."""
    return make_store(request.param, tmp_path / "shared", monkeypatch)


@pytest.fixture
def store(shared: TestStore) -> Store:
    """The program's own way to it."""
    found = open_store()
    assert found
    return found
