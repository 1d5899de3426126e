"""Periods and due moments of every schedule, across New Year; exemptions and extensions in the obligations they change."""

from datetime import date, datetime

import pytest
from pydantic import TypeAdapter

from pipelines.notice import load_notice
from pipelines.notice.folder import NOTICES
from pipelines.notice.obligations import expand_obligations
from pipelines.notice.periods import Schedule
from tests.notice.test_broken import GOOD, NOTICE

SCHEDULE = TypeAdapter(Schedule)

CASES = {
    "once": (
        {"every": "once", "due": "2021-01-05T18:00:00"},
        [("", None, None, "2021-01-05T18:00")],
    ),
    "daily_across_new_year": (
        {"every": "day", "first": "2020-12-31", "last": "2021-01-01"},
        [
            ("2020-12-31", "2020-12-31", "2020-12-31", "2020-12-31T23:59:59"),
            ("2021-01-01", "2021-01-01", "2021-01-01", "2021-01-01T23:59:59"),
        ],
    ),
    "daily_due_the_next_noon": (
        {"every": "day", "first": "2020-12-31", "last": "2020-12-31", "due_days_after": "1", "due_time": "12:00"},
        [("2020-12-31", "2020-12-31", "2020-12-31", "2021-01-01T12:00")],
    ),
    "weekly_across_new_year_and_cut_short": (
        {"every": "week", "first": "2020-12-28", "last": "2021-01-13", "due_days_after": "1", "due_time": "12:00"},
        [
            ("2020-12-28", "2020-12-28", "2021-01-03", "2021-01-04T12:00"),
            ("2021-01-04", "2021-01-04", "2021-01-10", "2021-01-11T12:00"),
            ("2021-01-11", "2021-01-11", "2021-01-13", "2021-01-14T12:00"),
        ],
    ),
    "weekly_from_a_wednesday": (
        {"every": "week", "first": "2020-11-04", "last": "2020-11-10"},
        [("2020-11-04", "2020-11-04", "2020-11-10", "2020-11-10T23:59:59")],
    ),
    "monthly_from_the_middle_across_new_year_and_february": (
        {"every": "month", "first": "2020-11-16", "last": "2021-02-28", "due_days_after": "5", "due_time": "18:00"},
        [
            ("2020-11-16", "2020-11-16", "2020-11-30", "2020-12-05T18:00"),
            ("2020-12-01", "2020-12-01", "2020-12-31", "2021-01-05T18:00"),
            ("2021-01-01", "2021-01-01", "2021-01-31", "2021-02-05T18:00"),
            ("2021-02-01", "2021-02-01", "2021-02-28", "2021-03-05T18:00"),
        ],
    ),
    "monthly_with_a_leap_day": (
        {"every": "month", "first": "2020-02-01", "last": "2020-02-29"},
        [("2020-02-01", "2020-02-01", "2020-02-29", "2020-02-29T23:59:59")],
    ),
    "dates_in_any_order": (
        {
            "every": "date",
            "dates": [
                {"day": "2021-01-15", "due": "2021-01-16T18:00:00"},
                {"day": "2020-12-31", "due": "2021-01-04 18:00"},
            ],
        },
        [
            ("2020-12-31", "2020-12-31", "2020-12-31", "2021-01-04T18:00"),
            ("2021-01-15", "2021-01-15", "2021-01-15", "2021-01-16T18:00"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_periods_and_due_moments(given: dict, expected: list) -> None:
    found = [
        (one.key, one.first_day, one.last_day, one.due_at)
        for one in SCHEDULE.validate_python(given).periods()
    ]
    assert found == [
        (
            key,
            first and date.fromisoformat(first),
            last and date.fromisoformat(last),
            datetime.fromisoformat(due),
        )
        for key, first, last, due in expected
    ]


def test_a_due_moment_of_another_zone_is_turned_into_the_notices() -> None:
    found = SCHEDULE.validate_python({"every": "once", "due": "2021-01-05T10:00:00Z"}).periods()[0]
    assert load_notice("nx-canteen-safety-2020").local(found.due_at) == datetime(2021, 1, 5, 18)


def test_an_exemption_and_an_extension_change_only_what_they_name(tmp_path) -> None:
    (tmp_path / "words.yaml").write_bytes((NOTICES / "words.yaml").read_bytes())
    (tmp_path / NOTICE).symlink_to(GOOD / NOTICE)
    owed = list(expand_obligations(load_notice(NOTICE, tmp_path)))
    # 3 units × 7 days, 2 bureaus × 2 dates, 2 bureaus × 1 summary
    assert len(owed) == 21 + 4 + 2
    exempt = [one for one in owed if one.exemption_reason]
    assert [(one.recipient_code, one.deliverable, one.period) for one in exempt] == [
        ("C-1", "materials", "2021-01-01")
    ]
    summaries = {one.recipient_code: one for one in owed if one.deliverable == "summary"}
    assert {code: one.due_at for code, one in summaries.items()} == {
        "B-1": datetime(2021, 1, 20, 18),
        "B-2": datetime(2021, 1, 25, 18),
    }
    assert [one.recipient_code for one in owed if one.extension_reason] == ["B-2"]
