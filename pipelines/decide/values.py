"""Values that a person gives for a field, checked by what the notice says of it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from pipelines.notice.deliverable import Deliverable
from pipelines.notice.model import Notice
from pipelines.notice.numbers import NumberKind


def read_values(
    notice: Notice, item: Deliverable, given: Mapping[str, str], counties: Iterable[str]
) -> tuple[dict[str, object], list[str]]:
    """The values by field, which is named by its code or by a header, and a sentence for each that cannot stand."""
    values: dict[str, object] = {}
    wrong: list[str] = []
    for word, text in given.items():
        name = _field_of(item, word)
        try:
            if name in values:
                raise ValueError(f"“{call(item, name)}”写了两次")
            values[name] = _read(notice, item, name, text.strip(), counties)
        except ValueError as error:
            wrong.append(str(error))
    return values, wrong


def call(item: Deliverable, name: str) -> str:
    """A field by the header that the notice lists first."""
    column = item.columns.get(name)
    return column.headers[0] if column else name


def _field_of(item: Deliverable, word: str) -> str:
    if word in item.columns:
        return word
    return next((name for name, column in item.columns.items() if word in column.headers), word)


def _read(notice: Notice, item: Deliverable, name: str, text: str, counties: Iterable[str]) -> object:
    if name not in item.columns and name != "period_date":
        known = "、".join(call(item, one) for one in item.columns)
        raise ValueError(f"“{item.name}”没有 {name} 这一列；可用：{known}")
    field, column, called = item.field(name), item.columns.get(name), call(item, name)
    if not text:
        raise ValueError(f"“{called}”的值是空的")
    if field.type == "date":
        return _read_day(called, text)
    if field.type == "moment":
        return _read_when(called, text, notice)
    if field.type == "count" and not item.is_count(name):
        return _read_amount(called, item.number(name), text)
    if field.type == "count":
        if not text.isascii() or not text.isdigit():
            raise ValueError(f"“{called}”应写不小于 0 的整数，写的是“{text}”")
        return int(text)
    if column and column.type == "yes_no" and text not in (notice.words.yes[0], notice.words.no[0]):
        raise ValueError(f"“{called}”只能写：{notice.words.yes[0]}、{notice.words.no[0]}")
    if column and column.max_length and len(text) > column.max_length:
        raise ValueError(f"“{called}”不超过 {column.max_length} 字，写了 {len(text)} 字")
    if column and column.pattern and not re.fullmatch(column.pattern, text):
        raise ValueError(f"“{called}”不合规定的写法，写的是“{text}”")
    if column and column.list and text not in notice.lists[column.list].values():
        raise ValueError(f"“{called}”只能写：{'、'.join(notice.lists[column.list].values())}")
    if name == "county" and text not in counties:
        raise ValueError(f"“{text}”不是这个单位所在市的县（市、区）")
    if field.type == "url" and not text.startswith(("http://", "https://")):
        raise ValueError(f"“{called}”应从 http:// 或 https:// 写全")
    return text


def _read_amount(called: str, kind: NumberKind, text: str) -> int:
    """As it is kept; the unit is the notice's."""
    plain = text.removesuffix("%") if kind.type == "percent" else text
    try:
        return kind.keep(Decimal(plain))
    except ArithmeticError:
        unit = f"，单位是{kind.unit}" if kind.unit else ""
        raise ValueError(f"“{called}”应写一个数，如 12.5{unit}；写的是“{text}”") from None


def _read_day(called: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"“{called}”应按“年-月-日”写，月、日各两位，写的是“{text}”") from None


def _read_when(called: str, text: str, notice: Notice) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo or len(text) <= len(notice.opens.isoformat()):
        raise ValueError(f"“{called}”应写日期和时刻，如 {notice.opens}T14:30，写的是“{text}”")
    return found.strftime("%Y-%m-%d %H:%M")
