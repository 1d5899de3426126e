"""A statistics deliverable that takes zero reports: what a zero word in the unit's row makes of its numbers, and what of its obligation."""

import csv
import io
import os
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import openpyxl
import pytest

from pipelines import cycle
from pipelines.decide.given import Asked, Given
from pipelines.decide.take import decide
from pipelines.ground.errors import BadNoticeError
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from pipelines.notice.folder import NOTICES

NOTICE = "nx-canteen-safety-2020"
NOW = datetime(2021, 1, 20, 20)
UNIT = "银川市教育局"
HEAD = (
    "单位名称",
    "统计截止日期",
    "排查食堂数",
    "发现隐患数",
    "整改隐患数",
    "停业整顿食堂数",
    "培训从业人员数",
    "备注",
)
INDICATORS = ("canteens_checked", "hazards_found", "hazards_fixed", "canteens_closed", "staff_trained")
DAY = "{day}"
"""Stands for the last day of the week that a case is for."""


class Case(NamedTuple):
    """A table's rows below its header, and what its unit has said by them: None where the file goes back."""

    id: str
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int | None, ...] | None
    is_zero: bool = True
    reasons: str = ""
    head: tuple[str, ...] = HEAD


CHECK = '{left: hazards_fixed, is: "<=", right: hazards_found}'
ZEROS = (0, 0, 0, 0, 0)
CASES = (
    Case("in the first number", ((UNIT, DAY, "零报告"),), ZEROS),
    Case("in every number", ((UNIT, DAY, "无", "无", "无", "无", "无"),), ZEROS),
    Case("in a column that is not read", ((UNIT, DAY, "", "", "", "", "", "零报告"),), ZEROS),
    Case("with punctuation", ((UNIT, DAY, "", "", "", "", "（零报告）", ""),), ZEROS),
    Case("in place of the unit", (("零报告", DAY),), ZEROS),
    Case("beside what is not applicable", ((UNIT, DAY, "-", "", "无", "", "", ""),), (None, 0, 0, 0, 0)),
    Case("beside zeros", ((UNIT, DAY, "0", "0", "", "", "", "零报告"),), ZEROS),
    Case("beside a number", ((UNIT, DAY, "12", "无", "", "", "40", ""),), (12, 0, 0, 0, 40), is_zero=False),
    Case("beside what cannot be read", ((UNIT, DAY, "若干", "", "", "", "", "无"),), None, reasons="bad_number"),
    Case("alone, so without a day", (("", "", "零报告"),), None, reasons="missing_required"),
    Case("alone below numbers", ((UNIT, DAY, "3", "2", "1", "0", "9"), ("", "", "", "", "", "", "", "无")), (3, 2, 1, 0, 9), is_zero=False),
    Case("parts that are all zero", (("甲县", DAY, "零报告"), ("乙县", DAY, "", "无")), ZEROS),
    Case("parts of which one is", (("甲县", DAY, "零报告"), ("乙县", DAY, "3", "2", "1", "0", "9")), (3, 2, 1, 0, 9), is_zero=False),
    Case("no word at all", ((UNIT, DAY, "0", "0", "0", "0", "0", ""),), ZEROS, is_zero=False),
    Case("numbers that contradict each other", ((UNIT, DAY, "9", "5", "7", "0", "0", ""),), None, reasons="inconsistent"),
    Case("a table without a column", ((UNIT, DAY, "", "", "", "零报告"),), ZEROS, head=(*HEAD[:5], HEAD[7])),
)  # fmt: skip
UNITS = ("EDU-6401", "EDU-6402", "EDU-6403")
NAMES = {"EDU-6401": UNIT, "EDU-6402": "石嘴山市教育局", "EDU-6403": "吴忠市教育局"}


def place(number: int) -> tuple[str, date]:
    """The unit that a case is sent by and the first day of its week: none has two cases in a week."""
    return UNITS[number % 3], date(2020, 11, 30) + timedelta(7 * (number // 3))


def as_csv(case: Case, unit: str, last_day: date) -> bytes:
    text = io.StringIO()
    lines = [
        [NAMES[unit] if cell == UNIT else cell.format(day=last_day) for cell in row] for row in case.rows
    ]
    csv.writer(text).writerows([case.head, *lines])
    return text.getvalue().encode()


def changed(folder: Path, *edits: str) -> Notice:
    """The notice with texts replaced: each that is there once, and what stands for it."""
    shutil.copytree(NOTICES / NOTICE, folder / NOTICE)
    shutil.copy(NOTICES / "words.yaml", folder)
    path = folder / NOTICE / "notice.yaml"
    text = path.read_text("utf-8")
    for old, new in zip(edits[::2], edits[1::2], strict=True):
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    return load_notice(NOTICE, folder)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    notice = changed(
        tmp_path_factory.mktemp("notices"),
        "    file_words: [周报]\n",
        f"    file_words: [周报]\n    zero_report: true\n    checks: [{CHECK}]\n",
    )
    inbox, home = tmp_path_factory.mktemp("inbox"), Home(tmp_path_factory.mktemp("home"))
    for number, case in enumerate(CASES):
        unit, first_day = place(number)
        path = inbox / notice.sources[0].path / NAMES[unit] / f"周报{number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_csv(case, unit, first_day + timedelta(6)))
        moment = datetime.combine(first_day + timedelta(6), datetime.min.time(), notice.zone).timestamp()
        os.utime(path, (moment, moment))
    cycle.run(home, notice, inbox, NOW)
    with duckdb.connect(home.published, read_only=True) as connection:
        yield connection


def ask(warehouse: duckdb.DuckDBPyConnection, sql: str, number: int) -> list[tuple[Any, ...]]:
    unit, first_day = place(number)
    return warehouse.execute(sql, [unit, first_day.isoformat()]).fetchall()


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.id for case in CASES])
def test_a_zero_word_is_zero_where_nothing_else_is_said(
    warehouse: duckdb.DuckDBPyConnection, number: int
) -> None:
    case = CASES[number]
    numbers = ask(
        warehouse,
        "SELECT indicator, value FROM marts.statistics WHERE recipient_code = $1 AND period = $2",
        number,
    )
    ((status, is_zero),) = ask(
        warehouse,
        """
        SELECT status, is_zero_report FROM marts.obligation_status
        WHERE deliverable = 'weekly_table' AND recipient_code = $1 AND period = $2
        """,
        number,
    )
    assert dict(numbers) == (dict(zip(INDICATORS, case.numbers, strict=True)) if case.numbers else {})
    assert (status, is_zero) == (("on_time", case.is_zero) if case.numbers else ("missing", False))
    found = warehouse.execute(
        "SELECT state, coalesce(rejected_rows, '') FROM marts.files WHERE path LIKE $1",
        [f"%/周报{number}.csv"],
    ).fetchall()
    assert found == [("accepted" if case.numbers else "rejected", case.reasons)]


def test_a_zero_report_owes_no_text_no_least_and_no_order(tmp_path: Path) -> None:
    """What only says that there was nothing is valid, as a file and as what somebody confirmed by telephone."""
    notice = changed(
        tmp_path / "notices",
        "      canteens_checked: {headers: [排查食堂数, 检查食堂数], required: true, unit: 个}\n",
        "      measures: {headers: [主要措施], required: true, type: text}\n"
        "      canteens_checked: {headers: [排查食堂数], required: true, unit: 个, min: 1}\n",
        "    file_words: [周报]\n",
        "    file_words: [周报]\n    zero_report: true\n    checks: [{left: canteens_checked, is: '>', right: hazards_found}]\n",
    )
    first_day, home = date(2020, 11, 30), Home(tmp_path / "home")
    path = home.inbox(notice.id) / notice.sources[0].path / UNIT / "周报.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(as_csv(CASES[0], UNITS[0], first_day + timedelta(6)))
    cycle.run(home, notice, now=datetime(2020, 12, 6, 12))
    decide(
        home,
        notice,
        Asked("confirm_zero", "来电", "wang", datetime(2020, 12, 6, 13)),
        Given(
            recipients=(UNITS[1],),
            deliverable="weekly_table",
            periods=("2020-11-30",),
            arrived=datetime(2020, 12, 6, 12, 30),
            how="电话",
        ),
    )
    cycle.run(home, notice, now=datetime(2020, 12, 6, 14))
    with duckdb.connect(home.published, read_only=True) as connection:
        found = connection.execute(
            "SELECT recipient_code, status, is_zero_report FROM marts.obligation_status"
            " WHERE deliverable = 'weekly_table' AND period = '2020-11-30' ORDER BY ALL"
        ).fetchall()
    assert found[:2] == [(UNITS[0], "on_time", True), (UNITS[1], "on_time", True)]


@pytest.mark.parametrize("kind", ["summary", "plan"])
def test_only_statistics_ask_for_zero_reports(tmp_path: Path, kind: str) -> None:
    with pytest.raises(BadNoticeError) as caught:
        changed(tmp_path, "    kind: summary\n", f"    kind: {kind}\n    zero_report: true\n")
    assert [one for one in caught.value.problems if "zero_report" in one and f"写在了 {kind} 上" in one]


def test_a_zero_report_beside_numbers_on_another_sheet_goes_back_with_them(tmp_path: Path) -> None:
    """Both would stand for the unit, though a zero report owes no text; which of them speaks, nobody can tell."""
    notice = changed(
        tmp_path,
        *("    file_words: [周报]\n", "    file_words: [周报]\n    zero_report: true\n"),
        *(
            "    ignored_headers: [备注, 联系人]\n",
            "      remark: {headers: [备注], type: text, required: true}\n",
        ),
    )
    home, book = Home(tmp_path / "home"), openpyxl.Workbook()
    for sheet, row in (
        (book.active, [UNIT, "2020-12-06", "零报告"]),
        (book.create_sheet("二"), [UNIT, "2020-12-06", 9, 5, 5, 0, 3, "正常"]),
    ):
        sheet.append(HEAD)
        sheet.append(row)
    path = home.inbox(notice.id) / notice.sources[0].path / UNIT / "周报.xlsx"
    path.parent.mkdir(parents=True)
    book.save(path)
    cycle.run(home, notice, now=NOW)
    with duckdb.connect(home.published, read_only=True) as connection:
        found = connection.execute("SELECT sheet, reason FROM marts.verdicts ORDER BY ALL").fetchall()
    assert found == [("Sheet", "repeated_row"), ("二", "repeated_row")]
