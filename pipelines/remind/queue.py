"""Puts what stands for a moment into the outbox, and takes back what has no ground any more. The one side effect here."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipelines.figures import open_snapshot
from pipelines.home import Home
from pipelines.notice.model import Notice
from pipelines.registry.journal import Registry
from pipelines.remind.arrivals import Arrival, find_arrivals
from pipelines.remind.attachments import Returned
from pipelines.remind.facts import Facts, find_facts
from pipelines.remind.letters import Writer
from pipelines.remind.plan import (
    DIGEST,
    ESCALATION,
    REMINDER,
    Wanted,
    moment_text,
    plan_mails,
    reminded_at,
)
from pipelines.remind.receipts import RECEIPT, RETURN, Acknowledgements
from pipelines.send.addresses import addressees, find_mailboxes
from pipelines.send.compose import Mail, make_key
from pipelines.send.mailbox import Mailbox
from pipelines.send.outbox import Outbox
from pipelines.send.records import Row, State, mail_settings

PURPOSES = (REMINDER, DIGEST, ESCALATION)
MET, CHANGED = "欠报的事项已经报来，或已有更新的催报", "欠报的事项有变化，改发新的一封"
"""Why the program takes a mail back; every other reason is a person's, and is respected."""
STALE = timedelta(days=1)
"""A line that was not collected for so long is worth a word to whoever reads the log."""


@dataclass
class Done:
    """What was queued, and how many that waited were taken back; who owes something and cannot be told."""

    queued: list[Mail] = field(default_factory=list)
    withdrawn: int = 0
    unreachable: list[str] = field(default_factory=list)
    """Codes of units without an address."""
    held: list[str] = field(default_factory=list)
    """Names of lines of which not everything that was sent is known: nobody there is said to owe anything."""

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(mail.purpose for mail in self.queued))


@dataclass(frozen=True)
class Slot:
    """A place for one mail: one purpose, one addressee, one moment. Only one mail may ever leave from it."""

    purpose: str
    recipient: str
    member: str
    moment: str


def remind(home: Home, notice: Notice, now: datetime, dry_run: bool = False) -> Done:
    """Queues the mails that stand at `now`, each once; a dry run only says which. Raises NoticesError without a snapshot."""
    now, done = notice.local(now), Done()
    mailboxes = find_mailboxes(home, notice, now)
    units = {code: mailbox for code, (mailbox, _) in mailboxes.items()}
    with open_snapshot(home.published) as snapshot, Outbox(home.mail) as outbox:
        facts, arrivals = find_facts(snapshot, notice, now), find_arrivals(snapshot, notice, now)
        returned = Returned(home, notice)
        kept = outbox.rows(notice_id=notice.id)
        rows = [row for row in kept if row.purpose in PURPOSES]
        wanted = list(plan_mails(notice, facts, units, reminded_at(rows)))
        taken = _withdraw(outbox, notice, units, wanted, rows, now) if not dry_run else {}
        writer, held_by = Writer(notice, facts, units, returned), _by_slot(notice, rows)
        done.queued = [
            _write(writer, one, slot, mailbox)
            for one in wanted
            if one.is_fresh
            for slot, mailbox in _slots(notice, units, one)
            if _is_free(_key(notice, one, slot), held_by.get(slot, []), taken)
        ]
        news = Acknowledgements(notice, units, writer, returned)
        done.queued += _acknowledge(notice, news, arrivals, now, {row.key for row in kept})
        if not dry_run:
            outbox.queue(notice, done.queued, now)
            _note_mailboxes(home, notice, {code: source for code, (_, source) in mailboxes.items()}, now)
    done.withdrawn = sum(taken.values())
    owing = dict.fromkeys(one.recipient_code for one in facts.owed)
    done.unreachable = [code for code in owing if code not in units]
    done.held = _held(notice, facts)
    return done


def _note_mailboxes(home: Home, notice: Notice, sources: Mapping[str, str], now: datetime) -> None:
    """Who can be written to, for SQL (marts.mailboxes): no address is among it."""
    with Registry(home.registry) as registry:
        found = [(one.code, sources.get(one.code)) for one in notice.recipients]
        registry.note_mailboxes(notice.id, found, now)


def _acknowledge(
    notice: Notice, news: Acknowledgements, arrivals: list[Arrival], now: datetime, known: set[str]
) -> Iterator[Mail]:
    """The receipts and returns that are new."""
    remind = notice.remind
    if remind is None:
        return
    found = [(RETURN, *one) for one in news.returns(arrivals, now)] if remind.returns else []
    found += [(RECEIPT, *one) for one in news.receipts(arrivals, now)] if remind.receipts else []
    for purpose, recipient, what, content in found:
        if make_key(notice.id, purpose, recipient, what) not in known:
            yield news.write(purpose, recipient, what, content)


def _slots(notice: Notice, units: dict[str, Mailbox], one: Wanted) -> Iterator[tuple[Slot, Mailbox]]:
    """Where a mail may go: a unit's mailbox, or each member's of a list."""
    moment = moment_text(one.moment)
    if one.recipient in units:
        yield Slot(one.purpose, one.recipient, "", moment), units[one.recipient]
        return
    for member in addressees(notice, [one.recipient], units):
        yield Slot(one.purpose, one.recipient, member.member, moment), member.mailbox


def _slot_of(notice: Notice, row: Row) -> Slot:
    is_list = row.recipient in mail_settings(notice).lists
    return Slot(row.purpose, row.recipient, row.address if is_list else "", row.what.partition(" ")[0])


def _key(notice: Notice, one: Wanted, slot: Slot) -> str:
    return make_key(notice.id, one.purpose, one.recipient, one.what, slot.member)


def _withdraw(
    outbox: Outbox,
    notice: Notice,
    units: dict[str, Mailbox],
    wanted: list[Wanted],
    rows: list[Row],
    now: datetime,
) -> dict[str, int]:
    """Takes back what waits and does not stand any more; says by key which could be (1) and which had left (0)."""
    slots = {slot: _key(notice, one, slot) for one in wanted for slot, _ in _slots(notice, units, one)}
    taken = {}
    for row in rows:
        key = slots.get(_slot_of(notice, row))
        if row.state is State.queued and row.key != key:
            taken[row.key] = outbox.cancel([row.key], CHANGED if key else MET, now)
    return taken


def _by_slot(notice: Notice, rows: list[Row]) -> dict[Slot, list[Row]]:
    found: dict[Slot, list[Row]] = {}
    for row in rows:
        found.setdefault(_slot_of(notice, row), []).append(row)
    return found


def _is_free(key: str, rows: list[Row], taken: dict[str, int]) -> bool:
    """Whether nothing left from a slot, nothing waits in it, and no person stopped it. `rows` are those of the slot."""
    for row in rows:
        is_withdrawn = row.state is State.cancelled and row.error in (MET, CHANGED)
        if row.key == key or not (is_withdrawn or taken.get(row.key)):
            return False
    return True


def _write(writer: Writer, one: Wanted, slot: Slot, mailbox: Mailbox) -> Mail:
    letter, files = writer.write(one)
    return Mail(
        *(one.purpose, one.recipient, one.what, mailbox, letter.title, letter.text, letter.html, files),
        member=slot.member,
    )


def _held(notice: Notice, facts: Facts) -> list[str]:
    owing = dict.fromkeys(one.line for one in facts.owed)
    return [notice.lines[line] for line in owing if not facts.is_collected(line, facts.now - STALE)]
