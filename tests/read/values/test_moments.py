"""When something happened, as units write it; nothing without a time of day is a moment."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from pipelines.read.values import Cell, DateGrammar, moment_cause, read_when

WINDOW = (date(2024, 12, 3), date(2025, 4, 30))
GRAMMAR = DateGrammar.made_of(("上午", "下午"), ZoneInfo("Asia/Shanghai"))
AT = datetime(2024, 12, 9, 14, 30)
READ: list[tuple[Cell, datetime | None]] = [
    ("2024-12-09 14:30", AT),
    ("2024-12-09T14:30:59", AT),
    ("2024-12-09T06:30:00Z", AT),
    ("2024/12/9 14:30", AT),
    ("2024.12.9 14：30", AT),
    ("2024年12月9日14时30分", AT),
    ("12月9日14:30", AT),
    ("12月9日 14点半", AT),
    ("12月9日下午2时30分", AT),
    ("12月9日（下午2:30）", AT),
    ("１２月９日１４时３０分左右", AT),
    ("1月9日8时", datetime(2025, 1, 9, 8)),
    ("12月9日中午12点", datetime(2024, 12, 9, 12)),
    ("12月9日中午1点", datetime(2024, 12, 9, 13)),
    ("12月9日凌晨0:05", datetime(2024, 12, 9, 0, 5)),
    ("12月9日00:00", datetime(2024, 12, 9)),
    (datetime(2024, 12, 9, 14, 30, 40), AT),
    (datetime(2024, 12, 9, 6, 30, tzinfo=ZoneInfo("UTC")), AT),
    (45635 + (14.5 / 24), AT),
    ("12月9日", None),
    ("2024-12-09", None),
    (date(2024, 12, 9), None),
    (datetime(2024, 12, 9), None),
    (45635.0, None),
    ("0001-01-01T00:00:00+23:59", None),
    ("9999-12-31T23:59:59-23:59", None),
    (datetime(1, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")), None),
    ("14:30", None),
    ("12月9日14:30-16:00", None),
    ("12月9日25:00", None),
    ("12月9日14:60", None),
    ("2月30日14:30", None),
    ("12月9日晚上12点", None),
    ("昨天下午2点", None),
    ("", None),
    (True, None),
    (None, None),
]


@pytest.mark.parametrize(("cell", "moment"), READ, ids=[repr(cell) for cell, _ in READ])
def test_a_moment_is_a_day_with_its_time(cell: Cell, moment: datetime | None) -> None:
    assert read_when(cell, WINDOW, typed=True, grammar=GRAMMAR) == moment


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("12月9日", "no_clock"),
        ("2024-12-09", "no_clock"),
        ("2月30日14:30", "no_such_day"),
        ("昨天下午", "words"),
    ],
)
def test_what_is_no_moment_is_told_why(text: str, cause: str) -> None:
    assert moment_cause(text, GRAMMAR) == cause
