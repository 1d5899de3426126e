"""Collect: what is new in a notice's sources goes to the archive, with a receipt each. The first stage.

Reads the sources; writes the archive. Nothing looks at the bytes before they and their receipt are on disk.
"""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pipelines.collect.archive import Archive, Journal, Receipt, receipt_record
from pipelines.collect.folder import FolderSource
from pipelines.collect.source import Entry, EntryChanged, Source
from pipelines.errors import SourceError
from pipelines.notice.model import Notice
from pipelines.settings import Settings

BATCH = 256
"""Receipts noted at once: one sync to disk each."""
LAST_SECOND = 253_370_000_000
"""In the year 9998."""
log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass
class ScanResult:
    """What one scan did: receipts made, files left for the next scan, and sources that could not be read."""

    new: int = 0
    waiting: int = 0
    errors: list[str] = field(default_factory=list)


def scan_sources(
    archive: Archive, notice: Notice, inbox: Path, now: datetime, settings: Settings, *, is_live: bool
) -> ScanResult:
    """Brings everything new below `inbox` into the archive; `now` is naive time in the notice's zone.

    A source that cannot be read is named in `errors` and has no completed scan; the others go on.
    """
    result = ScanResult()
    with archive.lock(notice.id) as journal:
        sources = {
            one.id: FolderSource(inbox, one.path, notice.words.returned_folder) for one in notice.sources
        }
        if not any(source.exists() for source in sources.values()):
            paths = "、".join(source.path for source in sources.values())
            result.errors.append(
                f"收件文件夹 {inbox} 下一个来源都没有（应有 {paths}）。请检查 --inbox 或共享文件夹是否在线"
            )
            return result
        for source_id, source in sources.items():
            if not source.exists() and source_id not in journal.scanned:
                log.warning("scan: 来源 %s 还没有建立，本轮跳过", source.path)
                continue
            try:
                _scan_source(
                    archive, journal, notice, source_id, source, now, settings, result, is_live=is_live
                )
            except SourceError as error:
                log.error("scan: %s", error)
                result.errors.append(str(error))
    return result


def _scan_source(
    archive: Archive,
    journal: Journal,
    notice: Notice,
    source_id: str,
    source: Source,
    now: datetime,
    settings: Settings,
    result: ScanResult,
    *,
    is_live: bool,
) -> None:
    trouble: list[SourceError] = []
    since = journal.scanned.get(source_id)
    fresh = (entry for entry in _listed(source, trouble) if not journal.is_known(source_id, entry))
    for batch in _batches(fresh, BATCH):
        records: list[dict[str, Any]] = []
        for entry in batch:
            modified = modified_at(notice, entry.modified_ns)
            # A moment in the future says nothing of how long the file has been quiet, and waiting for it could take for ever.
            if is_live and 0 <= (now - modified).total_seconds() < settings.quiet_seconds:
                result.waiting += 1
                continue
            try:
                sha256 = archive.store(source.read_chunks(entry))
            except EntryChanged:
                log.warning("scan: %s 正在变动，下一轮再收", entry.path)
                result.waiting += 1
                continue
            except SourceError as error:
                trouble.append(error)
                continue
            sighting = {
                "source": source_id,
                "key": entry.key,
                "size": entry.size,
                "modified_ns": entry.modified_ns,
            }
            if journal.last_sha256(source_id, entry) == sha256:
                records.append({"record": "seen", **sighting, "sha256": sha256})
                continue
            received_at = clamp(modified, since, now)
            records.append(receipt_record(_make_receipt(notice, source_id, entry, sha256, received_at, now)))
            result.new += 1
        if records:
            archive.sync()
            journal.note(records)
    if trouble:
        raise SourceError("；".join(str(error) for error in trouble))
    journal.note([{"record": "scan", "source": source_id, "scanned_at": now}])


def modified_at(notice: Notice, modified_ns: int) -> datetime:
    """The modification time in the notice's zone; one that no calendar holds counts as the far end it lies at."""
    seconds = min(max(modified_ns // 1_000_000_000, 0), LAST_SECOND)
    return notice.local(datetime.fromtimestamp(seconds, notice.zone))


def clamp(modified: datetime, since: datetime | None, now: datetime) -> datetime:
    """When a file arrived: its modification time, inside what the scans prove."""
    arrived = min(modified, now)
    return max(arrived, since) if since else arrived


def _make_receipt(
    notice: Notice, source_id: str, entry: Entry, sha256: str, received_at: datetime, now: datetime
) -> Receipt:
    identity = f"{notice.id}\0{source_id}\0{entry.key}\0{entry.size}\0{entry.modified_ns}\0{sha256}\0{now.isoformat()}"
    return Receipt(
        id=hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:20],
        source=source_id,
        key=entry.key,
        path=entry.path,
        size=entry.size,
        modified_ns=entry.modified_ns,
        sha256=sha256,
        received_at=received_at,
        scanned_at=now,
    )


def _listed(source: Source, trouble: list[SourceError]) -> Iterator[Entry]:
    """A source's entries; a failure to list comes after what could be listed, and is kept for the end."""
    try:
        yield from source.list_entries()
    except SourceError as error:
        trouble.append(error)


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(items, size)):
        yield batch
