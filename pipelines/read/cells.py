"""One cell -> what was received and what it means, by how its column is read. What was read once is known."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import repeat
from typing import Any, TypeVar, cast, get_args

from pipelines.notice.kinds import FieldType
from pipelines.notice.model import Vocabulary
from pipelines.notice.numbers import NumberKind
from pipelines.read.values import (
    Cell,
    CountGrammar,
    DateGrammar,
    Window,
    added_scheme,
    amount_grammar,
    as_text,
    begins_as_is,
    is_error,
    is_formula,
    join_word,
    normalize,
    plain_address,
    plain_whole,
    read_amount,
    read_count,
    read_date,
    read_phone,
    read_when,
    trim,
)

KNOWN = 8192
SHORT = 40
"""A text below this length that is no plain one (无, —) is remembered even where hardly two cells are equal."""
_SCHEMES = ("http://", "https://")
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

    def columns(self, cells: Sequence[Cell]) -> list[list[Any]]:
        """What it says of some cells, one at least, part by part; of use where it says several things of each."""
        return list(map(list, zip(*self.of(cells), strict=True)))


class Unlike(Memo[T]):
    """A function of cells of which hardly two are equal (titles, links): they are not remembered.

    `is_odd` says of cells without outer blanks, by their place, which of them are more than plain text; None: any may be."""

    def __init__(
        self, read: Callable[[Cell], T], is_odd: Callable[[list[str]], list[int]] | None = None
    ) -> None:
        super().__init__(read)
        self._is_odd = is_odd

    def of(self, cells: Sequence[Cell]) -> Iterator[T]:
        return map(self._read, cells)

    def columns(self, cells: Sequence[Cell]) -> list[list[Any]]:
        """A column of plain text is read at once; a text is what it is without outer blanks, and a blank cell nothing."""
        if self._is_odd is None or {*map(type, cells)} != {str}:
            return super().columns(cells)
        texts = cast(Sequence[str], cells)
        if not "".join(texts).isprintable():
            return super().columns(cells)
        plain = list(map(str.strip, texts, repeat(" ")))
        values: list[Any] = [text or None for text in plain] if "" in plain else [*plain]
        given: list[Any] = [*texts] if values == plain else list(map(_unless_blank, texts, plain))
        states: list[Any] = [None] * len(plain)
        for at in self._is_odd(plain):
            values[at], given[at], states[at] = self._one(cells[at], len(plain[at]))
        return [values, given, states]

    def _one(self, cell: Cell, length: int) -> Any:
        return self[cell] if length < SHORT else self._read(cell)


def _unless_blank(text: str, shown: str) -> str | None:
    return text if shown else None


CellReader = Memo[tuple[Any, ...]]
"""Cell -> the parts named by `PARTS`; given is None where no letter can be seen. The state of what is no count is None
(nothing to say), `unreadable` (a date that is none), `error`, or what the layout knows: `ambiguous`."""
PARTS: dict[FieldType, tuple[str, ...]] = dict.fromkeys(get_args(FieldType), ("", "_given", "_state"))
"""What a column of each type becomes, as suffixes of its field's name."""


def count_reader(grammar: CountGrammar, *, factor: int = 1, is_stated: bool = False) -> CellReader:
    """`factor`: the header multiplies. `is_stated`: a line above the table states a multiplied unit."""
    is_asked = factor == 1 and not is_stated

    def read(cell: Cell) -> tuple[Any, ...]:
        text = as_text(cell)
        if is_asked and (whole := plain_whole(cell, grammar)) is not None:
            return whole, text, "number"
        value, state = read_count(cell, grammar, factor=factor, is_stated=is_stated)
        return value, text if text and (cell.__class__ is not str or normalize(text)) else None, state

    return Memo(read)


def number_reader(
    words: Vocabulary,
    kind: NumberKind,
    factor: int = 1,
    has_unit: bool = False,
    stated_money: int = 0,
    is_fraction: bool = False,
    is_stated: bool = False,
) -> CellReader:
    """Reads what is no whole number; see read_amount."""
    grammar = amount_grammar(words, kind)

    def read(cell: Cell) -> tuple[Any, ...]:
        text = as_text(cell)
        value, state = read_amount(
            cell,
            grammar,
            kind,
            factor=factor,
            has_unit=has_unit,
            stated_money=stated_money,
            is_fraction=is_fraction and not isinstance(cell, str),
            is_stated=is_stated,
        )
        return value, text if normalize(text) else None, state

    return Memo(read)


def date_reader(
    blank: frozenset[str],
    window: Window | None,
    *,
    typed: bool,
    grammar: DateGrammar,
    has_time: bool = False,
) -> CellReader:
    """`has_time`: what is read is a moment, to the minute."""
    mean = read_when if has_time else read_date

    def read(cell: Cell) -> tuple[Any, ...]:
        text = as_text(cell)
        plain = normalize(text)
        if not plain or plain in blank:
            return None, text if plain else None, None
        if is_error(text) or is_formula(text):
            return None, text, "error"
        found = mean(cell, window, typed=typed, grammar=grammar)
        return found, text, None if found else "unreadable"

    return Memo(read)


def text_reader(kind: FieldType, blank: frozenset[str]) -> CellReader:
    mean = _READ_TEXT[kind]
    starts = frozenset(word[:1] for word in blank) | frozenset("#Ee")

    def read(cell: Cell) -> tuple[Any, ...]:
        text = cell if cell.__class__ is str else as_text(cell)
        if begins_as_is(text) and text[0] not in starts:
            # Neither blank, nor a word for nothing, nor an error: they begin otherwise.
            return mean(text), text, None
        plain = normalize(text)
        if not plain or plain in blank:
            return None, text if plain else None, None
        return (None, text, "error") if is_error(text) else (mean(text), text, None)

    if kind == "word":
        return Memo(read)
    if kind == "text":
        return Unlike(read, partial(_odd_texts, starts))
    return Unlike(read, _odd_links) if kind == "url" and "h" not in starts else Unlike(read)


def _odd_texts(starts: frozenset[str], texts: list[str]) -> list[int]:
    """Those that begin as a word for nothing or an error does, or with a sign that has to be looked at closely."""
    heads = {text[:1] for text in texts}
    odd = {head for head in heads if head and (head in starts or not begins_as_is(head))}
    return [at for at, text in enumerate(texts) if text[:1] in odd] if odd else []


def _odd_links(texts: list[str]) -> list[int]:
    return [
        at for at, text in enumerate(texts) if text and not (text.startswith(_SCHEMES) and text.isascii())
    ]


def answer_reader(words: Vocabulary, blank: frozenset[str]) -> CellReader:
    """Yes or no as the first of the words for each; what is neither stays as it is, for the check stage to refuse."""
    known = {normalize(word).upper(): kept[0] for kept in (words.yes, words.no) for word in kept}
    plain = text_reader("word", blank)

    def read(cell: Cell) -> tuple[Any, ...]:
        text = as_text(cell)
        if answer := known.get(normalize(text).upper()):
            return answer, text, None
        (found,) = plain.of([cell])
        return found

    return Memo(read)


def _contact(text: str) -> str:
    """A phone as its digits where it is one; else as it stands, half-width, for a mailbox or a fault."""
    return read_phone(text) or plain_address(text)


def _url(text: str) -> str:
    return added_scheme(text) or plain_address(text)


_READ_TEXT: dict[FieldType, Callable[[str], str]] = {
    "word": join_word,
    "text": trim,
    "contact": _contact,
    "url": _url,
}
