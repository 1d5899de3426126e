"""What a notice says about the selection of its best materials (`selection:` in notice.yaml). Without it nothing is selected."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from pipelines.notice.fields import Code, Day, Frozen, TimeOfDay, refuse

if TYPE_CHECKING:
    from pipelines.notice.files import YamlFile
    from pipelines.notice.model import Notice

AtMost = Annotated[int, Field(ge=1)]
Points = Annotated[int, Field(ge=0, le=100)]


class Balance(Frozen):
    """So many of one day's shortlist at most are of one of each; None: as many as come."""

    city: AtMost | None = Field(default=None, description="同一个市最多几条")
    unit: AtMost | None = Field(default=None, description="同一个单位最多几条")
    kind: AtMost | None = Field(default=None, description="同一类单位最多几条")
    category: AtMost | None = Field(default=None, description="同一活动类别最多几条")


class Weights(Frozen):
    """Points are whole numbers, those of reach less than one: reach alone lifts nothing above what has one point more."""

    complete: Points = Field(default=2, description="各列都填全的得几分")
    media: Points = Field(default=2, description="附有图片或视频的得几分")
    link: Points = Field(default=1, description="写了链接，且没有查出打不开的得几分")
    new_category: Points = Field(default=1, description="本单位第一次报这一活动类别的得几分")
    new_county: Points = Field(default=1, description="本单位第一次报这个县（市、区）的得几分")
    reach: float = Field(
        default=0.5,
        ge=0,
        lt=1,
        description="人数和人次相对本单位平常多的，最多加不到 1 分：只在其他各项相同时分先后",
    )


class Selection(Frozen):
    """Which line selects, when the day's shortlist is made, how long it is and what stands first on it."""

    line: Code = Field(description="由哪条线遴选；别的条线选的是推荐，进入这条线的名单")
    at: TimeOfDay = Field(default=time(20, 30), description="每天几点出当天的初选名单")
    first: Day | None = Field(default=None, description="从这天起每天出；不写则为活动首日")
    last: Day | None = Field(default=None, description="到这天为止；不写则为活动末日")
    per_day: int = Field(default=30, ge=1, le=500, description="每天的名单最多几条")
    at_most: Balance = Field(default=Balance(), description="名单里同一个市、单位、类别最多几条；不写则不限")
    weights: Weights = Field(default=Weights(), description="各项的分值")
    second_opinion: bool = Field(default=False, description="是否要两个人都选了才算入选")

    @model_validator(mode="after")
    def _in_order(self) -> "Selection":
        if self.first and self.last and self.last < self.first:
            raise refuse(f"last {self.last} 早于 first {self.first}；请核对这两天", "last")
        return self


def check_selection(notice: "Notice", file: "YamlFile") -> Iterator[str]:
    """The line that selects must be one; without days of its own the event must say on which days there is a shortlist."""
    selection = notice.selection
    if selection is None:
        return
    if selection.line not in notice.lines:
        yield f"{file.at('selection', 'line')}：没有条线 {selection.line}；可用：{'、'.join(notice.lines)}"
    if notice.event is None and (selection.first is None or selection.last is None):
        yield f"{file.at('selection')}：没有 event，不知道哪几天出名单；请写上 first 和 last"


def selection_moments(notice: "Notice") -> list[datetime]:
    """When shortlists are made, in the notice's zone; none where the notice does not select."""
    said, event = notice.selection, notice.event
    if said is None:
        return []
    first = said.first or (event.first_day if event else None)
    last = said.last or (event.last_day if event else None)
    if first is None or last is None:
        return []
    return [datetime.combine(first + timedelta(n), said.at) for n in range((last - first).days + 1)]


def latest_selection(notice: "Notice", moment: datetime) -> datetime | None:
    """The last shortlist's moment that is not after this one; None before the first."""
    return max((one for one in selection_moments(notice) if one <= notice.local(moment)), default=None)
