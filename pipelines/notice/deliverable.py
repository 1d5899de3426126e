"""A thing that must be sent: what notice.yaml says of one deliverable. Unknown keys are refused."""

from datetime import timedelta
from typing import Literal

from pydantic import Field, model_validator

from pipelines.notice.attachments import Attachments
from pipelines.notice.checks import Check
from pipelines.notice.column import Column
from pipelines.notice.fields import Code, Frozen, Word, Words, refuse
from pipelines.notice.kinds import KINDS, OCCURRED
from pipelines.notice.kinds import Field as KindField
from pipelines.notice.nominations import Nominations
from pipelines.notice.numbers import NumberKind
from pipelines.notice.periods import OnEvent, Schedule

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
        description="once 一次、day 每天、week 每周、month 每月、quarter 每季、half-year 每半年、year 每年、date 指定的几天，各写截止时刻；event 遇事才报，写 within"
    )
    columns: dict[Code, Column] = Field(default={}, description="各列；statistics、list 的列自定")
    identity: tuple[Code, ...] = Field(
        default=(),
        json_schema_extra={"minItems": 1},
        description="只用于 list：哪几列合起来认得出是哪一条，如 [name, id]；都要是必填的列",
    )
    ignored_headers: tuple[Word, ...] = Field(default=(), description="认得但不要的列，如备注")

    attachments: Attachments | None = Field(
        default=None,
        description="每期至少要附几个附件，如 {at_least: 5, of: [picture, video]}；不足的记为附件不齐，不退回",
    )

    line: Code | None = Field(
        default=None, description="这一项报给谁，与本单位的条线不同时写；写 lines 里的代码，写进表样和催报信"
    )
    channels: tuple[Word, ...] = Field(
        default=(), description="这一项规定的报送方式，如 某某平台、邮箱 jiance@example.cn；写进表样和催报信"
    )
    sources: tuple[Code, ...] = Field(
        default=(),
        json_schema_extra={"minItems": 1},
        description="channels 就是 sources 里的哪几个来源（写 id，人代登记的写 by_hand）；经别的来源报来的照收，并注明",
    )
    max_length: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="只用于文档：不超过多少字；写进催报信和检查结果，不据此退回",
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
        description='同一行里两个指标的大小，如 {left: 整改数的代码, is: "<=", right: 发现数的代码}；'
        "与上一期比的加 last_period: true, severity: note",
    )

    nominations: Nominations | None = Field(
        default=None,
        description="只用于 list：这张清单是评选、投票的推荐名单，如 {at_most: 3, each: city, vote: https://…}；超过名额的提醒，不退回",
    )

    @model_validator(mode="after")
    def _asks_of_statistics(self) -> "Deliverable":
        is_open = KINDS[self.kind].open_fields
        if self.zero_report and not is_open:
            also = "materials 不写也收零报告；" if self.kind == "materials" else ""
            raise refuse(f"写在了 {self.kind} 上；{also}只有 statistics 和 list 写，请删去", "zero_report")
        if self.checks and not is_open:
            raise refuse(f"写在了 {self.kind} 上；只有 statistics 和 list 的数可以比，请删去", "checks")
        if self.max_length and KINDS[self.kind].is_table:
            raise refuse(f"写在了 {self.kind} 上；表的字数写在列上，请移到那一列", "max_length")
        if self.sources and not self.channels:
            raise refuse("写了 sources，没有写 channels；请补上单位看得懂的报送方式", "sources")
        if self.identity and self.kind != "list":
            raise refuse(f"写在了 {self.kind} 上；只有 list 写，请删去", "identity")
        if self.nominations and self.kind != "list":
            raise refuse(f"写在了 {self.kind} 上；只有 list 写，请删去", "nominations")
        if self.kind == "list" and not self.identity:
            raise refuse("缺少必填的键 identity；请补上认得出是哪一条的列，如 [name]")
        return self

    @model_validator(mode="after")
    def _of_events(self) -> "Deliverable":
        if self.periods.every != "event":
            return self
        if not KINDS[self.kind].tells_when:
            able = "、".join(name for name, kind in KINDS.items() if kind.tells_when)
            raise refuse(
                f"{self.kind} 的行里没有写何时发生，看不出是否按时；请改用 {able}，写上 {OCCURRED} 列",
                *("periods", "every"),
            )
        if self.kind == "list" and self.zero_report:
            raise refuse("遇事才报的清单没有事就不报；请删去 zero_report", "zero_report")
        if self.optional:
            raise refuse("遇事才报的本来就不预先欠；请删去 optional，把 open_to 改为 owed_by", "optional")
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

    def is_plain_number(self, name: str) -> bool:
        """Whether a column's numbers are neither money nor percentages, which have units of their own."""
        return self.field(name).type == "count" and self.number(name).type in ("count", "decimal")

    def number(self, name: str) -> NumberKind:
        """How a column's numbers are kept; as whole ones where it is no indicator."""
        column = self.columns.get(name)
        return column.number if column else NumberKind()

    def rank(self, name: str) -> int:
        """How many columns one after the other it has to be greater than, by the notice's comparisons; 0 in a circle of them."""

        def below(column: str, seen: frozenset[str]) -> int:
            less = {one.pair[1] for one in self.row_checks if one.pair[0] == column}
            return max((1 + below(one, seen | {one}) for one in less - seen), default=0)

        return below(name, frozenset({name}))

    @property
    def row_checks(self) -> tuple[Check, ...]:
        """Those comparisons that one row is judged by."""
        return tuple(one for one in self.checks if not one.last_period)

    @property
    def is_undated(self) -> bool:
        """Whether it is owed period by period and its rows have no date: a submission as a whole is for one period."""
        return self.periods.every not in ("once", "event") and self.dated_by is None

    @property
    def within(self) -> timedelta | None:
        """How long after an event its report is due; None of what is owed by periods."""
        return self.periods.within if isinstance(self.periods, OnEvent) else None

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
