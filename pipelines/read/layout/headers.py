"""The row, or up to three rows, that name a table's columns: found by the notice's headers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from pipelines.notice.deliverable import Deliverable
from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.read.grid import Sheet
from pipelines.read.layout.header_key import HeaderKey, KeyReader
from pipelines.read.layout.model import MAX_HEADER_ROWS, Area, Column, FieldSource, is_filled
from pipelines.read.layout.words import KNOWN, Remembered, Words
from pipelines.read.values import as_text, normalize

_IDEOGRAPHS = re.compile("[\u4e00-\u9fff]{2}")
_PLAIN = re.compile("[0-9０-９\u4e00-\u9fff][0-9０-９\u4e00-\u9fff.,，．]|[A-Za-z0-9]{2}(?![^\x00-\x7f])")
"""Begins with two letters of which cleaning makes two, whatever follows."""
HEAD = 3
"""So many letters tell whether a text begins as one that names a column may."""
Texts = tuple[tuple[str, ...], ...]
"""The cells of each row of a header."""
Reaches = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Header:
    """A recognised header: which deliverable's, in which rows, with all its columns from left to right."""

    deliverable: str
    rows: range
    columns: tuple[Column, ...]
    score: tuple[float, int]

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(column.header for column in self.columns)

    @property
    def right(self) -> int:
        return self.columns[-1].at

    def is_whole(self, area: Area) -> bool:
        """Whether every column of an area is named, and known: no further row can tell more."""
        width = area.right - area.left + 1
        return (
            self.score[0] == 1
            and len(self.columns) == width
            and all(column.kind != "unknown" and not column.is_weak for column in self.columns)
        )


class HeaderFinder:
    """Finds headers by one notice's lists."""

    def __init__(self, notice: Notice, words: Words) -> None:
        self._words, self._keys = words, KeyReader(words)
        self._tables: dict[str, Deliverable] = {
            name: item for name, item in notice.deliverables.items() if KINDS[item.kind].is_table
        }
        self._listed = {name: self._list_headers(item) for name, item in self._tables.items()}
        self._ignored = {
            name: frozenset(form for header in item.ignored_headers for form in self._keys.read(header).sure)
            for name, item in self._tables.items()
        }
        self._required = {name: _required(item) for name, item in self._tables.items()}
        self._known = frozenset(form for forms in self._listed.values() for form in forms)
        self._matched: dict[tuple[object, ...], Header | None] = {}
        self._singles: dict[tuple[str, int, str, bool], Column] = {}
        self._field_of = {
            (name, numbered): Remembered(partial(self._field_named, name, numbered))
            for name in self._tables
            for numbered in (False, True)
        }
        self._starts = frozenset(form[:2] for form in self._known)
        self._may_begin = {
            numbered: Remembered(partial(self._begins_field, numbered)) for numbered in (False, True)
        }
        self._is_known = {
            numbered: Remembered(partial(self._names_field, numbered)) for numbered in (False, True)
        }

    def _begins_field(self, numbered: bool, head: str) -> bool:
        """Whether a cell that may name a column may begin with these letters."""
        plain = _IDEOGRAPHS if numbered else _PLAIN
        first = normalize(head[:2])
        return first in self._starts or first[:1] in self._starts or not plain.match(head)

    def _names_field(self, numbered: bool, text: str) -> bool:
        """Whether a cell may name a column."""
        if len(text) > 200 or (
            len(text) > 4
            and not numbered
            and normalize(text[:40]).strip(self._words.marks)[:2] not in self._starts
        ):
            return False
        key = self._keys.read(text, numbered)
        return not self._known.isdisjoint(key.sure) or not self._known.isdisjoint(key.weak)

    def _list_headers(self, item: Deliverable) -> dict[str, tuple[str, int]]:
        """Form -> (field, its place in the notice's list)."""
        found: dict[str, tuple[str, int]] = {}
        for field, column in item.columns.items():
            for rank, header in enumerate(column.headers):
                for form in self._keys.read(header).sure:
                    found.setdefault(form, (field, rank))
        if "unit_name" in item.columns:
            for word in self._words.unit_columns:
                found.setdefault(word, ("unit_name", len(self._words.unit_columns) + 99))
        return found

    def find(
        self, sheet: Sheet, area: Area, last_row: int, *, numbered: bool = False, only: str | None = None
    ) -> Header | None:
        """The first header in an area that starts in a row up to `last_row`; of what may be one there, the one that says most."""
        for row in range(area.top, min(area.bottom, last_row) + 1):
            if not self._has_known(sheet, area, row, numbered):
                continue
            quick = self._match(sheet, area, range(row, row + 1), numbered, only)
            if quick and quick.is_whole(area):
                return quick
            windows = [
                (top, height)
                for top in range(max(area.top, row - MAX_HEADER_ROWS + 1), row + 1)
                for height in range(row - top + 1, MAX_HEADER_ROWS + 1)
                if top + height - 1 <= area.bottom
            ]
            windows += [(row + 1, 1)] * (row + 1 <= area.bottom)
            best: Header | None = None
            for top, height in sorted(windows, key=lambda one: (one[1], one[0])):
                found = self._match(sheet, area, range(top, top + height), numbered, only)
                if found and (best is None or found.score > best.score):
                    best = found
            if best and best.rows.start <= last_row:
                return best
        return None

    def may_find(self, sheet: Sheet, area: Area, *, numbered: bool = False) -> bool:
        """Whether some cell of an area's rows may name a column: never wrong by no, and quicker than to look for a header.
        Texts that begin as no header's word does are not looked at."""
        known, may_begin = self._is_known[numbered], self._may_begin[numbered]
        found = [text for text in sheet.different_from(area.top).texts if may_begin[text[:HEAD]]]
        return any(known[text] for text in found if may_begin[text.strip()[:HEAD]])

    def _has_known(self, sheet: Sheet, area: Area, row: int, numbered: bool) -> bool:
        known, starts = self._is_known[numbered], self._starts
        for cell in sheet.rows[row][area.left : area.right + 1]:
            # A title that begins as no header does is not looked up: there are as many as rows.
            if (
                cell.__class__ is str
                and cell
                and (cell[:2] in starts or not _IDEOGRAPHS.match(cell))
                and known[cell]
            ):
                return True
        return False

    def _match(
        self, sheet: Sheet, area: Area, rows: range, numbered: bool, only: str | None
    ) -> Header | None:
        """What some rows name as a header; remembered, since the same header comes in every file."""
        texts = tuple(tuple(_row_texts(sheet, area, row)) for row in rows)
        reaches = tuple(_reaches(sheet, area, row) for row in rows[:-1])
        key = (texts, reaches, area.left, numbered, only)
        if key not in self._matched:
            if len(self._matched) >= KNOWN:
                self._matched.clear()
            self._matched[key] = self._judge(texts, reaches, area.left, numbered, only)
        found = self._matched[key]
        return Header(found.deliverable, rows, found.columns, found.score) if found else None

    def _judge(
        self, texts: Texts, reaches: tuple[Reaches, ...], left: int, numbered: bool, only: str | None
    ) -> Header | None:
        keys = [] if len(texts) == 1 else list(_column_keys(self._keys, texts, reaches, left, numbered))
        named = [(left + place, text) for place, text in enumerate(texts[0]) if text.strip()]
        best: Header | None = None
        for name in self._tables:
            if only not in (None, name):
                continue
            columns = self._columns(name, keys)
            fields = (
                {column.field for column in columns}
                if keys
                else {self._field_of[name, numbered][text] for _, text in named}
            ) - {None}
            required, dated = self._required[name]
            have = sum(field in fields for field in required)
            if not fields or have * 2 < len(required) or not fields.issuperset(dated):
                continue
            score = (have / len(required), len(fields))
            if best is None or score > best.score:
                columns = columns or tuple(self._single(name, at, text, numbered) for at, text in named)
                best = Header(name, range(0), columns, score)
        return best

    def _columns(self, deliverable: str, keys: list["ColumnKeys"]) -> tuple[Column, ...]:
        return tuple(self._column(deliverable, one) for one in keys if one.text)

    def _field_named(self, deliverable: str, numbered: bool, text: str) -> str | None:
        """The field of a column that one cell names, wherever it stands."""
        return self._single(deliverable, 0, text, numbered).field

    def _single(self, deliverable: str, at: int, text: str, numbered: bool) -> Column:
        """A column that one cell names: remembered, since headers are put together from the same cells."""
        key = (deliverable, at, text, numbered)
        if key not in self._singles:
            if len(self._singles) >= KNOWN:
                self._singles.clear()
            (one,) = _column_keys(self._keys, ((text,),), (), at, numbered)
            self._singles[key] = self._column(deliverable, one)
        return self._singles[key]

    def _column(self, deliverable: str, one: "ColumnKeys") -> Column:
        listed, ignored = self._listed[deliverable], self._ignored[deliverable]
        for is_weak in (False, True):
            for key in one.keys:
                form = next((form for form in (key.weak if is_weak else key.sure) if form in listed), None)
                if form is not None:
                    field, rank = listed[form]
                    return Column(one.at, "field", one.text, field, rank, is_weak, key.factor, key.has_unit)
                if is_weak:
                    continue
                for kind, words in (("unit", self._words.unit_columns), ("number", self._words.numbers)):
                    if not words.isdisjoint(key.sure):
                        return Column(one.at, kind, one.text)  # type: ignore[arg-type]
                if not ignored.isdisjoint(key.sure):
                    return Column(one.at, "ignored", one.text)
        if any(not ignored.isdisjoint(key.weak) for key in one.keys):
            return Column(one.at, "ignored", one.text)
        return Column(one.at, "unknown", one.text)

    def field_of_label(self, deliverable: str, text: str) -> tuple[str, HeaderKey] | None:
        """The field that a form's label names, surely."""
        key = self._keys.read(text)
        form = next((form for form in key.sure if form in self._listed[deliverable]), None)
        return (self._listed[deliverable][form][0], key) if form is not None else None

    def is_ignored_label(self, deliverable: str, text: str) -> bool:
        """Whether it is a header that the notice ignores by name: no value of the label before it."""
        return not self._ignored[deliverable].isdisjoint(self._keys.read(text).sure)

    @property
    def deliverables(self) -> dict[str, Deliverable]:
        return self._tables


def _required(item: Deliverable) -> tuple[list[str], list[str]]:
    """The fields that a header must name half of, and those of them that it must name."""
    required = [field for field, column in item.columns.items() if column.required]
    dated_by = item.dated_by
    return required, [field for field in required if field == dated_by]


@dataclass(frozen=True)
class ColumnKeys:
    """A column's header: its text as received, and what it may be called, the surest first."""

    at: int
    text: str
    keys: tuple[HeaderKey, ...]


def _column_keys(
    reader: KeyReader, texts: Texts, reaches: tuple[Reaches, ...], left: int, numbered: bool
) -> Iterator[ColumnKeys]:
    groups = [_extended(line, reach) for line, reach in zip(texts[:-1], reaches, strict=True)]
    for place in range(len(texts[0])):
        own = [(depth, line[place]) for depth, line in enumerate(texts) if line[place].strip()]
        if not own:
            yield ColumnKeys(left + place, "", ())
            continue
        depth, lowest = own[-1]
        above = [groups[level][place] for level in range(depth) if groups[level][place].strip()]
        keys = [reader.read(lowest, numbered)]
        if above:
            nearest = above[-1]
            keys += [reader.read(nearest + lowest), reader.read("".join(above) + lowest)]
            keys.append(reader.read(f"{nearest}({lowest})").as_weak())
        yield ColumnKeys(left + place, " ".join(lowest.split()), tuple(keys))


def _row_texts(sheet: Sheet, area: Area, row: int) -> list[str]:
    cells = sheet.rows[row][area.left : area.right + 1]
    texts = [as_text(cell) if is_filled(cell) else "" for cell in cells]
    return texts + [""] * (area.right - area.left + 1 - len(texts))


def _reaches(sheet: Sheet, area: Area, row: int) -> Reaches:
    """Where merged cells of a row begin and end, from the area's left."""
    spans = sheet.marks.spans
    return tuple((one.left - area.left, one.right - area.left) for one in spans if one.top == row)


def _extended(texts: Sequence[str], reaches: Reaches) -> list[str]:
    """A row of group titles: each stands also above the blank cells to its right, or above what it is merged over."""
    ends = dict(reaches)
    found, current, end = [], "", -1
    for place, text in enumerate(texts):
        if text:
            current, end = text, ends.get(place, len(texts))
        found.append(current if place <= end else "")
    return found


@lru_cache(maxsize=1024)
def sources(columns: tuple[Column, ...]) -> dict[str, FieldSource]:
    """Field -> the columns its value comes from (contract 4.2, two columns for one field). Remembered: not to be changed."""
    claimed: dict[str, list[Column]] = {}
    for column in columns:
        if column.field:
            claimed.setdefault(column.field, []).append(column)
    found: dict[str, FieldSource] = {}
    for field, claims in claimed.items():
        sure = [column for column in claims if not column.is_weak]
        first = [column for column in sure if column.rank == 0]
        if not sure:
            found[field] = FieldSource(tuple(claims))
        elif first:
            found[field] = FieldSource(tuple(first), tuple(one for one in sure if one.rank))
        else:
            found[field] = FieldSource(tuple(sure))
    return found
