"""When something happened: a day as dates.py reads it, with the time of day that must stand behind it."""

import datetime as dt
import math
import re
from typing import Literal

from pipelines.read.values.dates import (
    EXCEL_EPOCH,
    SERIALS,
    DateCause,
    DateGrammar,
    Window,
    date_cause,
    in_zone,
    read_date,
)
from pipelines.read.values.texts import Cell, close_up

_PARTS = {
    "凌晨": 0,
    "早上": 0,
    "早晨": 0,
    "上午": 0,
    "中午": 1,
    "下午": 12,
    "傍晚": 12,
    "晚上": 12,
    "晚": 12,
}
"""Parts of a day -> the hours that are added to those before twelve; at noon to those before three."""
_CLOCK = re.compile(
    r"[T ]?\(?(?P<part>凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚)?(?<![0-9])(?P<hour>[0-9]{1,2})"
    r"(?:(?::|时|点)(?P<minute>[0-9]{1,2})分?(?::?[0-9]{1,2}(?:\.[0-9]+)?秒?)?|[时点](?P<word>半|整)?)左?右?\)?$"
)
_DIGITS = "0123456789"
MomentCause = Literal["no_clock"]


def read_when(cell: Cell, window: Window | None, *, typed: bool, grammar: DateGrammar) -> dt.datetime | None:
    """The moment to the minute that a cell means, in the notice's zone; None where it names no day, or no time of it."""
    if isinstance(cell, dt.datetime):
        here = in_zone(cell, grammar)
        if here is None:
            return None
        found = here.replace(tzinfo=None, second=0, microsecond=0)
        # A cell that holds a day alone is given as its midnight.
        return found if here.time() != dt.time() or cell.tzinfo else None
    if isinstance(cell, float) and math.isfinite(cell) and int(cell) in SERIALS and cell != int(cell):
        minutes = round(cell % 1 * 1440)
        return dt.datetime.combine(EXCEL_EPOCH, dt.time()) + dt.timedelta(int(cell), minutes=minutes)
    return _of_text(cell, window, typed, grammar) if isinstance(cell, str) else None


def _of_text(text: str, window: Window | None, typed: bool, grammar: DateGrammar) -> dt.datetime | None:
    zoned = _zoned(text.strip())
    if zoned:
        return read_when(zoned, window, typed=typed, grammar=grammar)
    closed = close_up(text[:200], _DIGITS)
    clock = _CLOCK.search(closed)
    day = read_date(closed[: clock.start()], window, typed=True, grammar=grammar) if clock else None
    time = _time_of(clock) if clock else None
    return dt.datetime.combine(day, time) if day and time else None


def _zoned(text: str) -> dt.datetime | None:
    """A moment that names its zone, as forms and services write it."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _time_of(clock: re.Match[str]) -> dt.time | None:
    hour = int(clock["hour"])
    minute = 30 if clock["word"] == "半" else int(clock["minute"] or 0)
    shift = _PARTS.get(clock["part"] or "", 0)
    if shift == 1:
        hour += 12 if hour < 3 else 0
    elif shift and hour < 12:
        hour += shift
    elif shift and hour == 12:
        return None  # 晚上12点 is said of either midnight
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


def moment_cause(text: str, grammar: DateGrammar) -> DateCause | MomentCause:
    """Why a cell that could not be read is no moment."""
    if read_date(text, (dt.date(2000, 1, 1), dt.date(2000, 12, 31)), typed=True, grammar=grammar):
        return "no_clock"
    return date_cause(text, grammar)
