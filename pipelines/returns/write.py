"""Returns: what was rejected or partly accepted goes back, once each. Runs after publish; a side effect at the cycle's end.

Reads the snapshot and the archive; writes <home>/returns/<notice>/<unit>/… and, where the notice says so, the unit's folder.
What an earlier run missed is caught up, because whatever the ledger does not hold is still to be done.
"""

import logging
import re
from collections.abc import Collection, Iterable, Iterator
from enum import Enum
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath

from pipelines.archive.store import Archive, Receipt
from pipelines.ground.durable import sync_disk
from pipelines.ground.home import Home
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.read.pool import open_files
from pipelines.returns.ask import find_returned
from pipelines.returns.ledger import Ledger, Return, open_ledger
from pipelines.returns.model import Outcome, Returned
from pipelines.returns.place import place_return, unit_folder
from pipelines.returns.shared import find_return, put_returns
from pipelines.templates.write import safe_name

LONGEST_STEM = 120
"""Bytes of a name that are kept: file systems take 255, and the suffix needs room."""
SAID = 2
"""Faults that a summary names."""
MOST_AT_ONCE = 64
"""Returns that are synced and noted together."""
NOBODY = "未认出单位"


class Later(Enum):
    """In place of a place: it could not be written this time."""

    later = True


LATER = Later.later
log = logging.getLogger(__name__)


def write_returns(home: Home, notice: Notice, inbox: Path | None = None) -> dict[str, int]:
    """Writes and places every return that is not in the ledger yet; returns how many of each.

    A few at a time as they are made: whoever waits for the first does not wait for the last, and a run that is killed goes
    on behind the last one that the ledger names.
    """
    with open_ledger(home.returns(notice.id)) as ledger:
        wanted = {one.submission_id: one for one in find_returned(home, notice, ledger.returns)}
        names = _names(notice, wanted.values(), ledger.returns.values())
        places = _Places(home, notice, inbox or home.inbox(notice.id), ledger)
        placed = places.put(one for key, one in ledger.returns.items() if key not in ledger.placed)
        for outcomes in _handfuls(_mark(notice, wanted.values())):
            written = [
                _write(ledger.folder, wanted[one.submission_id], one, names[one.submission_id])
                for one in outcomes
            ]
            # No line of the ledger before the file that it names.
            sync_disk(ledger.folder)
            put_returns(ledger.folder, [one.file for one in written])
            ledger.note(written)
            placed += places.put(written)
    if wanted or placed:
        log.info("returns: 写出退回件 %d 份，放入单位文件夹 %d 份", len(wanted), placed)
    return {"returned": len(wanted), "placed": placed}


def _mark(notice: Notice, wanted: Collection[Returned]) -> Iterator[Outcome]:
    if wanted:
        from pipelines.returns.marker import Marker  # the office libraries cost a quarter of a second

        yield from open_files(Marker, notice, Settings.load(), wanted)


def _handfuls(outcomes: Iterator[Outcome]) -> Iterator[list[Outcome]]:
    """The first alone, then ever more at once: a sync of the disk is dear, and so is waiting for it."""
    size = 1
    while some := list(islice(outcomes, size)):
        yield some
        size = min(2 * size, MOST_AT_ONCE)


def list_returns(home: Home, notice: Notice) -> list[Return]:
    """Every return that was written, in order of arrival; its file lies below `home.returns(notice.id)`."""
    return sorted(
        Ledger(home.returns(notice.id)).returns.values(), key=lambda one: (one.received_at, one.path)
    )


def _write(folder: Path, returned: Returned, outcome: Outcome, name: str) -> Return:
    file = f"{name}{outcome.suffix}"
    target = folder / file
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{outcome.submission_id}.tmp")
    beside.write_bytes(outcome.content)
    beside.replace(target)
    return Return(
        returned.submission_id,
        returned.receipt_id,
        returned.recipient_code,
        returned.deliverable,
        returned.path,
        returned.received_at,
        returned.state,
        returned.reason,
        file,
        summarise(returned),
    )


def _names(notice: Notice, wanted: Iterable[Returned], known: Iterable[Return]) -> dict[str, str]:
    """Submission -> <unit>/<original name>_退回意见_<when it was received>, without a suffix; of two that would be the
    same, the later gets its id. Named before the first is made: children finish in any order."""
    taken = {str(PurePosixPath(one.file).with_suffix("")) for one in known}
    found = {}
    for one in wanted:
        name = _name(notice, one)
        if name in taken:
            name = f"{name}_{one.submission_id[:6]}"
        taken.add(name)
        found[one.submission_id] = name
    return found


def _name(notice: Notice, returned: Returned) -> str:
    word = notice.words.returned_sheet
    stem = re.sub(rf"_{re.escape(word)}_\d{{8}}_\d{{6}}(?:_\w+)?$", "", PurePosixPath(returned.name).stem)
    stem = safe_name(stem).encode("utf-8", "replace")[:LONGEST_STEM].decode("utf-8", "ignore")
    folder = safe_name(returned.recipient or NOBODY)
    return f"{folder}/{stem}_{word}_{returned.received_at:%Y%m%d_%H%M%S}"


def summarise(returned: Returned) -> str:
    """What a mail says of it: the file, how much of it counts, and the first things to change."""
    said = [returned.say(fault) for fault in returned.faults[:SAID]]
    more = f"；共 {len(returned.faults)} 处" if len(returned.faults) > SAID else ""
    details = "；".join(said) + more
    return f"《{returned.shown}》{returned.headline.rstrip('。')}。{details}{'。' if details else ''}"


class _Places:
    """Puts returns into units' folders: what could not be written last time is tried again."""

    def __init__(self, home: Home, notice: Notice, inbox: Path, ledger: Ledger) -> None:
        self._notice, self._inbox, self._ledger = notice, inbox, ledger
        self._archive = Archive(home.archive)

    @cached_property
    def _receipts(self) -> dict[str, Receipt]:
        """By id; the journal is long, and most cycles return nothing."""
        return {one.id: one for one in self._archive.journal(self._notice.id).receipts}

    def put(self, returns: Iterable[Return]) -> int:
        """Puts them where they belong, notes that, and says how many are now there."""
        if not self._inbox.is_dir():
            return 0
        tried = {one.submission_id: self._put(one) for one in returns}
        done = {key: place for key, place in tried.items() if place is not LATER}
        self._ledger.note_placed({key: str(place) if place else None for key, place in done.items()})
        return sum(place is not None for place in done.values())

    def _put(self, one: Return) -> str | Later | None:
        """Where it now is in the inbox; None where it never can be."""
        receipt = self._receipts.get(one.receipt_id)
        folder = unit_folder(self._notice, receipt) if receipt else None
        if folder is None:
            return None
        try:
            content = find_return(self._ledger.folder, one.file).read_bytes()
        except FileNotFoundError:
            log.warning("returns: 退回件 %s 被人删去，没有放进 %s；不再补放", one.file, folder)
            return None
        name = one.file.rpartition("/")[2]
        place = place_return(self._inbox, folder, self._notice.words.returned_folder, name, content)
        return place.encode("utf-8", "replace").decode() if place else LATER
