"""A submitted table that is no xlsx, or none that openpyxl opens -> an xlsx of what the read stage found in it.

Merged cells, struck rows and links stand as they stood, because they mean something when the file is read again; the fonts
and colours of an xls or et come with it as far as xlrd tells them. What is lost is said in `Copy.remark`.
"""

import io
import re

import python_calamine
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.ground.settings import Settings
from pipelines.read.grid import Sheet
from pipelines.read.open import Format, open_grid
from pipelines.read.open.locked import OLE, unlock
from pipelines.read.opening import opening
from pipelines.returns.biff_looks import copy_looks
from pipelines.returns.copy import Copy, grid_of, put

_DECIMAL = re.compile(r"\d{1,2}\.\d")
"""Text that may have been a number: where a format has no types it is read as one, and has to stay one."""
_UNSAFE = re.compile(r"[\\/*?:\[\]\x00-\x1f]")
_WIDEST = 40
LOST = "本页所附的表按原件的内容重新做成 xlsx，合并、划线和链接照原样，原来的字体、底色等格式没有保留。"


def rebuild(content: bytes, file_format: Format, settings: Settings) -> Copy:
    """Every sheet that was read, and the hidden ones of a workbook: one of them may hold the template's id."""
    copy = Copy(Workbook(), remark=LOST)
    copy.book.remove(copy.book.active)
    if content.startswith(OLE):
        with opening():
            content = unlock(content)
    for number, read in enumerate(open_grid(content, file_format, settings).sheets, 1):
        _add_sheet(copy, read, number)
    if file_format == "workbook":
        with opening():
            _add_hidden(copy, content)
            if content.startswith(OLE) and copy_looks(content, copy.book):
                copy.remark = ""
    if not copy.book.worksheets:
        copy.book.create_sheet("表1")
    return copy


def _add_sheet(copy: Copy, read: Sheet, number: int) -> None:
    sheet = copy.book.create_sheet(_UNSAFE.sub("_", read.name)[:31] or f"表{number}")
    copy.names[read.name] = sheet.title
    shift = copy.shifts[read.name] = len(read.above)
    for row, text in enumerate(read.above, 1):
        put(sheet.cell(row, 1), text)
    top, left = read.first_row + shift, read.first_column
    for down, cells in enumerate(read.rows):
        for right, value in enumerate(cells):
            if value not in ("", None):
                is_number = not read.is_typed and isinstance(value, str) and _DECIMAL.fullmatch(value.strip())
                put(sheet.cell(top + down, left + right), float(str(value)) if is_number else value)
    _add_marks(sheet, read, top, left)
    _fit(sheet)


def _add_marks(sheet: Worksheet, read: Sheet, top: int, left: int) -> None:
    for row, column in read.marks.struck:
        cell = sheet.cell(top + row, left + column)
        put(cell, read.marks.left_out.get((row, column), ""))
        cell.font = Font(strike=True)
    for (row, column), address in read.marks.links.items():
        cell = sheet.cell(top + row, left + column)
        # An address among the text needs no second one; a cell that shows nothing would show the address.
        if isinstance(cell.value, str) and cell.value != address:
            cell.hyperlink = address
    for span in read.marks.spans:
        sheet.merge_cells(
            start_row=top + span.top,
            start_column=left + span.left,
            end_row=top + span.bottom,
            end_column=left + span.right,
        )


def _add_hidden(copy: Copy, content: bytes) -> None:
    calamine = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    for meta in calamine.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet or meta.name in copy.names:
            continue
        sheet = copy.book.create_sheet(meta.name)
        copy.names[meta.name] = sheet.title
        sheet.sheet_state = "hidden"
        for (row, column), value in grid_of(calamine.get_sheet_by_name(meta.name)).items():
            put(sheet.cell(row, column), value)


def _fit(sheet: Worksheet) -> None:
    """Columns as wide as what stands in their first rows."""
    for number, column in enumerate(
        sheet.iter_cols(max_row=min(sheet.max_row, 60), max_col=min(sheet.max_column, 60)), 1
    ):
        texts = [str(cell.value) for cell in column if cell.value is not None]
        widest = max((_width(text) for text in texts[-50:]), default=0)
        sheet.column_dimensions[get_column_letter(number)].width = min(max(widest + 2, 9), _WIDEST)


def _width(text: str) -> int:
    return sum(1 + (not one.isascii()) for one in text)
