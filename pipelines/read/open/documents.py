"""Blocks of a document, in order, -> sheets called 表1, 表2 … and the paragraphs above each; its first heading."""

import re
from collections.abc import Iterable

from pipelines.read.grid import Block, Content, Sheet
from pipelines.read.open.canvas import Canvas

Part = Block | Canvas
_SENTENCE = re.compile("[。；！？;!?]")


def content_of(parts: Iterable[Part]) -> Content:
    """The content of a document whose cells are all text."""
    sheets: list[Sheet] = []
    blocks: list[Block] = []
    above: list[str] = []
    for part in parts:
        if isinstance(part, Block):
            blocks.append(part)
            above += [part.text] if part.text.strip() else []
        else:
            sheets.append(part.sheet(f"表{len(sheets) + 1}", dict.fromkeys(above), is_typed=False))
            above = []
    return Content(sheets, blocks)


def first_heading(content: Content) -> str | None:
    """The first paragraph that is a heading; where none is marked as one, the first with words, if it reads like one."""
    paragraphs = [block for block in content.blocks if block.text.strip()]
    marked = next((block for block in paragraphs if block.is_heading), None)
    if marked:
        return " ".join(marked.text.split())
    return as_heading(paragraphs[0].text) if paragraphs else None


def as_heading(text: str) -> str | None:
    """A paragraph that may be a heading, on one line: short, and no sentence."""
    plain = " ".join(text.split())
    return plain if plain and len(plain) <= 60 and not _SENTENCE.search(plain) else None
