"""Marks the faulty cells of a copied workbook: a fill, a comment with the reason, and the sheet that lists them all."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openpyxl.cell.cell import Cell as CellClass
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill, Protection
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.returns.copy import Copy
from pipelines.returns.model import Fault, Returned
from pipelines.returns.sheet import Line, write_sheet

A4 = 9
UPRIGHT = 5
"""Columns that fit an upright page."""
AUTHOR = "收件系统"
"""By whose name a comment of ours is known when the file comes back."""
_FILL = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")
_NONE = PatternFill(fill_type=None)


@dataclass(frozen=True)
class _Mark:
    """Faults of one cell."""

    sheet: str
    row: int
    column: int
    faults: tuple[Fault, ...]


def mark_book(copy: Copy, returned: Returned, sheet_name: str) -> bytes:
    """The xlsx file with its marks; those of an earlier return are taken away first."""
    for sheet in copy.book.worksheets:
        _clear(sheet)
    if sheet_name in copy.book.sheetnames:
        del copy.book[sheet_name]
    lines = []
    for mark in _marks(copy, returned):
        sheet = copy.sheet(mark.sheet)
        cell = _free_cell(sheet, mark.row, mark.column)
        seen = cell.value
        cell.fill = _FILL
        # A template's sheet is protected; what is to be corrected must be open.
        cell.protection = Protection(locked=False)
        cell.comment = _comment(copy, mark)
        lines += [_line(copy, mark, fault, cell.coordinate, seen) for fault in mark.faults]
    for one in copy.book.worksheets:
        _set_page(one)
    sheet = copy.book.create_sheet(sheet_name, 0)
    write_sheet(sheet, returned, lines)
    _show_first(copy)
    target = io.BytesIO()
    copy.book.save(target)
    return target.getvalue()


def _marks(copy: Copy, returned: Returned) -> Iterator[_Mark]:
    """The cells in the order of their faults; a column that the sheet lacks is added at its right end."""
    added: dict[tuple[str, str], int] = {}
    cells: dict[tuple[str, int, int], list[Fault]] = {}
    for fault in returned.faults:
        column = fault.column_number
        if column is None:
            key = (fault.sheet, fault.column_name)
            if key not in added:
                added[key] = _add_column(copy, returned, fault)
            column = added[key]
        cells.setdefault((fault.sheet, fault.row_number + copy.shift(fault.sheet), column), []).append(fault)
    for (name, row, column), faults in cells.items():
        yield _Mark(name, row, column, tuple(faults))


def _add_column(copy: Copy, returned: Returned, fault: Fault) -> int:
    sheet, part = copy.sheet(fault.sheet), returned.parts[fault.sheet]
    header_row = part.header_row + copy.shift(fault.sheet)
    filled = [
        cell.column for cell in written_cells(sheet) if cell.row >= header_row and cell.value is not None
    ]
    column = max(filled, default=0) + 1
    cell = _free_cell(sheet, header_row, column)
    cell.value = fault.header
    cell.fill = _FILL
    cell.comment = Comment(f"表里原来没有“{fault.header}”这一列，已补在这里，请逐行填写。", AUTHOR)
    return column


def _free_cell(sheet: Worksheet, row: int, column: int) -> Any:
    """The cell itself: where it is part of a merged one, that is taken apart, or it could not be filled in."""
    for merged in list(sheet.merged_cells.ranges):
        if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
            sheet.unmerge_cells(merged.coord)
    return sheet.cell(row, column)


def _sentence(copy: Copy, fault: Fault) -> str:
    """The reason, with the row it has here."""
    shift = copy.shift(fault.sheet)
    row = fault.row_number
    return fault.sentence.replace(f"第{row}行", f"第{row + shift}行", 1) if shift else fault.sentence


def _comment(copy: Copy, mark: _Mark) -> Comment:
    said = [_sentence(copy, fault) for fault in mark.faults]
    example = next((fault.example for fault in mark.faults if fault.example), "")
    text = "\n".join([*said, *([f"例：{example}"] if example else [])])
    return Comment(text, AUTHOR, height=60 + 18 * (len(text) // 16), width=280)


def _line(copy: Copy, mark: _Mark, fault: Fault, cell: str, seen: Any) -> Line:
    value = fault.value if fault.value is not None else "" if seen is None else str(seen)
    sheet = copy.names.get(mark.sheet, mark.sheet)
    return Line(sheet, cell, mark.row, fault.header, value, _sentence(copy, fault), fault.example)


def _clear(sheet: Worksheet) -> None:
    """What an earlier return marked and the unit has sent back with it."""
    for cell in written_cells(sheet):
        if cell.comment is not None and cell.comment.author == AUTHOR:
            cell.comment = None
            cell.fill = _NONE


def _set_page(sheet: Worksheet) -> None:
    """A4, all columns on one page: unless whoever made the sheet said so already."""
    if sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage:
        return
    columns = {cell.column for cell in written_cells(sheet) if cell.value is not None}
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape" if len(columns) > UPRIGHT else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def written_cells(sheet: Worksheet) -> list[Any]:
    """The cells there are: walking rows and columns would make a million where one stray cell stands far out."""
    return [cell for cell in sheet._cells.values() if isinstance(cell, CellClass)]


def _show_first(copy: Copy) -> None:
    copy.book.active = 0
    for sheet in copy.book.worksheets:
        sheet.sheet_view.tabSelected = sheet is copy.book.worksheets[0]
