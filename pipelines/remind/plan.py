"""Which mails stand for a moment: one a day for each unit that has to hear something, one for whoever calls the silent.

A mail says all that is known when it is composed. So one that left covers every moment of the schedule before it, and
what was missed is never made up for mail by mail.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.notice.model import Notice
from pipelines.remind.arrivals import Arrival
from pipelines.remind.facts import Facts, Owed
from pipelines.remind.moments import current_moment, is_fresh, list_moments
from pipelines.remind.told import (
    ACKNOWLEDGEMENT,
    DIGEST,
    ESCALATION,
    REMINDER,
    RETURN,
    Told,
    arrived,
    owing,
    template_of,
)
from pipelines.send.records import mail_settings

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """A mail that stands for a moment, with all that it says: to a unit, or (the last three) to data staff."""

    purpose: str
    recipient: str
    """A unit's code, or a list's name."""
    day: date
    """On which it leaves: of one recipient's mails only one may leave a day."""
    missing: tuple[Owed, ...] = ()
    soon: tuple[Owed, ...] = ()
    later: tuple[Owed, ...] = ()
    unverified: tuple[Owed, ...] = ()
    """Due, but not all that was sent by then is known yet: nobody is said to owe these."""
    news: tuple[Arrival, ...] = ()
    """What was not told of yet, in order of arrival."""
    city: tuple[Owed, ...] = ()
    """What units of the own city owe."""
    silent: tuple[Owed, ...] = ()
    unreachable: tuple[Owed, ...] = ()
    templates: tuple[str, ...] = ()
    """Deliverables asked for whose pre-filled template the unit was not sent yet."""
    known: int = 0
    """Obligations that an earlier mail named and that are still open."""

    @property
    def about(self) -> tuple[str, ...]:
        """The subjects that whoever reads it knows of then."""
        owed = (*self.missing, *self.soon, *self.city, *self.silent, *self.unreachable)
        news = (arrived(one.submission_id) for one in self.news)
        return tuple(dict.fromkeys((*map(owing, owed), *news, *map(template_of, self.templates))))

    @property
    def what(self) -> str:
        """Which mail it is: of this day, with this content."""
        lists = (
            self.missing,
            self.soon,
            self.later,
            self.unverified,
            self.city,
            self.silent,
            self.unreachable,
        )
        parts = ["|".join(f"{owing(one)}={one.status},{one.returned_id}" for one in owed) for owed in lists]
        parts.append("|".join(f"{one.submission_id}={one.state}" for one in self.news))
        said = "\n".join((self.purpose, *parts, str(self.known)))
        return f"{self.day.isoformat()} {hashlib.sha256(said.encode()).hexdigest()[:8]}"


class Planner:
    """The mails of one moment. `is_explained` tells of a returned submission whether its return was written."""

    def __init__(
        self,
        notice: Notice,
        facts: Facts,
        arrivals: Iterable[Arrival],
        reachable: Collection[str],
        told: Told,
        is_explained: Callable[[str], bool],
    ) -> None:
        assert notice.remind
        self._notice, self._facts, self._remind = notice, facts, notice.remind
        self._settings, self._reachable, self._told = mail_settings(notice), reachable, told
        self._is_explained = is_explained
        self._owed: dict[str, list[Owed]] = defaultdict(list)
        for debt in facts.owed:
            self._owed[debt.recipient_code].append(debt)
        self._arrivals: dict[str, list[Arrival]] = defaultdict(list)
        for one in arrivals:
            self._arrivals[one.recipient_code].append(one)
        self._cities = self._find_cities()
        self.day = self._settings.allowed_from(facts.now).date()

    def plan(self) -> Iterator[Wanted]:
        """All of them, units in roster order."""
        for unit in self._notice.recipients:
            if unit.code in self._reachable and (found := self._plan_unit(unit.code)):
                yield found
        if self._remind.escalation and (call := self._plan_call(self._remind.escalation.to)):
            yield call

    def _plan_unit(self, code: str) -> Wanted | None:
        owed, news, city = self._owed.get(code, []), self._news(code), self._cities.get(code, {})
        if any(one.is_returned and not self._is_explained(one.submission_id) for one in news):
            # The stage `returns` is about to do its part; a mail without the reasons would be half of one.
            return None
        is_due = any(self._is_untold(code, one, self._moment(one)) for one in owed)
        wants_city = any(self._is_untold(code, one, moment) for one, moment in city.items())
        if not (is_due or wants_city or self._is_worth(news)):
            return None
        missing = [one for one in owed if one.status == "missing" and self._is_known(one, one.due_at)]
        pending = [one for one in owed if one.status == "pending"]
        soon = [one for one in pending if self._is_soon(one)]
        asked = dict.fromkeys(one.deliverable for one in (*missing, *soon))
        return Wanted(
            _weigh(is_due, wants_city, news),
            *(code, self.day, tuple(missing), tuple(soon)),
            later=tuple(one for one in pending if one not in soon),
            unverified=tuple(one for one in owed if one.status == "missing" and one not in missing),
            news=tuple(news),
            city=tuple(city) if wants_city else (),
            templates=tuple(one for one in asked if not self._told.ever(code, template_of(one))),
        )

    def _news(self, code: str) -> list[Arrival]:
        """What arrived and was not told of, as far as the notice wants it told."""
        remind = self._remind
        return [
            one
            for one in self._arrivals.get(code, ())
            if (remind.acknowledgements or (remind.returns and one.is_returned))
            and not self._told.ever(code, arrived(one.submission_id))
        ]

    def _is_worth(self, news: list[Arrival]) -> bool:
        """A return is told at once, everything else at the hour of acknowledgements."""
        said = self._remind.acknowledgements
        for one in news:
            moments = [one.known_at] if one.is_returned and self._remind.returns else []
            if said:
                evening = datetime.combine(one.known_at.date(), said.at)
                moments.append(evening if evening >= one.known_at else evening + DAY)
            if any(
                one <= self._facts.now and is_fresh(one, self._facts.now, self._settings) for one in moments
            ):
                return True
        return False

    def _is_untold(self, recipient: str, one: Owed, moment: datetime | None) -> bool:
        """Whether a mail has to say so at this moment of the schedule, and none that left since did."""
        return (
            moment is not None
            and is_fresh(moment, self._facts.now, self._settings)
            and not self._told.since(recipient, owing(one), moment)
        )

    def _is_known(self, one: Owed, moment: datetime) -> bool:
        return self._facts.is_known(one, moment)

    def _moment(self, one: Owed) -> datetime | None:
        """At which an obligation is to be reminded of, if that has come and all is known that came by then."""
        offsets = self._remind.reminders(one.deliverable)
        moment = current_moment(offsets, one.due_at, self._facts.now, self._settings)
        return moment if moment and self._is_known(one, moment) else None

    def _is_soon(self, one: Owed) -> bool:
        """Due on the day on which the mail leaves, or to be reminded of already."""
        first = min(list_moments(self._remind.reminders(one.deliverable), one.due_at), default=one.due_at)
        return first <= self._facts.now or one.due_at.date() <= self.day

    def _find_cities(self) -> dict[str, dict[Owed, datetime]]:
        """What units of a city owe, for the city's own units of a digest's kind, with the moment to say so."""
        found: dict[str, dict[Owed, datetime]] = defaultdict(dict)
        for digest in self._remind.digests:
            bureaus: dict[str, list[str]] = defaultdict(list)
            for unit in self._notice.recipients:
                if unit.kind == digest.to:
                    bureaus[unit.city_code].append(unit.code)
            for one in self._facts.owed:
                moment = current_moment(digest.at, one.due_at, self._facts.now, self._settings)
                if one.kind in digest.about and moment and self._is_known(one, moment):
                    for code in bureaus[one.city_code]:
                        if code != one.recipient_code:
                            found[code][one] = moment
        return found

    def _plan_call(self, to: str) -> Wanted | None:
        """Who was reminded often enough and still owes; who could not be reminded, because nobody has an address."""
        owed = self._facts.owed
        silent = {one: at for one in owed if (at := self._silent_at(one))}
        alone = {
            one: at for one in owed if one.recipient_code not in self._reachable and (at := self._moment(one))
        }
        both = {**silent, **alone}
        new = {one for one in both if not self._told.ever(to, owing(one))}
        if not any(is_fresh(both[one], self._facts.now, self._settings) for one in new):
            return None
        return Wanted(
            *(ESCALATION, to, self.day),
            silent=tuple(one for one in silent if one in new),
            unreachable=tuple(one for one in alone if one in new),
            known=len(both) - len(new),
        )

    def _silent_at(self, one: Owed) -> datetime | None:
        """Since when somebody counts as silent: the moment of the schedule, and told often enough."""
        escalation = self._remind.escalation
        assert escalation
        moment = current_moment([escalation.at], one.due_at, self._facts.now, self._settings)
        enough = self._told.nth(one.recipient_code, owing(one), escalation.after)
        return max(moment, enough) if moment and enough and self._is_known(one, moment) else None


def _weigh(is_due: bool, wants_city: bool, news: Iterable[Arrival]) -> str:
    """The purpose of a mail: the weightiest reason for it. What it says is all there is to say."""
    if is_due:
        return REMINDER
    if wants_city:
        return DIGEST
    return RETURN if any(one.is_returned for one in news) else ACKNOWLEDGEMENT
