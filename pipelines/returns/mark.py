"""Marks the faulty cells of a copied workbook: a fill, a comment with the reason, and the sheet that lists them all."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from openpyxl.cell.cell import Cell as CellClass
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.read.identity import MARK
from pipelines.returns.columns import add_column, add_label
from pipelines.returns.copy import Copy, plain
from pipelines.returns.model import Fault, Returned
from pipelines.returns.sheet import Line, write_sheet

A4 = 9
UPRIGHT = 5
"""Columns that fit an upright page."""
AUTHOR = "收件系统"
"""By whose name a comment of ours is known when the file comes back."""
DELETE, KEEP_ONE, REFILL, CLEAR = "删去这一行", "只留一行，其余删去", "按表头逐格核对重填", "清空这一格"
"""What stands in place of an example where no value puts it right."""
_ROW_EXAMPLES = {
    "other_unit": DELETE,
    "misaligned_row": REFILL,
    "ambiguous_value": KEEP_ONE,
    "repeated_row": KEEP_ONE,
}
PINK = "FFFFC7CE"
MOST_SAID = 20
"""Faults that one comment tells."""
_FILL = PatternFill("solid", start_color=PINK, end_color=PINK)
_NONE = PatternFill(fill_type=None)


@dataclass
class _Mark:
    """What is to be done in one cell, or in the whole row that begins with it."""

    sheet: str
    row: int
    column: int
    faults: list[Fault] = field(default_factory=list)
    is_row: bool = False


def mark_book(copy: Copy, returned: Returned, sheet_name: str) -> bytes:
    """The xlsx file with its marks; those of an earlier return are taken away first."""
    for sheet in copy.book.worksheets:
        _clear(sheet)
    if sheet_name in copy.book.sheetnames:
        del copy.book[sheet_name]
    lines = []
    for mark in _marks(copy, returned):
        sheet = copy.sheet(mark.sheet)
        cell = sheet.cell(mark.row, mark.column)
        seen = cell.value
        for one in _row_cells(sheet, mark) if mark.is_row else [cell]:
            one.fill = _FILL
            # A template's sheet is protected; what is to be corrected must be open.
            one.protection = Protection(locked=False)
        if any(fault.reason == "ambiguous_value" for fault in mark.faults) and not mark.is_row:
            # A format that shows 1.2 as 1.2万 would make the right number ambiguous again.
            cell.number_format = "General"
        cell.comment = _comment(copy, mark)
        lines += [_line(copy, mark, fault, cell.coordinate, seen) for fault in mark.faults]
    for one in copy.book.worksheets:
        _set_page(one)
    sheet = copy.book.create_sheet(sheet_name, 0)
    write_sheet(sheet, returned, lines, copy.remark)
    _show_first(copy)
    target = io.BytesIO()
    copy.book.save(target)
    return target.getvalue()


def _marks(copy: Copy, returned: Returned) -> list[_Mark]:
    """The cells in the order of their faults; a column that a table lacks is added first, for it may move others."""
    added: dict[tuple[int, str], int] = {}
    found: dict[tuple[str, int, int], _Mark] = {}
    for fault in returned.faults:
        key = (fault.table_number, fault.column_name)
        if _is_absent(fault) and key not in added and not returned.parts[fault.table_number].is_form:
            new = add_column(copy, returned.parts, fault, AUTHOR)
            if new in copy.inserted.get(fault.sheet, ()):
                for one, at in added.items():
                    added[one] = at + (at >= new and returned.parts[one[0]].sheet == fault.sheet)
            added[key] = new
    for fault in returned.faults:
        for row, column, said in _places(copy, returned, fault, added):
            mark = found.setdefault((fault.sheet, row, column), _Mark(fault.sheet, row, column))
            mark.is_row = mark.is_row or fault.is_of_row
            if not (fault.renamed and mark.faults):
                mark.faults.append(said)
    return list(found.values())


def _is_absent(fault: Fault) -> bool:
    return fault.column_number is None and fault.renamed is None and not fault.is_of_row


def _places(
    copy: Copy, returned: Returned, fault: Fault, added: Mapping[tuple[int, str], int]
) -> Iterator[tuple[int, int, Fault]]:
    """Where a fault is put right, and what is said there: at its cell, its header, its row, the cells that contradict it."""
    shift = copy.shift(fault.sheet)
    row = (fault.cell_row or fault.row_number) + shift
    if fault.is_of_row:
        columns = returned.parts[fault.table_number].columns
        example = _ROW_EXAMPLES.get(fault.reason, "")
        first = copy.column(fault.sheet, min(columns, default=1))
        yield row, first, replace(fault, header="整行", example=example)
    elif fault.renamed and fault.column_number is None:
        column, header_row, text, _ = fault.renamed
        yield (
            header_row + shift,
            copy.column(fault.sheet, column),
            replace(fault, row_number=header_row, value=text, example=fault.header),
        )
    elif _is_absent(fault) and (part := returned.parts[fault.table_number]).is_form:
        yield *add_label(copy, part, fault), fault
    else:
        column = added.get((fault.table_number, fault.column_name), 0)
        column = column or copy.column(fault.sheet, fault.column_number or 1)
        yield *_free_cell(copy.sheet(fault.sheet), row, column, fault.value), fault
        for other in _others(copy, fault, row, column):
            yield row, other, replace(fault, example=CLEAR, value=None)


def _others(copy: Copy, fault: Fault, row: int, column: int) -> list[int]:
    """Columns that say otherwise of the same thing: to be emptied, so that one is left."""
    if fault.reason != "ambiguous_value":
        return []
    sheet = copy.sheet(fault.sheet)
    if fault.others:
        found = [copy.column(fault.sheet, other) for other in fault.others]
        return [other for other in found if sheet.cell(row, other).value is not None]
    found = []
    while fault.cell_row and isinstance(sheet.cell(row, column + len(found) + 1).value, int | float):
        found.append(column + len(found) + 1)
    return found


def _free_cell(sheet: Worksheet, row: int, column: int, value: str | None) -> tuple[int, int]:
    """The cell to fill in: in a merged one that stands for its rows the first; otherwise that is taken apart for it."""
    for merged in list(sheet.merged_cells.ranges):
        if not (merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col):
            continue
        if (row, column) == (merged.min_row, merged.min_col):
            return row, column
        if value is not None and column == merged.min_col:
            return merged.min_row, merged.min_col
        area = (merged.min_row, merged.min_col, merged.max_row, merged.max_col)
        sheet.unmerge_cells(merged.coord)
        if column > area[1] and area[2] > area[0]:
            # What stands in its first column still stands for all its rows.
            sheet.merge_cells(start_row=area[0], start_column=area[1], end_row=area[2], end_column=area[1])
    return row, column


def _row_cells(sheet: Worksheet, mark: _Mark) -> list[Any]:
    filled = [cell for cell in written_cells(sheet) if cell.row == mark.row and cell.value is not None]
    return [*filled, sheet.cell(mark.row, mark.column)]


def _sentence(copy: Copy, fault: Fault) -> str:
    """The reason, with the row and the header's address that they have here."""
    shift = copy.shift(fault.sheet)
    said = fault.sentence
    if fault.renamed:
        column, row, *_ = fault.renamed
        here = f"{get_column_letter(copy.column(fault.sheet, column))}{row + shift}"
        said = said.replace(f"{get_column_letter(column)}{row}", here)
    row = fault.row_number
    return said.replace(f"第{row}行", f"第{row + shift}行", 1) if shift else said


def _comment(copy: Copy, mark: _Mark) -> Comment:
    said = [_sentence(copy, fault) for fault in mark.faults[:MOST_SAID]]
    example = next((fault.example for fault in mark.faults if fault.example), "")
    text = plain("\n".join([*said, *([f"例：{example}"] if example else [])]))
    return Comment(text, AUTHOR, height=min(60 + 18 * (len(text) // 16), 400), width=280)


def _line(copy: Copy, mark: _Mark, fault: Fault, cell: str, seen: Any) -> Line:
    value = fault.value if fault.value is not None else "" if seen is None else str(seen)
    sheet = copy.names.get(mark.sheet, mark.sheet)
    return Line(sheet, cell, mark.row, fault.header, value, _sentence(copy, fault), fault.example)


def _clear(sheet: Worksheet) -> None:
    """What an earlier return marked and the unit has sent back with it; the pink of a whole row too."""
    cells = written_cells(sheet)
    marked = [cell for cell in cells if cell.comment is not None and cell.comment.author == AUTHOR]
    rows = {cell.row for cell in marked}
    for cell in marked:
        cell.comment = None
    for cell in cells:
        if cell.row in rows and cell.fill.fill_type == "solid" and cell.fill.start_color.rgb == PINK:
            cell.fill = _NONE


def _set_page(sheet: Worksheet) -> None:
    """A4, all columns on one page, and no blank rows of a template: unless whoever made the sheet said so already."""
    _set_print_area(sheet)
    if sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage:
        return
    columns = {cell.column for cell in written_cells(sheet) if cell.value is not None}
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape" if len(columns) > UPRIGHT else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _set_print_area(sheet: Worksheet) -> None:
    """A template's hundreds of rows to fill in print as far as one is filled in: its first column only numbers them."""
    if MARK not in sheet.parent.sheetnames or not sheet.print_title_rows or sheet.print_area:
        return
    cells = [cell for cell in written_cells(sheet) if cell.value not in (None, "")]
    filled = [cell.row for cell in cells if cell.column > 1 or isinstance(cell.value, str)] or [1]
    last = max((cell.column for cell in cells), default=1)
    sheet.print_area = f"A1:{get_column_letter(last)}{max(filled)}"


def written_cells(sheet: Worksheet) -> list[Any]:
    """The cells there are: walking rows and columns would make a million where one stray cell stands far out."""
    return [cell for cell in sheet._cells.values() if isinstance(cell, CellClass)]


def _show_first(copy: Copy) -> None:
    copy.book.active = 0
    for sheet in copy.book.worksheets:
        sheet.sheet_view.tabSelected = sheet is copy.book.worksheets[0]
