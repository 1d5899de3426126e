"""What each row of a table is: data, a total, an example, a remark, a row that a template printed, or struck through."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.notice.deliverable import Deliverable
from pipelines.read.layout.model import Role, Table, is_filled
from pipelines.read.layout.words import Words
from pipelines.read.values import Cell, as_text, normalize

_SENTENCE = re.compile("[。，；：！？,;:!?]")
"""What stands in no unit's name."""
_COUNTED = re.compile(r"[(第]?(?:\d{1,6}|[一二三四五六七八九十百]{1,5}|[a-zA-Z])[)号]?[.、:,]?")
"""What counts a row."""
LONGEST = 200
"""A longer text in front of a row is looked at each time, and not remembered."""
IsValid = Callable[[str, Cell], bool]
"""Whether a cell would be a valid value of a field."""


@dataclass(frozen=True)
class RowRole:
    """A row's role; `word` is a total's, `is_noted` tells that nobody knows what it says."""

    role: Role
    word: str = ""
    is_noted: bool = False


DATA = RowRole("value")


class RowJudge:
    """Tells the rows of one table apart (contract 4.3), in the order of the contract. `bodies` are the cells of all of them."""

    def __init__(
        self,
        table: Table,
        item: Deliverable,
        words: Words,
        is_valid: IsValid,
        is_unit_line: Callable[[str], bool],
        bodies: Sequence[Sequence[Cell]],
    ) -> None:
        self._table, self._words, self._is_valid, self._is_unit_line = table, words, is_valid, is_unit_line
        self._takes_zero, self._bodies = item.zero_report, bodies
        self._kinds = {column.at - table.left: column for column in table.columns}
        self._first = min(self._kinds, default=0)
        required = {
            field: item.field(field).type == "count"
            for field, column in item.columns.items()
            if column.required
        }
        dated_by = item.dated_by
        self._required = {
            place: column.field
            for place, column in self._kinds.items()
            if column.field in required and column in table.fields[column.field].winners
        }
        self._texts = {place: field for place, field in self._required.items() if not required[field]}
        self._counts = frozenset(
            place
            for place, column in self._kinds.items()
            if column.field and item.field(column.field).type == "count"
        )
        self._dates = {
            place: column.field
            for place, column in self._kinds.items()
            if column.field and column.field == dated_by
        }
        self._numbers = {place for place, column in self._kinds.items() if column.kind == "number"}
        self.has_ditto = False
        """`has_ditto`: a row that was judged may hold a cell that means the one above."""
        # Most tables hold no total word and no ditto: one look at all of their text spares one a row.
        self._special = words.rare_letters(table.sheet.different_from(table.header.stop).text)
        self._units = {
            place
            for place, column in self._kinds.items()
            if column.kind == "unit" or column.field == "unit_name"
        }
        self._printable = self._numbers | self._units | self._dates.keys()

    def plain_rows(self, filled: Sequence[Sequence[int]]) -> list[bool]:
        """Which rows `judge` would call data at first sight, as it does most: never wrong by yes. `filled`: as told to it."""
        is_printed, stands_out = self._printable.issuperset, self._words.stands_out
        firsts = [cells[places[0]] for cells, places in zip(self._bodies, filled, strict=True)]
        plain = [
            len(places) > 1
            and not is_printed(places)
            and (first.__class__ is not str or (len(first) <= LONGEST and not stands_out[first]))
            for first, places in zip(firsts, filled, strict=True)
        ]
        if self._special:
            may_hold = self._special.search
            plain = [one and not may_hold(_texts(row)) for one, row in zip(plain, self._bodies, strict=True)]
        return plain

    def _holds_special(self, cells: Sequence[Cell]) -> bool:
        """Whether a row holds a total word or a cell that means the one above."""
        if not self._special or not self._special.search(text := _texts(cells)):
            return False
        return self._words.holds_total_or_ditto(text)

    def judge(self, row: int, cells: Sequence[Cell], filled: Sequence[int]) -> RowRole:
        """`cells` are the row's, merged values filled in; `filled` are the places that hold something."""
        is_printed = self._printable.issuperset(filled) and all(
            self._is_printed(place, cells[place]) for place in filled
        )
        if is_printed and self._is_all_zero(cells, filled):
            return DATA
        if is_printed:
            word = next((found for place in filled if (found := self._words.total_word(cells[place]))), "")
            return RowRole("total", word) if word else RowRole("printed")
        if self._holds_special(cells):
            self.has_ditto = True
            return self._judge_closely(row, cells, filled)
        first = cells[filled[0]]
        if len(filled) == 1 or (
            isinstance(first, str) and (filled[0] == self._first or self._words.is_remark(first))
        ):
            return self._judge_closely(row, cells, filled)
        return DATA

    def _is_all_zero(self, cells: Sequence[Cell], filled: Sequence[int]) -> bool:
        """Whether a zero word beside nothing, or beside what templates print, speaks for the unit: no other row has a number."""
        if not self._takes_zero or not any(self._words.is_zero(as_text(cells[place])) for place in filled):
            return False
        others = (other for other in self._bodies if other is not cells)
        return not any(is_filled(cell) for other in others for cell in self._counted(other))

    def _counted(self, cells: Sequence[Cell]) -> Iterator[Cell]:
        return (cells[place] for place in self._counts if place < len(cells))

    def _is_printed(self, place: int, cell: Cell) -> bool:
        """Whether a template may have filled a cell: a row number, a unit, a day."""
        if place in self._dates:
            return self._is_valid(self._dates[place], cell)
        if place in self._numbers:
            return not isinstance(cell, str) or bool(_COUNTED.fullmatch(normalize(cell)))
        return place in self._units and not (isinstance(cell, str) and _SENTENCE.search(cell))

    def _judge_closely(self, row: int, cells: Sequence[Cell], filled: Sequence[int]) -> RowRole:
        first = cells[filled[0]]
        if self._words.is_example(cells[self._first] if self._first < len(cells) else None):
            return RowRole("example")
        if word := self._total_word(cells, filled):
            return RowRole("total", word)
        if len(filled) == 1:
            if row in self._table.above_header:
                is_declared = isinstance(first, str) and self._is_unit_line(first)
                return RowRole("declaration" if is_declared else "title")
            if self._is_all_zero(cells, filled):
                return DATA
            return RowRole("remark", is_noted=not self._words.is_remark(first))
        if self._words.is_remark(first) and self._valid_fields(cells, self._required) < 2:
            return RowRole("remark")
        return DATA

    def _total_word(self, cells: Sequence[Cell], filled: Sequence[int]) -> str:
        """The total word that stands left of the first count that says something else; '' where the row is data all the same."""
        for place in filled:
            word = self._words.total_word(cells[place])
            if word:
                return "" if self._is_whole(cells, place) else word
            if place in self._counts:
                break
        return ""

    def _is_whole(self, cells: Sequence[Cell], word_at: int) -> bool:
        """Whether a row has a valid value in another required field that is no count, and lacks none of those."""
        others = {place: field for place, field in self._texts.items() if place != word_at}
        if not others or not all(place < len(cells) and is_filled(cells[place]) for place in others):
            return False
        return self._valid_fields(cells, others) > 0

    def _valid_fields(self, cells: Sequence[Cell], fields: dict[int, str]) -> int:
        return sum(
            place < len(cells) and is_filled(cells[place]) and self._is_valid(field, cells[place])
            for place, field in fields.items()
        )


def _texts(cells: Iterable[Cell]) -> str:
    """The cells that are text, one a line."""
    return "\n".join([cell for cell in cells if cell.__class__ is str])


def is_ditto(cell: Cell, words: Words) -> bool:
    return isinstance(cell, str) and len(cell) < 20 and normalize(as_text(cell)) in words.ditto
