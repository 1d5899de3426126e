"""A web page saved as one file (mht): a mail's parts, of which those in HTML are read as one page after another."""

from dataclasses import replace
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from pipelines.read.grid import Block, Content, Sheet
from pipelines.read.open.charsets import decode_bytes
from pipelines.read.open.web import read_html


def read_saved_page(content: bytes) -> Content:
    """Nothing where no part is HTML. The bar of sheet tabs that Excel adds is none."""
    message = BytesParser(policy=compat32).parsebytes(content)
    sheets: list[Sheet] = []
    blocks: list[Block] = []
    for part in message.walk():
        if (
            part.get_content_type() != "text/html"
            or "tabstrip" in str(part.get("Content-Location", "")).lower()
        ):
            continue
        text = part_text(part)
        if not text.strip():
            continue
        page = read_html(text)
        sheets += [
            replace(sheet, name=f"表{len(sheets) + number}") for number, sheet in enumerate(page.sheets, 1)
        ]
        blocks += page.blocks
    return Content(sheets, blocks)


def part_text(part: Message) -> str:
    """A part's text, by the charset that it states."""
    content = part.get_payload(decode=True)
    return decode_bytes(content, part.get_content_charset() or "") if isinstance(content, bytes) else ""
