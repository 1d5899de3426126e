"""What a cell of each column may hold, as a spreadsheet's own validation, and the hint that stands beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipelines.notice.checks import Check
from pipelines.notice.column import Column
from pipelines.notice.deliverable import Deliverable
from pipelines.notice.model import Notice, Recipient
from pipelines.notice.numbers import say_asked, say_range
from pipelines.templates.examples import counties, date_limits, example_value, say

LONGEST_TEXT = 200
LARGEST = 10**12
MESSAGE = 255
"""Spreadsheets cut an input hint off here."""

Validation = Callable[[str], dict[str, Any]]
"""From the address of the column's first cell to XlsxWriter's options; '' of a drop-down stands for its list."""

_URL = (
    'AND(OR(AND(LEFT(LOWER({0}),7)="http://",ISERROR(FIND(MID({0},8,1),"/?#@:"))),'
    'AND(LEFT(LOWER({0}),8)="https://",ISERROR(FIND(MID({0},9,1),"/?#@:")))),LEN({0})>10,ISERROR(FIND(" ",{0})))'
)
_PHONE = (
    'IF(LEFT({0})="1",AND(LEN({0})=11,TEXT(VALUE({0}),"0")={0}&"",VALUE({0})>=13000000000),'
    'AND(LEFT({0})="0",ABS(FIND("-",{0})-4.5)=0.5,ABS(LEN({0})-FIND("-",{0})-7.5)=0.5,'
    'ISNUMBER(VALUE("1"&SUBSTITUTE({0},"-","",1)))))'
)
_EMAIL = (
    'AND(LEN({0})-LEN(SUBSTITUTE({0},"@",""))=1,FIND("@",{0})>1,FIND(".",{0},FIND("@",{0}))>FIND("@",{0})+1,'
    'RIGHT({0})<>".",ISERROR(FIND(" ",{0})),ISERROR(FIND(",",{0})),ISERROR(FIND("..",{0})))'
)
_COUNT_OR_NONE = 'IF(ISNUMBER({0}),AND({0}>=0,{0}<={largest},{0}=INT({0})),{0}="{none}")'
_FORMULAS = {"contact_phone": _PHONE, "contact_email": _EMAIL}


@dataclass(frozen=True)
class ColumnRule:
    """One column of a template: its header, how it is checked, what people are told, a value that passes."""

    name: str
    header: str
    required: bool
    kind: str
    words: tuple[str, ...]
    """Of a drop-down; empty where there is none."""
    validation: Validation
    hint: str
    example: Any


def column_rules(notice: Notice, deliverable: str, recipient: Recipient) -> list[ColumnRule]:
    """The columns of a deliverable's template in the notice's order."""
    return [
        _rule(notice, deliverable, column, recipient) for column in notice.deliverables[deliverable].columns
    ]


def _rule(notice: Notice, deliverable: str, column: str, recipient: Recipient) -> ColumnRule:
    item = notice.deliverables[deliverable]
    definition, kind = item.columns[column], item.field(column).type
    words = _words(notice, deliverable, column, recipient)
    example = example_value(notice, deliverable, column, recipient)
    validation: Validation
    if words:
        validation, hint = _choice, "从下拉列表里选一项。"
    elif kind == "date":
        validation, hint = _day(notice, deliverable)
    elif kind == "moment":
        validation, hint = _text(LONGEST_TEXT), "写到几时几分。"
    elif kind == "count" and not item.is_count(column):
        validation, hint = _number(notice, definition)
    elif kind == "count":
        validation, hint = _count(notice, is_required=definition.required)
    elif kind == "url":
        validation, hint = _formula(_URL), "以 http:// 或 https:// 开头的完整网址。"
    elif told := contact_field(item, column):
        validation, hint = _formula(_FORMULAS[told]), _CONTACT_HINTS[told]
    else:
        longest = definition.max_length or LONGEST_TEXT
        validation, hint = _text(longest), f"不超过 {longest} 字。"
        hint += "写法照示例。" if definition.pattern else ""
    if item.kind == "materials" and column == "title":
        hint += f"当日没有活动的，填“{notice.words.zero_report[0]}”，只填日期和这一格。"
    hint += "".join(_compared(item, one) for one in item.checks if one.left == column)
    if item.zero_report and column == next(iter(item.identity or item.indicators), None):
        hint += zero_hint(notice, item)
    hint = ("必填。" if definition.required else "选填，没有可空着。") + hint
    if example != "":
        hint += f"例：{say(example)}"
    return ColumnRule(
        column,
        definition.headers[0],
        definition.required,
        kind if item.number(column).type == "count" else "number",
        words,
        validation,
        hint[:MESSAGE],
        example,
    )


_CONTACT_HINTS = {
    "contact_phone": "11 位手机号，或带区号的座机号（区号和号码之间写 -）。",
    "contact_email": "完整的邮箱地址。",
}


def _compared(item: Deliverable, check: Check) -> str:
    """应不大于“隐患数”。 or 应不小于上一期的“累计数”。"""
    return (
        f"应{check.said}{'上一期的' if check.last_period else ''}“{item.columns[check.right].headers[0]}”。"
    )


def zero_hint(notice: Notice, item: Deliverable) -> str:
    """How a unit says that there was nothing."""
    word = notice.words.zero_report[0]
    if item.kind == "list":
        return f"本期没有的，只在一行里填“{word}”。"
    return f"本期没有情况的，填“{word}”，其余的数可空着。"


def contact_field(item: Deliverable, column: str) -> str | None:
    """Which of a plan's contacts a column is like: a telephone number or a mail address; None where it is neither."""
    if column in item.open_columns:
        return {"phone": "contact_phone", "email": "contact_email"}.get(item.columns[column].type)
    return column if column in _FORMULAS else None


def _words(notice: Notice, deliverable: str, column: str, recipient: Recipient) -> tuple[str, ...]:
    item = notice.deliverables[deliverable]
    if name := item.columns[column].list:
        return tuple(notice.lists[name].values())
    if column in item.open_columns and item.columns[column].type == "yes_no":
        return notice.words.yes[0], notice.words.no[0]
    if column == "county":
        return tuple(counties(notice, recipient))
    return (recipient.name,) if column == "unit_name" else ()


def _choice(cell: str) -> dict[str, Any]:
    return {"validate": "list", "source": ""}


def _text(longest: int) -> Validation:
    length = {"validate": "length", "criteria": "between", "minimum": 1, "maximum": longest}
    return lambda cell: dict(length)


def _day(notice: Notice, deliverable: str) -> tuple[Validation, str]:
    first, last = date_limits(notice, deliverable)
    options = {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
    return lambda cell: dict(options), f"{first} 至 {last} 之间的一天。"


def _count(notice: Notice, *, is_required: bool) -> tuple[Validation, str]:
    if not is_required:
        whole = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": LARGEST}
        return lambda cell: dict(whole), "不小于 0 的整数，不写单位。"
    none = notice.words.not_applicable[0]
    formula = _COUNT_OR_NONE.replace("{none}", none).replace("{largest}", str(LARGEST))
    return _formula(formula), f"不小于 0 的整数，不写单位；没有的填 0，不适用的填 {none}。"


def _number(notice: Notice, definition: Column) -> tuple[Validation, str]:
    """A number between the column's limits; text too, for it may carry a unit (12.5%, 3万元) and is read all the same."""
    number, (low, high) = definition.number, definition.limits
    none = notice.words.not_applicable[0]
    least, most = (-LARGEST if low is None else low), (LARGEST if high is None else high)
    hint = f"填{say_asked(number)}。"
    if (low, high) != (None, None):
        hint += f"应{say_range(low, high, number)}。"
    if definition.required:
        hint += f"没有的填 0，不适用的填 {none}。"
    return _formula(f"IF(ISNUMBER({{0}}),AND({{0}}>={least},{{0}}<={most}),LEN({{0}})>0)"), hint


def _formula(formula: str) -> Validation:
    return lambda cell: {"validate": "custom", "value": "=" + formula.replace("{0}", cell)}
