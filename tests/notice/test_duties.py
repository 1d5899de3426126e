"""What is owed, by whom and until when: grants for many, due moments in working days, after the event, and moved."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from pipelines.cli.notice import summarise
from pipelines.ground.errors import BadNoticeError
from pipelines.notice import Notice, load_notice
from pipelines.notice.obligations import Obligation, expand_obligations
from pipelines.notice.workdays import UnknownYearError, add_days, is_workday
from tests.notice.test_broken import NOTICE, YAML, folder
from tests.notice.test_broken_duties import DAILY, EXEMPTION, EXTENSION, ONCE

__all__ = ["folder"]

Change = Callable[..., Notice]


@pytest.fixture
def change(folder: Path) -> Change:
    """The good notice with some of its text replaced: old, new, old, new …"""

    def make(*texts: str) -> Notice:
        path = folder / NOTICE / YAML
        text = path.read_text("utf-8")
        for old, new in zip(texts[::2], texts[1::2], strict=True):
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, "utf-8")
        return load_notice(NOTICE, folder)

    return make


def owed(notice: Notice, deliverable: str) -> dict[tuple[str, str], Obligation]:
    return {
        (one.recipient_code, one.period): one
        for one in expand_obligations(notice)
        if one.deliverable == deliverable
    }


EVERYBODY = ("B-1", "B-2", "C-1")
GRANTED = {
    "a list": ("recipients: [B-1, C-1]", {"B-1", "C-1"}),
    "a kind": ("kinds: [bureau]", {"B-1", "B-2"}),
    "a city": ('cities: ["990100"]', {"B-1", "C-1"}),
    "all": ("all: true", set(EVERYBODY)),
}


@pytest.mark.parametrize(("whom", "expected"), GRANTED.values(), ids=GRANTED)
def test_an_exemption_for_many_and_a_span_waives_just_those(
    change: Change, whom: str, expected: set[str]
) -> None:
    grant = f"  - {{{whom}, deliverable: materials, first: 2020-12-29, last: 2020-12-30, reason: 停课}}"
    found = owed(change(EXEMPTION, grant), "materials")
    assert {key for key, one in found.items() if one.exemption_reason == "停课"} == {
        (code, day) for code in expected for day in ("2020-12-29", "2020-12-30")
    }
    assert len(found) == 3 * 7


def test_the_closest_grant_decides(change: Change) -> None:
    """A period before a span before all; then the unit before its city, its kind and everybody."""
    grants = [
        "{all: true, deliverable: materials, later: 1d, reason: 一}",
        "{kinds: [bureau], deliverable: materials, later: 2d, reason: 二}",
        '{cities: ["990200"], deliverable: materials, later: 3d, reason: 三}',
        "{all: true, deliverable: materials, first: 2021-01-02, last: 2021-01-03, later: 4d, reason: 四}",
        "{recipient: B-2, deliverable: materials, period: 2021-01-03, later: 5d, reason: 五}",
    ]
    found = owed(change(EXTENSION, "\n".join(f"  - {one}" for one in grants)), "materials")
    said = {key: one.extension_reason for key, one in found.items()}
    assert [said[code, "2020-12-28"] for code in EVERYBODY] == ["二", "三", "一"]
    assert [said[code, "2021-01-02"] for code in EVERYBODY] == ["四", "四", "四"]
    assert [said[code, "2021-01-03"] for code in EVERYBODY] == ["四", "五", "四"]
    assert found["B-2", "2021-01-03"].due_at == datetime(2021, 1, 8, 23, 59, 59)
    assert found["C-1", "2020-12-28"].due_at == datetime(2020, 12, 29, 23, 59, 59)


DUES = {
    # The event ends on Sunday, 3 January 2021; 1 to 3 January are holidays.
    "days after the event": ("{every: once, due_days_after_event: 5}", datetime(2021, 1, 8, 23, 59, 59)),
    "working days after the event": (
        "{every: once, due_days_after_event: 5, workdays: CN, due_time: \"12:00\"}",
        datetime(2021, 1, 8, 12),
    ),
    "on the event's last day, put off by the weekend": (
        "{every: once, due_days_after_event: 0, workdays: CN}",
        datetime(2021, 1, 4, 23, 59, 59),
    ),
    "moved": (
        "{every: once, due: 2021-01-20T18:00:00, moved: [{from: 2021-01-20T18:00:00, to: 2021-01-22T12:00:00, reason: 会议}]}",
        datetime(2021, 1, 22, 12),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("schedule", "due"), DUES.values(), ids=DUES)
def test_a_due_moment_hangs_on_the_event_on_working_days_or_is_moved(
    change: Change, schedule: str, due: datetime
) -> None:
    found = owed(change(ONCE, f"periods: {schedule}"), "summary")
    assert found["B-1", ""].due_at == due
    # B-2 has an extension of its own, which no schedule changes.
    assert found["B-2", ""].due_at == datetime(2021, 1, 25, 18)


def test_a_moved_due_moment_moves_one_period_for_everybody_and_says_why(change: Change) -> None:
    schedule = DAILY.replace(
        "}", ", workdays: CN, moved: [{from: 2021-01-04T23:59:59, to: 2021-01-05T12:00:00, reason: 调休}]}"
    )
    periods = change(DAILY, schedule).deliverables["materials"].periods.periods()
    # Thursday 31 December is a working day; the three days after it are holidays, and are due on Monday, moved to Tuesday.
    assert [(one.key[5:], one.due_at.strftime("%m-%d %H:%M"), one.moved_reason) for one in periods[3:]] == [
        ("12-31", "12-31 23:59", None),
        ("01-01", "01-05 12:00", "调休"),
        ("01-02", "01-05 12:00", "调休"),
        ("01-03", "01-05 12:00", "调休"),
    ]


def test_all_due_moments_move_at_once_and_one_of_them_on_its_own(change: Change) -> None:
    moved = (
        "{all: true, earlier: 3h, reason: 提前汇总}, "
        "{from: 2020-12-30T23:59:59, to: 2020-12-31T12:00:00, reason: 停电}"
    )
    periods = (
        change(DAILY, DAILY.replace("}", f", moved: [{moved}]}}")).deliverables["materials"].periods.periods()
    )
    assert [(one.due_at.strftime("%m-%d %H:%M"), one.moved_reason) for one in periods[:4]] == [
        ("12-28 20:59", "提前汇总"),
        ("12-29 20:59", "提前汇总"),
        ("12-31 12:00", "停电"),
        ("12-31 20:59", "提前汇总"),
    ]


MOVED_WRONG = {
    "nothing": ("{reason: 会议}", "缺少必填的键 from"),
    "no end": ("{from: 2020-12-28T23:59:59, reason: 会议}", "缺少必填的键 to"),
    "by how much, but not all": ("{later: 2d, reason: 会议}", "请写上 all: true"),
    "all and one": ("{all: true, later: 2d, to: 2020-12-28T23:59:59, reason: 会议}", "又写了 from 或 to"),
    "all by nothing": ("{all: true, reason: 会议}", "应写 later 或 earlier 中的一个"),
    "both ways": ("{all: true, later: 2d, earlier: 1d, reason: 会议}", "应写 later 或 earlier 中的一个"),
    "before it begins": ("{all: true, earlier: 1d, reason: 会议}", "早于它的第一天"),
    "all twice": ("{all: true, later: 1d, reason: 一}, {all: true, later: 2d, reason: 二}", "请合成一个"),
}


@pytest.mark.parametrize(("moved", "said"), MOVED_WRONG.values(), ids=MOVED_WRONG)
def test_what_cannot_be_moved_so_is_refused_where_it_stands(change: Change, moved: str, said: str) -> None:
    with pytest.raises(BadNoticeError) as error:
        change(DAILY, DAILY.replace("}", f", moved: [{moved}]}}"))
    (found,) = error.value.problems
    assert "deliverables.materials.periods.moved" in found
    assert said in found


def test_make_up_days_are_working_days_and_holidays_are_none() -> None:
    # As the State Council's office announced them for 2025: Sunday 26 January is worked, 28 January to 4 February is free.
    assert is_workday(date(2025, 1, 26))
    assert not is_workday(date(2025, 1, 28))
    assert add_days(date(2025, 1, 25), 3, "CN") == date(2025, 2, 5)
    assert add_days(date(2025, 1, 25), 3, None) == date(2025, 1, 28)


@pytest.mark.parametrize("year", [2003, 2090])
def test_a_year_that_is_not_known_is_never_guessed(year: int) -> None:
    with pytest.raises(UnknownYearError, match=f"{year} 年"):
        add_days(date(year, 3, 1), 1, "CN")


def test_how_something_is_sent_and_whom_to_ask_is_said_where_it_is_asked_for(change: Change) -> None:
    notice = change(
        ONCE,
        f"line: other\n    channels: [市平台, 邮箱 a@example.cn]\n    contact: 值班室 0000-0000000\n    {ONCE}",
        "lines:\n",
        "lines:\n  other: 厅另一处\n",
    )
    said = "报给：厅另一处。报送方式：市平台，或邮箱 a@example.cn。有疑问请联系：值班室 0000-0000000。"
    assert notice.said_of_sending("summary") == said
    assert notice.said_of_sending("table") == ""
    assert summarise(notice).endswith(f"截止 2021-01-20 18:00:00\n    {said}")
