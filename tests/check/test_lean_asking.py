"""Great Expectations is given as little as makes its answers the same."""

from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

from pipelines.check.lean_asking import live_rules, needed
from pipelines.check.suites import Rule
from tests.check.late import validate_rows
from tests.check.test_validate import MATERIALS, NOTICE, _rows, _sheets

FIRST, LAST = datetime(2020, 11, 8), datetime(2020, 11, 14, 23, 59, 59, 999999)
WINDOW = {"column": "day", "min_value": FIRST.date(), "max_value": LAST.date()}
FILLED = {"column": "title"}
UNLESS_ZERO = FILLED | {"row_condition": "is_zero == False", "condition_parser": "pandas"}
TABLE = pa.table({
    "day": pa.array([date(2020, 11, 8), None, date(1969, 12, 31)]),
    "moment": pa.array([FIRST, None, datetime(1969, 12, 31, 23)], pa.timestamp("s")),
    "title": ["甲", None, "丙"],
    "theme": pa.array([None] * 3, pa.string()),
    "is_zero": [False, False, False],
    "is_some": [False, True, False],
    "number": [1, 2, 3],
})  # fmt: skip


def _rule(kind: str, **kwargs: Any) -> Rule:
    config = {"type": f"expect_column_values_to_{kind}", "kwargs": kwargs, "meta": {"number": 0}}
    return Rule(kwargs["column"], "bad_date", "error", "", config)


def _asked(rule: Rule) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    (told,), table = needed([rule], TABLE)
    return told.config["kwargs"], table.to_pydict()


ODD: list[dict[str, Any]] = [
    {},
    *({"activity_date": date(2020, 11, day)} for day in (7, 8, 14, 15)),
    {"activity_date": None, "activity_date_given": "某日", "activity_date_state": "unreadable"},
    {"activity_date": None, "activity_date_given": None},
    {"title": None, "title_given": None},
    {"title": None, "title_given": None, "is_zero_report": True},
    {"participants": -1},
    {"link": "www"},
    {"theme": "别的"},
    *(changes for changes, _ in MATERIALS.values()),
]


@pytest.mark.parametrize("odd", [ODD, [{}, {}], [{"is_zero_report": True}], [{"link": "http://a.cn"}]])
def test_verdicts_are_those_on_whole_tables_by_all_rules(
    odd: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.check import validate

    lean = validate_rows(NOTICE, _rows(*odd), _sheets())
    monkeypatch.setattr(validate, "live_rules", lambda rules, table: list(rules))
    monkeypatch.setattr(validate, "needed", lambda rules, table: (rules, table))
    verdicts, results = validate_rows(NOTICE, _rows(*odd), _sheets())
    assert (lean[0].to_pylist(), lean[1]) == (verdicts.to_pylist(), results)


def test_what_is_only_to_be_there_is_told_as_that() -> None:
    assert _asked(_rule("not_be_null", **FILLED)) == (FILLED, {"title": ["said", None, "said"]})


def test_what_is_looked_at_otherwise_too_stays() -> None:
    rules = [_rule("not_be_null", **FILLED), _rule("match_regex", column="title", regex="甲")]
    assert needed(rules, TABLE)[1].to_pydict() == {"title": ["甲", None, "丙"]}


def test_days_are_numbers_in_the_table_and_the_rule() -> None:
    kwargs, table = _asked(_rule("be_between", **WINDOW))
    low, high = kwargs["min_value"], kwargs["max_value"]
    assert (high - low, table) == (6, {"day": [low, None, -1]})


def test_moments_are_numbers_in_the_table_and_the_rule() -> None:
    kwargs, table = _asked(_rule("be_between", column="moment", min_value=FIRST, max_value=LAST))
    assert kwargs["max_value"] - kwargs["min_value"] == 7 * 86_400_000_000 - 1
    assert table == {"moment": [kwargs["min_value"], None, -3_600_000_000]}


@pytest.mark.parametrize(
    "kwargs",
    [
        pytest.param({"column": "day", "min_value": FIRST}, id="days-by-a-moment"),
        pytest.param({"column": "moment", "max_value": LAST.date()}, id="moments-by-a-day"),
        pytest.param({"column": "day", "min_value": 0}, id="days-by-a-number"),
        pytest.param({"column": "number", "min_value": 0}, id="numbers"),
    ],
)
def test_anything_else_is_held_against_what_it_was(kwargs: dict[str, Any]) -> None:
    name = kwargs["column"]
    assert _asked(_rule("be_between", **kwargs)) == (kwargs, {name: TABLE[name].to_pylist()})


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        pytest.param(_rule("not_be_null", **FILLED), FILLED, id="one-lacks-it"),
        pytest.param(_rule("not_be_null", column="number"), None, id="none-lacks-it"),
        pytest.param(_rule("be_in_set", column="theme", value_set=["一"]), None, id="nothing-said"),
        pytest.param(_rule("not_be_null", **UNLESS_ZERO), FILLED, id="all-meet-the-condition"),
        pytest.param(
            _rule("not_be_null", **UNLESS_ZERO | {"row_condition": "is_some == False"}),
            UNLESS_ZERO | {"row_condition": "is_some == False"},
            id="one-does-not",
        ),
        pytest.param(
            _rule("not_be_null", **UNLESS_ZERO | {"column": "number", "row_condition": "none == False"}),
            UNLESS_ZERO | {"column": "number", "row_condition": "none == False"},
            id="no-such-column",
        ),
    ],
)
def test_only_what_a_row_may_fail_is_asked(rule: Rule, asked: dict[str, Any] | None) -> None:
    assert [one.config["kwargs"] for one in live_rules([rule], TABLE)] == ([asked] if asked else [])
