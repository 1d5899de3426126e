"""Days, times and ranges in a sentence, with the year that the notice implies where none is printed."""

import calendar
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from pipelines.notice.draft.numbers import to_number

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"(?:\d{4}|[一二][〇○零Oo0-9一二三四五六七八九]{3}|今|明|次|翌|本|当|同|第二)年(?:度)?"
_TIME = rf"(?P<half>上午|下午|中午|晚上|晚|早上|早|凌晨)?(?P<hour>{_N})(?::(?P<minute>\d{{2}})|[时点](?!间)(?:整|(?P<thirty>半)|(?P<minutes>\d{{1,2}})分)?)"
_DAY = re.compile(
    rf"(?P<iso>(?<!\d)(?:19|20)\d{{2}}[-./]\d{{1,2}}[-./]\d{{1,2}}(?!\d))"
    rf"|(?P<year>{_YEAR})?(?P<month>{_N})月(?:份)?(?:(?P<more>(?:{_N}(?:、|[-－—–~～]+|至))*)(?P<day>{_N})[日号]|(?P<part>底|末|上旬|中旬|下旬|初))?"
    rf"|(?P<end_of_year>{_YEAR}(?=年?[底末])|(?<![今明次当本\d])(?=年[底末]前))年?(?:底|末)"
    rf"|(?P<bare>{_N})[日号](?!报)"
    rf"|(?P<today>(?:即日|发文之日|印发之日)(?=起))"
)
_AFTER = re.compile(
    rf"^(?:（(?:星期|周)[一二三四五六日天末][^）]{{0,6}}）|（?(?:含)?当[日天]）?)?(?P<clock>{_TIME})?(?P<work>下班|收工|工作结束|午前|中午|上午|下午)?"
)
_BEFORE_MARK = re.compile(r"^(?:（[^）]{1,14}）)?(?:以|之)?前(?!期|往|述|\d)|^(?:截止|为止|止(?!于))")
_RANGE = re.compile(r"^(?:起|开始)?[，]?(?:至|到|—+|－+|-+|–+|~+|～+)$")
FAR_BACK = 60
"""A day without a year that lies further back than this before the notice is the next year's."""


@dataclass(frozen=True)
class Day:
    """A day as a sentence names it: its span, the first and last day it covers, and its time of day."""

    start: int
    end: int
    first: date
    last: date
    clock: time | None
    is_before: bool
    """Followed by 前, 之前, 止."""
    precision: str
    """day, part (上旬, 底), month or year."""
    words: str


def find_days(text: str, issued: date | None) -> list[Day]:
    """Every day that the text names, in order."""
    found: list[Day] = []
    for match in _DAY.finditer(text):
        if day := _read(text, match, issued, found):
            found += [*_listed(match, day), day]
    return found


def find_ranges(text: str, issued: date | None) -> Iterator[tuple[Day, Day]]:
    """Pairs of days joined by 至, — and their like."""
    days = find_days(text, issued)
    for first, second in itertools.pairwise(days):
        between = text[first.end : second.start]
        if _RANGE.match(re.sub(r"（[^）]*）", "", between)) and second.last >= first.first:
            yield first, second


def _listed(match: re.Match[str], last: Day) -> Iterator[Day]:
    """The days before the last one in 3月13、27日 and 5月25-28日: each a day of its own."""
    for found in re.finditer(rf"({_N})(、|[^、]+?)(?={_N}|$)", match["more"] or ""):
        number, position = found[1], match.start("more") + found.start()
        span = _single(last.last.year, last.last.month, to_number(number) or 0)
        if span:
            start = match.start() if position == match.start("more") else position
            yield Day(
                start,
                position + len(number),
                span[0],
                span[1],
                last.clock,
                last.is_before and found[2] == "、",
                "day",
                f"{number}日",
            )


def _read(text: str, match: re.Match[str], issued: date | None, before: list[Day]) -> Day | None:
    span = _span(text, match, issued, before)
    if span is None:
        return None
    first, last, precision = span
    after = _AFTER.match(text[match.end() :])
    clock, end = None, match.end()
    if after and after["clock"]:
        clock, end = _clock(after), match.end() + after.end()
    elif after:
        end += after.end()
    mark = _BEFORE_MARK.match(text[end:])
    if mark:
        end += mark.end()
    if precision == "month" and mark and "份" not in match[0]:
        last = first - timedelta(1)
    begin = match.start("day") if match["more"] else match.start()
    return Day(begin, end, first, last, clock, bool(mark), precision, text[begin:end])


def _span(
    text: str, match: re.Match[str], issued: date | None, before: list[Day]
) -> tuple[date, date, str] | None:
    """First and last day of what is named, and how precisely; None where it is no day of the calendar."""
    if match["iso"]:
        year, month, day = (int(part) for part in re.split(r"[-./]", match["iso"]))
        return _single(year, month, day)
    if match["today"]:
        return (issued, issued, "day") if issued and issued.timetuple().tm_yday > 1 else None
    if match["end_of_year"] is not None:
        found = _year(match["end_of_year"] or "本年", issued, before)
        return (date(found, 12, 31), date(found, 12, 31), "part") if found else None
    if match["bare"]:
        return _bare(text, match, before)
    number, last_day = to_number(match["month"]) or 0, to_number(match["day"] or "")
    if not 1 <= number <= 12:
        return None
    year_or_none = (
        _year(match["year"], issued, before)
        if match["year"]
        else _implied(number, last_day, issued, before, text, match.start())
    )
    if year_or_none is None:
        return None
    if last_day is not None:
        return _single(year_or_none, number, last_day)
    return _part(year_or_none, number, match["part"])


def _single(year: int, month: int, day: int) -> tuple[date, date, str] | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found, found, "day"


def _part(year: int, month: int, part: str | None) -> tuple[date, date, str]:
    length = calendar.monthrange(year, month)[1]
    first, last = {
        "上旬": (1, 10),
        "中旬": (11, 20),
        "下旬": (21, length),
        "初": (1, 5),
        "底": (length, length),
        "末": (length, length),
    }.get(part or "", (1, length))
    return date(year, month, first), date(year, month, last), "part" if part else "month"


def _bare(text: str, match: re.Match[str], before: list[Day]) -> tuple[date, date, str] | None:
    """A day without its month takes that of the day right before it: 8日至14日, 3日、17日, or (22日报到) in the same sentence."""
    if not before:
        return None
    last, between = before[-1], text[before[-1].end : match.start()]
    if len(between) > 4 or any(word in between for word in ("每", "次月", "当月", "本月", "月")):
        return None
    return _single(last.last.year, last.last.month, to_number(match["bare"]) or 0)


def _year(words: str, issued: date | None, before: list[Day]) -> int | None:
    words = re.sub(r"年(度)?$", "", words)
    if (year := to_number(words)) and year > 1900:
        return year
    base = (
        before[-1].last.year
        if before and words in ("次", "翌", "同", "第二")
        else issued.year
        if issued
        else None
    )
    if base is None:
        return None
    return base + 1 if words in ("明", "次", "翌", "第二") else base


def _implied(
    month: int, day: int | None, issued: date | None, before: list[Day], text: str, start: int
) -> int | None:
    """No year printed: that of a day named before it in the sentence, else the one that the notice's own date implies."""
    if before and _RANGE.match(text[before[-1].end : start]):
        earlier = before[-1].first
        return earlier.year + (month < earlier.month)
    if before and before[-1].words[:4].isdigit():
        earlier = before[-1].last
        return earlier.year + (month < earlier.month and earlier.month - month > 6)
    if issued is None:
        return None
    last = date(issued.year, month, min(day or 28, calendar.monthrange(issued.year, month)[1]))
    return issued.year + ((issued - last).days > FAR_BACK)


def _clock(found: re.Match[str]) -> time | None:
    hour, minute = to_number(found["hour"]) or 0, int(found["minute"] or found["minutes"] or 0)
    if found["thirty"]:
        minute = 30
    if found["half"] in ("下午", "晚上", "晚") and hour < 12:
        hour += 12
    if hour == 24 and minute == 0:
        return time(23, 59)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def iso(day: Day) -> str:
    """The last day that is still in time, with its time of day where one is said."""
    return f"{day.last.isoformat()}T{day.clock:%H:%M}" if day.clock else day.last.isoformat()
