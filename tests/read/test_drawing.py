"""A file drawn: every cell with the role that the reader gave it, merges whole, counts of all its cells, bounded in size."""

import os
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from pipelines.ground.settings import Settings
from pipelines.notice import load_notice
from pipelines.read.account import Account
from pipelines.read.drawing import CELLS, COLUMNS, ROWS, Drawer
from pipelines.read.drawn import DrawJob, Drawn
from pipelines.read.grid import Content, Sheet
from pipelines.read.names import Location
from pipelines.read.piece import Piece
from pipelines.read.submission import Claim
from tests.read.test_account import sheets

NOTICE = load_notice("sd-vocational-week-2020")
DRAWER = Drawer(NOTICE, Settings())
HEADER = ["活动日期", "材料类型", "标题", "活动类别", "参与人数"]
ROW = ["11月9日", "稿件", "某标题", "宣传活动", 100]
PLACE = "教育厅收件/济南市教育局"


def draw(path, name="日报.xlsx", **asked) -> Drawn:
    piece = f"{PLACE}/{name}"
    job = DrawJob(
        "r",
        "education_folder",
        piece,
        str(path),
        "0" * 64,
        path.stat().st_size,
        datetime(2020, 11, 9),
        claim=Claim(asked.get("piece", piece), "EDU-3701"),
        **{"piece": piece, **asked},
    )
    return DRAWER.read(job)


def workbook(path, *grids, merges=()):
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(grids, 1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(row)
        for merge in merges:
            sheet.merge_cells(merge)
    book.save(path)
    return path


def roles(sheet):
    return [[cell.role for cell in row.cells if cell.role] for row in sheet.rows]


def test_every_cell_has_the_role_that_the_reader_gave_it(tmp_path):
    rows = [
        ["某某日报"],
        ["填报单位：济南市教育局"],
        [*HEADER, "附带的一列"],
        [*ROW, "不认识"],
        ["合计", None, None, None, 100],
        ["填表人：某"],
    ]
    drawn = draw(workbook(tmp_path / "x", rows))
    (sheet,) = drawn.sheets
    assert (drawn.format, drawn.sentence, sheet.way, sheet.left) == ("workbook", "", "read", 0)
    assert roles(sheet) == [
        ["title"],
        ["declaration"],
        ["header"] * 6,
        ["value"] * 5 + ["unread"],
        ["total"] * 2,
        ["remark"],
    ]
    assert sheet.filled == sum(sheet.counts.values()) == 17
    assert [(one.code, one.column) for one in drawn.notes] == [("unread_column", 6)]


def test_a_merge_is_one_cell_and_struck_text_is_shown_struck(tmp_path):
    path = workbook(tmp_path / "x.xlsx", [HEADER, ROW, [None, *ROW[1:]], ["旧", *ROW[1:]]], merges=["A2:A3"])
    book = load_workbook(path)
    for cell in book.worksheets[0][4]:
        cell.font = Font(strike=True)
    book.save(path)
    (sheet,) = draw(path).sheets
    first, second, struck = sheet.rows[1:4]
    assert (first.cells[0].text, first.cells[0].rows) == ("11月9日", 2)
    assert [cell.column for cell in second.cells] == [2, 3, 4, 5], "what a merge covers is not drawn again"
    assert {(cell.text, cell.role) for cell in struck.cells} >= {("旧", "struck"), ("某标题", "struck")}


def test_a_big_sheet_is_drawn_a_page_at_a_time_and_counted_whole(tmp_path):
    path = workbook(
        tmp_path / "x", [HEADER, *[[*ROW[:2], f"标题{number}", *ROW[3:]] for number in range(450)]]
    )
    (sheet,) = draw(path).sheets
    assert len(sheet.rows) == ROWS < sheet.left == 451 - ROWS
    assert sheet.counts == {"header": 5, "value": 450 * 5}
    (later,) = draw(path, sheet=1, first=401).sheets
    assert [row.number for row in later.rows] == list(range(401, 452))
    assert later.counts == sheet.counts


def test_wide_and_many_sheets_share_one_page(tmp_path):
    wide = [[f"格{at}" for at in range(90)] for _ in range(150)]
    sheets_drawn = draw(workbook(tmp_path / "x", wide, wide, wide)).sheets
    assert {len(sheet.columns) for sheet in sheets_drawn} == {COLUMNS}
    assert {sheet.width for sheet in sheets_drawn} == {90}
    assert sum(len(row.cells) for sheet in sheets_drawn for row in sheet.rows) <= CELLS
    assert sheets_drawn[2].left > 0
    named = draw(tmp_path / "x", name="日报.xlsx", sheet=3).sheets
    assert [len(sheet.rows) for sheet in named] == [0, 0, 150]


@pytest.mark.parametrize(
    ("name", "content", "sentence", "paragraphs"),
    [
        ("总结.txt", "一段话".encode(), "附件", 0),
        ("照片.jpg", b"\xff\xd8\xff" + b"x" * 50, "附件", 0),
        ("日报.xlsx", b"", "空的", 0),
        ("日报.rtf", rb"{\rtf1 hello\par world}", "RTF", 2),
        ("~$日报.xlsx", b"x" * 165, "系统自带", 0),
    ],
    ids=["prose", "picture", "empty", "rtf", "junk"],
)
def test_what_cannot_be_drawn_is_said(tmp_path, name, content, sentence, paragraphs):
    (tmp_path / "x").write_bytes(content)
    drawn = draw(tmp_path / "x", name=name)
    assert sentence in drawn.sentence
    assert len(drawn.paragraphs) == paragraphs
    assert not drawn.sheets or name == "总结.txt"


def test_an_answer_is_drawn_with_its_questions_alone(tmp_path):
    questions = [
        "序号",
        "提交答卷时间",
        "1、单位名称",
        "2、活动日期",
        "3、材料类型",
        "4、标题",
        "5、活动类别",
    ]
    answers = [
        [number, "2020/11/9 10:00:00", "济南市教育局", "2020/11/9", "稿件", f"标题{number}", "宣传活动"]
        for number in (1, 2, 3)
    ]
    path = workbook(tmp_path / "x", [questions, *answers])
    source = next(one for one in NOTICE.sources if one.kind == "form_export")
    place = f"{source.path}/导出.xlsx"
    job = DrawJob("r", source.id, place, str(path), "0" * 64, 1, datetime(2020, 11, 9), piece=f"{place}#2")
    (sheet,) = DRAWER.read(job).sheets
    assert [row.number for row in sheet.rows] == [1, 3]
    assert sheet.rows[1].cells[5].text == "标题2"
    assert [cell.role for cell in sheet.rows[1].cells] == ["number", *["value"] * 6], (
        "what the service writes is known"
    )
    assert sheet.filled == len([cell for row in sheet.rows for cell in row.cells if cell.role])


@settings(
    max_examples=int(os.environ.get("NOTICES_FUZZ", "25")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(sheets(), min_size=1, max_size=2), st.sampled_from(["workbook", "docx", "text"]))
def test_the_roles_drawn_are_those_that_were_counted(given_sheets: list[Sheet], file_format: str) -> None:
    files = DRAWER._files
    job = DrawJob("r", "education_folder", f"{PLACE}/日报.xlsx", "", "0" * 64, 1, datetime(2020, 11, 9))
    files.watch(job.path)
    piece = Piece(job, Location.of(job.path, "教育厅收件", "education"), job.sha256, 1)
    files.read_content(piece, Content(given_sheets), file_format)  # type: ignore[arg-type]
    page = files.seen.page
    assert page is not None
    for laid in page.layouts:
        read = page.of_sheet(laid)
        by_cell = Account(laid, read, by_cell=True)
        assert by_cell.counts == Account(laid, read).counts
        rows = range(len(laid.sheet.rows))
        assert by_cell.count_rows(rows) == by_cell.counts


def test_a_job_keeps_what_it_is_of(tmp_path):
    path = workbook(tmp_path / "x", [HEADER, ROW])
    job = DrawJob(
        "one", "education_folder", f"{PLACE}/日报.xlsx", str(path), "0" * 64, 1, datetime(2020, 11, 9)
    )
    assert DRAWER.read(replace(job, receipt_id="other", piece=job.path)).receipt_id == "other"
