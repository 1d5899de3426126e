"""What `notices rows` and `notices notes` print: the columns and words of contract section 8."""

import csv
import io
import os
from datetime import datetime
from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from tests.conftest import NOTICE_ID

FILES = {
    "教育厅收件/济南市教育局/日报.csv": (
        "2020-11-09T10:00:00",
        "活动日期,材料类型,标题,活动类别,参与人数,带队老师\n"
        "11月9日,稿件,开幕式,宣传活动,约1.2万,某\n11月9日,海报,展板,宣传活动,-5,\n11月9日,稿件,开幕式,宣传活动,约1.2万,某\n",
    ),
    "教育厅收件/济南市教育局/再报.csv": (
        "2020-11-10T10:00:00",
        "活动日期,材料类型,标题,活动类别,参与人数\n11月9日,稿件,开幕式,宣传活动,300\n",
    ),
    "教育厅收件/济南市教育局/方案.csv": (
        "2020-11-04T10:00:00",
        "单位名称,方案标题,专栏网址,联络员,手机,邮箱\n济南市教育局,方案,http://www.example.cn/z,某某,13800001234,a@example.cn\n",
    ),
}
MATERIALS = [
    *("path", "sheet", "row", "reasons", "is_current", "activity_date", "material_type", "title", "category"),
    *("theme", "county", "participants", "online_views", "link"),
]


@pytest.fixture(scope="module")
def sent(notice: Notice, tmp_path_factory: pytest.TempPathFactory) -> Home:
    inbox, home = tmp_path_factory.mktemp("inbox"), Home(tmp_path_factory.mktemp("sent"))
    for name, (moment, rows) in FILES.items():
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rows, "utf-8")
        modified = datetime.fromisoformat(moment).replace(tzinfo=notice.zone).timestamp()
        os.utime(path, (modified, modified))
    cycle.run(home, notice, Path(inbox), datetime(2020, 11, 13))
    return home


@pytest.fixture
def table(cli, sent):
    def ask(*words):
        said = cli(*words, "--format", "csv", at=sent)
        assert (said.status, said.err) == (0, "")
        return list(csv.DictReader(io.StringIO(said.out)))

    return ask


def test_rows_are_those_that_were_read_with_what_became_of_them(table):
    lines = table("rows", NOTICE_ID, "--deliverable", "materials")
    assert list(lines[0]) == MATERIALS
    found = [(one["row"], one["reasons"], one["is_current"], one["participants"]) for one in lines]
    assert found == [
        ("2", "", "true", "300"),
        ("2", "", "false", "12000"),
        ("3", "not_in_list|negative_number", "false", "-5"),
        ("4", "", "false", "12000"),
    ]
    assert {one["activity_date"] for one in lines} == {"2020-11-09"}
    assert {one["sheet"] for one in lines} == {""}


def test_rows_of_a_plan_name_the_liaison_to_the_clerk(table):
    (line,) = table("rows", NOTICE_ID, "--deliverable", "plan")
    assert (line["contact_name"], line["contact_phone"], line["contact_email"]) == (
        "某某",
        "13800001234",
        "a@example.cn",
    )


def test_rows_of_what_is_no_table_are_bad_usage(cli, sent):
    said = cli("rows", NOTICE_ID, "--deliverable", "summary", at=sent)
    assert said.status == 2
    assert "materials" in said.err


def test_notes_have_their_place_in_letters(table):
    lines = table("notes", NOTICE_ID)
    assert list(lines[0]) == ["path", "sheet", "row", "column", "code", "value", "sentence"]
    found = [(one["row"], one["column"], one["code"], one["value"]) for one in lines]
    assert found == [("", "F", "unread_column", "带队老师"), ("4", "", "duplicate_row", "开幕式")]


@pytest.mark.parametrize("style", ["table", "json"])
def test_other_formats_say_the_same(cli, sent, style):
    said = cli("notes", NOTICE_ID, "--format", style, at=sent)
    assert said.status == 0
    assert "带队老师" in said.out


def test_a_file_is_traced_to_its_cells_and_its_notes(cli, sent):
    said = cli("trace", NOTICE_ID, "--file", "教育厅收件/济南市教育局/日报.csv", at=sent)
    assert said.status == 0
    assert "提示 2 条" in said.out
    for role in ("表头", "读出的值", "没有读的"):
        assert role in said.out
    assert "件内重复" in said.out


def test_rows_of_an_event_say_when_it_occurred(cli, home, tmp_path):
    influenza = load_notice("hl-influenza-2024")
    path = tmp_path / "平台导出" / "市一院" / "书面报告.csv"
    path.parent.mkdir(parents=True)
    path.write_text("发现时间,累计发病人数,其中重症人数\n2024-12-09 14:30,12,1\n", "utf-8")
    modified = datetime(2024, 12, 9, 16, tzinfo=influenza.zone).timestamp()
    os.utime(path, (modified, modified))
    (tmp_path / "监测信箱").mkdir()
    cycle.run(home, influenza, tmp_path, datetime(2024, 12, 10))
    said = cli("rows", influenza.id, "--deliverable", "cluster_report", "--format", "csv")
    (line,) = csv.DictReader(io.StringIO(said.out))
    assert (line["occurred_at"], line["cluster_cases"], line["reasons"]) == ("2024-12-09 14:30:00", "12", "")
    for deliverable, item in influenza.deliverables.items():
        if item.columns:
            said = cli("rows", influenza.id, "--deliverable", deliverable, "--format", "csv")
            assert (said.status, said.out.splitlines()[0].split(",")[5:]) == (0, list(item.columns))
