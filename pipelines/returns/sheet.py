"""The sheet that is added to a returned workbook: what is wrong where, what to change, an example of a right value."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.returns.copy import plain
from pipelines.returns.model import Returned

HEADERS = ("序号", "工作表", "单元格", "行", "列", "原来写的", "怎么改", "正确写法示例")
_WIDTHS = (6, 12, 9, 6, 16, 20, 46, 22)
"""Together what an A4 page lying down takes in letters that can be read."""
_MARGIN = 0.4
"""At the left and the right of the printed page, in inches."""
_FONT = "宋体"
FIRST_LINE = 6
"""The row of the first fault, from 1: title, whose, what, how and headers stand above."""
MOST_LINES = 2000
MOST_NOTES = 100
_SIDE = Side(style="thin", color="FFBFBFBF")
_BORDER = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_HEAD = PatternFill("solid", start_color="FF1F4E78", end_color="FF1F4E78")


@dataclass(frozen=True)
class Line:
    """One fault as people read it; `cell` is its address in `sheet`."""

    sheet: str
    cell: str
    row: int
    header: str
    value: str
    sentence: str
    example: str


def write_sheet(sheet: Worksheet, returned: Returned, lines: Sequence[Line], remark: str = "") -> None:
    """Fills an empty sheet; `remark` is one more sentence about the copy."""
    last = len(HEADERS)
    head = (
        ("退回意见", Font(name=_FONT, bold=True, size=16, color="FFC00000")),
        (describe(returned), Font(name=_FONT)),
        (returned.headline, Font(name=_FONT, bold=True)),
        (_how(lines) + remark, Font(name=_FONT)),
    )
    for row, (text, font) in enumerate(head, 1):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
        cell = sheet.cell(row, 1, _plain(text))
        cell.font, cell.alignment = font, Alignment(wrap_text=True, vertical="center")
        sheet.row_dimensions[row].height = 28 if row == 1 else 20 + 16 * (len(text) // 62)
    for column, (title, width) in enumerate(zip(HEADERS, _WIDTHS, strict=True), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        if lines:
            cell = sheet.cell(FIRST_LINE - 1, column, title)
            cell.font, cell.fill, cell.border = Font(name=_FONT, bold=True, color="FFFFFFFF"), _HEAD, _BORDER
            cell.alignment = Alignment(horizontal="center")
    sheet.row_dimensions[FIRST_LINE - 1].height = 20
    for number, line in enumerate(lines[:MOST_LINES], 1):
        _write_line(sheet, number, line)
    _write_notes(sheet, FIRST_LINE + len(lines[:MOST_LINES]) + 1, returned.notes)
    sheet.freeze_panes = sheet.cell(FIRST_LINE, 1)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins.left = sheet.page_margins.right = _MARGIN
    sheet.print_title_rows = f"{FIRST_LINE - 1}:{FIRST_LINE - 1}" if lines else None
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.sheet_properties.tabColor = "FFC00000"


def _write_line(sheet: Worksheet, number: int, line: Line) -> None:
    row = FIRST_LINE + number - 1
    cells = (number, line.sheet, line.cell, line.row, line.header, line.value, line.sentence, line.example)
    for column, value in enumerate(cells, 1):
        cell = sheet.cell(row, column, _plain(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            cell.data_type = "s"
        cell.font = Font(name=_FONT)
        cell.border, cell.alignment = _BORDER, Alignment(wrap_text=True, vertical="top")
    place = sheet.cell(row, 3)
    quoted = line.sheet.replace("'", "''")
    place.hyperlink = f"#'{quoted}'!{line.cell}"
    place.font = Font(name=_FONT, color="FF0563C1", underline="single")
    sheet.row_dimensions[row].height = 18 * (
        1 + max(len(line.sentence) // 22, len(line.value) // 9, len(line.sheet) // 6, len(line.header) // 8)
    )


def _write_notes(sheet: Worksheet, row: int, notes: Sequence[str]) -> None:
    """What else was noted, below the faults: a heading, then one line each over the whole width."""
    said = list(notes[:MOST_NOTES])
    if len(notes) > MOST_NOTES:
        said.append(f"另有 {len(notes) - MOST_NOTES} 条没有列出。")
    for place, text in enumerate(["另外提请核对（不影响已收下的行）", *said] if said else [], row):
        sheet.merge_cells(start_row=place, start_column=1, end_row=place, end_column=len(HEADERS))
        cell = sheet.cell(place, 1, _plain(text))
        cell.data_type = "s"
        cell.font, cell.alignment = (
            Font(name=_FONT, bold=place == row),
            Alignment(wrap_text=True, vertical="top"),
        )
        sheet.row_dimensions[place].height = 18 * (1 + len(text) // 66)


def describe(returned: Returned) -> str:
    """Whose and which file, and when it was received."""
    parts = [
        returned.recipient,
        returned.deliverable_name,
        returned.shown if returned.is_answer else f"文件：{returned.name}",
    ]
    return "　".join([*(part for part in parts if part), f"收到时间：{returned.received_at:%Y-%m-%d %H:%M}"])


def _how(lines: Sequence[Line]) -> str:
    if not lines:
        return "请照上面的说明改好后重新报送；本页不必删除。"
    more = f"问题较多，这里列出前 {MOST_LINES} 处，其余见表内批注。" if len(lines) > MOST_LINES else ""
    return (
        f"请到表内改正标成粉色的 {len({(line.sheet, line.cell) for line in lines})} 处（点“单元格”一列可跳到那里），"
        f"保存后把本文件放回本单位的文件夹重新报送（不要留在“退回”文件夹里）：已收下的行不会重复计算，文件名可以不改，本页不必删除。示例只说明写法，请填实际情况。{more}"
    )


def _plain(text: str) -> str:
    return plain(text)[:2000]
