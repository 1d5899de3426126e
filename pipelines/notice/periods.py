"""What a deliverable is owed for: once, or a day, week, month or single date after another; and until when each is due."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipelines.notice.fields import Day, Frozen, Moment, TimeOfDay, refuse


class Period(Frozen):
    """One instance of a deliverable: its key ('' for once, else its first day), its days, its due moment."""

    key: str
    first_day: date | None
    last_day: date | None
    due_at: datetime


class Once(Frozen):
    """Owed once."""

    every: Literal["once"]
    due: Moment = Field(description="截止时刻")

    def periods(self) -> list[Period]:
        return [Period(key="", first_day=None, last_day=None, due_at=self.due)]


class Repeating(Frozen):
    """Every day, week (of seven days from `first`) or calendar month from `first` to `last`, which cuts the last one short."""

    every: Literal["day", "week", "month"] = Field(
        description="day 每天、week 每七天（从 first 起算）、month 每个自然月"
    )
    first: Day = Field(description="第一期的第一天")
    last: Day = Field(description="最后一期的最后一天")
    due_days_after: int = Field(default=0, ge=0, description="每期最后一天之后第几天截止；0 为当天")
    due_time: TimeOfDay = Field(default=time(23, 59, 59), description="截止那天的时刻")

    @model_validator(mode="after")
    def _in_order(self) -> "Repeating":
        if self.last < self.first:
            raise refuse(f"last {self.last} 早于 first {self.first}；请核对这两天", "last")
        return self

    def periods(self) -> list[Period]:
        found, start = [], self.first
        while start <= self.last:
            following = self._following(start)
            end = min(following - timedelta(1), self.last)
            due = datetime.combine(end + timedelta(self.due_days_after), self.due_time)
            found.append(Period(key=start.isoformat(), first_day=start, last_day=end, due_at=due))
            start = following
        return found

    def _following(self, start: date) -> date:
        if self.every == "day":
            return start + timedelta(1)
        if self.every == "week":
            return start + timedelta(7)
        return (start.replace(day=1) + timedelta(32)).replace(day=1)


class ExplicitDate(Frozen):
    day: Day = Field(description="这一期是哪一天")
    due: Moment = Field(description="这一期的截止时刻")


class Explicit(Frozen):
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
        return self

    def periods(self) -> list[Period]:
        return [
            Period(key=one.day.isoformat(), first_day=one.day, last_day=one.day, due_at=one.due)
            for one in sorted(self.dates, key=lambda one: one.day)
        ]


Schedule = Annotated[Once | Repeating | Explicit, Field(discriminator="every")]
