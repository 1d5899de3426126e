"""Days, times and repeats as circulated texts write them."""

from datetime import date

import pytest

from pipelines.notice.draft.dates import find_days, find_ranges, iso
from pipelines.notice.draft.numbers import to_number
from pipelines.notice.draft.timings import find_timings

ISSUED = date(2024, 10, 10)
DUE = {
    "于10月20日前报送名单": "2024-10-20",
    "于2024年11月1日17:00前报送": "2024-11-01T17:00",
    "于十一月一日前报厅公共服务处": "2024-11-01",
    "10月底前报送": "2024-10-31",
    "于2025年2月末前上报": "2025-02-28",
    "11月上旬前报送": "2024-11-10",
    "年底前报送": "2024-12-31",
    "今年年底前报送": "2024-12-31",
    "于次年1月10日前报送": "2025-01-10",
    "于1月10日之前报送": "2025-01-10",
    "于9月30日前报送": "2024-09-30",
    "12月6日下班前将名单报市局": "2024-12-06",
    "11月8日（星期五）下午5点前报送": "2024-11-08T17:00",
    "11月8日下午3点半前报送": "2024-11-08T15:30",
    "于11月20日（以邮戳为准）前寄送": "2024-11-20",
    "12月25日报送全年总结": "2024-12-25",
    "截止时间为2024年12月1日24时": "2024-12-01T23:59",
    "报送时间：即日起至11月15日": "2024-11-15",
    "于 2024-11-05 前报送": "2024-11-05",
    "11月8日至14日举办活动": None,
    "自11月1日起实施": None,
    "11月31日前报送": None,
    "二〇二四年十二月三日前报送": "2024-12-03",
}
REPEATS = {
    "每日17时前报送": "daily",
    "每天上午9点前在小程序上报": "daily",
    "每周五前报送": "weekly",
    "每周一10时前报送上周情况": "weekly",
    "每月5日前报送": "monthly",
    "于次月5日18时前报送": "monthly",
    "每季度终了后10个工作日内填报": "quarterly",
    "季后8日前报送": "quarterly",
    "每年12月10日前报送": "yearly",
    "应在2小时内电话报告": "irregular",
    "随时报送": "irregular",
    "收到通知之日起10个工作日内反馈": "once",
    "活动结束后15日内报送总结": "once",
}
NO_TIMING = ("每市推荐3个案例", "每人限报1项", "公示5个工作日", "“十四五”期间", "第3期")


@pytest.mark.parametrize("text", DUE, ids=list(DUE))
def test_a_deadline_is_the_last_moment_that_is_in_time(text: str) -> None:
    found = [timing.due for timing in find_timings(text.replace(" ", ""), ISSUED) if timing.due]
    assert found == ([DUE[text]] if DUE[text] else [])


@pytest.mark.parametrize("text", REPEATS, ids=list(REPEATS))
def test_a_repeat_is_told_by_its_words(text: str) -> None:
    found = find_timings(text, ISSUED)
    assert [(timing.repeat, timing.due) for timing in found][:1] == [(REPEATS[text], None)]


@pytest.mark.parametrize("text", NO_TIMING)
def test_what_is_no_time_is_none(text: str) -> None:
    assert find_timings(text, ISSUED) == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("分别于3月13、27日，4月10、24日和5月4日报送", ["03-13", "03-27", "04-10", "04-24", "05-04"]),
        ("6月25日、12月25日前", ["06-25", "12-25"]),
    ],
)
def test_listed_days_are_days_of_their_own(text: str, days: list[str]) -> None:
    assert [iso(day)[5:] for day in find_days(text, date(2024, 3, 1))] == days


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("定于11月8日—14日举办", "2024-11-08", "2024-11-14"),
        ("2024年12月至2025年3月", "2024-12-01", "2025-03-31"),
        ("12月20日至1月10日", "2024-12-20", "2025-01-10"),
        ("自即日起至2025年3月31日", "2024-10-10", "2025-03-31"),
    ],
)
def test_ranges_carry_month_and_year_over(text: str, first: str, last: str) -> None:
    begin, end = next(iter(find_ranges(text, ISSUED)))
    assert (begin.first.isoformat(), end.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("text", "number"),
    [("十一", 11), ("三十八", 38), ("二〇二一", 2021), ("一百二十", 120), ("17", 17), ("某", None)],
)
def test_numerals(text: str, number: int | None) -> None:
    assert to_number(text) == number
