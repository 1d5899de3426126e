"""A submitted table -> an openpyxl workbook that can be written on, with every cell where it stood.

xlsx is opened as it is, with its formats, merged cells and struck text; what openpyxl cannot open is built anew (rebuild.py).
"""

import io
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import python_calamine
from openpyxl.utils.exceptions import IllegalCharacterError, InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.read.findings import FileRejected
from pipelines.read.opening import opening
from pipelines.read.values import Cell
from pipelines.returns.model import Part

STRICT = (
    ArithmeticError, AssertionError, AttributeError, EOFError, IllegalCharacterError, InvalidFileException, LookupError,
    NotImplementedError, OSError, RecursionError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile,
)  # fmt: skip
"""What openpyxl raises, opening or saving, where it is stricter than the reader was."""


@dataclass
class Copy:
    """The workbook, and where its sheets went: name as read -> name in it, and how many rows further down.

    `inserted` are columns that were put in between, in their order; `remark` says what of the original is lost."""

    book: Workbook
    names: dict[str, str] = field(default_factory=dict)
    shifts: dict[str, int] = field(default_factory=dict)
    inserted: dict[str, list[int]] = field(default_factory=dict)
    remark: str = ""

    def sheet(self, name: str) -> Worksheet:
        found: Worksheet = self.book[self.names.get(name, name)]
        return found

    def shift(self, name: str) -> int:
        return self.shifts.get(name, 0)

    def column(self, name: str, column: int) -> int:
        """Where a column of the original is now."""
        for at in self.inserted.get(name, ()):
            column += column >= at
        return column


def open_copy(content: bytes, parts: Iterable[Part]) -> Copy | None:
    """None where it is no xlsx, or openpyxl is stricter than the reader was."""
    if not content.startswith(b"PK"):
        return None
    try:
        with opening(), warnings.catch_warnings():
            # What openpyxl misses in a unit's file is nobody's to mend.
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False, rich_text=True)
        with opening():
            _freeze_formulas(book, content, parts)
    except FileRejected:
        return None
    return Copy(book)


def _freeze_formulas(book: Workbook, content: bytes, parts: Iterable[Part]) -> None:
    """Formulas in data rows become what they showed: openpyxl keeps no results, and a reader would find nothing.

    One that has no result, or an error, stays: opened and saved by a person it may yet get one."""
    calculated: python_calamine.CalamineWorkbook | None = None
    grids: dict[str, dict[tuple[int, int], Cell]] = {}
    for part in parts:
        for row in part.rows:
            for column in part.columns:
                cell = book[part.sheet].cell(row, column)
                if cell.data_type != "f":
                    continue
                if part.sheet not in grids:
                    calculated = calculated or python_calamine.CalamineWorkbook.from_filelike(
                        io.BytesIO(content)
                    )
                    grids[part.sheet] = grid_of(calculated.get_sheet_by_name(part.sheet))
                value = grids[part.sheet].get((row, column), "")
                if value not in ("", None) and not str(value).startswith("#"):
                    put(cell, value)


def grid_of(sheet: python_calamine.CalamineSheet) -> dict[tuple[int, int], Cell]:
    """What calamine finds, by row and column from 1."""
    row, column = sheet.start or (0, 0)
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=True)
    return {
        (row + down + 1, column + right + 1): value
        for down, cells in enumerate(rows)
        for right, value in enumerate(cells)
        if value not in ("", None)
    }


def put(cell: Any, value: Cell) -> None:
    """A value as it was read; text that looks like a formula stays text, and what openpyxl cannot hold becomes text."""
    if not isinstance(value, str):
        try:
            cell.value = value
            return
        except (TypeError, ValueError):
            value = str(value)
    cell.value = plain(value)
    cell.data_type = "s"


def plain(text: str) -> str:
    """Text without the characters that no xlsx can hold."""
    return "".join(
        sign
        for sign in text
        if sign in "\t\n\r" or (" " <= sign < "\ud800") or (sign > "\udfff" and sign not in "\ufffe\uffff")
    )
