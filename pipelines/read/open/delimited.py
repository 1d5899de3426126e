"""Delimited text (csv, tsv) -> one sheet."""

import csv
import io
import re
import sys

from pipelines.read.findings import unreadable
from pipelines.read.grid import Content
from pipelines.read.open.canvas import Canvas
from pipelines.read.open.charsets import decode_text

csv.field_size_limit(sys.maxsize)
DELIMITERS = ",\t;|，"
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
"""How a cell is written that a spreadsheet shall not take for a number or a date."""


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
