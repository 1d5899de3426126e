"""A column of a deliverable as notice.yaml describes it: its headers, and what its cells may hold."""

import re
from decimal import Decimal
from math import ceil, floor
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema

from pipelines.notice.fields import Code, Frozen, Word, Words, refuse
from pipelines.notice.kinds import FieldType
from pipelines.notice.numbers import Aggregate, Number, NumberKind, NumberType, Percent

TextType = Literal["text", "date", "choice", "yes_no", "phone", "email", "url"]
"""What a column of the notice's own may hold besides numbers."""
ColumnType = Literal[NumberType, TextType]
PERSONAL_TYPES = ("phone", "email")
_READ_AS: dict[str, FieldType] = {
    "text": "text",
    "date": "date",
    "choice": "word",
    "yes_no": "word",
    "phone": "contact",
    "email": "contact",
    "url": "url",
}


def _pattern(value: Any) -> str:
    try:
        re.compile(str(value))
    except re.error as error:
        raise refuse(f"写成了 {value!r}，不是正则表达式（{error}）；请改正") from None
    return str(value)


Pattern = Annotated[str, BeforeValidator(_pattern), WithJsonSchema({"type": "string"})]


class Column(Frozen):
    """A column of a deliverable."""

    headers: Words = Field(description="各单位实际会写的表头，第一个是正式的")
    required: bool = Field(default=False, description="是否必填")
    list: Code | None = Field(default=None, description="只能填 lists 里这张清单上的词")
    example: Word | None = Field(
        default=None, description="模板里给各单位看的填写示例；不写的用与哪一行业都无关的说法"
    )
    unit: Word | None = Field(
        default=None, description="只用于统计表的指标：数的单位，如 场、所、人次、万元；通报里写在数后面"
    )
    compares_with: Literal["events", "materials", "participants", "online_views"] | None = Field(
        default=None,
        description="只用于统计表的指标：与本单位每日材料的哪个数对照，少于它就提醒（不退回）；对照同一个数的几项先相加",
    )
    type: ColumnType = Field(
        default="count",
        description="只用于数字表和清单自定的列：count 整数（不小于 0；min 写成负数的可以是负数）、decimal 小数、percent 百分数、money 金额；text 文字、date 日期、"
        "choice 选项（写 list）、yes_no 是或否、phone 电话、email 邮箱、url 网址",
    )
    max_length: int | None = Field(
        default=None, ge=1, le=10_000, description="只用于 text：最多多少字，超出的退回"
    )
    pattern: Pattern | None = Field(
        default=None, description="只用于 text：整格要符合的正则表达式，如 [A-Z]{2}-[0-9]{4}；不符的退回"
    )
    personal: bool = Field(
        default=False, description="只用于 text：true 表示是个人信息，不进公开的数据；电话和邮箱不用写"
    )
    decimals: int | None = Field(
        default=None,
        ge=0,
        le=4,
        description="decimal、percent 记到几位小数，不写的是 2；percent 按百分数数（12.50%）；金额都记到分",
    )
    scale: Percent | None = Field(
        default=None,
        description="只用于 percent：没写 % 的数怎么读；100（不写时）表示填 12.5 就是 12.5%，1 表示填 0.125 才是 12.5%",
    )
    min: Number | None = Field(
        default=None, description="只用于统计表的指标：最小是多少（金额按 unit 的单位）；小于它的退回"
    )
    max: Number | None = Field(
        default=None,
        description="只用于统计表的指标：最大是多少；大于它的退回。percent 不写的是 0 至 100，金额不写的不小于 0",
    )
    aggregate: Aggregate | None = Field(
        default=None,
        description="只用于统计表的指标：各单位的数怎么汇总。sum 相加、mean 平均、weighted 按 weight 列加权平均、min 最小、max 最大、last 最后报来的、"
        "none 不汇总；不写的，整数和金额相加，其余不汇总",
    )
    weight: Code | None = Field(default=None, description="aggregate: weighted 时，按哪一列加权")

    @property
    def number(self) -> NumberKind:
        """How the column's numbers are kept, written and brought together; of what is no number, as of whole ones."""
        if not self.is_number:
            return NumberKind()
        if self.is_count_below_zero:
            return NumberKind("decimal", 0, self.unit or "", aggregate=self.aggregate or "sum", is_whole=True)
        decimals = 2 if self.decimals is None else self.decimals
        return NumberKind.of(cast(NumberType, self.type), decimals, self.unit, self.scale, self.aggregate)

    @property
    def is_count_below_zero(self) -> bool:
        """Whether whole numbers may be negative: those of a change, such as 比上期增减."""
        return self.type == "count" and self.min is not None and self.min < 0

    @property
    def is_number(self) -> bool:
        return self.type in get_args(NumberType)

    @property
    def read_as(self) -> FieldType:
        """How a cell of a column of the notice's own is read."""
        return _READ_AS.get(self.type, "count")

    @property
    def is_personal(self) -> bool:
        """Whether what it holds is kept out of what is published."""
        return self.personal or self.type in PERSONAL_TYPES

    @property
    def limits(self) -> tuple[Decimal | None, Decimal | None]:
        """The least and the most that it may be, in the notice's unit: of percentages 0 and 100, of money 0, unless it says."""
        low, high = self.min, self.max
        if low is None and self.type in ("percent", "money"):
            low = Decimal(0)
        if high is None and self.type == "percent":
            high = Decimal(100)
        return low, high

    def nearest_whole(self, value: int) -> int:
        """The whole number nearest to `value` that the limits allow."""
        low, high = self.limits
        value = value if low is None else max(value, ceil(low))
        return value if high is None else min(value, floor(high))
