"""How many: the grammar of counts as units write them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from pipelines.notice.model import Vocabulary
from pipelines.read.values.numerals import SIGNS, read_numeral
from pipelines.read.values.texts import Cell, close_up, has_note_digits, is_error, is_formula, normalize

CountState = Literal["number", "approximate", "blank", "not_applicable", "unreadable", "error", "ambiguous"]
LARGEST_COUNT = 10**12
NEARLY_WHOLE = Decimal("1e-6")
_LONGEST_CELL = 120
"""Signs beyond this are no count, whatever they say."""
_LONGEST = 40
"""Digits beyond this are no count, whatever zeros they start with."""

_NUMBER = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_SIMPLE = r"[0-9０-９]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3}"
_GROUPED = re.compile(
    r"(?<![\d.,\u00a0\u2009\u202f])\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?![\d\u00a0\u2009\u202f])"
)
_GROUPING = re.compile(r"[\u00a0\u2009\u202f]")
_BEFORE, _BEHIND = f"0123456789.,+-{SIGNS}", "0123456789.,〇○零一二两三四五六七八九十"
"""White space between a sign of the first and one of the second parts two numbers."""


class Said(NamedTuple):
    """What a cell says before its column is asked: the number as written, and what stands around it."""

    number: Decimal | None
    state: CountState
    multiplier: int = 1
    has_unit: bool = False


@dataclass(frozen=True, eq=False)
class CountGrammar:
    """The words that counts may carry, from the notice. Equal to itself alone: it is asked for with every cell, and to hash a
    pattern takes as long as to match it."""

    not_applicable: frozenset[str]
    ditto: frozenset[str]
    multipliers: Mapping[str, int]
    pattern: re.Pattern[str]
    simple: re.Pattern[str]
    """Digits, grouped or not, with a unit behind them or none: what most text in such a column is."""

    @classmethod
    def of(cls, words: Vocabulary) -> "CountGrammar":
        before, more = _either(words.approximate_before), _either(words.approximate_after)
        multipliers = {normalize(word).lower(): worth for word, worth in words.multipliers.items()}
        pattern = re.compile(
            f"(?:{_either(words.exact_before)})?(?P<about>{before})?"
            f"(?:(?P<number>{_NUMBER})|(?P<numeral>[{SIGNS}]+))"
            f"(?P<more>{more})?(?P<multiplier>{_either(multipliers)})?(?P<more_behind>{more})?"
            f"(?P<unit>{_either(words.count_units)})?(?P<more_at_end>{more})?",
            re.I,
        )
        starts = tuple({*multipliers, *map(normalize, words.approximate_after)})
        units = [unit for unit in words.count_units if not normalize(unit).lower().startswith(starts)]
        simple = re.compile(rf"({_SIMPLE})(?:{_either(units)})?" if units else f"({_SIMPLE})")
        return cls(_plain(words.not_applicable), _plain(words.ditto), multipliers, pattern, simple)


def _plain(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(normalize, words))


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(normalize(word)) for word in sorted(words, key=len, reverse=True))


def read_count(
    cell: Cell, grammar: CountGrammar, *, factor: int = 1, is_stated: bool = False
) -> tuple[int | None, CountState]:
    """How many, and how it was said. A blank cell and one that is not applicable are both NULL, but not the same.

    `factor`: the header multiplies. `is_stated`: a line above the table states a multiplied unit, so that a number that
    names no unit of its own may mean either; 0 is 0.
    """
    if factor == 1 and not is_stated and (plain := plain_whole(cell, grammar)) is not None:
        return plain, "number"
    said = say_number(cell, grammar)
    if said.number is None:
        return None, said.state
    if is_stated and said.number != 0 and said.multiplier == 1 and not said.has_unit:
        return None, "ambiguous"
    times = said.multiplier if said.multiplier > 1 else factor
    value = _whole(said.number * times, is_multiplied=times > 1)
    if value is None:
        return None, "unreadable"
    return value, "approximate" if times > 1 else said.state


def plain_whole(cell: Cell, grammar: CountGrammar) -> int | None:
    """The short way for most cells: a whole number, or its digits with a unit or nothing behind them."""
    if isinstance(cell, str):
        if len(cell) <= 12 and cell.isascii() and cell.isdigit():
            return int(cell)
        found = grammar.simple.fullmatch(cell)
        return int(found[1].replace(",", "")) if found and cell not in grammar.not_applicable else None
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not abs(cell) <= LARGEST_COUNT:
        return None
    return int(cell) if cell == int(cell) else None


def say_number(cell: Cell, grammar: CountGrammar) -> Said:
    """What a cell says before its column is asked."""
    if cell is None:
        return Said(None, "blank")
    if isinstance(cell, str):
        return _count_of_text(cell, grammar)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return Said(None, "unreadable")
    if not abs(cell) <= LARGEST_COUNT:  # which NaN is not either
        return Said(None, "unreadable")
    return Said(Decimal(repr(cell)), "number")


def _whole(number: Decimal, *, is_multiplied: bool) -> int | None:
    """The whole that a number is; None for a fraction of a person, and for what no count can be."""
    if abs(number) > LARGEST_COUNT:
        return None
    if number == (whole := int(number)):
        return whole
    nearest = number.quantize(Decimal(1), ROUND_HALF_UP)
    return int(nearest) if is_multiplied or abs(number - nearest) <= NEARLY_WHOLE else None


@lru_cache(maxsize=65536)
def _count_of_text(text: str, grammar: CountGrammar) -> Said:
    plain = normalize(text)
    if not plain:
        return Said(None, "blank")
    if plain in grammar.not_applicable:
        return Said(None, "not_applicable")
    if is_error(plain) or is_formula(text):
        return Said(None, "error")
    found = (
        None
        if len(plain) > _LONGEST_CELL or has_note_digits(text)
        else grammar.pattern.fullmatch(_closed(text))
    )
    if not found:
        return Said(None, "unreadable")
    number = _number(found["number"], found["numeral"])
    if number is None:
        return Said(None, "unreadable")
    multiplier = grammar.multipliers[found["multiplier"].lower()] if found["multiplier"] else 1
    is_about = any(found[part] for part in ("about", "more", "more_behind", "more_at_end"))
    return Said(number, "approximate" if is_about else "number", multiplier, bool(found["unit"]))


def _closed(text: str) -> str:
    """White space removed where it parts no two numbers; thin and no-break spaces may group by three."""
    grouped = _GROUPED.sub(lambda found: _GROUPING.sub("", found[0]), text)
    return close_up(grouped, _BEFORE, _BEHIND)


def _number(written: str | None, numeral: str | None) -> Decimal | None:
    if numeral is not None:
        value = read_numeral(numeral)
        return None if value is None else Decimal(value)
    digits = (written or "").replace(",", "")
    return Decimal(digits) if len(digits.partition(".")[0]) <= _LONGEST else None


CountCause = Literal[
    "formula", "ditto", "note_digits", "commas", "two_numbers", "span", "fraction", "too_large", "numeral", "words"
]  # fmt: skip
_COMMA = re.compile(r"\d\s*,\s*\d")
_SPAN = re.compile(r"\d[^\d\s]{0,3}(?:[-~—–]{1,2}|至|到)\s*[^\d\s]{0,3}\d")
_SEVERAL = re.compile(r"\d[^\d.]+\d")


def count_cause(text: str, grammar: CountGrammar) -> CountCause:
    """Why a cell that could not be read is no count; what it is told depends on it."""
    plain = normalize(text[: 2 * _LONGEST_CELL])
    if is_formula(text):
        return "formula"
    if plain in grammar.ditto:
        return "ditto"
    if has_note_digits(text):
        return "note_digits"
    closed = _closed(text[: 2 * _LONGEST_CELL])
    if found := grammar.pattern.fullmatch(closed):
        number = _number(found["number"], found["numeral"])
        if number is None:
            return "numeral" if found["numeral"] else "too_large"
        return "too_large" if abs(number) > LARGEST_COUNT or found["multiplier"] else "fraction"
    if " " in closed and not _COMMA.search(closed):
        return "two_numbers"
    for cause, pattern in (("commas", _COMMA), ("span", _SPAN), ("two_numbers", _SEVERAL)):
        if pattern.search(closed):
            return cause  # type: ignore[return-value]
    return "words"
