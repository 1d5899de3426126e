"""A value as it is written outside DuckDB: for CSV that Excel opens, and for people."""

import csv
import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, TextIO

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


def plain(value: Any) -> Any:
    """Decimals without a fraction become integers; lists and structs become JSON."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


def csv_cell(name: str, value: Any) -> str:
    """NULL empty, rates with 6 decimals, times to the second."""
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
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else str(value)


def width(text: str) -> int:
    """Columns a text takes: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
