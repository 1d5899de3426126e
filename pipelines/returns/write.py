"""Returns: what was rejected or partly accepted goes back, once each. Runs after publish; a side effect at the cycle's end.

Reads the snapshot and the archive; writes <home>/returns/<notice>/<unit>/… and, where the notice says so, the unit's folder.
What an earlier run missed is caught up, because whatever the ledger does not hold is still to be done.
"""

import logging
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.read.pool import open_files
from pipelines.returns.ask import find_returned
from pipelines.returns.ledger import Ledger, Return, open_ledger
from pipelines.returns.marker import Marker
from pipelines.returns.model import Outcome, Returned
from pipelines.returns.place import place_return, unit_folder
from pipelines.templates.write import safe_name

LONGEST_STEM = 120
"""Bytes of a name that are kept: file systems take 255, and the suffix needs room."""
SAID = 2
"""Faults that a summary names."""
NOBODY = "未认出单位"
log = logging.getLogger(__name__)


def write_returns(home: Home, notice: Notice, inbox: Path | None = None) -> dict[str, int]:
    """Writes and places every return that is not in the ledger yet; returns how many of each."""
    with open_ledger(home.returns(notice.id)) as ledger:
        wanted = {one.submission_id: one for one in find_returned(home, notice, ledger.returns)}
        outcomes = open_files(Marker, notice, Settings.load(), wanted.values())
        for outcome in _in_order(outcomes, wanted):
            _write(ledger, notice, wanted[outcome.submission_id], outcome)
        placed = _place_all(home, notice, inbox or home.inbox(notice.id), ledger)
    if wanted or placed:
        log.info("returns: 写出退回件 %d 份，放入单位文件夹 %d 份", len(wanted), placed)
    return {"returned": len(wanted), "placed": placed}


def list_returns(home: Home, notice: Notice) -> list[Return]:
    """Every return that was written, in order of arrival; its file lies below `home.returns(notice.id)`."""
    return sorted(
        Ledger(home.returns(notice.id)).returns.values(), key=lambda one: (one.received_at, one.path)
    )


def _in_order(outcomes: Iterable[Outcome], wanted: dict[str, Returned]) -> list[Outcome]:
    """Children finish in any order; names and the ledger do not depend on it."""
    places = {submission: number for number, submission in enumerate(wanted)}
    return sorted(outcomes, key=lambda one: places[one.submission_id])


def _write(ledger: Ledger, notice: Notice, returned: Returned, outcome: Outcome) -> None:
    file = _file(ledger, notice, returned, outcome.suffix)
    target = ledger.folder / file
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{outcome.submission_id}.tmp")
    beside.write_bytes(outcome.content)
    beside.replace(target)
    ledger.note(
        Return(
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
    )


def _file(ledger: Ledger, notice: Notice, returned: Returned, suffix: str) -> str:
    """<unit>/<original name>_退回意见_<when it was received><suffix>; of two that would be the same, the later gets its id."""
    word = notice.words.returned_sheet
    stem = re.sub(rf"_{re.escape(word)}_\d{{8}}_\d{{6}}(?:_\w+)?$", "", PurePosixPath(returned.name).stem)
    stem = safe_name(stem).encode("utf-8", "replace")[:LONGEST_STEM].decode("utf-8", "ignore")
    folder = safe_name(returned.recipient or NOBODY)
    name = f"{folder}/{stem}_{word}_{returned.received_at:%Y%m%d_%H%M%S}"
    taken = {one.file for one in ledger.returns.values()}
    if f"{name}{suffix}" in taken:
        name = f"{name}_{returned.submission_id[:6]}"
    return f"{name}{suffix}"


def summarise(returned: Returned) -> str:
    """What a mail says of it: the file, how much of it counts, and the first things to change."""
    said = [returned.say(fault) for fault in returned.faults[:SAID]]
    more = f"；共 {len(returned.faults)} 处" if len(returned.faults) > SAID else ""
    details = "；".join(said) + more
    return f"《{returned.shown}》{returned.headline.rstrip('。')}。{details}{'。' if details else ''}"


def _place_all(home: Home, notice: Notice, inbox: Path, ledger: Ledger) -> int:
    """Puts into units' folders what is not there yet: what could not be written last time is tried again."""
    waiting = [one for key, one in ledger.returns.items() if key not in ledger.placed]
    if not waiting or not inbox.is_dir():
        return 0
    archive = Archive(home.archive)
    receipts = {one.id: one for one in archive.journal(notice.id).receipts}
    count = 0
    for one in waiting:
        receipt = receipts.get(one.receipt_id)
        folder = unit_folder(notice, receipt) if receipt else None
        if folder is None:
            ledger.note_placed(one.submission_id, None)
            continue
        content = (ledger.folder / one.file).read_bytes()
        name = one.file.rpartition("/")[2]
        place = place_return(inbox, folder, notice.words.returned_folder, name, content)
        if place:
            ledger.note_placed(one.submission_id, place.encode("utf-8", "replace").decode())
            count += 1
    return count
