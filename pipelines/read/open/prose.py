"""Formats whose tables are not read (doc, wps, rtf, odt, pdf, slk, numbers) -> the lines of text that can be got out."""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import IO

import lxml.etree
from striprtf.striprtf import rtf_to_text

from pipelines.read.findings import FileRejected, encrypted
from pipelines.read.grid import Block, Content
from pipelines.read.open.charsets import decode_text
from pipelines.read.open.opendocument_styles import local
from pipelines.read.open.package import BROKEN, LIMITS, Package
from pipelines.read.open.word_binary import read_doc_text

LARGEST = 32 * 1024 * 1024
"""Bytes of one part that text is looked for in: what is larger are pictures."""
LONGEST = 1_000_000
"""Letters of an rtf that are looked at, pictures left out."""
PAGES, PAGE_BYTES = 5, 300_000
"""Pages of a PDF whose text is taken, and the drawing instructions that one may have."""
_DIGITS = re.compile(rb"[0-9a-fA-F\s]+")
_WORD_ENDS = re.compile(r"[\r\n\x07\x0b\x0c]")
_FIELD = re.compile(r"\x13[^\x14\x15]*\x14?|[\x00-\x08\x0e-\x1f]")
_SLK_TEXT = re.compile(r';K"((?:[^"]|"")*)"')


def read_doc(content: bytes) -> Content:
    """The paragraphs and cells of a binary Word document's main text."""
    return _content(_FIELD.sub("", line) for line in _WORD_ENDS.split(read_doc_text(content)))


def read_rtf(content: bytes) -> Content:
    """Its paragraphs, and cells as lines of their own."""
    # Pictures are written as digits: nobody's text has that many in a row.
    plain_bytes = _DIGITS.sub(lambda found: b"" if len(found[0]) > 400 else found[0], content[:LARGEST])
    text = plain_bytes[:LONGEST].decode("latin-1")
    try:
        plain = rtf_to_text(text, encoding="gb18030", errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, IndexError, KeyError, AttributeError, TypeError):
        # The library's own stumbling over odd control words: then there is no text to be got out.
        return Content()
    return _content(cell for line in plain.splitlines() for cell in line.split("|"))


def read_odt(content: bytes) -> Content:
    """Its paragraphs, those in cells too."""
    try:
        with Package.of(content) as package:
            if b"encryption-data" in package.read("meta-inf/manifest.xml"):
                raise encrypted()
            if package.parts["content.xml"].file_size > LARGEST:
                return Content()
            with package.open("content.xml") as file:
                return _of_blocks(list(_paragraphs(file)))
    except BROKEN:
        # Without its text it is an attachment all the same.
        return Content()


def _paragraphs(file: IO[bytes]) -> Iterator[Block]:
    for _, element in lxml.etree.iterparse(file, tag=("{*}p", "{*}h"), **LIMITS):
        yield Block("".join(map(str, element.itertext())), local(element) == "h")
        element.clear(keep_tail=True)


def read_pdf(content: bytes) -> Content:
    """The lines of its first pages, and the pieces of lines that look like a table's row."""
    import pypdf  # by the children that meet a PDF: it takes as long to import as a hundred tables to read

    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise encrypted()
        lines: list[str] = []
        for number in range(min(len(reader.pages), PAGES)):
            drawn = reader.pages[number].get_contents()
            if drawn is not None and len(drawn.get_data()) <= PAGE_BYTES:
                lines += reader.pages[number].extract_text().splitlines()
    except FileRejected:
        raise
    except (
        Exception
    ):  # pypdf raises many kinds on odd files; without its text it is an attachment all the same
        return Content()
    found = _content(lines)
    pieces = (line.split() for line in found.lines)
    return replace(found, lines=found.lines + [piece for row in pieces if len(row) > 2 for piece in row])


def read_slk(content: bytes) -> Content:
    """The texts of its cells."""
    text = decode_text(content[:LARGEST]) or ""
    return Content(lines=[found.replace('""', '"') for found in _SLK_TEXT.findall(text)])


def _content(lines: Iterable[str]) -> Content:
    return _of_blocks([Block(line) for line in lines])


def _of_blocks(blocks: list[Block]) -> Content:
    """Without those that say nothing."""
    filled = [block for block in blocks if block.text.strip()]
    return Content(blocks=filled, lines=[block.text.strip() for block in filled])
