"""A grid of cells, and how it looks in each format that units send."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time
from html import escape

from pipelines.sample.documents import write_docx
from pipelines.sample.workbooks import write_workbook

Cell = str | int | float | date | None
TYPED = frozenset({"xlsx", "et", "xlsx_as_xls"})
"""Formats that tell numbers and dates from text."""
ENCODINGS = {
    "csv": "utf-8",
    "csv_bom": "utf-8-sig",
    "csv_gb": "gb18030",
    "csv_utf16": "utf-16",
    "tsv": "utf-8",
}
SUFFIXES = {
    "xlsx": ".xlsx",
    "et": ".et",
    "xlsx_as_xls": ".xls",
    "html_as_xls": ".xls",
    "docx": ".docx",
    "tsv": ".tsv",
}
"""By format; the rest are .csv."""


@dataclass(frozen=True)
class Grid:
    """One sheet. The first `above` rows stand over the header: lines of text with one cell each."""

    name: str
    rows: list[list[Cell]]
    above: int = 0
    is_hidden: bool = False
    merges: tuple[str, ...] = ()
    """Merged areas, such as A2:A4; only a workbook shows them."""


def write_table(grids: list[Grid], form: str) -> bytes:
    """The grids as a file; a format without sheets holds only the last, which is the one that counts."""
    if form in TYPED:
        merges = {grid.name: grid.merges for grid in grids if grid.merges}
        return write_workbook([(grid.name, grid.rows, grid.is_hidden) for grid in grids], merges=merges)
    grid = grids[-1]
    rows = [[as_text(cell) for cell in row] for row in grid.rows]
    if form == "docx":
        return write_docx(["".join(row) for row in rows[: grid.above]], rows[grid.above :])
    if form == "html_as_xls":
        return _write_html(rows)
    buffer = io.StringIO()
    csv.writer(buffer, delimiter="\t" if form == "tsv" else ",", lineterminator="\r\n").writerows(rows)
    return _encode(buffer.getvalue(), ENCODINGS[form])


def _encode(text: str, encoding: str) -> bytes:
    """Text in an encoding; UTF-16 is little-endian on every machine."""
    return b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16" else text.encode(encoding)


def as_text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return "" if cell is None else str(cell)


def _write_html(rows: list[list[str]]) -> bytes:
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f'<html><head><meta charset="utf-8"></head><body><table>\n{body}</table></body></html>'.encode()
