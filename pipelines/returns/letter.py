"""The one-page notice for what cannot be written on: an unreadable, encrypted or unsafe file, a document, a form answer."""

import io
import re

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from pipelines.returns.model import Returned
from pipelines.returns.sheet import describe

MOST_LINES = 20
"""Faults that are listed: more do not fit a page."""
MOST_NOTES = 10
_HEADERS = ("行", "列", "原来写的", "怎么改", "正确写法示例")
_WIDTHS = (1.2, 3, 3, 5.6, 3.2)
"""Of the columns, in centimetres."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_letter(returned: Returned) -> bytes:
    """The docx file; the same input gives the same text."""
    document = docx.Document()
    _set_font(document)
    document.add_heading("退回意见", level=0)
    document.add_paragraph(_plain(describe(returned)))
    document.add_paragraph().add_run(_plain(returned.headline)).bold = True
    if returned.faults:
        _add_table(document, returned)
    if returned.notes:
        _add_notes(document, returned)
    document.add_paragraph(_how(returned)).paragraph_format.space_before = Pt(10)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _set_font(document: Document) -> None:
    for name in ("Normal", "Title"):
        style = document.styles[name]
        style.font.name = "宋体"
        properties = style.element.get_or_add_rPr()
        properties.get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
    document.styles["Normal"].font.size = Pt(11)


def _add_table(document: Document, returned: Returned) -> None:
    headers = _HEADERS[1:] if returned.is_answer else _HEADERS
    table = document.add_table(rows=1, cols=len(headers), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, _WIDTHS[-len(headers) :], strict=True):
        column.width = Cm(width)
    for cell, title in zip(table.rows[0].cells, headers, strict=True):
        cell.paragraphs[0].add_run(title).bold = True
    for fault in returned.faults[:MOST_LINES]:
        texts = (str(fault.row_number), fault.header, fault.value or "", returned.say(fault), fault.example)
        for cell, text in zip(table.add_row().cells, texts[-len(headers) :], strict=True):
            cell.text = _plain(text)[:200]
    if len(returned.faults) > MOST_LINES:
        document.add_paragraph(f"另有 {len(returned.faults) - MOST_LINES} 处问题没有列出，请一并核对。")


def _add_notes(document: Document, returned: Returned) -> None:
    document.add_paragraph("另外提请核对").runs[0].bold = True
    for note in returned.notes[:MOST_NOTES]:
        document.add_paragraph(_plain(note), style="List Bullet")
    if len(returned.notes) > MOST_NOTES:
        document.add_paragraph(f"另有 {len(returned.notes) - MOST_NOTES} 条没有列出。")


def _how(returned: Returned) -> str:
    if returned.is_answer:
        return "请打开原来的答卷修改后重新提交，或重新填一份。"
    return "请按上面的说明改正后，把文件放回原来的地方重新报送。建议使用本通知的表样填写。"


def _plain(text: str) -> str:
    return _CONTROL.sub("", text)
