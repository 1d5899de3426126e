"""When bulletins are made, and which one was the one before."""

from datetime import datetime

import pytest

from pipelines.notice import load_notice
from pipelines.notice.bulletins import daily_moments, final_moment, issue_number, previous_moment
from tests.report.conftest import NOTICE, make_notice
from tests.report.test_wording_of_cases import THREE


def test_evenings_of_the_event_and_due_moments() -> None:
    found = daily_moments(load_notice(NOTICE))
    assert [f"{moment:%m-%d %H:%M:%S}" for moment in found] == [
        "11-05 23:59:59", *(f"11-{day:02} 20:00:00" for day in range(8, 15)), "11-20 23:59:59",
    ]  # fmt: skip
    assert final_moment(load_notice(NOTICE)) == datetime(2020, 11, 30)


@pytest.mark.parametrize(
    ("as_of", "previous", "issue"),
    [
        ("2021-05-01 00:00:00", None, None),
        ("2021-05-08 18:00:00", None, 1),
        ("2021-05-10 17:59:59", "2021-05-08 18:00:00", None),
        ("2021-05-10 18:00:00", "2021-05-08 18:00:00", 2),
        ("2021-05-12 23:00:00", "2021-05-12 18:00:00", None),
        ("2021-06-01 00:00:00", "2021-05-12 18:00:00", None),
    ],
)
def test_previous_and_number(as_of: str, previous: str | None, issue: int | None) -> None:
    notice, moment = make_notice(THREE), datetime.fromisoformat(as_of)
    found = previous_moment(notice, moment)
    assert (found and str(found)) == previous
    assert issue_number(notice, moment) == issue


def test_a_notice_without_an_event_has_its_due_moments() -> None:
    weekly = {
        "kind": "statistics", "name": "周报", "file_words": ["周报"], "owed_by": ["school"],
        "periods": {"every": "week", "first": "2021-05-03", "last": "2021-05-16", "due_days_after": 1, "due_time": "12:00:00"},
        "columns": {"period_date": {"headers": ["日期"], "required": True}, "visitors": {"headers": ["来访人次"], "required": True}},
    }  # fmt: skip
    notice = make_notice(THREE, deliverables={"weekly": weekly})
    assert daily_moments(notice) == [datetime(2021, 5, 10, 12), datetime(2021, 5, 17, 12)]
