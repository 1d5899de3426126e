"""What a notice asks for passes through its own path: mistakes that no single value shows are found before anything is taken in."""

from pathlib import Path

import duckdb
import pytest

from pipelines.notice import Notice, load_notice
from pipelines.rehearse import rehearse
from pipelines.rehearse.agenda import draw_agenda
from pipelines.rehearse.changes import find_changes
from pipelines.rehearse.rehearse import judge_aliases
from pipelines.rehearse.trials import make_alias_trials, make_trials
from pipelines.warehouse.blank import lay_blank
from pipelines.warehouse.definition import load_definition
from pipelines.warehouse.files import create_warehouse
from tests.notice.test_broken import NOTICE, YAML, folder
from tests.notice.test_duties import Change, change

__all__ = ["change", "folder"]
TYPE = "      material_type: {headers: [类型], required: true, list: types}\n"
DATE = "      activity_date: {headers: [活动日期, 日期], required: true}\n"


def test_one_of_each_sort_is_tried_and_one_by_each_name(folder: Path) -> None:
    notice = load_notice(NOTICE, folder)
    # The first and the last period of what says its day in each row; once what has none.
    assert [(one.unit.code, one.deliverable, one.period) for one in make_trials(notice)] == [
        ("B-1", "materials", "2020-12-28"),
        ("B-1", "materials", "2021-01-03"),
        ("B-1", "table", "2020-12-31"),
        ("B-1", "table", "2021-01-15"),
        ("B-1", "summary", ""),
    ]
    assert [(one.unit.code, one.path.split("/")[1]) for one in make_alias_trials(notice)] == [
        ("B-1", "甲市教育局"),
        ("B-1", "甲市"),
        ("B-2", "乙市教育局"),
        ("B-2", "乙市"),
        ("C-1", "甲市职业学院"),
    ]


def test_a_right_notice_has_nothing_said_of_it(folder: Path) -> None:
    assert rehearse(load_notice(NOTICE, folder), folder) == []


MISTAKES = {
    # Each passes `check` value by value.
    "a word of a list that marks an example row": (
        (DATE + TYPE, TYPE + DATE, "event:", "words: {example: [典型案例]}\nevent:"),
        "第 21 行 deliverables.materials：试报没有通过",
        "没有收下",
    ),
}


@pytest.mark.parametrize(("texts", "place", "said"), MISTAKES.values(), ids=MISTAKES)
def test_what_would_be_refused_is_named_where_it_is_asked_for(
    change: Change, folder: Path, texts: tuple[str, ...], place: str, said: str
) -> None:
    problems = rehearse(change(*texts), folder)
    assert problems
    assert all(f"{NOTICE}/{YAML} {place}" in one and said in one for one in problems), problems


def test_a_name_that_leads_to_another_unit_is_named_at_its_line(folder: Path, tmp_path: Path) -> None:
    notice = load_notice(NOTICE, folder)
    first, second, third, *others = notice.recipients
    greedy = third.model_copy(update={"aliases": ("甲市",)})
    changed = notice.model_copy(update={"recipients": (first, second, greedy, *others)})
    assert list(judge_aliases(changed, tmp_path, folder)) == [
        f"{NOTICE}/recipients.csv 第 4 行 aliases：用“甲市”作文件夹名试报，会记到 甲市教育局 名下；请改这个叫法"
    ]


def test_the_agenda_shows_each_day_what_is_due(folder: Path) -> None:
    drawn = draw_agenda(load_notice(NOTICE, folder)).splitlines()
    assert drawn[0] == "到期日历（甲 材料，乙 统计表，丙 总结）："
    assert drawn[1] == "  2020年12月"
    december, january = drawn.index("  2020年12月"), drawn.index("  2021年1月")
    assert [drawn[december + 1].split()[0], drawn[january - 1].split()] == [
        "一",
        ["28甲", "29甲", "30甲", "31甲"],
    ]
    # C-1's 1 January is waived, B-1's and B-2's is not; 25 January is one unit's extension.
    assert drawn[january + 2].split() == ["1甲", "2甲", "3甲"]
    assert [cell for line in drawn[january + 3 :] for cell in line.split() if not cell.isdecimal()] == [
        "4乙",
        "16乙",
        "20丙",
        "25丙",
    ]


def publish(path: Path, notice: Notice) -> None:
    lay_blank(path)
    with duckdb.connect(path) as connection:
        create_warehouse(connection)  # where there is no cache
        load_definition(connection, notice)


def test_what_changed_against_the_running_definition_is_said(
    folder: Path, tmp_path: Path, change: Change
) -> None:
    published = tmp_path / "published.duckdb"
    assert find_changes(published, load_notice(NOTICE, folder)) == []
    publish(published, load_notice(NOTICE, folder))
    assert find_changes(published, load_notice(NOTICE, folder)) == []
    changed = change(
        "due: 2021-01-20T18:00:00", "due: 2021-01-21T18:00:00", "period: 2021-01-01", "period: 2021-01-02"
    )
    assert find_changes(published, changed) == [
        "与算出已发布数据的定义比，材料：不再免报 1 项、新免报 1 项",
        # B-2's is postponed anyway.
        "与算出已发布数据的定义比，总结：改了截止 1 项",
        f"哪些数会变、变多少：notices diff {NOTICE}",
    ]
