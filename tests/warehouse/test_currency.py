"""Which rows count, as of any moment (contract section 6): the words of the contract as cases, and against a plain model."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipelines.notice import Notice, load_notice
from tests.conftest import NOTICE_ID
from tests.marts.recomputation import Recomputation
from tests.warehouse.empty import empty_warehouse
from tests.warehouse.received import START, Line, Sent, load

A, B = Line("甲"), Line("乙")
OLD, OTHER = "单位/日报.xlsx", "单位/更正.xlsx"


def counting(connection: duckdb.DuckDBPyConnection, unit: str, hour: float) -> list[str]:
    """The rows of a unit that count at an hour, as `file:title participants`."""
    found = connection.execute(
        """
        SELECT items.submission_id || ':' || title || coalesce(' ' || participants, '')
        FROM core.items_at('sd-vocational-week-2020', $1) AS items WHERE items.recipient_code = $2
        ORDER BY items.submission_id, items.table_number, items.row_number
        """,
        [START + pd.Timedelta(hours=hour), unit],
    ).fetchall()
    return [row.removeprefix(f"{unit}/") for (row,) in found]


def noted(connection: duckdb.DuckDBPyConnection, unit: str) -> list[tuple[Any, ...]]:
    found = connection.execute(
        "SELECT submission_id, code, row_number, value FROM marts.notes"
        " WHERE starts_with(submission_id, $1 || '/') ORDER BY ALL",
        [unit],
    ).fetchall()
    return [
        (submission_id.removeprefix(f"{unit}/"), code, row_number, value and value.removeprefix(f"{unit}/"))
        for submission_id, code, row_number, value in found
    ]


CASES = {
    "all rows of a key": (
        [Sent(OLD, 1, (A, Line("甲", participants=20), Line("甲", participants=30)))],
        {1: [f"{OLD}@1:甲 10", f"{OLD}@1:甲 20", f"{OLD}@1:甲 30"]},
        [],
    ),
    "the latest file speaks with all its rows": (
        [Sent(OLD, 1, (A, Line("甲", participants=20), B)), Sent(OTHER, 2, (Line("甲", participants=7),))],
        {1: [f"{OLD}@1:甲 10", f"{OLD}@1:甲 20", f"{OLD}@1:乙 10"], 2: [f"{OLD}@1:乙 10", f"{OTHER}@2:甲 7"]},
        [],
    ),
    "equal rows with a count count once": (
        [Sent(OLD, 1, (A, B, A))],
        {1: [f"{OLD}@1:甲 10", f"{OLD}@1:乙 10"]},
        [(f"{OLD}@1", "duplicate_row", 4, "甲")],
    ),
    "equal rows without a count count each": (
        [Sent(OLD, 1, (Line("甲", participants=None),) * 2 + (Line("乙", participants=0),) * 2)],
        {1: [f"{OLD}@1:甲", f"{OLD}@1:甲", f"{OLD}@1:乙 0", f"{OLD}@1:乙 0"]},
        [],
    ),
    "equal rows that are rejected are none": (
        [Sent(OLD, 1, (Line("甲", is_faulty=True), A))],
        {1: [f"{OLD}@1:甲 10"]},
        [],
    ),
    "a new version replaces what it no longer says": (
        [Sent(OLD, 1, (A, B)), Sent(OLD, 2, (Line("甲改"),))],
        {1: [f"{OLD}@1:甲 10", f"{OLD}@1:乙 10"], 2: [f"{OLD}@2:甲改 10"]},
        [(f"{OLD}@2", "replaced_rows", None, "2")],
    ),
    "periods that it does not mention stay": (
        [Sent(OLD, 1, (A, Line("丙", day=8))), Sent(OLD, 2, (B,))],
        {2: [f"{OLD}@1:丙 10", f"{OLD}@2:乙 10"]},
        [(f"{OLD}@2", "replaced_rows", None, "1")],
    ),
    "a key that a rejected row bears stays until a valid one comes": (
        [
            Sent(OLD, 1, (A, B)),
            Sent(OLD, 2, (Line("甲", participants=-1, is_faulty=True), Line("丁"))),
            Sent(OLD, 3, (Line("甲", participants=5), Line("丁", participants=6))),
        ],
        {2: [f"{OLD}@1:甲 10", f"{OLD}@2:丁 10"], 3: [f"{OLD}@3:甲 5", f"{OLD}@3:丁 6"]},
        [(f"{OLD}@2", "replaced_rows", None, "1"), (f"{OLD}@3", "replaced_rows", None, "2")],
    ),
    "a key of a rejected row and of a valid one is replaced": (
        [
            Sent(OLD, 1, (A,)),
            Sent(OLD, 2, (Line("甲", participants=-1, is_faulty=True), Line("甲", participants=3))),
        ],
        {2: [f"{OLD}@2:甲 3"]},
        [(f"{OLD}@2", "replaced_rows", None, "1")],
    ),
    "a version without a valid row replaces nothing": (
        [Sent(OLD, 1, (A,)), Sent(OLD, 2, (Line("乙", is_faulty=True),))],
        {2: [f"{OLD}@1:甲 10"]},
        [],
    ),
    "what another file says speaks again": (
        [Sent(OTHER, 1, (Line("甲", participants=7),)), Sent(OLD, 2, (A, B)), Sent(OLD, 3, (B, Line("丙")))],
        {
            1: [f"{OTHER}@1:甲 7"],
            2: [f"{OLD}@2:甲 10", f"{OLD}@2:乙 10"],
            3: [f"{OLD}@3:乙 10", f"{OLD}@3:丙 10", f"{OTHER}@1:甲 7"],
        },
        [(f"{OLD}@3", "replaced_rows", None, "2")],
    ),
    "old bytes again change nothing and are told": (
        [
            Sent(OLD, 1, (A,), "x"),
            Sent(OTHER, 2, (Line("甲", participants=7),)),
            Sent("再发.xlsx", 3, (A,), "x"),
        ],
        {3: [f"{OTHER}@2:甲 7"]},
        [("再发.xlsx@3", "resent_old", None, OTHER)],
    ),
    "old bytes under their own path again": (
        [Sent(OLD, 1, (A, B), "x"), Sent(OLD, 2, (A,)), Sent(OLD, 3, (A, B), "x")],
        {3: [f"{OLD}@2:甲 10"]},
        [(f"{OLD}@2", "replaced_rows", None, "2"), (f"{OLD}@3", "resent_old", None, OLD)],
    ),
    "bytes again that still count are not told": (
        [Sent(OLD, 1, (A,), "x"), Sent(OTHER, 2, (A,), "x")],
        {2: [f"{OLD}@1:甲 10"]},
        [],
    ),
    "a corrected answer replaces its row without a note": (
        [
            Sent("e.xlsx#1", 1, (A,), answer_key="k"),
            Sent("f.xlsx#1", 2, (Line("乙", day=8),), answer_key="k"),
        ],
        {1: ["e.xlsx#1@1:甲 10"], 2: ["f.xlsx#1@2:乙 10"]},
        [],
    ),
    "tables side by side share row numbers": (
        [Sent(OLD, 1, (A, B, Line("丙"), Line("丁", is_faulty=True)), tables=2)],
        {1: [f"{OLD}@1:甲 10", f"{OLD}@1:丙 10", f"{OLD}@1:乙 10"]},
        [],
    ),
}


@pytest.fixture(scope="module")
def loaded(notice: Notice) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, str]]]:
    """A warehouse with all cases, each told by a unit of its own, and which: a warehouse for each costs a second and a half."""
    owing = notice.deliverables["materials"].owed_by
    able = [one.code for one in notice.recipients if one.line == "education" and one.kind in owing]
    units = dict(zip(CASES, able, strict=False))
    assert len(units) == len(CASES)
    files = [told_by(units[name], one) for name, (sent, _, _) in CASES.items() for one in sent]
    with empty_warehouse() as (connection, private, folder):
        load(connection, private, notice, files, folder)
        yield connection, units


def told_by(unit: str, one: Sent) -> Sent:
    """The same file of another unit: no path, bytes or answer is another's."""
    mine = {name: f"{unit}/{value}" for name in ("content", "answer_key") if (value := getattr(one, name))}
    return replace(one, unit=unit, path=f"{unit}/{one.path}", **mine)


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)
def test_what_counts(
    loaded: tuple[duckdb.DuckDBPyConnection, dict[str, str]], notice: Notice, name: str, case: Any
) -> None:
    (connection, units), (files, expected, notes) = loaded, case
    unit = units[name]
    assert {hour: counting(connection, unit, hour) for hour in expected} == expected
    assert noted(connection, unit) == notes
    moment = START + pd.Timedelta(hours=9)
    ends = connection.execute(
        "SELECT row_end, count(*) FROM marts.row_ends_as_of($1, $2)"
        " WHERE starts_with(submission_id, $3 || '/') GROUP BY ALL",
        [notice.id, moment, unit],
    ).fetchall()
    assert sum(times for _, times in ends) == sum(len(one.lines) for one in files)
    assert dict(ends).get("counted", 0) == len(counting(connection, unit, 9))


lines = st.builds(
    Line,
    title=st.sampled_from(["甲", "乙"]),
    day=st.sampled_from([8, 9]),
    participants=st.sampled_from([None, 1, 2]),
    is_faulty=st.sampled_from([False, False, False, True]),
)
sent = st.builds(
    Sent,
    path=st.sampled_from([OLD, OTHER, "附件.xlsx"]),
    hour=st.integers(1, 6),
    lines=st.lists(lines, min_size=1, max_size=4).map(tuple),
)


@pytest.mark.slow
@settings(max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate])
@given(data=st.data())
def test_every_world_counts_as_the_plain_model_says(data: st.DataObject) -> None:
    count_both_ways(data)


@pytest.mark.soak  # two seconds a world; a few of them are played above
@settings(max_examples=200, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_very_many_worlds_count_as_the_plain_model_says(data: st.DataObject) -> None:
    count_both_ways(data)


def count_both_ways(data: st.DataObject) -> None:
    """In any order and division of arrival, at every moment; and loaded again it is the same."""
    notice = load_notice(NOTICE_ID)
    files = data.draw(st.lists(sent, min_size=1, max_size=8, unique_by=lambda one: one.id))
    shuffled = data.draw(st.permutations(files))
    cut = data.draw(st.integers(0, len(files)))
    with empty_warehouse() as (connection, private, folder):
        for number, part in enumerate((shuffled[:cut], shuffled[cut:], shuffled[:1])):
            load(connection, private, notice, list(part), folder / str(number))
        world = Recomputation(connection, notice.id)
        for hour in range(7):
            moment = START + pd.Timedelta(hours=hour)
            place = ["submission_id", "table_number", "row_number"]
            plain = world.current(moment)
            found = connection.execute(
                f"SELECT {', '.join(place)} FROM core.items_at($1, $2)", [notice.id, moment]
            ).fetchall()
            assert sorted(found) == sorted(plain[place].itertuples(index=False, name=None)), hour
