"""Lists: whose rows count in which period, what identifies them, and every figure worked out again from what was sent."""

import csv
import io
import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from pipelines import cycle
from pipelines.ask import figures
from pipelines.ask.figures import ask_status
from pipelines.ask.rows import ask_rows
from pipelines.decide.given import Asked, Given
from pipelines.decide.take import decide
from pipelines.ground.errors import BadNoticeError
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.notice.questions import ROWS
from pipelines.notice.sources import AnswerSource
from pipelines.read.records import read_record
from pipelines.report.measure import measure_bulletin
from pipelines.templates.examples import example_value
from pipelines.templates.forms import questions
from pipelines.templates.rules import column_rules
from tests.notice.test_typed_columns import NOTICE, problems_with, shared

NOW = datetime(2025, 5, 20, 20)
HEAD = ("推荐单位", "项目名称", "批次", "立项日期", "参与人数", "经费", "已用经费", "完成率", "指导教师电话")
CITY = {"A-1": "甲市", "A-2": "甲市", "B-1": "乙市"}
FOLDERS = {"A-1": "甲市教育局", "A-2": "甲市职业学院", "B-1": "乙市教育局"}
JANUARY, FEBRUARY = "2025-01-01", "2025-02-01"
PHONE = "13900005678"


class Item(NamedTuple):
    """What one item says by the notice: people, 元, per cent."""

    identity: str
    people: int
    funds: str
    spent: str | None = None
    rate: str | None = None


class Sent(NamedTuple):
    """A file, the items that count of it, its zero report, and the reasons of the rows that go back."""

    unit: str
    name: str
    at: str
    period: str
    lines: tuple[tuple[object, ...], ...]
    items: tuple[Item, ...] = ()
    is_zero: bool = False
    reasons: str = ""


ROBOT, LATHE, CLAY = ("机器人实训", "国家级"), ("数控车床", "省级"), ("陶艺工坊", "省级")
SENT = (
    # Named by its file. The two that are one in every column count once; the phone is nobody else's business; a total below.
    Sent("A-1", "2025年1月推荐名单.csv", "2025-02-03 09:00:00", JANUARY,
        (HEAD, ("甲市", *ROBOT, "2024年3月1日", "30", "12.5", "10万元", "80%", PHONE), ("", *LATHE, "", "12人", "20000元", "", "50", ""),
         ("", *LATHE, "", "12人", "20000元", "", "50", ""), ("合计", "", "", "", "42", "14.5", "", "", "")),
        (Item("机器人实训 / 国家级", 30, "125000", "100000", "80"), Item("数控车床 / 省级", 12, "20000", None, "50"))),
    # The same project in two batches is two; another unit named in a row changes nothing of whose it is.
    Sent("A-2", "1月推荐名单.csv", "2025-02-04 09:00:00", JANUARY,
        (HEAD, ("甲市职业学院", "机器人实训", "国家级", "", "5", "1", "", "", ""), ("乙市教育局", "机器人实训", "省级", "", "6", "3", "0", "40%", "")),
        (Item("机器人实训 / 国家级", 5, "10000"), Item("机器人实训 / 省级", 6, "30000", "0", "40"))),
    # Nothing in January, said late; then it turns out that there was something.
    Sent("B-1", "1月推荐名单.csv", "2025-02-07 09:00:00", JANUARY, (HEAD, ("", "无", "", "", "", "", "", "", "")), is_zero=True),
    Sent("B-1", "1月推荐名单（更正）.csv", "2025-02-20 09:00:00", JANUARY, (HEAD, ("", *CLAY, "", "8", "2", "1", "100%", "")),
        (Item("陶艺工坊 / 省级", 8, "20000", "10000", "100"),)),
    # A later file speaks for its whole period: the robots are gone, the lathe has other numbers, and one row goes back.
    Sent("A-1", "2025年1月推荐名单（定稿）.csv", "2025-03-01 09:00:00", JANUARY,
        (HEAD, ("", *LATHE, "", "15", "2", "2", "100%", ""), ("", *CLAY, "", "9", "1", "2", "", "")),
        (Item("数控车床 / 省级", 15, "20000", "20000", "100"),), reasons="inconsistent"),
    # By nothing but its moment: the oldest period that is not met and not long due, February. One item said twice differently.
    Sent("A-1", "推荐名单.csv", "2025-03-04 09:00:00", FEBRUARY,
        (HEAD, ("", *ROBOT, "", "3", "1", "", "", ""), ("", *ROBOT, "", "4", "1", "", "", ""), ("", *CLAY, "", "7", "0.5", "", "", "")),
        (Item("陶艺工坊 / 省级", 7, "5000"),), reasons="repeated_row|repeated_row"),
    # What identifies it is missing, no word of the list, too long.
    Sent("A-2", "2月推荐名单.csv", "2025-03-04 10:00:00", FEBRUARY,
        (HEAD, ("", "", "省级", "", "1", "1", "", "", ""), ("", "绘本", "市级", "", "1", "1", "", "", ""),
         ("", "一二三四五六七八九十一二三四五六七八九十一", "省级", "没有", "1", "-5", "", "", "139")),
        reasons="missing_required|not_in_list|bad_date"),
)  # fmt: skip
MOMENTS = ("2025-02-03T12:00:00", "2025-02-10T00:00:00", "2025-02-25T00:00:00", "2025-03-10T00:00:00")


def known(moment: str) -> dict[tuple[str, str], Sent]:
    """The file that speaks for each unit and period."""
    received = [one for one in SENT if datetime.fromisoformat(one.at) <= datetime.fromisoformat(moment)]
    return {(one.unit, one.period): one for one in received if one.items or one.is_zero}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    inbox, home = tmp_path_factory.mktemp("inbox"), Home(tmp_path_factory.mktemp("home"))
    for one in SENT:
        text = io.StringIO()
        csv.writer(text).writerows(one.lines)
        path = inbox / "收件" / FOLDERS[one.unit] / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.getvalue().encode())
        moment = datetime.fromisoformat(f"{one.at}+08:00").timestamp()
        os.utime(path, (moment, moment))
    cycle.run(home, load_notice(NOTICE, shared(tmp_path_factory.mktemp("notices"))), inbox, NOW)
    return home


@pytest.fixture
def warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(home.published, read_only=True) as connection:
        yield connection


def test_every_file_comes_to_its_end(home: Home) -> None:
    found = {
        (row[1], row[0].rpartition("/")[2]): row for row in figures.ask_files(home.published, NOTICE).rows
    }
    for one in SENT:
        state = (
            "rejected" if one.reasons and not one.items else "partly accepted" if one.reasons else "accepted"
        )
        row = found[one.unit, one.name]
        assert (row[2], row[4], row[6] or "") == ("nominations", state, one.reasons)


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_items_that_count_at_each_moment(warehouse: duckdb.DuckDBPyConnection, moment: str) -> None:
    rows = warehouse.execute(
        "SELECT recipient_code, period, identity, cells FROM marts.list_items_as_of($1, $2) WHERE deliverable = 'nominations'",
        [NOTICE, datetime.fromisoformat(moment)],
    ).fetchall()
    found = {row[:3]: json.loads(row[3]) for row in rows}
    assert len(found) == len(rows)
    expected = {(*key, item.identity): item for key, one in known(moment).items() for item in one.items}
    assert found.keys() == expected.keys()
    for key, item in expected.items():
        project, batch = item.identity.split(" / ")
        said = {"项目名称": project, "批次": batch, "参与人数": str(item.people), "经费": item.funds}
        said |= {"已用经费": item.spent} if item.spent is not None else {}
        said |= {"完成率": item.rate} if item.rate is not None else {}
        assert {
            name: value for name, value in found[key].items() if name in (*said, "已用经费", "完成率")
        } == said


def worked_out(files: list[Sent]) -> dict[str, Decimal | None]:
    """What is brought together of some units' files of one period, by fractions."""
    items = [item for one in files for item in one.items]
    rates = [(Fraction(item.rate), Fraction(item.funds)) for item in items if item.rate is not None]
    spent = [Fraction(item.spent) for item in items if item.spent is not None]
    is_zero = any(one.is_zero for one in files)
    weights = sum((weight for _, weight in rates), Fraction(0))
    mean = sum((rate * weight for rate, weight in rates), Fraction(0)) / weights if rates else None
    sums = {
        "items": Fraction(len(items)),
        "people": Fraction(sum(item.people for item in items)),
        "funds": sum((Fraction(item.funds) for item in items), Fraction(0)),
        "spent": sum(spent, Fraction(0)) if spent or is_zero else None,
        "rate": mean,
    }
    return {
        name: None if value is None else Decimal(round(value * 10**6)).scaleb(-6)
        for name, value in sums.items()
    }


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("by_city", [True, False], ids=["city", "province"])
def test_every_figure_is_what_was_worked_out(
    warehouse: duckdb.DuckDBPyConnection, moment: str, by_city: bool
) -> None:
    groups: dict[tuple[str, str], list[Sent]] = {}
    for (unit, period), one in known(moment).items():
        groups.setdefault((CITY[unit] if by_city else "", period), []).append(one)
    column, mart = ("city", "statistics_by_city_as_of") if by_city else ("''", "statistics_by_province_as_of")
    rows = warehouse.execute(
        f"SELECT {column}, period, indicator, amount, units_owing, units_reported, units_missing FROM marts.{mart}($1, $2)"
        " WHERE deliverable = 'nominations'",
        [NOTICE, datetime.fromisoformat(moment)],
    ).fetchall()
    found = {row[:3]: row[3] for row in rows}
    for group, files in groups.items():
        assert {name: found[*group, name] for name in worked_out(files)} == worked_out(files)
    assert {key[:2] for key, value in found.items() if value is not None} == groups.keys()
    for place, period, indicator, _, owing, reported, missing in rows:
        units = [unit for unit, city in CITY.items() if place in ("", city)]
        here = [unit for unit in units if (unit, period) in known(moment)]
        assert (owing, reported, missing) == (
            len(units), len(here), [FOLDERS[unit] for unit in units if unit not in here],
        ), indicator  # fmt: skip


def test_a_zero_report_meets_its_period_and_is_no_item(warehouse: duckdb.DuckDBPyConnection) -> None:
    ((status, is_zero),) = warehouse.execute(
        "SELECT status, is_zero_report FROM marts.obligation_status_as_of($1, $2)"
        " WHERE deliverable = 'nominations' AND recipient_code = 'B-1' AND period = $3",
        [NOTICE, datetime(2025, 2, 10), JANUARY],
    ).fetchall()
    assert (status, is_zero) == ("late", True)


def test_rows_are_listed_with_what_became_of_them(home: Home, tmp_path: Path) -> None:
    notice = load_notice(NOTICE, shared(tmp_path))
    found = ask_rows(home.published, home.private, home.masks, notice, "nominations")
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    assert len(rows) == sum(len(one.lines) - 1 for one in SENT) - 1  # the total is no row
    current = [(row["project"], row["batch"]) for row in rows if row["is_current"] and row["project"]]
    expected = [item.identity for one in known(NOW.isoformat()).values() for item in one.items]
    assert sorted(" / ".join(one) for one in current) == sorted(expected)
    assert [row["tutor"] for row in rows if row["project"] == "机器人实训"][:1] != [None]
    assert PHONE in {row["tutor"] for row in rows}
    assert PHONE.encode() not in home.published.read_bytes()


def test_a_row_said_twice_is_noted_and_a_total_is_compared(warehouse: duckdb.DuckDBPyConnection) -> None:
    notes = warehouse.execute("SELECT path, code, row_number FROM marts.notes ORDER BY ALL").fetchall()
    first = f"收件/甲市教育局/{SENT[0].name}"
    # The total is the sum of the rows but the one that is there twice: 54 people were written, 42 are said.
    assert [one[1:] for one in notes if one[0] == first and one[1] == "duplicate_row"] == [
        ("duplicate_row", 4)
    ]
    assert ("total_differs", 5) in [one[1:] for one in notes if one[0] == first]
    assert [one[1] for one in notes if one[0].startswith("收件/甲市职业学院/1月")] == ["other_unit_named"]


def test_what_was_corrected_is_told_item_by_item(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        "SELECT title, indicator, value_before, value_after FROM core.cell_changes"
        " WHERE recipient_code = 'A-1' AND period = $1 AND indicator IN ('people', 'rate')",
        [JANUARY],
    ).fetchall()
    assert sorted(rows) == [
        ("数控车床 / 省级", "people", "12", "15"),
        ("数控车床 / 省级", "rate", "5000", "10000"),
        ("机器人实训 / 国家级", "people", "30", None),
        ("机器人实训 / 国家级", "rate", "8000", None),
    ]


def test_the_bulletin_counts_items(home: Home, tmp_path: Path) -> None:
    bulletin = measure_bulletin(
        home.published, load_notice(NOTICE, shared(tmp_path)), "daily", datetime(2025, 2, 25)
    )
    counted = next(one for one in bulletin.indicators if one.deliverable == "nominations")
    assert (counted.name, counted.unit, counted.units) == ("条数", "条", 3)
    assert counted.total is not None
    assert counted.total.value == 5


REFUSED: dict[str, tuple[str, str, str]] = {
    "no identity": ("    identity: [project, batch]\n", "", "缺少必填的键 identity"),
    "an unknown one": ("[project, batch]", "[project, name]", "这张清单没有 name 这一列；可用：project、batch"),
    "one that may be blank": ("[project, batch]", "[project, started]", "started 不是必填的"),
    "one twice": ("[project, batch]", "[project, project]", "project 写了两次"),
    "the code of the count": ("      people: {", "      items: {", "items 是条数的代码"),
    "a daily comparison": ("required: true, unit: 人}\n      funds", "required: true, unit: 人, compares_with: materials}\n      funds", "没有数可对照"),
    "a day that may be blank": ("      started: {headers: [立项日期]", "      period_date: {headers: [立项日期]", "没有必填的 period_date 列"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), REFUSED.values(), ids=REFUSED)
def test_a_list_that_makes_no_sense_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert len([one for one in problems_with(tmp_path, old, new) if said in one]) == 1


CHECKED = """    checks:
      - {left: spent, is: "<=", right: funds}
"""


def test_numbers_that_are_compared_get_examples_and_hints_that_fit(tmp_path: Path) -> None:
    """A chain of comparisons: each example is greater than those below it, and a form asks for it where both are known."""
    path = shared(tmp_path) / NOTICE / "notice.yaml"
    text = path.read_text("utf-8")
    assert text.count(CHECKED) == 1
    path.write_text(
        text.replace(CHECKED, CHECKED + '      - {left: funds, is: ">", right: spent, severity: note}\n'),
        "utf-8",
    )
    with pytest.raises(BadNoticeError, match="前面已经这样比过"):
        load_notice(NOTICE, tmp_path)
    path.write_text(text, "utf-8")
    notice = load_notice(NOTICE, tmp_path)
    item = notice.deliverables["nominations"]
    assert [item.rank(name) for name in ("spent", "funds", "people")] == [0, 1, 0]
    examples = [example_value(notice, "nominations", name, None) for name in ("spent", "funds")]
    assert examples == ["12.5万元", "22.5万元"]
    asked = {one["name"]: one for one in questions(notice, "nominations")}
    assert asked["spent"]["constraint"] == ". >= 0 and (${funds} = '' or . <= ${funds})"
    assert asked["spent"]["constraint_message::Chinese (zh)"].endswith("“已用经费”应不大于“经费”")
    assert "${" not in asked["funds"]["constraint"]
    hints = {one.name: one.hint for one in column_rules(notice, "nominations", notice.recipients[0])}
    assert "应不大于“经费”。" in hints["spent"]


def test_an_answer_of_a_form_is_a_list_or_nothing(tmp_path: Path) -> None:
    notice = load_notice(NOTICE, shared(tmp_path))
    source = AnswerSource(id="odk", path="答卷", line="education")
    row = {"project": "机器人实训", "batch": "national", "people": 3, "funds": 1}
    for repeated, cells in (
        ([row, {**row, "project": "陶艺"}], [["机器人实训", "国家级"], ["陶艺", "国家级"]]),
        ([], [["无", ""]]),
    ):
        record = {"unit": "A-1", "zero_report_of_nominations": "" if repeated else "无", ROWS: repeated}
        envelope = {"answer": "1", "record": record, "labels": {}}
        sheet = read_record(notice, source, json.dumps(envelope).encode()).sheet
        at = [sheet.rows[0].index(header) for header in ("项目名称", "批次")]
        assert [[line[place] for place in at] for line in sheet.rows[1:]] == cells


def test_a_code_that_two_tables_have_is_the_column_of_the_one_that_was_answered(tmp_path: Path) -> None:
    """unit_name is 推荐单位 in the list and 单位名称 in the table of numbers."""
    notice = load_notice(NOTICE, shared(tmp_path))
    source = AnswerSource(id="odk", path="答卷", line="education")
    record = {"unit": "A-1", "unit_name": "甲市教育局", "bases": 3, "level": "national"}
    envelope = {"answer": "1", "record": record, "labels": {}}
    sheet = read_record(notice, source, json.dumps(envelope).encode()).sheet
    assert dict(zip(sheet.rows[0], sheet.rows[1], strict=True)) == {
        "单位名称": "甲市教育局", "基地数": "3", "最高级别": "国家级",
    }  # fmt: skip


def test_a_zero_report_that_somebody_told_meets_the_list(
    home: Home, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shutil.copytree(home.path, tmp_path / "home")
    own, notice = Home(tmp_path / "home"), load_notice(NOTICE, shared(tmp_path_factory.mktemp("notices")))
    given = Given(
        recipients=("B-1",),
        deliverable="nominations",
        periods=("2025-03-01",),
        arrived=datetime(2025, 4, 3, 9),
        how="电话",
    )
    decide(own, notice, Asked("confirm_zero", "电话报没有", "wang", NOW, ""), given)
    found = ask_status(own.published, NOTICE, NOW)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    (row,) = [
        row
        for row in rows
        if (row["recipient_code"], row["deliverable"], row["period"]) == ("B-1", "nominations", "2025-03-01")
    ]
    assert (row["status"], row["is_zero_report"]) == ("on_time", True)
