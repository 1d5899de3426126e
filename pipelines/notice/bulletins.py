"""What a notice says about its bulletins (`bulletins:` in notice.yaml), and when each one is made."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

if TYPE_CHECKING:
    from pipelines.notice.model import Notice

Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Cadence = Literal["daily", "final"]


class Bulletins(BaseModel):
    """Everything has a default: a notice that says nothing gets a bulletin each evening of its event and a final one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: Word | None = None
    """What titles call the matter; default the notice's title without 关于做好…的通知."""
    addressees: Word | None = None
    """主送机关, without the colon; default the kinds of recipient that owe something."""
    publisher: Word | None = None
    """署名; default the notice's issuer."""
    whole: Word = "全部"
    """What the row over all areas is called, such as 全省."""
    area: Word = "市"
    """What one area is counted as: 16个市."""
    first: date | None = None
    last: date | None = None
    """Days that have an evening bulletin; default the event's."""
    daily_at: time = time(18, 0)
    final: datetime | None = None
    """Moment of the final bulletin; default the start of the notice's last day."""
    named: int = Field(default=5, ge=1)
    """How many leading cities or units are named; a tie is never cut, it is named whole or counted."""
    listed: int = Field(default=12, ge=0)
    """Up to how many late or missing units a paragraph names; more are in the attachment."""
    blame: Literal["named", "counted"] = "named"
    """Whether late and missing units are named at all."""


def final_moment(notice: "Notice") -> datetime:
    return notice.local(notice.bulletins.final or datetime.combine(notice.closes, time()))


def daily_moments(notice: "Notice") -> list[datetime]:
    """When daily bulletins are made: each evening of the event, and each due moment of what is not owed daily; sorted."""
    said, event = notice.bulletins, notice.event
    first = said.first or (event.first_day if event else None)
    last = said.last or (event.last_day if event else None)
    found = {
        notice.local(period.due_at)
        for item in notice.deliverables.values()
        if item.periods.every != "day"
        for period in item.periods.periods()
    }
    if first and last:
        days = range((last - first).days + 1)
        found |= {datetime.combine(first + timedelta(n), said.daily_at) for n in days}
    return sorted(moment for moment in found if moment < final_moment(notice))


def previous_moment(notice: "Notice", as_of: datetime) -> datetime | None:
    """The moment of the bulletin before this one; None for the first."""
    return max((moment for moment in daily_moments(notice) if moment < as_of), default=None)


def issue_number(notice: "Notice", as_of: datetime) -> int | None:
    """第几期, from 1; None for a moment that no bulletin is planned for."""
    moments = daily_moments(notice)
    return moments.index(as_of) + 1 if as_of in moments else None
