"""A notice as typed, frozen data: what notice.yaml may say. Unknown keys are refused."""

import re
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pipelines.notice.bulletins import Bulletins
from pipelines.notice.deliverable import Deliverable
from pipelines.notice.feeds import Feeds, Recommend
from pipelines.notice.fields import Code, Day, Frozen, Word, Words, refuse
from pipelines.notice.given import Exemption, Extension
from pipelines.notice.mail import Address, Mail
from pipelines.notice.membership import Stay, UnitChange, find_stays, is_member
from pipelines.notice.periods import Once, Period
from pipelines.notice.programme import PublicEvent
from pipelines.notice.remind import Remind
from pipelines.notice.reserved import Reserved, Role
from pipelines.notice.selection import Selection
from pipelines.notice.sources import Source


def _multiplier(value: Any) -> int:
    if re.fullmatch(r"0*[1-9][0-9]{0,11}", str(value)) and int(value) > 1:
        return int(value)
    raise refuse(f"写成了 {value!r}；应是大于 1 的整数，如 10000")


Multiplier = Annotated[int, BeforeValidator(_multiplier), WithJsonSchema({"type": "integer", "minimum": 2})]
"""How many times a word such as 万 makes a number."""


@cache
def _zones() -> set[str]:
    """Looking through all of them costs more than the rest of a notice."""
    return available_timezones()


class Vocabulary(Frozen):
    """Words that meaning hangs on in every submission; defaults stand in notices/words.yaml, each with what it means."""

    reporting_unit: Words
    unit_columns: Words
    row_number: Words
    instruction_sheets: Words
    header_marks: Words
    header_hints: Words
    header_hint_starts: Words
    unit_label: Words
    example: Words
    totals: Words
    partial_totals: Words
    total_tails: Words
    remarks: Words
    ditto: Words
    parts: Words
    own: Words
    zero_report: Words
    not_applicable: Words
    yes: Words
    no: Words
    exact_before: Words
    approximate_before: Words
    approximate_after: Words
    multipliers: Annotated[dict[Word, Multiplier], Field(min_length=1)]
    count_units: Words
    day_parts: Words
    no_county: Words
    attachment_mark: Words
    returned_sheet: Word
    returned_folder: Word


class Span(Frozen):
    """Days from first to last, both counted."""

    first_day: Day
    last_day: Day

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if self.last_day < self.first_day:
            raise refuse(
                f"last_day {self.last_day} 早于 first_day {self.first_day}；请核对这两天", "last_day"
            )
        return self

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(n) for n in range((self.last_day - self.first_day).days + 1)]


class FarOff(Frozen):
    """From when on a day's number is asked about. It is a warning: nothing is rejected."""

    times: float = Field(default=10, gt=1, description="一天的数多于本单位其他日子的中位数几倍")
    at_least: int = Field(default=1000, ge=1, description="不到这个数的不提醒")


class Recipient(Frozen):
    """A unit the notice is circulated to. `aliases` holds its name first; line '' sends nothing."""

    code: Word
    name: Word
    kind: Code
    line: Code | Literal[""]
    city_code: Word
    aliases: tuple[Word, ...]
    email: Address | None = None
    """Where mail goes until the unit's own plan names an address."""


class Region(Frozen):
    level: Literal["province", "city", "county"]
    code: Word
    name: Word
    parent_code: Word | Literal[""]
    """'' of a province, which is in nothing that a notice knows."""
    aliases: tuple[Word, ...] = ()
    """Former names and short forms."""
    people: int | None = Field(default=None, ge=1)
    """How many live there: a day's participants are not more."""
    colleges: int | None = Field(default=None, ge=0)
    students: int | None = Field(default=None, ge=0)
    """What figures are set against, as `people` is; None where the notice does not say."""

    @property
    def denominators(self) -> dict[str, int]:
        """Those that the notice gives, by name."""
        given = {"people": self.people, "colleges": self.colleges, "students": self.students}
        return {name: amount for name, amount in given.items() if amount is not None}

    @field_validator("parent_code")
    @classmethod
    def _is_in_something(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("level") != "province":
            raise refuse("是空的；请填写")
        return value


class Definition(Frozen):
    """What notice.yaml says, `words` apart."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")] = Field(
        description="通知代号，与文件夹同名：小写字母、数字和连字符"
    )
    title: Word = Field(description="通知标题，照原文")
    document_number: Word = Field(description="文号")
    issuer: Word = Field(description="发文机关")
    timezone: str = Field(description="时区，如 Asia/Shanghai")
    opens: Day = Field(description="从这天起收件")
    closes: Day = Field(description="收件到这天为止；不早于最后一个截止时刻")
    lines: Annotated[dict[Code, Word], Field(min_length=1)] = Field(description="报送条线：报给谁")
    recipient_kinds: Annotated[dict[Code, Word], Field(min_length=1)] = Field(description="主送单位的类别")
    sources: Annotated[tuple[Source, ...], Field(min_length=1)] = Field(description="从哪里收")
    event: Span | None = Field(default=None, description="活动的首尾两天，活动日覆盖率按它计算")
    lists: dict[Code, dict[Code, Word]] = Field(default={}, description="清单：代码和各单位要填的词")
    deliverables: Annotated[dict[Code, Deliverable], Field(min_length=1)] = Field(description="报送事项")
    exemptions: tuple[Exemption, ...] = Field(default=(), description="免报")
    extensions: tuple[Extension, ...] = Field(default=(), description="延期")
    mail: Mail | None = Field(default=None, description="邮件：谁发、发给谁、发多快；不写则本通知不发邮件")
    decisions: dict[Reserved, Role] = Field(
        default={},
        description="哪种决定只有哪个角色以上的人能作：accept 准予计入、withdraw 撤回、waive 免报、select 入选、decline 不选；不写则能触发流程的人都能",
    )
    far_off: FarOff = Field(default=FarOff(), description="数大到多少要提醒数据人员核对；不退回")
    bulletins: Bulletins = Field(default=Bulletins(), description="通报：怎么称呼、什么时候出")
    remind: Remind | None = Field(
        default=None, description="给单位的信（催报、回执、退回，一天至多一封）：什么时候发；不写则都不发"
    )
    feeds: Feeds | None = Field(
        default=None, description="给新闻网站和媒体供稿：入选并核对可公开的材料；不写则不供稿"
    )
    recommend: Recommend | None = Field(default=None, description="择优推荐：推荐给谁、怎么送；不写则没有")
    events: tuple[PublicEvent, ...] = Field(
        default=(), description="通知里的全国、全省性活动：在专题网站上列成日程，直播频道定期访问"
    )
    selection: Selection | None = Field(
        default=None, description="遴选：哪条线选、每天几点出名单、怎么打分；不写则本通知不遴选"
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _zones():
            raise refuse(f"没有“{value}”这个时区；应为 Asia/Shanghai 这样的名称")
        return value

    @model_validator(mode="after")
    def _settled(self) -> "Definition":
        """Due moments that hang on the event are known from here on."""
        for name, item in self.deliverables.items():
            if isinstance(item.periods, Once):
                try:
                    item.periods.settle(self.event.last_day if self.event else None)
                except PydanticCustomError as error:
                    context = error.context or {}
                    raise refuse(
                        context["sentence"], "deliverables", name, "periods", *context["place"]
                    ) from None
        return self


class Notice(Definition):
    """One circulated document and everything that its figures depend on."""

    words: Vocabulary
    recipients: Annotated[tuple[Recipient, ...], Field(min_length=1)]
    regions: Annotated[tuple[Region, ...], Field(min_length=1)]
    units_changes: tuple[UnitChange, ...] = ()
    """Units that joined, left, or got another name, city or line while the notice ran. `recipients` says how each stood at
    first; what holds on a day is asked of `on`."""
    fingerprint: str
    """sha256 over the folder's files and the shared words: derived data made with another one is stale."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def cities(self) -> list[Region]:
        return [region for region in self.regions if region.level == "city"]

    @property
    def own(self) -> Region | None:
        """The row of the province's own units, named as the notice calls them; None where every unit is in a city."""
        province = next((region for region in self.regions if region.level == "province"), None)
        return province and province.model_copy(update={"name": self.bulletins.own_units})

    @property
    def areas(self) -> list[Region]:
        """The rows of figures by city, in order: cities by code, the province's own units last."""
        return sorted(self.cities, key=lambda city: city.code) + ([self.own] if self.own else [])

    @property
    def reminded_in_vain(self) -> int:
        """After how many reminders without an answer a person calls."""
        escalation = self.remind.escalation if self.remind else None
        return escalation.after if escalation else 2

    def said_of_sending(self, deliverable: str) -> str:
        """To whom, with what and how a deliverable is to be sent, and whom to ask, in sentences; '' where it says nothing of its own."""
        item = self.deliverables[deliverable]
        to = f"报给：{self.lines[item.line]}。" if item.line else ""
        each = "" if item.periods.every == "once" else "每期"
        asked = item.attachments
        more = f"{each}另附{asked.said}不少于 {asked.at_least} 个。" if asked else ""
        long = f"不超过 {item.max_length} 字。" if item.max_length else ""
        how = f"报送方式：{'，或'.join(item.channels)}。" if item.channels else ""
        return to + long + more + how + (f"有疑问请联系：{item.contact}。" if item.contact else "")

    def is_owed_by(self, recipient: Recipient, period: Period) -> bool:
        """Whether a unit belongs to the notice on the day by which a period counts."""
        return is_member(self.units_changes, recipient.code, self.counted_on(period))

    def counted_on(self, period: Period) -> date:
        """The day by whose names, cities and lines a period counts: its last, or the due day of what is owed once."""
        return period.last_day or self.local(period.due_at).date()

    def stays(self, recipient: Recipient) -> list[Stay]:
        """How a unit stands from when until when, in order, without a gap: once for ever where nothing changes."""
        names = tuple(dict.fromkeys((recipient.name, *recipient.aliases)))
        first = Stay(date.min, date.max, names, recipient.city_code, recipient.line)
        own = tuple(one for one in self.units_changes if one.code == recipient.code)
        return find_stays(own, first) if own else [first]

    def unit_on(self, recipient: Recipient, day: date) -> Recipient:
        """A unit under the names, in the city and on the line that it has on a day."""
        stay = next(one for one in reversed(self.stays(recipient)) if one.first_day <= day)
        if stay.first_day == date.min:
            return recipient
        return recipient.model_copy(
            update={
                "name": stay.names[0],
                "aliases": stay.names,
                "city_code": stay.city_code,
                "line": stay.line,
            }
        )

    def on(self, day: date) -> "Notice":
        """The notice with every unit as it stands on a day: for what people are shown or sent then, never for what is owed."""
        if not self.units_changes:
            return self
        return self.model_copy(
            update={"recipients": tuple(self.unit_on(one, day) for one in self.recipients)}
        )

    def window(self, deliverable: str) -> tuple[date, date] | None:
        """First and last day that a dated row of this deliverable may carry; None where it has no periods."""
        if self.deliverables[deliverable].within is not None:
            return self.opens, self.closes
        days = [
            day
            for period in self.deliverables[deliverable].periods.periods()
            for day in (period.first_day, period.last_day)
            if day
        ]
        return (min(days), max(days)) if days else None

    def local(self, moment: datetime) -> datetime:
        """A moment as naive time in the notice's zone, to the second; naive input is in that zone already."""
        if moment.tzinfo is not None:
            moment = moment.astimezone(self.zone).replace(tzinfo=None)
        return moment.replace(microsecond=0)


_SPACES = re.compile(r"\s+")


def without_spaces(text: str) -> str:
    return _SPACES.sub("", text)
