"""What is known at a moment, asked of the snapshot: what is owed, why something went back, how far collecting has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import duckdb

from pipelines.notice.model import Notice
from pipelines.read.names import Roster

# What is owed, and what was accepted and lacks attachments: asked at once, for planning it costs more than the rows do.
_STATUS = """
SELECT
    recipient_code, recipient, kind, line, city_code, city, deliverable, deliverable_name, period,
    first_day, last_day, due_at, status, is_returned, is_incomplete, attachments, attachments_at_least AS at_least
FROM marts.obligation_status_as_of($notice, $now)
WHERE status IN ('missing', 'pending') OR is_incomplete
"""
# The newest return of each obligation, by submission.
_RETURNED = """
SELECT recipient_code, deliverable, period, arg_max(submission_id, (received_at, submission_id)) AS submission_id
FROM core.returns WHERE notice_id = $notice AND received_at <= $now
GROUP BY ALL
"""
_SCANS = "SELECT source, scanned_at, failed_at FROM raw.scans WHERE notice_id = $notice"
_HELD = "SELECT source, path FROM marts.held_entries WHERE notice_id = $notice"

Key = tuple[str, str, str]
Picked = TypeVar("Picked", "Owed", "Incomplete")


@dataclass(frozen=True)
class Owed:
    """An obligation that nothing accepted meets, exempt ones apart. Moments are naive, in the notice's zone."""

    recipient_code: str
    recipient: str
    kind: str
    line: str
    city_code: str
    city: str | None
    deliverable: str
    deliverable_name: str
    period: str
    first_day: date | None
    last_day: date | None
    due_at: datetime
    status: str
    """missing (due by now) or pending."""
    is_returned: bool
    returned_id: str | None = None
    """The submission that was returned last; None where nothing was."""

    @property
    def key(self) -> Key:
        return (self.recipient_code, self.deliverable, self.period)


@dataclass(frozen=True)
class Incomplete:
    """What was accepted and lacks attachments."""

    recipient_code: str
    deliverable_name: str
    period: str
    attachments: int
    at_least: int


@dataclass(frozen=True)
class Facts:
    """What is known at `now`."""

    now: datetime
    owed: tuple[Owed, ...]
    """In roster order, then the notice's order, then by period."""
    collected: dict[str, datetime | None]
    """Line -> the moment until which all of its sources were read completely; None where one never was."""
    holding: frozenset[str] = frozenset()
    """Codes of units of which something was seen that could not be taken in: it may be what they owe."""

    incomplete: tuple[Incomplete, ...] = ()
    """In roster order, then the notice's order, then by period."""

    def is_collected(self, line: str, moment: datetime) -> bool:
        """Whether all that this line had sent by a moment is known: before that nobody can be said to owe anything."""
        until = self.collected.get(line)
        return until is not None and until >= moment

    def is_known(self, one: Owed, moment: datetime) -> bool:
        """Whether it can be said of this unit that it had not sent this by a moment."""
        return one.recipient_code not in self.holding and self.is_collected(one.line, moment)


def find_facts(snapshot: duckdb.DuckDBPyConnection, notice: Notice, now: datetime) -> Facts:
    """The facts at a naive moment in the notice's zone."""
    values = {"notice": notice.id, "now": now}
    returned = {
        (one["recipient_code"], one["deliverable"], one["period"]): one["submission_id"]
        for one in ask(snapshot, _RETURNED, **values)
    }
    status = ask(snapshot, _STATUS, **values)
    owed = (_pick(Owed, one) for one in status if one["status"] in ("missing", "pending"))
    return Facts(
        now,
        tuple(
            Owed(**{**vars(one), "returned_id": returned.get(one.key) if one.is_returned else None})
            for one in owed
        ),
        _collected(notice, ask(snapshot, _SCANS, notice=notice.id)),
        _holding(notice, ask(snapshot, _HELD, notice=notice.id), now),
        tuple(_pick(Incomplete, one) for one in status if one["is_incomplete"]),
    )


def _pick(kind: type[Picked], row: dict[str, Any]) -> Picked:
    """A record of the columns that it has."""
    return kind(**{name: row[name] for name in kind.__dataclass_fields__ if name in row})


def _holding(notice: Notice, held: Iterable[dict[str, Any]], now: datetime) -> frozenset[str]:
    """Whose the entries are that could not be taken in, as their folder or name says."""
    roster, sources = Roster(notice).at(now), {source.id: source for source in notice.sources}
    found = set()
    for one in held:
        source = sources.get(one["source"])
        if source is None or one["path"].rstrip("/") == source.path:
            continue
        inside = one["path"].removeprefix(f"{source.path}/")
        folder, mark, _ = inside.partition("/")
        found.add(roster.find(folder, source.line) if mark else roster.find_start(inside, source.line))
    return frozenset(code for code in found if code)


def _collected(notice: Notice, scans: Iterable[dict[str, Any]]) -> dict[str, datetime | None]:
    """A source neither scanned nor failed is a folder that nobody has made yet: nothing can have arrived there."""
    lines = {source.id: source.line for source in notice.sources}
    found: dict[str, datetime | None] = {}
    for one in scans:
        line, scanned_at = lines.get(one["source"]), one["scanned_at"]
        if line is None or (scanned_at is None and one["failed_at"] is None):
            continue
        so_far = found.get(line, scanned_at)
        found[line] = min(so_far, scanned_at) if so_far and scanned_at else None
    return found


def ask(snapshot: duckdb.DuckDBPyConnection, query: str, **values: Any) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries."""
    found = snapshot.execute(query, values)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
