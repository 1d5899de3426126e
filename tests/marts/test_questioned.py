"""Warnings that a person looks at: numbers that are far off, and units that owe and cannot be reached."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.notice import Notice
from pipelines.notice.model import FarOff
from tests.warehouse.empty import empty_warehouse
from tests.warehouse.received import START, UNIT, Line, Sent, load

T = datetime(2020, 11, 20)
FAR_OFF = "SELECT activity_date, finding, county, value, usual FROM marts.far_off_as_of($notice, $t)"
UNREACHED = "SELECT recipient_code, missing, reminders, problem FROM marts.unreached_as_of($notice, $t)"
COUNTY = "历下区"


def ask(connection: duckdb.DuckDBPyConnection, query: str, notice: Notice, t: datetime = T) -> list[Any]:
    return connection.execute(query, {"notice": notice.id, "t": t}).fetchall()


def find(notice: Notice, lines: list[Line], t: datetime = T) -> list[Any]:
    with empty_warehouse() as (connection, private, folder):
        load(connection, private, notice, [Sent("日报.xlsx", 1, tuple(lines))], folder / "1")
        return ask(connection, FAR_OFF, notice, t)


def days(*amounts: int | None) -> list[Line]:
    """One row a day from the 9th on."""
    return [Line(f"第{at}天", 9 + at, amount) for at, amount in enumerate(amounts)]


FAR_DAYS: dict[str, tuple[list[Line], FarOff, list[tuple[date, int, int]]]] = {
    "ten times": (days(100, 120, 80, 5000), FarOff(), [(date(2020, 11, 12), 5000, 100)]),
    "just ten": (days(100, 120, 80, 1000), FarOff(), []),
    "over ten": (days(100, 120, 80, 1001), FarOff(), [(date(2020, 11, 12), 1001, 100)]),
    "too small to ask": (days(1, 1, 1, 500), FarOff(), []),
    "smaller floor": (days(1, 1, 1, 500), FarOff(at_least=500), [(date(2020, 11, 12), 500, 1)]),
    "other factor": (days(100, 120, 80, 500), FarOff(times=4, at_least=1), [(date(2020, 11, 12), 500, 100)]),
    "two other days": (days(100, 120, 5000), FarOff(), []),
    "blank and zero days are none": (days(100, 120, None, 0, 5000), FarOff(), []),
    "a day is all its rows": (
        [*days(100, 120, 80, 600), Line("又一条", 12, 600)],
        FarOff(),
        [(date(2020, 11, 12), 1200, 100)],
    ),
}


@pytest.fixture(scope="module")
def far_days(notice: Notice) -> dict[str, list[tuple[Any, ...]]]:
    """What is found of each case: those of one rule in one warehouse, each told by a unit of its own."""
    kinds = notice.deliverables["materials"].owed_by
    able = [one.code for one in notice.recipients if one.line == "education" and one.kind in kinds]
    units, found = dict(zip(FAR_DAYS, able, strict=False)), {}
    rules = {rule.model_dump_json(): rule for _, rule, _ in FAR_DAYS.values()}
    for rule in rules.values():
        names = [name for name, (_, its, _) in FAR_DAYS.items() if its == rule]
        files = [
            Sent(f"{units[name]}/日报.xlsx", 1, tuple(FAR_DAYS[name][0]), unit=units[name]) for name in names
        ]
        with empty_warehouse() as (connection, private, folder):
            load(connection, private, notice.model_copy(update={"far_off": rule}), files, folder / "1")
            rows = ask(connection, f"SELECT recipient_code, {FAR_OFF.removeprefix('SELECT ')}", notice)
        found |= {name: [row[1:] for row in rows if row[0] == units[name]] for name in names}
    return found


@pytest.mark.parametrize("name", FAR_DAYS)
def test_a_day_far_beyond_the_usual_is_asked_about(
    far_days: dict[str, list[tuple[Any, ...]]], name: str
) -> None:
    rows, (_, _, found) = far_days[name], FAR_DAYS[name]
    assert [(day, value, usual) for day, finding, _, value, usual in rows] == found
    assert {row[1] for row in rows} <= {"more_than_usual"}


def test_nothing_is_far_off_before_it_arrived(notice):
    assert find(notice, days(100, 120, 80, 5000), START) == []


def test_more_than_a_county_has_people_is_asked_about(notice):
    regions = tuple(
        one.model_copy(update={"people": 800}) if one.name == COUNTY else one for one in notice.regions
    )
    lines = [
        Line("甲", 9, 500, county=COUNTY),
        Line("乙", 9, 301, county=COUNTY),
        Line("丙", 10, 800, county=COUNTY),
    ]
    taught = notice.model_copy(update={"regions": regions})
    assert find(taught, lines) == [(date(2020, 11, 9), "more_than_people", COUNTY, 801, 800)]
    assert find(notice, lines) == [], "where nobody said how many live there, nothing is said"


def test_what_was_asked_about_counts_all_the_same(notice):
    with empty_warehouse() as (connection, private, folder):
        load(
            connection, private, notice, [Sent("日报.xlsx", 1, tuple(days(100, 120, 80, 5000)))], folder / "1"
        )
        (total,) = connection.execute(
            "SELECT sum(participants) FROM marts.city_coverage_as_of($notice, $t)",
            {"notice": notice.id, "t": T},
        ).fetchone()  # type: ignore[misc]
    assert total == 5300


@pytest.fixture(scope="module")
def owing(notice: Notice) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in which every unit owes what is due."""
    with empty_warehouse() as (connection, private, folder):
        load(connection, private, notice, [Sent("日报.xlsx", 1, ())], Path(folder) / "1")
        yield connection


@pytest.mark.parametrize(
    ("has_address", "mails", "problem"),
    [
        (True, [], None),
        (False, [], "no_address"),
        (True, [("reminder", "sent", 11), ("reminder", "sent", 12)], "silent"),
        (None, [("reminder", "sent", 11), ("reminder", "sent", 12)], "silent"),
        (True, [("reminder", "sent", 11)], None),
        (True, [("reminder", "sent", 11), ("reminder", "failed", 12)], None),
        (True, [("reminder", "sent", 11), ("return", "sent", 12)], None),
        (True, [("reminder", "sent", 3), ("reminder", "sent", 4)], None),
        (True, [("reminder", "sent", 11), ("reminder", "sent", 28)], None),
    ],
    ids=["reachable", "no address", "silent", "silent, never looked up", "once is not enough", "one never left",
         "a return is no reminder", "before it was due", "after the moment"],
)  # fmt: skip
def test_a_unit_that_owes_and_cannot_be_reached_is_named(notice, owing, has_address, mails, problem):
    owing.begin()
    try:
        if has_address is not None:
            source = "roster" if has_address else None
            owing.execute("INSERT INTO raw.mailboxes VALUES ($1, $2, $3, $4)", [notice.id, UNIT, source, T])
        for number, (purpose, state, day) in enumerate(mails):
            at = datetime(2020, 11, day)
            owing.execute(
                "INSERT INTO marts.mails VALUES ($1, $2, $3, $4, '', $5, $6, $6, $6, $6, 1, NULL)",
                [notice.id, f"m{number}", purpose, UNIT, state, at],
            )
        plain = notice.model_copy(update={"remind": None})
        owing.execute("UPDATE core.notices SET reminded_in_vain = $1", [plain.reminded_in_vain])
        rows = ask(owing, UNREACHED, notice)
        assert [row[3] for row in rows if row[0] == UNIT] == ([problem] if problem else [])
        assert all(row[1] > 0 for row in rows)
        assert {row[0] for row in rows} <= {UNIT}, "units of which nothing is known are not named"
    finally:
        owing.rollback()
