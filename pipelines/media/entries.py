"""What a feed says and ever said: entries that are in it, and those that left it, each with when."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.notice.model import Notice
from pipelines.select.chosen import Chosen
from pipelines.send.pushes import Noted, Pushes
from pipelines.send.records import to_text

WHY = "已撤下：更正、撤回、改为不选，或不再可公开"
_READ = """
SELECT item_id, version, title, entered_at, updated_at, gone_at FROM entries WHERE notice_id = ? ORDER BY entered_at, item_id
"""
_WRITE = """
INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (notice_id, item_id) DO UPDATE SET
    version = excluded.version, title = excluded.title, updated_at = excluded.updated_at, gone_at = NULL, why = NULL,
    submission_id = excluded.submission_id, path = excluded.path, sheet = excluded.sheet, row_number = excluded.row_number
"""
_GONE = "UPDATE entries SET gone_at = ?, why = ? WHERE notice_id = ? AND item_id = ?"


@dataclass(frozen=True)
class Entry:
    """An item that is or was in the feed. Moments are naive, in the notice's zone."""

    item_id: str
    version: str
    title: str
    entered_at: datetime
    updated_at: datetime
    gone_at: datetime | None = None


def read_entries(pushes: Pushes, notice_id: str) -> dict[str, Entry]:
    """All that were ever in the feed, by item, the first to enter first."""
    found = {}
    for item_id, version, title, *moments in pushes.ask(_READ, notice_id):
        entered, updated, gone = (datetime.fromisoformat(one) if one else None for one in moments)
        assert entered
        assert updated
        found[item_id] = Entry(item_id, version, title, entered, updated, gone)
    return found


def follow(known: dict[str, Entry], now_in: Iterable[Entry], now: datetime) -> dict[str, Entry]:
    """The entries as they are from `now` on: who is in keeps when it entered, who is not left now or left before."""
    current = {one.item_id: one for one in now_in}
    found = {
        item_id: one if one.gone_at else replace(one, gone_at=now)
        for item_id, one in known.items()
        if item_id not in current
    }
    for item_id, one in current.items():
        before = known.get(item_id)
        found[item_id] = replace(one, entered_at=before.entered_at) if before else one
    return found


def note(
    notice: Notice, known: dict[str, Entry], entries: dict[str, Entry], chosen: Iterable[Chosen]
) -> list[Noted]:
    """What of them is new, to be written with the pushes that tell it."""
    rows = []
    for one in chosen:
        entry = entries[one.item_id]
        if entry != known.get(one.item_id):
            moments = (to_text(entry.entered_at), to_text(entry.updated_at), None, None)
            trace = (one.submission_id, one.path, one.sheet, one.row_number)
            rows.append((notice.id, entry.item_id, entry.version, entry.title, *moments, *trace))
    gone = tuple(
        (to_text(one.gone_at), WHY, notice.id, one.item_id)
        for one in entries.values()
        if one.gone_at and one != known.get(one.item_id)
    )
    return [Noted(_WRITE, tuple(rows)), Noted(_GONE, gone)]
