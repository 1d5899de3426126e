"""trace: the rows that it lists make up the figure, cell by cell; nothing that came is missing from its list."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.analysts.conftest import END, World

TRACE = "FROM marts.trace($notice, $t::TIMESTAMP, $city, $figure)"
FIGURES = "FROM marts.figures_as_of($notice, $t::TIMESTAMP)"
MOMENTS = [datetime(2020, 11, 9, 12), datetime(2020, 11, 14, 23, 59, 59), END]
IN_SMALL = [MOMENTS[1], *(pytest.param(t, marks=pytest.mark.soak) for t in (MOMENTS[0], END))]
IN_SHARED = [END, *(pytest.param(t, marks=pytest.mark.soak) for t in MOMENTS[:2])]
"""Nine seconds each: one amid what is owed and one after all of it stay. What had not come yet and what is not due yet is told
at the first of them too; the others are soaked."""
Rows = list[dict[str, Any]]


def _count_obligations(rows: Rows, keep: Callable[[dict[str, Any]], bool] = lambda row: True) -> int:
    return len({(row["recipient_code"], row["deliverable"], row["period"]) for row in rows if keep(row)})


def _is_on_time(row: dict[str, Any]) -> bool:
    return row["path"] is not None and row["received_at"] <= row["due_at"]


def _is_late(row: dict[str, Any]) -> bool:
    return row["path"] is not None and row["received_at"] > row["due_at"]


def _units(rows: Rows) -> int:
    return len({row["recipient_code"] for row in rows})


def _cells(rows: Rows) -> int:
    return len({(row["path"], row["sheet"], row["row_number"]) for row in rows})


ZERO_WORDS = ("零报告", "无", "无活动", "今日无活动", "本日无活动", "当日无活动", "今日无", "无材料")


def recompute(figure: str, counted: Rows, base: Rows, t: datetime) -> float | None:
    """The figure from what the listed rows say themselves: cells, due moments, arrivals; never from `amount`."""
    type_words = {"typical_cases": "典型案例", "articles": "稿件", "photos": "照片", "videos": "视频"}
    if figure in ("participants", "online_views"):
        return sum(int(row["value"]) for row in counted)
    if figure == "materials":
        return _cells(counted)
    if figure in type_words:
        return _cells([row for row in counted if row["value"] == type_words[figure]])
    if figure.endswith("_coverage"):
        return len({row["value"] for row in counted}) / len(base)
    if figure in ("circulated", "obligated", "participating"):
        return _units(counted)
    if figure == "participation_rate":
        return _units(counted) / _units(base) if base else None
    if figure == "zero_reports":
        return _count_obligations(counted, lambda row: re.sub(r"\W", "", row["title"] or "") in ZERO_WORDS)
    kept = {
        "expected": lambda row: True,
        "due": lambda row: row["due_at"] <= t,
        "on_time": _is_on_time,
        "late": _is_late,
        "missing": lambda row: row["path"] is None and row["due_at"] <= t,
        "pending": lambda row: row["path"] is None and row["due_at"] > t,
        "reporting_rate": lambda row: row["path"] is not None and row["due_at"] <= t,
        "on_time_rate": lambda row: _is_on_time(row) and row["due_at"] <= t,
    }[figure]
    told = _count_obligations(counted, kept)
    if not figure.endswith("_rate"):
        return told
    return told / _count_obligations(base, lambda row: row["due_at"] <= t) if base else None


def check_every_figure(world: World, t: datetime) -> int:
    """Recomputes every figure of every city from its trace; returns how many of them are not zero."""
    values = defaultdict(dict)
    for row in world.rows(FIGURES, t=t):
        values[row["figure"]][row["city_code"]] = row["value"]
    assert len(values) == 23
    not_zero = 0
    for figure, by_city in values.items():
        parts = defaultdict(list)
        for row in world.rows(TRACE, t=t, city=None, figure=figure):
            parts[row["city_code"], row["part"]].append(row)
        for city, value in by_city.items():
            told = recompute(figure, parts[city, "counted"], parts[city, "denominator"], t)
            assert told == (pytest.approx(value, abs=1e-12) if value is not None else None), (figure, city)
            assert all(row["received_at"] <= t for row in parts[city, "counted"] if row["path"]), (
                figure,
                city,
            )
            not_zero += bool(value)
    return not_zero


@pytest.mark.parametrize("t", IN_SMALL, ids=str)
def test_listed_rows_recompute_every_figure(small: World, t: datetime) -> None:
    assert check_every_figure(small, t) > 50


@pytest.mark.slow
@pytest.mark.parametrize("t", IN_SHARED, ids=str)
def test_listed_rows_recompute_every_figure_of_the_shared_world(shared_world: World, t: datetime) -> None:
    assert check_every_figure(shared_world, t) > 300


def test_one_city_is_the_same_as_its_share_of_all(small: World) -> None:
    t = MOMENTS[1]
    every = small.rows(TRACE, t=t, city=None, figure="participants")
    cities = {row["city_code"] for row in every if row["part"] == "counted"}
    assert cities
    for city in cities:
        assert small.rows(TRACE, t=t, city=city, figure="participants") == [
            row for row in every if row["city_code"] == city
        ]


@pytest.mark.parametrize("t", MOMENTS, ids=str)
def test_every_row_is_counted_or_left_out_once(small: World, t: datetime) -> None:
    held = {
        (row["submission_id"], row["sheet"], row["row_number"])
        for row in small.rows(
            """
            SELECT materials.* FROM raw.materials INNER JOIN core.submissions USING (submission_id)
            WHERE submissions.notice_id = $notice AND recipient_code IS NOT NULL
            """
        )
    }
    assert len(held) > 100
    traced = [
        (row["submission_id"], row["sheet"], row["row_number"])
        for row in small.rows(TRACE, t=t, city=None, figure="materials")
        if row["row_number"] is not None and row["city_code"] is not None
    ]
    assert len(traced) == len(set(traced))
    assert set(traced) == held


REASONS = {"replaced", "rejected", "zero_report", "duplicate", "not_yet", "not_given", "not_applicable"}


def test_reasons_are_told(small: World) -> None:
    """Each reason of the list occurs, and what a reason needs beside it is there."""
    rows = [
        row
        for t in MOMENTS[1:]
        for row in small.rows(TRACE, t=t, city=None, figure="participants")
        if row["part"] == "left_out"
    ]
    assert {row["reason"] for row in rows} == REASONS
    for row in rows:
        if row["reason"] == "rejected":
            assert row["reasons"]
            assert row["explanation"]
        if row["reason"] in ("replaced", "duplicate"):
            assert row["other_path"]
        assert row["amount"] is None


def _look_up(path: Path, sheet: str, cell: str) -> Any:
    with path.open("rb") as file:
        rows = CalamineWorkbook.from_filelike(file).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    letters, number = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return rows[int(number) - 1][column - 1]


def test_cells_hold_what_was_received(small: World) -> None:
    """The place that trace names, looked up in the very file, holds the value it gives."""
    looked_up = 0
    for figure in ("participants", "county_coverage", "typical_cases"):
        for row in small.rows(TRACE, t=END, city=None, figure=figure):
            path = row["path"] or ""
            if row["part"] == "counted" and path.endswith((".xlsx", ".et")) and "!" not in path:
                found, given = _look_up(small.inbox / path, row["sheet"], row["cell"]), row["value_given"]
                assert found == given or float(found) == float(given), (path, row["cell"])
                looked_up += 1
    assert looked_up > 20


@pytest.mark.parametrize("mart", ["figures", "figure_parts", "row_ends"])
def test_latest_views_say_what_the_macros_say_at_the_last_scan(small: World, mart: str) -> None:
    latest = small.rows(f"SELECT * EXCLUDE (notice_id) FROM marts.{mart} WHERE notice_id = $notice")
    asked = small.rows(f"SELECT $t::TIMESTAMP AS as_of, * FROM marts.{mart}_as_of($notice, $t)", t=END)
    assert len(asked) > 300
    assert sorted(map(str, latest)) == sorted(map(str, asked))
