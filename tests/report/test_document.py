"""The docx measured against GB/T 9704-2012: numbers from the standard, not from the program."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

from pipelines.report.document import write_document
from pipelines.report.wording import word_bulletin

MM = 1440 / 25.4
"""Twips in a millimetre."""


@pytest.fixture(scope="module")
def written(evening: Any) -> Any:
    return evening[1]


@pytest.fixture(scope="module")
def document(written: Any) -> Any:
    return Document(str(written.paths[0]))


@pytest.mark.parametrize(
    ("attribute", "millimetres"),
    [
        ("page_width", 210),
        ("page_height", 297),
        ("top_margin", 37),
        ("left_margin", 28),
        ("right_margin", 26),
        ("bottom_margin", 35),
    ],
)
def test_page_and_margins(document: Any, attribute: str, millimetres: float) -> None:
    for section in document.sections:
        assert getattr(section, attribute).mm == pytest.approx(millimetres, abs=0.1)


def test_type_area_and_grid(document: Any) -> None:
    section = document.sections[0]
    width = section.page_width.twips - section.left_margin.twips - section.right_margin.twips
    height = section.page_height.twips - section.top_margin.twips - section.bottom_margin.twips
    assert width / MM == pytest.approx(156, abs=0.1)
    assert height / MM == pytest.approx(225, abs=0.1)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "linesAndChars"
    assert height // int(grid.get(qn("w:linePitch"))) == 22
    pitch = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    assert width / 20 // pitch == 28


@pytest.mark.parametrize(
    ("style", "font", "size"),
    [
        ("Title", "方正小标宋简体", 22),
        ("Normal", "仿宋_GB2312", 16),
        ("Plain", "仿宋_GB2312", 16),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("Attachment Mark", "黑体", 16),
        ("Page Number", "宋体", 14),
    ],
)
def test_fonts_and_sizes(document: Any, style: str, font: str, size: float) -> None:
    found = document.styles[style]
    assert found.element.rPr.rFonts.get(qn("w:eastAsia")) == font
    assert found.font.size.pt == size
    assert not found.font.bold


def test_lines_are_22_to_a_page(document: Any) -> None:
    for name in ("Normal", "Plain", "Title", "Heading 1", "Heading 2", "Attachment Mark"):
        line = document.styles[name].element.pPr.find(qn("w:spacing"))
        assert line.get(qn("w:lineRule")) == "exact"
        assert 225 * MM // int(line.get(qn("w:line"))) == 22, name


def test_every_font_states_its_fall_backs(document: Any) -> None:
    part = next(rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/fontTable"))
    said = dict(re.findall(r'<w:font w:name="([^"]+)"><w:altName w:val="([^"]+)"', part.blob.decode()))
    used = {
        style.element.rPr.rFonts.get(qn("w:eastAsia"))
        for style in document.styles
        if style.name in ("Title", "Normal", "Heading 1", "Heading 2", "Page Number")
    }
    assert used == {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"}
    assert used <= set(said)


def test_page_numbers_stand_outside_between_dashes(document: Any) -> None:
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        assert (
            "".join(run.text for run in paragraph.runs if run.text.strip() != "1").replace("1", "") == "—  —"
        )
        assert paragraph._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side
        assert "PAGE" in paragraph._p.xml
    # 4号 on a single line of about 1.2: its middle is 7 mm below the type area.
    middle = section.bottom_margin.mm - section.footer_distance.mm - 14 * 1.2 / 72 * 25.4 / 2
    assert middle == pytest.approx(7, abs=1)


def test_attachments_are_marked_and_listed(document: Any, written: Any) -> None:
    marks = [one.text for one in document.paragraphs if one.style.name == "Attachment Mark"]
    assert marks == [f"附件{number}" for number in range(1, len(written.text.attachments) + 1)]
    listed = [
        one.text.removeprefix("附件：")
        for one in document.paragraphs
        if re.match(r"(附件：)?\d+\.", one.text)
    ]
    assert listed == [f"{one.number}.{one.title}" for one in written.text.attachments]
    assert not any(line.endswith(("。", "；")) for line in listed)
    for mark in marks:
        place = next(
            at
            for at, one in enumerate(document.paragraphs)
            if one.text == mark and one.style.name == "Attachment Mark"
        )
        assert document.paragraphs[place].paragraph_format.page_break_before
        assert document.paragraphs[place + 1].text == ""
        assert document.paragraphs[place + 2].style.name == "Title"


def test_headings_are_numbered_in_order(document: Any) -> None:
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert [text[:2] for text in headings] == ["一、", "二、", "三、", "四、", "五、"]
    assert [one.text for one in document.paragraphs if one.style.name == "Heading 2"] == [
        "（一）方案",
        "（二）材料",
    ]


def test_table_heads_repeat_and_rows_hold_together(document: Any) -> None:
    assert document.tables
    for table in document.tables:
        rows = [row._tr.trPr for row in table.rows]
        assert rows[0].find(qn("w:tblHeader")) is not None
        assert all(row.find(qn("w:cantSplit")) is not None for row in rows)
        widths = [int(one.get(qn("w:w"))) for one in table._tbl.tblGrid.findall(qn("w:gridCol"))]
        assert sum(widths) / MM == pytest.approx(156, abs=0.5)


@pytest.mark.parametrize(("listed", "is_kept"), [(2, True), (200, False)], ids=["lines", "lists"])
def test_a_table_parts_where_half_a_page_does_not_hold_it(
    written: Any, tmp_path: Path, listed: int, is_kept: bool
) -> None:
    """Few rows of long lists are no short table: kept together they would leave their title alone on its page."""
    names = tuple(f"第{number}职业技术学院" for number in range(listed))
    first, *others = written.bulletin.deliverables
    periods = tuple(
        replace(first.periods[0], label=f"{day}日", late_names=(), missing_names=names) for day in (1, 2, 3)
    )
    bulletin = replace(written.bulletin, deliverables=(replace(first, periods=periods), *others))
    write_document(bulletin, word_bulletin(bulletin), tmp_path / "made.docx")
    tables = Document(str(tmp_path / "made.docx")).tables
    table = next(one for one in tables if one.cell(0, 0).text == "报送事项")
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert kept[0], "the head never stands alone"
    assert kept[-1], "nor does the note"
    assert kept[1] == is_kept
    widths = [cell.width for cell in table.rows[0].cells]
    assert (widths[4] > 3 * widths[0]) != is_kept, "what is short leaves room to what is owed"


@pytest.mark.slow
def test_libreoffice_sets_22_lines_of_28_characters(written: Any, tmp_path: Path) -> None:
    """A page full of text, as set by LibreOffice and read back by pdftotext."""
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if not office or not reader:
        pytest.skip("needs LibreOffice and poppler-utils")
    document = Document(str(written.paths[0]))
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    document.add_paragraph("国" * (28 * 22 * 2 - 2), "Normal")
    document.save(str(tmp_path / "full.docx"))
    command = [
        office,
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "full.docx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    text = subprocess.run(
        [reader, "-layout", str(tmp_path / "full.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = [[line.strip() for line in page.splitlines() if "国" in line] for page in text.split("\f")]
    assert [len(page) for page in pages if page] == [22, 22]
    assert {len(line) for page in pages for line in page[1:]} == {28}
