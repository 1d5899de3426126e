"""The archive: every byte that arrived, by its sha256, and the journal of receipts. The truth of the whole system.

Writes archive/objects/ab/cdef… and archive/receipts/<notice>.jsonl. Nothing in it is ever changed or removed; all
that comes after is made from it. A journal line is a receipt, a sighting of known bytes, of an entry that has to wait or
cannot be taken in (held) or no longer is (released), a completed scan, one that failed, or what a form asks (shape). Scans that
brought nothing stand beside it (passing.py): a year of them would be most of it.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import get_ident
from typing import Any, TypeVar

from pipelines.archive.held import Held, held_of
from pipelines.archive.objects import put_objects
from pipelines.archive.passing import PassingScans
from pipelines.archive.shapes import Shape, shape_of
from pipelines.collect.source import Entry
from pipelines.ground.collector import uncollected
from pipelines.ground.durable import JsonLines, sync_disk

T = TypeVar("T")


@dataclass(frozen=True)
class Receipt:
    """One arrival of one file. `received_at` is naive time in the notice's zone, to the second."""

    id: str
    source: str
    key: str
    path: str
    size: int
    modified_ns: int
    sha256: str
    received_at: datetime
    scanned_at: datetime
    version: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """What the source knew beside the bytes: a mail's Message-ID and sender, a form service's answer number."""


State = tuple[int, int, str]
"""Size, modified_ns and version: what tells one state of an entry from the next."""


class Journal:
    """What one notice received, in the order in which it was noted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.receipts: list[Receipt] = []
        self.seen: dict[tuple[str, str], tuple[State, str]] = {}
        """(source, key) -> state and sha256 of the newest sighting."""
        self.waiting: dict[tuple[str, str], tuple[State, datetime | None]] = {}
        """(source, key) -> state in which a scan left it alone, and the last completed scan before that one."""
        self.held: dict[tuple[str, str], Held] = {}
        """(source, key) -> what could not be taken in, until it is, or is gone."""
        self.scanned: dict[str, datetime] = {}
        """source -> its last completed scan, the latest there was."""
        self.failed: dict[str, tuple[datetime, str]] = {}
        """source -> when it last could not be read, and why."""
        self.cursors: dict[str, str | None] = {}
        """source -> where its last completed scan ended."""
        self.shapes: dict[str, list[Shape]] = {}
        """source -> what its form asked, each time that it was another than before."""
        self._lines = JsonLines(path)
        with uncollected():  # thousands of records without a cycle
            for record in self._lines.read():
                self._take(record)
        self._passing = PassingScans(path)
        for source, scan in self._passing.read(self._lines.length).items():
            self._take({"record": "scan", "source": source, **scan})

    def _take(self, record: dict[str, Any]) -> None:
        what = record.pop("record")
        source = record["source"]
        if what == "scan":
            moment = datetime.fromisoformat(record["scanned_at"])
            # A clock that was set back takes nothing from what an earlier scan proved.
            self.scanned[source] = max(moment, self.scanned.get(source, moment))
            self.cursors[source] = record.get("cursor")
            return
        if what == "failed":
            self.failed[source] = (datetime.fromisoformat(record["failed_at"]), record["sentence"])
            return
        if what == "shape":
            self.shapes.setdefault(source, []).append(shape_of(record))
            return
        place = (source, record["key"])
        if what == "held":
            self.held[place] = held_of(record)
            return
        if what == "released":
            self.held.pop(place, None)
            return
        state = _state(record["size"], record["modified_ns"], record.get("version", ""))
        if what == "waiting":
            since = record["since"]
            self.waiting[place] = (state, datetime.fromisoformat(since) if since else None)
            return
        self.seen[place] = (state, record["sha256"])
        self.waiting.pop(place, None)
        self.held.pop(place, None)
        if what == "receipt":
            self.receipts.append(receipt_of(record))

    def is_known(self, source: str, entry: Entry) -> bool:
        known = self.seen.get((source, entry.key))
        return known is not None and known[0] == state_of(entry)

    def last_sha256(self, source: str, entry: Entry) -> str | None:
        known = self.seen.get((source, entry.key))
        return known[1] if known else None

    def is_waiting(self, source: str, entry: Entry) -> bool:
        """Whether an earlier scan saw the entry just as it is now, and left it alone."""
        return self.waiting.get((source, entry.key), (None,))[0] == state_of(entry)

    def seen_after(self, source: str, entry: Entry) -> datetime | None:
        """The last completed scan before the one that first saw the entry as it is now: it arrived after that."""
        if self.is_waiting(source, entry):
            return self.waiting[(source, entry.key)][1]
        held = self._held_with(source, entry)
        return held.since if held else self.scanned.get(source)

    def _held_with(self, source: str, entry: Entry) -> Held | None:
        """What kept earlier scans from seeing this entry: itself, just as it is now, or a folder above it."""
        own = self.held.get((source, entry.key))
        if own and own.seen == state_of(entry):
            return own
        parts = entry.key.split("/")
        folders = ("/".join([*parts[:depth], ""]) for depth in range(1, len(parts)))
        return next((held for key in folders if (held := self.held.get((source, key)))), None)

    def note(self, records: Iterable[dict[str, Any]]) -> None:
        """Appends records and does not return before they are on disk."""
        for record in self._lines.append(records):
            self._take(record)

    def note_passing(self, source: str, scanned_at: datetime, cursor: str | None) -> None:
        """Keeps a completed scan that brought nothing, in the place of the one before it; it is on disk then, too."""
        self._passing.keep(self._lines.length, source, scanned_at, cursor)
        self._take(
            {"record": "scan", "source": source, "scanned_at": scanned_at.isoformat(), "cursor": cursor}
        )


def state_of(entry: Entry) -> State:
    return _state(entry.size, entry.modified_ns, entry.version)


def _state(size: int, modified_ns: int, version: str) -> State:
    """A source that gives versions is believed: size and time of the same version tell nothing more."""
    return (0, 0, version) if version else (size, modified_ns, "")


class Archive:
    """Objects and journals below one folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._objects = path / "objects"
        self._fresh: set[str] = set()
        """Stored since the last `sync`."""

    def object_path(self, sha256: str) -> Path:
        return self._objects / sha256[:2] / sha256[2:]

    def journal(self, notice_id: str) -> Journal:
        return Journal(self.path / "receipts" / f"{notice_id}.jsonl")

    @contextmanager
    def lock(self, notice_id: str) -> Iterator[Journal]:
        """The notice's journal, for one writer at a time."""
        folder = self.path / "receipts"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{notice_id}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield self.journal(notice_id)

    def store(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Keeps the bytes and returns their sha256 and length; they are on disk only after `sync`."""
        incoming = self._objects / f"incoming-{os.getpid()}-{get_ident()}"
        digest, length = hashlib.sha256(), 0
        try:
            with _in_folder(incoming, lambda: incoming.open("wb")) as file:
                for chunk in chunks:
                    digest.update(chunk)
                    length += len(chunk)
                    file.write(chunk)
            # Written again even if it is there: without a receipt it may be the torn half of a killed scan.
            target = self.object_path(digest.hexdigest())
            _in_folder(target, lambda: os.replace(incoming, target))
        except BaseException:
            incoming.unlink(missing_ok=True)
            raise
        self._fresh.add(digest.hexdigest())
        return digest.hexdigest(), length

    def clear_incoming(self) -> None:
        """Removes what killed scans had not finished writing; only for whoever is alone in the home."""
        for left in self._objects.glob("incoming-*"):
            left.unlink()

    def sync(self) -> None:
        """Everything stored so far is on disk, and in the store where one is set: once a batch, before its receipts are noted."""
        sync_disk(self._objects)
        put_objects(map(self.object_path, self._fresh))
        self._fresh.clear()


def _in_folder(path: Path, put: Callable[[], T]) -> T:
    """What putting a file there gives; its folder is made where it is missing, which it hardly ever is."""
    try:
        return put()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return put()


def receipt_record(receipt: Receipt) -> dict[str, Any]:
    return {"record": "receipt", **vars(receipt)}


def receipt_of(record: dict[str, Any]) -> Receipt:
    """A receipt from its JSON, whose moments are text."""
    record["received_at"] = datetime.fromisoformat(record["received_at"])
    record["scanned_at"] = datetime.fromisoformat(record["scanned_at"])
    return Receipt(**record)
