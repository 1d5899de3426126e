"""Draws the pictures of docs/submitters.md from real workbooks, which a test sends through the whole path as well.

`python -m tools.submitters_pictures` writes docs/pictures/submitters-*.png; it needs soffice, pdftoppm and a Chinese font.
"""

import io
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from PIL import Image, ImageChops

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
_LINE = Side(style="thin", color="FF7F7F7F")
_HEAD = PatternFill("solid", start_color="FFDDEBF7", end_color="FFDDEBF7")
_PALE = Font(name="宋体", size=11, color="FF7F7F7F")
_PLAIN = Font(name="宋体", size=11)
WIDTH = 900
"""Pixels; a wider picture is made smaller."""


def materials() -> bytes:
    """What is understood: a title, the unit, a header of two rows, a merged day, a total, a remark."""
    book, sheet = _sheet("日报")
    lines: list[list[Any]] = [
        ["活动周材料日报"],
        ["填报单位：济南市教育局"],
        ["日期", "类型", "标题", "活动类别", "参与情况"],
        [None, None, None, None, "参与人数", "线上观看人次"],
        ["11月9日", "稿件", "校园开放日走进社区", "宣传活动", "约300人", "1.2万"],
        [None, "照片", "校园开放日现场", "宣传活动", "300余", "1,200"],
        ["2020.11.10", None, "零报告"],
        ["合计", None, None, None, 600, 13200],
        ["填表人：某某"],
    ]
    _fill(sheet, lines, head=range(3, 5), body=range(3, 9))
    for area in ("A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:F3", "A5:A6", "A1:F1"):
        sheet.merge_cells(area)
    return _saved(book, (14, 10, 26, 14, 14, 16))


def statistics() -> bytes:
    """Whose row counts: the unit's own; the counties' are its parts."""
    book, sheet = _sheet("统计表")
    lines: list[list[Any]] = [
        ["单位名称", "活动场次", "参与学校数", "参与企业数", "参与学生人次", "参与教师人次", "参与群众人次", "线上参与人次", "媒体报道篇数"],
        ["全市", 12, 9, 5, 4200, 310, 900, 15000, 8],
        ["历下区", 7, 5, 3, 2600, 200, 500, 9000, 5],
        ["市中区", 5, 4, 2, 1600, 110, 400, 6000, 3],
    ]  # fmt: skip
    _fill(sheet, lines, head=range(1, 2), body=range(1, 5))
    return _saved(book, (12, *[13] * 8))


def asked_back() -> bytes:
    """What is asked back: two days, two numbers in a cell, an error value, another word than the list's."""
    book, sheet = _sheet("日报")
    lines: list[list[Any]] = [
        ["活动日期", "材料类型", "标题", "活动类别", "参与人数", "链接"],
        ["11.8-11.10", "稿件", "技能展演", "宣传活动", 120, None],
        ["2020-11-09", "稿件", "公益课堂", "宣传活动", "100\n200", None],
        ["2020-11-09", "稿件", "工匠讲堂", "宣传活动", "#REF!", None],
        ["2020-11-09", "新闻", "成果展", "宣传活动", 80, "见附件"],
    ]
    _fill(sheet, lines, head=range(1, 2), body=range(1, 6))
    return _saved(book, (14, 12, 16, 14, 12, 14))


def renamed() -> bytes:
    """A required header that was renamed: nobody can be sure what it means."""
    book, sheet = _sheet("日报")
    lines: list[list[Any]] = [
        ["活动日期", "材料类型", "活动类别", "活动的标题"],
        ["2020-11-09", "稿件", "宣传活动", "社区体验日"],
        ["2020-11-10", "照片", "宣传活动", "体验日现场"],
    ]
    _fill(sheet, lines, head=range(1, 2), body=range(1, 4))
    return _saved(book, (14, 12, 14, 20))


WORKBOOKS = {
    "materials": materials,
    "statistics": statistics,
    "asked-back": asked_back,
    "renamed": renamed,
}


def _sheet(name: str) -> tuple[openpyxl.Workbook, Any]:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    return book, sheet


def _fill(sheet: Any, lines: list[list[Any]], *, head: range, body: range) -> None:
    last = max(map(len, lines))
    for row, line in enumerate(lines, 1):
        sheet.row_dimensions[row].height = 34 if any("\n" in str(cell) for cell in line) else 19
        for column in range(1, last + 1):
            cell = sheet.cell(row, column, line[column - 1] if column <= len(line) else None)
            cell.font = Font(name="宋体", size=11, bold=True) if row in head else _PLAIN
            cell.alignment = Alignment(
                vertical="center", horizontal="center" if row in head else None, wrap_text=row in body
            )
            if row in body:
                cell.border = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
            if row in head:
                cell.fill = _HEAD


def _saved(book: openpyxl.Workbook, widths: tuple[int, ...]) -> bytes:
    sheet = book.worksheets[0]
    for column, width in zip("ABCDEFGHI", widths, strict=False):
        sheet.column_dimensions[column].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def draw(book: Path, picture: Path, *, page: int = 1) -> None:
    """One page of a workbook, cut down to what stands on it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", name, str(book))
        made = folder / "page"
        _run("pdftoppm", "-r", "96", "-png", "-singlefile", "-f", str(page), "-l", str(page),
             str(folder / f"{book.stem}.pdf"), str(made))  # fmt: skip
        image = Image.open(made.with_suffix(".png")).convert("RGB")
    box = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    left, top, right, bottom = box or (0, 0, *image.size)
    image = image.crop((max(left - 12, 0), max(top - 12, 0), right + 12, bottom + 12))
    if image.width > WIDTH:
        image = image.resize((WIDTH, image.height * WIDTH // image.width), Image.Resampling.LANCZOS)
    image.quantize(64).save(picture, optimize=True)


def _run(*command: str) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise SystemExit(f"需要 {command[0]}")
    subprocess.run([program, *command[1:]], check=True, capture_output=True, timeout=300)


def main() -> None:
    """Writes every picture, those of a return as the path itself marks it."""
    with tempfile.TemporaryDirectory() as name:
        for title, make in WORKBOOKS.items():
            book = Path(name) / f"{title}.xlsx"
            book.write_bytes(make())
            draw(book, PICTURES / f"submitters-{title}.png")
        returned = Path(name) / "returned.xlsx"
        returned.write_bytes(_return_of(asked_back(), Path(name) / "home"))
        draw(returned, PICTURES / "submitters-returned.png")
        draw(returned, PICTURES / "submitters-marked.png", page=2)


def _return_of(content: bytes, folder: Path) -> bytes:
    from datetime import datetime

    from pipelines import cycle
    from pipelines.ground.home import Home
    from pipelines.notice import load_notice
    from pipelines.returns.write import list_returns

    home, notice = Home(folder), load_notice("sd-vocational-week-2020")
    target = home.inbox(notice.id) / "教育厅收件" / "济南市教育局" / "日报.xlsx"
    target.parent.mkdir(parents=True)
    target.write_bytes(content)
    cycle.run(home, notice, now=datetime(2020, 11, 10, 9, 30))
    (one,) = list_returns(home, notice)
    return (home.returns(notice.id) / one.file).read_bytes()


if __name__ == "__main__":
    main()
