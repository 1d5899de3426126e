"""Days, moments and runs of periods in words: what is owed day after day is one line, never one a day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from pipelines.notice.model import Notice
from pipelines.remind.facts import Owed

MOST_RUNS = 6
"""Lines of one deliverable: what has more gaps than that is said as a whole."""
_EVERY = {"day": "每天", "week": "每周", "month": "每月", "quarter": "每季", "half-year": "每半年", "year": "每年", "date": "各期", "once": "", "event": ""}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """Obligations of one unit and deliverable whose periods follow each other; `has_gaps`: not all between are owed."""

    owed: tuple[Owed, ...]
    every: str
    has_gaps: bool = False

    @property
    def name(self) -> str:
        return self.owed[0].deliverable_name

    def period(self, now: datetime) -> str:
        """11月9日; 11月9日至14日每天; 11月9日至14日之间. '' where it is owed once."""
        first, last = self.owed[0], self.owed[-1]
        if first.first_day is None or last.last_day is None:
            return ""
        days = say_days(first.first_day, last.last_day, now)
        if self.every == "event" and len(self.owed) == 1:
            return f"{days} {first.period[-5:]} 发生的"
        if len(self.owed) == 1:
            return days
        return f"{days}之间" if self.has_gaps else f"{days}{_EVERY[self.every]}"

    def due(self, now: datetime) -> str:
        """By when; of several the way the moments follow each other."""
        moments = sorted(one.due_at for one in self.owed)
        if moments[0] == moments[-1]:
            return say_moment(moments[0], now)
        delays = {_delay(one) for one in self.owed}
        if len(delays) == 1 and (days := delays.pop()[0]) is not None:
            return f"{self._after(days)} {say_clock(moments[0])}"
        return f"最早 {say_moment(moments[0], now)}、最晚 {say_moment(moments[-1], now)}"

    def _after(self, days: int) -> str:
        """How the moments follow the ends of their periods: the same day, the next, the fifth after it."""
        if self.every == "day":
            return {0: "当天", 1: "次日"}.get(days, f"之后第 {days} 天")
        if days == 0:
            return "各期当天"
        return f"{_EVERY[self.every]}结束{'次日' if days == 1 else f'后第 {days} 天'}"

    def words(self, now: datetime) -> str:
        """11月9日至14日每天的典型案例、稿件（当天 23:59 前）."""
        period = self.period(now)
        return (
            f"{self.name}（{period}，{self.due(now)}前）" if period else f"{self.name}（{self.due(now)}前）"
        )


def find_runs(notice: Notice, owed: Iterable[Owed]) -> list[Run]:
    """What a unit owes, in the order given: periods of a deliverable that follow each other and stand alike are one."""
    groups: dict[tuple[str, str, str], list[Owed]] = {}
    for one in owed:
        groups.setdefault((one.recipient_code, one.deliverable, one.status), []).append(one)
    return [run for group in groups.values() for run in _split(notice, group)]


def _split(notice: Notice, group: list[Owed]) -> Iterator[Run]:
    """A returned one stands alone: its reason belongs beside it. So does one that has more time than those around it."""
    schedule = notice.deliverables[group[0].deliverable].periods
    places = {period.key: place for place, period in enumerate(schedule.periods())}
    runs: list[list[Owed]] = []
    for one in group:
        before = runs[-1][-1] if runs else None
        # Events have no places, and each stands alone.
        follows = before and one.period in places and places[one.period] == places[before.period] + 1
        is_alike = before and _delay(before) == _delay(one)
        if before and follows and is_alike and not one.returned_id and not before.returned_id:
            runs[-1].append(one)
        else:
            runs.append([one])
    if len(runs) > MOST_RUNS:
        yield Run(tuple(group), schedule.every, has_gaps=True)
    else:
        yield from (Run(tuple(run), schedule.every) for run in runs)


def _delay(one: Owed) -> tuple[int | None, time]:
    """How long after its period's last day it is due: days (None where it has no period), and the time of day."""
    days = (one.due_at.date() - one.last_day).days if one.last_day else None
    return days, one.due_at.time()


def say_days(first: date, last: date, now: datetime) -> str:
    """11月9日; 11月9日至14日; 11月30日至12月6日; with the year where it is not that of `now`."""
    if first == last:
        return say_day(first, now)
    if (first.year, first.month) == (last.year, last.month):
        return f"{say_day(first, now)}至{last.day}日"
    if first.year == last.year:
        return f"{say_day(first, now)}至{last.month}月{last.day}日"
    return f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日"


def say_day(day: date, now: datetime) -> str:
    """With its year where that is not this one."""
    return f"{day.month}月{day.day}日" if day.year == now.year else f"{day.year}年{day.month}月{day.day}日"


def say_clock(moment: datetime) -> str:
    """To the minute; seconds where they are none of 0 and 59."""
    return f"{moment:%H:%M}" if moment.second in (0, 59) else f"{moment:%H:%M:%S}"


def say_moment(moment: datetime, now: datetime | None = None) -> str:
    return f"{say_day(moment.date(), now or moment)} {say_clock(moment)}"
