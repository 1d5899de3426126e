"""Places for mails: one addressee and day, from which only one mail may ever leave.

As long as it waits, a mail that does not stand any more is taken back, and what stands now takes its place.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.notice.model import Notice
from pipelines.remind.plan import Wanted
from pipelines.remind.told import CHANGED, MET, day_of, is_stopped
from pipelines.send.addresses import addressees
from pipelines.send.mailbox import Mailbox
from pipelines.send.outbox import Outbox
from pipelines.send.records import Row, State, mail_settings


@dataclass(frozen=True)
class Slot:
    """`member` is the address where the recipient is a list."""

    recipient: str
    member: str
    day: date


def find_slots(notice: Notice, units: dict[str, Mailbox], one: Wanted) -> Iterator[tuple[Slot, Mailbox]]:
    """Where a mail may go: a unit's mailbox, or each member's of a list."""
    if one.recipient in units:
        yield Slot(one.recipient, "", one.day), units[one.recipient]
        return
    for member in addressees(notice, [one.recipient], units):
        yield Slot(one.recipient, member.member, one.day), member.mailbox


def by_slot(notice: Notice, rows: Iterable[Row]) -> dict[Slot, list[Row]]:
    """What the outbox holds, by the slot it is in."""
    found: dict[Slot, list[Row]] = defaultdict(list)
    for row in rows:
        found[_slot_of(notice, row)].append(row)
    return found


def _slot_of(notice: Notice, row: Row) -> Slot:
    member = row.address if row.recipient in mail_settings(notice).lists else ""
    return Slot(row.recipient, member, day_of(row))


def stands(row: Row, one: Wanted) -> bool:
    """Whether a mail in the outbox is the one that is wanted: same purpose, same content."""
    return row.purpose == one.purpose and row.what.split(" ")[:2] == one.what.split(" ")


def name_mail(one: Wanted, rows: Iterable[Row]) -> str:
    """What tells it from all others: content that was taken back and stands again is another mail."""
    before = sum(stands(row, one) for row in rows)
    return f"{one.what} {before + 1}" if before else one.what


def take_back(
    outbox: Outbox,
    notice: Notice,
    units: dict[str, Mailbox],
    wanted: Iterable[Wanted],
    rows: Iterable[Row],
    now: datetime,
) -> dict[str, int]:
    """Takes back what waits and does not stand any more; says by key which could be (1) and which had left (0)."""
    places = {slot: one for one in wanted for slot, _ in find_slots(notice, units, one)}
    again = {(slot.recipient, slot.member) for slot in places}
    taken = {}
    for row in rows:
        slot = _slot_of(notice, row)
        if row.state is State.queued and not (slot in places and stands(row, places[slot])):
            reason = CHANGED if (slot.recipient, slot.member) in again else MET
            taken[row.key] = outbox.cancel([row.key], reason, now)
    return taken


def is_free(rows: Iterable[Row], taken: Mapping[str, int]) -> bool:
    """Whether nothing left from a slot, nothing waits in it, and no person stopped it. `rows` are those of the slot."""
    return all(taken.get(row.key) or (row.state is State.cancelled and not is_stopped(row)) for row in rows)
