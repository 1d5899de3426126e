"""A sheet's areas -> its tables: one below the other, side by side, with headers that repeat."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipelines.read.grid import Sheet
from pipelines.read.layout.headers import Header, HeaderFinder, sources
from pipelines.read.layout.model import Area, Table, is_filled
from pipelines.read.layout.words import Words
from pipelines.read.values import Cell


@dataclass
class Found:
    """The tables of an area, and the blocks without a header beside them."""

    tables: list[Table] = field(default_factory=list)
    blocks: list[Area] = field(default_factory=list)


class TableFinder:
    """Divides one sheet into tables. `numbered`: headers carry a question's number, as in a questionnaire's export."""

    def __init__(
        self,
        headers: HeaderFinder,
        words: Words,
        sheet: Sheet,
        *,
        numbered: bool = False,
        only: str | None = None,
    ) -> None:
        self._headers, self._words, self._sheet = headers, words, sheet
        self._numbered, self._only = numbered, only

    def find(self, header_rows: int) -> Found:
        """All tables of the sheet; the first header stands within its first `header_rows` rows."""
        rows, found = self._sheet.rows, Found()
        right = max(map(len, rows), default=0) - 1
        if right >= 0:
            area = Area(0, 0, len(rows) - 1, right)
            self._divide(area, header_rows - self._sheet.first_row, found)
        return found

    def _header(self, area: Area, last_row: int) -> Header | None:
        return self._headers.find(self._sheet, area, last_row, numbered=self._numbered, only=self._only)

    def _divide(self, area: Area, last_row: int, found: Found) -> None:
        header = self._header(area, last_row)
        above = area.top
        while header:
            below = Area(header.rows.start, area.left, area.bottom, area.right)
            if self._is_split(below, header, found):
                return
            following, repeated = self._following(header, area)
            end = following.rows.start - 1 if following else area.bottom
            region = Area(header.rows.start, area.left, end, area.right)
            if following is None or not self._is_split(region, header, found):
                self._add(region, header, repeated, above, following, found)
            if following:
                above = self._lines_between(header.rows.stop, end + 1, region).start
            header = following

    def _following(self, header: Header, area: Area) -> tuple[Header | None, list[range]]:
        """The next header that differs, and the rows of those before it that are equal."""
        repeated: list[range] = []
        row = header.rows.stop
        while row <= area.bottom:
            below = Area(row, area.left, area.bottom, area.right)
            if not self._headers.may_find(self._sheet, below, numbered=self._numbered):
                return None, repeated
            other = self._header(below, area.bottom)
            if other is None or (other.columns, other.deliverable) != (header.columns, header.deliverable):
                return other, repeated
            repeated.append(other.rows)
            row = other.rows.stop
        return None, repeated

    def _is_split(self, area: Area, header: Header, found: Found) -> bool:
        """Whether tables stand side by side in an area, each with a header; they are added then."""
        width = area.right - area.left + 1
        if len(header.columns) == width:
            return False
        segments = list(_segments(self._sheet, area))
        if len(segments) < 2 or sum(self._header(one, area.bottom) is not None for one in segments) < 2:
            return False
        for segment in segments:
            if self._header(segment, area.bottom):
                self._divide(segment, area.bottom, found)
            else:
                self._leave(segment, found)
        return True

    def _add(
        self,
        region: Area,
        header: Header,
        repeated: list[range],
        above: int,
        following: Header | None,
        found: Found,
    ) -> None:
        again = frozenset(row for rows in repeated for row in rows)
        starts = [rows.start for rows in repeated] + ([following.rows.start] if following else [])
        rows = [row for row in range(header.rows.stop, region.bottom + 1) if row not in again]
        below = self._row_below(header, region)
        columns = tuple(
            replace(one, is_scaled=True) if self._words.is_multiplied_unit(below.get(one.at)) else one
            for one in header.columns
        )
        alone = [cell for cell in below.values() if len(below) == 1 and isinstance(cell, str)]
        first = max(above, header.rows.start - 20)
        lines = [*self._sheet.above, *self._texts(range(first, header.rows.start), region), *alone]
        for start in (rows.start for rows in repeated):
            lines += self._texts(self._lines_between(header.rows.stop, start, region), region)
        table = Table(
            header.deliverable,
            self._sheet,
            len(found.tables) + 1,
            header.rows,
            region.left,
            header.right,
            columns,
            sources(columns),
            rows,
            again,
            frozenset(
                row for start in starts for row in self._titles_above(start, header.rows.stop, region, header)
            ),
            is_scaled=any(
                self._words.states_multiplier(line) or self._words.means_multiplier(line) for line in lines
            ),
            stated_money=self._words.stated_money(lines),
            header_row=self._sheet.first_row + header.rows.stop - 1,
        )
        found.tables.append(table)
        self._leave(Area(header.rows.stop, header.right + 1, region.bottom, region.right), found)

    def _titles_above(self, start: int, first: int, region: Area, header: Header) -> Iterator[int]:
        """The rows of one filled cell each that stand directly above a header."""
        for row in range(start - 1, first - 1, -1):
            cells = self._sheet.rows[row][region.left : header.right + 1]
            if sum(map(is_filled, cells)) != 1:
                return
            yield row

    def _lines_between(self, first: int, start: int, region: Area) -> range:
        """The rows directly above a later header that are no data of the table before it: blank, or of at most two cells."""
        row = start
        while (
            row > first and sum(map(is_filled, self._sheet.rows[row - 1][region.left : region.right + 1])) < 3
        ):
            row -= 1
        return range(row, start)

    def _texts(self, rows: range, region: Area) -> list[str]:
        """What stands in the rows above a header: a unit may be stated there."""
        return [
            cell
            for row in rows
            for cell in self._sheet.rows[row][region.left : region.right + 1]
            if isinstance(cell, str) and cell
        ]

    def _row_below(self, header: Header, region: Area) -> dict[int, Cell]:
        """The filled cells of the row directly below a header, by their column: units may stand there."""
        if header.rows.stop > region.bottom:
            return {}
        row = self._sheet.rows[header.rows.stop]
        return {
            at: row[at] for at in range(region.left, min(region.right + 1, len(row))) if is_filled(row[at])
        }

    def _leave(self, area: Area, found: Found) -> None:
        """Blocks of at least two rows and two columns beside the tables."""
        if area.right < area.left or area.bottom < area.top or self._sheet.is_delimited:
            return
        for one in _segments(self._sheet, area):
            rows = [
                row
                for row in range(one.top, one.bottom + 1)
                if any(map(is_filled, self._sheet.rows[row][one.left : one.right + 1]))
            ]
            if len(rows) >= 2 and one.right > one.left:
                found.blocks.append(Area(rows[0], one.left, rows[-1], one.right))


def _segments(sheet: Sheet, area: Area) -> Iterator[Area]:
    """Runs of columns between columns that are empty in all rows of an area."""
    filled = [False] * (area.right - area.left + 1)
    for row in sheet.rows[area.top : area.bottom + 1]:
        for place, cell in enumerate(row[area.left : area.right + 1]):
            if not filled[place] and is_filled(cell):
                filled[place] = True
    start: int | None = None
    for place, has in enumerate([*filled, False]):
        if has and start is None:
            start = place
        elif not has and start is not None:
            yield Area(area.top, area.left + start, area.bottom, area.left + place - 1)
            start = None
