"""The small grammar of dates and counts as units write them.

Everything takes a cell as a reader gave it (str, int, float, bool, date, datetime) and never raises on bad input.
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
CountState = Literal["number", "approximate", "blank", "not_applicable", "unreadable"]
Window = tuple[dt.date, dt.date]

EXCEL_EPOCH = dt.date(1899, 12, 30)
SERIALS = range(20_000, 80_000)
"""Excel serials taken for dates: from 1954 to 2119. Smaller numbers mean month.day, larger ones YYYYMMDD."""
LARGEST_COUNT = 10**12
_LONGEST = 40
"""Digits beyond this are no count, whatever zeros they start with; Python refuses to read thousands of them."""

_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_OUTER = re.compile(r"\A[\s\u200b-\u200f\u2060\ufeff\u00ad]+|[\s\u200b-\u200f\u2060\ufeff\u00ad]+\Z")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_FULL = re.compile(r"(\d{4})(?:年|[./-])(\d{1,2})(?:月|[./-])(\d{1,2})[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT = re.compile(r"(\d{1,2})(?:月|[./-])(\d{1,2})[日号]?")
_TIME_PART = re.compile(r"(?<=[\d日号])(?:T|\s+)\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?$")
_DECIMAL = re.compile(r"\d{1,2}\.\d")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")


@lru_cache(maxsize=65536)
def normalize(text: str) -> str:
    """NFKC, without white space and characters that cannot be seen."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=65536)
def join_word(text: str) -> str:
    """A word of a list or a county's name: white space inside removed, nothing else."""
    return _UNSEEN.sub("", text)


def trim(text: str) -> str:
    """Outer white space removed, that without width too; nothing inside is touched."""
    return _OUTER.sub("", text)


def as_text(cell: Cell) -> str:
    """A cell as a person saw it: whole floats without their .0, dates in ISO, nothing as ''."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return str(cell)


def read_date(cell: Cell, window: Window | None, *, typed: bool) -> dt.date | None:
    """The day a cell means, or None where it means none.

    `window` gives a missing year and decides between the two readings of a number such as 11.1 (1 or
    10 November). `typed` tells that text in this file is text: where a format has no types, 11.1 may have been a number.
    """
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return _date_of_number(float(cell), window)
    if isinstance(cell, str):
        return _date_of_text(cell, window, typed)
    return None


def _date_of_number(number: float, window: Window | None) -> dt.date | None:
    if not math.isfinite(number):
        return None
    if number >= 10_000_000:
        return _date_of_text(str(int(number)), window, True) if number.is_integer() and number < 1e8 else None
    if int(number) in SERIALS:
        return EXCEL_EPOCH + dt.timedelta(int(number))
    return _date_of_text(repr(number), window, False) if 1 <= number < 13 else None


@lru_cache(maxsize=65536)
def _date_of_text(text: str, window: Window | None, typed: bool) -> dt.date | None:
    text = normalize(_TIME_PART.sub("", unicodedata.normalize("NFKC", text).strip()))
    if found := _FULL.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(*map(int, found.groups()))
    if found := _SHORT.fullmatch(text):
        month, day = map(int, found.groups())
        literal = _in_year(month, day, window)
        if not typed and day < 10 and _DECIMAL.fullmatch(text):
            other = _in_year(month, day * 10, window)
            if other and _inside(other, window) and not (literal and _inside(literal, window)):
                return other
        return literal
    if (found := _SERIAL.fullmatch(text)) and int(found[1]) in SERIALS:
        return EXCEL_EPOCH + dt.timedelta(int(found[1]))
    return None


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _inside(day: dt.date, window: Window | None) -> bool:
    return window is not None and window[0] <= day <= window[1]


def _in_year(month: int, day: int, window: Window | None) -> dt.date | None:
    """The day in the window's year; where the window spans New Year, in the year that puts it inside."""
    if window is None:
        return None
    years = range(window[0].year, window[1].year + 1)
    days = [found for year in years if (found := _day(year, month, day))]
    return next((found for found in days if _inside(found, window)), days[0] if days else None)


@dataclass(frozen=True)
class CountGrammar:
    """The words that counts may carry, from the notice."""

    not_applicable: frozenset[str]
    pattern: re.Pattern[str]
    ten_thousand: frozenset[str]

    @classmethod
    def of(
        cls,
        not_applicable: Iterable[str],
        approximate: Iterable[str],
        ten_thousand: Iterable[str],
        units: Iterable[str],
    ) -> "CountGrammar":
        def either(words: Iterable[str]) -> str:
            return "|".join(re.escape(normalize(word)) for word in sorted(words, key=len, reverse=True))

        pattern = re.compile(
            f"(?P<about>{either(approximate)})?(?P<number>{_NUMBER.pattern})(?P<wan>{either(ten_thousand)})?(?:{either(units)})?"
        )
        return cls(
            frozenset(normalize(word) for word in not_applicable),
            pattern,
            frozenset(normalize(word) for word in ten_thousand),
        )


def read_count(cell: Cell, grammar: CountGrammar) -> tuple[int | None, CountState]:
    """How many, and how it was said. A blank cell and one that is not applicable are both NULL, but not the same."""
    if cell is None:
        return None, "blank"
    if isinstance(cell, str):
        return _count_of_text(cell, grammar)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None, "unreadable"
    if not math.isfinite(cell) or cell != int(cell) or abs(cell) > LARGEST_COUNT:
        return None, "unreadable"
    return int(cell), "number"


@lru_cache(maxsize=65536)
def _count_of_text(text: str, grammar: CountGrammar) -> tuple[int | None, CountState]:
    text = normalize(text)
    if not text:
        return None, "blank"
    if text in grammar.not_applicable:
        return None, "not_applicable"
    found = grammar.pattern.fullmatch(text)
    if not found:
        return None, "unreadable"
    whole, _, fraction = found["number"].replace(",", "").partition(".")
    shift = 4 if found["wan"] else 0
    if len(whole) > _LONGEST:
        return None, "unreadable"
    if fraction[shift:].strip("0"):
        return None, "unreadable"
    value = int(whole + fraction[:shift].ljust(shift, "0"))
    if abs(value) > LARGEST_COUNT:
        return None, "unreadable"
    return value, "approximate" if found["about"] or found["wan"] else "number"


def read_moment(cell: Cell) -> dt.datetime | None:
    """A point in time to the second, from a date cell, a serial or text such as 2020/11/8 8:03:58."""
    if isinstance(cell, dt.datetime):
        return cell.replace(microsecond=0, tzinfo=None)
    if isinstance(cell, dt.date):
        return dt.datetime.combine(cell, dt.time())
    if isinstance(cell, float) and math.isfinite(cell) and int(cell) in SERIALS:
        return dt.datetime.combine(EXCEL_EPOCH, dt.time()) + dt.timedelta(seconds=round(cell * 86400))
    if not isinstance(cell, str):
        return None
    text = unicodedata.normalize("NFKC", cell).strip()
    clock = _TIME_PART.search(text)
    day = _date_of_text(text, None, True)
    if day is None:
        return None
    try:
        parts = [int(float(part)) for part in clock[0].strip(" T\t").split(":")] if clock else []
        hour, minute, second = (*parts, 0, 0, 0)[:3]
        return dt.datetime.combine(day, dt.time(hour, minute, second))
    except ValueError:
        return None
