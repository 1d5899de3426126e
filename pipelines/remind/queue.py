"""Puts what stands for a moment into the outbox, and takes back what has no ground any more. The one side effect here."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipelines.ask.figures import open_snapshot
from pipelines.ground.handed import is_published
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.registry.journal import Registry
from pipelines.remind.arrivals import find_arrivals
from pipelines.remind.attachments import Returned
from pipelines.remind.channels import find_contact
from pipelines.remind.facts import Facts, find_facts
from pipelines.remind.letters import Writer
from pipelines.remind.plan import Planner, Wanted
from pipelines.remind.slots import Slot, by_slot, find_slots, is_free, name_mail, take_back
from pipelines.remind.told import PURPOSES, find_told
from pipelines.send.addresses import find_mailboxes, unit_mailboxes
from pipelines.send.compose import Mail
from pipelines.send.mailbox import Mailbox
from pipelines.send.outbox import Outbox
from pipelines.send.records import Row, State
from pipelines.warehouse.masks import Masks
from pipelines.warehouse.snapshot import kept_open

THREAD = "reporting"
"""The matter of these mails: a mail program shows a unit's as one conversation."""
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
    holding: list[str] = field(default_factory=list)
    """Names of units that owe something and of which a file could not be taken in: they are not reminded until it is."""

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(mail.purpose for mail in self.queued))


@dataclass(frozen=True)
class Stand:
    """How things stand at a moment: what is known, what the outbox holds, and which mails that makes."""

    facts: Facts
    rows: list[Row]
    wanted: list[Wanted]
    returned: Returned


def remind(home: Home, notice: Notice, now: datetime, dry_run: bool = False) -> Done:
    """Queues the mails that stand at `now`, each once; a dry run only says which. Raises NoticesError without a snapshot."""
    now, done = notice.local(now), Done()
    if notice.remind is None:
        return done
    with kept_open(home.published):
        mailboxes = find_mailboxes(home, notice, now)
        units = {code: mailbox for code, (mailbox, _) in mailboxes.items()}
        with Outbox(home.mail) as outbox:
            stand = _look(home, notice, units, outbox, now)
            taken = {} if dry_run else take_back(outbox, notice, units, stand.wanted, stand.rows, now)
            done.queued = [*_write(notice, units, stand, taken, now)]
            if not dry_run:
                outbox.queue(notice, done.queued, now)
                _note_mailboxes(home, notice, {code: source for code, (_, source) in mailboxes.items()}, now)
    done.withdrawn = sum(taken.values())
    owing = dict.fromkeys(one.recipient_code for one in stand.facts.owed)
    done.unreachable = [code for code in owing if code not in units]
    done.held = _held(notice, stand.facts)
    done.holding = list(
        dict.fromkeys(one.recipient for one in stand.facts.owed if one.recipient_code in stand.facts.holding)
    )
    return done


def refresh(home: Home, notice: Notice, now: datetime) -> int:
    """Composes anew what waits and is no longer true at `now`, and takes back what has no ground any more: for whoever is
    about to send. Returns how many mails were taken back; whoever heard nothing would still hear nothing."""
    if notice.remind is None or not is_published(home.published):
        return 0
    now = notice.local(now)
    with Outbox(home.mail) as outbox:
        waiting = {row.recipient for row in outbox.rows(State.queued, notice.id) if row.purpose in PURPOSES}
        if not waiting:
            return 0
        with kept_open(home.published):
            units = unit_mailboxes(home, notice, now)
            stand = _look(home, notice, units, outbox, now)
        taken = take_back(outbox, notice, units, stand.wanted, stand.rows, now)
        outbox.queue(notice, _write(notice, units, stand, taken, now, waiting), now)
    return sum(taken.values())


def _look(home: Home, notice: Notice, units: dict[str, Mailbox], outbox: Outbox, now: datetime) -> Stand:
    with open_snapshot(home.published) as snapshot:
        facts = find_facts(snapshot, notice, now)
        arrivals = find_arrivals(snapshot, notice, now, Masks.newest(home).revealer().reveal)
    rows = [row for row in outbox.rows(notice_id=notice.id) if row.purpose in PURPOSES]
    returned = Returned(home, notice)
    told = find_told(rows, outbox.subjects(notice.id))
    planner = Planner(notice.on(now.date()), facts, arrivals, units, told, returned.is_written)
    return Stand(facts, rows, [*planner.plan()], returned)


def _write(
    notice: Notice,
    units: dict[str, Mailbox],
    stand: Stand,
    taken: Mapping[str, int],
    now: datetime,
    recipients: Collection[str] | None = None,
) -> Iterator[Mail]:
    """The mails that are new; to these recipients alone where they are given."""
    # Under the names and on the lines of the moment, while what is owed goes by its own.
    notice = notice.on(now.date())
    writer = Writer(notice, stand.facts, units, stand.returned, now)
    held_by = by_slot(notice, stand.rows)
    for one in stand.wanted:
        if recipients is not None and one.recipient not in recipients:
            continue
        for slot, mailbox in find_slots(notice, units, one):
            rows = held_by.get(slot, [])
            if is_free(rows, taken):
                yield _make_mail(notice, writer, one, slot, mailbox, name_mail(one, rows))


def _make_mail(notice: Notice, writer: Writer, one: Wanted, slot: Slot, mailbox: Mailbox, what: str) -> Mail:
    letter, files = writer.write(one)
    line = next((unit.line for unit in notice.recipients if unit.code == one.recipient), "")
    contact = find_contact(notice, line)
    return Mail(
        *(one.purpose, one.recipient, what, mailbox, writer.subject(one), letter.text, letter.html, files),
        member=slot.member,
        reply_to=Mailbox(contact.name, contact.email) if contact and contact.email else None,
        thread=THREAD,
        about=one.about,
    )


def _note_mailboxes(home: Home, notice: Notice, sources: Mapping[str, str], now: datetime) -> None:
    """Who can be written to, for SQL (marts.mailboxes): no address is among it."""
    with Registry(home.registry) as registry:
        found = [(one.code, sources.get(one.code)) for one in notice.recipients]
        registry.note_mailboxes(notice.id, found, now)


def _held(notice: Notice, facts: Facts) -> list[str]:
    owing = dict.fromkeys(one.line for one in facts.owed)
    return [notice.lines[line] for line in owing if not facts.is_collected(line, facts.now - STALE)]
