"""Exports of questionnaires as people save them again: other charsets, marks in front, columns of one name."""

import csv
import io
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.ground.settings import Settings
from pipelines.notice import Notice
from pipelines.notice.sources import FormExportSource
from pipelines.read.reader import Reader
from pipelines.read.submission import Job

TITLES = ["序号", "提交答卷时间", "1、单位名称", "2、活动日期", "3、材料类型", "4、标题", "5、活动类别"]
ANSWER = ["1", "2020/11/9 12:00:00", "济南市教育局", "2020-11-09", "稿件", "技能大赛", "宣传活动"]
NO_TITLE = [*ANSWER[:5], "", ANSWER[6]]


def text(titles: list[str] = TITLES, answer: list[str] = ANSWER, separator: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([titles, answer])
    return out.getvalue()


READ: dict[str, tuple[bytes, str | None]] = {
    "GB 18030": (text().encode("gb18030"), "技能大赛"),
    "a rare character": (text(answer=[*ANSWER[:5], "䶮㙓赛", ANSWER[6]]).encode("gb18030"), "䶮㙓赛"),
    "UTF-16 with tabs": (text(separator="\t").encode("utf-16"), "技能大赛"),
    "a mark in front": (text().encode("utf-8-sig"), "技能大赛"),
    "two marks in front": (f"\ufeff\ufeff{text()}".encode(), "技能大赛"),
    "semicolons": (text(separator=";").encode(), "技能大赛"),
    "a second column that says the same": (text([*TITLES, "6、标题"], [*ANSWER, "技能大赛"]).encode(), "技能大赛"),
    "a second column that says it alone": (text([*TITLES, "6、标题"], [*NO_TITLE, "另一个"]).encode(), "另一个"),
    "a second column that says otherwise": (text([*TITLES, "6、标题"], [*ANSWER, "另一个"]).encode(), None),
}  # fmt: skip


@pytest.fixture(scope="module")
def reader(notice: Notice) -> Reader:
    source = FormExportSource(
        id="it", kind="form_export", path="导出", line="education", answer_number="序号", submitted_at="提交答卷时间"
    )  # fmt: skip
    return Reader(notice.model_copy(update={"sources": (source,)}), Settings())


@pytest.mark.parametrize(("content", "title"), READ.values(), ids=READ)
def test_an_export_is_read_whatever_it_was_saved_as(
    content: bytes, title: str | None, reader: Reader, tmp_path: Path
) -> None:
    (file := tmp_path / "a.csv").write_bytes(content)
    (found,) = reader.read(
        Job("r", "it", "导出/a.csv", str(file), "0" * 64, len(content), datetime(2020, 11, 10), {})
    )
    assert (found.path, found.outcome) == ("导出/a.csv#1", "read")
    assert found.answered_at == datetime(2020, 11, 9, 12)
    assert found.sheets[0].columns["title"] == [title]


def test_an_export_with_broken_characters_is_one_file_that_nobody_is_blamed_for(
    reader: Reader, tmp_path: Path
) -> None:
    content = text().encode().replace("技能".encode(), "技".encode() + b"\xff" + "能".encode())
    (file := tmp_path / "a.csv").write_bytes(content)
    (found,) = reader.read(
        Job("r", "it", "导出/a.csv", str(file), "0" * 64, len(content), datetime(2020, 11, 10), {})
    )
    assert (found.path, found.reason, found.recipient_code) == ("导出/a.csv", "unreadable", None)
