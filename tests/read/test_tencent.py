"""An export of Tencent's collecting form: no answer number, questions that end in （必填）, columns in any order."""

from datetime import datetime
from pathlib import Path

import openpyxl

from pipelines.ground.settings import Settings
from pipelines.notice import Notice
from pipelines.notice.sources import FormExportSource
from pipelines.read.reader import Reader
from pipelines.read.submission import Job

HEADER = [
    "提交者（自动）",
    "提交时间（自动）",
    "标题（必填）",
    "单位名称（必填）",
    "活动日期（必填）",
    "材料类型（必填）",
    "活动类别（必填）",
]
ROWS = [
    ["微信用户", "2020年11月9日 10:00", "甲", "济南市教育局", "2020年11月9日", "稿件", "宣传活动"],
    ["某人", "2020-11-09 11:30:05", "乙", "青岛市教育局", "11.9", "照片", "宣传活动"],
]


def test_answers_are_known_by_their_moment_and_row(notice: Notice, tmp_path: Path) -> None:
    source = FormExportSource(
        id="tencent", kind="form_export", path="收集表", line="education",
        answer_number="编号", submitted_at="提交时间（自动）", metadata=("提交者（自动）",),
    )  # fmt: skip
    book = openpyxl.Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append(row)
    path = tmp_path / "export.xlsx"
    book.save(path)
    job = Job(
        "1", "tencent", "收集表/export.xlsx", str(path), "0" * 64, path.stat().st_size, datetime(2020, 11, 10)
    )
    found = Reader(notice.model_copy(update={"sources": (source,)}), Settings()).read(job)
    assert [(one.outcome, one.path.rpartition("#")[2]) for one in found] == [
        ("read", "第2行"),
        ("read", "第3行"),
    ]
    assert [one.answered_at for one in found] == [datetime(2020, 11, 9, 10), datetime(2020, 11, 9, 11, 30, 5)]
    assert len({one.answer_key for one in found}) == len({one.recipient_code for one in found}) == 2
