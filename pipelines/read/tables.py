"""A sheet -> which deliverable it is, and its rows in canonical columns."""

import json
from collections.abc import Sequence
from functools import cache, partial
from itertools import zip_longest
from typing import Any

from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Deliverable, Notice
from pipelines.read.cells import PARTS, CellReader, Memo, count_reader, date_reader, text_reader
from pipelines.read.headers import Header, UnitLine, find_column, header_key, match_columns
from pipelines.read.rows import SheetRows
from pipelines.read.sheets import Sheet
from pipelines.read.values import Cell, CountGrammar, DateGrammar, Window, as_text, normalize


class TableReader:
    """Reads sheets by one notice's columns and words."""

    def __init__(self, notice: Notice, header_rows: int) -> None:
        self.notice, self.header_rows = notice, header_rows
        words = notice.words
        self.grammar = CountGrammar.of(words)
        self._dates = DateGrammar.of(notice)
        self.tables: dict[str, Deliverable] = {
            name: item for name, item in notice.deliverables.items() if KINDS[item.kind].is_table
        }
        self._fields = {
            name: {
                normalize(header): field
                for field, column in item.columns.items()
                for header in column.headers
            }
            for name, item in self.tables.items()
        }
        self._headers = frozenset(header for fields in self._fields.values() for header in fields)
        self._windows: dict[str, Window | None] = {name: _date_window(notice, name) for name in self.tables}
        self._units, self._numbers = _set(words.unit_columns), _set(words.row_number)
        self._totals, self._blank = _set(words.totals), _set(words.not_applicable)
        self._examples = _set(words.example)
        self._count_units = _set(words.count_units)
        self._zero_titles = frozenset(words.zero_report)
        self._unit_line = UnitLine(words.reporting_unit)
        # What cells were taken for is remembered: the same ones come in every file.
        self._reader_of = cache(self._make_reader)
        self._is_header = {
            numbered: Memo(partial(self._is_known_header, numbered)) for numbered in (False, True)
        }
        self._is_total_word = Memo(lambda cell: normalize(as_text(cell)) in self._totals)
        self._is_example_word = Memo(lambda cell: normalize(as_text(cell)) in self._examples)

    def is_instruction(self, sheet: Sheet) -> bool:
        words = self.notice.words
        return any(word in sheet.name for word in (*words.instruction_sheets, words.returned_sheet))

    def find_header(self, sheet: Sheet, *, numbered: bool = False, only: str | None = None) -> Header | None:
        """The row that matches a deliverable best (`only`: this one), at least half of its required columns."""
        best: tuple[tuple[float, int], Header] | None = None
        for index, row in enumerate(sheet.rows):
            if sheet.first_row + index > self.header_rows:
                break
            if not any(self._is_header[numbered].of(row)):
                continue
            keys = [header_key(cell, numbered, self._count_units) for cell in row]
            for name, item in self.tables.items():
                if only not in (None, name):
                    continue
                columns = match_columns(keys, self._fields[name])
                required = [field for field, column in item.columns.items() if column.required]
                have = sum(field in columns for field in required)
                if not columns or have * 2 < len(required):
                    continue
                score = (have / len(required), len(columns))
                if best is None or score > best[0]:
                    unit, number = find_column(keys, self._units), find_column(keys, self._numbers)
                    first = next(column for column, key in enumerate(keys) if key.plain)
                    best = (score, Header(name, index, columns, unit, number, first))
        return best[1] if best else None

    def _is_known_header(self, numbered: bool, cell: Cell) -> bool:
        key = header_key(cell, numbered, self._count_units)
        return key.plain in self._headers or key.bare in self._headers

    def declared_unit(self, sheet: Sheet, header: Header | None) -> str:
        """What 填报单位：… above the table says, '' where it says nothing."""
        return self._unit_line.find(sheet, header, self.header_rows)

    def read_rows(self, sheet: Sheet, header: Header, *, keep_all: bool = False) -> SheetRows:
        """The data rows below the header; totals, examples, remarks and empty rows are passed over (`keep_all`: empty ones only)."""
        titles, start = sheet.rows[header.row_index], header.row_index + 1
        chosen = [
            index
            for index, row in enumerate(sheet.rows[start:], start)
            if self._is_data(row, titles, header, keep_all=keep_all)
        ]
        cells = list(zip_longest(*(sheet.rows[index] for index in chosen), fillvalue=""))
        columns: dict[str, Sequence[Any]] = {}
        for field, at in header.columns.items() if chosen else ():
            column = cells[at] if at < len(cells) else ("",) * len(chosen)
            read = self._reader_of(header.deliverable, field, sheet.is_typed)
            parts = PARTS[self.tables[header.deliverable].field(field).type]
            found = zip(*read.of(column), strict=True)
            columns |= zip((field + part for part in parts), found, strict=True)
        at_unit = header.unit_column
        named = cells[at_unit] if at_unit is not None and at_unit < len(cells) else ("",) * len(chosen)
        rows = SheetRows(
            header.deliverable,
            sheet.name,
            sheet.first_row + header.row_index,
            self._places(sheet, header),
            [sheet.first_row + index for index in chosen],
            [as_text(cell) for cell in named],
            self._zero_reports(columns, len(chosen)),
            columns,
        )
        if keep_all:
            return rows
        # What stands under no header that is known makes no row.
        said = [columns[f"{field}_given"] for field in header.columns] if chosen else []
        return rows.keep([any(row) for row in zip(*said, strict=True)])

    def _make_reader(self, deliverable: str, field: str, is_typed: bool) -> CellReader:
        item = self.tables[deliverable]
        kind, blank = item.field(field).type, frozenset() if item.columns[field].required else self._blank
        if kind == "count":
            return count_reader(self.grammar)
        if kind == "date":
            return date_reader(blank, self._windows[deliverable], typed=is_typed, grammar=self._dates)
        return text_reader(kind, blank)

    def _zero_reports(self, columns: dict[str, Sequence[Any]], count: int) -> list[bool]:
        """Which rows only say that there was nothing: such a title, with neither type nor category."""
        nothing = (None,) * count
        titles, types, categories = (
            columns.get(field, nothing) for field in ("title", "material_type", "category")
        )
        return [
            title in self._zero_titles and not kind and not category
            for title, kind, category in zip(titles, types, categories, strict=True)
        ]

    def _is_data(self, row: list[Cell], titles: list[Cell], header: Header, *, keep_all: bool) -> bool:
        filled = _count_filled(row)
        if filled == 0 or keep_all:
            return filled > 0
        return (
            filled > 1
            and not self._is_total(row, header)
            and not self._is_example(row, header)
            and row != titles
        )

    def _is_total(self, row: list[Cell], header: Header) -> bool:
        """Whether a word for a total stands in the table's first column, or in the first after the numbers."""
        first = header.first_column
        last = first + 1 if header.number_column == first else first
        return any(self._is_total_word.of(row[first : last + 1]))

    def _is_example(self, row: list[Cell], header: Header) -> bool:
        """Whether the row shows how to fill in: a template says so in the table's first column."""
        return any(self._is_example_word.of(row[header.first_column : header.first_column + 1]))

    def _places(self, sheet: Sheet, header: Header) -> str:
        """Where each field stands in this sheet, as JSON: {field: [column number from 1, header as received]}."""
        titles = sheet.rows[header.row_index]
        return json.dumps(
            {
                field: [sheet.first_column + column, " ".join(as_text(titles[column]).split())]
                for field, column in header.columns.items()
            },
            ensure_ascii=False,
        )


def _date_window(notice: Notice, deliverable: str) -> Window | None:
    """The window that missing years come from: the deliverable's own days, else those of the event."""
    own = notice.window(deliverable)
    return own or (
        (notice.event.first_day, notice.event.last_day) if notice.event else (notice.opens, notice.closes)
    )


def _set(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(normalize(word) for word in words)


def _count_filled(row: list[Cell]) -> int:
    """How many cells hold anything that is no white space: 0, 1, or 2 for more."""
    count = 0
    for cell in row:
        if cell not in ("", None) and not (isinstance(cell, str) and cell.isspace()):
            count += 1
            if count == 2:
                break
    return count
