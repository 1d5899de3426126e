"""A sheet -> which deliverable it is, and its rows in canonical columns."""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipelines.kinds import KINDS
from pipelines.notice.model import Deliverable, Notice
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

_UNIT_IN_BRACKETS = re.compile(r"\([^()]*\)$")
_QUESTION_NUMBER = re.compile(r"^\d+[、.)]")
_DECLARED_LABEL_GAP = re.compile(r"\s{2,}")


@dataclass(frozen=True)
class Header:
    """A recognised header row: where it stands and which column holds which field."""

    deliverable: str
    row_index: int
    columns: dict[str, int]
    unit_column: int | None
    number_column: int | None
    matched: int


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
        self._zero_titles = frozenset(words.zero_report)
        self._declared = [normalize(word) for word in words.reporting_unit]

    def is_instruction(self, sheet: Sheet) -> bool:
        return any(word in sheet.name for word in self.notice.words.instruction_sheets)

    def find_header(self, sheet: Sheet, *, numbered: bool = False) -> Header | None:
        """The row that matches a deliverable best, at least half of its required columns; None where there is none."""
        best: tuple[tuple[float, int], Header] | None = None
        for index, row in enumerate(sheet.rows):
            if sheet.first_row + index > self.header_rows:
                break
            keys = [_header_keys(as_text(cell), numbered) for cell in row]
            for name, item in self.tables.items():
                columns = _match(keys, self._fields[name])
                required = [field for field, column in item.columns.items() if column.required]
                have = sum(field in columns for field in required)
                if not columns or have * 2 < len(required):
                    continue
                score = (have / len(required), len(columns))
                if best is None or score > best[0]:
                    unit, number = _find(keys, self._units), _find(keys, self._numbers)
                    best = (score, Header(name, index, columns, unit, number, len(columns)))
        return best[1] if best else None

    def declared_unit(self, sheet: Sheet, header: Header | None) -> str:
        """What 填报单位：… above the table says, '' where it says nothing."""
        lines: list[list[str]] = [[text] for text in sheet.above]
        end = header.row_index if header else min(len(sheet.rows), self.header_rows)
        lines += [[as_text(cell) for cell in row] for row in sheet.rows[:end]]
        for line in lines:
            for index, cell in enumerate(line):
                found = self._declared_in(cell, line[index + 1 :])
                if found:
                    return found
        return ""

    def _declared_in(self, cell: str, following: list[str]) -> str:
        plain = cell.strip()
        for label in self._declared:
            match = re.match(
                rf"{re.escape(label)}\s*(?:[(（][^()（）]*[)）])?\s*(?P<colon>[:：])?\s*(?P<name>.*)",
                plain,
                re.S,
            )
            if not match:
                continue
            name = _DECLARED_LABEL_GAP.split(match["name"].strip())[0]
            if name and match["colon"]:
                return name
            if not name:
                return next((text.strip() for text in following if text.strip()), "")
        return ""

    def read_rows(self, sheet: Sheet, header: Header, *, keep_all: bool = False) -> Iterator[ReadRow]:
        """The data rows below the header; totals, remarks and empty rows are passed over (`keep_all`: empty ones only)."""
        item = self.tables[header.deliverable]
        plan = [
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
                not keep_all and (filled == 1 or self._is_total(row, header) or row == titles)
            ):
                continue
            received: dict[str, str] = {}
            values: dict[str, object] = dict.fromkeys(absent)
            for field, column, kind, required in plan:
                cell = row[column] if column < len(row) else ""
                text = as_text(cell)
                if text and not text.isspace():
                    received[field] = text
                if kind == "count":
                    values[field], values[f"{field}_state"] = read_count(cell, self.grammar)
                elif field not in received:
                    values[field] = None
                elif kind == "date":
                    values[field] = read_date(cell, window, typed=sheet.is_typed)
                else:
                    value = (
                        join_word(text) if kind == "word" else trim(text) if kind == "text" else _plain(text)
                    )
                    values[field] = (
                        value if value and (required or normalize(value) not in self._blank) else None
                    )
            if not received:
                continue
            for field in absent:
                if item.field(field).type == "count":
                    values[f"{field}_state"] = "blank"
            unit = (
                as_text(row[header.unit_column])
                if header.unit_column is not None and header.unit_column < len(row)
                else ""
            )
            is_zero = (
                values.get("title") in self._zero_titles
                and not values.get("material_type")
                and not values.get("category")
            )
            yield ReadRow(sheet.first_row + index, values, received, unit, is_zero)

    def _is_total(self, row: list[Cell], header: Header) -> bool:
        first = normalize(as_text(row[0])) if row else ""
        if first in self._totals:
            return True
        return header.number_column == 0 and len(row) > 1 and normalize(as_text(row[1])) in self._totals

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
def _header_keys(text: str, numbered: bool) -> tuple[str, ...]:
    """A header cell as it is, and without a trailing bracketed unit such as （人）."""
    plain = normalize(text)
    if numbered:
        plain = _QUESTION_NUMBER.sub("", plain)
    bare = _UNIT_IN_BRACKETS.sub("", plain)
    return (plain, bare) if bare and bare != plain else (plain,)


def _match(keys: list[tuple[str, ...]], fields: dict[str, str]) -> dict[str, int]:
    """Field -> column; where two columns have a header of the same field, the first counts."""
    found: dict[str, int] = {}
    for column, forms in enumerate(keys):
        field = next((fields[form] for form in forms if form in fields), None)
        if field:
            found.setdefault(field, column)
    return found


def _find(keys: list[tuple[str, ...]], words: frozenset[str]) -> int | None:
    return next((column for column, forms in enumerate(keys) if any(form in words for form in forms)), None)


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    """A phone, address or URL: full-width letters made half-width, outer spaces removed."""
    return unicodedata.normalize("NFKC", text).strip()
