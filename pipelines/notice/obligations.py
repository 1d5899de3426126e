"""Who owes what: recipient × deliverable × period, with exemptions and extensions applied."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Generic

from pipelines.notice.deliverable import Deliverable
from pipelines.notice.given import Given, closest
from pipelines.notice.model import Notice, Recipient

EXAMPLE_CLOCK = time(14, 30)
"""At which time of the notice's first day the examples let something happen."""


@dataclass(frozen=True)
class Obligation:
    """One thing one recipient must send. `period` is '' for once, else the period's first day."""

    recipient_code: str
    deliverable: str
    period: str
    first_day: date | None
    last_day: date | None
    due_at: datetime
    city_code: str
    """Where the unit lies on the day by which the period counts."""
    extension_reason: str | None = None
    exemption_reason: str | None = None


def expand_obligations(notice: Notice) -> Iterator[Obligation]:
    """Every obligation of a notice, exempt ones included, in roster order."""
    kinds = {one.code: one.kind for one in notice.recipients}
    exemptions = _Grants(notice.exemptions, kinds)
    extensions = _Grants(notice.extensions, kinds)
    for plain in _expand(notice, lambda deliverable: deliverable.owed_by):
        exempt = closest(exemptions.about(plain))
        extended = closest(extensions.about(plain))
        if exempt or extended:
            yield replace(
                plain,
                due_at=notice.local(extended.new_due(plain.due_at)) if extended else plain.due_at,
                extension_reason=extended.reason if extended else None,
                exemption_reason=exempt.reason if exempt else None,
            )
        else:
            yield plain


def expand_open(notice: Notice) -> Iterator[Obligation]:
    """What may be sent and is owed by nobody, in roster order: the optional deliverables, to whom they are open."""
    return _expand(notice, lambda deliverable: deliverable.open_to)


def report_of_event(notice: Notice, recipient: Recipient, deliverable: str, moment: datetime) -> Obligation:
    """What a unit owes once something happened at a moment: one report, due `within` after it."""
    within = notice.deliverables[deliverable].within
    assert within is not None
    day = moment.date()
    key = moment.strftime("%Y-%m-%dT%H:%M")
    city_code = notice.unit_on(recipient, day).city_code
    return Obligation(recipient.code, deliverable, key, day, day, moment + within, city_code)


def expand_events(notice: Notice) -> Iterator[Obligation]:
    """For whatever is reported as it happens, one report of each unit as if something had happened when the examples say."""
    moment = datetime.combine(notice.opens, EXAMPLE_CLOCK)
    for recipient in notice.recipients:
        for name, deliverable in notice.deliverables.items():
            if deliverable.within is not None and recipient.kind in deliverable.owed_by:
                yield report_of_event(notice, recipient, name, moment)


def _expand(notice: Notice, kinds: Callable[[Deliverable], Collection[str]]) -> Iterator[Obligation]:
    """Each deliverable by the recipients of these kinds, while they belong to the notice."""
    periods = {name: item.periods.periods() for name, item in notice.deliverables.items()}
    changed = {one.code for one in notice.units_changes}
    for recipient in notice.recipients:
        for name, deliverable in notice.deliverables.items():
            for period in periods[name] if recipient.kind in kinds(deliverable) else ():
                if notice.is_owed_by(recipient, period):
                    unit = recipient
                    if recipient.code in changed:
                        unit = notice.unit_on(recipient, notice.counted_on(period))
                    yield Obligation(
                        recipient_code=recipient.code,
                        deliverable=name,
                        period=period.key,
                        first_day=period.first_day,
                        last_day=period.last_day,
                        due_at=notice.local(period.due_at),
                        city_code=unit.city_code,
                    )


class _Grants(Generic[Given]):
    """What was granted, looked up once a unit and city."""

    def __init__(self, given: tuple[Given, ...], kinds: Mapping[str, str]) -> None:
        self._given: tuple[Given, ...] = given
        self._kinds = kinds
        self._of: dict[tuple[str, str], list[Given]] = {}

    def about(self, one: Obligation) -> list[Given]:
        key = (one.recipient_code, one.city_code)
        if key not in self._of:
            kind = self._kinds[one.recipient_code]
            self._of[key] = [given for given in self._given if given.is_for(key[0], kind, key[1])]
        return [
            given
            for given in self._of[key]
            if given.deliverable == one.deliverable and given.holds_in(one.period)
        ]
