"""One cell -> what was received and what it means, by how its column is read. What was read once is known."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from pipelines.kinds import FieldType
from pipelines.read.values import (
    Cell,
    CountGrammar,
    Window,
    as_text,
    join_word,
    normalize,
    read_count,
    read_date,
    trim,
)

KNOWN = 8192
"""Cells that a reader remembers: days, words and counts come again and again."""
CellReader = Callable[[Cell], tuple[Any, ...]]
"""Cell -> the parts named by `PARTS`; given is None where no letter can be seen."""
PARTS: dict[FieldType, tuple[str, ...]] = {
    kind: ("", "_given", "_state") if kind == "count" else ("", "_given")
    for kind in ("text", "date", "word", "count", "contact", "url")
}
"""What a column of each type becomes, as suffixes of its field's name."""


def count_reader(grammar: CountGrammar) -> CellReader:
    @lru_cache(KNOWN, typed=True)
    def read(cell: Cell) -> tuple[Any, ...]:
        text = as_text(cell)
        value, state = read_count(cell, grammar)
        return value, text if normalize(text) else None, state

    return read


def date_reader(blank: frozenset[str], window: Window | None, *, typed: bool) -> CellReader:
    @lru_cache(KNOWN, typed=True)
    def read(cell: Cell) -> tuple[Any, ...]:
        text = as_text(cell)
        plain = normalize(text)
        return (None, None) if not plain or plain in blank else (read_date(cell, window, typed=typed), text)

    return read


def text_reader(kind: FieldType, blank: frozenset[str]) -> CellReader:
    mean = _READ_TEXT[kind]

    @lru_cache(KNOWN, typed=True)
    def read(cell: Cell) -> tuple[Any, ...]:
        text = as_text(cell)
        plain = normalize(text)
        return None if not plain or plain in blank else mean(text), text if plain else None

    return read


def _plain(text: str) -> str:
    """A phone, address or URL: full-width letters made half-width, outer spaces removed."""
    return unicodedata.normalize("NFKC", text).strip()


_READ_TEXT: dict[FieldType, Callable[[str], str]] = {
    "word": join_word,
    "text": trim,
    "contact": _plain,
    "url": _plain,
}
