"""docs/questions.md: twenty questions, each of at most five lines of SQL that runs; answers equal what is computed without them."""

import re
from collections import defaultdict
from datetime import datetime
from statistics import median
from typing import Any

import pytest

from pipelines.ground.home import ROOT
from tests.analysts.conftest import World

PAGE = (ROOT / "docs" / "questions.md").read_text("utf-8")
QUESTIONS = dict(re.findall(r"^### (\d+)\. .*?```sql\n(.*?)\n```", PAGE, re.DOTALL | re.MULTILINE))
EVENING, END = datetime(2020, 11, 14, 20), datetime(2020, 12, 1)


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


def test_zero_reports_alone(small: World) -> None:
    zero: dict[str, int] = defaultdict(int)
    for one in _status(small, END):
        zero[one["recipient"]] += one["deliverable"] == "daily" and one["is_zero_report"]
    sent = {
        row["recipient"]
        for row in small.rows("SELECT recipient FROM marts.materials_as_of($notice, $t)", t=END)
    }
    expected = {unit: count for unit, count in zero.items() if count and unit not in sent}
    assert {row["recipient"]: row["zero_reports"] for row in _answer(small, 3)} == expected


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
