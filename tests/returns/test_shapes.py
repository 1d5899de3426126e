"""Tables that are no plain list: each is marked in the right cells, comes back with what meant something, and is accepted once corrected."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from html import escape
from pathlib import Path

import duckdb
import openpyxl
import pytest
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.returns.rebuild import LOST
from pipelines.returns.write import list_returns
from tests.read.habits.case import PLAN, material, materials, plan, statistics
from tests.read.habits.write import Rows, web, xlsx
from tests.read.open.files import ods
from tests.returns.correct import SHEET, correct, read_lines

NOTICE, UNIT = "sd-vocational-week-2020", "教育厅收件/济南市教育局"
NOW = datetime(2020, 12, 1)


def saved(fill) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "填报"
    fill(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def without(rows: Rows, header: str) -> Rows:
    at = list(rows[0]).index(header)
    return [[cell for column, cell in enumerate(row) if column != at] for row in rows]


def below_each_other() -> bytes:
    """The second table has columns of its own, and lacks one."""
    second = without(materials(material(), material()), "活动类别")
    return xlsx(("填报", [*materials(material()), [None], *second]))


def side_by_side() -> bytes:
    """The left one lacks a column, the right one has a fault; one blank column divides them."""
    left = without(materials(material(), material()), "活动类别")
    right = materials(material(), material(type="新闻"))
    return xlsx(("填报", [[*one, None, *two] for one, two in zip(left, right, strict=True)]))


def merged_type(sheet) -> None:
    for row in materials(material(type="新闻"), material(type=None), material()):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("D3:D4")


def two_row_header(sheet) -> None:
    headers, row = list(materials()[0]), material(participants="很多")
    for column, (header, value) in enumerate(zip(headers, row, strict=True), 1):
        is_count = header in ("参与人数", "线上观看人次")
        sheet.cell(2 if is_count else 1, column, header)
        sheet.cell(3, column, value)
        if not is_count:
            sheet.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)
    sheet.cell(1, 7, "参与情况")
    sheet.merge_cells("G1:H1")


def struck_and_rich(sheet) -> None:
    """A row that was struck out, and a struck word before a right count: neither may come to life again."""
    for row in materials(material(), material(), material(type="新闻")):
        sheet.append(row)
    for cell in sheet[2]:
        cell.font = Font(strike=True)
    sheet["G3"] = CellRichText(TextBlock(InlineFont(strike=True), "900"), "150")


def form(**cells: object) -> list[list[object]]:
    headers, values = PLAN, plan(**cells)[1]
    return [["活动方案"], *([header, value] for header, value in zip(headers, values, strict=True))]


def form_of_counts() -> bytes:
    """Two numbers behind one label."""
    headers, row = statistics(1, 2, 3, 4, 5, 6, 7, 8)
    lines = [[header, value] for header, value in zip(headers, row, strict=True)]
    lines[3].append(9)
    return xlsx(("统计", lines))


def old_binary() -> bytes:
    """Bold, coloured, merged, struck out; and a sign in the faulty cell that no xlsx can hold."""
    book, day = xlwt.Workbook(), xlwt.easyxf(num_format_str="yyyy-mm-dd")
    sheet = book.add_sheet("填报")
    head = xlwt.easyxf("font: bold on; pattern: pattern solid, fore_colour yellow")
    struck = xlwt.easyxf("font: struck_out on")
    for number, row in enumerate(materials(material(), material(), material(type="新\x0b闻"))):
        for column, cell in enumerate(row):
            style = (
                head
                if number == 0
                else struck
                if number == 1
                else day
                if column == 0
                else xlwt.Style.default_style
            )
            sheet.write(number, column, str(cell) if number == 1 and column == 0 else cell, style)
    sheet.write_merge(5, 5, 0, 3, "填表人：某某")
    sheet.col(2).width = 256 * 33
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def spreadsheet_2003() -> bytes:
    lines = "".join(
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="String">{escape(str(cell or ""))}</Data></Cell>' for cell in row)
        + "</Row>"
        for row in materials(material(), material(type="新闻"))
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="填报"><Table>{lines}</Table>'
        "</Worksheet></Workbook>"
    ).encode()


def open_document() -> bytes:
    rows = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell or ""))}</text:p></table:table-cell>' for cell in row)
        + "</table:table-row>"
        for row in materials(material(), material(type="新闻"))
    )  # fmt: skip
    return ods(rows)


def page_in_mail() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.cn", "b@example.cn", "日报"
    mail.set_content("见下表")
    mail.add_alternative(web(materials(material(), material(type="新闻"))).decode(), subtype="html")
    return bytes(mail)


def saved_page() -> bytes:
    page = web(materials(material(), material(type="新闻"))).decode()
    return (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=X; type="text/html"\r\n\r\n--X\r\n'
        f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{page}\r\n--X--\r\n"
    ).encode()


@dataclass(frozen=True)
class Shape:
    """A file; its marked cells with what is to be done there (None: not looked at); how many rows it has once corrected."""

    name: str
    content: bytes
    cells: dict[str, str | None]
    rows: int


def renamed() -> bytes:
    rows = materials(material(), material())
    return xlsx(
        ("填报", [["各位领导：请查收"], ["题名" if cell == "标题" else cell for cell in rows[0]], *rows[1:]])
    )


SHAPES = {
    "below_each_other": Shape("日报.xlsx", below_each_other(), {"J5": "线上宣传展示", "J6": "线上宣传展示"}, 3),
    "side_by_side": Shape("日报.xlsx", side_by_side(), {"J2": "线上宣传展示", "J3": "线上宣传展示", "M3": "典型案例"}, 4),
    "merged": Shape("日报.xlsx", saved(merged_type), {"B2": "典型案例"}, 3),
    "two_row_header": Shape("日报.xlsx", saved(two_row_header), {"G3": "120"}, 1),
    "struck_and_rich": Shape("日报.xlsx", saved(struck_and_rich), {"B4": "典型案例"}, 2),
    "renamed": Shape("日报.xlsx", renamed(), {"C2": "标题"}, 2),
    "form": Shape("方案.xlsx", xlsx(("方案", form(phone="一三八")[:-1])), {"B6": None, "B7": None}, 1),
    "form_of_counts": Shape("统计表.xlsx", form_of_counts(), {"B4": "120人次", "C4": "清空这一格"}, 1),
    "old_binary": Shape("日报.xls", old_binary(), {"B4": "典型案例"}, 2),
    "spreadsheet_2003": Shape("日报.xml", spreadsheet_2003(), {"B3": "典型案例"}, 2),
    "open_document": Shape("日报.ods", open_document(), {"B3": "典型案例"}, 2),
    "mail": Shape("日报.eml", page_in_mail(), {"B3": None}, 2),
    "saved_page": Shape("日报.mht", saved_page(), {"B3": "典型案例"}, 2),
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """What came back, by shape, and the end of what was sent again."""

    returned: dict[str, Path]
    last: dict[str, tuple[str, int]]
    summaries: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    notice, home = load_notice(NOTICE), Home(tmp_path_factory.mktemp("shapes"))
    inbox = home.inbox(NOTICE)
    for name, shape in SHAPES.items():
        target = inbox / UNIT / name / shape.name
        target.parent.mkdir(parents=True)
        target.write_bytes(shape.content)
    cycle.run(home, notice, now=NOW)
    found = {one.path.split("/")[2]: one for one in list_returns(home, notice)}
    returned = {name: home.returns(NOTICE) / one.file for name, one in found.items()}
    for name, file in returned.items():
        if file.suffix == ".xlsx":
            target = inbox / UNIT / "更正" / name / f"{Path(SHAPES[name].name).stem}.xlsx"
            target.parent.mkdir(parents=True)
            correct(file, target)
    cycle.run(home, notice, now=NOW + timedelta(hours=1))
    with duckdb.connect(home.published, read_only=True) as connection:
        ends = connection.execute(
            "SELECT path, state, row_count FROM marts.files WHERE path LIKE '%/更正/%'"
        ).fetchall()
    last = {path.split("/")[3]: (state, rows) for path, state, rows in ends}
    return World(returned, last, {name: one.summary for name, one in found.items()})


@pytest.mark.parametrize("shape", SHAPES)
def test_the_right_cells_are_marked(world, shape):
    lines = read_lines(world.returned[shape].read_bytes())
    said = {str(line["单元格"]): line["正确写法示例"] for line in lines}
    wanted = SHAPES[shape].cells
    assert said.keys() == wanted.keys()
    assert {cell: said[cell] for cell, example in wanted.items() if example} == {
        cell: example for cell, example in wanted.items() if example
    }


@pytest.mark.parametrize("shape", SHAPES)
def test_corrected_by_its_marks_it_is_accepted(world, shape):
    assert world.last[shape] == ("accepted", SHAPES[shape].rows)


def test_a_renamed_header_is_named_and_no_column_is_added(world):
    (line,) = read_lines(world.returned["renamed"].read_bytes())
    assert "请把 C2 改为“标题”" in str(line["怎么改"])
    assert line["原来写的"] == "题名"


def test_merged_cells_stay_merged(world):
    book = openpyxl.load_workbook(world.returned["merged"])
    assert {str(area) for area in book["填报"].merged_cells.ranges} == {"B2:B3", "D3:D4"}


def test_struck_and_rich_text_stay(world):
    sheet = openpyxl.load_workbook(world.returned["struck_and_rich"], rich_text=True)["填报"]
    assert sheet["C2"].font.strike
    assert isinstance(sheet["G3"].value, CellRichText)
    assert sheet["G3"].value[0].font.strike


def test_an_old_workbook_comes_back_with_its_looks(world):
    book = openpyxl.load_workbook(world.returned["old_binary"])
    sheet = book["填报"]
    assert sheet["A1"].font.bold
    assert sheet["A1"].fill.start_color.rgb == "FFFFFF00"
    assert sheet["C2"].font.strike
    assert sheet.column_dimensions["C"].width == 33
    assert "A6:D6" in {str(area) for area in sheet.merged_cells.ranges}
    assert LOST not in str(book[SHEET]["A4"].value)


@pytest.mark.parametrize("shape", ["open_document", "spreadsheet_2003", "saved_page", "mail"])
def test_what_loses_its_looks_says_so(world, shape):
    book = openpyxl.load_workbook(world.returned[shape])
    assert str(book[SHEET]["A4"].value).endswith(LOST)
