"""Word documents, web pages and PDF -> tables, the paragraphs above them, and the first heading."""

import io
import re
import zipfile
from dataclasses import dataclass

import lxml.etree
import lxml.html
import pypdf

from pipelines.read.word_binary import read_doc_text

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True)
class Block:
    """A paragraph (`text`) or a table (`rows`), in the order of the document."""

    text: str | None = None
    is_heading: bool = False
    rows: list[list[str]] | None = None


def read_docx(content: bytes) -> list[Block]:
    """The body's paragraphs and tables. Raises lxml or zipfile errors where the document is broken."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body_xml = archive.read("word/document.xml")
        headings = _heading_styles(archive)
    root = lxml.etree.fromstring(body_xml, lxml.etree.XMLParser(resolve_entities=False, no_network=True))
    body = root.find(f"{W}body")
    blocks: list[Block] = []
    _collect_blocks(body if body is not None else root, headings, blocks)
    return blocks


def _collect_blocks(parent: lxml.etree._Element, headings: set[str], blocks: list[Block]) -> None:
    for child in parent:
        if child.tag == f"{W}p":
            style = child.find(f"{W}pPr/{W}pStyle")
            outline = child.find(f"{W}pPr/{W}outlineLvl")
            is_heading = outline is not None or (style is not None and style.get(f"{W}val") in headings)
            blocks.append(Block(text=_text(child), is_heading=is_heading))
        elif child.tag == f"{W}tbl":
            blocks.append(Block(rows=_table(child)))
            for nested in child.iterfind(f"./{W}tr/{W}tc/{W}tbl"):
                blocks.append(Block(rows=_table(nested)))
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}smartTag", f"{W}customXml"):
            _collect_blocks(child, headings, blocks)


def _heading_styles(archive: zipfile.ZipFile) -> set[str]:
    """Style ids that are a title or a heading, by their built-in (language-neutral) names."""
    try:
        styles = lxml.etree.fromstring(
            archive.read("word/styles.xml"), lxml.etree.XMLParser(resolve_entities=False, no_network=True)
        )
    except (KeyError, lxml.etree.XMLSyntaxError):
        return set()
    found = set()
    for style in styles.iterfind(f"{W}style"):
        name = style.find(f"{W}name")
        label = (name.get(f"{W}val") or "") if name is not None else ""
        if re.match(r"(?i)heading \d|title$", label):
            found.add(style.get(f"{W}styleId") or "")
    return found


def _text(element: lxml.etree._Element) -> str:
    parts = []
    for node in element.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr"):
        parts.append(node.text or "" if node.tag == f"{W}t" else "\t" if node.tag == f"{W}tab" else "\n")
    return "".join(parts)


def _table(table: lxml.etree._Element) -> list[list[str]]:
    """Rows of cells; a cell that spans columns is followed by blanks, one merged downwards is blank below."""
    rows = []
    for row in table.iterfind(f"./{W}tr"):
        cells: list[str] = []
        for cell in row.iter(f"{W}tc"):
            if next(cell.iterancestors(f"{W}tr")) is not row:
                continue
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            is_continued = merge is not None and merge.get(f"{W}val") != "restart"
            text = "\n".join(_text(paragraph) for paragraph in cell.iterfind(f"./{W}p"))
            width = int(span.get(f"{W}val") or 1) if span is not None else 1
            cells += ["" if is_continued else text, *[""] * (min(width, 200) - 1)]
        rows.append(cells)
    return rows


def read_html(text: str) -> list[Block]:
    """The tables of a page, and the text between them. Cells that span columns are followed by blanks."""
    root = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    blocks: list[Block] = []
    for element in root.iter("p", "h1", "h2", "h3", "h4", "title", "caption", "div", "table"):
        if element.tag == "table":
            blocks.append(Block(rows=_html_table(element)))
        elif element.tag != "div" or not len(element):
            blocks.append(
                Block(text="".join(map(str, element.itertext())), is_heading=element.tag in ("h1", "h2"))
            )
    return blocks


def _html_table(table: lxml.html.HtmlElement) -> list[list[str]]:
    rows: list[list[str]] = []
    below: dict[int, int] = {}
    """Column -> how many of the next rows a cell above reaches down into."""
    for row in table.iter("tr"):
        if next(row.iterancestors("table")) is not table:
            continue
        cells: list[str] = []
        for cell in row.iterchildren("td", "th"):
            _skip_merged(cells, below)
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            below |= {len(cells) + at: height - 1 for at in range(width) if height > 1}
            cells += [cell.text_content(), *[""] * (width - 1)]
        _skip_merged(cells, below)
        rows.append(cells)
    return rows


def _skip_merged(cells: list[str], below: dict[int, int]) -> None:
    while below.get(len(cells), 0) > 0:
        below[len(cells)] -= 1
        cells.append("")


def _span(cell: lxml.html.HtmlElement, name: str) -> int:
    given = cell.get(name, "1").strip()
    return min(max(int(given), 1), 200) if given.isascii() and given.isdecimal() and len(given) < 9 else 1


def first_heading(blocks: list[Block]) -> str | None:
    """The first paragraph that is a heading; where none is marked as one, the first with words, if it reads like one."""
    paragraphs = [block for block in blocks if block.text and block.text.strip()]
    marked = next((block for block in paragraphs if block.is_heading), None)
    if marked:
        return " ".join((marked.text or "").split())
    return _as_heading(paragraphs[0].text or "") if paragraphs else None


def _as_heading(text: str) -> str | None:
    """A paragraph that may be a heading, on one line: short, and no sentence."""
    plain = " ".join(text.split())
    return plain if plain and len(plain) <= 60 and not re.search("[。；！？;!?]", plain) else None


def pdf_heading(content: bytes) -> str | None:
    """The first line of the first page's text, where it can be had."""
    try:
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        text = pages[0].extract_text() if len(pages) else ""
    except (
        Exception
    ):  # pypdf raises many kinds on odd files; a PDF whose text is out of reach still has its name
        return None
    return next((_as_heading(line) for line in text.splitlines() if line.strip()), None)


def doc_heading(content: bytes) -> str | None:
    """The first paragraph of a binary Word document, where its text can be had and it reads like a heading."""
    lines = re.split(r"[\r\x07\x0b\x0c]", read_doc_text(content))
    plain = (re.sub(r"\x13[^\x14\x15]*\x14?|[\x00-\x08\x0e-\x1f]", "", line) for line in lines)
    return next((_as_heading(line) for line in plain if line.strip()), None)


def pdf_is_encrypted(content: bytes) -> bool:
    """Whether a password is needed to read it (one that is empty is none)."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        return reader.is_encrypted and not reader.decrypt("")
    except Exception:  # as above: what cannot be told is not held against the file
        return False
