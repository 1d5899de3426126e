"""Puts what stands for a moment into the outbox, and takes back what has no ground any more. The one side effect here."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipelines.ask.figures import open_snapshot
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.registry.journal import Registry
from pipelines.remind.acknowledge import ACKNOWLEDGEMENT, RETURN, Acknowledgements
from pipelines.remind.arrivals import Arrival, find_arrivals
from pipelines.remind.attachments import Returned
from pipelines.remind.facts import Facts, find_facts
from pipelines.remind.letters import Writer
from pipelines.remind.plan import DIGEST, ESCALATION, REMINDER, Wanted, plan_mails, reminded_at
from pipelines.remind.slots import by_slot, find_slots, is_free, key_of, take_back
from pipelines.send.addresses import find_mailboxes, unit_mailboxes
from pipelines.send.compose import Mail, make_key
from pipelines.send.mailbox import Mailbox
from pipelines.send.outbox import Outbox
from pipelines.send.records import Row, State

OWING = (REMINDER, DIGEST, ESCALATION)
"""Purposes of mails that say what somebody owes: they lose their ground once it has come."""
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


def remind(home: Home, notice: Notice, now: datetime, dry_run: bool = False) -> Done:
    """Queues the mails that stand at `now`, each once; a dry run only says which. Raises NoticesError without a snapshot."""
    now, done = notice.local(now), Done()
    if notice.remind is None:
        return done
    mailboxes = find_mailboxes(home, notice, now)
    units = {code: mailbox for code, (mailbox, _) in mailboxes.items()}
    with open_snapshot(home.published) as snapshot, Outbox(home.mail) as outbox:
        facts, arrivals = find_facts(snapshot, notice, now), find_arrivals(snapshot, notice, now)
        kept = outbox.rows(notice_id=notice.id)
        rows = [row for row in kept if row.purpose in OWING]
        wanted = list(plan_mails(notice, facts, units, reminded_at(rows)))
        taken = {} if dry_run else take_back(outbox, notice, units, wanted, rows, now)
        returned = Returned(home, notice)
        writer = Writer(notice, facts, units, returned)
        done.queued = [
            *_write_owing(notice, writer, units, wanted, rows, taken),
            *_acknowledge(
                notice,
                Acknowledgements(notice, units, writer, returned),
                arrivals,
                now,
                {row.key for row in kept},
            ),
        ]
        if not dry_run:
            outbox.queue(notice, done.queued, now)
            _note_mailboxes(home, notice, {code: source for code, (_, source) in mailboxes.items()}, now)
    done.withdrawn = sum(taken.values())
    owing = dict.fromkeys(one.recipient_code for one in facts.owed)
    done.unreachable = [code for code in owing if code not in units]
    done.held = _held(notice, facts)
    done.holding = list(
        dict.fromkeys(one.recipient for one in facts.owed if one.recipient_code in facts.holding)
    )
    return done


def withdraw(home: Home, notice: Notice, now: datetime) -> int:
    """Takes back what waits and does not stand at `now`: for whoever is about to send. Returns how many mails that were."""
    with Outbox(home.mail) as outbox:
        rows = [row for row in outbox.rows(notice_id=notice.id) if row.purpose in OWING]
        if not any(row.state is State.queued for row in rows) or not home.published.exists():
            return 0
        units, now = unit_mailboxes(home, notice, now), notice.local(now)
        with open_snapshot(home.published) as snapshot:
            facts = find_facts(snapshot, notice, now)
        wanted = list(plan_mails(notice, facts, units, reminded_at(rows)))
        return sum(take_back(outbox, notice, units, wanted, rows, now).values())


def _write_owing(
    notice: Notice,
    writer: Writer,
    units: dict[str, Mailbox],
    wanted: list[Wanted],
    rows: list[Row],
    taken: Mapping[str, int],
) -> Iterator[Mail]:
    """The mails about obligations that are new."""
    held_by = by_slot(notice, rows)
    for one in wanted:
        for slot, mailbox in find_slots(notice, units, one) if one.is_fresh else ():
            if is_free(key_of(notice, one, slot), held_by.get(slot, ()), taken):
                letter, files = writer.write(one)
                yield Mail(
                    *(one.purpose, one.recipient, one.what, mailbox),
                    *(letter.title, letter.text, letter.html, files),
                    member=slot.member,
                )


def _acknowledge(
    notice: Notice, news: Acknowledgements, arrivals: list[Arrival], now: datetime, known: set[str]
) -> Iterator[Mail]:
    """The acknowledgements and returns that are new."""
    remind = notice.remind
    if remind is None:
        return
    found = [(RETURN, *one) for one in news.returns(arrivals, now)] if remind.returns else []
    found += (
        [(ACKNOWLEDGEMENT, *one) for one in news.acknowledgements(arrivals, now)]
        if remind.acknowledgements
        else []
    )
    for purpose, recipient, what, content in found:
        if make_key(notice.id, purpose, recipient, what) not in known:
            yield news.write(purpose, recipient, what, content)


def _note_mailboxes(home: Home, notice: Notice, sources: Mapping[str, str], now: datetime) -> None:
    """Who can be written to, for SQL (marts.mailboxes): no address is among it."""
    with Registry(home.registry) as registry:
        found = [(one.code, sources.get(one.code)) for one in notice.recipients]
        registry.note_mailboxes(notice.id, found, now)


def _held(notice: Notice, facts: Facts) -> list[str]:
    owing = dict.fromkeys(one.line for one in facts.owed)
    return [notice.lines[line] for line in owing if not facts.is_collected(line, facts.now - STALE)]
