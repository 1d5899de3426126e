"""Whether a notice's columns can be told apart, by people and by the reader."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import combinations

from pipelines.notice.check_columns import check_checks, check_codes
from pipelines.notice.deliverable import ITEMS, Deliverable
from pipelines.notice.files import OPEN, YamlFile
from pipelines.notice.kinds import KINDS, OCCURRED
from pipelines.notice.model import Notice
from pipelines.notice.number_columns import check_numbers

_UNIT_IN_BRACKETS = re.compile(r"\([^()]*\)$")
_SPACES = re.compile(r"\s+")


def check_columns(notice: Notice, file: YamlFile) -> Iterator[str]:
    """Problems of single deliverables, then of pairs that look alike."""
    for name, item in notice.deliverables.items():
        yield from _check_kind(name, item, file)
        yield from check_codes(name, item, file)
        yield from _check_headers(name, item, file)
        yield from _check_lists(notice, name, item, file)
        yield from _check_comparisons(notice, name, item, file)
        yield from check_numbers(name, item, file)
        yield from check_checks(name, item, file)
    yield from _check_words(notice, file)
    yield from _check_pairs(notice, file)
    for name, words in notice.lists.items():
        seen: dict[str, str] = {}
        for code, word in words.items():
            if (other := seen.setdefault(word, code)) != code:
                yield f"{file.at('lists', name, code)}：“{word}”与 {other} 相同；清单里每个词只写一次"


def _check_kind(name: str, item: Deliverable, file: YamlFile) -> Iterator[str]:
    kind, place = KINDS[item.kind], ("deliverables", name)
    known = [field.name for field in kind.fields]
    if not kind.is_table:
        if item.columns:
            yield f"{file.at(*place, 'columns')}：{item.kind} 是文档，没有列；请删去 columns"
        return
    if not any(column.required for column in item.columns.values()):
        yield f"{file.at(*place, 'columns')}：没有一列 required: true，认不出表头；请至少写一列必填"
    for column in item.columns if not kind.open_fields else ():
        if column not in known:
            yield f"{file.at(*place, 'columns', column)}：{item.kind} 没有 {column} 这一列；可用：{'、'.join(known)}"
    yield from _check_moment(name, item, file)
    dated = item.dated_by
    if item.kind == "list":
        yield from _check_identity(name, item, file)
    if (
        dated
        and item.periods.every not in ("once", "event")
        and not (dated in item.columns and item.columns[dated].required)
    ):
        yield (
            f"{file.at(*place, 'columns', dated)}：分期报送，而没有必填的 {dated} 列；"
            "请加上（写本期内的一天），否则不知道一行是哪一期的"
        )


def _check_moment(name: str, item: Deliverable, file: YamlFile) -> Iterator[str]:
    """What is reported as it happens says when it happened, and nothing else does."""
    place = ("deliverables", name, "columns")
    told = item.columns.get(OCCURRED)
    if item.within is None:
        if told and KINDS[item.kind].tells_when:
            yield f"{file.at(*place, OCCURRED)}：只有遇事才报的（every: event）才写这一列；请删去，或改 periods"
        return
    if told is None or not told.required:
        yield (
            f"{file.at(*place, OCCURRED)}：遇事才报，而没有必填的 {OCCURRED} 列；请加上（写发生的日期和时刻），"
            "否则不知道是否按时"
        )
    if "period_date" in item.columns:
        yield f"{file.at(*place, 'period_date')}：遇事才报的没有期；请删去 period_date，何时发生写在 {OCCURRED} 列"


def _check_identity(name: str, item: Deliverable, file: YamlFile) -> Iterator[str]:
    """What tells a list's rows apart is there in each of them."""
    place = ("deliverables", name)
    for index, column in enumerate(item.identity):
        if column not in item.open_columns:
            yield f"{file.at(*place, 'identity', index)}：这张清单没有 {column} 这一列；可用：{'、'.join(item.open_columns)}"
        elif column in item.identity[:index]:
            yield f"{file.at(*place, 'identity', index)}：{column} 写了两次；请删去一处"
        elif not item.columns[column].required:
            yield (
                f"{file.at(*place, 'identity', index)}：{column} 不是必填的，空着就认不出是哪一条；"
                "请给它写 required: true"
            )
    if ITEMS in item.columns:
        yield f"{file.at(*place, 'columns', ITEMS)}：{ITEMS} 是条数的代码；请换一个列名"


def _check_headers(name: str, item: Deliverable, file: YamlFile) -> Iterator[str]:
    seen: dict[str, str] = {}
    for column, definition in item.columns.items():
        for index, header in enumerate(definition.headers):
            if (other := seen.setdefault(plain_header(header), column)) != column:
                place = file.at("deliverables", name, "columns", column, "headers", index)
                yield f"{place}：表头“{header}”{other} 列也有；一个表头只能是一列，请删去一处"
    for index, header in enumerate(item.ignored_headers):
        if plain_header(header) in seen:
            place = file.at("deliverables", name, "ignored_headers", index)
            yield f"{place}：“{header}”是 {seen[plain_header(header)]} 列的表头；请删去一处"


def _check_lists(notice: Notice, name: str, item: Deliverable, file: YamlFile) -> Iterator[str]:
    for column, definition in item.columns.items():
        if definition.list and definition.list not in notice.lists:
            place = file.at("deliverables", name, "columns", column, "list")
            yield f"{place}：lists 里没有 {definition.list}；可用：{'、'.join(notice.lists) or '（无）'}"


def _check_comparisons(notice: Notice, name: str, item: Deliverable, file: YamlFile) -> Iterator[str]:
    has_daily = any(one.kind == "materials" for one in notice.deliverables.values())
    for column, definition in item.columns.items():
        place = file.at("deliverables", name, "columns", column, "compares_with")
        if definition.compares_with and (column not in item.indicators or item.kind != "statistics"):
            yield f"{place}：{column} 不是统计表的指标，没有数可对照；请删去 compares_with"
        elif definition.compares_with and not has_daily:
            yield f"{place}：没有 materials 事项，没有每日材料可对照；请删去 compares_with"


def _check_words(notice: Notice, file: YamlFile) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name, item in notice.deliverables.items():
        for index, word in enumerate(item.file_words):
            if (other := seen.setdefault(word, name)) != name:
                place = file.at("deliverables", name, "file_words", index)
                yield f"{place}：“{word}”也是 {other} 的；文件名要能看出是哪一项，请换一个词"


def _check_pairs(notice: Notice, file: YamlFile) -> Iterator[str]:
    """Two tables each of which has all required columns of the other cannot be told apart by their headers."""
    tables = [(name, item) for name, item in notice.deliverables.items() if KINDS[item.kind].is_table]
    for (first, one), (second, other) in combinations(tables, 2):
        if _has_required(one, other) and _has_required(other, one):
            yield (
                f"{file.at('deliverables', second, 'columns')}：必填的表头与 {first} 的一样，认不出是哪一张表；"
                "请至少让一个必填列的表头不同"
            )


def _has_required(one: Deliverable, other: Deliverable) -> bool:
    """Whether each required column of `other` shares a header with `one`; what is still to be answered shares none."""
    have = {plain_header(header) for column in one.columns.values() for header in column.headers} - {OPEN}
    needed = [column for column in other.columns.values() if column.required]
    return bool(needed) and all(
        have & {plain_header(header) for header in column.headers} for column in needed
    )


def plain_header(header: str) -> str:
    """A header as the reader compares it: NFKC, without white space and a trailing bracketed unit."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", header))
    return _UNIT_IN_BRACKETS.sub("", plain) or plain
