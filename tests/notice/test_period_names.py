"""Which period a name speaks of: each way to write one, and what names none."""

import pytest
from pydantic import TypeAdapter

from pipelines.notice.period_names import PeriodNames, name_of
from pipelines.notice.periods import Schedule

SCHEDULES = {
    name: TypeAdapter(Schedule).validate_python(given)
    for name, given in {
        "week": {"every": "week", "first": "2024-12-02", "last": "2025-01-12"},
        "weeks_from_january": {"every": "week", "first": "2025-01-06", "last": "2025-02-09"},
        "month": {"every": "month", "first": "2024-11-01", "last": "2025-03-31"},
        "month_of_two_years": {"every": "month", "first": "2023-11-01", "last": "2024-12-31"},
        "quarter": {"every": "quarter", "first": "2024-01-01", "last": "2024-12-31"},
        "half": {"every": "half-year", "first": "2024-07-01", "last": "2025-12-31"},
        "year": {"every": "year", "first": "2024-01-01", "last": "2026-12-31"},
        "day": {"every": "day", "first": "2024-12-30", "last": "2025-01-03"},
        "date": {
            "every": "date",
            "dates": [
                {"day": "2025-03-09", "due": "2025-03-09T18:00:00"},
                {"day": "2025-06-09", "due": "2025-06-09T18:00:00"},
            ],
        },
    }.items()
}
CASES = [
    ("week", "周报第3期", "2024-12-16"),
    ("week", "周报第三期（终稿）", "2024-12-16"),
    ("week", "甲市第50周情况", "2024-12-09"),
    ("week", "第十周", None),
    ("week", "12月9日—15日周报", "2024-12-09"),
    ("week", "12月9日至13日", "2024-12-09"),
    ("week", "12.9-12.15", "2024-12-09"),
    ("week", "周报１２０９－１２１５", "2024-12-09"),
    ("week", "20241230-20250105", "2024-12-30"),
    ("week", "12月30日-1月5日", "2024-12-30"),
    ("week", "2024年12月30日至2025年1月5日", "2024-12-30"),
    ("week", "2024-12-09至2024-12-15", "2024-12-09"),
    ("week", "2025.1.6-1.12", "2025-01-06"),
    ("week", "12月9日—22日", None),
    ("week", "周报20241216", None),
    ("week", "12月第2周", None),
    ("week", "周报", None),
    ("week", "第99期", None),
    ("week", "2024-12-16期-周报", "2024-12-16"),
    ("week", "第2期和第3期", None),
    ("weeks_from_january", "第1周", "2025-01-06"),
    ("weeks_from_january", "第2周", None),
    ("weeks_from_january", "第6周", "2025-02-03"),
    ("month", "2024年12月总结", "2024-12-01"),
    ("month", "2023年12月总结", None),
    ("month", "十二月份总结", "2024-12-01"),
    ("month", "总结202412", "2024-12-01"),
    ("month", "总结2024-12", "2024-12-01"),
    ("month", "总结20241231", None),
    ("month", "12月31日", None),
    ("month", "12月1日-31日", "2024-12-01"),
    ("month", "1-3月", None),
    ("month", "2024-12月", "2024-12-01"),
    ("month_of_two_years", "12月总结", None),
    ("month_of_two_years", "2023年12月总结", "2023-12-01"),
    ("quarter", "一季度总结", "2024-01-01"),
    ("quarter", "2024年第四季度", "2024-10-01"),
    ("quarter", "2024Q2", "2024-04-01"),
    ("quarter", "2023年第四季度", None),
    ("quarter", "一季度、二季度", None),
    ("half", "2025年上半年", "2025-01-01"),
    ("half", "上半年", "2025-01-01"),
    ("half", "下半年", None),
    ("year", "2025年度总结", "2025-01-01"),
    ("year", "总结2025", "2025-01-01"),
    ("year", "总结20250101", None),
    ("day", "12月31日情况", "2024-12-31"),
    ("day", "0101", "2025-01-01"),
    ("day", "2025-01-02", "2025-01-02"),
    ("date", "3月9日", "2025-03-09"),
    ("date", "3月10日", None),
]


@pytest.mark.parametrize(("schedule", "text", "key"), CASES, ids=[f"{one}:{two}" for one, two, _ in CASES])
def test_what_a_name_speaks_of(schedule: str, text: str, key: str | None) -> None:
    assert PeriodNames(SCHEDULES[schedule]).find(text) == key


def test_the_first_text_that_names_one_speaks() -> None:
    names = PeriodNames(SCHEDULES["week"])
    assert names.find("总结", None, "第2期", "第3期") == "2024-12-09"


@pytest.mark.parametrize("every", SCHEDULES)
def test_every_period_is_found_by_its_own_name(every: str) -> None:
    schedule = SCHEDULES[every]
    names = PeriodNames(schedule)
    assert [names.find(name_of(one, schedule.every)) for one in schedule.periods()] == [
        one.key for one in schedule.periods()
    ]
