"""The inbox of the tests: a few files at known moments."""

import os
from datetime import datetime
from pathlib import Path

from pipelines.notice import Notice

HEADERS = "活动日期,材料类型,标题,活动类别,参与人数,链接\n"
NOW = datetime(2020, 11, 13, 12)
JINAN = "教育厅收件/济南市教育局/日报.csv"
FAULTY = "教育厅收件/济南市教育局/日报二.csv"
NOBODY = "教育厅收件/无名/日报.csv"
FILES = {
    JINAN: ("2020-11-09T10:00:00", "11月9日,稿件,开幕式,宣传活动,300,\n"),
    FAULTY: (
        "2020-11-10T10:00:00",
        "11月10日,照片,合影,宣传活动,120,\n11月11日,海报,展板,宣传活动,20,\n13月1日,稿件,讲座,宣传活动,-5,\n",
    ),
    "人社厅收件/青岛市人力资源和社会保障局/日报.csv": (
        "2020-11-12T09:00:00",
        "11月11日,视频,短片,宣传活动,20,\n",
    ),
    NOBODY: ("2020-11-12T09:30:00", "11月11日,视频,短片二,宣传活动,40,\n"),
}


def fill(notice: Notice, inbox: Path) -> None:
    for name, (moment, rows) in FILES.items():
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEADERS + rows, "utf-8")
        modified = datetime.fromisoformat(moment).replace(tzinfo=notice.zone).timestamp()
        os.utime(path, (modified, modified))
