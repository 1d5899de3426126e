"""How the cells of each field are read, by one notice's grammar, lists and windows; what was read once is remembered."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial

from pipelines.notice.model import Notice
from pipelines.read.cells import (
    CellReader,
    answer_reader,
    count_reader,
    date_reader,
    number_reader,
    text_reader,
)
from pipelines.read.layout.model import Column, Form, FormValue, Table
from pipelines.read.layout.words import Words, declared_units
from pipelines.read.values import Cell, CountGrammar, DateGrammar, Window


class Readers:
    """Made once a child process."""

    def __init__(self, notice: Notice, words: Words) -> None:
        self._notice = notice
        units = dict.fromkeys([*notice.words.count_units, *declared_units(notice)])
        counted = notice.words.model_copy(update={"count_units": tuple(units)})
        self._counts, self._dates = CountGrammar.of(counted), DateGrammar.of(notice)
        self._blank = words.not_applicable
        self._windows: dict[str, Window | None] = {
            name: _date_window(notice, name) for name in notice.deliverables
        }
        self._valid = {name: notice.window(name) for name in notice.deliverables}
        self._lists = {name: frozenset(words.values()) for name, words in notice.lists.items()}
        self.of = cache(self._make)
        self._number = cache(partial(number_reader, notice.words))
        self._kind_of = cache(lambda deliverable, field: notice.deliverables[deliverable].number(field))

    def of_column(self, table: Table, field: str, column: Column) -> CellReader:
        """Reads a column of a table: its header may multiply, and so may a line above the table."""
        return self.of_place(table, field, column)

    def of_place(
        self, table: Table | Form, field: str, place: Column | FormValue, *, is_fraction: bool = False
    ) -> CellReader:
        """`is_fraction`: the cell's format shows 0.125 as 12.5%."""
        kind = self._kind_of(table.deliverable, field)
        is_stated = not place.has_unit and (table.is_scaled or place.is_scaled)
        if kind.type == "count":
            return self.of(table.deliverable, field, table.sheet.is_typed, place.factor, is_stated)
        # Money and percentages have units of their own: a line about 万人次 does not speak of them.
        is_stated = is_stated and kind.type == "decimal"
        return self._number(kind, place.factor, place.has_unit, table.stated_money, is_fraction, is_stated)

    def _make(
        self, deliverable: str, field: str, is_typed: bool, factor: int = 1, is_stated: bool = False
    ) -> CellReader:
        item = self._notice.deliverables[deliverable]
        kind, blank = (
            item.field(field).type,
            frozenset[str]() if item.columns[field].required else self._blank,
        )
        if kind == "count":
            return count_reader(self._counts, factor=factor, is_stated=is_stated)
        if kind in ("date", "moment"):
            return date_reader(
                blank,
                self._windows[deliverable],
                typed=is_typed,
                grammar=self._dates,
                has_time=kind == "moment",
            )
        if field in item.open_columns and item.columns[field].type == "yes_no":
            return answer_reader(self._notice.words, blank)
        return text_reader(kind, blank)

    def validity(self, table: Table) -> Callable[[str, Cell], bool]:
        """Whether a cell would be a valid value of a field of this table."""
        item = self._notice.deliverables[table.deliverable]
        window = self._valid[table.deliverable]

        def is_valid(field: str, cell: Cell) -> bool:
            reader = self.of(table.deliverable, field, table.sheet.is_typed)
            if item.number(field).type != "count":
                reader = self._number(item.number(field))
            (found,) = reader.of([cell])
            value, _, state = found
            if item.field(field).type == "count":
                return state in ("number", "approximate", "not_applicable")
            if words := item.columns[field].list:
                return value in self._lists[words]
            if isinstance(value, datetime):
                value = value.date()
            if isinstance(value, date) and window:
                return window[0] <= value <= window[1]
            return value is not None and state is None

        return is_valid


def _date_window(notice: Notice, deliverable: str) -> Window | None:
    """The window that missing years come from: the deliverable's own days, else those of the event."""
    own = notice.window(deliverable)
    return own or (
        (notice.event.first_day, notice.event.last_day) if notice.event else (notice.opens, notice.closes)
    )
