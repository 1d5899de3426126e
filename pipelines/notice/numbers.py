"""What numbers a column of a statistics table may ask for besides whole ones, and how each is kept: as a whole number of its
smallest unit, so that every sum is exact."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema

from pipelines.notice.fields import refuse

NumberType = Literal["count", "decimal", "percent", "money"]
Aggregate = Literal["sum", "mean", "weighted", "min", "max", "last", "none"]
FINEST = 6
"""Decimals of an amount in the marts: no column keeps more."""
MONEY_DECIMALS = 2


def _number(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,4})?", str(value)):
        return Decimal(str(value))
    raise refuse(f"写成了 {value!r}；应是一个数，如 0 或 12.5")


def _percent(value: Any) -> int:
    if str(value) in ("1", "100"):
        return int(value)
    raise refuse(f"写成了 {value!r}；应是 100（填 12.5 就是 12.5%）或 1（填 0.125 才是 12.5%）")


Number = Annotated[Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"})]
Percent = Annotated[int, BeforeValidator(_percent), WithJsonSchema({"enum": [1, 100]})]


def money_words(multipliers: Mapping[str, int]) -> dict[str, int]:
    """元, 万元, 亿元 and the like, each with its worth in 元."""
    short = {word: worth for word, worth in multipliers.items() if not word.isascii()}
    twice = {f"{one}万": worth * 10_000 for one, worth in short.items() if worth < 10_000}
    return {"元": 1, **{f"{word}元": worth for word, worth in (short | twice).items()}}


@dataclass(frozen=True)
class NumberKind:
    """How a column's numbers are kept: `places` decimals of a base unit (元 for money, one per cent), as a whole number.

    `worth`: base units in the unit that the notice names (万元: 10,000). `scale` of a percentage: 100 where a bare 12.5 is 12.5%.
    """

    type: NumberType = "count"
    places: int = 0
    unit: str = ""
    worth: int = 1
    scale: int = 100
    aggregate: Aggregate = "sum"
    is_whole: bool = False
    """Of a decimal: a count that may be negative, whose fractions are no numbers."""

    @classmethod
    def of(
        cls,
        kind: NumberType,
        decimals: int,
        unit: str | None,
        scale: int | None,
        aggregate: Aggregate | None,
    ) -> "NumberKind":
        together = aggregate or ("sum" if kind in ("count", "money") else "none")
        if kind == "count":
            return cls(unit=unit or "", aggregate=together)
        if kind == "percent":
            return cls("percent", decimals, "%", 1, scale or 100, together)
        if kind == "money":
            named = unit or "元"
            return cls("money", MONEY_DECIMALS, named, WORTHS.get(named, 1), 100, together)
        return cls("decimal", decimals, unit or "", 1, 100, together)

    @property
    def is_summed(self) -> bool:
        return self.aggregate == "sum"

    def keep(self, number: Decimal) -> int:
        """A number in the notice's own unit as it is kept, half a smallest unit rounded up."""
        return self.keep_base(number * self.worth)

    def keep_base(self, number: Decimal) -> int:
        """A number in base units as it is kept."""
        return int((number * 10**self.places).quantize(Decimal(1), ROUND_HALF_UP))

    def show(self, kept: int) -> str:
        """A kept number in the notice's unit, exactly, without zeros that say nothing: 12.5, 1200."""
        shown = Decimal(kept) / (10**self.places * self.worth)
        text = f"{shown:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


WORTHS = money_words({"千": 1000, "百": 100, "万": 10_000, "亿": 10**8})
"""The units of money that a notice may name."""


def say_asked(number: NumberKind) -> str:
    """What a unit is asked to fill in: 金额（万元），如 12.5."""
    if number.type == "percent":
        return "百分数，如 12.5%" if number.scale == 100 else "百分数，如 12.5%（或 0.125）"
    if number.type == "money":
        return f"金额（{number.unit}），如 12.5"
    word, example = ("整数", "12，也可以是负数") if number.is_whole else ("数", "12.5")
    return f"{word}（{number.unit}），如 {example}" if number.unit else f"{word}，如 {example}"


def say_range(low: Decimal | None, high: Decimal | None, number: NumberKind) -> str:
    """在 0 至 100% 之间; 不小于 0; 不大于 5万元."""
    if low is not None and high is not None:
        return f"在 {low} 至 {high}{number.unit} 之间"
    return f"不小于 {low}{number.unit}" if low is not None else f"不大于 {high}{number.unit}"
