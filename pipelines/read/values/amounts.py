"""How much: decimals, percentages and money as units write them, exactly, as whole numbers of the smallest unit."""

from collections.abc import Iterable
from decimal import Decimal

from pipelines.notice.model import Vocabulary
from pipelines.notice.numbers import NumberKind
from pipelines.read.values.counts import NEARLY_WHOLE, CountGrammar, CountState, say_number
from pipelines.read.values.texts import Cell

LARGEST = Decimal(10) ** 17
"""Kept numbers beyond this are none: no sum of a province's units overflows."""


def units_of(kind: NumberKind) -> tuple[str, ...]:
    """What may stand behind such a number, 万 and the like apart."""
    if kind.type == "percent":
        return ("%", "个百分点", "百分点")
    return ("元", "元整") if kind.type == "money" else ((kind.unit,) if kind.unit else ())


def amount_grammar(words: Vocabulary, kind: NumberKind) -> CountGrammar:
    units: Iterable[str] = units_of(kind) or words.count_units
    return CountGrammar.of(words.model_copy(update={"count_units": tuple(units)}))


def read_amount(
    cell: Cell,
    grammar: CountGrammar,
    kind: NumberKind,
    *,
    factor: int = 1,
    has_unit: bool = False,
    stated_money: int = 0,
    is_fraction: bool = False,
    is_stated: bool = False,
) -> tuple[int | None, CountState]:
    """The number as it is kept, and how it was said; finer ones than are kept are rounded, and said to be approximate.

    The unit is the cell's own, else the header's (`factor`, `has_unit`), else the one that a line above states, else the
    notice's. `is_fraction`: the cell's format shows it as a percentage. `is_stated`: a line above the table states a multiplied unit
    (单位：万公顷), so that a decimal that names none of its own may mean either; 0 is 0.
    """
    said = say_number(cell, grammar)
    if said.number is None:
        return None, said.state
    number = said.number
    if is_stated and number != 0 and said.multiplier == 1 and not said.has_unit:
        return None, "ambiguous"
    if kind.type == "money":
        if said.has_unit or said.multiplier > 1:
            number *= said.multiplier
        else:
            number *= factor if has_unit else stated_money or kind.worth
    elif kind.type == "percent":
        is_whole = said.has_unit or (has_unit and not is_fraction)
        number *= 100 if is_fraction or (not is_whole and kind.scale == 1) else 1
    else:
        number *= said.multiplier if said.multiplier > 1 else factor
    if abs(number) * 10**kind.places > LARGEST:
        return None, "unreadable"
    kept = kind.keep_base(number)
    is_exact = abs(number * 10**kind.places - kept) <= NEARLY_WHOLE
    if kind.is_whole and not is_exact and said.multiplier == 1 and factor == 1:
        return None, "unreadable"
    return kept, said.state if is_exact else "approximate"
