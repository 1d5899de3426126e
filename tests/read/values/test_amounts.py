"""Decimals, percentages and money: what a cell says in each column, exactly, with the unit from cell, header, line or notice."""

from decimal import Decimal

import pytest

from pipelines.notice import load_notice
from pipelines.notice.numbers import NumberKind, say_asked, say_range
from pipelines.read.values.amounts import amount_grammar, read_amount

WORDS = load_notice("nx-canteen-safety-2020").words
YUAN = NumberKind.of("money", 2, None, None, None)
WAN = NumberKind.of("money", 2, "万元", None, None)
PERCENT = NumberKind.of("percent", 2, None, None, None)
FRACTION = NumberKind.of("percent", 2, None, 1, None)
KM = NumberKind.of("decimal", 1, "公里", None, None)
CASES = [
    (YUAN, "1200.50", {}, 120050, "number"),
    (YUAN, 1200.5, {}, 120050, "number"),
    (YUAN, "1,200元", {}, 120000, "number"),
    (YUAN, "3.5万元", {}, 3500000, "number"),
    (YUAN, "1.2亿", {}, 12000000000, "number"),
    (YUAN, "约3万元", {}, 3000000, "approximate"),
    (YUAN, "0.005", {}, 1, "approximate"),
    (YUAN, "－30元", {}, -3000, "number"),
    (WAN, "12.5", {}, 12500000, "number"),
    (WAN, "125000元", {}, 12500000, "number"),
    (WAN, "12.5", {"factor": 1, "has_unit": True}, 1250, "number"),
    (WAN, "12.5", {"factor": 10000, "has_unit": True}, 12500000, "number"),
    (YUAN, "12.5", {"stated_money": 10000}, 12500000, "number"),
    (YUAN, "12.5", {"factor": 1, "has_unit": True, "stated_money": 10000}, 1250, "number"),
    (YUAN, "12.5元", {"factor": 10000, "has_unit": True}, 1250, "number"),
    (YUAN, "12.5美元", {}, None, "unreadable"),
    (YUAN, "3-5万元", {}, None, "unreadable"),
    (YUAN, "1" * 30, {}, None, "unreadable"),
    (YUAN, "-", {}, None, "not_applicable"),
    (YUAN, "", {}, None, "blank"),
    (YUAN, "#REF!", {}, None, "error"),
    (PERCENT, "12.5%", {}, 1250, "number"),
    (PERCENT, "12.5％", {}, 1250, "number"),
    (PERCENT, "12.5", {}, 1250, "number"),
    (PERCENT, 0.125, {}, 13, "approximate"),
    (PERCENT, 0.125, {"is_fraction": True}, 1250, "number"),
    (PERCENT, 1 / 3, {"is_fraction": True}, 3333, "approximate"),
    (FRACTION, "0.125", {}, 1250, "number"),
    (FRACTION, "12.5%", {}, 1250, "number"),
    (FRACTION, "12.5", {"has_unit": True}, 1250, "number"),
    (FRACTION, "12.5", {}, 125000, "number"),
    (KM, "3.5公里", {}, 35, "number"),
    (KM, "3.5", {}, 35, "number"),
    (KM, "3.55", {}, 36, "approximate"),
    (KM, "3.5元", {}, None, "unreadable"),
    (KM, "0.1", {"factor": 10000}, 10000, "number"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "cell", "around", "kept", "state"),
    CASES,
    ids=[f"{one[0].type}{one[0].unit}:{one[1]}{one[2]}" for one in CASES],
)
def test_what_a_cell_says(kind: NumberKind, cell: object, around: dict, kept: int | None, state: str) -> None:
    assert read_amount(cell, amount_grammar(WORDS, kind), kind, **around) == (kept, state)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "kept", "shown"),
    [(YUAN, 120050, "1200.5"), (WAN, 12500000, "12.5"), (WAN, 1, "0.000001"), (PERCENT, 1250, "12.5"), (KM, -35, "-3.5"), (YUAN, 100000, "1000")],
    ids=lambda one: str(one)[:40],
)  # fmt: skip
def test_a_kept_number_is_shown_exactly(kind: NumberKind, kept: int, shown: str) -> None:
    assert kind.show(kept) == shown
    assert kind.keep(Decimal(shown)) == kept


def test_units_are_told_what_to_fill_in() -> None:
    assert say_asked(WAN) == "金额（万元），如 12.5"
    assert say_asked(PERCENT) == "百分数，如 12.5%"
    assert say_range(Decimal(0), Decimal(100), PERCENT) == "在 0 至 100% 之间"
    assert say_range(None, Decimal(5), WAN) == "不大于 5万元"
