"""A corrected form answer in traces and changes: its earlier row goes, whatever the correction says instead."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.ground.home import Home
from tests.analysts.conftest import World, open_world
from tests.analysts.test_changes import check_partition, check_told

QUESTIONS = ["填报单位", "活动日期", "材料类型", "标题", "活动类别", "县（市、区）", "参与人数"]
HEADER = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
CHANGES = "FROM marts.changes_between($notice, $since::TIMESTAMP, $until::TIMESTAMP)"
ENDS = "FROM marts.row_ends_as_of($notice, $t::TIMESTAMP) ORDER BY path, received_at"
BEFORE, AFTER = datetime(2020, 11, 10, 12), datetime(2020, 11, 10, 21)


def _stamp(path: Path, at: datetime) -> None:
    """Arrived at `at`, Asia/Shanghai, wherever this machine stands."""
    moment = datetime.fromisoformat(f"{at.isoformat()}+08:00").timestamp()
    os.utime(path, (moment, moment))


def _export(path: Path, at: datetime, *answers: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.active.append([*HEADER, *(f"{number}、{text}" for number, text in enumerate(QUESTIONS, 1))])
    for number, (submitted, *cells) in enumerate(answers, 1):
        book.active.append([number, submitted, "60秒", "手机提交", "直接访问", "10.0.0.1(山东)", *cells])
    book.save(path)
    _stamp(path, at)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Jinan sends 50 people by file, 300 by answer to the same row; the answer is then corrected to another day and 400.

    Qingdao's only answer is corrected to another day.
    """
    to = tmp_path_factory.mktemp("forms")
    file = to / "inbox" / "教育厅收件" / "济南市教育局" / "日报.csv"
    file.parent.mkdir(parents=True)
    file.write_text("活动日期,材料类型,标题,活动类别,参与人数\n2020-11-09,照片,开幕,宣传活动,50\n", "utf-8")
    _stamp(file, datetime(2020, 11, 9, 10))
    jinan, qingdao = "2020/11/09 12:00:00", "2020/11/09 13:00:00"
    _export(
        to / "inbox" / "表单导出" / "一.xlsx",
        datetime(2020, 11, 9, 20),
        [jinan, "济南市教育局", "2020-11-09", "照片", "开幕", "宣传活动", "", 300],
        [qingdao, "青岛市教育局", "2020-11-09", "视频", "走进校园", "主题推介", "", 70],
    )
    _export(
        to / "inbox" / "表单导出" / "二.xlsx",
        datetime(2020, 11, 10, 20),
        [jinan, "济南市教育局", "2020-11-08", "照片", "开幕", "宣传活动", "", 400],
        [qingdao, "青岛市教育局", "2020-11-08", "视频", "走进校园", "主题推介", "", 70],
    )
    world = open_world(to / "inbox", Home(to / "home"))
    yield world
    world.connection.close()


def _moved(world: World, city: str) -> dict[str, dict[str, Any]]:
    rows = world.rows(CHANGES, since=BEFORE, until=AFTER)
    for row in rows:
        check_told(row, BEFORE, AFTER)
    return {row["figure"]: row for row in rows if row["city"] == city}


def test_a_correction_takes_its_row_away_and_brings_the_older_one_back(forms: World) -> None:
    row = _moved(forms, "济南市")["participants"]
    assert (row["value_before"], row["value_after"]) == (300, 450)
    assert (row["raised"], row["lowered"]) == (400, -250)
    assert [(one["path"], one["change"]) for one in row["receipts"]] == [("表单导出/二.xlsx#1", 150)]


def test_a_correction_to_another_day_takes_the_obligation_back(forms: World) -> None:
    moved = _moved(forms, "青岛市")
    assert moved["on_time"]["difference"] == -1
    assert moved["late"]["difference"] == 1
    for figure in ("on_time", "late"):
        assert [one["path"] for one in moved[figure]["receipts"]] == ["表单导出/二.xlsx#2"]
    assert "participants" not in moved
    assert "materials" not in moved


def test_parts_of_the_time_line_add_up_around_corrections(forms: World) -> None:
    hours = [datetime(2020, 11, 9, hour) for hour in (9, 11, 12, 13, 14, 21)]
    found, receipts = check_partition(forms, [*hours, BEFORE, AFTER, datetime(2020, 11, 12)])
    assert found > 10
    assert receipts > 10


def test_the_ends_of_the_rows(forms: World) -> None:
    for t, expected in (
        (BEFORE, ["replaced", "counted", "counted"]),
        (AFTER, ["counted", "replaced", "replaced"]),
    ):
        ends = [row for row in forms.rows(ENDS, t=t) if row["row_end"] != "not_yet"]
        told = {(row["path"], row["row_end"]) for row in ends}
        assert told >= {
            ("教育厅收件/济南市教育局/日报.csv", expected[0]),
            ("表单导出/一.xlsx#1", expected[1]),
            ("表单导出/一.xlsx#2", expected[2]),
        }
        assert all(row["replaced_by"] for row in ends if row["row_end"] == "replaced")
