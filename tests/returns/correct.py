"""Corrects a returned workbook by nothing but the marks in it: what a unit's clerk does with the sheet of remarks."""

import io
from pathlib import Path

import openpyxl

PINK = "FFFFC7CE"
SHEET = "退回意见"


def read_lines(content: bytes) -> list[dict[str, object]]:
    """The lines of the added sheet that name a cell, by its headers."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))[SHEET]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if row[2]] if rows else []


def correct(source: Path, target: Path) -> int:
    """Puts the example of a right value into each marked cell; returns how many cells were marked."""
    lines = read_lines(source.read_bytes())
    book = openpyxl.load_workbook(source)
    for line in lines:
        cell = book[str(line["工作表"])][str(line["单元格"])]
        assert cell.fill.start_color.rgb == PINK
        assert str(line["怎么改"]) in cell.comment.text
        cell.value = line["正确写法示例"]
    book.save(target)
    return len(lines)
