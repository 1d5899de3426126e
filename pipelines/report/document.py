"""Report, step 3: the bulletin as a docx by GB/T 9704-2012. A draft: without 发文字号, seal or signer, which are the office's acts."""

import io
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Twips

from pipelines.report import standard as gb
from pipelines.report.bulletin import Bulletin
from pipelines.report.docx_styles import indent, indent_right, make_document
from pipelines.report.office_head import write_imprint, write_office_head
from pipelines.report.pack import write_packed
from pipelines.report.phrases import full_day
from pipelines.report.tables import Table, show
from pipelines.report.wording import Block, Text

TITLE_WIDTH = 20
"""Characters of 二号 in a line."""
SHORT = 12
"""Rows of one line that a table has which is not parted: half a page, with its head and its title."""
_AFTER_AUTO_SPACE = (
    "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents",
    "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:outlineLvl", "w:rPr",
)  # fmt: skip
_STYLE_OF = {"addressees": "Plain", "heading1": "Heading 1", "heading2": "Heading 2", "text": "Normal"}


def write_document(bulletin: Bulletin, text: Text, path: Path) -> None:
    document = make_document()
    if bulletin.head:
        write_office_head(document, bulletin.head)
    _write_head(document, text)
    for block in text.body:
        _write_block(document, block, with_title=True)
    _write_list(document, text)
    _write_signature(document, bulletin.publisher, bulletin.as_of.date())
    _keep_signature(document)
    for attachment in text.attachments:
        mark = document.add_paragraph(f"附件{attachment.number or ''}", "Attachment Mark")
        mark.paragraph_format.page_break_before = True
        _blank(document)
        _write_title(document, _by_sense(attachment.title))
        _blank(document)
        for block in attachment.blocks:
            _write_block(document, block, with_title=False)
    if bulletin.head:
        write_imprint(document, bulletin.head, bulletin.as_of.date())
    versions = f"数据版本 {bulletin.data_version}，口径版本 {bulletin.rules_version}"
    _set_properties(
        document, "".join(text.title), bulletin.title, bulletin.publisher, bulletin.as_of, versions
    )
    _save(document, path)


@dataclass(frozen=True)
class Statement:
    """A short paper with one table: to whom, what is said before the table, who signs it as of when."""

    title: str
    subject: str
    addressee: str
    paragraphs: tuple[str, ...]
    table: Table
    publisher: str
    as_of: datetime


def write_statement(statement: Statement, path: Path) -> None:
    """The table stands as attachment, on a page of its own."""
    document = make_document()
    _write_title(document, _by_sense(statement.title))
    _blank(document)
    document.add_paragraph(f"{statement.addressee}：", "Plain")
    for paragraph in statement.paragraphs:
        document.add_paragraph(paragraph, "Normal")
    _blank(document)
    document.add_paragraph(f"附件：{statement.table.title}", "Plain")
    _write_signature(document, statement.publisher, statement.as_of.date())
    _keep_signature(document)
    mark = document.add_paragraph("附件", "Attachment Mark")
    mark.paragraph_format.page_break_before = True
    _blank(document)
    _write_title(document, _by_sense(statement.table.title))
    _blank(document)
    _write_block(document, Block("text", "", statement.table), with_title=False)
    _set_properties(document, statement.title, statement.subject, statement.publisher, statement.as_of, "")
    _save(document, path)


def _save(document: Docx, path: Path) -> None:
    buffer = io.BytesIO()
    document.save(buffer)
    write_packed(buffer.getvalue(), path)


def _blank(document: Docx) -> None:
    document.add_paragraph("", "Plain")


def _write_head(document: Docx, text: Text) -> None:
    _write_title(document, text.title)
    if text.subtitle:
        document.add_paragraph(text.subtitle, "Subtitle")
    _blank(document)


def _write_title(document: Docx, lines: tuple[str, ...]) -> None:
    title = document.add_paragraph("", "Title")
    for number, line in enumerate(lines):
        run = title.add_run(line)
        if number < len(lines) - 1:
            run.add_break(WD_BREAK.LINE)


def _by_sense(title: str) -> tuple[str, ...]:
    """A title that is longer than a line breaks before what stands in brackets, not in the middle of a word."""
    head, mark, rest = title.partition("（")
    return (head, mark + rest) if mark and _width(title) > TITLE_WIDTH else (title,)


def _write_block(document: Docx, block: Block, with_title: bool) -> None:
    if block.table is None:
        document.add_paragraph(block.text, _STYLE_OF[block.kind])
        return
    if with_title:
        document.add_paragraph(block.table.title, "Table Title")
    _write_table(document, block.table)
    document.add_paragraph(f"注：{block.table.note}", "Table Note")


def _write_table(document: Docx, table: Table) -> None:
    """Full width, its head repeated on every page, no row broken over pages; a short one stands on one page."""
    rows = [*table.rows, *((table.total,) if table.total else ())]
    made: Any = document.add_table(len(rows) + 1, len(table.columns), "Table Grid")
    made.autofit = False
    share = sum(column.width for column in table.columns)
    widths = [Twips(int(gb.TYPE_WIDTH * column.width / share)) for column in table.columns]
    is_short = sum(_lines(row, table, widths) for row in rows) <= SHORT
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    _set_margins(made)
    # Setting paragraph.style looks through all styles each time: most of the time that a long table took.
    head, body = (document.styles[name].style_id for name in ("Table Head", "Table Text"))
    for number, row in enumerate(made.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
        height = OxmlElement("w:trHeight")
        height.set(qn("w:val"), "360")
        properties.append(height)
        shown = [column.header for column in table.columns] if number == 0 else None
        for place, cell in enumerate(row.cells):
            cell.width = widths[place]
            column = table.columns[place]
            words = shown[place] if shown else show(rows[number - 1][place], column.kind)
            paragraph = cell.paragraphs[0]
            paragraph._p.style = body if number else head
            lines = _broken(words, widths[place].pt) if number == 0 else [words]
            for line in lines:
                run = paragraph.add_run(line)
                if line is not lines[-1]:
                    run.add_break(WD_BREAK.LINE)
            paragraph.paragraph_format.keep_with_next = is_short or number == 0 or number >= len(rows) - 2
            if number and column.kind == "text" and column.width > 4:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
            cell.vertical_alignment = 1


def _lines(row: tuple[Any, ...], table: Table, widths: list[Any]) -> int:
    """How many lines a row takes: as many as its longest cell, wrapped."""
    return max(
        -(-int(_width(show(value, column.kind)) * gb.SIZE_SMALL_5) // max(int(width.pt) - 3, 1))
        for value, column, width in zip(row, table.columns, widths, strict=True)
    )


def _broken(header: str, width: float) -> list[str]:
    """A header in lines of like length, where it is wider than its column (in points)."""
    fits = max(int((width - 3) // gb.SIZE_SMALL_5), 1)
    count = -(-len(header) // fits)
    length = -(-len(header) // count)
    return [header[at : at + length] for at in range(0, len(header), length)]


def _set_margins(table: Any) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), "28")
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    table._tbl.tblPr.append(margins)


def _write_list(document: Docx, text: Text) -> None:
    """附件说明: one line under the body, two characters in, wrapped lines under the name, no full stop."""
    if not text.attachments:
        return
    _blank(document)
    for place, attachment in enumerate(text.attachments):
        number = f"{attachment.number}." if attachment.number else ""
        paragraph = document.add_paragraph(
            ("附件：" if place == 0 else "") + number + attachment.title, "Plain"
        )
        hang = _width(number)
        indent(paragraph, 5 + hang, -(hang + (3 if place == 0 else 0)))


def _write_signature(document: Docx, publisher: str, day: date) -> None:
    """署名 and 成文日期 without a seal. The date starts two characters right of the name, and whichever reaches further
    ends two characters from the right: so both are set from the right, whatever the fonts are.
    """
    written = full_day(day)
    name, dated = _width(publisher), _width(written)
    reach = max(name, dated + 2)
    _blank(document)
    for words, right in ((publisher, 2 + reach - name), (written, reach - dated)):
        signed = document.add_paragraph(words, "Plain")
        _set_solid(signed)
        signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        indent_right(signed, max(right, 0))


def _set_solid(paragraph: Any) -> None:
    """No space of the program's own between Chinese and digits: the widths that were counted are those that are set."""
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        switch = OxmlElement(name)
        switch.set(qn("w:val"), "0")
        paragraph._p.get_or_add_pPr().insert_element_before(switch, *_AFTER_AUTO_SPACE)


def _keep_signature(document: Docx) -> None:
    """From the last line of text on nothing parts: a signature never stands on a page of its own."""
    paragraphs = document.paragraphs
    for place in range(len(paragraphs) - 2, -1, -1):
        one: Any = paragraphs[place]
        one.paragraph_format.keep_with_next = True
        if one.style.name == "Normal" and one.text:
            return


def _width(words: str) -> float:
    """Width in full characters: a half-width letter is half of one."""
    return sum(1 if unicodedata.east_asian_width(one) in "WFA" else 0.5 for one in words)


def _set_properties(
    document: Docx, title: str, subject: str, author: str, at: datetime, comments: str
) -> None:
    properties = document.core_properties
    properties.title, properties.subject = title, subject
    properties.author = properties.last_modified_by = author
    properties.created = properties.modified = at
    properties.comments = comments
    properties.language, properties.revision, properties.keywords = "zh-CN", 1, ""
