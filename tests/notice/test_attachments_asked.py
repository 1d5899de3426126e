"""A least number of attachments: for which period each counts, and what is said where there are too few."""

import os
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipelines import cycle
from pipelines.ask.figures import ask_status
from pipelines.cli.figures import say_lacking as say_status
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.remind.facts import find_facts
from pipelines.remind.lacking import say_lacking
from pipelines.sample.documents import write_docx
from pipelines.sample.photos import write_photo
from tests.notice.test_typed_columns import NOTICE, problems_with, shared

BUREAU, SCHOOL, OTHER = "甲市教育局", "甲市职业学院", "乙市教育局"
HEAD = "活动日期,材料类型,标题,活动类别\n"
SENT = (
    (BUREAU, "1月情况报告.docx", "2025-02-03 09:00"),
    (BUREAU, "a.jpg", "2025-02-03 09:00"),
    (BUREAU, "b.mp4", "2025-02-03 09:00"),  # a video, where pictures are asked for
    (BUREAU, "c.jpg", "2025-02-07 09:00"),  # January's is due: February's first
    # Nothing was reported, so nothing is incomplete.
    (OTHER, "a.jpg", "2025-02-03 09:00"),
    (SCHOOL, "1月活动材料.csv", "2025-02-03 09:00"),
    (SCHOOL, "校园开放.jpg", "2025-02-03 09:00"),
    (SCHOOL, "其他.mp4", "2025-02-03 10:00"),
    (SCHOOL, "其他.pdf", "2025-02-03 10:00"),
    (SCHOOL, "2月活动材料.csv", "2025-02-20 09:00"),
    (SCHOOL, "校园开放（补）.jpg", "2025-02-25 09:00"),  # by its name of January
    (SCHOOL, "x.png", "2025-02-25 09:00"),
    (SCHOOL, "3月活动材料.csv", "2025-03-31 09:00"),  # a zero report needs none
)  # fmt: skip
ROWS = {
    "1月活动材料.csv": "2025-01-10,照片,校园开放,开放日\n",
    "2月活动材料.csv": "2025-02-10,稿件,技能比赛,开放日\n",
    "3月活动材料.csv": "2025-03-31,,零报告,\n",
}
JANUARY, FEBRUARY, MARCH = "2025-01-01", "2025-02-01", "2025-03-01"
# (attachments, asked, incomplete) by unit, deliverable and period, worked out by hand.
EXPECTED = {
    "2025-02-03T12:00": {
        ("A-1", "report", JANUARY): (1, 2, True),
        ("A-2", "activities", JANUARY): (2, 3, True),
        ("B-1", "report", JANUARY): (1, 2, False),
    },
    "2025-04-10T00:00": {
        ("A-1", "report", JANUARY): (1, 2, True),
        ("A-1", "report", FEBRUARY): (1, 2, False),
        ("A-2", "activities", JANUARY): (3, 3, False),
        ("A-2", "activities", FEBRUARY): (1, 3, True),
        ("A-2", "activities", MARCH): (0, 3, False),
        ("B-1", "report", JANUARY): (1, 2, False),
    },
}


def content(unit: str, name: str, at: str) -> bytes:
    if name.endswith(".csv"):
        return (HEAD + ROWS[name]).encode()
    if name.endswith(".docx"):
        return write_docx(["情况"], heading=f"{unit}情况报告")
    return write_photo(f"{unit}{name}{at}")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    inbox, home = tmp_path_factory.mktemp("inbox"), Home(tmp_path_factory.mktemp("home"))
    for unit, name, at in SENT:
        path = inbox / "收件" / unit / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(unit, name, at))
        moment = datetime.fromisoformat(f"{at}+08:00").timestamp()
        os.utime(path, (moment, moment))
    notice = load_notice(NOTICE, shared(tmp_path_factory.mktemp("notices")))
    cycle.run(home, notice, inbox, datetime(2025, 5, 20, 20))
    return home


@pytest.mark.parametrize("moment", EXPECTED)
def test_attachments_are_counted_for_their_period(home: Home, moment: str) -> None:
    with duckdb.connect(home.published, read_only=True) as connection:
        rows = connection.execute(
            "SELECT recipient_code, deliverable, period, attachments, attachments_at_least, is_incomplete"
            " FROM marts.obligation_status_as_of($1, $2)",
            [NOTICE, datetime.fromisoformat(moment)],
        ).fetchall()
    expected = EXPECTED[moment]
    found = {row[:3]: row[3:] for row in rows}
    assert {key: found[key] for key in expected} == expected
    assert {key for key, value in found.items() if value[2]} == {
        key for key, value in expected.items() if value[2]
    }
    asking = {key for key, value in found.items() if value[1] is not None}
    assert {key[1] for key in asking} == {"report", "activities"}
    assert all(value == (None, None, False) for key, value in found.items() if key not in asking)


def test_a_unit_is_told_of_what_is_lacking(home: Home, tmp_path: Path) -> None:
    notice = load_notice(NOTICE, shared(tmp_path))
    with duckdb.connect(home.published, read_only=True) as connection:
        facts = find_facts(connection, notice, datetime(2025, 4, 10))
    assert list(say_lacking(facts, "A-1")) == [
        "以下 1 项已经收下，附件还不齐，请补交：“工作情况报告”（2025-01-01 起的一期）收到 1 个，至少 2 个。"
    ]
    assert list(say_lacking(facts, "B-1")) == []


def test_templates_and_mails_say_what_is_to_go_with_it(tmp_path: Path) -> None:
    notice = load_notice(NOTICE, shared(tmp_path))
    assert notice.said_of_sending("activities") == "每期另附图片、视频不少于 3 个。"


REFUSED = {
    "two of one kind of units": ("owed_by: [bureau]\n", "owed_by: [bureau, school]\n", "职业学校的 report 也要附件"),
    "none at least": ("at_least: 2", "at_least: 0", "不能小于 1"),
    "an unknown medium": ("of: [picture]", "of: [photo]", "写成了 'photo'；应为"),
    "of what nobody owes": ("    owed_by: [school]\n", "    optional: true\n    open_to: [school]\n", "自愿报送的谁也不欠，没有不齐的"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_told_apart_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert len([one for one in problems_with(tmp_path, old, new) if said in one]) == 1


def test_status_says_what_is_incomplete(home: Home) -> None:
    found = ask_status(home.published, NOTICE, datetime(2025, 2, 3, 12))
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    lacking = {
        (row["recipient_code"], row["period"]): say_status(row) for row in rows if row["is_incomplete"]
    }
    assert lacking == {
        ("A-1", JANUARY): "附件不齐（1/2）",
        ("A-2", JANUARY): "附件不齐（2/3）",
    }
