"""One field of a table's data rows: its values, the cells as received, and a state for each, from whichever columns claim it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.notice.deliverable import Deliverable
from pipelines.read.layout.model import Column, FieldSource, is_filled
from pipelines.read.layout.words import Words
from pipelines.read.rows.body import Columns
from pipelines.read.rows.model import ReadTable
from pipelines.read.rows.readers import Readers
from pipelines.read.rows.roles import is_ditto
from pipelines.read.values import Cell, added_scheme, normalize


@dataclass
class FieldParts:
    """Lists of equal length: one entry a row."""

    values: list[Any]
    given: list[str | None]
    states: list[str | None]
    last: Cell
    """The last cell, for a table that goes on elsewhere."""


class FieldReader:
    """Reads the fields of one table's rows. `before`: the last cells of the table that this one continues; `has_ditto`: some
    cell may mean the one above."""

    def __init__(
        self,
        item: Deliverable,
        readers: Readers,
        words: Words,
        columns: Columns,
        before: dict[str, Cell],
        *,
        has_ditto: bool,
    ) -> None:
        self._item, self._readers, self._words = item, readers, words
        self._columns, self._before = columns, before
        self._table = columns.table
        self._has_ditto = has_ditto

    def read(self, field: str, source: FieldSource, found: ReadTable) -> FieldParts:
        """Cells of losing columns that were taken all the same are named in `found`."""
        first, kind = source.winners[0], self._item.field(field).type
        cells = self._columns.of(first)
        if source.runners:
            cells = self._ask_runners(cells, source.runners, found)
        if self._has_ditto and kind != "count":
            cells = self._resolve_ditto(cells, self._before.get(field))
        values, given, states = self._readers.of_column(self._table, field, first).columns(cells)
        parts = FieldParts(values, given, states, cells[-1])
        for column in source.winners[1:]:
            self._merge(field, column, parts)
        if self._table.sheet.marks:
            self._apply_marks(field, source, parts)
        return parts

    def _ask_runners(self, cells: Sequence[Cell], runners: Sequence[Column], found: ReadTable) -> list[Cell]:
        """Where the winner's cell holds nothing, the first filled one of the others."""
        taken = list(cells)
        for column in runners:
            for index, other in enumerate(self._columns.of(column)):
                if not is_filled(taken[index]) and is_filled(other):
                    taken[index] = other
                    found.taken.add((self._columns.rows[index], column.at))
        return taken

    def _resolve_ditto(self, cells: Sequence[Cell], before: Cell) -> list[Cell]:
        """同上 as the cell of the row that was read before it."""
        resolved = list(cells)
        dittos = {cell for cell in set(resolved) if is_ditto(cell, self._words)}
        for index, cell in enumerate(resolved if dittos else ()):
            if cell in dittos:
                resolved[index] = resolved[index - 1] if index else before if before is not None else cell
        return resolved

    def _merge(self, field: str, column: Column, parts: FieldParts) -> None:
        """Rows in which two columns of a field agree, or only one is filled, are read; those that differ are ambiguous."""
        reader = self._readers.of_column(self._table, field, column)
        for index, (value, given, state) in enumerate(reader.of(self._columns.of(column))):
            if given is None:
                continue
            known = parts.given[index]
            if known is None:
                parts.values[index], parts.given[index], parts.states[index] = value, given, state
            elif value != parts.values[index] or (value is None and normalize(given) != normalize(known)):
                parts.values[index], parts.states[index] = None, "ambiguous"
                parts.given[index] = f"{known} / {given}"

    def _apply_marks(self, field: str, source: FieldSource, parts: FieldParts) -> None:
        """Errors, links behind a text, and formats that show a multiplied number, where the sheet has any."""
        marks, kind = self._table.sheet.marks, self._item.field(field).type
        for index, row in enumerate(self._columns.rows):
            for column in (*source.winners, *source.runners):
                place = (row, column.at)
                if parts.given[index] is None and place not in marks.links:
                    continue
                if place in marks.errors and parts.given[index] == marks.errors[place]:
                    parts.values[index], parts.states[index] = None, "error"
                elif self._item.number(field).type == "percent" and "%" in marks.scaled.get(place, ""):
                    reader = self._readers.of_place(self._table, field, column, is_fraction=True)
                    (read,) = reader.of([self._columns.of(column)[index]])
                    parts.values[index], _, parts.states[index] = read
                elif kind == "count" and place in marks.scaled and parts.values[index] != 0:
                    parts.values[index], parts.states[index] = None, "ambiguous"
                elif kind == "url" and place in marks.links and not _is_address(parts.given[index]):
                    address = marks.links[place]
                    parts.values[index], parts.states[index] = added_scheme(address) or address, None
                    parts.given[index] = parts.given[index] or address


def _is_address(text: str | None) -> bool:
    return text is not None and (added_scheme(text) is not None or "://" in text)
