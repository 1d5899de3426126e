"""Corrects a returned workbook by nothing but the marks in it: what a unit's clerk does with the sheet of remarks."""

import io
from pathlib import Path

import openpyxl

from pipelines.returns.mark import CLEAR, DELETE, KEEP_ONE, REFILL

PINK = "FFFFC7CE"
SHEET = "退回意见"


def read_lines(content: bytes) -> list[dict[str, object]]:
    """The lines of the added sheet that name a cell, by its headers."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))[SHEET]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if row[2]] if rows else []


def correct(source: Path, target: Path) -> int:
    """Does in each marked cell what stands beside it; returns how many there were.

    A right value goes into the cell; a row that is not the unit's own, or has slipped, is deleted, and of repeated ones all but
    the first."""
    lines = read_lines(source.read_bytes())
    book = openpyxl.load_workbook(source, rich_text=True)
    gone: dict[str, set[int]] = {}
    kept: set[str] = set()
    for line in lines:
        name, example = str(line["工作表"]), line["正确写法示例"]
        cell = book[name][str(line["单元格"])]
        assert cell.fill.start_color.rgb == PINK
        assert str(line["怎么改"]) in cell.comment.text
        if example in (DELETE, REFILL) or (example == KEEP_ONE and name in kept):
            gone.setdefault(name, set()).add(cell.row)
        elif example == KEEP_ONE:
            kept.add(name)
        else:
            cell.value = None if example == CLEAR else example
    for name, rows in gone.items():
        for row in sorted(rows, reverse=True):
            book[name].delete_rows(row)
    book.save(target)
    return len(lines)
