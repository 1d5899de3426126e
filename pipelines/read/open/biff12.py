"""The marks of an xlsb: a walk over its parts' records, [MS-XLSB]. Values are calamine's."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipelines.read.grid import Place, Span
from pipelines.read.open.biff_parts import ERROR_CODES, hyperlink_of, script_fate
from pipelines.read.open.biff_strings import RichString
from pipelines.read.open.canvas import Canvas, CellStyle, Fate
from pipelines.read.open.cell_styles import BUILT_IN, style_of
from pipelines.read.open.package import Package, Target

ROW, ERROR, SHARED, FORMULA_TEXT, FORMULA_ERROR, RICH = 0, 3, 7, 8, 11, 62
CELLS = frozenset({2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 62})
STRING, FONT, FORMAT, XF, BEGIN_XFS, END_XFS = 19, 43, 44, 47, 617, 618
SHEET, MERGE, LINK = 156, 176, 494
WORKBOOK = "xl/workbook.bin"


def mark_biff12(package: Package, canvases: Mapping[str, Canvas]) -> None:
    """Puts on each sheet what its cells show or hide beside their values."""
    targets = package.targets(WORKBOOK)
    book = _Book.read(package, targets)
    for kind, body in _records(package.read(WORKBOOK)):
        if kind != SHEET:
            continue
        relation, end = _string(body, 8)
        canvas, target = canvases.get(_string(body, end)[0]), targets.get(relation)
        if canvas is not None and target and target.place in package:
            _Marker(canvas, book, package.targets(target.place)).read(package.read(target.place))


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and body; both kind and length are written in groups of seven bits."""
    place = 0
    while place < len(content):
        kind = content[place]
        place += 1
        if kind & 0x80 and place < len(content):
            kind = (kind & 0x7F) | (content[place] & 0x7F) << 7
            place += 1
        length = 0
        for shift in range(0, 28, 7):
            if place >= len(content):
                return
            part = content[place]
            place += 1
            length |= (part & 0x7F) << shift
            if not part & 0x80:
                break
        yield kind, content[place : place + length]
        place += length


def _string(body: bytes, place: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<L", body, place)
    length = 0 if length == 0xFFFFFFFF else length
    end = place + 4 + 2 * length
    return body[place + 4 : end].decode("utf-16-le", "replace"), end


@dataclass
class _Book:
    """What styles and shared strings say."""

    fonts: list[Fate] = field(default_factory=list)
    styles: dict[int, CellStyle] = field(default_factory=dict)
    strings: dict[int, RichString] = field(default_factory=dict)

    @classmethod
    def read(cls, package: Package, targets: Mapping[str, Target]) -> "_Book":
        book = cls()
        parts = {one.kind: one.place for one in targets.values() if one.place in package}
        if "styles" in parts:
            book._read_styles(package.read(parts["styles"]))
        if "sharedStrings" in parts and any(fate != "kept" for fate in book.fonts):
            strings = (
                body for kind, body in _records(package.read(parts["sharedStrings"])) if kind == STRING
            )
            book.strings = {
                number: rich for number, body in enumerate(strings) if (rich := rich_string(body, 0))
            }
        return book

    def font(self, number: int) -> Fate:
        return self.fonts[number] if number < len(self.fonts) else "kept"

    def _read_styles(self, content: bytes) -> None:
        formats, is_cell, number = dict(BUILT_IN), False, 0
        for kind, body in _records(content):
            if kind == FONT:
                flags, _, script = struct.unpack_from("<3H", body, 2)
                self.fonts.append(script_fate(flags, script))
            elif kind == FORMAT:
                formats[struct.unpack_from("<H", body)[0]] = _string(body, 2)[0]
            elif kind in (BEGIN_XFS, END_XFS):
                is_cell = kind == BEGIN_XFS
            elif kind == XF and is_cell:
                _, shown, font = struct.unpack_from("<3H", body)
                style = style_of(self.font(font), formats.get(shown, ""))
                if style != CellStyle():
                    self.styles[number] = style
                number += 1


def rich_string(body: bytes, place: int) -> RichString | None:
    """A string with fonts of its own; None where it has none."""
    if not body[place] & 1:
        return None
    (length,) = struct.unpack_from("<L", body, place + 1)
    start = place + 5
    end = start + 2 * length
    (count,) = struct.unpack_from("<L", body, end)
    return RichString(body[start:end], tuple(struct.iter_unpack("<HH", body[end + 4 : end + 4 + 4 * count])))


@dataclass
class _Marker:
    canvas: Canvas
    book: _Book
    targets: Mapping[str, Target]

    def read(self, content: bytes) -> None:
        row = 0
        for kind, body in _records(content):
            try:
                if kind == ROW:
                    (row,) = struct.unpack_from("<L", body)
                else:
                    self._read_record(kind, body, row)
            except (struct.error, IndexError):
                # A record too short for what it must say says nothing; the cell itself is calamine's.
                continue

    def _read_record(self, kind: int, body: bytes, row: int) -> None:
        if kind in CELLS:
            self._read_cell(kind, body, row)
        elif kind == MERGE:
            top, bottom, left, right = struct.unpack_from("<4L", body)
            self.canvas.spans.append(Span(top, left, bottom, right))
        elif kind == LINK:
            top, bottom, left, right = struct.unpack_from("<4L", body)
            target = self.targets.get(_string(body, 16)[0])
            if target and target.is_external:
                self.canvas.link(Span(top, left, bottom, right), target.place)

    def _read_cell(self, kind: int, body: bytes, row: int) -> None:
        (column,) = struct.unpack_from("<L", body)
        place, style = (row, column), self.book.styles.get(int.from_bytes(body[4:7], "little"), CellStyle())
        if kind in (ERROR, FORMULA_ERROR):
            self.canvas.put_error(place, ERROR_CODES.get(body[8], "#VALUE!"))
            return
        if kind == FORMULA_TEXT:
            self._read_formula(body, place)
        rich = (
            self.book.strings.get(struct.unpack_from("<L", body, 8)[0])
            if kind == SHARED
            else rich_string(body, 8)
            if kind == RICH
            else None
        )
        if rich is not None:
            self.canvas.put_runs(place, rich.runs(self.book.font), style.fate)
        else:
            self.canvas.apply_style(place, style)

    def _read_formula(self, body: bytes, place: Place) -> None:
        shown, end = _string(body, 8)
        (length,) = struct.unpack_from("<L", body, end + 2)
        address, text = hyperlink_of(body[end + 6 : end + 6 + length], 2)
        if address:
            self.canvas.links[place] = address
            if not shown:
                self.canvas.put(place, text or address)
