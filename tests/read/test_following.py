"""A questionnaire that is changed while it runs: unchanged answers stay what they were, and what changed is said."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines import cycle
from pipelines.alarms.look import find_form_changes
from pipelines.ask import figures
from pipelines.ground.home import Home
from pipelines.ground.settings import Settings
from pipelines.notice import Notice
from pipelines.notice.sources import FormExportSource
from pipelines.read.changes import _Exports, _meanings
from pipelines.read.outline import ExportOutliner
from pipelines.read.questions import Change
from pipelines.read.reader import Reader
from pipelines.read.submission import Job, Submission

SOURCE = FormExportSource(
    id="wjx",
    kind="form_export",
    path="导出",
    line="education",
    answer_number="序号",
    submitted_at="提交答卷时间",
)
HEADER = [
    "序号",
    "提交答卷时间",
    "1、单位名称",
    "2、活动日期",
    "3、材料类型",
    "4、标题",
    "5、活动类别",
    "6、心得",
]
ROWS = [
    ["1", "2020/11/9 10:00:00", "济南市教育局", "2020-11-09", "稿件", "甲", "宣传活动", "好"],
    ["2", "2020/11/9 11:00:00", "青岛市教育局", "2020-11-09", "照片", "乙", "宣传活动", "很好"],
    ["3", "2020/11/9 12:00:00", "济南市教育局", "2020-11-09", "稿件", "丙", "主题推介", ""],
]
NEW = ["4", "2020/11/9 13:00:00", "青岛市教育局", "2020-11-09", "稿件", "丁", "主题推介", ""]
Grid = tuple[list[str], list[list[str]]]


def change(
    header: list[str], column: int, to: dict[str, str], rows: Sequence[list[str]] = (*ROWS, NEW)
) -> Grid:
    """An export in which the values of one column are called otherwise."""
    return header, [
        [to.get(cell, cell) if at == column else cell for at, cell in enumerate(row)] for row in rows
    ]


def without(column: int) -> Grid:
    return [one for at, one in enumerate(HEADER) if at != column], [
        [one for at, one in enumerate(row) if at != column] for row in ROWS
    ]


def titled(**titles: str) -> list[str]:
    return [titles.get(f"_{at}", one) for at, one in enumerate(HEADER)]


def with_column(title: str, values: list[str]) -> Grid:
    return [*HEADER, title], [[*row, value] for row, value in zip(ROWS, values, strict=True)]


def save(path: Path, grid: Grid) -> Path:
    book = openpyxl.Workbook()
    for one in (grid[0], *grid[1]):
        book.active.append(one)
    book.save(path)
    return path


def read(notice: Notice, folder: Path, grids: list[Grid]) -> tuple[list[list[Submission]], list[Change]]:
    """What each of the exports, a day apart, is read as; and what changed from one to the next."""
    changed = notice.model_copy(update={"sources": (SOURCE,)})
    reader, outliner = Reader(changed, Settings()), ExportOutliner(changed, Settings())
    exports, found, changes = _Exports(SOURCE, _meanings(notice, "education")), [], []
    for number, grid in enumerate(grids):
        file = save(folder / f"{number}.xlsx", grid)
        job = Job(
            str(number), "wjx", f"导出/{number}.xlsx", str(file), "0" * 64, 1, datetime(2020, 11, 10 + number)
        )
        following, said = exports.follow(outliner.read(job))
        changes += said
        found.append(reader.read(Job(**{**vars(job), "following": following})))
    return found, changes


SAME: dict[str, tuple[list[Grid], set[str]]] = {
    "nothing changed": ([(HEADER, [*ROWS, NEW])], set()),
    "a question moved": ([(titled(_3="3、活动日期", _4="2、材料类型"), ROWS)], {"question_moved"}),
    "an option in other words, chosen by new answers too": (
        [change(HEADER, 4, {"稿件": "新闻稿"})], {"option_renamed"},
    ),
    "an option in other words and back": (
        [change(HEADER, 4, {"稿件": "新闻稿"}), (HEADER, [*ROWS, NEW])], {"option_renamed"},
    ),
    "an option that one had chosen": ([change(HEADER, 4, {"照片": "图片"})], {"option_renamed"}),
    "a unit in other words": ([change(HEADER, 2, {"济南市教育局": "济南教体"})], {"option_renamed"}),
    "by the options' numbers": ([change(HEADER, 4, {"稿件": "2", "照片": "3"})], {"option_renamed"}),
    "a question of the notice in words that it does not know": (
        [(titled(_5="4、作品叫什么"), [*ROWS, NEW])], {"question_renamed"},
    ),
    "a question of the notice in other words that it knows": (
        [(titled(_5="4、题目"), [*ROWS, NEW])], {"question_renamed"},
    ),
    "another question in other words": ([(titled(_7="6、体会"), ROWS)], {"question_renamed"}),
    "a question of the notice left out": ([without(6)], {"question_removed"}),
    "a question left out and put back": (
        [without(7), (HEADER, ROWS)], {"question_removed", "question_added"},
    ),
    "a question added, not asked of earlier answers": ([with_column("7、建议", ["", "(跳过)", ""])], {"question_added"}),
    "a column that the service fills in": ([with_column("总分", ["10", "20", "30"])], {"question_added"}),
    "the moment's column in other words": ([(titled(_1="提交时间"), ROWS)], {"question_renamed"}),
    "the number's column in other words": ([(titled(_0="编号"), ROWS)], {"question_renamed"}),
}  # fmt: skip


@pytest.mark.parametrize(("later", "kinds"), SAME.values(), ids=SAME)
def test_an_unchanged_answer_is_the_same_in_every_export(
    later: list[Grid], kinds: set[str], notice: Notice, tmp_path: Path
) -> None:
    found, changes = read(notice, tmp_path, [(HEADER, ROWS), *later])
    assert {one.kind for one in changes} == kinds
    assert all(one.sentence for one in changes)
    for export in found[1:]:
        assert [(one.answer_key, one.sha256) for one in export[:3]] == [
            (one.answer_key, one.sha256) for one in found[0]
        ]
        assert [one.sheets[0].columns for one in export[:3]] == [one.sheets[0].columns for one in found[0]]
        for new in export[3:]:
            assert new.outcome == "read"
            assert new.sheets[0].columns["material_type"] == ["稿件"]
            assert new.sheets[0].columns["title"] == ["丁"]


CHANGED: dict[str, tuple[Grid, list[int]]] = {
    "a title put right": (change(HEADER, 5, {"甲": "甲甲"}), [0]),
    "another option": (change(HEADER, 4, {"照片": "视频"}), [1]),
    "an option that others still choose": (
        (HEADER, [[*ROWS[0][:4], "新闻稿", *ROWS[0][5:]], *ROWS[1:]]), [0],
    ),
    "another option of all who chose one": (change(HEADER, 4, {"稿件": "视频"}), [0, 2]),
    "an answer under a question that is new": (with_column("7、参与人数", ["300", "", ""]), [0]),
    "an edit beside a question that is gone": (
        (without(7)[0], [[*ROWS[0][:5], "改", *ROWS[0][6:7]], *[row[:7] for row in ROWS[1:]]]), [0],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("later", "edited"), CHANGED.values(), ids=CHANGED)
def test_what_a_unit_changed_is_another_version(
    later: Grid, edited: list[int], notice: Notice, tmp_path: Path
) -> None:
    (before, after), _ = read(notice, tmp_path, [(HEADER, ROWS), later])
    assert [at for at in range(3) if before[at].sha256 != after[at].sha256] == edited


def test_a_question_that_the_notice_can_read_from_now_on_is_read(notice: Notice, tmp_path: Path) -> None:
    rows = [[*row[:7], count] for row, count in zip(ROWS, ["300", "200", ""], strict=True)]
    exports = [(titled(_7=title), rows) for title in ("6、来了几个", "6、参与人数", "6、参加人数")]
    (_, after, last), changes = read(notice, tmp_path, exports)
    assert [one.sheets[0].columns["participants"] for one in after] == [[300], [200], [None]]
    assert [one.sha256 for one in after] == [one.sha256 for one in last]
    assert [(one.kind, one.field) for one in changes] == [("question_renamed", "participants")] * 2


def test_two_questionnaires_in_one_folder_are_not_compared(notice: Notice, tmp_path: Path) -> None:
    other = titled(_5="4、作品", _7="6、别的")
    rows = [[f"9{row[0]}", *row[1:]] for row in ROWS]
    _, changes = read(notice, tmp_path, [(HEADER, ROWS), (other, rows), (HEADER, ROWS), (other, rows)])
    assert changes == []


@pytest.mark.slow
def test_a_cycle_keeps_unchanged_answers_and_shows_what_changed(
    notice: Notice, home: Home, tmp_path: Path
) -> None:
    changed = notice.model_copy(update={"sources": (SOURCE,)})
    folder = tmp_path / "inbox" / "导出"
    folder.mkdir(parents=True)
    now = datetime(2020, 11, 10, 8)
    for number, grid in enumerate(
        [(HEADER, ROWS), change(titled(_5="4、作品叫什么"), 4, {"稿件": "新闻稿"})]
    ):
        save(folder / f"{number}.xlsx", grid)
        cycle.run(home, changed, tmp_path / "inbox", now + timedelta(hours=number))
    ask = lambda sql: figures.ask(home.published, sql, notice.id).rows  # noqa: E731
    assert ask("SELECT count(*) FROM raw.submissions WHERE notice_id = $notice") == [(4,)]
    assert ask("SELECT DISTINCT state FROM core.submissions WHERE notice_id = $notice") == [("accepted",)]
    told: list[tuple[Any, ...]] = ask(
        "SELECT kind, field, before, after, changed_at FROM marts.source_changes WHERE notice_id = $notice ORDER BY kind"
    )
    assert [one[:4] for one in told] == [
        ("option_renamed", "material_type", "稿件", "新闻稿"),
        ("question_renamed", "title", "4、标题", "4、作品叫什么"),
    ]
    assert told[0][4] == now + timedelta(hours=1)
    alarm, *more = find_form_changes(home, changed, now + timedelta(hours=2))
    assert not more
    assert (alarm.kind, "稿件" in alarm.sentence, "作品叫什么" in alarm.sentence) == (
        "form_columns",
        True,
        True,
    )
