"""Collect: what is new in a notice's sources goes to the archive, with a receipt each. The first stage.

Reads the sources; writes the archive. Nothing looks at the bytes before they and their receipt are on disk.
"""

import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pipelines.archive.store import Archive, Journal, Receipt, receipt_record, state_of
from pipelines.collect.source import Acknowledging, Entry, EntryChanged, Source
from pipelines.collect.sources import OPEN
from pipelines.ground.connections import Connect, MissingConnectionError
from pipelines.ground.errors import SourceError
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice

BATCH = 256
"""Receipts noted at once: one sync to disk each."""
LAST_SECOND = 253_370_000_000
"""In the year 9998."""
log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass
class ScanResult:
    """What one scan did: receipts made, files left for the next scan, and sources that could not be read."""

    journal: Journal
    """As it is after the scan."""
    new: int = 0
    waiting: int = 0
    errors: list[str] = field(default_factory=list)


def scan_sources(
    archive: Archive,
    notice: Notice,
    inbox: Path,
    now: datetime,
    settings: Settings,
    connect: Connect,
    *,
    senders: Mapping[str, str] | None = None,
    is_live: bool,
) -> ScanResult:
    """Brings everything new in the notice's sources into the archive; `now` is naive time in the notice's zone.

    `senders` (mail address -> recipient's code) is evidence of whose a mail is; it goes into the receipt.

    A source that cannot be read is named in `errors` and has no completed scan; the others go on.
    """
    with archive.lock(notice.id) as journal:
        result = ScanResult(journal)
        scan = _Scan(archive, journal, notice, now, settings, is_live, result, senders or {})
        absent = []
        for one in notice.sources:
            try:
                source = OPEN[one.kind](notice, one, inbox, connect)
                if source.exists() or one.id in journal.scanned:
                    scan.take_in(one.id, source)
                else:
                    absent.append(one)
            except (SourceError, MissingConnectionError) as error:
                log.error("scan: %s", error)
                result.errors.append(str(error))
                journal.note(
                    [{"record": "failed", "source": one.id, "failed_at": now, "sentence": str(error)}]
                )
    paths = "、".join(one.path for one in absent)
    if len(absent) == len(notice.sources):
        result.errors.append(
            f"收件文件夹 {inbox} 下一个来源都没有（应有 {paths}）。请检查 --inbox 或共享文件夹是否在线"
        )
    elif absent:
        log.warning("scan: 来源 %s 还没有建立，本轮跳过", paths)
    return result


@dataclass
class _Scan:
    """One scan of a notice's sources at one moment."""

    archive: Archive
    journal: Journal
    notice: Notice
    now: datetime
    settings: Settings
    is_live: bool
    result: ScanResult
    senders: Mapping[str, str]

    def take_in(self, source_id: str, source: Source) -> None:
        """All that is new in one source. Raises SourceError, after the rest of it, where something could not be read."""
        trouble: list[SourceError] = []
        acknowledging = source if isinstance(source, Acknowledging) else None
        listed = _listed(source, self.journal.cursors.get(source_id), trouble)
        fresh = (entry for entry in listed if not self._is_done(source_id, acknowledging, entry))
        waiting = self.result.waiting
        for batch in _batches(fresh, BATCH):
            records = [
                record for entry in batch if (record := self._take_entry(source_id, source, entry, trouble))
            ]
            if any(record["record"] != "waiting" for record in records):
                self.archive.sync()
            self.journal.note(records)
            for entry in batch:
                self._is_done(source_id, acknowledging, entry)
        if trouble:
            raise SourceError("；".join(str(error) for error in trouble))
        # What has to wait must be listed again, so the listing may not begin behind it.
        cursor = source.cursor if self.result.waiting == waiting else self.journal.cursors.get(source_id)
        self.journal.note([{"record": "scan", "source": source_id, "scanned_at": self.now, "cursor": cursor}])

    def _is_done(self, source_id: str, acknowledging: Acknowledging | None, entry: Entry) -> bool:
        """Whether the entry is in the archive as it is now; a source that wants to know is told, until it moved it away."""
        is_known = self.journal.is_known(source_id, entry)
        if is_known and acknowledging:
            acknowledging.acknowledge(entry)
        return is_known

    def _take_entry(
        self, source_id: str, source: Source, entry: Entry, trouble: list[SourceError]
    ) -> dict[str, Any] | None:
        """The journal's line for one entry that is not known as it is now; None where there is nothing to note."""
        sighting: dict[str, Any] = {"source": source_id, "key": entry.key}
        sighting |= {name: getattr(entry, name) for name in ("size", "modified_ns", "version")}
        since = self.journal.seen_after(source_id, entry)
        if self._is_young(entry):
            self.result.waiting += 1
            known = self.journal.is_waiting(source_id, entry)
            return None if known else {"record": "waiting", **sighting, "since": since}
        try:
            sha256, length = self.archive.store(source.read_chunks(entry))
        except EntryChanged:
            log.warning("scan: %s 正在变动，下一轮再收", entry.path)
            self.result.waiting += 1
            return None
        except SourceError as error:
            trouble.append(error)
            return None
        if self.journal.last_sha256(source_id, entry) == sha256:
            return {"record": "seen", **sighting, "sha256": sha256}
        self.result.new += 1
        received_at = self._arrival(entry, since)
        if unit := self.senders.get(entry.evidence.get("sender", "")):
            entry = replace(entry, evidence={**entry.evidence, "unit": unit})
        return receipt_record(
            _make_receipt(self.notice, source_id, entry, sha256, length, received_at, self.now)
        )

    def _is_young(self, entry: Entry) -> bool:
        """Whether a live scan must leave the entry alone, because somebody may still be writing it.

        A moment in the future says nothing of how long it has been quiet, and waiting for it could take for ever.
        """
        if not self.is_live or entry.arrived_at or not entry.modified_ns:
            return False
        age = (self.now - modified_at(self.notice, entry.modified_ns)).total_seconds()
        return 0 <= age < self.settings.quiet_seconds

    def _arrival(self, entry: Entry, since: datetime | None) -> datetime:
        """When it arrived: the server's word, else the modification time inside what the scans prove."""
        if entry.arrived_at:
            return min(self.notice.local(entry.arrived_at), self.now)
        modified = modified_at(self.notice, entry.modified_ns) if entry.modified_ns else self.now
        return clamp(modified, since, self.now)


def modified_at(notice: Notice, modified_ns: int) -> datetime:
    """The modification time in the notice's zone; one that no calendar holds counts as the far end it lies at."""
    seconds = min(max(modified_ns // 1_000_000_000, 0), LAST_SECOND)
    return notice.local(datetime.fromtimestamp(seconds, notice.zone))


def clamp(modified: datetime, since: datetime | None, now: datetime) -> datetime:
    """When a file arrived: its modification time, inside what the scans prove."""
    arrived = min(modified, now)
    return max(arrived, since) if since else arrived


def _make_receipt(
    notice: Notice, source_id: str, entry: Entry, sha256: str, size: int, received_at: datetime, now: datetime
) -> Receipt:
    state = "\0".join(str(part) for part in state_of(entry) if part != "")
    identity = f"{notice.id}\0{source_id}\0{entry.key}\0{state}\0{sha256}\0{now.isoformat()}"
    return Receipt(
        id=hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:20],
        source=source_id,
        key=entry.key,
        path=entry.path,
        size=size,
        modified_ns=entry.modified_ns,
        sha256=sha256,
        received_at=received_at,
        scanned_at=now,
        version=entry.version,
        evidence=entry.evidence,
    )


def _listed(source: Source, cursor: str | None, trouble: list[SourceError]) -> Iterator[Entry]:
    """A source's entries; a failure to list comes after what could be listed, and is kept for the end."""
    try:
        yield from source.list_entries(cursor)
    except SourceError as error:
        trouble.append(error)


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(items, size)):
        yield batch
