"""The marts equal an independent recomputation in pandas, on generated worlds and at several moments of each."""

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from tests.marts import recomputed_tables as tables
from tests.marts.recomputation import Recomputation, Rows
from tests.marts.worlds import NOTICE, make_world

pytestmark = pytest.mark.slow
WORLDS = [(seed, False) for seed in range(1, 15)] + [(seed, True) for seed in range(15, 21)]
CURVES = {1, 15}
"""Worlds whose daily curves are recomputed too: a curve is a world a day."""
seen: Counter[str] = Counter()


def plain(value: Any) -> Any:
    """A cell in the one form in which both sides are compared."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if hasattr(value, "year") and not hasattr(value, "hour"):
        return pd.Timestamp(value).to_pydatetime()
    if isinstance(value, bool | str):
        return value
    return round(float(value), 9) if hasattr(value, "real") else value


def sort_key(row: dict[str, Any]) -> str:
    return str([row[name] for name in sorted(row) if isinstance(row[name], str)])


def compare(connection: duckdb.DuckDBPyConnection, mart: str, t: pd.Timestamp, expected: Rows) -> None:
    """Every column that was recomputed, in every row; a row that only one side has is a difference too."""
    found = connection.execute(f"SELECT * FROM marts.{mart}_as_of($1, $2)", [NOTICE, t.to_pydatetime()])
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    wanted = [{name: plain(value) for name, value in row.items()} for row in expected]
    if wanted:
        assert set(wanted[0]) <= set(names), mart
        rows = [{name: plain(row[name]) for name in wanted[0]} for row in rows]
    assert sorted(rows, key=sort_key) == sorted(wanted, key=sort_key), f"{mart} at {t}"
    seen[mart] += len(rows)


def choose_moments(world: Recomputation) -> list[pd.Timestamp]:
    """Before anything came, amid it, on a due moment to the second, and after all."""
    received = world.frames["submissions"].received_at.sort_values().reset_index(drop=True)
    due = world.frames["obligations"].due_at.sort_values().reset_index(drop=True)
    before = received.iloc[0] - pd.Timedelta(seconds=1)
    return [
        before,
        received.iloc[len(received) // 3],
        due.iloc[len(due) // 2],
        max(received.iloc[-1], due.iloc[-1]),
    ]


@pytest.mark.parametrize(
    ("seed", "monthly"), WORLDS, ids=[f"{seed}{'-monthly' * one}" for seed, one in WORLDS]
)
def test_marts_equal_recomputation(tmp_path: Path, seed: int, monthly: bool) -> None:
    with duckdb.connect(make_world(tmp_path, seed, monthly=monthly), read_only=True) as connection:
        world = Recomputation(connection, NOTICE)
        for t in choose_moments(world):
            cities = world.city_metrics(t)
            extra = ("exempt", "returned")
            reporting = ("circulated", "obligated", "participating", "participation_rate", "expected", "due")
            reporting += (
                "on_time",
                "late",
                "missing",
                "pending",
                "zero_reports",
                "reporting_rate",
                "on_time_rate",
            )
            compare(
                connection,
                "city_reporting",
                t,
                [{n: row[n] for n in ("city_code", *reporting)} for row in cities],
            )
            coverage = [name for name in cities[0] if name not in (*reporting, *extra)]
            compare(connection, "city_coverage", t, [{n: row[n] for n in coverage} for row in cities])
            province = world.province(t)
            compare(connection, "province_reporting", t, [{n: province[0][n] for n in (*reporting, *extra)}])
            compare(
                connection, "province_coverage", t,
                [{n: v for n, v in province[0].items() if n not in (*reporting, *extra)}],
            )  # fmt: skip
            compare(connection, "line_reporting", t, world.lines(t))
            compare(connection, "kind_reporting", t, world.kinds(t))
            compare(connection, "recipient_reporting", t, world.units(t))
            compare(connection, "county_coverage", t, world.counties(t))
            compare(connection, "timeliness", t, tables.timeliness(world, t))
            compare(connection, "rejection_reasons", t, tables.reasons(world, t))
            compare(connection, "statistics_by_city", t, tables.statistics(world, t, by_city=True))
            compare(connection, "statistics_by_province", t, tables.statistics(world, t, by_city=False))
            compare(connection, "statistics_checks", t, tables.checks(world, t))
            status = [
                {n: one[n] for n in ("recipient_code", "deliverable", "period", "status", "is_returned")}
                | {"is_zero_report": one["is_zero_report"], "first_accepted_at": one["first_accepted_at"]}
                for one in world.obligations(t)
            ]
            compare(connection, "obligation_status", t, status)
            for name in ("late", "missing", "pending", "zero_reports", "exempt", "returned"):
                seen[name] += province[0][name]
        if seed in CURVES:
            compare(connection, "daily_progress", t, world.days(t))
        seen["corrected"] += len(world.items[world.items.kind == "materials"]) - len(world.materials(t))
        seen["extended"] += int(world.frames["obligations"].extension_reason.notna().sum())


def test_worlds_hold_what_can_happen() -> None:
    """The comparison above met late, missing and zero reports, corrections, exemptions and extensions, and every mart."""
    if len(seen) == 0:
        pytest.skip("runs after the worlds, in the same process")
    rare = ("late", "missing", "pending", "zero_reports", "exempt", "returned", "corrected", "extended")
    marts = ("statistics_checks", "rejection_reasons", "daily_progress", "timeliness", "statistics_by_city")
    assert {name: seen[name] for name in (*rare, *marts) if not seen[name]} == {}
