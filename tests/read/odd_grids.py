"""Grids as no office program, and no sane one, would fill them: what a file may yet hold once it is open."""

import datetime as dt
import math
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pipelines.read.grid import Block, Content, Marks, Sheet, Span

EAST = dt.timezone(dt.timedelta(hours=8))
TEXTS = [
    "", " ", "\t", "\n", "\0", "\x1b[31m", "\u200b", "\ufeff", "\ud800", "甲\udfff", "\U0010ffff", "\ufffe", "e" + "\u0301" * 50,
    "同上", "〃", "合计", "合计：", "零报告", "无", "/", "-", "示例", "备注：", "填表人：", "填报单位：", "全市", "其中", "单位：万人次",
    "[", "http://[", "http://[::1", "http://]/", "https://a:b@[v1.x]:99999/", "//", "http://\ud800", "http://甲.中国/[", "www.[.cn/",
    "http://x:99999999/", "http://\u2100.cn/", "http://xn--a.cn/", "=1+1", "＝ＳＵＭ（Ａ１）", "#REF!", "#N/A", "Err:502", "{", '{"a": 1', "%s%d", "$1",
    "１２３", "１２３４５６７８９０" * 40, "1" * 5000, "0" * 400, "-1", "+", "1e400", "1E9999", "NaN", "inf", "½", "①", "٣٤", "१२", "𝟙𝟚", "²",
    "1,2,3", "1,234,567.891", "一二三四五六七八九十" * 30, "万亿", "亿亿万", "九千亿亿", "约", "约约1多多万万人次", "3-5", "12.5%", "-0.0",
    "0001-01-01", "9999-12-31", "9999年12月31日", "10000-1-1", "1900-02-29", "2020-02-30", "0-0-0", "二〇二〇年十三月四十日", "11.9", "11月", "9日",
    "2020-11-09T00:00:00+99:99", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "24:00", "2020/11/9 25:61:61", "星期八",
    "20201109", "20201109" * 9, "44144", "44144.99999999", "2020-11-8至11-14", "8日上午12点", "13800138000", "1380013800" * 99, "0531-", "a@b", "@", "a@[",
    "．", "。" * 999, "x" * 70000, "甲" * 33000, "(" * 3000, "（" * 3000 + "）" * 3000, "\\", "'", '"', "\"\"\"", "<b>", "&amp;", "&#xD800;", "a\r\nb\rc",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, -0.0, 1, -1, 0.1, 1e-320, 1e15, 1e16, 1e308, -1e308, math.nan, math.inf, -math.inf, 10**30, -(10**400), 1 << 63, (1 << 31) - 1,
    44144, 44144.5, 44144.999999, 0.0, 59.0, 60, 60.5, 61.0, 2958465.0, 2958465.99999999, 2958466.0, -1.5, 1e12, 1e12 + 0.5,
    dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(1899, 12, 30), dt.date(1900, 3, 1), dt.date(2020, 11, 9),
    dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 999999), dt.datetime(2020, 11, 9, 23, 59, 59, 999999),
    dt.datetime(1, 1, 1, tzinfo=EAST), dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.timezone(-dt.timedelta(hours=23))),
    dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=23))), dt.datetime(2020, 11, 9, tzinfo=dt.UTC),
    dt.time(), dt.time(23, 59, 59, 999999), dt.time(8, tzinfo=EAST), dt.timedelta.max, dt.timedelta.min, dt.timedelta(0), dt.timedelta(days=44144),
]  # fmt: skip
Change = Callable[[random.Random, Sheet], Sheet]


def odd_cell(chance: random.Random) -> Any:
    return chance.choice(TEXTS if chance.random() < 0.5 else VALUES)


def odd_content(seed: int, content: Content) -> Content:
    """The content with a few things changed: always the same ones for a seed."""
    chance = random.Random(seed)
    sheets = list(content.sheets)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        if sheets:
            at = chance.randrange(len(sheets))
            sheets[at] = chance.choice(CHANGES)(chance, sheets[at])
    if sheets and chance.random() < 0.1:
        sheets.insert(chance.randrange(len(sheets) + 1), chance.choice(sheets))
    blocks = [*content.blocks]
    lines = [*content.lines]
    if chance.random() < 0.2:
        text = chance.choice(TEXTS)
        blocks.insert(chance.randrange(len(blocks) + 1), Block(text, chance.random() < 0.5))
        lines.insert(chance.randrange(len(lines) + 1), text)
    return replace(content, sheets=sheets, blocks=blocks, lines=lines)


def _copied(sheet: Sheet) -> list[list[Any]]:
    return [list(row) for row in sheet.rows]


def _a_place(chance: random.Random, rows: list[list[Any]]) -> tuple[int, int] | None:
    row = chance.randrange(len(rows)) if rows else 0
    return (row, chance.randrange(len(rows[row]))) if rows and rows[row] else None


def _cells(chance: random.Random, sheet: Sheet) -> Sheet:
    rows = _copied(sheet)
    for _ in range(chance.choice((1, 2, 5, 20))):
        if place := _a_place(chance, rows):
            rows[place[0]][place[1]] = odd_cell(chance)
    return replace(sheet, rows=rows)


def _column(chance: random.Random, sheet: Sheet) -> Sheet:
    rows, one = _copied(sheet), odd_cell(chance)
    at = chance.randrange(max(map(len, rows), default=0) or 1)
    is_one = chance.random() < 0.5
    start = chance.randrange(len(rows) + 1)
    for row in rows[start:]:
        if at < len(row):
            row[at] = one if is_one else odd_cell(chance)
    return replace(sheet, rows=rows)


def _row(chance: random.Random, sheet: Sheet) -> Sheet:
    rows = _copied(sheet)
    if rows:
        at = chance.randrange(len(rows))
        rows[at] = [odd_cell(chance) for _ in rows[at]]
    return replace(sheet, rows=rows)


def _rows_moved(chance: random.Random, sheet: Sheet) -> Sheet:
    """Some taken out, doubled, swapped; marks stay where they were."""
    rows = _copied(sheet)
    for _ in range(chance.choice((1, 2, 4))):
        at = chance.randrange(len(rows)) if rows else 0
        match chance.randrange(5) if rows else 0:
            case 0:
                rows.insert(at, [])
            case 1:
                del rows[at]
            case 2:
                rows.insert(at, list(rows[chance.randrange(len(rows))]))
            case 3:
                other = chance.randrange(len(rows))
                rows[at], rows[other] = rows[other], rows[at]
            case _:
                rows += _copied(replace(sheet, rows=rows[at:]))
    return _within(replace(sheet, rows=rows))


def _columns_moved(chance: random.Random, sheet: Sheet) -> Sheet:
    rows = _copied(sheet)
    at, how = chance.randrange(max(map(len, rows), default=0) or 1), chance.randrange(4)
    for row in rows:
        if how == 0:
            del row[at : at + 1]
        elif how == 1:
            row[at:at] = row[at : at + 1]
        elif how == 2:
            row[at:at] = [None]
        else:
            row.reverse()
    return _within(replace(sheet, rows=rows))


def _ragged(chance: random.Random, sheet: Sheet) -> Sheet:
    rows = _copied(sheet)
    for row in rows:
        if chance.random() < 0.4:
            del row[chance.randrange(len(row) + 1) :]
        elif chance.random() < 0.2:
            row += [odd_cell(chance) for _ in range(chance.choice((1, 3, 300)))]
    return _within(replace(sheet, rows=rows))


def _marked(chance: random.Random, sheet: Sheet) -> Sheet:
    """Marks where nobody would put them, as many as the grid has room for; each kind in the bounds that a canvas keeps."""
    rows = _copied(sheet)
    width = max(map(len, rows), default=0)
    if not width:
        return sheet

    def places() -> list[tuple[int, int]]:
        return [
            (chance.randrange(len(rows)), chance.randrange(width)) for _ in range(chance.choice((0, 1, 5)))
        ]

    def said() -> dict[tuple[int, int], str]:
        return {place: str(chance.choice(TEXTS)) for place in places()}

    spans = []
    for top, left in places():
        bottom, right = chance.randrange(top, len(rows)), chance.randrange(left, width)
        if (top, left) != (bottom, right):
            spans.append(Span(top, left, bottom, right))
    marks = Marks(tuple(spans), said(), said(), frozenset(places()), said(), said())
    return replace(sheet, marks=marks)


def _flags(chance: random.Random, sheet: Sheet) -> Sheet:
    return replace(
        sheet,
        name=chance.choice((sheet.name, "", "说明", "退回意见", "2020年11月9日", *TEXTS)),
        first_row=chance.choice((sheet.first_row, 1, 1048576)),
        first_column=chance.choice((sheet.first_column, 1, 16384)),
        is_typed=chance.random() < 0.5,
        is_delimited=chance.random() < 0.5,
        above=[*sheet.above, *(str(chance.choice(TEXTS)) for _ in range(chance.randrange(3)))],
    )


def _within(sheet: Sheet) -> Sheet:
    """Without marks outside the grid, which no canvas leaves."""
    bottom, right = len(sheet.rows), max(map(len, sheet.rows), default=0)

    def inside(marks: Any) -> dict[tuple[int, int], str]:
        return {place: said for place, said in marks.items() if place[0] < bottom and place[1] < right}

    marks = sheet.marks
    spans = tuple(one for one in marks.spans if one.bottom < bottom and one.right < right)
    struck = frozenset(one for one in marks.struck if one[0] < bottom and one[1] < right)
    kept = Marks(
        spans, inside(marks.errors), inside(marks.links), struck, inside(marks.left_out), inside(marks.scaled)
    )
    return replace(sheet, marks=kept)


CHANGES: list[Change] = [
    _cells, _cells, _cells, _column, _column, _row, _rows_moved, _columns_moved, _ragged, _marked, _flags,
]  # fmt: skip
