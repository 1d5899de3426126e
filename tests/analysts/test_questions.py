"""docs/questions.md: twenty questions, each of at most five lines of SQL that runs; answers equal what is computed without them."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from statistics import median
from typing import Any

import pytest

from pipelines.ground.home import ROOT
from tests.analysts import recomputed
from tests.analysts.conftest import World

PAGE = (ROOT / "docs" / "questions.md").read_text("utf-8")
QUESTIONS = dict(re.findall(r"^### (\d+)\. .*?```sql\n(.*?)\n```", PAGE, re.DOTALL | re.MULTILINE))
EARLIER, EVENING, END = datetime(2020, 11, 10, 20), datetime(2020, 11, 14, 20), datetime(2020, 12, 1)


def test_there_are_twenty() -> None:
    assert list(QUESTIONS) == [str(number) for number in range(1, 21)]


@pytest.mark.parametrize("number", QUESTIONS)
def test_each_is_short_and_runs(small: World, number: str) -> None:
    query = QUESTIONS[number]
    assert len(query.splitlines()) <= 5
    assert small.connection.execute(query).description


def _answer(world: World, number: int) -> list[dict[str, Any]]:
    found = world.connection.execute(QUESTIONS[str(number)])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _status(world: World, t: datetime) -> list[dict[str, Any]]:
    return world.rows("SELECT * FROM marts.obligation_status_as_of($notice, $t)", t=t)


RECOMPUTED: dict[int, Callable[[World], recomputed.Answer]] = {
    1: lambda world: recomputed.per_thousand(world, EVENING),
    2: lambda world: recomputed.worsening(world, EARLIER, EVENING),
    3: lambda world: recomputed.zero_only(world, END),
    6: recomputed.column_visits,
    7: lambda world: recomputed.mended(world, END),
    8: lambda world: recomputed.channels(world, END),
    9: recomputed.failing_formats,
    12: lambda world: recomputed.cities_by_kind(world, EVENING),
    14: recomputed.recurring_errors,
    15: lambda world: recomputed.silent_counties(world, EVENING),
    16: lambda world: recomputed.thin_categories(world, EVENING),
    17: lambda world: recomputed.day_by_day(world, END),
    18: lambda world: recomputed.never_came(world, END),
    19: lambda world: recomputed.without_repeats(world, EVENING),
    20: recomputed.known_until,
}
"""Questions 4, 5, 10, 11 and 13 have tests of their own."""


@pytest.mark.parametrize("number", RECOMPUTED)
def test_the_answer_is_what_plain_rows_give(filled: World, number: int) -> None:
    expected = RECOMPUTED[number](filled)
    assert expected, "asked of nothing, it would show nothing"
    assert recomputed.exactly([tuple(row.values()) for row in _answer(filled, number)]) == recomputed.exactly(
        expected
    )


def test_what_was_planted_is_in_the_answers(filled: World) -> None:
    """Else each would be computed twice over nothing."""
    assert [row["recipient"] for row in _answer(filled, 3)] == ["青岛市教育局"]
    assert sum(row["per_thousand"] is not None for row in _answer(filled, 1)) == 2
    assert {row["is_ok"] for row in _answer(filled, 6)} == {True, False}
    assert any(row["participants"] > row["participants_without_repeats"] for row in _answer(filled, 19))
    assert {row["is_silent"] for row in _answer(filled, 20)} == {True, False}


def test_corrected_after_due(small: World) -> None:
    told = [
        (row["recipient"], row["title"], row["column_name"], row["value_before"], row["value_after"], row["changed_at"])
        for row in _answer(small, 4)
        if row["column_name"] in recomputed.CELLS
    ]  # fmt: skip
    expected = recomputed.corrected_after_due(small, END)
    assert expected
    assert recomputed.exactly(told) == recomputed.exactly(expected)


def test_what_lacks_a_county(small: World) -> None:
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in small.rows("SELECT recipient, county FROM marts.materials_as_of($notice, $t)", t=EVENING):
        counted[row["recipient"]][0] += 1
        counted[row["recipient"]][1] += row["county"] is None
    expected = {unit: tuple(counts) for unit, counts in counted.items() if counts[1]}
    assert expected
    assert {
        row["recipient"]: (row["materials"], row["without_county"]) for row in _answer(small, 5)
    } == expected


def test_how_late(small: World) -> None:
    hours: dict[str, list[float]] = defaultdict(list)
    for one in _status(small, END):
        if one["status"] == "late":
            hours[one["deliverable_name"]].append(
                (one["first_accepted_at"] - one["due_at"]).total_seconds() / 3600
            )
    assert hours
    found = {row["deliverable_name"]: (row["late"], row["median_hours"]) for row in _answer(small, 13)}
    assert found == {name: (len(each), pytest.approx(median(each))) for name, each in hours.items()}


def test_missing_by_city_and_deliverable(small: World) -> None:
    missing: dict[tuple[str, str], int] = defaultdict(int)
    for one in _status(small, EVENING):
        missing[one["city"], one["deliverable_name"]] += one["status"] == "missing"
    found = {(row["city"], row["deliverable_name"]): row["missing"] for row in _answer(small, 11)}
    assert sum(missing.values()) > 0
    assert {key: count for key, count in found.items() if count} == {
        key: count for key, count in missing.items() if count
    }


def test_then_against_now(small: World) -> None:
    then, now = (
        {
            (row["city"], row["figure"]): row["value"]
            for row in small.rows("SELECT * FROM marts.figures_as_of($notice, $t)", t=t)
        }
        for t in (EVENING, END)
    )
    expected = {key: (value, now[key]) for key, value in then.items() if value != now[key]}
    assert expected
    found = {(row["city"], row["figure"]): (row["told_then"], row["told_now"]) for row in _answer(small, 10)}
    assert found == expected
