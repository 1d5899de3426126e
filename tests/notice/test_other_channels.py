"""A submission by another channel than its deliverable's is taken, counted, and noted; only where the notice says which it is."""

import os
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from docx import Document

from pipelines import cycle
from pipelines.ground.errors import BadNoticeError
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from pipelines.remind.arrivals import find_arrivals
from tests.notice.test_broken import NOTICE, YAML, folder

__all__ = ["folder"]
SOURCE = "  - {id: folder, kind: folder, path: 收件, line: education}\n"
OTHERS = (
    "  - {id: platform, kind: folder, path: 平台, line: education}\n"
    "  - {id: elsewhere, kind: folder, path: 别处, line: unions}\n"
)
CHANNELS = "    channels: [省平台]\n    sources: [platform]\n"
HEAD = "单位名称,统计日期,活动场次,参观人次\n"
UNIT = "      period_date: {headers: [统计日期], required: true}\n"
# (source, unit, deliverable); 总结 may come any way.
SENT = (("收件", "甲市教育局", "统计表"), ("平台", "乙市教育局", "统计表"), ("收件", "甲市教育局", "总结"))


def load(folder: Path, channels: str = CHANNELS) -> Notice:
    path = folder / NOTICE / YAML
    text = path.read_text("utf-8").replace(SOURCE, SOURCE + OTHERS)
    text = text.replace("  education: 省教育厅\n", "  education: 省教育厅\n  unions: 省总工会\n")
    text = text.replace("    file_words: [统计表]\n", f"    file_words: [统计表]\n{channels}")
    path.write_text(text.replace(UNIT, UNIT + "      unit_name: {headers: [单位名称]}\n"), "utf-8")
    return load_notice(NOTICE, folder)


def test_what_came_another_way_counts_and_is_noted_everywhere(folder: Path, tmp_path: Path) -> None:
    notice, inbox, home = load(folder), tmp_path / "inbox", Home(tmp_path / "home")
    for source, unit, what in SENT:
        path = inbox / source / unit / (f"{what}.csv" if what == "统计表" else f"{what}.docx")
        path.parent.mkdir(parents=True, exist_ok=True)
        if what == "统计表":
            path.write_text(f"{HEAD}{unit},2020-12-31,1,100\n", "utf-8")
        else:
            written = Document()
            written.add_paragraph(f"{unit}{what}")
            written.add_paragraph("各项工作都已做完。" * 90)
            written.save(str(path))
        moment = datetime.fromisoformat("2021-01-02T09:00+08:00").timestamp()
        os.utime(path, (moment, moment))
    cycle.run(home, notice, inbox, datetime(2021, 1, 20))
    with duckdb.connect(home.published, read_only=True) as connection:
        asked = "SELECT path, state, is_other_channel FROM marts.submissions"
        found = {path: (state, other) for path, state, other in connection.execute(asked).fetchall()}
        listed = connection.execute("SELECT path FROM marts.files WHERE is_other_channel").fetchall()
        notes = connection.execute("SELECT path, code, value, sentence FROM marts.notes").fetchall()
        told = {
            one.path: one.notes
            for one in find_arrivals(connection, notice, datetime(2021, 1, 20), lambda text: text)
        }
    other = "收件/甲市教育局/统计表.csv"
    assert found == {
        other: ("accepted", True),
        "平台/乙市教育局/统计表.csv": ("accepted", False),
        "收件/甲市教育局/总结.docx": ("accepted", False),
    }
    assert listed == [(other,)]
    ((path, code, value, sentence),) = notes
    assert (path, code, value) == (other, "other_channel", "folder")
    assert sentence.startswith("本件不是经“统计表”规定的方式报来的，照样收读")
    assert told[other] == [sentence]


MISTAKES = {
    "no such source": ("[platform]", "[cloud]", "sources.0", "没有 cloud 这个来源；可用：folder、platform"),
    "one twice": ("[platform]", "[platform, platform]", "sources.1", "platform 写了两次"),
    "of another line": ("[platform]", "[elsewhere]", "sources.0", "报这一项的单位都不在这条线"),
    "without a word for it": ("    channels: [省平台]\n", "", "sources", "没有写 channels"),
}


@pytest.mark.parametrize(("old", "new", "place", "said"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_named_at_its_place(folder: Path, old: str, new: str, place: str, said: str) -> None:
    with pytest.raises(BadNoticeError) as error:
        load(folder, CHANNELS.replace(old, new))
    (found,) = error.value.problems
    assert f"deliverables.table.{place}" in found
    assert said in found


def test_what_is_registered_by_hand_can_be_the_channel(folder: Path) -> None:
    assert load(folder, CHANNELS.replace("[platform]", "[by_hand]")).deliverables["table"].sources == (
        "by_hand",
    )
