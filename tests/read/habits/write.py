"""Rows -> the bytes of a file, with the libraries that people's own programs resemble."""

import html
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import docx
import openpyxl
import xlwt

from pipelines.sample.zips import pack_zip

Rows = Sequence[Sequence[Any]]


def xlsx(*sheets: Rows | tuple[str, Rows] | tuple[str, Rows, str]) -> bytes:
    """A workbook of sheets: rows, or (name, rows), or (name, rows, visible|hidden|veryHidden)."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, given in enumerate(sheets, 1):
        name, rows, state = (
            (*given, "visible")[:3] if isinstance(given, tuple) else (f"Sheet{number}", given, "visible")
        )
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(list(row))
    return _saved(book)


def xlsx_later(*sheets: Rows | tuple[str, Rows] | tuple[str, Rows, str]) -> Callable[[], bytes]:
    """A workbook that is written when it is first asked for: whoever only lists the cases does not wait for hundreds."""
    return cache(lambda: xlsx(*sheets))


def _saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def biff(rows: Rows) -> bytes:
    """The old binary .xls, which .et is too."""
    book, day = xlwt.Workbook(), xlwt.easyxf(num_format_str="yyyy-mm-dd")
    sheet = book.add_sheet("Sheet1")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None:
                sheet.write(number, column, cell, *([day] if isinstance(cell, date) else []))
    return _saved(book)


def text(rows: Rows, encoding: str = "utf-8", delimiter: str = ",", end: str = "\r\n") -> bytes:
    return end.join(delimiter.join(_quoted(cell, delimiter) for cell in row) for row in rows).encode(encoding)


def _quoted(cell: Any, delimiter: str) -> str:
    plain = _shown(cell)
    needs = any(mark in plain for mark in (delimiter, '"', "\n"))
    return '"{}"'.format(plain.replace('"', '""')) if needs else plain


def _shown(cell: Any) -> str:
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def word(
    *tables: Rows, paragraphs: Sequence[str] = (), heading: str | None = None, style: str = "Heading 1"
) -> bytes:
    """A Word document: a heading, paragraphs, then tables."""
    document = docx.Document()
    if heading:
        document.add_paragraph(heading, style=style)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    for rows in tables:
        table = document.add_table(len(rows), max(len(row) for row in rows))
        for row, cells in zip(table.rows, rows, strict=True):
            for place, cell in zip(row.cells, cells, strict=False):
                place.text = _shown(cell)
    return _saved(document)


def word_later(*tables: Rows, **how: Any) -> Callable[[], bytes]:
    """As xlsx_later."""
    return cache(lambda: word(*tables, **how))


def web(rows: Rows, *, above: str = "", encoding: str = "utf-8", head: str = "") -> bytes:
    """A page with one table, as systems export it under the name of .xls."""
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_shown(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"{head}<html><body>{above}<table>{lines}</table></body></html>".encode(encoding)


def zipped(*members: tuple[str, bytes], **how: Any) -> bytes:
    return pack_zip(members, **how)


def photo(text: str) -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF" + text.encode() + b"\xff\xd9"


def joined(parts: Iterable[bytes]) -> bytes:
    return b"".join(parts)
