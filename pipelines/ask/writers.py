"""Tables as Parquet, CSV and xlsx. The same table gives the same bytes."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from pipelines.ask.cells import csv_cell, plain, take_columns, width, write_csv_rows

MAX_SHEET_ROWS = 100_000
"""More rows than anybody reads in a workbook; Excel itself takes 1,048,576."""
MAX_TEXT = 32_767
_WIDEST, _MEASURED = 60, 200


@dataclass(frozen=True)
class Sheet:
    """A table for a workbook: its headers for people by column name; a column without one keeps its name."""

    name: str
    table: pa.Table
    headers: Mapping[str, str] = field(default_factory=dict)


def write_parquet(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd")


def csv_text(table: pa.Table) -> str:
    """With a header line; lines end in a line feed."""
    buffer = io.StringIO()
    rows = zip(*take_columns(table), strict=True)
    names = table.column_names
    write_csv_rows(
        buffer, names, ([csv_cell(*cell) for cell in zip(names, row, strict=True)] for row in rows)
    )
    return buffer.getvalue()


def write_csv(table: pa.Table, path: Path) -> None:
    """UTF-8 with a BOM, so that Excel shows Chinese."""
    path.write_text(csv_text(table), "utf-8-sig")


def write_xlsx(sheets: list[Sheet], path: Path, made_at: datetime) -> None:
    """One sheet a table: header in bold and frozen, filters, widths, formats of numbers and times."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        # Else xlsxwriter writes the clock's time, and no two files are the same.
        book.set_properties({"created": made_at})
        formats = _Formats(book)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name[:31]), sheet, formats)


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.header: Format = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#DDEBF7", "border": 1}
        )
        self.rate: Format = book.add_format({"num_format": "0.0%"})
        self.count: Format = book.add_format({"num_format": "#,##0"})
        self.number: Format = book.add_format({"num_format": "#,##0.##"})
        self.moment: Format = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.text: Format = book.add_format({"num_format": "@"})


def _write_sheet(page: Worksheet, sheet: Sheet, formats: _Formats) -> None:
    page.freeze_panes(1, 0)
    columns = take_columns(sheet.table)
    for index, name in enumerate(sheet.table.column_names):
        header = sheet.headers.get(name, name)
        values = [plain(value) for value in columns[index]]
        shown = [width(header) + 2, *(width(_sketch(value)) + 1 for value in values[:_MEASURED])]
        page.set_column(index, index, min(max(8, *shown), _WIDEST))
        page.write_string(0, index, header, formats.header)
        for row, value in enumerate(values, 1):
            _write_cell(page, row, index, name, value, formats)
    if sheet.table.num_columns:
        page.autofilter(0, 0, sheet.table.num_rows, sheet.table.num_columns - 1)


def _sketch(value: Any) -> str:
    """About what a value looks like in its cell."""
    if isinstance(value, datetime):
        return "2020-11-14 20:00:00"
    return f"{value:,.4g}" if isinstance(value, float) else str("" if value is None else value)


def _write_cell(page: Worksheet, row: int, column: int, name: str, value: Any, formats: _Formats) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_string(row, column, "是" if value else "否")
    elif isinstance(value, int | float):
        is_rate = name.endswith(("_rate", "_coverage"))
        chosen = formats.rate if is_rate else formats.count if isinstance(value, int) else formats.number
        page.write_number(row, column, value, chosen)
    elif isinstance(value, datetime):
        # Excel knows no zones: one with a zone goes as text that says it.
        if value.tzinfo:
            page.write_string(row, column, csv_cell(name, value), formats.text)
        else:
            page.write_datetime(row, column, value, formats.moment)
    elif isinstance(value, date):
        page.write_datetime(row, column, value, formats.day)
    else:
        page.write_string(row, column, str(value)[:MAX_TEXT], formats.text)
