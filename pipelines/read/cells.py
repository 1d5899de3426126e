"""One cell -> what was received and what it means, by how its column is read. What was read once is known."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from pipelines.notice.kinds import FieldType
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
T = TypeVar("T")


class Memo(dict[Cell, T]):
    """What a function says of cells, remembered."""

    def __init__(self, read: Callable[[Cell], T]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: Cell) -> T:
        if len(self) >= KNOWN:
            self.clear()
        found = self[cell] = self._read(cell)
        return found

    def of(self, cells: Sequence[Cell]) -> Iterator[T]:
        # TRUE equals 1 and is another cell.
        return map(self._read if bool in map(type, cells) else self.__getitem__, cells)


CellReader = Memo[tuple[Any, ...]]
"""Cell -> the parts named by `PARTS`; given is None where no letter can be seen."""
PARTS: dict[FieldType, tuple[str, ...]] = {
    kind: ("", "_given", "_state") if kind == "count" else ("", "_given")
    for kind in ("text", "date", "word", "count", "contact", "url")
}
"""What a column of each type becomes, as suffixes of its field's name."""


def count_reader(grammar: CountGrammar) -> CellReader:
    def read(cell: Cell) -> tuple[Any, ...]:
        text = as_text(cell)
        value, state = read_count(cell, grammar)
        return value, text if normalize(text) else None, state

    return Memo(read)


def date_reader(blank: frozenset[str], window: Window | None, *, typed: bool) -> CellReader:
    def read(cell: Cell) -> tuple[Any, ...]:
        text = as_text(cell)
        plain = normalize(text)
        return (None, None) if not plain or plain in blank else (read_date(cell, window, typed=typed), text)

    return Memo(read)


def text_reader(kind: FieldType, blank: frozenset[str]) -> CellReader:
    mean = _READ_TEXT[kind]

    def read(cell: Cell) -> tuple[Any, ...]:
        text = as_text(cell)
        plain = normalize(text)
        return None if not plain or plain in blank else mean(text), text if plain else None

    return Memo(read)


def _plain(text: str) -> str:
    """A phone, address or URL: full-width letters made half-width, outer spaces removed."""
    return unicodedata.normalize("NFKC", text).strip()


_READ_TEXT: dict[FieldType, Callable[[str], str]] = {
    "word": join_word,
    "text": trim,
    "contact": _plain,
    "url": _plain,
}
