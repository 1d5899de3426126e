"""What a deliverable is owed for: once, or one day, week, month, quarter, half-year, year or date after another; and until when."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, model_validator

from pipelines.notice.fields import Day, Frozen, Later, Moment, TimeOfDay, Word, refuse
from pipelines.notice.workdays import Calendar, UnknownYearError, add_days


class Period(Frozen):
    """One instance of a deliverable: its key ('' for once, else its first day), its days, its due moment."""

    key: str
    first_day: date | None
    last_day: date | None
    due_at: datetime
    moved_reason: str | None = None
    """Why it is due at another moment than its schedule says; None where it is not."""
    length: timedelta = timedelta(0)
    """How long after the due moment something that names no period may still be for this one: one period."""


class Moved(Frozen):
    """What is due at one moment is due at another one, for everybody."""

    from_: Moment = Field(alias="from", description="按规则算出的截止时刻")
    to: Moment = Field(description="改到何时")
    reason: Word = Field(description="理由")


class Moving(Frozen):
    """A schedule whose due moments may be moved one by one."""

    moved: tuple[Moved, ...] = Field(
        default=(), description="个别截止时刻改期：从何时改到何时，对各单位都一样"
    )

    def _move(self, periods: list[Period]) -> list[Period]:
        """The periods with their due moments as moved."""
        to = {one.from_: one for one in self.moved}
        return [
            period.model_copy(update={"due_at": moved.to, "moved_reason": moved.reason})
            if (moved := to.get(period.due_at))
            else period
            for period in periods
        ]

    def check_moved(self, plain: list[Period]) -> None:
        """Refuses what moves nothing, because no period is due at the moment it names."""
        dues = [period.due_at for period in plain]
        for index, one in enumerate(self.moved):
            if one.from_ not in dues:
                near = min(
                    dues, key=lambda due: abs(due.replace(tzinfo=None) - one.from_.replace(tzinfo=None))
                )
                raise refuse(
                    f"没有一期在 {one.from_} 截止；最近的一期是 {near}，请照它写", "moved", index, "from"
                )
            if one.from_ in [other.from_ for other in self.moved[:index]]:
                raise refuse(f"{one.from_} 写了两次；请留一个", "moved", index, "from")


class Once(Moving):
    """Owed once: until a moment, or so many days after the event's last."""

    every: Literal["once"]
    due: Moment | None = Field(default=None, description="截止时刻")
    due_days_after_event: int | None = Field(
        default=None, ge=0, description="不写 due 时：活动末日之后第几天截止；写了 workdays 的按工作日数"
    )
    due_time: TimeOfDay = Field(
        default=time(23, 59, 59), description="与 due_days_after_event 同用：那天的时刻"
    )
    workdays: Calendar | None = Field(default=None, description="CN：按我国的工作日数，节假日和调休都算进去")
    _event_ends: date | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _due_once(self) -> "Once":
        if self.due is None and self.due_days_after_event is None:
            raise refuse("缺少必填的键 due；请补上")
        if self.due is not None and self.due_days_after_event is not None:
            raise refuse("写了 due，又写了 due_days_after_event；请留一个", "due_days_after_event")
        if self.due is not None:
            self.check_moved(self._plain())
        return self

    def settle(self, event_ends: date | None) -> None:
        """Fixes a due moment that hangs on the event. Raises pydantic's error where there is no event, or an unknown year."""
        if self.due is not None:
            return
        if event_ends is None:
            raise refuse("没有 event，不知道活动哪天结束；请写上 event，或改写 due", "due_days_after_event")
        self._event_ends = event_ends
        try:
            self.check_moved(self._plain())
        except UnknownYearError as error:
            raise refuse(f"{error}；请改写 due", "due_days_after_event") from None

    def _plain(self) -> list[Period]:
        due = self.due
        if due is None:
            assert self._event_ends is not None
            assert self.due_days_after_event is not None
            day = add_days(self._event_ends, self.due_days_after_event, self.workdays)
            due = datetime.combine(day, self.due_time)
        return [Period(key="", first_day=None, last_day=None, due_at=due)]

    def periods(self) -> list[Period]:
        return self._move(self._plain())


class Repeating(Moving):
    """Every day, week (of seven days from `first`) or calendar month, quarter, half-year or year from `first` to `last`, which
    cuts the last one short."""

    every: Literal["day", "week", "month", "quarter", "half-year", "year"] = Field(
        description="day 每天、week 每七天（从 first 起算）、month 每个自然月、quarter 每季、half-year 每半年、year 每年"
    )
    first: Day = Field(description="第一期的第一天")
    last: Day = Field(description="最后一期的最后一天")
    due_days_after: int = Field(default=0, ge=0, description="每期最后一天之后第几天截止；0 为当天")
    due_time: TimeOfDay = Field(default=time(23, 59, 59), description="截止那天的时刻")
    workdays: Calendar | None = Field(
        default=None,
        description="CN：due_days_after 按我国的工作日数，节假日和调休都算进去；0 为最后一天，遇休息日顺延",
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Repeating":
        if self.last < self.first:
            raise refuse(f"last {self.last} 早于 first {self.first}；请核对这两天", "last")
        try:
            self.check_moved(self._plain() if self.moved or self.workdays else [])
        except UnknownYearError as error:
            raise refuse(f"{error}；请删去 workdays，或用 every: date 逐期写截止时刻", "workdays") from None
        return self

    def periods(self) -> list[Period]:
        return self._move(self._plain())

    def _plain(self) -> list[Period]:
        found, start = [], self.first
        while start <= self.last:
            following = self._following(start)
            end = min(following - timedelta(1), self.last)
            due = datetime.combine(add_days(end, self.due_days_after, self.workdays), self.due_time)
            found.append(
                Period(
                    key=start.isoformat(),
                    first_day=start,
                    last_day=end,
                    due_at=due,
                    length=following - self._beginning(start),
                )
            )
            start = following
        return found

    def _following(self, start: date) -> date:
        if self.every == "day":
            return start + timedelta(1)
        if self.every == "week":
            return start + timedelta(7)
        begun = self._beginning(start)
        months = begun.year * 12 + begun.month - 1 + MONTHS[self.every]
        return date(months // 12, months % 12 + 1, 1)

    def _beginning(self, start: date) -> date:
        """The first day of the whole period that `start` lies in: `first` may cut the first one short."""
        if self.every not in MONTHS:
            return start
        span = MONTHS[self.every]
        return date(start.year, (start.month - 1) // span * span + 1, 1)


MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
"""Calendar periods by their length in months."""


class ExplicitDate(Frozen):
    day: Day = Field(description="这一期是哪一天")
    due: Moment = Field(description="这一期的截止时刻")


class Explicit(Moving):
    """Single days, each with its own due moment."""

    every: Literal["date"]
    dates: Annotated[tuple[ExplicitDate, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _possible(self) -> "Explicit":
        seen: set[date] = set()
        for index, one in enumerate(self.dates):
            if one.due.date() < one.day:
                raise refuse(f"截止 {one.due} 早于这一期 {one.day}；请核对", "dates", index, "due")
            if one.day in seen:
                raise refuse(f"{one.day} 写了两次；每一天只能是一期，请删去一个", "dates", index, "day")
            seen.add(one.day)
        self.check_moved(self._plain())
        return self

    def periods(self) -> list[Period]:
        return self._move(self._plain())

    def _plain(self) -> list[Period]:
        ordered = sorted(self.dates, key=lambda one: one.day)
        days = [one.day for one in ordered]
        # Such a period lasts until the next day begins one; the last as long as the one before it.
        lengths = [later - day for day, later in pairwise(days)] or [timedelta(1)]
        return [
            Period(
                key=one.day.isoformat(), first_day=one.day, last_day=one.day, due_at=one.due, length=length
            )
            for one, length in zip(ordered, [*lengths, lengths[-1]], strict=False)
        ]


class OnEvent(Frozen):
    """Owed by nobody beforehand: whoever has something to report does so within a time from when it happened."""

    every: Literal["event"]
    within: Later = Field(description="发生后多久内报，如 2h（2 小时）、24h、3d（3 天）")

    def periods(self) -> list[Period]:
        """None: which events there are is told by the reports themselves."""
        return []


Schedule = Annotated[Once | Repeating | Explicit | OnEvent, Field(discriminator="every")]
