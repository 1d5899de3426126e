"""A notice as typed, frozen data: what notice.yaml may say. Unknown keys are refused."""

import re
from datetime import date, datetime, timedelta
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
from pipelines.notice.checks import Check
from pipelines.notice.column import Column
from pipelines.notice.fields import Code, Day, Frozen, Word, Words, refuse
from pipelines.notice.given import Exemption, Extension
from pipelines.notice.kinds import KINDS
from pipelines.notice.kinds import Field as KindField
from pipelines.notice.mail import Address, Mail
from pipelines.notice.membership import UnitChange, is_member
from pipelines.notice.numbers import NumberKind
from pipelines.notice.periods import Once, Period, Schedule
from pipelines.notice.remind import Remind
from pipelines.notice.reserved import Reserved, Role
from pipelines.notice.sources import Source


def _multiplier(value: Any) -> int:
    if re.fullmatch(r"0*[1-9][0-9]{0,11}", str(value)) and int(value) > 1:
        return int(value)
    raise refuse(f"写成了 {value!r}；应是大于 1 的整数，如 10000")


Multiplier = Annotated[int, BeforeValidator(_multiplier), WithJsonSchema({"type": "integer", "minimum": 2})]
"""How many times a word such as 万 makes a number."""


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


ITEMS = "items"
"""The figure that counts a list's rows; no column of one is called so."""


class Deliverable(Frozen):
    """A thing that must be sent."""

    kind: Literal["plan", "materials", "summary", "document", "statistics", "list"] = Field(
        description="plan 方案、materials 逐条材料、document 文档（summary 是它的旧名）、statistics 数字表、list 清单（名单、项目表）"
    )
    name: Word = Field(description="事项名称，通报和退回单上这样称呼它")
    file_words: Words = Field(description="文件名里有其中一个词、又看不出列的，算这个事项")
    owed_by: tuple[Code, ...] = Field(
        default=(),
        json_schema_extra={"minItems": 1},
        description="哪几类单位要报；自愿报送的不写，写 open_to",
    )
    optional: bool = Field(
        default=False, description="true：自愿报送，谁也不欠，报了的记为自愿，不计入任何率"
    )
    open_to: tuple[Code, ...] = Field(
        default=(), json_schema_extra={"minItems": 1}, description="自愿报送的：向哪几类单位开放"
    )
    if_submitted: Code | None = Field(
        default=None, description="报了这个事项（写它的代码）的单位才要报；没有报的不欠"
    )
    periods: Schedule = Field(
        description="once 一次、day 每天、week 每周、month 每月、quarter 每季、half-year 每半年、year 每年、date 指定的几天；各写截止时刻"
    )
    columns: dict[Code, Column] = Field(default={}, description="各列；statistics、list 的列自定")
    identity: tuple[Code, ...] = Field(
        default=(),
        json_schema_extra={"minItems": 1},
        description="只用于 list：哪几列合起来认得出是哪一条，如 [name, id]；都要是必填的列",
    )
    ignored_headers: tuple[Word, ...] = Field(default=(), description="认得但不要的列，如备注")

    channels: tuple[Word, ...] = Field(
        default=(), description="这一项规定的报送方式，如 某某平台、邮箱 jiance@example.cn；写进表样和催报信"
    )
    contact: Word | None = Field(
        default=None, description="这一项有疑问找谁，如 市疾控中心 0000-0000000；写进表样和催报信"
    )

    zero_report: bool = Field(
        default=False,
        description="true：statistics 本单位的行里写“零报告”“无”的（不论哪一列），空着的指标都算 0；list 只写这几个字的一行就是本期没有",
    )

    checks: tuple[Check, ...] = Field(
        default=(),
        description='同一行里两个指标的大小，如 {left: 整改数的代码, is: "<=", right: 发现数的代码}',
    )

    @model_validator(mode="after")
    def _asks_of_statistics(self) -> "Deliverable":
        is_open = KINDS[self.kind].open_fields
        if self.zero_report and not is_open:
            also = "materials 不写也收零报告；" if self.kind == "materials" else ""
            raise refuse(f"写在了 {self.kind} 上；{also}只有 statistics 和 list 写，请删去", "zero_report")
        if self.checks and not is_open:
            raise refuse(f"写在了 {self.kind} 上；只有 statistics 和 list 的数可以比，请删去", "checks")
        if self.identity and self.kind != "list":
            raise refuse(f"写在了 {self.kind} 上；只有 list 写，请删去", "identity")
        if self.kind == "list" and not self.identity:
            raise refuse("缺少必填的键 identity；请补上认得出是哪一条的列，如 [name]")
        return self

    @model_validator(mode="after")
    def _for_somebody(self) -> "Deliverable":
        if self.optional and self.owed_by:
            raise refuse(
                "写了 optional: true，又写了 owed_by；自愿报送的写 open_to，要报的删去 optional", "owed_by"
            )
        if self.optional and not self.open_to:
            raise refuse("缺少必填的键 open_to；请补上向哪几类单位开放", "optional")
        if self.optional and self.if_submitted:
            raise refuse("自愿报送的谁也不欠，不用写条件；请删去 if_submitted", "if_submitted")
        if self.open_to and not self.optional:
            raise refuse("写了 open_to，没有写 optional: true；请补上，要报的写 owed_by", "open_to")
        if not self.optional and not self.owed_by:
            if "owed_by" in self.model_fields_set:
                raise refuse("是空的；至少要有一项", "owed_by")
            raise refuse("缺少必填的键 owed_by；请补上")
        return self

    @property
    def said_of_sending(self) -> str:
        """How it is to be sent and whom to ask, as a sentence or two; '' where it says nothing of its own."""
        how = f"报送方式：{'，或'.join(self.channels)}。" if self.channels else ""
        return how + (f"有疑问请联系：{self.contact}。" if self.contact else "")

    @property
    def sent_by(self) -> tuple[Code, ...]:
        """The kinds of units that send it, whether they owe it or may."""
        return self.owed_by + self.open_to

    def field(self, name: str) -> KindField:
        """How a column is read; a column that an open kind does not know is what the notice says, else a count."""
        for field in KINDS[self.kind].fields:
            if field.name == name:
                return field
        column = self.columns.get(name)
        return KindField(name, column.read_as, column.is_personal) if column else KindField(name, "count")

    def is_count(self, name: str) -> bool:
        """Whether a column's numbers are whole ones."""
        return self.field(name).type == "count" and self.number(name).type == "count"

    def number(self, name: str) -> NumberKind:
        """How a column's numbers are kept; as whole ones where it is no indicator."""
        column = self.columns.get(name)
        return column.number if column else NumberKind()

    @property
    def is_undated(self) -> bool:
        """Whether it is owed period by period and its rows have no date: a submission as a whole is for one period."""
        return self.periods.every != "once" and self.dated_by is None

    @property
    def open_columns(self) -> tuple[str, ...]:
        """The columns of its own that a notice lists for an open kind, in its order."""
        known = {field.name for field in KINDS[self.kind].fields}
        return tuple(name for name in self.columns if name not in known)

    @property
    def indicators(self) -> tuple[str, ...]:
        """Those of them that are numbers."""
        return tuple(name for name in self.open_columns if self.columns[name].is_number)

    @property
    def dated_by(self) -> str | None:
        """The column that tells which period a row is for, where its kind has one; a list has it where the notice names it."""
        found = next((field.name for field in KINDS[self.kind].fields if field.type == "date"), None)
        return found if self.kind != "list" or found in self.columns else None

    @property
    def figures(self) -> dict[str, tuple[str, NumberKind]]:
        """What is brought together of its rows, by code: name and kind of number. Of a list, how many rows it has comes first."""
        counted = {ITEMS: ("条数", NumberKind(unit="条"))} if self.kind == "list" else {}
        own = {name: (self.columns[name].headers[0], self.number(name)) for name in self.indicators}
        return counted | own


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
        description="哪种决定只有哪个角色以上的人能作：accept 准予计入、withdraw 撤回、waive 免报；不写则能触发流程的人都能",
    )
    far_off: FarOff = Field(default=FarOff(), description="数大到多少要提醒数据人员核对；不退回")
    bulletins: Bulletins = Field(default=Bulletins(), description="通报：怎么称呼、什么时候出")
    remind: Remind | None = Field(
        default=None, description="给单位的信（催报、回执、退回，一天至多一封）：什么时候发；不写则都不发"
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
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
    """Units that joined or left while the notice ran."""
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

    def is_owed_by(self, recipient: Recipient, period: Period) -> bool:
        """Whether a unit belongs to the notice when a period ends, or on the due day of what is owed once."""
        day = period.last_day or self.local(period.due_at).date()
        return is_member(self.units_changes, recipient.code, day)

    def window(self, deliverable: str) -> tuple[date, date] | None:
        """First and last day that a dated row of this deliverable may carry; None where it has no periods."""
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
