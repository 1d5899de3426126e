"""Exports of a questionnaire that was changed while it ran: what nobody answered anew is the same answer."""

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.ground.settings import Settings
from pipelines.notice import Notice
from pipelines.notice.sources import FormExportSource
from pipelines.read.reader import Reader
from pipelines.read.submission import Job, Submission

HEADER = ["序号", "提交答卷时间", "1、单位名称", "2、活动日期", "3、材料类型", "4、标题", "5、活动类别"]
ROW = ["1", "2020/11/9 10:00:00", "济南市教育局", "2020-11-09", "稿件", "甲", "宣传活动"]


def export(notice: Notice, path: Path, header: list[str], row: list[Any], **settings: Any) -> Submission:
    source = FormExportSource(
        id="wjx", kind="form_export", path="导出", line="education", answer_number="序号",
        submitted_at="提交答卷时间", **settings,
    )  # fmt: skip
    book = openpyxl.Workbook()
    for one in (header, row):
        book.active.append(one)
    file = path / "export.xlsx"
    book.save(file)
    job = Job("1", "wjx", "导出/a.xlsx", str(file), "0" * 64, file.stat().st_size, datetime(2020, 11, 10))
    (found,) = Reader(notice.model_copy(update={"sources": (source,)}), Settings()).read(job)
    return found


SAME: dict[str, tuple[list[str], list[Any], dict[str, Any]]] = {
    "a question inserted, not asked of earlier answers": (
        ["序号", "提交答卷时间", "1、单位名称", "2、新问的", "3、活动日期", "4、材料类型", "5、标题", "6、活动类别"],
        [*ROW[:3], "(跳过)", *ROW[3:]], {},
    ),
    "a question moved": ([*HEADER[:3], "3、活动日期", "2、材料类型", *HEADER[5:]], ROW, {}),
    "a question in other words that the notice knows": ([*HEADER[:5], "4、题目", HEADER[6]], ROW, {}),
    "an option renamed, which the notice says": (
        HEADER, [*ROW[:4], "新闻稿件", *ROW[5:]], {"options": {"新闻稿件": "稿件"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("header", "row", "settings"), SAME.values(), ids=SAME)
def test_an_unchanged_answer_is_the_same(
    header: list[str], row: list[Any], settings: dict[str, Any], notice: Notice, tmp_path: Path
) -> None:
    before, after = export(notice, tmp_path, HEADER, ROW), export(notice, tmp_path, header, row, **settings)
    assert (before.outcome, after.outcome) == ("read", "read")
    assert after.answer_key == before.answer_key
    assert after.sha256 == before.sha256
    assert after.sheets[0].columns == before.sheets[0].columns


def test_a_changed_answer_is_another(notice: Notice, tmp_path: Path) -> None:
    before = export(notice, tmp_path, HEADER, ROW)
    after = export(notice, tmp_path, HEADER, [*ROW[:5], "乙", ROW[6]])
    assert after.answer_key == before.answer_key
    assert after.sha256 != before.sha256


def test_questions_of_the_same_words_are_told_apart(notice: Notice, tmp_path: Path) -> None:
    header = [*HEADER, "6、补充", "7、补充"]
    one = export(notice, tmp_path, header, [*ROW, "甲", None])
    other = export(notice, tmp_path, header, [*ROW, None, "甲"])
    assert one.sha256 != other.sha256


def test_what_the_service_adds_is_told_to_nobody(notice: Notice, tmp_path: Path) -> None:
    found = export(notice, tmp_path, [*HEADER, "来自IP", "6、链接"], [*ROW, "192.0.2.1", "www.example.cn/a"])
    assert [(one.code, one.row) for one in found.notes] == [("scheme_added", 2)]
    assert found.notes[0].sentence.startswith("网址")
