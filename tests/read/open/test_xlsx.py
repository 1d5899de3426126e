"""xlsx -> grid: what its cells show or hide beside their values."""

import io

import msoffcrypto
import openpyxl
import pytest
import xlsxwriter

from pipelines.read.findings import FileRejected
from pipelines.read.grid import Marks, Span
from tests.read.open.files import RELS, R, only_sheet, opened, raw_xlsx, xlsx, zipped


def test_a_plain_sheet_has_no_marks() -> None:
    sheet = only_sheet(xlsx(lambda _, sheet: sheet.write_row("B3", ["标题", 300])), "a.xlsx")
    assert (sheet.name, sheet.first_row, sheet.first_column) == ("表", 3, 2)
    assert sheet.rows == [["标题", 300.0]]
    assert not sheet.marks


def _merged(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
    sheet.merge_range("B2:B4", "11月9日")
    sheet.write_column("C2", [1, 2, 3])


def _rich(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
    struck, raised = book.add_format({"font_strikeout": True}), book.add_format({"font_script": 1})
    sheet.write_rich_string("A1", struck, "900", "150")
    sheet.write_rich_string("B1", "200", raised, "1")
    sheet.write("C1", 900, struck)
    sheet.write("D1", "旧题目", struck)
    sheet.write("E1", "留下")
    sheet.write("F1", "注", raised)
    sheet.write_rich_string("G1", struck, "全", struck, "划")


def _links(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
    sheet.write_url("A1", "http://a.example.cn/1", string="点击查看")
    sheet.write_formula("B1", '=HYPERLINK("http://a.example.cn/2","看这里")', None, "看这里")
    sheet.write_url("C1", "internal:表!A1", string="目录")


def _scaled(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
    for column, shown in enumerate(['0.0"万"', "0%", "#,##0,", '0"人"', "#,##0", "0!.0,"]):
        sheet.write(0, column, 12000, book.add_format({"num_format": shown}))
    sheet.write(0, 6, "文字", book.add_format({"num_format": "0%"}))


@pytest.mark.parametrize(
    ("fill", "rows", "marks"),
    [
        pytest.param(
            _merged, [["11月9日", 1.0], ["", 2.0], ["", 3.0]], Marks(spans=(Span(0, 0, 2, 0),)), id="merged"
        ),
        pytest.param(
            _rich,
            [["150", "200", "", "", "留下", "", ""]],
            Marks(
                struck=frozenset({(0, 2), (0, 3), (0, 6)}),
                left_out={(0, 0): "900150", (0, 1): "2001", (0, 2): "900", (0, 3): "旧题目", (0, 5): "注", (0, 6): "全划"},
            ),
            id="struck and raised",
        ),
        pytest.param(
            _links,
            [["点击查看", "看这里", "目录"]],
            Marks(links={(0, 0): "http://a.example.cn/1", (0, 1): "http://a.example.cn/2"}),
            id="links",
        ),
        pytest.param(
            _scaled,
            [[12000.0] * 6 + ["文字"]],
            Marks(scaled={(0, 0): '0.0"万"', (0, 1): "0%", (0, 2): "#,##0,", (0, 5): "0!.0,"}),
            id="number formats that multiply",
        ),
    ],
)  # fmt: skip
def test_marks(fill, rows, marks) -> None:
    sheet = only_sheet(xlsx(fill), "a.xlsx")
    assert sheet.rows == rows
    assert sheet.marks == marks


@pytest.mark.parametrize(
    ("cells", "row", "marks"),
    [
        pytest.param('<c r="A1" t="e"><v>#REF!</v></c><c r="B1"><v>1</v></c>', ["#REF!", 1.0], Marks(errors={(0, 0): "#REF!"}), id="error"),
        pytest.param('<c r="A1"><f>SUM(B1:B2)</f></c><c r="B1"><v>1</v></c>', ["=SUM(B1:B2)", 1.0], Marks(errors={(0, 0): "=SUM(B1:B2)"}), id="formula without a result"),
        pytest.param('<c r="B1"><v>1</v></c><c r="C1"><f>B1*2</f><v></v></c>', [1.0, "=B1*2"], Marks(errors={(0, 1): "=B1*2"}), id="beyond the last value"),
        pytest.param('<c r="A1"><f>B1*2</f><v>2</v></c>', [2.0], Marks(), id="formula with a result"),
        pytest.param('<c r="A1" t="str"><f>IF(B1,"","x")</f><v></v></c><c r="B1"><v>1</v></c>', ["", 1.0], Marks(), id="formula that shows nothing"),
        pytest.param('<c r="A1"><f>HYPERLINK("http://a.example.cn","看")</f></c>', ["看"], Marks(links={(0, 0): "http://a.example.cn"}), id="link formula without a result"),
        pytest.param('<c r="A1" t="inlineStr"><is><r><t>20</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>1</t></r></is></c>', ["20"], Marks(left_out={(0, 0): "201"}), id="inline text"),
        pytest.param('<c r="A1" t="s"><v>0</v></c><c t="s"><v>1</v></c>', ["甲", "乙"], Marks(left_out={(0, 1): "乙丙"}), id="shared text, cells without a place"),
        pytest.param('<c r="A1" s="1"><v>5</v></c><c r="B1"><v>6</v></c>', ["", 6.0], Marks(struck=frozenset({(0, 0)}), left_out={(0, 0): "5"}), id="style of the cell"),
    ],
)  # fmt: skip
def test_marks_of_single_cells(cells, row, marks) -> None:
    sheet = only_sheet(
        raw_xlsx(
            f'<row r="1">{cells}</row>',
            strings='<si><t>甲</t></si><si><r><t>乙</t></r><r><rPr><strike val="1"/></rPr><t>丙</t></r></si>',
            styles='<fonts><font/><font><strike/></font></fonts><cellXfs><xf fontId="0"/><xf fontId="1" numFmtId="0"/></cellXfs>',
        ),
        "a.xlsx",
    )
    assert [cell for cell in sheet.rows[0] if cell is not None] == row
    assert sheet.marks == marks


def test_values_that_a_merge_covers_are_blank() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    sheet = only_sheet(
        raw_xlsx(rows, after='<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A1:XFD9"/></mergeCells>'),
        "a.xlsx",
    )
    assert sheet.rows == [[1.0, ""]]
    assert sheet.marks.spans == (Span(0, 0, 0, 1),)


def test_hidden_sheets_are_skipped_and_hidden_rows_and_columns_are_data() -> None:
    book = openpyxl.Workbook()
    book.active.append(["甲", "乙"])
    book.active.append(["丙", "丁"])
    book.active.row_dimensions[2].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.create_sheet("藏").append(["x"])
    book["藏"].sheet_state = "hidden"
    book.create_sheet("深藏").append(["x"])
    book["深藏"].sheet_state = "veryHidden"
    file = io.BytesIO()
    book.save(file)
    assert only_sheet(file.getvalue(), "a.xlsx").rows == [["甲", "乙"], ["丙", "丁"]]


def _renamed(content: bytes, rename) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return zipped({rename(name): archive.read(name) for name in archive.namelist()})


@pytest.mark.parametrize(
    "rename",
    [
        pytest.param(str.upper, id="upper case"),
        pytest.param(lambda name: name.replace("/", "\\"), id="backslashes"),
        pytest.param(lambda name: name.replace("sharedStrings", "SharedStrings"), id="one part"),
    ],
)
def test_parts_in_other_spellings(rename) -> None:
    sheet = only_sheet(_renamed(xlsx(_rich), rename), "a.xlsx")
    assert sheet.rows[0][:2] == ["150", "200"]


def test_a_hidden_macro_sheet_is_passed_over() -> None:
    content = xlsx(_merged)
    macro = '<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><sheetData/></xm:macrosheet>'
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/macrosheets/sheet1.xml"] = macro.encode()
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"</sheets>", b'<sheet name="Macro1" sheetId="9" state="veryHidden" r:id="rId99"/></sheets>'
    )
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"'
        b' Target="macrosheets/sheet1.xml"/></Relationships>',
    )
    assert only_sheet(zipped(parts), "a.xlsx").marks.spans == (Span(0, 0, 2, 0),)


def _locked(password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    file = io.BytesIO()
    OOXMLFile(io.BytesIO(xlsx(_merged))).encrypt(password, file)
    return file.getvalue()


def test_the_password_that_excel_supplies_opens() -> None:
    assert msoffcrypto.OfficeFile(io.BytesIO(_locked("VelvetSweatshop"))).is_encrypted()
    assert only_sheet(_locked("VelvetSweatshop"), "a.xlsx").marks.spans == (Span(0, 0, 2, 0),)


def test_another_password_does_not() -> None:
    with pytest.raises(FileRejected, match="encrypted"):
        opened(_locked("12345"), "a.xlsx")


def test_limits_on_size() -> None:
    content = xlsx(lambda _, sheet: sheet.write_column("A1", ["同样的文字"] * 20_000))
    with pytest.raises(FileRejected, match="too_large"):
        opened(content, "a.xlsx", max_table_bytes=1000)
    with pytest.raises(FileRejected, match="too_large"):
        opened(content, "a.xlsx", max_inflated_bytes=100_000)
    with pytest.raises(FileRejected, match="too_large"):
        opened(content, "a.xlsx", max_inflation=2, small_inflated_bytes=100_000)
    assert len(only_sheet_rows := opened(content, "a.xlsx", max_inflation=2).sheets[0].rows) == 20_000, (
        only_sheet_rows[:1]
    )


def test_a_link_behind_a_whole_column_costs_little() -> None:
    sheet = only_sheet(
        raw_xlsx(
            '<row r="1"><c r="A1"><v>1</v></c></row>',
            after='<hyperlinks><hyperlink ref="A1:A1048576" r:id="rId1"/></hyperlinks>',
            rels=f'<Relationship xmlns="{RELS}" Id="rId1" Type="{R}/hyperlink" Target="http://a.example.cn" TargetMode="External"/>',
        ),
        "a.xlsx",
    )
    assert sheet.marks.links == {(0, 0): "http://a.example.cn"}
