"""A value as it is written outside DuckDB: for CSV that Excel opens, and for people."""

import csv
import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, TextIO

import pyarrow as pa

FORMULA_STARTS = "=+-@＝＋－＠\t\r\n"
"""What Excel takes a cell for a formula by, in full width too, or what may stand before that."""
_NUMBER = re.compile(r"[+-]?(?:[0-9][0-9,]*\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?%?|-inf")


def safe_text(text: str) -> str:
    """A cell as Excel may open it: with a leading apostrophe where it would be taken for a formula.

    What units wrote must not run on a desk. A number stays a number, a negative one too, and so does a single sign.
    """
    is_formula = len(text) > 1 and text[0] in FORMULA_STARTS and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def write_csv_rows(file: TextIO, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """The one way in which csv leaves this program: a header line, safe cells, lines that end in a line feed."""
    writer = csv.writer(file, lineterminator="\n")
    for row in chain([columns], rows):
        writer.writerow([safe_text(cell) for cell in row])


def take_columns(batch: pa.RecordBatch | pa.Table) -> list[list[Any]]:
    """The values by column. Spans of time become words: Python has no type for one with months."""
    return [
        [None if span is None else _tell_span(span) for span in column.to_pylist()]
        if pa.types.is_interval(column.type)
        else column.to_pylist()
        for column in batch.columns
    ]


def _tell_span(span: pa.MonthDayNano) -> str:
    """As DuckDB says it: 1 month 3 days 02:00:00."""
    clock, sign = abs(span.nanoseconds) // 10**9, "-" if span.nanoseconds < 0 else ""
    told = [
        f"{count} {unit}{'' if abs(count) == 1 else 's'}"
        for count, unit in ((span.months, "month"), (span.days, "day"))
        if count
    ]
    if clock or not told:
        told.append(f"{sign}{clock // 3600:02d}:{clock // 60 % 60:02d}:{clock % 60:02d}")
    return " ".join(told)


def plain(value: Any) -> Any:
    """Decimals without a fraction become integers; lists and structs become JSON, bytes their digits in hex."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


def csv_cell(name: str, value: Any) -> str:
    """NULL empty, rates with 6 decimals, times to the second; one with a zone says which."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.6f}" if name.endswith(("_rate", "_coverage")) else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def width(text: str) -> int:
    """Columns a text takes: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
