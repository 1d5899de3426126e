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
    """What is due at one moment is due at another one, or every period by so much later or earlier; for everybody."""

    from_: Moment | None = Field(default=None, alias="from", description="只改一期：按规则算出的截止时刻")
    to: Moment | None = Field(default=None, description="只改一期：改到何时")
    all: bool = Field(default=False, description="true：各期都改，写 later 或 earlier，不写 from、to")
    later: Later | None = Field(default=None, description="各期都推后多久，如 2d、3h")
    earlier: Later | None = Field(default=None, description="各期都提前多久，如 2d、3h")
    reason: Word = Field(description="理由")

    @model_validator(mode="after")
    def _one_or_all(self) -> "Moved":
        if not self.all:
            if self.later or self.earlier:
                raise refuse("later 和 earlier 改的是各期；请写上 all: true，只改一期的写 from 和 to")
            if self.from_ is None or self.to is None:
                missing = "from" if self.from_ is None else "to"
                raise refuse(f"缺少必填的键 {missing}；请补上，各期都改的写 all: true 和 later 或 earlier")
        elif self.from_ or self.to:
            raise refuse("写了 all: true，又写了 from 或 to；各期都改的只写 later 或 earlier", "all")
        elif bool(self.later) == bool(self.earlier):
            raise refuse("写了 all: true，应写 later 或 earlier 中的一个：推后多久，或提前多久", "all")
        return self

    @property
    def shift(self) -> timedelta:
        """By how much all periods move; below zero where they move to an earlier moment."""
        return (self.later or timedelta(0)) - (self.earlier or timedelta(0))


class Moving(Frozen):
    """A schedule whose due moments may be moved: one by one, or all together."""

    moved: tuple[Moved, ...] = Field(
        default=(),
        description="截止时刻改期，对各单位都一样：一期从何时改到何时，或各期都推后、提前多久（all: true）",
    )

    def _move(self, periods: list[Period]) -> list[Period]:
        """The periods with their due moments as moved; what is said of one period goes before what is said of all."""
        to = {one.from_: one for one in self.moved if not one.all}
        every = next((one for one in self.moved if one.all), None)
        return [
            period.model_copy(
                update={"due_at": moved.to or period.due_at + moved.shift, "moved_reason": moved.reason}
            )
            if (moved := to.get(period.due_at, every))
            else period
            for period in periods
        ]

    def check_moved(self, plain: list[Period]) -> None:
        """Refuses what moves nothing, because no period is due at the moment it names, and what is due before it begins."""
        dues = [period.due_at for period in plain]
        for index, one in enumerate(self.moved):
            if one.from_ is None:
                self._check_all(index, one, plain)
                continue
            if one.from_ not in dues:
                named = one.from_.replace(tzinfo=None)
                near = min(dues, key=lambda due: abs(due.replace(tzinfo=None) - named))
                raise refuse(
                    f"没有一期在 {one.from_} 截止；最近的一期是 {near}，请照它写", "moved", index, "from"
                )
            if one.from_ in [other.from_ for other in self.moved[:index]]:
                raise refuse(f"{one.from_} 写了两次；请留一个", "moved", index, "from")

    def _check_all(self, index: int, one: Moved, plain: list[Period]) -> None:
        if any(other.all for other in self.moved[:index]):
            raise refuse("各期都改的写了两次；请合成一个", "moved", index, "all")
        for period in plain:
            due = period.due_at + one.shift
            if period.first_day and due.date() < period.first_day:
                raise refuse(
                    f"提前以后，{period.first_day} 这一期在 {due} 截止，早于它的第一天；请核对",
                    *("moved", index, "earlier"),
                )


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
