"""What one source holds, entry by entry: received with its bytes, left for the next scan, or held with the reason."""

import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from pipelines.archive.held import Held, held_record
from pipelines.archive.objects import read_object
from pipelines.archive.shapes import shape_record
from pipelines.archive.store import Archive, Journal, Receipt, receipt_record, state_of
from pipelines.collect.arrived import arrival, modified_at
from pipelines.collect.disk import FULL, NO_SPACE, free_bytes
from pipelines.collect.source import (
    STRANGE,
    Acknowledging,
    Entry,
    EntryChanged,
    EntryUnreadable,
    Received,
    Remembering,
    Source,
)
from pipelines.ground.counts import in_mb
from pipelines.ground.errors import SourceError
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice

BATCH = 256
"""Receipts noted at once: one sync to disk each."""
MOST_TROUBLES = 5
"""After so many entries that a source failed to give, the source is left for the next scan."""
log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass
class ScanResult:
    """What one scan did: receipts made, files left for the next scan, and sources that could not be read.

    What could not be taken in stands in the journal's `held`; it is no error of its source."""

    journal: Journal
    """As it is after the scan."""
    new: int = 0
    waiting: int = 0
    reshaped: int = 0
    """Forms that ask something else than at the scan before."""
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """What data staff should do something about before it becomes an error."""

    @property
    def held(self) -> list[Held]:
        """In path order."""
        return sorted(self.journal.held.values(), key=lambda one: (one.path, one.source))


@dataclass
class Intake:
    """One scan of a notice's sources at one moment, source by source."""

    archive: Archive
    journal: Journal
    notice: Notice
    now: datetime
    settings: Settings
    is_live: bool
    result: ScanResult
    senders: Mapping[str, str]
    kept: set[str] = field(default_factory=set)
    """Keys of the source at hand that are held."""
    is_noted: bool = False
    """Whether the journal has a line of this scan of the source at hand."""

    def take_in(self, source_id: str, source: Source) -> None:
        """All that is new in one source. Raises SourceError, after the rest of it, where something could not be read."""
        trouble: list[SourceError] = []
        self.kept, self.is_noted = set(), False
        acknowledging = source if isinstance(source, Acknowledging) else None
        relisted = self._remind(source_id, source)
        listed = _listed(source, self.journal.cursors.get(source_id), trouble)
        fresh = (entry for entry in listed if not self._is_done(source_id, acknowledging, entry))
        waiting = self.result.waiting
        for batch in _batches(fresh, BATCH):
            records = [
                record for entry in batch if (record := self._take_entry(source_id, source, entry, trouble))
            ]
            if any("sha256" in record for record in records):
                self.archive.sync()
            self.journal.note(records)
            self.is_noted = self.is_noted or bool(records)
            for entry in batch:
                self._is_done(source_id, acknowledging, entry)
            if len(trouble) >= MOST_TROUBLES:
                break
        if trouble:
            raise SourceError("；".join(str(error) for error in trouble))
        self._complete(
            source_id, source, is_waiting=self.result.waiting != waiting or bool(self.kept - relisted)
        )

    def _remind(self, source_id: str, source: Source) -> set[str]:
        """Tells a source what was received from it; what it will then list again by itself (filled while it lists)."""
        if not isinstance(source, Remembering):
            return set()
        own = (
            Received(one.path, one.evidence, one.version, one.scanned_at, partial(self._recall, one.sha256))
            for one in self.journal.receipts
            if one.source == source_id
        )
        shapes = self.journal.shapes.get(source_id, [])
        source.remember(own, shapes, self.now.replace(tzinfo=self.notice.zone))
        return source.relisted

    def _recall(self, sha256: str) -> bytes:
        """What was received; raises ArchiveFault where it is gone: that fault is ours."""
        return read_object(self.archive.object_path(sha256))

    def _complete(self, source_id: str, source: Source, *, is_waiting: bool) -> None:
        """Notes a completed scan, and lets go of what was held and has healed or is gone."""
        healed = [
            {"record": "released", "source": source_id, "key": one.key}
            for one in self.journal.held.values()
            if one.source == source_id and one.key not in self.kept
        ]
        # What has to wait must be listed again, so the listing may not begin behind it.
        cursor = self.journal.cursors.get(source_id) if is_waiting else source.cursor
        scan = {"record": "scan", "source": source_id, "scanned_at": self.now, "cursor": cursor}
        asked = source.shape(self.now) if isinstance(source, Remembering) else None
        self.result.reshaped += asked is not None
        if not (healed or asked or self.is_noted) and source_id in self.journal.scanned:
            self.journal.note_passing(source_id, self.now, cursor)
            return
        self.journal.note(
            [*healed, *([shape_record(replace(asked, source=source_id))] if asked else []), scan]
        )

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
        since = self.journal.seen_after(source_id, entry)
        if sentence := entry.fault or self._too_much(entry):
            return self._hold(source_id, entry, since, sentence)
        sighting: dict[str, Any] = {"source": source_id, "key": entry.key}
        sighting |= {name: getattr(entry, name) for name in ("size", "modified_ns", "version")}
        if self._is_young(entry):
            self.result.waiting += 1
            known = self.journal.is_waiting(source_id, entry)
            return None if known else {"record": "waiting", **sighting, "since": since}
        try:
            sha256, length = self.archive.store(self._limited(_given(source, entry)))
        except EntryChanged:
            log.warning("scan: %s 正在变动，下一轮再收", entry.path)
            self.result.waiting += 1
            self.kept.add(entry.key)
            return None
        except EntryUnreadable as error:
            return self._hold(source_id, entry, since, str(error))
        except SourceError as error:
            trouble.append(error)
            return None
        except OSError as error:
            if error.errno not in FULL:
                raise
            return self._hold(source_id, entry, since, f"{NO_SPACE}，写到一半时满了")
        if self.journal.last_sha256(source_id, entry) == sha256:
            return {"record": "seen", **sighting, "sha256": sha256}
        self.result.new += 1
        received_at = arrival(self.notice, entry, since, self.now)
        if unit := self.senders.get(entry.evidence.get("sender", "")):
            entry = replace(entry, evidence={**entry.evidence, "unit": unit})
        return receipt_record(
            _make_receipt(self.notice, source_id, entry, sha256, length, received_at, self.now)
        )

    def _hold(
        self, source_id: str, entry: Entry, since: datetime | None, sentence: str
    ) -> dict[str, Any] | None:
        """The line that keeps one entry waiting, and nothing else with it; None where it stands there already."""
        self.kept.add(entry.key)
        known = self.journal.held.get((source_id, entry.key))
        seen = state_of(entry)
        if known and (known.seen, known.sentence) == (seen, sentence):
            return None
        held_at = known.held_at if known and known.seen == seen else self.now
        return held_record(Held(source_id, entry.key, entry.path, sentence, held_at, since, seen))

    def _too_much(self, entry: Entry) -> str:
        """Why an entry is not even opened; empty where it may be."""
        if entry.size > self.settings.max_file_bytes:
            return self._oversized(entry.size)
        free = free_bytes(self.archive)
        if free - entry.size >= self.settings.reserve_bytes:
            return ""
        return f"{NO_SPACE}：文件 {in_mb(entry.size)}，须留 {in_mb(self.settings.reserve_bytes)} 空余"

    def _oversized(self, size: int) -> str:
        limit = in_mb(self.settings.max_file_bytes)
        return (
            f"文件太大（{in_mb(size)}，上限 {limit}），请分成几个或另行报送；"
            "确须收下的，调大 NOTICES_MAX_FILE_BYTES 后再运行"
        )

    def _limited(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks, as far as one file may go: not every source says beforehand how large it is."""
        length = 0
        for chunk in chunks:
            length += len(chunk)
            if length > self.settings.max_file_bytes:
                raise EntryUnreadable(self._oversized(length))
            yield chunk

    def _is_young(self, entry: Entry) -> bool:
        """Whether a live scan must leave the entry alone, because somebody may still be writing it.

        A moment in the future says nothing of how long it has been quiet, and waiting for it could take for ever.
        """
        if not self.is_live or entry.arrived_at or not entry.modified_ns:
            return False
        age = (self.now - modified_at(self.notice, entry.modified_ns)).total_seconds()
        return 0 <= age < self.settings.quiet_seconds


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
    except STRANGE as error:
        log.exception("scan: 列一个来源时出错")
        trouble.append(
            SourceError(
                f"列来源里的东西时出了错（{type(error).__name__}：{error!s:.200}）：它给的与所知的不同，或是程序的错。已收的不受影响，"
                "别的来源照收，下一轮再试；一直这样的，请把日志里的 traceback 交维护人员"
            )
        )


def _given(source: Source, entry: Entry) -> Iterator[bytes]:
    """An entry's bytes; one over which its source errs waits alone."""
    try:
        yield from source.read_chunks(entry)
    except STRANGE as error:
        log.exception("scan: 取 %s 时出错", entry.path)
        raise EntryUnreadable(
            f"取它时出了错（{type(error).__name__}：{error!s:.200}），其余照收，下一轮再试；一直这样的，请把日志里的 traceback 交维护人员"
        ) from error


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(items, size)):
        yield batch
