"""What is owed later, in words that a clerk understands without thinking: days, the rule of the moments, what stands apart."""

from datetime import date, datetime, time, timedelta

import pytest

from pipelines.notice import Notice, load_notice
from pipelines.remind import series
from pipelines.remind.facts import Owed
from pipelines.remind.series import find_runs

NOW = datetime(2020, 12, 5, 9)
NEXT_YEAR = datetime(2021, 1, 5, 9)


@pytest.fixture(scope="module")
def canteens() -> Notice:
    return load_notice("nx-canteen-safety-2020")


def owed(notice: Notice, deliverable: str, after: timedelta, clock: time, *, later: int = 0) -> list[Owed]:
    """Every period of a deliverable, each due so long after its end; the fifth has `later` days more."""
    item = notice.deliverables[deliverable]
    found = []
    for place, period in enumerate(item.periods.periods()):
        end = period.last_day or date(2021, 2, 8)
        due = datetime.combine(end + after + timedelta(later if place == 4 else 0), clock)
        found.append(
            Owed("X", "甲", "k", "l", "c", "市", deliverable, item.name, period.key, period.first_day, period.last_day,
                 due, "pending", is_returned=False)
        )  # fmt: skip
    return found


def words(notice: Notice, found: list[Owed], now: datetime = NOW) -> list[str]:
    return [run.words(now).removeprefix(found[0].deliverable_name) for run in find_runs(notice, found)]


DAY, NOON = timedelta(1), time(12)
CASES = {
    "weekly over New Year": (
        "weekly_table", DAY, NOON, NOW, "（2020年11月30日至2021年1月31日每周，每周结束次日 12:00前）"
    ),
    "monthly": ("monthly_table", 5 * DAY, time(18), NOW, "（2020年12月1日至2021年1月31日每月，每月结束后第 5 天 18:00前）"),
    "on the last day": ("weekly_table", 0 * DAY, NOON, NOW, "（2020年11月30日至2021年1月31日每周，各期当天 12:00前）"),
    "once": ("summary", 0 * DAY, time(18), NOW, "（2021年2月8日 18:00前）"),
    "once, in its year": ("summary", 0 * DAY, time(18), NEXT_YEAR, "（2月8日 18:00前）"),
}  # fmt: skip


@pytest.mark.parametrize(("deliverable", "after", "clock", "now", "said"), CASES.values(), ids=CASES)
def test_one_line_says_days_and_rule(
    canteens: Notice, deliverable: str, after: timedelta, clock: time, now: datetime, said: str
) -> None:
    assert words(canteens, owed(canteens, deliverable, after, clock), now) == [said]


def test_a_day_without_a_year_is_one_of_this_year(canteens: Notice) -> None:
    found = owed(canteens, "weekly_table", DAY, NOON)
    assert words(canteens, found[-4:], NEXT_YEAR) == ["（1月4日至31日每周，每周结束次日 12:00前）"]


def test_more_time_for_one_of_them_stands_apart(canteens: Notice) -> None:
    assert words(canteens, owed(canteens, "weekly_table", DAY, NOON, later=2)) == [
        "（11月30日至12月27日每周，每周结束次日 12:00前）",
        "（2020年12月28日至2021年1月3日，2021年1月6日 12:00前）",
        "（2021年1月4日至31日每周，每周结束次日 12:00前）",
    ]


def test_many_gaps_are_said_as_a_whole_with_the_first_and_the_last_moment(
    canteens: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series, "MOST_RUNS", 2)
    found = owed(canteens, "weekly_table", DAY, NOON, later=2)
    assert words(canteens, [one for place, one in enumerate(found) if place not in (1, 6)]) == [
        "（2020年11月30日至2021年1月31日之间，最早 12月7日 12:00、最晚 2021年2月1日 12:00前）"
    ]
    assert words(canteens, [found[0], found[2], found[8]]) == [
        "（2020年11月30日至2021年1月31日之间，每周结束次日 12:00前）"
    ]
