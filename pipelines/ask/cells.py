"""A value as it is written outside DuckDB: for CSV that Excel opens, and for people."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """Decimals without a fraction become integers; lists and structs become JSON."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


def csv_cell(name: str, value: Any) -> str:
    """NULL empty, rates with 6 decimals, times to the second.

    Text that Excel would take for a formula gets a leading apostrophe: what units wrote must not run on a desk.
    """
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value[:1] in ("=", "+", "@", "-", "\t", "\r") and len(value) > 1 else value
    if isinstance(value, float):
        return f"{value:.6f}" if name.endswith(("_rate", "_coverage")) else f"{value:.15g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else str(value)


def width(text: str) -> int:
    """Columns a text takes: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
