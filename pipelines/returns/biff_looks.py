"""The looks of an old binary workbook (xls, et) put onto its copy: fonts, fills, borders, alignment, number formats, widths."""

import struct
from functools import cache
from typing import Any

import xlrd
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from xlrd.compdoc import CompDocError

_HORIZONTAL = (None, "left", "center", "right", "fill", "justify", "centerContinuous", "distributed")
_VERTICAL = ("top", "center", "bottom", "justify", "distributed")
_SIDES = (None, "thin", "medium", "dashed", "dotted", "thick", "double", "hair", "mediumDashed", "dashDot")
_SOLID = 1
_BIFF8 = 80
_STRICT = (
    xlrd.XLRDError, CompDocError, struct.error, ArithmeticError, AssertionError, AttributeError, LookupError,
    NotImplementedError, TypeError, ValueError,
)  # fmt: skip
"""What xlrd raises on files that it was not made for, and openpyxl on looks that no xlsx has."""
_CELLS = 200_000
"""More formatted cells than these are not looked at: content goes before looks."""


def copy_looks(content: bytes, book: Workbook) -> bool:
    """Whether the looks could be told: xlrd knows BIFF8, and files that keep to it."""
    try:
        source = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=_Nowhere())
        looks = _Looks(source)
        for given in source.sheets() if source.biff_version >= _BIFF8 else ():
            if given.name in book.sheetnames:
                _copy_sheet(given, book[given.name], looks)
    except _STRICT:
        return False
    return bool(source.biff_version >= _BIFF8)


class _Nowhere:
    """xlrd tells of every oddity that it meets; the reader has judged the file already."""

    def write(self, text: str) -> int:
        return len(text)


class _Looks:
    """Each format of the source once, as openpyxl's styles."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.of = cache(self._make)

    def _make(self, index: int) -> tuple[Font, PatternFill, Border, Alignment, str]:
        style = self._source.xf_list[index]
        font, border, align = self._source.font_list[style.font_index], style.border, style.alignment
        fill = PatternFill()
        if style.background.fill_pattern == _SOLID and (
            colour := self._colour(style.background.pattern_colour_index)
        ):
            fill = PatternFill("solid", start_color=colour, end_color=colour)
        sides = {
            name: Side(style=_at(_SIDES, getattr(border, f"{name}_line_style")))
            for name in ("left", "right", "top", "bottom")
        }
        return (
            Font(
                name=font.name or None, size=font.height / 20, bold=bool(font.bold), italic=bool(font.italic),
                strike=bool(font.struck_out), underline="single" if font.underline_type else None,
                color=self._colour(font.colour_index),
            ),
            fill,
            Border(**sides),
            Alignment(
                horizontal=_at(_HORIZONTAL, align.hor_align), vertical=_at(_VERTICAL, align.vert_align),
                wrap_text=bool(align.text_wrapped),
            ),
            self._source.format_map[style.format_key].format_str or "General",
        )  # fmt: skip

    def _colour(self, index: int) -> str | None:
        colour = self._source.colour_map.get(index)
        return "FF{:02X}{:02X}{:02X}".format(*colour) if colour else None


def _copy_sheet(given: Any, sheet: Any, looks: _Looks) -> None:
    for column, info in given.colinfo_map.items():
        if column < 256 and info.width:
            sheet.column_dimensions[get_column_letter(column + 1)].width = info.width / 256
    for row, info in given.rowinfo_map.items():
        if info.has_default_height == 0 and info.height and row < given.nrows:
            sheet.row_dimensions[row + 1].height = info.height / 20
    left = _CELLS
    for row in range(given.nrows):
        for column in range(given.row_len(row)):
            left -= 1
            if left < 0:
                return
            cell = sheet.cell(row + 1, column + 1)
            if isinstance(cell, MergedCell):
                continue
            struck = bool(cell.font.strike)
            font, fill, border, alignment, number_format = looks.of(given.cell_xf_index(row, column))
            cell.font = Font(strike=True) if struck and not font.strike else font
            cell.fill, cell.border, cell.alignment = fill, border, alignment
            if cell.data_type in ("n", "d"):
                cell.number_format = number_format


def _at(names: tuple[str | None, ...], index: int) -> str | None:
    return names[index] if index < len(names) else None
