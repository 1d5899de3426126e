"""A notice of another shape through the same path: weekly and monthly numbers across New Year, figures by hand."""

import csv
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.ask import figures
from pipelines.ground.home import Home
from pipelines.notice import list_notices, load_notice
from pipelines.sample import write_sample
from tests.conftest import NOTICE_ID

NOTICE = "nx-canteen-safety-2020"
WEEKLY = ("报送单位", "周日日期", "检查食堂数", "隐患数", "已整改数", "停业整顿食堂数", "培训人数", "备注")
MONTHLY = ("单位名称", "月末日期", "覆盖学校数", "陪餐次数", "受理投诉数", "办结投诉数")
NOW = datetime(2021, 3, 1)


@dataclass(frozen=True)
class Sent:
    """A table that a unit put into its folder at a moment."""

    folder: str
    name: str
    headers: tuple[str, ...]
    row: tuple[object, ...]
    at: str


SENT = (
    # Week 1 (30 Nov to 6 Dec) one second before it is due; the week over New Year one second after; December on the dot.
    Sent("银川市教育局", "周报1206.csv", WEEKLY, ("银川市教育局", "12.6", 40, 6, 6, 0, "约120人", ""), "2020-12-07 11:59:59"),
    Sent("银川市教育局", "周报0103.csv", WEEKLY, ("银川市教育局", "1月3日", 38, 2, 1, 0, 0, ""), "2021-01-04 12:00:01"),
    Sent("银川市教育局", "月报.csv", MONTHLY, ("银川", "2020-12-31", 210, "1,300", 4, 3), "2021-01-05 18:00:00"),
    # The week over New Year on the dot; week 1 with a negative number.
    Sent("02-石嘴山", "周报.csv", WEEKLY, ("石嘴山市", "2021/1/3", 12, 0, 0, 0, 5, ""), "2021-01-04 12:00:00"),
    Sent("02-石嘴山", "周报一.csv", WEEKLY, ("石嘴山市", "2020/12/6", 12, -1, 0, 0, 5, ""), "2020-12-07 09:00:00"),
    # Exempt from this week, and sends it all the same.
    Sent("固原市教体局", "周报.csv", WEEKLY, ("固原市教育局", "2021-01-24", 3, 0, 0, 0, 0, ""), "2021-01-25 09:00:00"),
    # After everybody's due moment, before its own: extended to 6 January, 12:00.
    Sent("中卫", "周报（元旦）.csv", WEEKLY, ("中卫市教育局", "2021年1月3日", 20, 1, 1, 0, 9, ""), "2021-01-05 09:00:00"),
)  # fmt: skip

COUNTED = (
    "city", "circulated", "obligated", "participating", "expected", "due", "on_time", "late", "missing", "pending",
    "reporting_rate", "on_time_rate",
)  # fmt: skip
# A city owes 9 weeks, 2 months and a summary; Guyuan is exempt from 2 weeks.
FIGURES = {
    # Just after the week over New Year was due: 5 weeks, of which Zhongwei's last is not due yet.
    "2021-01-04T12:00:30": [
        ("银川市", 2, 1, 1, 12, 5, 1, 1, 3, 7, 2 / 5, 1 / 5),
        ("石嘴山市", 2, 1, 1, 12, 5, 1, 0, 4, 7, 1 / 5, 1 / 5),
        ("吴忠市", 2, 1, 0, 12, 5, 0, 0, 5, 7, 0, 0),
        ("固原市", 2, 1, 0, 10, 5, 0, 0, 5, 5, 0, 0),
        ("中卫市", 2, 1, 0, 12, 4, 0, 0, 4, 8, 0, 0),
    ],
    # 5 weeks and December are due everywhere.
    "2021-01-10T00:00:00": [
        ("银川市", 2, 1, 1, 12, 6, 2, 1, 3, 6, 3 / 6, 2 / 6),
        ("石嘴山市", 2, 1, 1, 12, 6, 1, 0, 5, 6, 1 / 6, 1 / 6),
        ("吴忠市", 2, 1, 0, 12, 6, 0, 0, 6, 6, 0, 0),
        ("固原市", 2, 1, 0, 10, 6, 0, 0, 6, 4, 0, 0),
        ("中卫市", 2, 1, 1, 12, 6, 1, 0, 5, 6, 1 / 6, 1 / 6),
    ],
    # Everything is due. What Guyuan sent for a week it is exempt from is in no count of obligations.
    "2021-03-01T00:00:00": [
        ("银川市", 2, 1, 1, 12, 12, 2, 1, 9, 0, 3 / 12, 2 / 12),
        ("石嘴山市", 2, 1, 1, 12, 12, 1, 0, 11, 0, 1 / 12, 1 / 12),
        ("吴忠市", 2, 1, 0, 12, 12, 0, 0, 12, 0, 0, 0),
        ("固原市", 2, 1, 1, 10, 10, 0, 0, 10, 0, 0, 0),
        ("中卫市", 2, 1, 1, 12, 12, 1, 0, 11, 0, 1 / 12, 1 / 12),
    ],
}


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    inbox, home = tmp_path_factory.mktemp("inbox"), Home(tmp_path_factory.mktemp("home"))
    notice = load_notice(NOTICE)
    for one in SENT:
        path = inbox / notice.sources[0].path / one.folder / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([one.headers, one.row])
        moment = datetime.fromisoformat(one.at).replace(tzinfo=notice.zone).timestamp()
        os.utime(path, (moment, moment))
    cycle.run(home, notice, inbox, NOW)
    return home.published


@pytest.mark.parametrize("moment", FIGURES)
def test_the_figures_are_those_counted_by_hand(published, moment):
    found = figures.ask_metrics(published, NOTICE, datetime.fromisoformat(moment))
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    assert [tuple(row[name] for name in COUNTED) for row in rows] == FIGURES[moment]


def test_without_event_counties_and_categories_their_rates_are_null(published):
    found = figures.ask_metrics(published, NOTICE, NOW)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    assert {row[name] for row in rows for name in found.columns if name.endswith("_coverage")} == {None}
    assert {row["materials"] for row in rows} == {0}


def test_every_file_comes_to_its_end(published):
    found = {row[0].rpartition("/")[2]: row for row in figures.ask_files(published, NOTICE).rows}
    assert {name: (row[1], row[2], row[4], row[6]) for name, row in found.items() if name != "周报.csv"} == {
        "周报1206.csv": ("EDU-6401", "weekly_table", "accepted", None),
        "周报0103.csv": ("EDU-6401", "weekly_table", "accepted", None),
        "月报.csv": ("EDU-6401", "monthly_table", "accepted", None),
        "周报一.csv": ("EDU-6402", "weekly_table", "rejected", "negative_number"),
        "周报（元旦）.csv": ("EDU-6405", "weekly_table", "accepted", None),
    }


def test_what_is_exempt_extended_or_returned_says_so(published):
    found = figures.ask_status(published, NOTICE, NOW)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    assert len(rows) == 5 * 12
    of = {(row["recipient_code"], row["deliverable"], row["period"]): row for row in rows}
    assert of["EDU-6404", "weekly_table", "2021-01-18"]["status"] == "exempt"
    assert of["EDU-6404", "weekly_table", "2021-01-18"]["exemption_reason"]
    assert of["EDU-6405", "weekly_table", "2020-12-28"]["status"] == "on_time"
    assert of["EDU-6405", "weekly_table", "2020-12-28"]["due_at"] == datetime(2021, 1, 6, 12)
    assert of["EDU-6402", "weekly_table", "2020-12-28"]["due_at"] == datetime(2021, 1, 4, 12)
    assert of["EDU-6402", "weekly_table", "2020-11-30"]["is_returned"]
    assert [key for key, row in of.items() if row["is_returned"]] == [
        ("EDU-6402", "weekly_table", "2020-11-30")
    ]


@pytest.mark.parametrize(
    "notice_id",
    [
        # A larger sample of the first notice is played by tests/acceptance/test_sample.py, and twice by test_again.py beside it.
        pytest.param(one, marks=pytest.mark.soak) if one == NOTICE_ID else one
        for one in list_notices()
    ],
)
def test_a_sample_of_every_notice_comes_to_the_ends_it_was_made_for(notice_id, tmp_path):
    notice, home = load_notice(notice_id), Home(tmp_path / "home")
    made = write_sample(notice, tmp_path / "sample", seed=3, recipients=12, rows=2)
    cycle.run(home, notice, made.inbox, made.now)
    found = figures.ask_files(home.published, notice_id)
    with (tmp_path / "sample" / "expected-files.csv").open(encoding="utf-8", newline="") as file:
        header, *expected = csv.reader(file)
    assert [[str(cell or "") for cell in row] for row in found.rows] == expected
    assert found.columns == header
    assert "accepted" in {row[4] for row in found.rows}
    before = figures.ask_metrics(home.published, notice_id, made.now)
    assert cycle.run(home, notice, made.inbox, made.now)["new"] == 0
    assert figures.ask_metrics(home.published, notice_id, made.now) == before
