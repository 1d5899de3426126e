"""What is reported as it happens: how a notice says it, which mistakes are named, and what becomes of each report."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.cli.notice import summarise
from pipelines.decide.values import read_values
from pipelines.ground.errors import BadNoticeError
from pipelines.notice import Notice, load_notice
from pipelines.rehearse.rehearse import rehearse
from pipelines.rehearse.through import take_in
from pipelines.rehearse.trials import Trial
from pipelines.remind.facts import Owed
from pipelines.remind.series import find_runs
from pipelines.sample import write_sample
from pipelines.templates.workbook import rows_to_fill
from tests.marts.statuses import assert_stretches_are_right
from tests.notice.test_broken import NOTICE, YAML, folder

__all__ = ["folder"]

TABLE = """    periods:
      every: date
      dates:
        - day: 2020-12-31
          due: 2021-01-04T18:00:00
        - day: 2021-01-15
          due: 2021-01-16T18:00:00
    columns:
      period_date: {headers: [统计日期], required: true}
"""
EVENTS = """    periods: {every: event, within: 2h}
    columns:
      occurred_at: {headers: [发生时间], required: true}
"""
ONCE = "periods: {every: once, due: 2021-01-20T18:00:00}"
EXEMPTION = "  - {recipient: C-1, deliverable: materials, period: 2021-01-01, reason: 元旦闭校}"
Change = Callable[..., Notice]


@pytest.fixture
def change(folder: Path) -> Change:
    """The good notice whose table is of events, with some more of its text replaced."""

    def make(*texts: str) -> Notice:
        path = folder / NOTICE / YAML
        text = path.read_text("utf-8")
        for old, new in ((TABLE, EVENTS), *zip(texts[::2], texts[1::2], strict=True)):
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, "utf-8")
        return load_notice(NOTICE, folder)

    return make


MISTAKES = {
    "of a document": (ONCE, "periods: {every: event, within: 2h}", 47, ("every", "summary", "statistics", "occurred_at")),
    "without its time": ("      occurred_at: {headers: [发生时间], required: true}\n", "", 38, ("occurred_at", "没有必填", "加上")),
    "with a time that may be left out": ("[发生时间], required: true", "[发生时间]", 39, ("occurred_at", "没有必填", "加上")),
    "with a period": ("      occurred_at", "      period_date: {headers: [日期]}\n      occurred_at", 39, ("period_date", "没有期", "删去")),
    "that nobody owes": ("    owed_by: [bureau]\n    periods: {every: event", "    optional: true\n    open_to: [bureau]\n    periods: {every: event", 36, ("optional", "owed_by")),
    "within what": ("within: 2h", "within: 两小时", 37, ("within", "两小时", "48h")),
    "within nothing": (", within: 2h", "", 37, ("within", "缺少必填的键")),
    "that follow what is none": ("    periods: {every: event", "    if_submitted: materials\n    periods: {every: event", 37, ("materials", "接着哪件事", "改正")),
    "granted": (EXEMPTION, "  - {recipient: B-1, deliverable: table, reason: 停课}", 49, ("table", "遇事才报", "删去")),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "says"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_one_message_at_its_line(
    change: Change, old: str, new: str, line: int, says: tuple[str, ...]
) -> None:
    with pytest.raises(BadNoticeError) as raised:
        change(old, new)
    (said,) = raised.value.problems
    assert said.startswith(f"{NOTICE}/{YAML} 第 {line} 行"), said
    assert all(word in said for word in says), said
    assert "；" in said


def test_the_time_of_what_is_no_event_is_refused(folder: Path) -> None:
    path = folder / NOTICE / YAML
    column = "      events: {headers: [活动场次]"
    text = path.read_text("utf-8").replace(column, f"      occurred_at: {{headers: [发生时间]}}\n{column}")
    path.write_text(text, "utf-8")
    with pytest.raises(BadNoticeError, match=r"第 46 行 .*occurred_at：只有遇事才报的"):
        load_notice(NOTICE, folder)


def test_it_is_said_in_words_and_rehearses(change: Change, folder: Path) -> None:
    notice = change()
    assert "table 统计表：2 个单位，遇事才报，发生后 2 小时内；没有事不欠" in summarise(notice)
    assert rehearse(notice, folder) == []
    assert rows_to_fill(notice.deliverables["table"]) > 100


def test_reports_of_the_sample_end_as_its_truth_says(change: Change, tmp_path: Path) -> None:
    notice = change("within: 2h", "within: 24h")
    made = [write_sample(notice, tmp_path / str(seed), seed=seed) for seed in (1, 2, 3)]
    ends = [end for one in made for end in one.ends if end.deliverable == "table"]
    assert {"accepted", "rejected"} <= {end.state for end in ends}


HEAD = ("发生时间", "活动场次", "参观人次")
AT = datetime(2020, 12, 30, 10, 15)
HOUR = timedelta(hours=1)


def trial(notice: Notice, name: str, moment: datetime, *rows: tuple[object, ...]) -> Trial:
    unit = next(one for one in notice.recipients if one.code == "B-1")
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *rows])
    path = f"{notice.sources[0].path}/{unit.name}/统计表{name}.csv"
    return Trial(notice.sources[0], path, text.getvalue().encode(), moment, unit, "table", "")


def test_each_event_of_a_table_is_an_obligation_of_its_own(change: Change, tmp_path: Path) -> None:
    """Two events in one file, a follow-up of the first by another, and three that are no reports of anything."""
    notice = change()
    two = (("2020-12-30 10:15", 1, 20), ("12月30日8时", 2, 30))
    sent = [
        trial(notice, "一", AT + HOUR, *two),
        trial(notice, "二", AT + 3 * HOUR, ("2020年12月30日10时15分", 5, 60)),
        trial(notice, "三", AT + 4 * HOUR, ("2020-12-30", 1, 1)),
        trial(notice, "四", AT + 5 * HOUR, ("2021-12-30 10:15", 1, 1)),
        trial(notice, "五", AT + 6 * HOUR, ("2020-12-30 20:00", 1, 1)),
    ]
    with take_in(notice, sent, tmp_path) as warehouse:

        def stood(at: datetime) -> list[tuple[object, ...]]:
            return warehouse.execute(
                "SELECT period, due_at, status, first_accepted_at FROM marts.obligation_status_as_of($1, $2)"
                " WHERE deliverable = 'table' ORDER BY period",
                [notice.id, at],
            ).fetchall()

        first = AT + HOUR
        both = [
            ("2020-12-30T08:00", datetime(2020, 12, 30, 10), "late", first),
            ("2020-12-30T10:15", AT + 2 * HOUR, "on_time", first),
        ]
        assert stood(first - timedelta(seconds=1)) == []
        assert stood(first) == stood(AT + 30 * HOUR) == both
        numbers = warehouse.execute(
            "SELECT period, value FROM marts.statistics_as_of($1, $2) WHERE indicator = 'visitors' ORDER BY period",
            [notice.id, AT + 30 * HOUR],
        ).fetchall()
        assert numbers == [("2020-12-30T08:00", 30), ("2020-12-30T10:15", 60)]
        said = warehouse.execute(
            "SELECT reason, sentence FROM raw.verdicts WHERE severity = 'error' ORDER BY submission_id, reason"
        ).fetchall()
        assert sorted(reason for reason, _ in said) == ["bad_date", "outside_window", "outside_window"]
        for word in ("看不出是几时几分", "比收到的时刻还晚"):
            assert any(word in sentence for _, sentence in said), word
        assert_stretches_are_right(warehouse, notice.id, asked=4)


def test_who_does_not_owe_it_owes_nothing_by_reporting(change: Change, tmp_path: Path) -> None:
    notice = change()
    other = next(one for one in notice.recipients if one.code == "C-1")
    given = trial(notice, "一", AT + HOUR, ("2020-12-30 10:15", 1, 20))
    path = f"{notice.sources[0].path}/{other.name}/统计表.csv"
    sent = Trial(given.source, path, given.content, given.arrived_at, other, "table", "")
    with take_in(notice, [sent], tmp_path) as warehouse:
        (state,) = warehouse.execute("SELECT state FROM core.submissions").fetchone() or ("",)
        (count,) = warehouse.execute(
            "SELECT count(*) FROM core.obligations_at($1, $2) WHERE deliverable = 'table'",
            [notice.id, AT + 30 * HOUR],
        ).fetchone() or (None,)
    assert (state, count) == ("accepted", 0)


def test_what_somebody_registers_names_the_moment(change: Change) -> None:
    notice = change()
    item = notice.deliverables["table"]
    given = {"occurred_at": "2020-12-30T10:15", "events": "1", "visitors": "20"}
    assert read_values(notice, item, given, ()) == (
        {"occurred_at": "2020-12-30 10:15", "events": 1, "visitors": 20},
        [],
    )
    _, wrong = read_values(notice, item, {"occurred_at": "2020-12-30"}, ())
    assert wrong == ["“发生时间”应写日期和时刻，如 2020-12-01T14:30，写的是“2020-12-30”"]


def test_a_letter_names_each_event_by_its_moment(change: Change) -> None:
    notice = change()
    owed = [
        Owed("B-1", "甲市教育局", "bureau", "education", "990100", "甲市", "table", "统计表", key, AT.date(), AT.date(),
             AT + 24 * HOUR, "missing", is_returned=False)
        for key in ("2020-12-30T08:00", "2020-12-30T10:15")
    ]  # fmt: skip
    said = [run.words(AT + 30 * HOUR) for run in find_runs(notice, owed)]
    assert said == [f"统计表（12月30日 {clock} 发生的，12月31日 10:15前）" for clock in ("08:00", "10:15")]


LIST = (
    "kind: statistics\n    name: 统计表", "kind: list\n    name: 统计表\n    identity: [place]",
    "      events: {headers: [活动场次]", "      place: {headers: [地点], required: true, type: text}\n      events: {headers: [活动场次]",
)  # fmt: skip


def test_what_happened_may_have_several_rows_of_a_list(change: Change, folder: Path, tmp_path: Path) -> None:
    """A later file of the same moment replaces its rows, whatever they are of; another moment is another event."""
    notice = change(*LIST)
    assert rehearse(notice, folder) == []

    def report(name: str, moment: datetime, *rows: tuple[object, ...]) -> Trial:
        given = trial(notice, name, moment)
        head = ",".join(("发生时间", "地点", "活动场次", "参观人次"))
        text = "\n".join([head, *(",".join(map(str, row)) for row in rows)])
        return replace(given, content=text.encode())

    sent = [
        report("一", AT + HOUR, ("2020-12-30 10:15", "东区", 1, 20), ("2020-12-30 10:15", "西区", 1, 5)),
        report("二", AT + 3 * HOUR, ("2020-12-30 10:15", "东区", 1, 30), ("2020-12-30 08:00", "东区", 2, 7)),
        report("三", AT + 4 * HOUR, ("2020-12-30 11:00", "南区", 1, 1), ("2020-12-30 11:00", "南区", 1, 2)),
        report("四", AT + 5 * HOUR, ("2020-12-30", "北区", 1, 1)),
    ]
    with take_in(notice, sent, tmp_path) as warehouse:
        at = AT + 30 * HOUR
        found = warehouse.execute(
            "SELECT period, identity FROM marts.list_items_as_of($1, $2) ORDER BY period, identity",
            [notice.id, at],
        ).fetchall()
        before = warehouse.execute(
            "SELECT period, identity FROM marts.list_items_as_of($1, $2) ORDER BY period, identity",
            [notice.id, AT + HOUR],
        ).fetchall()
        stood = warehouse.execute(
            "SELECT period, status FROM marts.obligation_status_as_of($1, $2) WHERE deliverable = 'table' ORDER BY period",
            [notice.id, at],
        ).fetchall()
        reasons = warehouse.execute("SELECT reason FROM raw.verdicts WHERE severity = 'error'").fetchall()
    assert before == [("2020-12-30T10:15", "东区"), ("2020-12-30T10:15", "西区")]
    assert found == [("2020-12-30T08:00", "东区"), ("2020-12-30T10:15", "东区")]
    assert stood == [("2020-12-30T08:00", "late"), ("2020-12-30T10:15", "on_time")]
    assert sorted(reason for (reason,) in reasons) == ["bad_date", "repeated_row", "repeated_row"]


def test_a_list_of_events_takes_no_zero_report(change: Change) -> None:
    with pytest.raises(BadNoticeError, match="zero_report"):
        change(*LIST, "    identity: [place]\n", "    identity: [place]\n    zero_report: true\n")


def test_reports_of_a_list_in_the_sample_end_as_its_truth_says(change: Change, tmp_path: Path) -> None:
    notice = change(*LIST, "within: 2h", "within: 24h")
    made = write_sample(notice, tmp_path / "inbox", seed=4)
    assert {"accepted"} <= {end.state for end in made.ends if end.deliverable == "table"}
