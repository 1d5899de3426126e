"""Bytes of a text file -> text, and delimited text -> one sheet."""

import csv
import io
import re
import sys

import charset_normalizer

from pipelines.read.findings import unreadable
from pipelines.read.grid import Content
from pipelines.read.open.canvas import Canvas

csv.field_size_limit(sys.maxsize)
DELIMITERS = ",\t;|，"
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
"""How a cell is written that a spreadsheet shall not take for a number or a date."""
_CONTROL = frozenset(range(32)) - {9, 10, 11, 12, 13, 27}


def read_delimited_text(content: bytes) -> Content:
    """One sheet without a name, a record a row. Raises FileRejected where the bytes are no text."""
    text = decode_text(content)
    if text is None:
        raise unreadable("文件的文字编码认不出来。请另存为 xlsx 后重新报送")
    canvas = Canvas([[_plain(cell) for cell in row] for row in read_delimited(text)])
    canvas.note_errors()
    return Content([canvas.sheet("", is_typed=False, is_delimited=True)])


def _plain(cell: str) -> str:
    found = _AS_TEXT.fullmatch(cell.strip()) if cell.lstrip().startswith('="') else None
    return found[1].replace('""', '"') if found else cell


def decode_text(content: bytes) -> str | None:
    """The text, or None where the bytes are none. A BOM decides; then strict UTF-8, UTF-16 by its NULs, GB18030."""
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(bom):
            return _strict(content, encoding)
    if b"\0" in content[:4096]:
        return _utf16_without_bom(content)
    for encoding in ("utf-8", "gb18030"):
        if (text := _strict(content, encoding)) is not None:
            return text if _is_printable(text) else None
    # Neither is strict about a few broken bytes in an otherwise good file: let the detector judge.
    best = charset_normalizer.from_bytes(content[:65536], cp_isolation=["utf_8", "gb18030", "big5"]).best()
    if best is None or best.chaos > 0.2:
        return None
    text = content.decode(best.encoding, "replace")
    return text if _is_printable(text) and text.count("\ufffd") <= len(text) // 200 else None


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _utf16_without_bom(content: bytes) -> str | None:
    """UTF-16 that says nothing of it: line ends and commas have their NUL on one side only."""
    if len(content) % 2:
        return None
    little, big = content[1::2].count(0), content[0::2].count(0)
    text = _strict(content, "utf-16-le" if little >= big else "utf-16-be")
    return text if text is not None and _is_printable(text) else None


def _is_printable(text: str) -> bool:
    sample = text[:65536]
    return sum(ord(letter) in _CONTROL for letter in sample) <= len(sample) // 500


def read_delimited(text: str) -> list[list[str]]:
    """Rows of a CSV or TSV; the delimiter is the one that most of the first lines share."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    lines = text.split("\n", 40)[:40]
    delimiter = max(
        DELIMITERS,
        key=lambda mark: (sum(mark in line for line in lines), sum(line.count(mark) for line in lines)),
    )
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    if any(_has_swallowed(cell, delimiter, len(row)) for row in rows for cell in row):
        rows = [_read_line(line, delimiter) for line in text.split("\n")]
    return rows


def _has_swallowed(cell: str, delimiter: str, width: int) -> bool:
    """Whether an open quote made whole rows a part of this cell: a later line of it has as many delimiters as a row."""
    return "\n" in cell and any(line.count(delimiter) >= max(width // 2, 3) for line in cell.split("\n")[1:])


def _read_line(line: str, delimiter: str) -> list[str]:
    """A line for itself; quotes that do not come in pairs are letters."""
    if line.count('"') % 2:
        return line.split(delimiter)
    return next(csv.reader([line], delimiter=delimiter), [])
