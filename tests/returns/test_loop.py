"""Correcting a return and sending it back just works: every row reason, in every way in which a return is written as a workbook."""

import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.returns.write import list_returns
from pipelines.templates.workbook import make_template
from tests.conftest import MakeOnce
from tests.read.habits.case import MATERIALS, PLAN, STATISTICS, material, materials, plan, statistics
from tests.read.habits.write import Rows, biff, text, web, xlsx, zipped
from tests.returns.correct import correct, read_lines

NOTICE = "sd-vocational-week-2020"
UNIT = "教育厅收件/济南市教育局"
NOW = datetime(2020, 12, 1)


def _without(rows: Rows, header: str) -> Rows:
    at = list(rows[0]).index(header)
    return [[cell for column, cell in enumerate(row) if column != at] for row in rows]


def _material(**cells: object) -> Rows:
    """Two valid rows around a faulty one: the file is partly accepted."""
    return materials(material(), material(**cells), material())


TABLES: dict[str, tuple[Callable[[], Rows], str]] = {
    "missing_required": (lambda: _material(title=None), "missing_required"),
    "missing_column": (lambda: _without(_material(), "活动类别"), "missing_required"),
    "bad_date": (lambda: _material(date="上周三"), "bad_date"),
    "outside_window": (lambda: _material(date="2020-12-24"), "outside_window"),
    "not_in_list": (lambda: _material(type="新闻"), "not_in_list"),
    "bad_number": (lambda: _material(participants="很多"), "bad_number"),
    "negative_number": (lambda: _material(views=-5), "negative_number"),
    "unknown_county": (lambda: _material(county="火星区"), "unknown_county"),
    "bad_url": (lambda: _material(link="见附件"), "bad_url"),
    "many_faults": (lambda: _material(title=None, type="新闻", participants="很多", link="无效"), "missing_required"),
    "whole_table": (lambda: materials(material(type="新闻"), material(type="报道")), "not_in_list"),
    "plan_url": (lambda: plan(url="尚未建成"), "bad_url"),
    "plan_phone": (lambda: plan(phone="一三八"), "bad_phone"),
    "plan_email": (lambda: plan(email="没有"), "bad_email"),
    "plan_missing": (lambda: plan(contact=None), "missing_required"),
    "statistics_missing": (lambda: statistics(None), "missing_required"),
    "statistics_number": (lambda: statistics("若干", -1), "bad_number"),
}  # fmt: skip


def _renamed() -> Rows:
    rows = _material()
    return [[("题名" if cell == "标题" else cell) for cell in rows[0]], *rows[1:]]


def _twice(value: object) -> Rows:
    """Two columns of one field, neither the first of its list, that differ in the second row."""
    rows = _material()
    at = rows[0].index("参与人数")
    first = [cell if column != at else "参加人数" for column, cell in enumerate(rows[0])]
    return [
        [*first, "线下参与人数"],
        *([*row, row[at] if number != 1 else value] for number, row in enumerate(rows[1:])),
    ]


def _scaled() -> Rows:
    return [["材料统计（单位：万人次）"], *materials(material(participants=None, views=3))]


def _owners(*rows: list[object]) -> Rows:
    return [list(STATISTICS), *rows]


NEW_TABLES: dict[str, tuple[Callable[[], Rows], str, int]] = {
    "renamed_header": (_renamed, "missing_required", 0),
    "cell_error": (lambda: _material(views="#REF!"), "cell_error", 0),
    "ambiguous_columns": (lambda: _twice(999), "ambiguous_value", 0),
    "ambiguous_line": (_scaled, "ambiguous_value", 1),
    "ambiguous_zero": (lambda: _material(title="无", participants=30), "ambiguous_value", 0),
    "other_unit": (lambda: _owners(["济南市教育局", 1, 2, 3, 4, 5, 6, 7, 8], ["青岛市教育局", 2, 2, 2, 2, 2, 2, 2, 2]), "other_unit", 1),
    "repeated_row": (lambda: _owners(["本局", 1, 2, 3, 4, 5, 6, 7, 8], ["济南市教育局", 2, 2, 2, 2, 2, 2, 2, 2]), "repeated_row", 1),
}  # fmt: skip
"""What version 2 of the contract asks back: rows, reason, and how many rows are not there any more once it is corrected."""
FORMATS = {
    "xlsx": ("日报{}.xlsx", lambda rows: xlsx(("填报", rows))),
    "xls": ("日报{}.xls", biff),
    "et": ("日报{}.et", biff),
    "csv": ("日报{}.csv", text),
    "gb18030": ("日报{}.csv", lambda rows: text(rows, "gb18030")),
    "html": ("日报{}.xls", lambda rows: web(rows, above="<p>填报单位：济南市教育局</p>")),
    "zip": ("日报{}.zip", lambda rows: zipped(("里面/日报.xlsx", xlsx(rows)))),
}  # fmt: skip
SAME = {"et", "gb18030", "zip"}
"""Written like xls, csv and xlsx but for the name, the encoding and the packing: what they go through for each fault is the same,
and a few of them tell whether they go through it."""
FEW = {"missing_column", "bad_date", "many_faults", "statistics_number"}
CASES = {
    f"{format_}-{table}": make()
    for format_ in FORMATS
    for table, (make, _) in TABLES.items()
    if format_ not in SAME or table in FEW
}
CASES |= {
    f"{format_}-{table}": make()
    for format_ in ("xlsx", "xls", "csv", "html")
    for table, (make, *_) in NEW_TABLES.items()
}
CASES["csv-misaligned_row"] = materials(material(), [*material(), "多", "多"], material())
REASONS = (
    {table: reason for table, (_, reason) in TABLES.items()}
    | {table: reason for table, (_, reason, _) in NEW_TABLES.items()}
    | {"misaligned_row": "misaligned_row"}
)
GONE = {table: gone for table, (*_, gone) in NEW_TABLES.items()} | {"misaligned_row": 1}
"""Case -> its rows, with titles that no other case has: the same bytes again would be a duplicate."""


@dataclass(frozen=True)
class World:
    """Three cycles: everything sent in; nothing new; every returned workbook corrected and sent back."""

    home: Home
    placed: dict[str, Path]
    """Case -> the return in the unit's folder."""
    marked: dict[str, int]
    new: tuple[int, int, int]
    first: dict[str, tuple[str, str]]
    """Case -> state and reasons of what was sent in."""
    last: dict[str, tuple[str, str, int]]
    """Case -> state, reason and rows of what was sent back."""


@pytest.fixture(scope="module")
def world(make_once: MakeOnce) -> World:
    """Played once for all workers: half a minute."""
    folder = make_once("loop", lambda to: (to / "world").write_bytes(pickle.dumps(play(Home(to / "home")))))
    return pickle.loads((folder / "world").read_bytes())


def play(home: Home) -> World:
    notice = load_notice(NOTICE)
    inbox = home.inbox(NOTICE)
    for case, rows in CASES.items():
        format_, _, table = case.partition("-")
        name, write = FORMATS[format_]
        target = inbox / UNIT / case / name.format(table)
        target.parent.mkdir(parents=True)
        target.write_bytes(write(rows))
    one = cycle.run(home, notice, now=NOW)
    two = cycle.run(home, notice, now=NOW + timedelta(hours=1))
    placed = _placed(home)
    marked = {}
    for case, file in placed.items():
        target = inbox / UNIT / "更正" / case / file.name
        target.parent.mkdir(parents=True)
        marked[case] = correct(file, target)
    three = cycle.run(home, notice, now=NOW + timedelta(hours=2))
    with duckdb.connect(home.published, read_only=True) as connection:
        found = connection.execute(
            "SELECT path, state, coalesce(rejected_rows, reason, ''), row_count FROM marts.files"
        ).fetchall()
    parts = [(path.split("/"), *ends) for path, *ends in found]
    first = {path[2]: (state, reasons) for path, state, reasons, _ in parts if path[2] != "更正"}
    last = {path[3]: (state, reasons, rows) for path, state, reasons, rows in parts if path[2] == "更正"}
    return World(home, placed, marked, (one["new"], two["new"], three["new"]), first, last)


def _placed(home: Home) -> dict[str, Path]:
    """Each return in the unit's own folder, by the case that it answers."""
    folder = home.inbox(NOTICE) / UNIT / "退回"
    names = {one.file.rpartition("/")[2]: one.path for one in list_returns(home, load_notice(NOTICE))}
    found = {names[file.name].split("/")[2]: file for file in folder.iterdir()}
    assert len(found) == len(list(folder.iterdir()))
    return found


def test_everything_that_was_sent_in_had_its_fault(world):
    reasons = {case: reasons.split("|")[0] for case, (_, reasons) in world.first.items()}
    assert reasons == {case: REASONS[case.partition("-")[2]] for case in CASES}


def test_each_comes_back_once_and_is_never_collected(world):
    assert sorted(world.placed) == sorted(CASES)
    assert world.new == (len(CASES), 0, len(CASES))


@pytest.mark.parametrize("case", CASES)
def test_a_corrected_return_is_accepted(world, case):
    assert world.marked[case] >= 1
    state, reason, rows = world.last[case]
    assert (state, reason) == ("accepted", "")
    assert rows == len(CASES[case]) - 1 - GONE.get(case.partition("-")[2], 0)


@pytest.mark.parametrize("case", ["xlsx-bad_date", "csv-bad_date", "zip-bad_date"])
def test_what_was_right_is_as_it_was_sent(world, case):
    """All cells of the unit's own sheet but the marked one."""
    sent = CASES[case]
    book = openpyxl.load_workbook(world.placed[case])
    assert book.sheetnames[0] == "退回意见"
    kept = [list(row) for row in book.worksheets[1].iter_rows(values_only=True)]
    plain = [[_plain(cell) for cell in row] for row in kept]
    assert plain == [[_plain(cell) for cell in row] for row in sent]


def _plain(cell: object) -> str:
    return str(cell)[:10] if isinstance(cell, datetime) else "" if cell is None else str(cell)


def test_the_sheet_says_where_what_and_how(world):
    (line,) = read_lines(world.placed["xlsx-not_in_list"].read_bytes())
    assert (line["工作表"], line["单元格"], line["行"], line["列"]) == ("填报", "B3", 3, "材料类型")
    assert (line["原来写的"], line["正确写法示例"]) == ("新闻", "典型案例")
    assert "典型案例、稿件、照片、视频" in line["怎么改"]


def test_a_personal_value_is_shown_to_the_unit_itself(world):
    (line,) = read_lines(world.placed["xls-plan_phone"].read_bytes())
    assert line["原来写的"] == "一三八"


def test_a_summary_says_what_counts_and_what_to_change(world):
    by_path = {one.path.split("/")[2]: one for one in list_returns(world.home, load_notice(NOTICE))}
    assert by_path["xlsx-bad_date"].summary == (
        "《日报bad_date.xlsx》共 3 行：2 行已收下，1 行有问题，没有计入。"
        "第3行“活动日期”写的“上周三”认不出是哪一天，请写成 2020-11-08 这样的日期。"
    )
    assert by_path["xlsx-bad_date"].recipient_code == "EDU-3701"


def test_a_return_of_a_template_keeps_its_id_and_its_rules(tmp_path):
    """Filled in wrongly (pasted over the rules), sent to nobody's folder, returned, corrected: the id still tells whose."""
    notice, home = load_notice(NOTICE), Home(tmp_path)
    unit = next(one for one in notice.recipients if one.code == "EDU-3702")
    book = openpyxl.load_workbook(io.BytesIO(make_template(notice, "materials", unit)))
    sheet = book.worksheets[0]
    sheet["A2"] = "某单位"
    for column, value in enumerate((datetime(2020, 11, 9), "新闻", "开放日", "宣传活动"), 2):
        sheet.cell(6, column).value = value
    shared = home.inbox(NOTICE) / "教育厅收件" / "共享"
    shared.mkdir(parents=True)
    book.save(shared / "表.xlsx")
    cycle.run(home, notice, now=NOW)
    (returned,) = (shared / "退回").iterdir()
    correct(returned, shared / returned.name)
    cycle.run(home, notice, now=NOW + timedelta(hours=1))
    with duckdb.connect(home.published, read_only=True) as connection:
        found = connection.execute(
            "SELECT recipient_code, deliverable, state, row_count FROM marts.files ORDER BY received_at"
        ).fetchall()
    assert found == [("EDU-3702", "materials", "rejected", 1), ("EDU-3702", "materials", "accepted", 1)]
    kept = openpyxl.load_workbook(shared / returned.name)
    assert kept["填报表"].protection.sheet
    assert len(kept["填报表"].data_validations.dataValidation) == 9


def test_there_is_a_case_for_every_row_reason():
    assert set(REASONS.values()) == {
        "other_unit",
        "misaligned_row",
        "cell_error",
        "ambiguous_value",
        "repeated_row",
        "missing_required",
        "bad_date",
        "outside_window",
        "not_in_list",
        "bad_number",
        "negative_number",
        "unknown_county",
        "bad_url",
        "bad_phone",
        "bad_email",
    }
    assert len(MATERIALS) == 10
    assert len(PLAN) == 6
