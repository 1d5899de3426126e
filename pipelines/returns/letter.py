"""The one-page notice for what cannot be written on: an unreadable, encrypted or unsafe file, a document, a form answer.

Set like a bulletin (A4, GB/T 9704-2012 in `report.standard`), in the words of docs/submitters.md.
"""

import io
import re
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Twips

from pipelines.report import standard as gb
from pipelines.report.docx_styles import make_document
from pipelines.returns.model import Returned

MOST_LINES = 20
"""Faults that are listed: more do not fit a page."""
MOST_NOTES = 10
_HEADERS = ("行", "列", "原来写的", "怎么改", "正确写法示例")
_WIDTHS = (1.2, 3, 3, 5.6, 3.2)
"""Shares of the type area's width."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_letter(returned: Returned, contact: str = "") -> bytes:
    """The docx file; the same input gives the same text. `contact`: whom to call, a sentence."""
    document = make_document()
    document.add_paragraph("退回意见", "Title")
    document.add_paragraph("", "Plain")
    if returned.recipient:
        document.add_paragraph(f"{_plain(returned.recipient)}：", "Plain")
    document.add_paragraph(_opening(returned), "Normal")
    document.add_paragraph(f"{_plain(returned.headline).rstrip('。')}。", "Normal")
    if returned.faults:
        _add_table(document, returned)
    if returned.notes:
        _add_notes(document, returned)
    document.add_paragraph(_how(returned), "Normal")
    if contact:
        # A telephone number is not parted: set to both edges, the line before it would be torn apart.
        document.add_paragraph(_plain(contact), "Normal").alignment = WD_ALIGN_PARAGRAPH.LEFT
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _opening(returned: Returned) -> str:
    """Which file, for what, and when it was received."""
    at = returned.received_at
    name = returned.shown if returned.is_answer else f"《{returned.name}》"
    what = f"（{returned.deliverable_name}）" if returned.deliverable_name else ""
    return _plain(f"{at.year}年{at.month}月{at.day}日 {at:%H:%M} 收到的{name}{what}，现予退回，情况如下：")


def _add_table(document: Document, returned: Returned) -> None:
    """Full width, like a bulletin's, its head repeated on every page, no row broken over pages."""
    headers = _HEADERS[1:] if returned.is_answer else _HEADERS
    widths = _WIDTHS[-len(headers) :]
    table: Any = document.add_table(rows=1, cols=len(headers), style="Table Grid")
    table.autofit = False
    lengths = [Twips(int(gb.TYPE_WIDTH * width / sum(widths))) for width in widths]
    for column, length in zip(table.columns, lengths, strict=True):
        column.width = length
    _fill(table.rows[0], headers, lengths, "Table Head")
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for fault in returned.faults[:MOST_LINES]:
        texts = (str(fault.row_number), fault.header, fault.value or "", returned.say(fault), fault.example)
        _fill(table.add_row(), texts[-len(headers) :], lengths, "Table Text")
    if len(returned.faults) > MOST_LINES:
        document.add_paragraph(
            f"另有 {len(returned.faults) - MOST_LINES} 处问题没有列出，请一并核对。", "Table Note"
        )


def _fill(row: Any, texts: tuple[str, ...], lengths: list[Twips], style: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, length, text in zip(row.cells, lengths, texts, strict=True):
        cell.width = length
        paragraph = cell.paragraphs[0]
        paragraph.style = style
        paragraph.add_run(_plain(text)[:200])
        if style == "Table Text":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT


def _add_notes(document: Document, returned: Returned) -> None:
    document.add_paragraph("另外提请核对", "Heading 1")
    for number, note in enumerate(returned.notes[:MOST_NOTES], 1):
        document.add_paragraph(f"{number}. {_plain(note)}", "Normal")
    if len(returned.notes) > MOST_NOTES:
        document.add_paragraph(f"另有 {len(returned.notes) - MOST_NOTES} 条没有列出。", "Normal")


def _how(returned: Returned) -> str:
    if returned.is_answer:
        return "请打开原来的答卷改好后重新提交，或重新填一份。"
    return "请照上面的说明在原件上改好，放回本单位的文件夹重新报送（不要留在“退回”文件夹里）。建议用本通知的表样填写。"


def _plain(text: str) -> str:
    return _CONTROL.sub("", text)
