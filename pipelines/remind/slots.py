"""Places for mails about obligations: one addressee, one purpose, one moment, from which only one mail may ever leave.

As long as it waits, a mail that does not stand any more is taken back, and what stands now takes its place.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipelines.notice.model import Notice
from pipelines.remind.plan import Wanted, moment_text
from pipelines.send.addresses import addressees
from pipelines.send.compose import make_key
from pipelines.send.mailbox import Mailbox
from pipelines.send.outbox import Outbox
from pipelines.send.records import Row, State, mail_settings

MET, CHANGED = "欠报的事项已经报来，或已有更新的催报", "欠报的事项有变化，改发新的一封"
"""Why the program takes a mail back; every other reason is a person's, and is respected."""


@dataclass(frozen=True)
class Slot:
    """`member` is the address where the recipient is a list."""

    purpose: str
    recipient: str
    member: str
    moment: str


def find_slots(notice: Notice, units: dict[str, Mailbox], one: Wanted) -> Iterator[tuple[Slot, Mailbox]]:
    """Where a mail may go: a unit's mailbox, or each member's of a list."""
    moment = moment_text(one.moment)
    if one.recipient in units:
        yield Slot(one.purpose, one.recipient, "", moment), units[one.recipient]
        return
    for member in addressees(notice, [one.recipient], units):
        yield Slot(one.purpose, one.recipient, member.member, moment), member.mailbox


def by_slot(notice: Notice, rows: Iterable[Row]) -> dict[Slot, list[Row]]:
    """What the outbox holds, by the slot it is in."""
    found: dict[Slot, list[Row]] = defaultdict(list)
    for row in rows:
        found[_slot_of(notice, row)].append(row)
    return found


def _slot_of(notice: Notice, row: Row) -> Slot:
    member = row.address if row.recipient in mail_settings(notice).lists else ""
    return Slot(row.purpose, row.recipient, member, row.what.partition(" ")[0])


def key_of(notice: Notice, one: Wanted, slot: Slot) -> str:
    """The key of the mail that stands in a slot."""
    return make_key(notice.id, one.purpose, one.recipient, one.what, slot.member)


def take_back(
    outbox: Outbox,
    notice: Notice,
    units: dict[str, Mailbox],
    wanted: Iterable[Wanted],
    rows: Iterable[Row],
    now: datetime,
) -> dict[str, int]:
    """Takes back what waits and does not stand any more; says by key which could be (1) and which had left (0)."""
    keys = {slot: key_of(notice, one, slot) for one in wanted for slot, _ in find_slots(notice, units, one)}
    taken = {}
    for row in rows:
        key = keys.get(_slot_of(notice, row))
        if row.state is State.queued and row.key != key:
            taken[row.key] = outbox.cancel([row.key], CHANGED if key else MET, now)
    return taken


def is_free(key: str, rows: Iterable[Row], taken: Mapping[str, int]) -> bool:
    """Whether nothing left from a slot, nothing waits in it, and no person stopped it. `rows` are those of the slot."""
    for row in rows:
        is_withdrawn = row.state is State.cancelled and row.error in (MET, CHANGED)
        if row.key == key or not (is_withdrawn or taken.get(row.key)):
            return False
    return True
