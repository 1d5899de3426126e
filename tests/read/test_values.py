"""The grammars of days, counts, moments and addresses, as tables; and what holds for anything at all."""

import math
import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.check.suites import PATTERNS
from pipelines.notice import load_notice
from pipelines.read.values import (
    LARGEST_COUNT,
    CountGrammar,
    as_text,
    join_word,
    read_count,
    read_date,
    read_moment,
    trim,
)

WORDS = load_notice("sd-vocational-week-2020").words
GRAMMAR = CountGrammar.of(WORDS)
WEEK = (date(2020, 11, 8), date(2020, 11, 14))
NEW_YEAR = (date(2020, 12, 20), date(2021, 1, 20))
FEBRUARY = (date(2023, 12, 1), date(2024, 3, 31))
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.datetimes(), st.dates(), st.times(), st.timedeltas(),
    st.text("0123456789.,-/年月日号约万人次 　０１２．—无:T+"), st.integers(0, 6000).map(lambda n: "9" * n),
)  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "window", "day"),
    [
        pytest.param("12月25日", NEW_YEAR, date(2020, 12, 25), id="before-new-year"),
        pytest.param("1月5日", NEW_YEAR, date(2021, 1, 5), id="after-new-year"),
        pytest.param("1.5", NEW_YEAR, date(2021, 1, 5), id="dots-after-new-year"),
        pytest.param(1.5, NEW_YEAR, date(2021, 1, 5), id="number-after-new-year"),
        pytest.param(12.3, NEW_YEAR, date(2020, 12, 30), id="number-thirtieth-of-december"),
        pytest.param(1.1, NEW_YEAR, date(2021, 1, 1), id="both-readings-inside-is-literal"),
        pytest.param(1.2, NEW_YEAR, date(2021, 1, 2), id="both-readings-inside-again"),
        pytest.param("6月1日", NEW_YEAR, date(2020, 6, 1), id="outside-either-year"),
        pytest.param("2月29日", FEBRUARY, date(2024, 2, 29), id="leap-day"),
        pytest.param("2月30日", FEBRUARY, None, id="no-leap-day"),
        pytest.param(11.1, WEEK, date(2020, 11, 10), id="tenth"),
        pytest.param(11.2, WEEK, date(2020, 11, 2), id="neither-inside-is-literal"),
        pytest.param(11.3, (date(2020, 11, 3), date(2020, 11, 30)), date(2020, 11, 3), id="both-inside"),
        pytest.param(11.4, WEEK, date(2020, 11, 4), id="no-fortieth"),
        pytest.param(11.12, WEEK, date(2020, 11, 12), id="two-digits"),
        pytest.param("11.1", WEEK, date(2020, 11, 1), id="text-is-as-written"),
        pytest.param("11.9", None, None, id="no-window-no-year"),
        pytest.param(20_000, WEEK, date(1954, 10, 3), id="first-serial"),
        pytest.param(19_999, WEEK, None, id="before-the-serials"),
        pytest.param(44144.999, WEEK, date(2020, 11, 9), id="serial-late-in-the-day"),
        pytest.param(20201109.0, WEEK, date(2020, 11, 9), id="compact-number"),
        pytest.param(20201109.5, WEEK, None, id="compact-fraction"),
        pytest.param(20201332, WEEK, None, id="compact-no-month"),
        pytest.param(-11.9, WEEK, None, id="negative"),
        pytest.param(math.nan, WEEK, None, id="nan"),
        pytest.param(math.inf, WEEK, None, id="infinite"),
        pytest.param(1e300, WEEK, None, id="huge"),
        pytest.param(True, WEEK, None, id="truth"),
        pytest.param(time(8, 30), WEEK, None, id="time-alone"),
        pytest.param(timedelta(3), WEEK, None, id="duration"),
        pytest.param(None, WEEK, None, id="none"),
        pytest.param("", WEEK, None, id="blank"),
        pytest.param("2020年11月", WEEK, None, id="month-alone"),
        pytest.param("2020-1109", WEEK, None, id="half-compact"),
        pytest.param("\ufeff2020-11-09", WEEK, date(2020, 11, 9), id="byte-order-mark"),
        pytest.param("2020-11-09 8:05:00.123", WEEK, date(2020, 11, 9), id="fractions-of-a-second"),
        pytest.param("11月9日 9:00", WEEK, date(2020, 11, 9), id="short-with-time"),
    ],
)  # fmt: skip
def test_days(cell: Any, window: Any, day: date | None) -> None:
    assert read_date(cell, window, typed=True) == day


@pytest.mark.parametrize(
    ("cell", "value", "state"),
    [
        ("1.2万", 12_000, "approximate"),
        ("0.5万人", 5_000, "approximate"),
        ("12万", 120_000, "approximate"),
        ("1,200.00", 1_200, "number"),
        ("+5", 5, "number"),
        ("-5", -5, "number"),
        ("约-5", -5, "approximate"),
        ("007", 7, "number"),
        ("约", None, "unreadable"),
        ("1.2.3", None, "unreadable"),
        ("1e3", None, "unreadable"),
        ("一百", 100, "number"),
        ("300 人 左右", 300, "approximate"),
        ("人300", None, "unreadable"),
        ("--", None, "unreadable"),
        ("——", None, "not_applicable"),
        ("无人", None, "unreadable"),
        ("1.23456万", 12_346, "approximate"),
        ("1.23450万", 12_345, "approximate"),
        ("１０００", 1_000, "number"),
        ("－", None, "not_applicable"),
        ("／", None, "not_applicable"),
        ("\u200b", None, "blank"),
        (300.0, 300, "number"),
        (0, 0, "number"),
        (0.1, None, "unreadable"),
        (LARGEST_COUNT, LARGEST_COUNT, "number"),
        (LARGEST_COUNT + 1, None, "unreadable"),
        (-(10**400), None, "unreadable"),
        (str(LARGEST_COUNT + 1), None, "unreadable"),
        ("0" * 5000, None, "unreadable"),
        (math.nan, None, "unreadable"),
        (-math.inf, None, "unreadable"),
        (True, None, "unreadable"),
        (date(2020, 11, 9), None, "unreadable"),
        (None, None, "blank"),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_counts(cell: Any, value: int | None, state: str) -> None:
    assert read_count(cell, GRAMMAR) == (value, state)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2020/11/8 8:03:58", datetime(2020, 11, 8, 8, 3, 58)),
        ("2020-11-08 08:03", datetime(2020, 11, 8, 8, 3)),
        ("2020-11-08T08:03:58", datetime(2020, 11, 8, 8, 3, 58)),
        ("2020年11月8日 8:03", datetime(2020, 11, 8, 8, 3)),
        ("2020/11/8", datetime(2020, 11, 8)),
        ("２０２０/１１/８　８:０３:５８", datetime(2020, 11, 8, 8, 3, 58)),
        (44143.5, datetime(2020, 11, 8, 12)),
        (date(2020, 11, 8), datetime(2020, 11, 8)),
        (datetime(2020, 11, 8, 8, 3, 58, 999_999), datetime(2020, 11, 8, 8, 3, 58)),
        ("2020/11/8 25:00:00", None),
        ("8:03:58", None),
        ("", None),
        (None, None),
        (math.nan, None),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_moments(cell: Any, moment: datetime | None) -> None:
    assert read_moment(cell) == moment


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("url",
         ["http://a.cn", "https://a.cn/", "HTTP://A.CN", "https://a.cn:8080/b?c=d#e", "http://1.2.3.4", "https://u:p@a.cn",
          "https://例子.中国/甲", "https://a.cn/活动 周.html", "https://a.cn/1\nhttps://a.cn/2"],
         ["", "a.cn", "www.a.cn", "ftp://a.cn", "http:/a.cn", "http//a.cn", "http://", "https:///a", "http://?a", "://a.cn",
          "见 https://a.cn", "无", "http://:80"]),
        ("phone",
         ["13800000000", "19900000000", "+8613800000000", "86-13800000000", "0531-88888888", "0531 88888888", "053188888888",
          "010-12345678", "0534-2345678", "(0531)88888888", "0531—88888888", "0531-88888888-801", "0531-88888888转801"],
         ["", "1380000000", "138000000000", "12345678901", "88888888", "0531-888", "531-88888888", "1380000000a", "无",
          "13800000000/13900000000"]),
        ("email",
         ["a@b.cn", "a.b-c_d@mail.b-c.com.cn", "123456@example.com"],
         ["", "a", "a@", "@b.cn", "a@b", "a b@c.cn", "a@b.cn;c@d.cn", "a@b..cn", "a@@b.cn", "a@b.cn，"]),
    ],
)  # fmt: skip
def test_addresses(name: str, good: list[str], bad: list[str]) -> None:
    pattern = re.compile(PATTERNS[name])
    assert [text for text in good if not pattern.match(text)] == []
    assert [text for text in bad if pattern.match(text)] == []


@pytest.mark.parametrize(
    ("text", "trimmed", "joined"),
    [
        (" 甲 乙\n", "甲 乙", "甲乙"),
        ("　甲\u200b乙　", "甲\u200b乙", "甲乙"),
        ("\ufeff甲\r\n乙\u200b", "甲\r\n乙", "甲乙"),
        ("Ａ（１） ", "Ａ（１）", "Ａ（１）"),
        ("　\u200b", "", ""),
    ],
)
def test_texts(text: str, trimmed: str, joined: str) -> None:
    assert trim(text) == trimmed
    assert join_word(text) == joined


@given(ANYTHING, st.sampled_from([WEEK, NEW_YEAR, None]), st.booleans())
def test_nothing_raises(cell: Any, window: Any, typed: bool) -> None:
    day = read_date(cell, window, typed=typed)
    assert day is None or type(day) is date
    value, state = read_count(cell, GRAMMAR)
    assert (value is None) == (state in ("blank", "not_applicable", "unreadable"))
    assert value is None or abs(value) <= LARGEST_COUNT
    assert isinstance(as_text(cell), str)
    moment = read_moment(cell)
    assert moment is None or (moment.tzinfo is None and moment.microsecond == 0)


@given(st.dates(date(1955, 1, 1), date(2099, 12, 31)))
def test_a_day_with_its_year_is_read_as_it_was_written(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    written = [
        day, datetime.combine(day, time(23, 59)), serial, serial + 0.75, str(serial), day.isoformat(), f"{day:%Y%m%d}",
        int(f"{day:%Y%m%d}"), f"{day:%Y/%m/%d} 08:00", f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}",
        f" {day.year} 年 {day.month} 月 {day.day} 日 ",
    ]  # fmt: skip
    assert {read_date(cell, WEEK, typed=True) for cell in written} == {day}


@given(st.dates(*NEW_YEAR))
def test_a_day_without_its_year_is_the_one_inside_the_window(day: date) -> None:
    written = [
        f"{day.month}月{day.day}日",
        f"{day.month}.{day.day:02}",
        f"{day.month}/{day.day}",
        f"{day.month:02}-{day.day:02}",
    ]
    assert {read_date(cell, NEW_YEAR, typed=True) for cell in written} == {day}


@given(st.integers(0, 10**9))
def test_a_count_is_read_as_it_was_written(count: int) -> None:
    written = [count, float(count), str(count), f"{count:,}", f"{count}人", f" {count}.0 ", f"{count}人次"]
    assert {read_count(cell, GRAMMAR) for cell in written} == {(count, "number")}
    about = [f"约{count}人", f"{count / 10_000:.4f}万", f"约 {count / 10_000:.4f} 万人次"]
    assert {read_count(cell, GRAMMAR) for cell in about} == {(count, "approximate")}


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    for clean in (trim, join_word):
        assert clean(clean(text)) == clean(text)
    assert trim(text) in text
