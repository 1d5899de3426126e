"""Adds to a table in a copied workbook the column that it lacks: at its right, and never into the table beside it."""

from collections.abc import Mapping
from typing import Any

from openpyxl.cell.cell import Cell as CellClass
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.returns.copy import Copy, plain
from pipelines.returns.model import Fault, Part

_FILL = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")


def add_column(copy: Copy, parts: Mapping[int, Part], fault: Fault, author: str) -> int:
    """The number of the new column, with its header written."""
    part = parts[fault.table_number]
    sheet, header_row = copy.sheet(fault.sheet), part.header_row + copy.shift(fault.sheet)
    column = _right_end(copy, sheet, part, header_row) + 1
    if _has_neighbour(copy, parts, part, column):
        _insert(copy, sheet, fault.sheet, column)
    cell = _own_cell(sheet, header_row, column)
    cell.value = plain(fault.header)
    cell.fill = _FILL
    cell.comment = Comment(plain(f"表里原来没有“{fault.header}”这一列，已补在这里，请逐行填写。"), author)
    return column


def add_label(copy: Copy, part: Part, fault: Fault) -> tuple[int, int]:
    """Where the value of a form's new line stands, with its label written before it, below the form's last line."""
    sheet = copy.sheet(part.sheet)
    column = max(min(part.columns, default=2), 2)
    row = part.header_row + copy.shift(part.sheet)
    while any(_stands(sheet, row + down, at) for down in range(2) for at in (column - 1, column)):
        row += 1
    label = _own_cell(sheet, row, column - 1)
    label.value = plain(fault.header)
    label.fill = _FILL
    return row, column


def _stands(sheet: Worksheet, row: int, column: int) -> bool:
    cell = sheet._cells.get((row, column))
    return cell is not None and (not isinstance(cell, CellClass) or cell.value is not None)


def _right_end(copy: Copy, sheet: Worksheet, part: Part, header_row: int) -> int:
    """The last column of the table: where its header ends, or whatever stands beside its rows if nothing follows."""
    last = max((copy.column(part.sheet, column) for column in part.columns), default=0)
    filled = {
        cell.column
        for cell in sheet._cells.values()
        if isinstance(cell, CellClass) and cell.value is not None and cell.row == header_row
    }
    filled |= {at for area in sheet.merged_cells.ranges if area.min_row <= header_row <= area.max_row
               for at in range(area.min_col, area.max_col + 1)}  # fmt: skip
    while last + 1 in filled:
        last += 1
    return last


def _has_neighbour(copy: Copy, parts: Mapping[int, Part], part: Part, column: int) -> bool:
    """Whether a table to the right would touch the new column."""
    rows = {part.header_row, *part.rows}
    for other in parts.values():
        if other is part or other.sheet != part.sheet or not other.columns:
            continue
        first = copy.column(other.sheet, min(other.columns))
        if column <= first <= column + 2 and not rows.isdisjoint({other.header_row, *other.rows}):
            return True
    return False


def _insert(copy: Copy, sheet: Worksheet, name: str, at: int) -> None:
    """A blank column before `at`; merged cells and links go along."""
    areas = [(one.min_row, one.min_col, one.max_row, one.max_col) for one in sheet.merged_cells.ranges]
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(area.coord)
    sheet.insert_cols(at)
    for cell in sheet._cells.values():
        if isinstance(cell, CellClass) and cell.hyperlink is not None:
            cell.hyperlink.ref = cell.coordinate
    for top, left, bottom, right in areas:
        sheet.merge_cells(
            start_row=top,
            start_column=left + (left >= at),
            end_row=bottom,
            end_column=right + (right >= at),
        )
    copy.inserted.setdefault(name, []).append(at)


def _own_cell(sheet: Worksheet, row: int, column: int) -> Any:
    """The cell itself: where it is part of a merged one, that is taken apart, or it could not be filled in."""
    for merged in list(sheet.merged_cells.ranges):
        if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
            sheet.unmerge_cells(merged.coord)
    return sheet.cell(row, column)
