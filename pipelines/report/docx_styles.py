"""The page, the styles and the fonts of the docx, by the numbers of `standard`."""

import io
from functools import cache
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor, Twips
from lxml import etree

from pipelines.report import standard as gb

CENTER, LEFT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY
_STYLES: tuple[tuple[str, gb.Font, float, Any, int], ...] = (
    # style, font, size, alignment, first line indented by so many characters
    ("Normal", gb.BODY, gb.SIZE_3, JUSTIFY, 2),
    ("Title", gb.TITLE, gb.SIZE_2, CENTER, 0),
    ("Subtitle", gb.LEVEL_2, gb.SIZE_3, CENTER, 0),
    ("Heading 1", gb.LEVEL_1, gb.SIZE_3, JUSTIFY, 2),
    ("Heading 2", gb.LEVEL_2, gb.SIZE_3, JUSTIFY, 2),
    ("Plain", gb.BODY, gb.SIZE_3, LEFT, 0),
    ("Attachment Mark", gb.LEVEL_1, gb.SIZE_3, LEFT, 0),
    ("Table Title", gb.LEVEL_1, gb.SIZE_4, CENTER, 0),
    ("Table Text", gb.BODY, gb.SIZE_SMALL_5, CENTER, 0),
    ("Table Head", gb.LEVEL_1, gb.SIZE_SMALL_5, CENTER, 0),
    ("Table Note", gb.LEVEL_2, gb.SIZE_5, LEFT, 0),
    ("Office Mark", gb.TITLE, gb.SIZE_MARK, CENTER, 0),
    ("Imprint", gb.BODY, gb.SIZE_4, LEFT, 0),
    ("Page Number", gb.PAGE_NUMBER, gb.SIZE_4, LEFT, 0),
)
_FREE_LINES = {"Office Mark", "Imprint", "Table Text", "Table Head", "Table Note", "Page Number"}
"""Styles that do not stand on the grid of 22 lines."""


def make_document() -> Docx:
    """An empty document with the page, grid, styles, footers and font table in place.

    Made once a process: most of what a letter of one page took was this.
    """
    return Document(io.BytesIO(_make_once()))


@cache
def _make_once() -> bytes:
    document = Document()
    _drop_table_styles(document)
    for name, font, size, alignment, indent in _STYLES:
        _set_style(document, name, font, size, alignment, indent)
    _set_defaults(document)
    _set_page(document.sections[0])
    _set_footers(document)
    _set_font_table(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _drop_table_styles(document: Docx) -> None:
    """The library's template has a hundred looks of tables, of which one is used: every style is looked for among all."""
    for style in list(document.styles):
        if style.type is WD_STYLE_TYPE.TABLE and style.name not in ("Table Grid", "Normal Table"):
            style.element.getparent().remove(style.element)


def indent(paragraph: Any, characters: float, first: float = 0) -> None:
    """Left indent, and what the first line has more (or less), in 三号 characters."""
    made = OxmlElement("w:ind")
    made.set(qn("w:leftChars"), str(round(characters * 100)))
    made.set(qn("w:left"), str(round(characters * gb.CHARACTER)))
    kind = "firstLine" if first >= 0 else "hanging"
    made.set(qn(f"w:{kind}Chars"), str(round(abs(first) * 100)))
    made.set(qn(f"w:{kind}"), str(round(abs(first) * gb.CHARACTER)))
    properties = (
        paragraph.get_or_add_pPr() if hasattr(paragraph, "get_or_add_pPr") else paragraph._p.get_or_add_pPr()
    )
    for old in properties.findall(qn("w:ind")):
        properties.remove(old)
    properties._insert_ind(made)


def indent_right(paragraph: Any, characters: float) -> None:
    """Space at the right, in 三号 characters as wide as the grid makes them."""
    made = OxmlElement("w:ind")
    for name, value in (("leftChars", 0), ("left", 0), ("firstLineChars", 0), ("firstLine", 0)):
        made.set(qn(f"w:{name}"), str(value))
    made.set(qn("w:rightChars"), str(round(characters * 100)))
    made.set(qn("w:right"), str(round(characters * gb.TYPE_WIDTH / gb.CHARACTERS)))
    properties = paragraph._p.get_or_add_pPr()
    for old in properties.findall(qn("w:ind")):
        properties.remove(old)
    properties._insert_ind(made)


def _set_style(document: Docx, name: str, font: gb.Font, size: float, alignment: Any, first: int) -> None:
    styles = document.styles
    style: Any = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if name != "Normal":
        style.base_style = styles["Normal"]
    style.font.size, style.font.bold, style.font.italic = Pt(size), False, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    for old in properties.xpath("w:rFonts | w:spacing | w:kern"):
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    digits = font.name if font is gb.PAGE_NUMBER else gb.DIGITS
    for slot, value in (
        ("ascii", digits),
        ("hAnsi", digits),
        ("cs", digits),
        ("eastAsia", font.name),
    ):
        fonts.set(qn(f"w:{slot}"), value)
    properties.insert(0, fonts)
    if size == gb.SIZE_3:
        narrower = OxmlElement("w:spacing")
        narrower.set(qn("w:val"), str(gb.NARROWER))
        fonts.addnext(narrower)
    for old in style.element.get_or_add_pPr().xpath("w:pBdr | w:numPr | w:contextualSpacing"):
        style.element.pPr.remove(old)
    spacing = style.paragraph_format
    spacing.alignment = alignment
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.widow_control = False
    spacing.keep_with_next = name in {"Heading 1", "Heading 2", "Table Title", "Attachment Mark"}
    # The pitch is said outright, so that programs that read the grid in their own way set the same lines.
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    style.element.pPr.append(snap)
    if name in _FREE_LINES:
        spacing.line_spacing_rule = WD_LINE_SPACING.SINGLE
    else:
        spacing.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        spacing.line_spacing = Twips(gb.LINE_PITCH)
    indent(style.element, 0, first)


def _set_defaults(document: Docx) -> None:
    """The size that the character grid is reckoned from, and no theme fonts."""
    for properties in document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr"):
        for old in properties.xpath("w:sz | w:szCs | w:rFonts | w:lang"):
            properties.remove(old)
        for name in ("w:sz", "w:szCs"):
            made = OxmlElement(name)
            made.set(qn("w:val"), str(int(gb.SIZE_3 * 2)))
            properties.append(made)
        made = OxmlElement("w:lang")
        for slot, value in (("val", "en-US"), ("eastAsia", "zh-CN"), ("bidi", "ar-SA")):
            made.set(qn(f"w:{slot}"), value)
        properties.append(made)
    for properties in document.styles.element.xpath("w:docDefaults/w:pPrDefault/w:pPr"):
        for old in list(properties):
            properties.remove(old)


def _set_page(section: Any) -> None:
    section.page_width, section.page_height = Twips(gb.PAGE_WIDTH), Twips(gb.PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = Twips(gb.TOP), Twips(gb.BOTTOM)
    section.left_margin, section.right_margin = Twips(gb.LEFT), Twips(gb.RIGHT)
    section.header_distance, section.footer_distance = Twips(851), Twips(gb.FOOTER)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(gb.LINE_PITCH))
    grid.set(qn("w:charSpace"), str(gb.CHARACTER_SPACE))
    section._sectPr.append(grid)


def _set_footers(document: Docx) -> None:
    """— 1 — at the outer edge, one character in: right on odd pages, left on even ones."""
    section: Any = document.sections[0]
    document.settings.odd_and_even_pages_header_footer = True
    for footer, alignment in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = document.styles["Page Number"]
        paragraph.alignment = alignment
        paragraph.paragraph_format.right_indent = paragraph.paragraph_format.left_indent = Pt(gb.SIZE_4)
        paragraph.add_run("— ")
        run = paragraph.add_run()._r
        for kind in ("begin", "text", "separate", "shown", "end"):
            if kind == "text":
                made = OxmlElement("w:instrText")
                made.set(qn("xml:space"), "preserve")
                made.text = " PAGE "
            elif kind == "shown":
                made = OxmlElement("w:t")
                made.text = "1"
            else:
                made = OxmlElement("w:fldChar")
                made.set(qn("w:fldCharType"), kind)
            run.append(made)
        paragraph.add_run(" —")


def _set_font_table(document: Docx) -> None:
    """States each font's fall-backs (w:altName), for machines that do not have what offices have."""
    part: Any = next(
        rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/fontTable")
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    root = etree.Element(f"{{{space}}}fonts", nsmap={"w": space})
    for font in gb.FONTS:
        entry = etree.SubElement(root, f"{{{space}}}font", {f"{{{space}}}name": font.name})
        etree.SubElement(entry, f"{{{space}}}altName", {f"{{{space}}}val": ",".join(font.fallbacks)})
        etree.SubElement(entry, f"{{{space}}}charset", {f"{{{space}}}val": "86"})
        etree.SubElement(entry, f"{{{space}}}family", {f"{{{space}}}val": "auto"})
        etree.SubElement(entry, f"{{{space}}}pitch", {f"{{{space}}}val": "variable"})
    etree.SubElement(root, f"{{{space}}}font", {f"{{{space}}}name": gb.DIGITS})
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
