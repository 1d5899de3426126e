"""Days as units write them, and what is near a day and is none (contract 4.4)."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.notice import load_notice
from pipelines.read.values import DateGrammar, date_cause, read_date
from pipelines.read.values.numerals import DIGITS, spell_numeral

GRAMMAR = DateGrammar.of(load_notice("sd-vocational-week-2020"))
WEEK = (date(2020, 11, 8), date(2020, 11, 14))
NINTH, TENTH = date(2020, 11, 9), date(2020, 11, 10)


def _read(cell: Any, *, typed: bool = True) -> date | None:
    return read_date(cell, WEEK, typed=typed, grammar=GRAMMAR)


@pytest.mark.parametrize(
    "cell",
    [
        datetime(2020, 11, 9, 23, 59), 44144, "44144", "44144.5", "2020年11月9日", "11月9日", "11月9号", "2020.11.9", "2020/11/09",
        "2020-11-09", "20-11-09", "20.11.9", "20/11/9", "20201109", "20201109.0", 20201109.0, "11.9", 11.9,
        "11/9", "11-9", "11·9", "11、9", "2020、11、9", "2020—11—09", "2020——11——09", "二〇二〇年十一月九日", "二零二零年十一月九日",
        "十一月九日", "2020年十一月9日", "２０２０年１１月９日", "２０２０－１１－０９", " 2020 年 11 月 9 日 ", "2020 - 11 - 09",
        "11月9日(星期一)", "11月9日（星期日）", "2020年11月9日星期一", "11月9日 周一", "11.9周日", "11月9日礼拜一", "11.9上午",
        "2020-11-09 下午", "2020年11月9日晚上", "11月9日全天", "11月9日（上午）", "2020-11-09 14:30", "2020-11-09T14:30:05",
        "11月9日9:00-11:00", "2020/11/9 9:00-11:00", "2020-11-09 09:00-11:00", "2020-11-09 9:00 - 11:00", "11月9日上午9:00-11:00",
        "11月9日（星期一）9：00～11：00", "11月9日上午9点", "11月9日9时30分", "11月9日 9:00至下午5:00", "2020-11-09 08:00:00.123",
    ],
    ids=ascii,
)  # fmt: skip
def test_spellings_of_the_ninth(cell: Any) -> None:
    assert _read(cell) == NINTH


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2020-11-08T15:59:59Z", date(2020, 11, 8)),
        ("2020-11-08T16:00:00Z", NINTH),
        ("2020-11-09T00:00:00+08:00", NINTH),
        ("2020-11-09T23:30:00-05:00", TENTH),
        ("2020-11-09T23:30+0800", NINTH),
        (datetime(2020, 11, 9, 20, tzinfo=UTC), TENTH),
        (datetime(2020, 11, 9, 20, tzinfo=timezone(timedelta(hours=8))), NINTH),
        ("0001-01-01T00:00:00+14:00", None),
        ("2020-11-09T25:00:00Z", None),
        ("2020-11-09 20:00:00+00:00", None),
    ],
    ids=str,
)
def test_a_moment_with_a_zone_is_a_day_of_the_notice(cell: Any, day: date | None) -> None:
    assert _read(cell) == day


@pytest.mark.parametrize(
    ("cell", "in_a_workbook", "elsewhere"),
    [
        (11.1, TENTH, TENTH),
        ("11.1", date(2020, 11, 1), TENTH),
        ("11.10", TENTH, TENTH),
        (11.1 + 1e-14, TENTH, TENTH),
        ("11.2", date(2020, 11, 2), date(2020, 11, 2)),
        ("11.1上午", date(2020, 11, 1), date(2020, 11, 1)),
        ("11.01", date(2020, 11, 1), date(2020, 11, 1)),
    ],
    ids=str,
)
def test_a_number_may_have_lost_its_zero(cell: Any, in_a_workbook: date, elsewhere: date) -> None:
    assert (_read(cell), _read(cell, typed=False)) == (in_a_workbook, elsewhere)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("11.8-11.10", "two_days"), ("11.9、11.10", "two_days"), ("11月8日-10日", "two_days"), ("11月8-10日", "two_days"),
        ("11月9日—11月10日", "two_days"), ("11月8日、9日", "two_days"), ("8、9日", "two_days"), ("11-12日", "two_days"),
        ("11.8 11.9", "two_days"), ("2020-11-09\n2020-11-10", "two_days"), ("11月9日至11月10日", "two_days"),
        ("11月8日9日", "two_days"), ("十一月九日至十日", "two_days"), ("2020-11-9/10", "two_days"), ("8日、9日", "two_days"),
        ("星期一", "weekday"), ("（周日）", "weekday"), ("8日", "day_alone"), ("8", "day_alone"), ("九日", "day_alone"),
        ("11月", "month_alone"), ("2020年11月", "month_alone"), ("2020-11", "month_alone"), ("11月31日", "no_such_day"),
        ("2020-13-01", "no_such_day"), ("2020年13月9日", "no_such_day"), ("20200231", "no_such_day"), ("11月9²", "note_digits"),
        ("11.9①", "note_digits"), ("=TODAY()", "formula"), ("暂定", "words"), ("2020-1109", "words"), ("11/9/2020", "words"),
        ("2020 11 09", "words"), ("2020-11-09 09:00+08:00", "words"), ("2020-11-09楼", "words"), ("星期一 11月9日", "words"),
        ("11.9.", "words"), ("11月9日下周", "words"), ("-11.9", "words"), ("٢٠٢٠-١١-٠٩", "words"), ("9" * 5000, "words"),
    ],
    ids=lambda value: ascii(value)[:30],
)  # fmt: skip
def test_what_is_no_day_and_why(text: str, cause: str) -> None:
    assert _read(text) is None
    assert _read(text, typed=False) is None
    assert date_cause(text, GRAMMAR) == cause


@settings(max_examples=60)
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["", " ", "\u200b", "　", "\n"]))
def test_a_day_is_read_as_it_was_spelled_whatever_white_space_is_around(day: date, white: str) -> None:
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    written = [
        f"{year}年{spell_numeral(day.month)}月{spell_numeral(day.day)}日",
        f"{day:%y-%m-%d}",
        f"{day.year}、{day.month}、{day.day}",
        f"{day.year}—{day.month:02}—{day.day:02}",
        f"{day.year}年{day.month}月{day.day}日（周三）下午 2:30-4:00",
        f"{day.isoformat()}T12:00:00+08:00",
        f"{day.year} {white}年{white}{day.month}月{white}{day.day}{white}日",
    ]
    assert {_read(f"{white}{text}{white}") for text in written} == {day}


@settings(max_examples=100)
@given(st.text("0123456789.-/年月日号十一二三星期周上午全天:T+Z、—至 ①（）()", max_size=30))
def test_whatever_is_written_has_a_day_or_a_cause(text: str) -> None:
    assert isinstance(_read(text), date) or date_cause(text, GRAMMAR)


@pytest.mark.parametrize(
    "piece", ["1", "11.9", "一", " ", "9:00", "(", "—", "月", "星期一", "=", "11月8日、"]
)
def test_a_cell_without_end_is_no_day_and_takes_no_time(piece: str) -> None:
    text = piece * 200_000
    assert _read(text) is None
    assert date_cause(text, GRAMMAR)
