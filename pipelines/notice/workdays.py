"""Working days of a country, its official holidays and make-up days counted: bundled as data by chinesecalendar.

The State Council publishes a year's holidays in the November before. A year that the data does not know is an error, never a
guess: a due moment would move without anybody noticing.
"""

from datetime import date, timedelta
from typing import Literal

Calendar = Literal["CN"]


class UnknownYearError(ValueError):
    """The data says nothing of the year of this day."""

    def __init__(self, day: date) -> None:
        first, last = known_years()
        super().__init__(f"不知道 {day.year} 年哪天放假、哪天补班（现有 {first} 至 {last} 年的安排）")


def known_years() -> tuple[int, int]:
    """The first and the last year whose holidays are known."""
    from chinese_calendar.constants import holidays

    return min(holidays).year, max(holidays).year


def is_workday(day: date) -> bool:
    """Whether offices work on this day. Raises UnknownYearError."""
    from chinese_calendar import is_workday as works

    first, last = known_years()
    if not first <= day.year <= last:
        raise UnknownYearError(day)
    return bool(works(day))


def add_days(day: date, days: int, calendar: Calendar | None) -> date:
    """The day so many days after; with a calendar the so-manieth working day after, 0 being the day itself or, where that is
    a holiday, the next working day. Raises UnknownYearError."""
    if calendar is None:
        return day + timedelta(days)
    if days == 0:
        while not is_workday(day):
            day += timedelta(1)
        return day
    while days:
        day += timedelta(1)
        days -= is_workday(day)
    return day
