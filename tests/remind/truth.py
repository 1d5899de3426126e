"""Which mails a month implies and what stands in them, worked out beside the pipeline in plain Python.

What was owed comes from tests/marts/recomputation, which does not ask sql/; what arrived from the raw tables. The schedule
is written out once more, by hand, and what each mail says is read back from its text.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

PATIENCE = timedelta(hours=72)
NIGHT = (time(22), time(7))
Offsets = list[tuple[int, time]]


@dataclass(frozen=True)
class Unit:
    code: str
    kind: str
    city: str
    line: str


@dataclass(frozen=True)
class Debt:
    """Something that a unit owes at a moment."""

    unit: str
    deliverable: str
    name: str
    period: str
    due: datetime


@dataclass(frozen=True)
class News:
    """Something that a unit sent."""

    unit: str
    id: str
    state: str
    received_at: datetime
    known_at: datetime


@dataclass(frozen=True)
class Schedule:
    """What a notice's `remind:` says."""

    reminders: dict[str, Offsets]
    digest: tuple[str, str, Offsets] | None
    """Kind that is told, kind that it is told about, when."""
    escalation: Offsets
    after: int
    evening: time


@dataclass
class Expected:
    """What one mail has to say."""

    missing: set[tuple[str, str]]
    soon: set[tuple[str, str]]
    later: set[tuple[str, str]]
    unverified: int
    news: list[News]
    city: set[tuple[str, str, str]]


@dataclass
class Truth:
    """Moment by moment, in order: which mails must leave then, and what everybody was told by those that did."""

    units: dict[str, Unit]
    schedule: Schedule
    told: dict[tuple[str, object], list[datetime]] = field(default_factory=lambda: defaultdict(list))
    days: dict[str, set[date]] = field(default_factory=lambda: defaultdict(set))

    def step(
        self,
        now: datetime,
        debts: list[Debt],
        reachable: set[str],
        news: Iterable[News],
        collected: dict[str, datetime],
    ) -> dict[str, Expected]:
        """By unit; nobody in the night."""
        self.now, self.debts, self.collected = now, debts, collected
        if now.time() >= NIGHT[0] or now.time() < NIGHT[1]:
            return {}
        arrived: dict[str, list[News]] = defaultdict(list)
        for one in sorted(news, key=lambda one: one.received_at):
            if one.known_at <= now and one.state != "ignored" and not self.told[one.unit, one.id]:
                arrived[one.unit].append(one)
        found = {}
        for code in sorted(reachable):
            if now.date() in self.days[code]:
                continue
            own = [debt for debt in debts if debt.unit == code]
            city = self._city(code)
            wants_city = any(self._untold(code, debt, moment) for debt, moment in city.items())
            if (
                wants_city
                or any(self._untold(code, debt, self._moment(debt)) for debt in own)
                or any(self._is_worth(one) for one in arrived[code])
            ):
                found[code] = self._say(own, arrived[code], city if wants_city else {})
        for code, said in found.items():
            self.days[code].add(now.date())
            named = {(debt.name, debt.period): debt for debt in debts if debt.unit == code}
            for key in said.missing | said.soon:
                self.told[code, named[key]].append(now)
            for one in said.news:
                self.told[code, one.id].append(now)
            for debt in debts:
                if (debt.unit, debt.name, debt.period) in said.city:
                    self.told[code, debt].append(now)
        return found

    def call(self, reachable: set[str], to: str) -> tuple[set[Debt], set[Debt], int] | None:
        """Whom data staff are to call, whom nobody can write to, and how many they heard of before; after `step`."""
        if self.now.date() in self.days[to] or self.now.time() >= NIGHT[0] or self.now.time() < NIGHT[1]:
            return None
        silent, alone = {}, {}
        for debt in self.debts:
            moment = self._newest(self.schedule.escalation, debt)
            times = [one for one in self.told[debt.unit, debt] if one < self.now]
            if moment and len(times) >= self.schedule.after:
                silent[debt] = max(moment, times[self.schedule.after - 1])
            if debt.unit not in reachable and (moment := self._moment(debt)):
                alone[debt] = moment
        both = silent | alone
        new = {debt for debt in both if not self.told[to, debt]}
        if not any(self.now < both[debt] + PATIENCE for debt in new):
            return None
        self.days[to].add(self.now.date())
        for debt in new:
            self.told[to, debt].append(self.now)
        return new & silent.keys(), new & alone.keys(), len(both.keys() - new)

    def _say(self, own: list[Debt], news: list[News], city: dict[Debt, datetime]) -> Expected:
        now, line = self.now, self.units[own[0].unit].line if own else ""
        due = [debt for debt in own if debt.due <= now]
        missing = [debt for debt in due if self.collected[line] >= debt.due]
        pending = [debt for debt in own if debt.due > now]
        soon = [debt for debt in pending if debt.due.date() <= now.date() or self._begins(debt) <= now]
        keys = [{(one.name, one.period) for one in group} for group in (missing, soon)]
        return Expected(
            *keys,
            {(one.name, one.period) for one in pending if one not in soon},
            len(due) - len(missing),
            news,
            {(one.unit, one.name, one.period) for one in city},
        )

    def _begins(self, debt: Debt) -> datetime:
        return min(
            (_at(debt.due, *one) for one in self.schedule.reminders[debt.deliverable]), default=debt.due
        )

    def _city(self, code: str) -> dict[Debt, datetime]:
        if self.schedule.digest is None or self.units[code].kind != self.schedule.digest[0]:
            return {}
        _, about, offsets = self.schedule.digest
        return {
            debt: moment
            for debt in self.debts
            if self.units[debt.unit].kind == about
            and self.units[debt.unit].city == self.units[code].city
            and (moment := self._newest(offsets, debt))
        }

    def _is_worth(self, one: News) -> bool:
        if one.state in ("rejected", "partly accepted") and self.now < one.known_at + PATIENCE:
            return True
        evening = datetime.combine(one.known_at.date(), self.schedule.evening)
        evening += timedelta(one.known_at > evening)
        return evening <= self.now < evening + PATIENCE

    def _untold(self, reader: str, debt: Debt, moment: datetime | None) -> bool:
        if moment is None or self.now >= moment + PATIENCE:
            return False
        return not any(one >= moment for one in self.told[reader, debt])

    def _moment(self, debt: Debt) -> datetime | None:
        return self._newest(self.schedule.reminders[debt.deliverable], debt)

    def _newest(self, offsets: Offsets, debt: Debt) -> datetime | None:
        """The last moment that has come, of which everything is known, and which says what is still true."""
        come = [moment for moment in (_at(debt.due, *one) for one in offsets) if moment <= self.now]
        if (
            not come
            or max(come) < debt.due <= self.now
            or self.collected[self.units[debt.unit].line] < max(come)
        ):
            return None
        return max(come)


def _at(due: datetime, days: int, clock: time) -> datetime:
    return datetime.combine(due.date() + timedelta(days), clock)


@dataclass
class Said:
    """What a mail says, read back from its plain text."""

    missing: set[tuple[str, str]]
    soon: set[tuple[str, str]]
    later: set[tuple[str, str]]
    unverified: int
    counts: dict[str, int]
    """In the subject."""
    news: int
    days: tuple[str, str] | None


class Reader:
    """Reads mails of one notice: `periods` are the first days of each deliverable, by name, in order."""

    def __init__(self, periods: dict[str, list[date]]) -> None:
        self._periods, self._year = periods, 0
        self._owed: set[tuple[str, str]] = set()

    def read(self, subject: str, text: str, day: date, owed: set[tuple[str, str]]) -> Said:
        """As whoever gets the mail on `day` does: a date without a year is one of that year, and `owed` is what they know."""
        self._year, self._owed = day.year, owed
        parts = re.split(r"\n\n", text)
        missing = self._table(parts, r"请尽快补报以下 (\d+) 项")
        soon = self._table(parts, r"请在截止前报送以下 (\d+) 项")
        later = set()
        found = re.search(r"^以后还要报：(.*)。$", text, re.MULTILINE)
        for one in found[1].split("；") if found else ():
            name, said = re.fullmatch(r"(.*?)（(.*)前）", one).groups()  # type: ignore[union-attr]
            later |= {(name, day) for day in self._days(name, said.rpartition("，")[0])}
        news = re.search(r"收到贵单位 (\S+) 报来的 (\d+) 件：", text)
        unverified = re.search(r"另有 (\d+) 项刚到截止时间", text)
        return Said(
            missing,
            soon,
            later,
            int(unverified[1]) if unverified else 0,
            {
                word: int(count)
                for word, count in re.findall(r"(请补报|今日截止|将截止|收到|退回) (\d+) ", subject)
            },
            int(news[2]) if news else 0,
            self._span(news[1]) if news else None,
        )

    def _table(self, parts: list[str], head: str) -> set[tuple[str, str]]:
        found = next((part for part in parts if re.match(head, part)), None)
        if found is None:
            return set()
        caption, *lines = found.split("\n")
        keys = set()
        for line in lines:
            cells = dict(cell.split("：", 1) for cell in line.partition(". ")[2].split("；")[:4])
            days = self._days(cells["事项"], cells.get("期", ""))
            assert len(days) == int(cells.get("项数", "1 项").removesuffix(" 项")), line
            keys |= {(cells["事项"], day) for day in days}
        assert len(keys) == int(re.match(head, caption)[1]), caption  # type: ignore[index]
        return keys

    def _days(self, name: str, said: str) -> list[str]:
        """The periods that these words name, by their first days."""
        if not said:
            return [""]
        words = r"(每天|每周|每月|每季|各期|之间)$"
        first, last = self._span(re.sub(words, "", said))
        days = [one.isoformat() for one in self._periods[name] if first <= one.isoformat() <= last]
        if said.endswith("之间"):
            # Not all of them: which, the words leave open; that the first and the last are owed, they do not.
            owed = [one for one in days if (name, one) in self._owed]
            assert owed[:1] + owed[-1:] == [days[0], days[-1]], said
            return owed
        return days if re.search(words, said) else days[:1]

    def _span(self, said: str) -> tuple[str, str]:
        """11月9日, 11月9日至14日, 2020年12月28日至2021年1月3日 as the first and last day."""
        first, _, last = said.partition("至")
        year, month, day = self._parts(first, self._year, 1)
        found = date(year, month, day)
        end = date(*self._parts(last, year, month)) if last else found
        return found.isoformat(), end.isoformat()

    @staticmethod
    def _parts(said: str, year: int, month: int) -> tuple[int, int, int]:
        found = re.fullmatch(r"(?:(\d+)年)?(?:(\d+)月)?(\d+)日", said)
        assert found, said
        return int(found[1] or year), int(found[2] or month), int(found[3])
