"""Which mails about obligations stand for a moment: reminders to units, digests to cities, the silent to data staff."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipelines.notice.model import Notice
from pipelines.notice.remind import Remind
from pipelines.remind.facts import Facts, Owed
from pipelines.remind.moments import current_moment, is_fresh, list_moments
from pipelines.send.records import Row, State, mail_settings

REMINDER, DIGEST, ESCALATION = "reminder", "digest", "escalation"
LEFT = frozenset({State.handing_over, State.sent, State.written, State.unsure, State.bounced})
"""States of a mail that somebody may have read."""


@dataclass(frozen=True)
class Wanted:
    """A mail that stands for a moment. `about` is what it lists; `unreachable` what nobody could be reminded of."""

    purpose: str
    recipient: str
    """A unit's code, or a list's name."""
    moment: datetime
    about: tuple[Owed, ...]
    unreachable: tuple[Owed, ...] = ()
    is_fresh: bool = True
    """False: too late to make it; one that waits already may still leave."""

    @property
    def what(self) -> str:
        """Which mail it is: of this moment, with this content."""
        keys = "".join("/".join((*one.key, "\n")) for one in (*self.about, *self.unreachable))
        return f"{moment_text(self.moment)} {hashlib.sha256(keys.encode()).hexdigest()[:8]}"


def moment_text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def plan_mails(
    notice: Notice, facts: Facts, reachable: Collection[str], left: Mapping[str, Collection[str]]
) -> Iterator[Wanted]:
    """All of them. `reachable` are the units with an address; `left` says at which moments (as text) a unit was
    reminded before, by its code."""
    remind = notice.remind
    if remind is None:
        return
    reminders = _due_reminders(notice, remind, facts)
    for (code, moment), about in reminders.items():
        if code in reachable:
            yield _wanted(notice, facts, REMINDER, code, moment, about)
    yield from _plan_digests(notice, remind, facts, reachable)
    if remind.escalation:
        alone = {key: about for key, about in reminders.items() if key[0] not in reachable}
        yield from _plan_escalations(notice, remind, facts, alone, left)


def _wanted(
    notice: Notice,
    facts: Facts,
    purpose: str,
    recipient: str,
    moment: datetime,
    about: Iterable[Owed],
    unreachable: Iterable[Owed] = (),
) -> Wanted:
    fresh = is_fresh(moment, facts.now, mail_settings(notice))
    return Wanted(purpose, recipient, moment, tuple(about), tuple(unreachable), fresh)


def _due_reminders(notice: Notice, remind: Remind, facts: Facts) -> dict[tuple[str, datetime], list[Owed]]:
    """What each unit is to be reminded of, by unit and moment."""
    settings = mail_settings(notice)
    found: dict[tuple[str, datetime], list[Owed]] = defaultdict(list)
    for one in facts.owed:
        moment = current_moment(remind.reminders(one.deliverable), one.due_at, facts.now, settings)
        if moment and facts.is_known(one, moment):
            found[one.recipient_code, moment].append(one)
    return found


def _plan_digests(
    notice: Notice, remind: Remind, facts: Facts, reachable: Collection[str]
) -> Iterator[Wanted]:
    """What a city's units owe, for the city's own units of the digest's kind."""
    settings = mail_settings(notice)
    found: dict[tuple[str, datetime], dict[Owed, None]] = defaultdict(dict)
    for digest in remind.digests:
        bureaus: dict[str, list[str]] = defaultdict(list)
        for unit in notice.recipients:
            if unit.kind == digest.to and unit.code in reachable:
                bureaus[unit.city_code].append(unit.code)
        for one in facts.owed:
            moment = current_moment(digest.at, one.due_at, facts.now, settings)
            if one.kind in digest.about and moment and facts.is_known(one, moment):
                for code in bureaus[one.city_code]:
                    found[code, moment][one] = None
    for (code, moment), about in found.items():
        yield _wanted(notice, facts, DIGEST, code, moment, about)


def _plan_escalations(
    notice: Notice,
    remind: Remind,
    facts: Facts,
    alone: Mapping[tuple[str, datetime], list[Owed]],
    left: Mapping[str, Collection[str]],
) -> Iterator[Wanted]:
    """Who was reminded often enough and still owes; and who could not be reminded, because nobody has an address."""
    escalation, settings = remind.escalation, mail_settings(notice)
    assert escalation
    silent: dict[datetime, list[Owed]] = defaultdict(list)
    unreachable: dict[datetime, list[Owed]] = defaultdict(list)
    for one in facts.owed:
        moment = current_moment([escalation.at], one.due_at, facts.now, settings)
        moments = map(moment_text, list_moments(remind.reminders(one.deliverable), one.due_at))
        reminded = len(set(moments) & set(left.get(one.recipient_code, ())))
        if moment and facts.is_known(one, moment) and reminded >= escalation.after:
            silent[moment].append(one)
    for (_, moment), about in alone.items():
        unreachable[moment] += about
    for moment in sorted({*silent, *unreachable}):
        yield _wanted(notice, facts, ESCALATION, escalation.to, moment, silent[moment], unreachable[moment])


def reminded_at(rows: Iterable[Row]) -> dict[str, set[str]]:
    """At which moments reminders left, by unit."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.purpose == REMINDER and row.state in LEFT:
            found[row.recipient].add(row.what.partition(" ")[0])
    return found
