"""A submitted table -> an openpyxl workbook that can be written on, with every cell where it stood.

xlsx is opened as it is; xls, et, csv and html become xlsx through what the read stage reads of them.
"""

import io
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import python_calamine
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.ground.settings import Settings
from pipelines.read.open import Format, open_grid
from pipelines.read.values import Cell
from pipelines.returns.model import Part

_DECIMAL = re.compile(r"\d{1,2}\.\d")
"""Text that may have been a number: where a format has no types it is read as one, and has to stay one."""
_UNSAFE = re.compile(r"[\\/*?:\[\]]")
_WIDEST = 40


@dataclass
class Copy:
    """The workbook, and where its sheets went: name as read -> name in it, and how many rows further down."""

    book: Workbook
    names: dict[str, str] = field(default_factory=dict)
    shifts: dict[str, int] = field(default_factory=dict)

    def sheet(self, name: str) -> Worksheet:
        found: Worksheet = self.book[self.names.get(name, name)]
        return found

    def shift(self, name: str) -> int:
        return self.shifts.get(name, 0)


def copy_table(content: bytes, file_format: Format, parts: dict[str, Part], settings: Settings) -> Copy:
    """Raises what openpyxl and calamine raise; the caller is a child process, and falls back to a letter."""
    if file_format != "workbook":
        return _from_text(content, file_format, settings)
    if content.startswith(b"PK") and (book := _open(content)) is not None:
        _freeze_formulas(book, content, parts)
        return Copy(book)
    return _from_workbook(content)


def _open(content: bytes) -> Workbook | None:
    """None where openpyxl is stricter than the reader was."""
    try:
        with warnings.catch_warnings():
            # What openpyxl misses in a unit's file is nobody's to mend.
            warnings.simplefilter("ignore", UserWarning)
            return openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, zipfile.BadZipFile):
        return None


def _freeze_formulas(book: Workbook, content: bytes, parts: dict[str, Part]) -> None:
    """Formulas in data rows become what they showed: openpyxl keeps no results, and a reader would find nothing."""
    calculated: python_calamine.CalamineWorkbook | None = None
    for name, part in parts.items():
        grid: dict[tuple[int, int], Cell] | None = None
        for row in part.rows:
            for column in part.columns:
                cell = book[name].cell(row, column)
                if cell.data_type != "f":
                    continue
                if grid is None:
                    calculated = calculated or python_calamine.CalamineWorkbook.from_filelike(
                        io.BytesIO(content)
                    )
                    grid = _grid(calculated.get_sheet_by_name(name))
                _put(cell, grid.get((row, column), ""))


def _grid(sheet: python_calamine.CalamineSheet) -> dict[tuple[int, int], Cell]:
    row, column = sheet.start or (0, 0)
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=True)
    return {
        (row + down + 1, column + right + 1): value
        for down, cells in enumerate(rows)
        for right, value in enumerate(cells)
        if value not in ("", None)
    }


def _from_workbook(content: bytes) -> Copy:
    """Every sheet, hidden ones too: one of them may hold the template's id."""
    calamine = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    book = Workbook()
    book.remove(book.active)
    for meta in calamine.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.create_sheet(meta.name)
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            sheet.sheet_state = "hidden"
        for (row, column), value in _grid(calamine.get_sheet_by_name(meta.name)).items():
            _put(sheet.cell(row, column), value)
        _fit(sheet)
    return Copy(book)


def _from_text(content: bytes, file_format: Format, settings: Settings) -> Copy:
    copy = Copy(Workbook())
    copy.book.remove(copy.book.active)
    for number, read in enumerate(open_grid(content, file_format, settings).sheets, 1):
        title = _UNSAFE.sub("_", read.name)[:31] or f"表{number}"
        sheet = copy.book.create_sheet(title)
        copy.names[read.name] = title
        copy.shifts[read.name] = len(read.above)
        for row, text in enumerate(read.above, 1):
            _put(sheet.cell(row, 1), text)
        for down, cells in enumerate(read.rows):
            for right, value in enumerate(cells):
                if value not in ("", None):
                    place = sheet.cell(read.first_row + len(read.above) + down, read.first_column + right)
                    is_number = isinstance(value, str) and _DECIMAL.fullmatch(value.strip())
                    _put(place, float(str(value)) if is_number else value)
        _fit(sheet)
    return copy


def _put(cell: Any, value: Cell) -> None:
    """A value as it was read; text that looks like a formula stays text."""
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"


def _fit(sheet: Worksheet) -> None:
    """Columns as wide as what stands in their first rows."""
    for column in sheet.iter_cols(max_row=min(sheet.max_row, 60), max_col=min(sheet.max_column, 60)):
        texts = [str(cell.value) for cell in column if cell.value is not None]
        widest = max((sum(1 + (not one.isascii()) for one in text) for text in texts[-50:]), default=0)
        sheet.column_dimensions[get_column_letter(column[0].column)].width = min(max(widest + 2, 9), _WIDEST)
