"""A notice of money and percentages by quarter: every amount and moment worked out again from what was sent, by fractions."""

import csv
import io
import os
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from pipelines import cycle
from pipelines.ask import figures
from pipelines.ask.rows import ask_rows
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.report.measure import measure_bulletin
from pipelines.report.phrases import DECIMALS
from pipelines.report.tables import make_tables, show
from pipelines.sample.documents import write_docx

NOTICE = "qh-vocational-funds-2023"
NOW = datetime(2024, 1, 31, 20)
CITY = {"JY-01": "西宁市", "JY-02": "海东市", "JY-03": "海北州", "XX-01": "西宁市", "XX-02": "西宁市"}
HEAD = (
    "单位名称",
    "统计截止日期",
    "下达资金",
    "支出资金",
    "支出进度",
    "满意度",
    "生均培养成本",
    "新增实训面积",
    "自评得分",
    "受益学生数",
)
INDICATORS = (
    "budget",
    "spent",
    "progress",
    "satisfaction",
    "unit_cost",
    "floor_area",
    "ranking_score",
    "students",
)
TOGETHER = ("sum", "sum", "weighted", "mean", "max", "sum", "none", "sum")
Q1, Q2 = "2023-01-01", "2023-04-01"


class Table(NamedTuple):
    """A table as it was sent, and what its row says by the notice: in 元, per cent and square metres; None: nothing."""

    unit: str
    folder: str
    name: str
    at: str
    period: str
    lines: tuple[tuple[object, ...], ...]
    says: tuple[str | None, ...] = ()
    """In the order of INDICATORS; empty where the row goes back."""
    reasons: str = ""


def row(unit: str, day: str, *cells: object) -> tuple[object, ...]:
    return (unit, day, *cells)


SENT = (
    # One second before it is due; money in the headers' own units.
    Table("JY-01", "西宁市教育局", "季报表.csv", "2023-04-10 17:59:59", Q1,
        ((*HEAD[:2], "下达资金（万元）", "支出资金（元）", *HEAD[4:]),
         row("西宁市教育局", "2023-03-31", "1200.5", "6,002,500", "50%", "92.5", "8500", "1200.25", "88", "3,200")),
        ("12005000", "6002500", "50", "92.5", "8500", "1200.25", "88", "3200")),
    # On the dot; the notice's unit where nothing says another, the cell's own before all; not applicable.
    Table("XX-01", "示例一职", "季报表.csv", "2023-04-10 18:00:00", Q1,
        (HEAD, row("示例第一职业学校", "2023年3月31日", "300", "2999990元", "99.99%", "80.05", "12,000.05元", "-", "70.5", "150")),
        ("3000000", "2999990", "99.99", "80.1", "12000.05", None, "70.5", "150")),
    # More than all of it was spent: goes back; then put right, a day late.
    Table("XX-02", "示例二职", "季报表.csv", "2023-04-09 09:00:00", Q1,
        (HEAD, row("示例二职", "2023-03-31", "100", "25", "120%", "", "9000.5", "0", "", "90")), (), "bad_number"),
    Table("XX-02", "示例二职", "季报表（改）.csv", "2023-04-11 09:00:00", Q1,
        (HEAD, row("示例二职", "2023-03-31", "100", "0.0025亿元", "25.005", "", "9000.5", "0", "", "90")),
        ("1000000", "250000", "25.01", None, "9000.5", "0", None, "90")),
    # Extended to 14 April; a line above states the unit of what has none.
    Table("JY-03", "海北州教育局", "季报表.csv", "2023-04-12 10:00:00", Q1,
        (("单位：元",), HEAD, row("海北州教育局", "2023-03-31", "800000", "200000", "25%", "99.9%", "7000", "33.335", "100", "70")),
        ("800000", "200000", "25", "99.9", "7000", "33.34", "100", "70")),
    # A county's rows and no row of the unit's own: what may not be summed is asked back.
    Table("JY-02", "海东市教育局", "季报表.csv", "2023-04-10 08:00:00", Q1,
        (HEAD, row("甲区", "2023-03-31", "10", "5", "50%", "90", "8000", "1", "60", "10"),
         row("乙县", "2023-03-31", "20", "5", "25%", "80", "8000", "1", "60", "20")), (), "ambiguous_value"),
    # The second quarter, from a workbook that shows 0.615 as 61.5%.
    Table("JY-01", "西宁市教育局", "二季度季报表.xlsx", "2023-07-10 17:00:00", Q2,
        (HEAD, row("西宁市教育局", "2023-06-30", 1300, 799.5, 0.615, 93, 8600.55, 0, 90, 3300)),
        ("13000000", "7995000", "61.5", "93", "8600.55", "0", "90", "3300")),
)  # fmt: skip
REPORTS = (
    # Named; later than due and named by nothing; the next; too late by more than a quarter for the first.
    ("西宁市教育局", "2023年第一季度分析报告.docx", "2023-04-05 09:00:00", "JY-01", Q1, "on_time"),
    ("海东市教育局", "分析报告.docx", "2023-04-20 09:00:00", "JY-02", Q1, "late"),
    ("海东市教育局", "分析报告（二）.docx", "2023-07-10 09:00:00", "JY-02", Q2, "on_time"),
    ("海北州教育局", "分析报告.docx", "2023-08-01 09:00:00", "JY-03", Q2, "late"),
)  # fmt: skip
MOMENTS = ("2023-04-10T17:59:59", "2023-04-10T18:00:30", "2023-04-12T10:00:00", "2023-07-15T00:00:00")


def write(table: Table) -> bytes:
    if table.name.endswith(".csv"):
        text = io.StringIO()
        csv.writer(text).writerows(table.lines)
        return text.getvalue().encode("gb18030")
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet, percent = book.add_worksheet(), book.add_format({"num_format": "0.0%"})
    for number, line in enumerate(table.lines):
        for place, cell in enumerate(line):
            sheet.write(number, place, cell, percent if place == 4 and number else None)
    book.close()
    return target.getvalue()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    inbox, home = tmp_path_factory.mktemp("inbox"), Home(tmp_path_factory.mktemp("home"))
    notice = load_notice(NOTICE)
    files = [(one.folder, one.name, one.at, write(one)) for one in SENT]
    files += [
        (folder, name, at, write_docx([f"{folder}{at}"], heading="情况")) for folder, name, at, *_ in REPORTS
    ]
    for folder, name, at, content in files:
        path = inbox / notice.sources[0].path / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        moment = datetime.fromisoformat(at).replace(tzinfo=notice.zone).timestamp()
        os.utime(path, (moment, moment))
    cycle.run(home, notice, inbox, NOW)
    return home.published


def rounded(value: Fraction) -> Decimal:
    """To a millionth, halves away from zero."""
    doubled = 2 * value.numerator * 10**6 + value.denominator
    return Decimal(doubled // (2 * value.denominator)).scaleb(-6)


def bring_together(said: list[tuple[str | None, ...]], place: int) -> Decimal | None:
    given = [Fraction(one[place]) for one in said if one[place] is not None]
    if not given or TOGETHER[place] == "none":
        return None
    if TOGETHER[place] == "sum":
        return rounded(sum(given, Fraction(0)))
    if TOGETHER[place] == "max":
        return rounded(max(given))
    if TOGETHER[place] == "mean":
        return rounded(sum(given, Fraction(0)) / len(given))
    pairs = [(Fraction(one[place]), Fraction(str(one[0]))) for one in said if one[place] is not None]
    return rounded(
        sum((value * weight for value, weight in pairs), Fraction(0)) / sum(weight for _, weight in pairs)
    )


def known(moment: str) -> Iterable[Table]:
    return [
        one for one in SENT if one.says and datetime.fromisoformat(one.at) <= datetime.fromisoformat(moment)
    ]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("by_city", [True, False], ids=["city", "province"])
def test_every_amount_is_what_was_worked_out(published: Path, moment: str, by_city: bool) -> None:
    groups: dict[tuple[str, str], list[tuple[str | None, ...]]] = {}
    for one in known(moment):
        groups.setdefault((CITY[one.unit] if by_city else "", one.period), []).append(one.says)
    expected = {
        (*group, indicator): bring_together(said, place)
        for group, said in groups.items()
        for place, indicator in enumerate(INDICATORS)
    }
    column, mart = ("city", "statistics_by_city_as_of") if by_city else ("''", "statistics_by_province_as_of")
    with duckdb.connect(published, read_only=True) as connection:
        rows = connection.execute(
            f"SELECT {column}, period, indicator, amount, total FROM marts.{mart}($1, $2)",
            [NOTICE, datetime.fromisoformat(moment)],
        ).fetchall()
    assert {row[:3]: row[3] for row in rows if row[3] is not None} == {
        key: value for key, value in expected.items() if value is not None
    }
    totals = {row[:3]: row[4] for row in rows if row[4] is not None}
    assert totals == {
        key: int(value) for key, value in expected.items() if key[2] == "students" and value is not None
    }


def test_what_each_unit_said_is_kept_exactly(published: Path) -> None:
    with duckdb.connect(published, read_only=True) as connection:
        rows = connection.execute(
            "SELECT recipient_code, period, indicator, amount, value FROM marts.statistics WHERE notice_id = $1", [NOTICE]
        ).fetchall()  # fmt: skip
    assert {row[:3]: row[3] for row in rows} == {
        (one.unit, one.period, indicator): None if said is None else Decimal(said)
        for one in SENT
        for indicator, said in zip(INDICATORS, one.says, strict=bool(one.says))
    }
    assert {row[2] for row in rows if row[4] is not None} == {"students"}


def test_every_table_comes_to_its_end(published: Path) -> None:
    found = {(row[1], row[0].rpartition("/")[2]): row for row in figures.ask_files(published, NOTICE).rows}
    for one in SENT:
        state, reasons = found[one.unit, one.name][4], found[one.unit, one.name][6] or ""
        assert (state, reasons) == ("accepted" if one.says else "rejected", one.reasons)


def test_what_is_sent_back_says_what_may_be_filled_in(published: Path) -> None:
    with duckdb.connect(published, read_only=True) as connection:
        said = connection.execute("SELECT sentence FROM raw.verdicts WHERE reason = 'bad_number'").fetchall()
    assert said == [("第2行“支出进度”写的“120%”超出了范围，应在 0 至 100% 之间，请核对数和单位",)]


# (expected, due, on_time, late, missing, pending): Xining owes 3 tables and a report a quarter, the others one of each.
COUNTED = ("city", "expected", "due", "on_time", "late", "missing", "pending")
FIGURES = {
    "2023-04-10T18:00:30": [
        ("西宁市", 16, 3, 3, 0, 1, 12),
        ("海东市", 8, 1, 0, 0, 1, 7),
        ("海北州", 8, 0, 0, 0, 0, 8),
    ],
    "2023-04-30T00:00:00": [
        ("西宁市", 16, 4, 3, 1, 0, 12),
        ("海东市", 8, 2, 0, 1, 1, 6),
        ("海北州", 8, 2, 1, 0, 1, 6),
    ],
    "2024-01-31T00:00:00": [
        ("西宁市", 16, 16, 4, 1, 11, 0),
        ("海东市", 8, 8, 1, 1, 6, 0),
        ("海北州", 8, 8, 1, 1, 6, 0),
    ],
}


@pytest.mark.parametrize("moment", FIGURES)
def test_who_owes_what_at_each_moment(published: Path, moment: str) -> None:
    found = figures.ask_metrics(published, NOTICE, datetime.fromisoformat(moment))
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    assert [tuple(row[name] for name in COUNTED) for row in rows] == FIGURES[moment]


def test_each_report_is_for_its_quarter(published: Path) -> None:
    found = figures.ask_status(published, NOTICE, NOW)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    stated = {
        (one["recipient_code"], one["period"]): one["status"]
        for one in rows
        if one["deliverable"] == "analysis"
    }
    expected = {(unit, period): status for _, _, _, unit, period, status in REPORTS}
    assert {key: status for key, status in stated.items() if status != "missing"} == expected
    assert len(stated) == 3 * 4


def test_rows_are_printed_as_the_numbers_that_they_are(published: Path) -> None:
    found = ask_rows(
        published,
        published.parent / "none.duckdb",
        published.parent / "none.sqlite",
        load_notice(NOTICE),
        "funds",
    )
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    first: dict[str, Any] = next(one for one in rows if "示例一职" in one["path"])
    assert (first["spent"], first["progress"], first["students"]) == (
        Decimal("2999990.00"),
        Decimal("99.99"),
        150,
    )


def test_the_bulletin_calls_a_mean_a_mean_and_sums_what_may_be_summed(published: Path) -> None:
    bulletin = measure_bulletin(published, load_notice(NOTICE), "daily", datetime(2023, 4, 30))
    table = next(one for key, one in make_tables(bulletin).items() if key == "statistics:funds")
    assert table.total is not None
    shown = dict(
        zip([one.header for one in table.columns], [show(one, "number") for one in table.total], strict=True)
    )
    q1 = [one.says for one in known("2023-04-30") if one.period == Q1]
    weighted = bring_together(q1, 2)
    assert weighted is not None
    assert shown["下达资金（万元）"] == "1680.5"
    assert shown["支出进度（%）"] == f"约{round(weighted, DECIMALS).normalize():f}"  # 25.005% was rounded
    assert shown["自评得分"] == "—"
    assert "支出进度为加权平均" in table.note
    assert "自评得分为各单位分别填报、不汇总的数" in table.note
