"""Which period a file's name or heading speaks of: 第3期, 第50周, 12月9日—15日, 0309-0315, 2024年12月, 一季度, 上半年, 2024年.

Only what names one period of the schedule, and no other, is a name; everything else says nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date

from pipelines.notice.periods import Period, Schedule

_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_TO = r"(?:[-~〜–−]|—{1,2}|至|到)"
_CHINESE = "一二三四五六七八九十"
_NUMBER = rf"[0-9]{{1,3}}|[{_CHINESE}]{{1,3}}"
_YEAR = r"(?:(?P<year>(?<![0-9])[0-9]{4})[年./-]?)?"
_KEY = re.compile(r"(?<![0-9])(?P<key>[0-9]{4}-[0-9]{2}-[0-9]{2})期")
_ORDINAL = re.compile(rf"第(?P<number>{_NUMBER})期")
_WEEK = re.compile(rf"(?<![月份])第(?P<number>{_NUMBER})周")
_SPANS = (
    re.compile(
        r"(?:(?P<year>(?<![0-9])[0-9]{4})[年.]|(?<![0-9.]))(?P<month>[0-9]{1,2})[月./](?P<day>[0-9]{1,2})[日号]?"
        rf"{_TO}(?:(?:(?P<year_b>[0-9]{{4}})[年.])?(?P<month_b>[0-9]{{1,2}})[月./])?(?P<day_b>[0-9]{{1,2}})(?![0-9./])"
    ),
    re.compile(
        r"(?<![0-9])(?P<year>[0-9]{4})?(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
        rf"{_TO}(?P<year_b>[0-9]{{4}})?(?P<month_b>[0-9]{{2}})(?P<day_b>[0-9]{{2}})(?![0-9])"
    ),
    re.compile(
        r"(?<![0-9])(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?:[~〜–]|—{1,2}|至|到)"
        r"(?P<year_b>[0-9]{4})-(?P<month_b>[0-9]{1,2})-(?P<day_b>[0-9]{1,2})(?![0-9])"
    ),
)
_DAYS = (
    re.compile(
        r"(?:(?P<year>(?<![0-9])[0-9]{4})[年.]|(?<![0-9.]))(?P<month>[0-9]{1,2})[月.](?P<day>[0-9]{1,2})(?![0-9.])"
    ),
    re.compile(r"(?<![0-9-])(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})(?![0-9-])"),
    re.compile(r"(?<![0-9])(?P<year>[0-9]{4})?(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?![0-9])"),
)
_MONTHS = (
    re.compile(
        rf"(?<![0-9、至到〜~–—-]){_YEAR}(?P<number>(?<![0-9])[0-9]{{1,2}}|[{_CHINESE}]{{1,2}})月份?(?![0-9{_CHINESE}])"
    ),
    re.compile(r"(?<![0-9])(?P<year>[0-9]{4})[-./]?(?P<number>[0-9]{2})(?![-./]?[0-9])"),
)
_QUARTERS = (
    re.compile(rf"{_YEAR}第?(?P<number>[1-4]|[一二三四])季"),
    re.compile(rf"{_YEAR}[Qq](?P<number>[1-4])(?![0-9])"),
)
_HALVES = (re.compile(rf"{_YEAR}(?P<number>[上下])半年"),)
_YEARS = (re.compile(r"(?<![0-9])(?P<year>[0-9]{4})(?:年|(?![0-9]))"),)


class PeriodNames:
    """The periods of one schedule, found in words."""

    def __init__(self, schedule: Schedule) -> None:
        self._periods = [one for one in schedule.periods() if one.first_day and one.last_day]
        self._every = schedule.every
        by_calendar: dict[str, tuple[tuple[re.Pattern[str], ...], Callable[[re.Match[str]], set[str]]]] = {
            "day": (_DAYS, self._of_span),
            "date": (_DAYS, self._of_span),
            "week": ((_WEEK,), self._of_week),
            "month": (_MONTHS, lambda found: self._of_part(found, 1)),
            "quarter": (_QUARTERS, lambda found: self._of_part(found, 3)),
            "half-year": (_HALVES, lambda found: self._of_part(found, 6)),
            "year": (_YEARS, lambda found: self._of_part(found, 12)),
        }
        self._ways = [
            ((_KEY,), self._of_key),
            ((_ORDINAL,), self._of_ordinal),
            (_SPANS, self._of_span),
            by_calendar[self._every],
        ]

    def find(self, *texts: str | None) -> str | None:
        """The key of the period that the first of these texts that names one speaks of."""
        return next(
            (key for text in texts if text for key in self._find_in(_SPACES.sub("", _plain(text)))), None
        )

    def _find_in(self, text: str) -> Iterator[str]:
        for patterns, meaning in self._ways:
            for pattern in patterns:
                found = set().union(*(meaning(one) for one in pattern.finditer(text)))
                if len(found) == 1:
                    yield from found
                if found:
                    return

    def _of_key(self, found: re.Match[str]) -> set[str]:
        return {one.key for one in self._periods if one.key == found["key"]}

    def _of_ordinal(self, found: re.Match[str]) -> set[str]:
        number = _number(found["number"])
        return {self._periods[number - 1].key} if 1 <= number <= len(self._periods) else set()

    def _of_week(self, found: re.Match[str]) -> set[str]:
        """The n-th week of the notice, or the year's: where these are two, the name says nothing."""
        number = _number(found["number"])
        of_year = {one.key for one in self._periods if _middle(one).isocalendar().week == number}
        return self._of_ordinal(found) | of_year

    def _of_span(self, found: re.Match[str]) -> set[str]:
        """The period in which all of these days lie; a day without a year is in any year that has such a period."""
        parts = found.groupdict()
        years = {int(parts["year"])} if parts["year"] else {one.year for one in self._ends()}
        keys: set[str] = set()
        for year in years:
            first = _day(year, parts["month"], parts["day"])
            month_b, day_b = parts.get("month_b") or parts["month"], parts.get("day_b") or parts["day"]
            last = _day(int(parts.get("year_b") or year), month_b, day_b)
            if first and last and last < first and not parts.get("year_b"):
                last = _day(year + 1, month_b, day_b)
            if first and last:
                keys |= {one.key for one in self._periods if _holds(one, first) and _holds(one, last)}
        return keys

    def _of_part(self, found: re.Match[str], months: int) -> set[str]:
        """The calendar month, quarter, half or year of this number; without a year the only one of the schedule."""
        parts = found.groupdict()
        number = {"上": 1, "下": 2, None: 1}.get(parts.get("number")) or _number(parts["number"])
        year = int(parts["year"]) if parts["year"] else None
        return {
            one.key
            for one in self._periods
            if one.first_day
            and (one.first_day.month - 1) // months + 1 == number
            and year in (None, one.first_day.year)
        }

    def _ends(self) -> list[date]:
        return [day for one in self._periods for day in (one.first_day, one.last_day) if day]


def name_of(period: Period, every: str) -> str:
    """A period as a unit would write it: 2024年12月, 2024年第四季度, 12月9日—12月15日. Found again by `find`."""
    first, last = period.first_day, period.last_day
    if first is None or last is None:
        return ""
    if every == "month":
        return f"{first.year}年{first.month}月"
    if every == "quarter":
        return f"{first.year}年第{_CHINESE[(first.month - 1) // 3]}季度"
    if every == "half-year":
        return f"{first.year}年{'上下'[first.month > 6]}半年"
    if every == "year":
        return f"{first.year}年"
    day = f"{first.month}月{first.day}日"
    return day if first == last else f"{day}—{last.month}月{last.day}日"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _number(text: str) -> int:
    """一 to 九十九 and plain digits; 0 for anything else."""
    if text.isascii():
        return int(text)
    tens, ten, ones = text.partition("十")
    digits = [_CHINESE.index(one) + 1 if one else 0 for one in (tens, ones) if len(one) <= 1 and one != "十"]
    if len(digits) < 2:
        return 0
    return (digits[0] or 1) * 10 + digits[1] if ten else digits[0]


def _middle(period: Period) -> date:
    return date.fromordinal((period.first_day or date.min).toordinal() + 3)


def _holds(period: Period, day: date) -> bool:
    return bool(period.first_day and period.last_day and period.first_day <= day <= period.last_day)


def _day(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None
