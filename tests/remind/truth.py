"""Which mails a month implies, worked out beside the pipeline: from the list of files as it must be, and plain pandas.

What each file ended as comes from the world's truth; what was owed at a moment from tests/marts/recomputation, which does
not ask sql/. The schedule is written out once more, by hand.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

Slot = tuple[str, str, str]
"""Purpose, recipient, and moment, day or path."""
PATIENCE = timedelta(hours=72)
ONCE = [(-2, time(9)), (0, time(15)), (1, time(9)), (3, time(9))]
SCHEDULE = {
    "plan": ONCE,
    "summary": ONCE,
    "statistics": ONCE,
    "materials": [(0, time(16)), (1, time(9))],
}
DIGEST, ESCALATION, EVENING = [(1, time(10))], [(4, time(9))], time(18)
SILENT_AFTER = 2


@dataclass(frozen=True)
class Unit:
    code: str
    kind: str
    city: str


@dataclass(frozen=True)
class Debt:
    """Something that a unit owes at a moment."""

    unit: str
    deliverable: str
    period: str
    due: datetime


@dataclass(frozen=True)
class Line:
    """A line of the true list of files: whose, how it ended, since which scan it is known."""

    unit: str
    path: str
    state: str
    known_at: datetime


@dataclass
class Truth:
    """Moment by moment, in order: what must have left by then."""

    units: dict[str, Unit]
    slots: set[Slot] = field(default_factory=set)
    reminded: dict[str, set[datetime]] = field(default_factory=lambda: defaultdict(set))

    def step(self, now: datetime, debts: Iterable[Debt], reachable: set[str], lines: Iterable[Line]) -> None:
        debts = list(debts)
        before = {unit: set(moments) for unit, moments in self.reminded.items()}
        for debt in debts:
            moment = _newest(SCHEDULE[debt.deliverable], debt.due, now)
            if moment and debt.unit in reachable:
                self._add("reminder", debt.unit, moment)
                self.reminded[debt.unit].add(moment)
            elif moment:
                self._add("escalation", "data_staff", moment)
        for debt in debts:
            moment = _newest(DIGEST, debt.due, now)
            if moment and self.units[debt.unit].kind == "higher_vocational_college":
                for bureau in self._bureaus(self.units[debt.unit].city) & reachable:
                    self._add("digest", bureau, moment)
            moment = _newest(ESCALATION, debt.due, now)
            own = {_at(debt.due, *one) for one in SCHEDULE[debt.deliverable]}
            if moment and len(own & before.get(debt.unit, set())) >= SILENT_AFTER:
                self._add("escalation", "data_staff", moment)
        for line in lines:
            if line.known_at > now or line.unit not in reachable:
                continue
            if line.state in ("rejected", "partly accepted") and now < line.known_at + PATIENCE:
                self.slots.add(("return", line.unit, line.path))
            evening = datetime.combine(line.known_at.date(), EVENING)
            evening += timedelta(line.known_at > evening)
            if line.state != "ignored" and evening <= now < evening + PATIENCE:
                self.slots.add(("acknowledgement", line.unit, evening.date().isoformat()))

    def _bureaus(self, city: str) -> set[str]:
        return {
            one.code
            for one in self.units.values()
            if one.kind == "city_education_bureau" and one.city == city
        }

    def _add(self, purpose: str, recipient: str, moment: datetime) -> None:
        self.slots.add((purpose, recipient, moment.isoformat()))


def _at(due: datetime, days: int, clock: time) -> datetime:
    return datetime.combine(due.date() + timedelta(days), clock)


def _newest(offsets: list[tuple[int, time]], due: datetime, now: datetime) -> datetime | None:
    """The last moment that has come, while it is less than three days old and says what is still true."""
    come = [moment for moment in (_at(due, *one) for one in offsets) if moment <= now]
    if not come or now >= max(come) + PATIENCE or max(come) < due <= now:
        return None
    return max(come)
