"""The marks of a binary workbook (xls, et): a walk over its records, [MS-XLS]. Values are calamine's."""

import contextlib
import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import olefile

from pipelines.read.grid import Place, Span
from pipelines.read.open.biff_parts import ERROR_CODES, NOT_FONTS, hyperlink_of, link_of, script_fate
from pipelines.read.open.biff_strings import RichString, read_shared_strings, read_string
from pipelines.read.open.canvas import Canvas, CellStyle, Fate
from pipelines.read.open.cell_styles import BUILT_IN, style_of
from pipelines.read.open.locked import OLE

BOF, EOF, CONTINUE = 0x0809, 0x000A, 0x003C
FONT, FORMAT, XF, BOUNDSHEET, SST = 0x0031, 0x041E, 0x00E0, 0x0085, 0x00FC
NUMBER, RK, MULRK, LABEL, LABELSST, RSTRING = 0x0203, 0x027E, 0x00BD, 0x0204, 0x00FD, 0x00D6
FORMULA, BOOLERR, MERGEDCELLS, HLINK = 0x0006, 0x0205, 0x00E5, 0x01B8
_STYLED = frozenset({NUMBER, RK, LABEL, LABELSST, RSTRING, FORMULA})
_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
_BIFF8 = 0x0600
Record = tuple[int, bytes]


def mark_biff(content: bytes, canvases: Mapping[str, Canvas]) -> None:
    """Puts on each sheet what its cells show or hide beside their values."""
    stream = _workbook_stream(content)
    book = _Book.read(stream)
    for name, place in book.sheets:
        if (canvas := canvases.get(name)) is not None:
            _Marker(canvas, book).read(stream, place)


def _workbook_stream(content: bytes) -> bytes:
    if not content.startswith(OLE):
        return content
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        found: bytes = ole.openstream("Workbook" if ole.exists("Workbook") else "Book").read()
        return found


def _records(stream: bytes, place: int) -> Iterator[Record]:
    """The records of one substream, from its beginning to its end; those of a chart inside it are passed over."""
    depth = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        body = stream[place + 4 : place + 4 + length]
        place += 4 + length
        if kind == BOF:
            depth += 1
        elif kind == EOF:
            depth -= 1
            if depth <= 0:
                return
        if depth == 1:
            yield kind, body


@dataclass
class _Book:
    """What the records before the sheets say."""

    sheets: list[tuple[str, int]] = field(default_factory=list)
    fonts: list[Fate] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=lambda: dict(BUILT_IN))
    xfs: list[tuple[int, int]] = field(default_factory=list)
    """Font and number format of each cell format."""
    styles: dict[int, CellStyle] = field(default_factory=dict)
    strings: dict[int, RichString] = field(default_factory=dict)

    @classmethod
    def read(cls, stream: bytes) -> "_Book":
        book = cls()
        shared: list[bytes] = []
        is_wide, before = True, 0
        for kind, body in _records(stream, 0):
            if kind == BOF:
                is_wide = struct.unpack_from("<H", body)[0] >= _BIFF8
            elif kind == SST or (kind == CONTINUE and before == SST):
                shared.append(body)
                before = SST
                continue
            else:
                with contextlib.suppress(struct.error, IndexError):  # a record too short for what it must say
                    book._take(kind, body, is_wide)
            before = kind
        for number, (font, shown) in enumerate(book.xfs):
            style = style_of(book.font(font), book.formats.get(shown, ""))
            if style != CellStyle():
                book.styles[number] = style
        if any(fate != "kept" for fate in book.fonts):
            book.strings = read_shared_strings(shared)
        return book

    def font(self, number: int) -> Fate:
        """Fonts are counted without 4, which no file has."""
        place = number - (number > NOT_FONTS)
        return self.fonts[place] if place < len(self.fonts) else "kept"

    def _take(self, kind: int, body: bytes, is_wide: bool) -> None:
        if kind == FONT:
            flags, _, _, script = struct.unpack_from("<4H", body, 2)
            self.fonts.append(script_fate(flags, script))
        elif kind == FORMAT:
            (number,) = struct.unpack_from("<H", body)
            self.formats[number] = (
                read_string(body, 2, 2)[0] if is_wide else body[3 : 3 + body[2]].decode("gb18030", "replace")
            )
        elif kind == XF:
            font, shown = struct.unpack_from("<HH", body)
            self.xfs.append((font, shown))
        elif kind == BOUNDSHEET:
            (place,) = struct.unpack_from("<L", body)
            name = (
                read_string(body, 6, 1)[0] if is_wide else body[7 : 7 + body[6]].decode("gb18030", "replace")
            )
            self.sheets.append((name, place))


@dataclass
class _Marker:
    canvas: Canvas
    book: _Book

    def read(self, stream: bytes, place: int) -> None:
        styles, strings = self.book.styles, self.book.strings
        for kind, body in _records(stream, place):
            try:
                self._read_record(kind, body)
                if styles or strings:
                    self._read_style(kind, body)
            except (struct.error, IndexError):
                # A record too short for what it must say says nothing; the cell itself is calamine's.
                continue

    def _read_record(self, kind: int, body: bytes) -> None:
        if kind in _FORMULAS:
            self._read_formula(body)
        elif kind == BOOLERR:
            row, column, _, code, is_error = struct.unpack_from("<3HBB", body)
            if is_error:
                self.canvas.put_error((row, column), ERROR_CODES.get(code, "#VALUE!"))
        elif kind == MERGEDCELLS:
            count = min(struct.unpack_from("<H", body)[0], (len(body) - 2) // 8)
            for top, bottom, left, right in struct.iter_unpack("<4H", body[2 : 2 + 8 * count]):
                self.canvas.spans.append(Span(top, left, bottom, right))
        elif kind == HLINK:
            self._read_link(body)

    def _read_style(self, kind: int, body: bytes) -> None:
        if kind == MULRK:
            row, first = struct.unpack_from("<HH", body)
            for at, (xf, _) in enumerate(struct.iter_unpack("<HL", body[4 : 4 + (len(body) - 6) // 6 * 6])):
                self._apply((row, first + at), xf, None)
        elif kind in _STYLED:
            row, column, xf = struct.unpack_from("<3H", body)
            string = struct.unpack_from("<L", body, 6)[0] if kind == LABELSST else None
            self._apply((row, column), xf, string)

    def _apply(self, place: Place, xf: int, string: int | None) -> None:
        style = self.book.styles.get(xf, CellStyle())
        rich = self.book.strings.get(string) if string is not None else None
        if rich is not None:
            self.canvas.put_runs(place, rich.runs(self.book.font), style.fate)
        else:
            self.canvas.apply_style(place, style)

    def _read_formula(self, body: bytes) -> None:
        row, column = struct.unpack_from("<HH", body)
        result, (length,) = body[6:14], struct.unpack_from("<H", body, 20)
        tokens = body[22 : 22 + length]
        address, text = hyperlink_of(tokens, 1)
        if address:
            self.canvas.links[(row, column)] = address
        if result[6:8] != b"\xff\xff":
            return
        if result[0] == 2:
            self.canvas.put_error((row, column), ERROR_CODES.get(result[2], "#VALUE!"))
        elif result[0] == 3 and address:
            self.canvas.put((row, column), text or address)
        elif result[0] == 3 and _must_show(tokens):
            self.canvas.put_error((row, column), "=…")

    def _read_link(self, body: bytes) -> None:
        address = link_of(body[24:])
        if address:
            top, bottom, left, right = struct.unpack_from("<4H", body)
            self.canvas.link(Span(top, left, bottom, right), address)


def _must_show(tokens: bytes) -> bool:
    """Whether a formula without text and references to single cells has an empty result only for want of a calculation."""
    return b"\x17" not in tokens and not (len(tokens) == 5 and tokens[0] & 0x1F == 0x04)
