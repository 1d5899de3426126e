"""The red head (发文机关标志, 字号 …) and the imprint (版记: 抄送, 印发) that an office fills in; by GB/T 9704-2012, 7.2 and 7.4."""

from datetime import date
from typing import Any

from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor, Twips

from pipelines.notice.bulletins import Head
from pipelines.report import standard as gb
from pipelines.report.docx_styles import indent, indent_right
from pipelines.report.phrases import full_day

THICK, THIN = "8", "6"
"""Of the imprint's first and last line (0.35 mm) and of the one between (0.25 mm), in eighths of a point."""
MARK_FROM_TOP = Twips(35 * 56.69)
"""From the type area's upper edge to the mark: 35 mm."""


def write_office_head(document: Docx, head: Head) -> None:
    """Above the title: number of the copy, secrecy and urgency at the left; the mark; 字号, with the signer; the red line."""
    lines = [
        (head.copy_number, "Plain"),
        (head.secrecy, "Attachment Mark"),
        (head.urgency, "Attachment Mark"),
    ]
    given = [(words, style) for words, style in lines if words]
    for words, style in given:
        document.add_paragraph(words, style).paragraph_format.keep_with_next = False
    mark: Any = document.add_paragraph("", "Office Mark")
    mark.paragraph_format.space_before = max(MARK_FROM_TOP - Twips(gb.LINE_PITCH) * len(given), Pt(0))
    mark.add_run(head.mark).font.color.rgb = RGBColor.from_string(gb.RED)
    for _ in range(2):
        document.add_paragraph("", "Plain")
    number: Any = document.add_paragraph(head.document_number or "", "Plain")
    if head.signer:
        indent(number, 1)
        indent_right_tab(number)
        number.add_run(f"\t签发人：{head.signer}")
    else:
        number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _draw_line(number, "bottom", gb.RED, "12", space="11")
    for _ in range(2):
        document.add_paragraph("", "Plain")


def write_imprint(document: Docx, head: Head, written: date) -> None:
    """At the lower edge of the last page: who gets a copy; who printed it and when. Nothing where neither is said."""
    lines: list[Any] = []
    if head.copied_to:
        lines.append(document.add_paragraph(f"抄送：{head.copied_to.rstrip('。')}。", "Imprint"))
    if head.printed_by:
        line: Any = document.add_paragraph(head.printed_by, "Imprint")
        indent_right_tab(line, gb.SIZE_4)
        line.add_run(f"\t{full_day(head.printed_on or written)}印发")
        lines.append(line)
    for place, line in enumerate(lines):
        _anchor(line)
        _draw_line(line, "top", "000000", THIN if place else THICK)
        if place == len(lines) - 1:
            _draw_line(line, "bottom", "000000", THICK)
        if place == 0 and head.copied_to:
            _hang(line)


def indent_right_tab(paragraph: Any, size: float = gb.SIZE_3) -> None:
    """A tab that ends one character from the right."""
    paragraph.paragraph_format.tab_stops.add_tab_stop(Twips(gb.TYPE_WIDTH) - Pt(size), WD_TAB_ALIGNMENT.RIGHT)


def _hang(paragraph: Any) -> None:
    """One character free at both sides; wrapped lines stand under the first name."""
    indent_right(paragraph, 1)
    indents = paragraph._p.pPr.find(qn("w:ind"))
    for name, value in (("leftChars", "400"), ("left", str(int(gb.SIZE_4 * 20 * 4))), ("hangingChars", "300"),
                        ("hanging", str(int(gb.SIZE_4 * 20 * 3)))):  # fmt: skip
        indents.set(qn(f"w:{name}"), value)
    for name in ("firstLine", "firstLineChars"):
        indents.attrib.pop(qn(f"w:{name}"), None)


def _anchor(paragraph: Any) -> None:
    """A frame at the lower edge of the type area."""
    frame = OxmlElement("w:framePr")
    for name, value in (("w", str(gb.TYPE_WIDTH)), ("hAnchor", "margin"), ("vAnchor", "margin"), ("xAlign", "left"),
                        ("yAlign", "bottom"), ("wrap", "notBeside")):  # fmt: skip
        frame.set(qn(f"w:{name}"), value)
    paragraph._p.get_or_add_pPr().insert_element_before(
        frame, "w:widowControl", "w:numPr", "w:suppressLineNumbers", "w:pBdr", "w:shd", "w:tabs", "w:spacing", "w:ind",
        "w:jc", "w:rPr",
    )  # fmt: skip


def _draw_line(paragraph: Any, side: str, colour: str, size: str, space: str = "1") -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", size), ("space", space), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
