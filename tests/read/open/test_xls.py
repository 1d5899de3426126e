"""xls and xlsb -> grid: marks out of binary records."""

import pytest
import xlrd
import xlwt

from pipelines.read.grid import Marks, Span
from tests.read.open.files import only_sheet, opened, xls, xlsb

STRUCK, RAISED = xlwt.easyfont("struck_out true"), xlwt.easyfont("escapement superscript")
STRUCK_CELL = xlwt.easyxf("font: struck_out true")


def _merged(_: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
    sheet.write_merge(1, 3, 1, 1, "11月9日")
    for row in (1, 2, 3):
        sheet.write(row, 2, row)


def _rich(_: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
    sheet.write_rich_text(0, 0, [("900", STRUCK), "150"])
    sheet.write_rich_text(0, 1, ["200", ("1", RAISED)])
    sheet.write(0, 2, 900, STRUCK_CELL)
    sheet.write(0, 3, "旧题目", STRUCK_CELL)
    sheet.write(0, 4, 900.5, STRUCK_CELL)
    sheet.write_rich_text(0, 5, ["全", ("划", STRUCK)], STRUCK_CELL)


def _links(_: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
    sheet.write(0, 0, xlwt.Formula('HYPERLINK("http://a.example.cn/甲","看这里")'))
    sheet.write(0, 1, xlwt.Formula('UPPER("x")'))


def _scaled(_: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
    for column, shown in enumerate(['0.0"万"', "0%", '0"人"', "#,##0,"]):
        sheet.write(0, column, 12000 + column, xlwt.easyxf(num_format_str=shown))


def _errors(_: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
    sheet.row(0).set_cell_error(0, "#REF!")
    sheet.write(0, 1, xlwt.Formula("SUM(D1:D9)"))
    sheet.write(0, 2, 1)


@pytest.mark.parametrize(
    ("fill", "rows", "marks"),
    [
        pytest.param(_merged, [["11月9日", 1], ["", 2], ["", 3]], Marks(spans=(Span(0, 0, 2, 0),)), id="merged"),
        pytest.param(
            _rich,
            [["150", "200", "", "", "", ""]],
            Marks(
                struck=frozenset({(0, 2), (0, 3), (0, 4), (0, 5)}),
                left_out={(0, 0): "900150", (0, 1): "2001", (0, 2): "900", (0, 3): "旧题目", (0, 4): "900.5", (0, 5): "全划"},
            ),
            id="struck and raised",
        ),
        pytest.param(
            _links, [["看这里"]], Marks(links={(0, 0): "http://a.example.cn/甲"}), id="link formula"
        ),
        pytest.param(
            _scaled,
            [[12000, 12001, 12002, 12003]],
            Marks(scaled={(0, 0): '0.0"万"', (0, 1): "0%", (0, 3): "#,##0,"}),
            id="number formats that multiply",
        ),
        pytest.param(
            _errors, [["#REF!", "=…", 1]], Marks(errors={(0, 0): "#REF!", (0, 1): "=…"}), id="errors and formulas without a result"
        ),
    ],
)  # fmt: skip
def test_marks(fill, rows, marks) -> None:
    sheet = only_sheet(xls(fill), "a.xls")
    assert [row[: len(rows[0])] for row in sheet.rows] == rows
    assert sheet.marks == marks


def test_rich_texts_that_go_on_in_another_record_are_read_as_xlrd_reads_them() -> None:
    """Shared strings fill more than one record of 8,224 bytes: letters, and their fonts, go across the border."""

    def fill(_: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
        for row in range(300):
            kept = "题目abc"[row % 3 :] * (row % 40 + 1) if row % 2 else "abc" * (row % 50 + 1)
            sheet.write_rich_text(row, 0, [kept, ("划" * (row % 7 + 1), STRUCK), "尾"])

    content = xls(fill)
    sheet = only_sheet(content, "a.xls")
    book = xlrd.open_workbook(file_contents=content, formatting_info=True)
    expected = [book.sheet_by_index(0).cell_value(row, 0) for row in range(300)]
    assert [sheet.marks.left_out[(row, 0)] for row in range(300)] == expected
    assert [row[0] for row in sheet.rows] == [text.replace("划", "") for text in expected]


def test_hidden_sheets_are_skipped() -> None:
    def fill(book: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
        sheet.write(0, 0, "见")
        book.add_sheet("藏").visibility = 1

    assert [sheet.name for sheet in opened(xls(fill), "a.et").sheets] == ["表"]


def test_xlsb() -> None:
    sheet = only_sheet(xlsb(), "a.xlsb")
    assert (sheet.first_row, sheet.first_column) == (2, 2)
    assert sheet.rows == [["", "#REF!", "200"], [0.5, "", ""], ["合并", "", ""]]
    assert sheet.marks == Marks(
        spans=(Span(2, 0, 2, 1),),
        errors={(0, 1): "#REF!"},
        links={(1, 0): "http://a.example.cn/1"},
        struck=frozenset({(0, 0)}),
        left_out={(0, 0): "900", (0, 2): "2001"},
        scaled={(1, 0): "0%"},
    )
