"""Columns of a table of numbers that are no numbers: what is kept of each, what goes back, and what stays private."""

import csv
import io
import os
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import duckdb
import pytest

from pipelines import cycle
from pipelines.ask.rows import ask_rows
from pipelines.ground.errors import BadNoticeError
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.notice.folder import NOTICES
from pipelines.notice.questions import ROWS
from pipelines.rehearse.rehearse import rehearse
from pipelines.templates.forms import choices, questions
from pipelines.templates.rules import column_rules

FOLDER, NOTICE = Path(__file__).parent / "typed", "zz-projects-2025"
NOW = datetime(2025, 5, 20, 20)
HEAD = (
    "单位名称", "统计日期", "基地数", "在训人数", "最高级别", "是否开放", "启用日期", "备案编号", "特色", "基地网址", "负责人姓名",
    "负责人手机", "负责人邮箱",
)  # fmt: skip
CODES = (
    "unit_name", "period_date", "bases", "enrolled", "level", "is_open", "opened_on", "code", "focus", "site", "manager",
    "phone", "mail",
)  # fmt: skip
PRIVATE = ("manager", "phone", "mail")
PHONE, MAIL, MANAGER = "13800001234", "someone@example.cn", "欧阳某某"
JANUARY, FEBRUARY, MARCH = "2025-01-01", "2025-02-01", "2025-03-01"


class Sent(NamedTuple):
    """A table of one row, in the order of HEAD; what is kept of it by column, or why it goes back."""

    unit: str
    at: str
    period: str
    cells: tuple[str, ...]
    kept: Mapping[str, Any] = MappingProxyType({})
    reasons: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """Those that have a fault, in the order in which they are told."""


SENT = (
    Sent("甲市教育局", "2025-02-03 09:00", JANUARY,
        ("甲市教育局", "2025-01-31", "3", "1.2万", " 国家 级", "√", "2019年9月1日", "AB-0001", "八个字的特色说明", "www.example.cn/jd",
         MANAGER, "138 0000 1234", MAIL),
        {"bases": 3, "enrolled": 12000, "level": "国家级", "is_open": "是", "opened_on": "2019-09-01", "code": "AB-0001",
         "focus": "八个字的特色说明", "site": "http://www.example.cn/jd", "manager": MANAGER, "phone": PHONE, "mail": MAIL}),
    Sent("甲市职业学院", "2025-02-04 09:00", JANUARY,
        ("甲市职业学院", "2025-01-31", "2", "300", "省级", "no", "", "", "", "", "", "", ""),
        {"bases": 2, "enrolled": 300, "level": "省级", "is_open": "否"}),
    Sent("乙市教育局", "2025-02-05 09:00", JANUARY,
        ("乙市教育局", "2025-01-31", "4", "", "省级", "-", "无", "-", "无", "", "", "", ""),
        {"bases": 4, "level": "省级"}),
    # Every cell that is wrong is told, in the contract's order.
    Sent("甲市教育局", "2025-03-03 09:00", FEBRUARY,
        ("甲市教育局", "2025-02-28", "3", "9", "市级", "大概", "星期三", "0001", "这里写了九个字以上", "没有", "", "1380000", "某某.example.cn"),
        reasons=("bad_date", "not_in_list", "not_in_list", "bad_url", "bad_phone", "bad_email", "too_long", "bad_form"),
        columns=("opened_on", "level", "is_open", "site", "phone", "mail", "focus", "code")),
    Sent("乙市教育局", "2025-03-03 10:00", FEBRUARY,
        ("乙市教育局", "2025-02-28", "1", "5", "", "", "", "", "", "", "", "", ""), reasons=("missing_required",), columns=("level",)),
    Sent("甲市职业学院", "2025-03-04 09:00", FEBRUARY,
        ("甲市职业学院", "2025-02-28", "2", "310", "省级", "是", "#REF!", "", "", "", "", "", ""), reasons=("cell_error",), columns=("opened_on",)),
)  # fmt: skip


def send(inbox: Path, number: int, one: Sent, *lines: tuple[str, ...]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *(lines or (one.cells,))])
    path = inbox / "收件" / one.unit / f"月报表{number}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode())
    moment = datetime.fromisoformat(f"{one.at}+08:00").timestamp()
    os.utime(path, (moment, moment))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    inbox, home = tmp_path_factory.mktemp("inbox"), Home(tmp_path_factory.mktemp("home"))
    for number, one in enumerate(SENT):
        send(inbox, number, one)
    # Counties' rows that say different things of one kind cannot be the unit's: it is asked.
    cells = SENT[0].cells
    parts = [("东区", "2025-03-31", "1", *cells[3:5], answer, *[""] * 7) for answer in ("是", "否")]
    send(inbox, len(SENT), Sent("甲市教育局", "2025-04-02 09:00", MARCH, ()), *parts)
    cycle.run(home, load_notice(NOTICE, shared(tmp_path_factory.mktemp("notices"))), inbox, NOW)
    return home


def shared(folder: Path) -> Path:
    """A folder of notices with the made-up one and the words that all share."""
    shutil.copytree(FOLDER / NOTICE, folder / NOTICE)
    shutil.copy(NOTICES / "words.yaml", folder)
    return folder


def problems_with(folder: Path, old: str, new: str) -> list[str]:
    """What is wrong with the made-up notice where it says this instead."""
    path = shared(folder) / NOTICE / "notice.yaml"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(BadNoticeError) as error:
        load_notice(NOTICE, folder)
    return error.value.problems


def test_each_cell_is_kept_as_what_it_is(home: Home, tmp_path: Path) -> None:
    notice = load_notice(NOTICE, shared(tmp_path))
    found = ask_rows(home.published, home.private, home.masks, notice, "profile")
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    kept = {
        (one["path"].split("/")[1], str(one["period_date"])[:7]): one for one in rows if one["is_current"]
    }
    expected = [one for one in SENT if one.kept]
    assert len(kept) == len(expected) == 3
    for one in expected:
        row = kept[one.unit, one.period[:7]]
        assert {code: row[code] for code in CODES[2:]} == {code: one.kept.get(code) for code in CODES[2:]}


def test_every_cell_that_is_wrong_is_told(home: Home) -> None:
    with duckdb.connect(home.published, read_only=True) as connection:
        rows = connection.execute(
            "SELECT path, verdicts.reason, column_name, verdicts.sentence FROM raw.verdicts INNER JOIN core.submissions USING (submission_id)"
            " ORDER BY path, fault_number"
        ).fetchall()
    told = {path: [row[1:] for row in rows if row[0] == path] for path in {row[0] for row in rows}}
    for number, one in enumerate(SENT):
        found = told.get(f"收件/{one.unit}/月报表{number}.csv", [])
        assert (tuple(row[0] for row in found), tuple(row[1] for row in found)) == (one.reasons, one.columns)
    sentences = [row[3] for row in rows if "月报表3" in row[0]]
    assert sentences == [
        "第2行“启用日期”写的“星期三”只有星期，没有日期，请写成 2025-01-01 这样",
        "第2行“最高级别”写的“市级”不在规定的选项里，请改为：国家级、省级",
        "第2行“是否开放”写的“大概”不在规定的选项里，请改为：是、否",
        "第2行“基地网址”写的“没有”不是网址，请从 http:// 或 https:// 开始写全",
        "第2行“负责人手机”写的不是电话号码，请填 11 位手机号，或带区号的座机号",
        "第2行“负责人邮箱”写的不是邮箱地址，请核对",
        "第2行“特色”超过了 8 字，请缩短",
        "第2行“备案编号”写的“0001”不合规定的写法，请照表样的示例填写",
    ]
    assert [row[1:3] for row in rows if f"月报表{len(SENT)}" in row[0]] == [
        ("ambiguous_value", "enrolled"),
        ("ambiguous_value", "is_open"),
    ]


def test_nothing_personal_is_published(home: Home) -> None:
    published = home.published.read_bytes()
    held = b"".join(path.read_bytes() for path in (home.masks, home.private))
    for secret in (PHONE, "138 0000 1234", MAIL, MANAGER, "某某.example.cn"):
        assert secret.encode() not in published
        assert secret.encode() in held or secret == "某某.example.cn"
    with duckdb.connect(home.published, read_only=True) as connection:
        tables = connection.execute(
            "SELECT indicator, text, value_text FROM marts.statistics WHERE list_contains($1, indicator) AND text IS NOT NULL",
            [list(PRIVATE)],
        ).fetchall()
    assert len(tables) == 3
    assert all(text.startswith("〔") and given.startswith("〔") for _, text, given in tables)


def test_the_last_number_speaks_where_the_notice_says_so(home: Home) -> None:
    """January: 1.2万 of the bureau, then 300 of the college; Yi wrote none. What is no number has no sum."""
    with duckdb.connect(home.published, read_only=True) as connection:
        rows = connection.execute(
            "SELECT city, indicator, amount, total FROM marts.statistics_by_city WHERE deliverable = 'profile' AND period = $1",
            [JANUARY],
        ).fetchall()
        (whole,) = connection.execute(
            "SELECT amount FROM marts.statistics_by_province_as_of($1, $2) WHERE period = $3 AND indicator = 'enrolled'",
            [NOTICE, datetime(2025, 2, 3, 12), JANUARY],
        ).fetchall()
    assert sorted(rows) == [
        ("乙市", "bases", 4, 4),
        ("乙市", "enrolled", None, None),
        ("甲市", "bases", 5, 5),
        ("甲市", "enrolled", 300, None),
    ]
    assert whole == (12000,)


def test_the_trial_of_the_notice_comes_through(tmp_path: Path) -> None:
    """A table and a list filled in with the templates' own examples are accepted."""
    assert rehearse(load_notice(NOTICE, shared(tmp_path)), tmp_path) == []


def test_templates_and_forms_ask_for_what_each_column_holds(tmp_path: Path) -> None:
    notice = load_notice(NOTICE, shared(tmp_path))
    asked = {one["name"]: one for one in questions(notice, "profile")}
    assert [asked[code]["type"] for code in ("bases", "level", "is_open", "opened_on", "code", "phone")] == [
        "integer", "select_one levels", "select_one yes_no", "date", "text", "text",
    ]  # fmt: skip
    assert asked["focus"]["constraint"] == "string-length(.) <= 8"
    assert asked["code"]["constraint"] == "regex(., '^([A-Z]{2}-[0-9]{4})$')"
    assert "1[3-9]" in asked["phone"]["constraint"]
    offered = choices(notice, "profile")
    assert {one["name"] for one in offered if one["list_name"] == "yes_no"} == {"yes", "no"}
    rules = {one.name: one for one in column_rules(notice, "profile", notice.recipients[0])}
    assert rules["is_open"].words == ("是", "否")
    assert "不超过 8 字" in rules["focus"].hint
    assert "11 位手机号" in rules["phone"].hint
    assert rules["code"].example == "AB-2025"
    listed = [one["name"] for one in questions(notice, "nominations")]
    start, end = (place for place, name in enumerate(listed) if name == ROWS)
    assert listed[2:start] == ["unit_name", "has_activity", "zero_report_of_nominations"]
    assert set(notice.deliverables["nominations"].open_columns) <= set(listed[start:end])
    project = {one.name: one for one in column_rules(notice, "nominations", notice.recipients[0])}["project"]
    assert "本期没有的，只在一行里填“零报告”" in project.hint


REFUSED = {
    "a choice without a list": ("type: choice, list: levels}", "type: choice}", "请补上 list"),
    "a list that is no choice": ("type: choice, list: levels}", "list: levels}", "请补上 type: choice"),
    "an unknown list": ("list: levels}", "list: level}", "lists 里没有 level；可用：levels"),
    "a sum of texts": ("type: date}", "type: date, aggregate: sum}", "date 不是数；请删去 aggregate"),
    "a least of texts": ("type: url}", "type: url, min: 1}", "url 不是数；请删去 min"),
    "a length of a number": ("aggregate: last}", "aggregate: last, max_length: 3}", "只有 text 要写 max_length"),
    "a phone that is said to be personal": ("type: phone}", "type: phone, personal: true}", "本来就不公开"),
    "no pattern at all": ("[A-Z]{2}-[0-9]{4}", "[A-Z{2}", "不是正则表达式"),
    "a pattern without an example": (', example: AB-2025', "", "没有写 example"),
    "a pattern that its example breaks": ("example: AB-2025", "example: A-1", "示例 A-1 不符合它"),
    "a type that is none": ("type: email}", "type: mail}", "写成了 'mail'；应为"),
    "a type of what a kind knows": ("headers: [统计日期], required", "headers: [统计日期], type: date, required", "请删去 type"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_together_is_refused_once(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = shared(tmp_path) / NOTICE / "notice.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadNoticeError) as error:
        load_notice(NOTICE, tmp_path)
    (problem,) = error.value.problems
    assert said in problem
