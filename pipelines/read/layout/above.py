"""What stands above a sheet's first header and is neither title nor declaration: rows of data, or a table of its own."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from pipelines.read.grid import Sheet
from pipelines.read.layout.model import Area, is_filled
from pipelines.read.layout.words import Words
from pipelines.read.values import Cell, Window, normalize, read_date

_NUMBER = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")
_LEAST = 3
"""So many cells has a row of data at least, and half as many as the table has columns."""

_LABEL = 10
"""So many letters has a label in front of its colon at most."""


class LinesAbove:
    """Tells lines above a table from rows that somebody meant to report."""

    def __init__(self, words: Words, window: Window) -> None:
        self._words, self._window = words, window

    def find(self, sheet: Sheet, end: int, width: int) -> tuple[list[Area], list[int]]:
        """Of the rows before `end`: blocks of at least two rows and two columns, and single rows of data; `width` is how many
        columns the table has."""
        blocks: list[Area] = []
        single: list[int] = []
        for rows in self._runs(sheet, end):
            data = [row for row in rows if self._is_data(sheet, sheet.rows[row], width)]
            counted = [row for row in rows if any(map(self._is_number, sheet.rows[row]))]
            if len(rows) > 1 and (data or len(counted) * 2 >= len(rows)):
                places = [at for row in rows for at, cell in enumerate(sheet.rows[row]) if is_filled(cell)]
                blocks.append(Area(rows[0], min(places), rows[-1], max(places)))
            else:
                single += data
        return blocks, single

    def _runs(self, sheet: Sheet, end: int) -> Iterator[list[int]]:
        """Rows that follow each other, of two filled cells or more, none of which is a label."""
        for is_run, rows in groupby(range(end), lambda row: self._may_be_read(sheet.rows[row])):
            if is_run:
                yield list(rows)

    def _may_be_read(self, row: Sequence[Cell]) -> bool:
        filled = [cell for cell in row if is_filled(cell)]
        return len(filled) > 1 and not any(map(self._is_label, filled))

    def _is_label(self, cell: Cell) -> bool:
        if not isinstance(cell, str):
            return False
        plain = normalize(cell)
        return (
            plain in self._words.reporting_unit
            or plain in self._words.unit_columns
            or self._words.is_remark(cell)
            or (
                0 < plain.find(":") <= _LABEL and self._date([cell], typed=True) is None and "//" not in plain
            )
        )

    def _is_data(self, sheet: Sheet, row: Sequence[Cell], width: int) -> bool:
        filled = [cell for cell in row if is_filled(cell)]
        texts = [cell for cell in filled if isinstance(cell, str) and not self._is_number(cell)]
        return (
            len(filled) >= max(_LEAST, (width + 1) // 2)
            and self._date(filled, typed=sheet.is_typed) is not None
            and bool(texts)
        )

    def _date(self, cells: Iterable[Cell], *, typed: bool) -> dt.date | None:
        found = (read_date(cell, self._window, typed=typed) for cell in cells)
        return next((day for day in found if day is not None), None)

    def _is_number(self, cell: Cell) -> bool:
        if isinstance(cell, str):
            return len(cell) <= 20 and bool(_NUMBER.fullmatch(normalize(cell)))
        return isinstance(cell, int | float) and not isinstance(cell, bool)
