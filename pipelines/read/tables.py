"""A sheet -> which deliverable it is, and its rows in canonical columns."""

import json
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipelines.kinds import KINDS, FieldType
from pipelines.notice.model import Deliverable, Notice
from pipelines.read.headers import Header, UnitLine, find_column, header_key, match_columns
from pipelines.read.sheets import Sheet
from pipelines.read.values import (
    Cell,
    CountGrammar,
    Window,
    as_text,
    join_word,
    normalize,
    read_count,
    read_date,
    trim,
)

Planned = tuple[str, int, FieldType, bool]
"""Field, its column in the sheet, how it is read, whether it is required."""


@dataclass(frozen=True)
class ReadRow:
    """One row in canonical columns. `values` holds what was read, `received` the cells as they came."""

    row_number: int
    values: dict[str, object]
    received: dict[str, str]
    unit_name: str
    is_zero_report: bool


class TableReader:
    """Reads sheets by one notice's columns and words."""

    def __init__(self, notice: Notice, header_rows: int) -> None:
        self.notice, self.header_rows = notice, header_rows
        words = notice.words
        self.grammar = CountGrammar.of(
            words.not_applicable, words.approximate, words.ten_thousand, words.count_units
        )
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
        self._windows: dict[str, Window | None] = {name: _date_window(notice, name) for name in self.tables}
        self._units, self._numbers = _set(words.unit_columns), _set(words.row_number)
        self._totals, self._blank = _set(words.totals), _set(words.blank)
        self._examples = _set(words.example)
        self._count_units = _set(words.count_units)
        self._zero_titles = frozenset(words.zero_report)
        self._unit_line = UnitLine(words.reporting_unit)

    def is_instruction(self, sheet: Sheet) -> bool:
        return any(word in sheet.name for word in self.notice.words.instruction_sheets)

    def find_header(self, sheet: Sheet, *, numbered: bool = False, only: str | None = None) -> Header | None:
        """The row that matches a deliverable best (`only`: this one), at least half of its required columns."""
        best: tuple[tuple[float, int], Header] | None = None
        for index, row in enumerate(sheet.rows):
            if sheet.first_row + index > self.header_rows:
                break
            keys = [header_key(as_text(cell), numbered, self._count_units) for cell in row]
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

    def declared_unit(self, sheet: Sheet, header: Header | None) -> str:
        """What 填报单位：… above the table says, '' where it says nothing."""
        return self._unit_line.find(sheet, header, self.header_rows)

    def read_rows(self, sheet: Sheet, header: Header, *, keep_all: bool = False) -> Iterator[ReadRow]:
        """The data rows below the header; totals, examples, remarks and empty rows are passed over (`keep_all`: empty ones only)."""
        item = self.tables[header.deliverable]
        plan: list[Planned] = [
            (field, column, item.field(field).type, item.columns[field].required)
            for field, column in header.columns.items()
        ]
        absent = [field for field in item.columns if field not in header.columns]
        window = self._windows[header.deliverable]
        titles = sheet.rows[header.row_index]
        for index in range(header.row_index + 1, len(sheet.rows)):
            row = sheet.rows[index]
            filled = sum(
                1
                for cell in row
                if cell not in ("", None) and not (isinstance(cell, str) and not cell.strip())
            )
            if filled == 0 or (
                not keep_all
                and (
                    filled == 1
                    or self._is_total(row, header)
                    or self._is_example(row, header)
                    or row == titles
                )
            ):
                continue
            received, values = self._read_cells(plan, row, window, is_typed=sheet.is_typed)
            if not received and not keep_all:
                continue
            for field in absent:
                values[field] = None
                if item.field(field).type == "count":
                    values[f"{field}_state"] = "blank"
            at = header.unit_column
            unit = as_text(row[at]) if at is not None and at < len(row) else ""
            is_zero = (
                values.get("title") in self._zero_titles
                and not values.get("material_type")
                and not values.get("category")
            )
            yield ReadRow(sheet.first_row + index, values, received, unit, is_zero)

    def _read_cells(
        self, plan: list[Planned], row: list[Cell], window: Window | None, *, is_typed: bool
    ) -> tuple[dict[str, str], dict[str, object]]:
        """What a row's cells were and what they mean, by field; a cell without a visible letter was not given."""
        received: dict[str, str] = {}
        values: dict[str, object] = {}
        for field, column, kind, required in plan:
            cell = row[column] if column < len(row) else ""
            text = as_text(cell)
            plain = normalize(text)
            if plain:
                received[field] = text
            if kind == "count":
                values[field], values[f"{field}_state"] = read_count(cell, self.grammar)
            elif not plain or (not required and plain in self._blank):
                values[field] = None
                if kind == "date":
                    received.pop(field, None)
            elif kind == "date":
                values[field] = read_date(cell, window, typed=is_typed)
            else:
                values[field] = _READ_TEXT[kind](text)
        return received, values

    def _is_total(self, row: list[Cell], header: Header) -> bool:
        """Whether a word for a total stands in the table's first column, or in the first after the numbers."""
        places = [header.first_column]
        if header.number_column == header.first_column:
            places.append(header.first_column + 1)
        return any(at < len(row) and normalize(as_text(row[at])) in self._totals for at in places)

    def _is_example(self, row: list[Cell], header: Header) -> bool:
        """Whether the row shows how to fill in: a template says so in the table's first column."""
        at = header.first_column
        return at < len(row) and normalize(as_text(row[at])) in self._examples

    def places(self, sheet: Sheet, header: Header) -> str:
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


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    """A phone, address or URL: full-width letters made half-width, outer spaces removed."""
    return unicodedata.normalize("NFKC", text).strip()


_READ_TEXT: dict[FieldType, Callable[[str], str]] = {
    "word": join_word,
    "text": trim,
    "contact": _plain,
    "url": _plain,
}
