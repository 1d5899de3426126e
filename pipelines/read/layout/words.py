"""The notice's words as patterns: what makes a cell a total, a remark, an example, a mark or a unit."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

from pipelines.notice.model import Notice
from pipelines.notice.numbers import money_words
from pipelines.read.values import Cell, as_text, begins_as_is, normalize, spellings

BLANK = "\\s\u00ad\u200b-\u200f\u2060\ufeff"
"""White space, and characters without width, inside a character class."""
_GAP = f"[{BLANK}]*"
_PARTS = re.compile(rf"[{BLANK}、/／,，;；:：()（）]+|以及|[和或及为是]")
_CLOSED = re.compile("[)）,，;；]")
_PUNCTUATION = re.compile(r"[^\w]+|_+")
KNOWN = 8192


T = TypeVar("T")


class Remembered(dict[str, T]):
    """What was said of texts, remembered: the same ones come in every file."""

    def __init__(self, say: Callable[[str], T]) -> None:
        super().__init__()
        self._say = say

    def __missing__(self, text: str) -> T:
        if len(self) >= KNOWN:
            self.clear()
        found = self[text] = self._say(text)
        return found


def spaced(word: str) -> str:
    """A pattern for a word whose letters may be set apart."""
    return _GAP.join(map(re.escape, word))


def one_of(signs: Iterable[str]) -> str:
    """A pattern for one of some signs; '' is in every text."""
    found = set(signs)
    return "" if "" in found else "[" + "".join(map(re.escape, sorted(found))) + "]"


def either(words: Iterable[str], write: object = None) -> str:
    """A pattern for one of the words, the longest first."""
    form = spaced if write is spaced else re.escape
    return "|".join(form(word) for word in sorted(set(words), key=len, reverse=True)) or "(?!)"


class Words:
    """What the layout asks of a cell, by one notice's words."""

    def __init__(self, notice: Notice) -> None:
        words = notice.words
        self.units = _set({*words.count_units, *declared_units(notice)})
        self.multipliers = {normalize(word): factor for word, factor in words.multipliers.items()}
        types = {column.type for item in notice.deliverables.values() for column in item.columns.values()}
        self._has_money, self._has_percent = "money" in types, "percent" in types
        self._worth = money_words(words.multipliers)
        self.hints = _set(words.header_hints)
        self.hint_starts = tuple(sorted(_set(words.header_hint_starts)))
        self.marks = "".join({*map(normalize, words.header_marks), *words.header_marks})
        """Marks around a header that say nothing."""
        self.numbers = _set(words.row_number)
        self.unit_columns = _set(words.unit_columns)
        self.reporting_unit = _set(words.reporting_unit)
        self.own = _set(words.own)
        self.parts = tuple(sorted(_set(words.parts)))
        self.ditto = _set(words.ditto)
        self.zero = _set(words.zero_report)
        starts = frozenset(word[:1] for word in self.zero)
        self.may_begin_zero = Remembered(lambda sign: not begins_as_is(sign) or sign in starts)
        """Whether a text that begins with a sign may be a zero word: never wrong by no."""
        self.instructions, self.returned = words.instruction_sheets, words.returned_sheet
        self.not_applicable = _set(words.not_applicable)
        self.partial = _set(words.partial_totals)
        totals = (*words.totals, *words.partial_totals)
        tails = either(normalize(word) for word in words.total_tails)
        self._total = re.compile(
            rf"[^\n]{{0,6}}?(?P<word>{either(map(normalize, totals))})(?:{tails})?(?:\([^()]*\))?:?"
        )
        self._example = re.compile(rf"(?:{either(map(normalize, words.example))})(?::.*)?", re.S)
        self._remark = re.compile(rf"[{BLANK}]*(?:{either(words.remarks, spaced)})(?=[:：（(\[【{BLANK}]|\Z)")
        ditto = either(words.ditto, spaced)
        self._total_end = re.compile(
            one_of(sign for word in totals for sign in spellings(normalize(word)[-1]))
        )
        self._special_words = sorted({*totals, *map(normalize, totals), *words.ditto})
        self._signs: dict[str, tuple[str, ...]] = {
            letter: (letter,) for word in words.ditto for letter in word
        }
        """Letter of such a word -> the signs that may stand for it."""
        self._signs |= {letter: spellings(letter) for word in totals for letter in word + normalize(word)}
        self._is_scale = Remembered(self._says_scale)
        self.stands_out = Remembered(lambda text: self.is_example(text) or self.is_remark(text))
        """Whether the first text of a row may make it something else than data: an example, or a remark."""
        self._special = re.compile(rf"{either(totals, spaced)}|(?m:^[{BLANK}]*(?:{ditto})[{BLANK}]*$)")
        scale = f"(?:{either(self.multipliers)})+"
        self._multiplied = re.compile(rf"(?P<scale>{scale})(?P<unit>{either(self.units)})?")
        labels = either(words.unit_label, spaced)
        self.unit_label = re.compile(rf"(?:{either(map(normalize, words.unit_label))}):?")
        self._stated = re.compile(rf"(?:{labels}){_GAP}(?:均|都)?{_GAP}(?:[:：(（]|为|是)(?P<rest>[^。]*)")
        unit = rf"{scale}(?:{either(self.units)})"
        self._meant = re.compile(
            rf"\({unit}\)|{unit}|.*[以按用]{scale}(?:{either(self.units)})?(?:为单位|[计填]).*", re.S
        )

    def rare_letters(self, text: str) -> re.Pattern[str] | None:
        """Finds, of each total word and each cell that means the one above whose letters a text has all, the letter that the text
        has least: what part of it lacks them holds no such word. None where the text has no word's letters.

        To look for letters is much quicker than to look for words whose letters may be set apart."""
        rare = {
            min(word, key=lambda letter: sum(text.count(sign) for sign in self._signs[letter]))
            for word in self._special_words
            if all(any(sign in text for sign in self._signs[letter]) for letter in word)
        }
        return _any_of(frozenset(sign for letter in rare for sign in self._signs[letter])) if rare else None

    def holds_total_or_ditto(self, text: str) -> bool:
        """Whether a row's text, a cell a line, holds a total word or a cell that means the one above."""
        return self._special.search(text) is not None

    def total_word(self, cell: Cell) -> str | None:
        """The total word that a cell is, '' beside it or behind it allowed as the contract says; None where it is none."""
        text = as_text(cell)
        if not 2 <= len(text) <= 60 or not self._total_end.search(text):
            return None
        found = self._total.fullmatch(normalize(text))
        return found["word"] if found else None

    def is_zero(self, text: str | None) -> bool:
        """Whether a text, without punctuation and white space, says that there was nothing."""
        if not text or len(text) > 40 or not self.may_begin_zero[text[0]]:
            return False
        plain = normalize(text)
        return plain in self.zero or _PUNCTUATION.sub("", plain) in self.zero

    def is_example(self, cell: Cell) -> bool:
        return isinstance(cell, str) and bool(self._example.fullmatch(normalize(cell)))

    def is_remark(self, cell: Cell) -> bool:
        return isinstance(cell, str) and bool(self._remark.match(cell))

    def multiplied(self, text: str) -> tuple[int, str] | None:
        """(factor, unit) of 万, 万人次 and the like; None for anything else."""
        found = self._multiplied.fullmatch(text)
        if not found:
            return None
        factor, rest = 1, found["scale"]
        while rest:
            word = next(
                one for one in sorted(self.multipliers, key=len, reverse=True) if rest.startswith(one)
            )
            factor, rest = factor * self.multipliers[word], rest[len(word) :]
        return factor, found["unit"] or ""

    def worth_of(self, text: str) -> int | None:
        """What a bracket behind a header multiplies by: 元, 万元 where the notice asks for money, % where it asks for percentages."""
        if self._has_percent and text == "%":
            return 1
        return self._worth.get(text) if self._has_money else None

    def stated_money(self, lines: Iterable[str]) -> int:
        """The unit of money that a line above a table states (单位：万元), in 元; 0 where none does."""
        if not self._has_money:
            return 0
        return next(
            (self._worth[one] for text in lines for one in self._units_in(text) if one in self._worth), 0
        )

    def states_multiplier(self, text: str) -> bool:
        """Whether a line says that counts are meant in 万 and the like, also beside other units (单位：场、万人次)."""
        return any(self.multiplied(one) for one in self._units_in(text))

    def means_multiplier(self, text: str) -> bool:
        """Whether a line above a table says so in other words: （万人次） alone, 以万人次计."""
        return len(text) < 200 and bool(self._meant.fullmatch(normalize(text)))

    def is_multiplied_unit(self, cell: Cell) -> bool:
        """A cell that is such a unit alone (万人次, also in brackets and behind 单位：): it speaks of the numbers beside it."""
        return isinstance(cell, str) and len(cell) <= 40 and self._is_scale[cell]

    def _says_scale(self, text: str) -> bool:
        return self.multiplied(self.unit_label.sub("", normalize(text).strip("()"), count=1)) is not None

    def _units_in(self, text: str) -> Iterator[str]:
        """What a line states as unit: as a whole, and each of several."""
        for found in self._stated.finditer(text):
            parts = _PARTS.split(found["rest"])
            yield from map(normalize, (_CLOSED.split(found["rest"], maxsplit=1)[0], *parts))


@lru_cache(maxsize=KNOWN)
def _any_of(signs: frozenset[str]) -> re.Pattern[str]:
    return re.compile(one_of(signs))


def declared_units(notice: Notice) -> Iterator[str]:
    """What the notice's own columns of numbers are counted in (公顷); of money and percentages `worth_of` knows it."""
    for item in notice.deliverables.values():
        for column in item.columns.values():
            if column.unit and column.type not in ("money", "percent"):
                yield column.unit


def _set(words: Iterable[str]) -> frozenset[str]:
    return frozenset(normalize(word) for word in words)
