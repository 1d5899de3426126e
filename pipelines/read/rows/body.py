"""A table's body as rows and columns of cells: merged values filled in, rows without anything left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from pipelines.notice.deliverable import Deliverable
from pipelines.read.grid import Span
from pipelines.read.layout.model import Column, Table, blanks, is_filled
from pipelines.read.values import Cell

FEW = 64
"""Columns of a row whose filled places are remembered."""


@dataclass
class Body:
    """Rows of the grid by their indexes, and their cells from the table's left end on."""

    table: Table
    rows: list[int]
    cells: list[list[Cell]]
    own: list[tuple[int, ...]]
    """Places of each row that hold something of their own, not by a merge."""
    filled: list[Sequence[int]]
    """Places of each row that hold anything."""

    def choose(self, chosen: Sequence[int]) -> "Columns":
        """Some of the rows, by column."""
        return Columns(self.table, [self.rows[one] for one in chosen], [self.cells[one] for one in chosen])


class Columns:
    """The cells of some rows of a table, a column at a time."""

    def __init__(self, table: Table, rows: list[int], cells: list[list[Cell]]) -> None:
        self.table, self.rows, self.cells = table, rows, cells
        self._columns = list(zip_longest(*cells, fillvalue=""))

    def of(self, column: Column) -> Sequence[Cell]:
        place = column.at - self.table.left
        return self._columns[place] if place < len(self._columns) else ("",) * len(self.rows)


def read_body(table: Table, item: Deliverable) -> Body:
    """Rows without any filled cell are left out; a merge fills what is no count in every row it covers that is left."""
    left, right = table.left, table.right + 1
    body = Body(table, [], [], [], [])
    rows = table.sheet.rows
    is_blank = blanks(table.sheet.different_from(table.header.stop).texts).__contains__
    for row in table.rows:
        line = rows[row][left:right]
        pattern = tuple(map(is_blank, line))
        places = _places(pattern) if len(pattern) <= FEW else _shown(pattern)
        if places:
            body.rows.append(row)
            body.cells.append(line)
            body.own.append(places)
    body.filled = list(body.own)
    if table.sheet.marks.spans:
        _fill_merged(item, body)
    return body


def _shown(pattern: tuple[bool, ...]) -> tuple[int, ...]:
    """Where something is shown, by which cells are blank."""
    return tuple([place for place, is_blank in enumerate(pattern) if not is_blank])


_places = lru_cache(maxsize=8192)(_shown)
"""Remembered, since rows are filled in few ways."""


def _fill_merged(item: Deliverable, body: Body) -> None:
    standing = {
        column.at
        for column in body.table.columns
        if column.kind == "unit" or (column.field and item.field(column.field).type != "count")
    }
    index = {row: place for place, row in enumerate(body.rows)}
    for span in body.table.sheet.marks.spans:
        if span.bottom > span.top and span.left in standing and span.top in index:
            place = span.left - body.table.left
            value = body.cells[index[span.top]][place : place + 1]
            for row in _covered(span, index) if value and is_filled(value[0]) else ():
                line = list(body.cells[row])
                line += [""] * (place + 1 - len(line))
                line[place] = value[0]
                body.cells[row] = line
                body.filled[row] = sorted({*body.filled[row], place})


def _covered(span: Span, index: dict[int, int]) -> Iterator[int]:
    return (index[row] for row in range(span.top + 1, span.bottom + 1) if row in index)
