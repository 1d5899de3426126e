"""Which day: the grammar of dates as units write them, and of moments as form services do."""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from pipelines.notice.model import Notice
from pipelines.read.values.numerals import read_digits, read_numeral
from pipelines.read.values.texts import Cell, close_up, has_note_digits, is_formula, normalize, trim

Window = tuple[dt.date, dt.date]

EXCEL_EPOCH = dt.date(1899, 12, 30)
SERIALS = range(20_000, 80_000)
"""Excel serials taken for dates: from 1954 to 2119. Smaller numbers mean month.day, larger ones YYYYMMDD."""
_LONGEST_CELL = 80
_DIGITS = "0123456789"

_JOINT = r"(?:[./·・‧•、−–-]|—{1,2})"
_SMALL = r"[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_FULL = (
    rf"(?P<year>[0-9]{{4}}){_JOINT}(?P<month>[0-9]{{1,2}}){_JOINT}(?P<day>[0-9]{{1,2}})[日号]?"
    r"|(?P<short_year>[0-9]{2})(?P<joint>[./-])(?P<month_b>[0-9]{1,2})(?P=joint)(?P<day_b>[0-9]{1,2})"
    rf"|(?:(?P<year_c>[0-9]{{4}}|[0-9]{{2}}|[〇○零一二三四五六七八九]{{4}})年)?(?P<month_c>{_SMALL})月(?P<day_c>{_SMALL})[日号]?"
    r"|(?P<year_d>[0-9]{4})(?P<month_d>[0-9]{2})(?P<day_d>[0-9]{2})(?:\.0+)?"
    rf"|(?P<month_e>[0-9]{{1,2}})(?:{_JOINT}|(?=\.[0-9]{{1,2}}[日号])\.)(?P<day_e>[0-9]{{1,2}})(?:(?<=\.[0-9])[日号]|(?<=\.[0-9][0-9])[日号])?"
)
_CLOCK = r"(?:[0-9]{1,2}(?::[0-9]{1,2}){1,2}(?:\.[0-9]+)?|[0-9]{1,2}[时点](?:[0-9]{1,2}分?|半|整)?)"
_WEEKDAY = r"(?:星期|周|礼拜)[一二三四五六日天]"
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_DECIMAL = re.compile(r"[0-9]{1,2}\.[0-9]")
_ZONED = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})"
)
_MOMENT_CLOCK = re.compile(r"(?<=[\d日号])(?:T|\s+)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?$")


@dataclass(frozen=True, eq=False)
class DateGrammar:
    """What days mean in one notice: the zone that moments are turned into, and words that may stand behind a day."""

    zone: ZoneInfo | None
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, notice: Notice) -> "DateGrammar":
        return cls.made_of(notice.words.day_parts, notice.zone)

    @classmethod
    def made_of(cls, day_parts: Iterable[str], zone: ZoneInfo | None) -> "DateGrammar":
        part = (
            "|".join(re.escape(normalize(word)) for word in sorted(day_parts, key=len, reverse=True))
            or "(?!)"
        )
        span = rf"{_CLOCK}(?:(?:[-~〜–]|—{{1,2}}|至|到)(?:{part})?{_CLOCK})?"
        behind = rf"(?:{_WEEKDAY}|{part}|\((?:{_WEEKDAY}|{part}|{span})\)|(?:(?<![0-9])|[ T]){span})"
        return cls(zone, re.compile(f"(?P<head>{_FULL})(?P<behind>{behind}{{0,4}})"))


PLAIN = DateGrammar.made_of((), None)


def read_date(
    cell: Cell, window: Window | None, *, typed: bool, grammar: DateGrammar = PLAIN
) -> dt.date | None:
    """The day a cell means, or None where it means none.

    `window` gives a missing year and decides between the two readings of a number such as 11.1 (1 or
    10 November). `typed` tells that text in this file is text: where a format has no types, 11.1 may have been a number.
    """
    if isinstance(cell, dt.datetime):
        return _local_day(cell, grammar)
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return _date_of_number(cell, window)
    if isinstance(cell, str):
        return _date_of_text(cell, window, typed, grammar)
    return None


def in_zone(moment: dt.datetime, grammar: DateGrammar) -> dt.datetime | None:
    """In the notice's zone; None where that has no such year."""
    if moment.tzinfo is None or grammar.zone is None:
        return moment
    try:
        return moment.astimezone(grammar.zone)
    except OverflowError:
        return None


def _local_day(moment: dt.datetime, grammar: DateGrammar) -> dt.date | None:
    here = in_zone(moment, grammar)
    return here.date() if here else None


def _date_of_number(number: float, window: Window | None) -> dt.date | None:
    if not 1 <= number < 1e8:  # which NaN is not either
        return None
    if number >= 10_000_000:
        return _date_of_text(str(int(number)), window, True, PLAIN) if number == int(number) else None
    if int(number) in SERIALS:
        return EXCEL_EPOCH + dt.timedelta(int(number))
    # Arithmetic leaves 11.100000000000001 where 11.1 is meant.
    near = round(number, 2)
    return (
        _date_of_text(repr(float(near)), window, False, PLAIN)
        if number < 13 and abs(near - number) < 1e-9
        else None
    )


@lru_cache(maxsize=65536)
def _date_of_text(text: str, window: Window | None, typed: bool, grammar: DateGrammar) -> dt.date | None:
    closed = _closed(text)
    if closed is None:
        return None
    if _ZONED.fullmatch(trim(text)):
        return _zoned(trim(text), grammar)
    found = grammar.pattern.fullmatch(closed)
    if not found:
        serial = _SERIAL.fullmatch(closed)
        is_serial = serial and int(serial[1]) in SERIALS
        return EXCEL_EPOCH + dt.timedelta(int(serial[1])) if serial and is_serial else None
    year, month, day = _parts(found)
    if month is None or day is None:
        return None
    if year is not None:
        return _day(year + 2000 if year < 100 else year, month, day)
    literal = _in_year(month, day, window)
    if not typed and day < 10 and _DECIMAL.fullmatch(found["head"]) and not found["behind"]:
        other = _in_year(month, day * 10, window)
        if other and _inside(other, window) and not (literal and _inside(literal, window)):
            return other
    return literal


def _closed(text: str) -> str | None:
    """NFKC without white space, but between digits; None for what is too long, or has digits that are none."""
    if len(text) > 4 * _LONGEST_CELL or has_note_digits(text):
        return None
    closed = close_up(text, _DIGITS)
    return closed if len(closed) <= _LONGEST_CELL else None


def _zoned(text: str, grammar: DateGrammar) -> dt.date | None:
    try:
        return _local_day(dt.datetime.fromisoformat(text), grammar)
    except ValueError:
        return None


def _parts(found: re.Match[str]) -> tuple[int | None, int | None, int | None]:
    year = next((found[name] for name in ("year", "short_year", "year_c", "year_d") if found[name]), None)
    month = next(found[name] for name in ("month", "month_b", "month_c", "month_d", "month_e") if found[name])
    day = next(found[name] for name in ("day", "day_b", "day_c", "day_d", "day_e") if found[name])
    return _number(year, is_year=True), _number(month), _number(day)


def _number(text: str | None, *, is_year: bool = False) -> int | None:
    if text is None or text.isascii():
        return int(text) if text else None
    return read_digits(text) if is_year else read_numeral(text)


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
    clock = _MOMENT_CLOCK.search(text) if len(text) <= _LONGEST_CELL else None
    head = text[: clock.start()] if clock else text
    day = None if ":" in head else _date_of_text(head, None, True, PLAIN)
    if day is None:
        return None
    hour, minute, second = (int(part) for part in clock.groups("0")) if clock else (0, 0, 0)
    try:
        return dt.datetime.combine(day, dt.time(hour, minute, second))
    except ValueError:
        return None


DateCause = Literal[
    "formula", "note_digits", "no_such_day", "two_days", "weekday", "day_alone", "month_alone", "words"
]
_HEAD = re.compile(_FULL)
_MANY = "[一二三四五六七八九十]{1,3}"
_AND = r"(?:[-~〜–、,;及和至到/. ]|—{1,2})+"
_ANOTHER = re.compile(
    rf"[日号]?(?:\([^()]{{0,9}}\))?{_AND}(?:[0-9]|{_MANY}[月日号])|(?<=[日号])(?:[0-9]|{_MANY}[月日号])|[日号]"
)
_DAYS = re.compile(
    rf"(?:(?<![0-9])[0-9]{{1,2}}|[一二三四五六七八九十])[日号]?(?:[-~〜–、,;及和至到/ ]|—{{1,2}})+(?:[0-9]{{1,2}}(?![0-9])|{_MANY}[日号])"
)
_CLOCKS = re.compile(rf"{_CLOCK}(?:[-~〜–—至到+]{{1,2}}{_CLOCK})?")
_ONE_DAY = re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}|[0-9]{4} [0-9]{1,2} [0-9]{1,2}")
_WEEKDAY_ALONE = re.compile(rf"\(?{_WEEKDAY}\)?")
_DAY_ALONE = re.compile(rf"(?:{_SMALL})[日号]?")
_MONTH_ALONE = re.compile(rf"(?:[0-9]{{4}}年)?(?:{_SMALL})月|[0-9]{{4}}[./-][0-9]{{1,2}}")


def date_cause(text: str, grammar: DateGrammar = PLAIN) -> DateCause:
    """Why a cell that could not be read is no day; what it is told depends on it."""
    if is_formula(text):
        return "formula"
    if has_note_digits(text):
        return "note_digits"
    closed = close_up(text[: 2 * _LONGEST_CELL], _DIGITS)
    for cause, pattern in (
        ("weekday", _WEEKDAY_ALONE),
        ("day_alone", _DAY_ALONE),
        ("month_alone", _MONTH_ALONE),
    ):
        if pattern.fullmatch(closed):
            return cause  # type: ignore[return-value]
    if grammar.pattern.fullmatch(closed):
        return "no_such_day"
    return "two_days" if _names_more_days(_CLOCKS.sub("", closed)) else "words"


def _names_more_days(closed: str) -> bool:
    if _ONE_DAY.fullmatch(closed):
        return False
    first = _HEAD.match(closed)
    return bool(_ANOTHER.match(closed, first.end()) if first else _DAYS.search(closed))
