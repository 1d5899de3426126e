"""What goes back for each sort of file: a marked workbook where it can be one, else one page."""

import hashlib
import io
import zipfile
from datetime import datetime

import docx
import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from pipelines.ground.settings import Settings
from pipelines.notice import load_notice
from pipelines.returns.marker import Marker
from pipelines.returns.model import Fault, Part, Returned
from pipelines.returns.rebuild import LOST
from pipelines.templates.workbook import make_template
from tests.read.habits.case import material, materials
from tests.read.habits.write import biff, text, web, word, xlsx
from tests.returns.correct import PINK, read_lines

SENTENCE = "第2行“材料类型”写的“新闻”不在规定的选项里"


@pytest.fixture(scope="module")
def marker():
    return Marker(load_notice("sd-vocational-week-2020"), Settings())


@pytest.fixture
def job(tmp_path):
    """Makes a job from bytes: one fault in B2 of `sheet` unless told otherwise."""

    def make(content: bytes, format: str | None = "workbook", sheet: str = "Sheet1", **known) -> Returned:
        path = tmp_path / "object"
        path.write_bytes(content)
        given = {
            "submission_id": "s1",
            "receipt_id": "r1",
            "source": "education_folder",
            "path": "教育厅收件/济南市教育局/日报.xlsx",
            "receipt_path": "教育厅收件/济南市教育局/日报.xlsx",
            "object_path": str(path),
            "sha256": hashlib.sha256(content).hexdigest(),
            "format": format,
            "recipient_code": "EDU-3701",
            "recipient": "济南市教育局",
            "deliverable": "materials",
            "deliverable_name": "材料",
            "received_at": datetime(2020, 11, 10, 8),
            "is_answer": False,
            "state": "partly accepted",
            "reason": None,
            "sentence": None,
            "row_count": 2,
            "rejected_row_count": 1,
            "faults": (fault(sheet),),
            "parts": {1: Part(1, frozenset({2, 3}), frozenset(range(1, 11)), sheet)},
        }
        return Returned(**{**given, **known})

    return make


def fault(sheet: str = "Sheet1", row: int = 2, column: int | None = 2, **known) -> Fault:
    given = {
        "column_name": "material_type",
        "header": "材料类型",
        "value": "新闻",
        "sentence": SENTENCE,
        "example": "典型案例",
    }
    return Fault(sheet, row, column, **{**given, **known})


def table() -> list[list[object]]:
    return materials(material(type="新闻"), material())


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "file_format", "sheet"),
    [
        pytest.param(xlsx(table()), "workbook", "Sheet1", id="xlsx"),
        pytest.param(biff(table()), "workbook", "Sheet1", id="xls"),
        pytest.param(text(table()), "text", "", id="csv"),
        pytest.param(web(table()), "html", "表1", id="html"),
    ],
)
def test_a_table_comes_back_marked(marker, job, content, file_format, sheet):
    made = marker.read(job(content, file_format, sheet))
    assert made.suffix == ".xlsx"
    (line,) = read_lines(made.content)
    cell = opened(made.content)[line["工作表"]][line["单元格"]]
    assert (cell.coordinate, cell.value, cell.fill.start_color.rgb) == ("B2", "新闻", PINK)
    assert cell.comment.text == f"{SENTENCE}\n例：典型案例"


@pytest.mark.parametrize(
    ("known", "says"),
    [
        pytest.param({"format": "docx"}, SENTENCE, id="docx"),
        pytest.param(
            {"is_answer": True, "path": "导出.xlsx#12"}, SENTENCE.removeprefix("第2行"), id="answer"
        ),
        pytest.param(
            {"state": "rejected", "reason": "encrypted", "sentence": "文件设有密码", "faults": ()},
            "文件设有密码",
            id="encrypted",
        ),
        pytest.param(
            {"state": "rejected", "reason": "unreadable", "sentence": "打不开", "format": None, "faults": ()},
            "打不开",
            id="unreadable",
        ),
    ],
)
def test_what_cannot_be_marked_comes_back_as_a_page(marker, job, known, says):
    made = marker.read(job(word(table()), **known))
    assert made.suffix == ".docx"
    document = docx.Document(io.BytesIO(made.content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    texts += [cell.text for rows in document.tables for row in rows.rows for cell in row.cells]
    assert texts[0] == "退回意见"
    assert says in [text.rstrip("。") for text in texts]


NOTED = tuple(f"第{number}列没有读，请核对" for number in range(1, 13))


def test_what_was_noted_stands_below_the_faults(marker, job):
    made = marker.read(job(xlsx(table()), notes=NOTED))
    said = [row[0] for row in opened(made.content)["退回意见"].iter_rows(values_only=True) if row[0]]
    assert [one for one in said if one in NOTED] == list(NOTED)
    assert said.index(NOTED[0]) == said.index("另外提请核对（不影响已收下的行）") + 1
    (line,) = read_lines(made.content)
    assert line["单元格"] == "B2", "a note is no fault"


def test_a_page_says_what_was_noted_too(marker, job):
    made = marker.read(job(word(table()), format="docx", notes=NOTED))
    texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(made.content)).paragraphs]
    assert texts.index(f"1. {NOTED[0]}") == texts.index("另外提请核对") + 1
    assert "另有 2 条没有列出。" in texts


def test_a_page_stays_a_page(marker, job):
    many = tuple(fault(row=row) for row in range(2, 402))
    made = marker.read(job(b"", "docx", faults=many))
    document = docx.Document(io.BytesIO(made.content))
    assert len(document.tables[0].rows) == 21
    assert any("另有 380 处" in paragraph.text for paragraph in document.paragraphs)


def test_formulas_in_data_rows_become_what_they_showed_and_others_stay(marker, job):
    """openpyxl keeps no results: a count that is a formula would be blank to whoever reads the return."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("Sheet1")
    for number, row in enumerate(table()):
        for column, cell in enumerate(row):
            sheet.write(number, column, str(cell) if column == 0 else cell)
    sheet.write_formula(1, 6, "=100+200", None, 300)
    sheet.write_formula(3, 6, "=SUM(G2:G3)", None, 600)
    book.close()
    made = opened(marker.read(job(stream.getvalue())).content)
    assert made["Sheet1"]["G2"].value == 300
    assert made["Sheet1"]["G4"].value == "=SUM(G2:G3)"


def test_text_that_looks_like_a_formula_stays_text(marker, job):
    made = opened(marker.read(job(text([*table(), ["=1+1"]]), "text", "")).content)
    assert (made.worksheets[1]["A4"].value, made.worksheets[1]["A4"].data_type) == ("=1+1", "s")


def test_a_faulty_cell_in_a_merged_one_can_be_filled_in(marker, job):
    book = opened(xlsx(table()))
    book["Sheet1"].merge_cells("B2:B3")
    stream = io.BytesIO()
    book.save(stream)
    made = opened(marker.read(job(stream.getvalue(), faults=(fault(row=3, value=None),))).content)
    made["Sheet1"]["B3"].value = "稿件"
    assert made["Sheet1"]["B2"].value == "新闻"
    assert made["Sheet1"]["B3"].fill.start_color.rgb == PINK


def test_a_column_that_was_not_there_is_added_at_the_right(marker, job):
    faults = (fault(column=None, column_name="link", header="链接", value=None),)
    made = opened(marker.read(job(xlsx(table()), faults=faults)).content)
    assert made["Sheet1"]["K1"].value == "链接"
    assert made["Sheet1"]["K2"].fill.start_color.rgb == PINK


def test_marks_of_an_earlier_return_are_gone_and_the_units_own_stay(marker, job):
    book = opened(marker.read(job(xlsx(table()))).content)
    book["Sheet1"]["B2"].value = "稿件"
    book["Sheet1"]["C2"].comment = Comment("我们自己的话", "某人")
    book["Sheet1"]["C2"].font = Font(bold=True)
    stream = io.BytesIO()
    book.save(stream)
    again = marker.read(job(stream.getvalue(), faults=(fault(row=3),)))
    made = opened(again.content)
    assert made.sheetnames == ["退回意见", "Sheet1"]
    assert made["Sheet1"]["B2"].comment is None
    assert made["Sheet1"]["B2"].fill.fill_type is None
    assert made["Sheet1"]["C2"].comment.text == "我们自己的话"
    assert made["Sheet1"]["C2"].font.bold
    assert [line["单元格"] for line in read_lines(again.content)] == ["B3"]


def test_a_sign_that_no_workbook_holds_costs_nothing(marker, job):
    bad = fault(
        value="新\x0b闻\ud800\uffff",
        sentence="第2行写的“新\x0b闻\ud800”不对",
        header="材料\x01类型",
        column=None,
    )
    made = marker.read(job(xlsx(table()), faults=(bad, fault(row=3))))
    assert made.suffix == ".xlsx"
    assert opened(made.content)["Sheet1"]["K2"].comment.text.startswith("第2行写的“新闻”不对")


def test_what_openpyxl_refuses_is_built_anew(marker, job):
    """A pattern that no specification knows: the reader never looks at it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(table()))) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'"gray125"', b'"nonsense"'))
    with pytest.raises(ValueError, match="styles"):
        opened(stream.getvalue())
    made = marker.read(job(stream.getvalue()))
    assert made.suffix == ".xlsx"
    book = opened(made.content)
    assert book["Sheet1"]["B2"].fill.start_color.rgb == PINK
    assert str(book["退回意见"]["A4"].value).endswith(LOST)


def test_a_large_workbook_comes_back_as_a_page(job):
    small = Marker(load_notice("sd-vocational-week-2020"), Settings(max_return_bytes=10))
    assert small.read(job(xlsx(table()))).suffix == ".docx"


def test_a_stray_cell_far_out_costs_nothing(marker, job):
    book = opened(xlsx(table()))
    book["Sheet1"]["XFD1048576"] = "x"
    stream = io.BytesIO()
    book.save(stream)
    assert marker.read(job(stream.getvalue())).suffix == ".xlsx"


def test_a_returned_template_prints_what_was_filled_in(marker, job):
    """Of two hundred rows to fill in, three: not five sheets of blank lines."""
    notice = load_notice("sd-vocational-week-2020")
    book = opened(make_template(notice, "materials", notice.recipients[0]))
    sheet = book.worksheets[0]
    for row in (6, 7, 8):
        sheet.cell(row, 4, "新闻")
    stream = io.BytesIO()
    book.save(stream)
    made = opened(
        marker.read(job(stream.getvalue(), sheet=sheet.title, faults=(fault(sheet.title, 6, 4),))).content
    )
    opinion, returned, *_ = made.worksheets
    assert returned.print_area == f"'{returned.title}'!$A$1:${get_column_letter(sheet.max_column)}$8"
    assert returned.print_title_rows == "$4:$4"
    for printed in (opinion, returned):
        assert printed.page_setup.orientation == "landscape"
        assert printed.sheet_properties.pageSetUpPr.fitToPage
    widths = sum(one.width for one in opinion.column_dimensions.values())
    assert widths <= 140, "wider, an A4 page shows it in letters that are hard to read"


def test_a_page_is_set_like_a_bulletin(marker, job):
    made = marker.read(job(b"", "docx", faults=(fault(),)))
    document = docx.Document(io.BytesIO(made.content))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
    assert document.paragraphs[0].style.name == "Title"
    assert str(document.styles["Title"].font.color.rgb) == "000000"
    widths = sum(cell.width for cell in document.tables[0].rows[0].cells)
    assert widths <= section.page_width - section.left_margin - section.right_margin


def test_a_page_says_whom_to_call(job):
    notice = load_notice("sd-vocational-week-2020")
    (contact,) = [one for one in notice.mail.contacts if one.line == "education"]
    made = Marker(notice, Settings()).read(job(b"", "docx", faults=()))
    last = docx.Document(io.BytesIO(made.content)).paragraphs[-1].text
    assert last.startswith(f"有疑问请联系{contact.name}：电话 {contact.phone}")
    silent = Marker(notice.model_copy(update={"mail": None}), Settings()).read(job(b"", "docx", faults=()))
    assert "联系" not in docx.Document(io.BytesIO(silent.content)).paragraphs[-1].text
