"""Which period a document is for (notice-v2, Kinds): the words of the rule as cases, and against a plain model, however the run is cut."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipelines.notice import Notice, load_notice
from pipelines.notice.folder import NOTICES
from tests.notice.test_broken import GOOD, NOTICE
from tests.warehouse.documents import Sent, choose_plainly, load
from tests.warehouse.empty import empty, empty_warehouse

ONE = "单位/报告.docx"
PERIODS = [
    (date(2020, 12, 7), date(2020, 12, 13), datetime(2020, 12, 14, 12)),
    (date(2020, 12, 14), date(2020, 12, 20), datetime(2020, 12, 21, 12)),
    (date(2020, 12, 21), date(2020, 12, 27), datetime(2020, 12, 28, 12)),
]
"""Weeks, each due at noon of the Monday after."""


@pytest.fixture(scope="module")
def weekly(tmp_path_factory: pytest.TempPathFactory) -> Notice:
    folder = tmp_path_factory.mktemp("notices")
    home = folder / NOTICE
    home.mkdir()
    for path in (GOOD / NOTICE).iterdir():
        (home / path.name).write_bytes(path.read_bytes())
    (folder / "words.yaml").write_bytes((NOTICES / "words.yaml").read_bytes())
    text = (
        (home / "notice.yaml")
        .read_text("utf-8")
        .replace("  summary:\n    kind: summary", "  report:\n    kind: document")
    )
    text = text.replace(
        "    periods: {every: once, due: 2021-01-20T18:00:00}",
        '    periods: {every: week, first: 2020-12-07, last: 2020-12-27, due_days_after: 1, due_time: "12:00"}',
    ).replace(
        "  - {recipient: B-2, deliverable: summary, due: 2021-01-25T18:00:00, reason: 换届}",
        "  - {recipient: B-2, deliverable: report, period: 2020-12-07, due: 2020-12-17T12:00:00, reason: 换届}",
    )  # fmt: skip
    (home / "notice.yaml").write_text(text, "utf-8")
    return load_notice(NOTICE, folder)


Warehouse = tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    with empty_warehouse() as (connection, private, _):
        yield connection, private


def choose(warehouse: Warehouse, notice: Notice, *runs: list[Sent]) -> dict[str, tuple[date, str]]:
    """Period and rule of each document, loaded into an empty warehouse in these runs."""
    connection, private = warehouse
    empty(connection)
    with TemporaryDirectory() as folder:
        for number, run in enumerate(runs):
            load(connection, private, notice, run, Path(folder) / str(number))
    found = connection.execute("SELECT submission_id, period, rule FROM core.period_choices").fetchall()
    valid = dict(connection.execute("SELECT submission_id, period FROM core.valid_rows").fetchall())
    taken = {one.id for run in runs for one in run if one.is_taken}
    assert valid == {one: period for one, period, _ in found if one in taken}
    return {one: (date.fromisoformat(period), rule) for one, period, rule in found}


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2020, 12, day, hour)


CASES: dict[str, tuple[list[Sent], list[tuple[int, str]]]] = {
    "in its week": ([Sent(ONE, at(9))], [(7, "unmet")]),
    "after its week, before it is due": ([Sent(ONE, at(14))], [(7, "unmet")]),
    "late by less than a week": ([Sent(ONE, at(21, 12))], [(7, "unmet")]),
    "later than that": ([Sent(ONE, at(21, 13))], [(14, "unmet")]),
    "the oldest first, then the next": ([Sent(ONE, at(15)), Sent("单位/b.docx", at(15, 10))], [(7, "unmet"), (14, "unmet")]),
    "again in a week that is met": ([Sent(ONE, at(9)), Sent("单位/b.docx", at(10))], [(7, "unmet"), (7, "running")]),
    "what was sent back met nothing": ([Sent(ONE, at(9), is_taken=False), Sent("单位/b.docx", at(10))], [(7, "unmet"), (7, "unmet")]),
    "named goes before all": ([Sent(ONE, at(9), "2020-12-21"), Sent("单位/b.docx", at(10))], [(21, "named"), (7, "unmet")]),
    "named and met": ([Sent(ONE, at(9), "2020-12-07"), Sent("单位/b.docx", at(15))], [(7, "named"), (14, "unmet")]),
    "before the first": ([Sent(ONE, at(3))], [(7, "running")]),
    "long after the last": ([Sent(ONE, datetime(2021, 1, 20))], [(21, "running")]),
    "another unit's own": ([Sent(ONE, at(9)), Sent("乙/报告.docx", at(15), unit="B-2")], [(7, "unmet"), (7, "unmet")]),
    "its own extension holds": ([Sent("乙/报告.docx", at(24, 9), unit="B-2")], [(7, "unmet")]),
    "one that does not owe it": ([Sent("丙/报告.docx", at(15), unit="C-1")], [(7, "unmet")]),
}  # fmt: skip


@pytest.fixture(scope="module")
def chosen(warehouse: Warehouse, weekly: Notice) -> dict[str, dict[str, tuple[date, str]]]:
    """By case. Those that speak of the usual unit alone are loaded together, each told by a unit like it."""
    usual = next(one for one in weekly.recipients if one.code == Sent.unit)
    alike, others = {}, {}
    for name, (sent, _) in CASES.items():
        (alike if {one.unit for one in sent} == {usual.code} else others)[name] = sent
    units = {name: f"{usual.code}-{number}" for number, name in enumerate(alike)}
    clones = [usual.model_copy(update={"code": code, "name": code, "aliases": ()}) for code in units.values()]
    many = weekly.model_copy(update={"recipients": (*weekly.recipients, *clones)})
    told = {
        name: {one.id: replace(one, unit=units[name], path=f"{units[name]}/{one.path}") for one in sent}
        for name, sent in alike.items()
    }
    together = choose(warehouse, many, [one for files in told.values() for one in files.values()])
    found = {name: {known: together[one.id] for known, one in files.items()} for name, files in told.items()}
    return found | {name: choose(warehouse, weekly, sent) for name, sent in others.items()}


@pytest.mark.parametrize("name", CASES)
def test_which_period_a_document_is_for(chosen: dict[str, dict[str, tuple[date, str]]], name: str) -> None:
    (sent, expected), found = CASES[name], chosen[name]
    assert [found[one.id] for one in sent] == [(date(2020, 12, day), rule) for day, rule in expected]


def test_one_that_came_first_and_was_fetched_later_moves_the_rest(
    warehouse: Warehouse, weekly: Notice
) -> None:
    early, late = Sent(ONE, at(15)), Sent("单位/b.docx", at(16))
    found = choose(warehouse, weekly, [late], [early])
    assert found == choose(warehouse, weekly, [early, late])
    assert [found[one.id][0].day for one in (early, late)] == [7, 14]


@st.composite
def worlds(draw: st.DrawFn) -> Iterator[tuple[list[Sent], int]]:
    count = draw(st.integers(2, 9))
    sent = [
        Sent(
            f"单位/{draw(st.integers(0, 3))}.docx",
            datetime(2020, 12, 5) + timedelta(hours=draw(st.integers(0, 28 * 24))),
            draw(st.sampled_from(["", "", "", "2020-12-07", "2020-12-14"])),
            unit=draw(st.sampled_from(["B-1", "C-1"])),
            is_taken=draw(st.booleans()),
        )
        for _ in range(count)
    ]
    unique = list({one.id: one for one in sent}.values())
    return draw(st.permutations(unique)), draw(st.integers(0, len(unique)))


@settings(max_examples=4, deadline=None, phases=[Phase.generate])
@given(worlds())
def test_however_the_run_is_cut_it_is_what_the_rule_says(
    warehouse: Warehouse, weekly: Notice, world: tuple[list[Sent], int]
) -> None:
    cut_once(warehouse, weekly, world)


@pytest.mark.soak  # more than a second a world; a few of them, other ones each time, are played above
@settings(max_examples=100, deadline=None, phases=[Phase.generate])
@given(worlds())
def test_however_many_runs_are_cut(
    warehouse: Warehouse, weekly: Notice, world: tuple[list[Sent], int]
) -> None:
    cut_once(warehouse, weekly, world)


def cut_once(warehouse: Warehouse, weekly: Notice, world: tuple[list[Sent], int]) -> None:
    sent, cut = world
    found = choose(warehouse, weekly, sent[:cut], sent[cut:])
    assert {one: period for one, (period, _) in found.items()} == choose_plainly(PERIODS, timedelta(7), sent)
