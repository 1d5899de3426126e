"""What of a suite's rules and of a table Great Expectations is given: as little as makes its answers the same.

It looks at each row of a column several times a rule, some of it in Python.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.check.suites import Rule

_COLUMN_VALUES = "expect_column_values_to_"
_NOT_NULL, _BETWEEN = f"{_COLUMN_VALUES}not_be_null", f"{_COLUMN_VALUES}be_between"
_PASSING_OVER_NULL = frozenset(
    f"{_COLUMN_VALUES}{rest}"
    for rest in ("be_between", "be_in_set", "not_be_in_set", "match_regex", "not_match_regex")
) | {"expect_column_value_lengths_to_be_between"}
_CONDITION = ("row_condition", "condition_parser")
_IS_FALSE = re.compile(r"(\w+) == False")
_BOUNDS = ("min_value", "max_value")
_FIRST_DAY, _FIRST_MOMENT = date(1970, 1, 1), datetime(1970, 1, 1)


def live_rules(rules: Iterable[Rule], table: pa.Table) -> list[Rule]:
    """Those of the rules that some row may fail, without conditions that every row meets."""
    freed = [_freed(rule, table) for rule in rules]
    return [rule for rule in freed if not _is_idle(rule, table)]


def _freed(rule: Rule, table: pa.Table) -> Rule:
    """The rule without its condition where every row meets it: pandas asks each row, once for each look at the rule."""
    kwargs = rule.config["kwargs"]
    found = _IS_FALSE.fullmatch(kwargs.get("row_condition") or "")
    if not found or found[1] not in table.column_names:
        return rule
    column = table.column(found[1])
    if not pa.types.is_boolean(column.type) or column.null_count or pc.any(column).as_py():
        return rule
    return _with(rule, {key: value for key, value in kwargs.items() if key not in _CONDITION})


def _is_idle(rule: Rule, table: pa.Table) -> bool:
    """Whether no row can fail a rule: not_be_null where every row says something, any other, which passes over what is NULL,
    where none does."""
    kind, kwargs = rule.config["type"], rule.config["kwargs"]
    columns = (kwargs["column_A"], kwargs["column_B"]) if rule.other else (kwargs.get("column"),)
    if not {*columns} <= {*table.column_names}:
        return False
    if kind == _NOT_NULL:
        return "row_condition" not in kwargs and table.column(columns[0]).null_count == 0
    if kind not in _PASSING_OVER_NULL and not rule.other:
        return False
    return any(table.column(column).null_count == table.num_rows for column in columns)


def needed(rules: list[Rule], table: pa.Table) -> tuple[list[Rule], pa.Table]:
    """The columns that the rules name, all where they name none, and the rules as they are to be asked of these.

    Of a column that is only asked whether it says anything there is no more than that. Days and moments that are only held
    against a first and a last are numbers, here and in the rule: anything else is compared one by one, in Python.
    """
    asked: dict[str, set[str]] = {}
    for rule in rules:
        for key, value in rule.config["kwargs"].items():
            for word in re.findall(r"\w+", value) if isinstance(value, str) else ():
                asked.setdefault(word, set()).add(rule.config["type"] if key == "column" else key)
    chosen = table.select([name for name in table.column_names if name in asked] or table.column_names)
    for index, name in enumerate(chosen.column_names):
        kinds, column = asked.get(name, set()), chosen.column(index)
        if kinds == {_NOT_NULL}:
            said = pc.if_else(column.is_valid(), "said", pa.scalar(None, pa.string()))
            chosen = chosen.set_column(index, name, said)
        elif (
            _BETWEEN in kinds and kinds <= {_NOT_NULL, _BETWEEN} and _has_bounds_of(column.type, name, rules)
        ):
            chosen = chosen.set_column(index, name, _as_numbers(column))
            rules = [_bounded_by_numbers(rule) if _is_between(rule, name) else rule for rule in rules]
    return rules, chosen


def _is_between(rule: Rule, column: str) -> bool:
    return bool(rule.config["type"] == _BETWEEN and rule.config["kwargs"]["column"] == column)


def _has_bounds_of(kind: pa.DataType, column: str, rules: Iterable[Rule]) -> bool:
    """Whether a column of days is held against days alone, one of moments against moments."""
    bound = date if pa.types.is_date32(kind) else datetime if pa.types.is_timestamp(kind) else None
    given = (rule.config["kwargs"].get(key) for rule in rules if _is_between(rule, column) for key in _BOUNDS)
    return bound is not None and all(one is None or type(one) is bound for one in given)


def _as_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Days as days, moments as microseconds, since 1970."""
    if pa.types.is_date32(column.type):
        return column.cast(pa.int32()).cast(pa.int64())
    return column.cast(pa.timestamp("us")).cast(pa.int64())


def _bounded_by_numbers(rule: Rule) -> Rule:
    kwargs = rule.config["kwargs"]
    return _with(
        rule, kwargs | {key: _as_number(kwargs[key]) for key in _BOUNDS if kwargs.get(key) is not None}
    )


def _as_number(bound: date) -> int:
    """As `_as_numbers` counts."""
    if isinstance(bound, datetime):
        return (bound - _FIRST_MOMENT) // timedelta(microseconds=1)
    return (bound - _FIRST_DAY).days


def _with(rule: Rule, kwargs: dict[str, Any]) -> Rule:
    return replace(rule, config={**rule.config, "kwargs": kwargs})
