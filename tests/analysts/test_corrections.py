"""marts.corrections says, cell by cell, what differs between the materials just before and at each moment of a correction."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from pipelines.notice import load_notice
from tests.analysts.conftest import END, NOTICE_ID
from tests.warehouse.empty import empty_warehouse
from tests.warehouse.received import START, UNIT, Line, Sent, load

CELLS = ("category", "theme", "county", "participants", "online_views", "link")
Key = tuple[Any, ...]
FILES = (
    Sent("甲.xlsx", 1, (Line("开幕"), Line("讲座", participants=20), Line("走访", participants=5))),
    # Another file says otherwise of one row, and the same of another.
    Sent("乙.xlsx", 2, (Line("开幕", participants=8), Line("讲座", participants=20))),
    # A new version of the first file leaves out a row, after it was due.
    Sent("甲.xlsx", 40, (Line("开幕", participants=None), Line("新到", participants=3))),
    # Twice the same identity, then once.
    Sent("丙.xlsx", 3, (Line("展板", participants=1), Line("展板", participants=2))),
    Sent("丙.xlsx", 50, (Line("展板", participants=7),)),
)


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("corrected")
    with empty_warehouse() as (connection, private, _):
        for number, files in enumerate((FILES[:3], FILES[3:])):
            load(connection, private, load_notice(NOTICE_ID), list(files), folder / str(number))
        yield connection


def _rows(connection: duckdb.DuckDBPyConnection, query: str, t: Any) -> list[dict[str, Any]]:
    found = connection.execute(query, [NOTICE_ID, t])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _corrections(connection: duckdb.DuckDBPyConnection, t: Any = END) -> list[dict[str, Any]]:
    return _rows(connection, "SELECT * FROM marts.corrections_as_of($1, $2)", t)


def _materials(connection: duckdb.DuckDBPyConnection, t: Any) -> dict[Key, dict[str, Any]]:
    """By identity and place among equal ones."""
    places: Counter[Key] = Counter()
    found: dict[Key, dict[str, Any]] = {}
    for row in _rows(connection, "SELECT * FROM marts.materials_as_of($1, $2)", t):
        key = (str(row["activity_date"]), row["material_type"], row["title"])
        places[key] += 1
        found[(*key, places[key])] = row
    return found


def _differences(connection: duckdb.DuckDBPyConnection, t: Any) -> Counter[Key]:
    """(identity, place, column, old, new): of identities that counted just before."""
    before, after = _materials(connection, t - timedelta(seconds=1)), _materials(connection, t)
    known = {key[:3] for key in before}
    found: Counter[Key] = Counter()
    for key in before.keys() | {key for key in after if key[:3] in known}:
        for cell in CELLS:
            values = [one.get(key, {}).get(cell) for one in (before, after)]
            old, new = (None if value is None else str(value) for value in values)
            if old != new:
                found[(*key, cell, old, new)] += 1
    return found


def test_they_are_what_differs_at_each_moment(corrected: duckdb.DuckDBPyConnection) -> None:
    told: dict[Any, Counter[Key]] = {}
    for row in _corrections(corrected):
        if row["column_name"] in CELLS:
            cell = (row["column_name"], row["value_before"], row["value_after"])
            key = (*row["item_key"].split("\x1f"), row["place"], *cell)
            told.setdefault(row["changed_at"], Counter())[key] += 1
    found = {one.received_at: _differences(corrected, one.received_at) for one in FILES}
    assert told == {t: cells for t, cells in found.items() if cells}
    assert len(told) == 3


def test_each_says_what_did_it_and_whether_it_was_due(corrected: duckdb.DuckDBPyConnection) -> None:
    columns = ("title", "change", "value_before", "value_after", "difference")
    columns += ("path_before", "row_before", "path_after", "row_after", "is_after_due")
    told = [
        tuple(row[column] for column in columns)
        for row in _corrections(corrected)
        if row["column_name"] == "participants"
    ]
    assert told == [
        ("开幕", "changed", "10", "8", -2, "甲.xlsx", 2, "乙.xlsx", 2, False),
        ("开幕", "changed", "8", None, -8, "乙.xlsx", 2, "甲.xlsx", 2, True),
        ("走访", "removed", "5", None, -5, "甲.xlsx", 4, "甲.xlsx", None, True),
        ("展板", "changed", "1", "7", 6, "丙.xlsx", 2, "丙.xlsx", 2, True),
        ("展板", "removed", "2", None, -2, "丙.xlsx", 3, "丙.xlsx", None, True),
    ]
    assert {row["recipient_code"] for row in _corrections(corrected)} == {UNIT}


def test_as_of_a_moment_later_ones_are_unknown(corrected: duckdb.DuckDBPyConnection) -> None:
    known = _corrections(corrected, START + timedelta(hours=40))
    assert [row["changed_at"] <= START + timedelta(hours=40) for row in known] == [True] * len(known)
    assert 0 < len(known) < len(_corrections(corrected))
