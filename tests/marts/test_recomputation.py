"""The marts equal an independent recomputation in pandas, on generated worlds and at several moments of each."""

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from tests.marts import recomputed_tables as tables
from tests.marts.recomputation import Recomputation, Rows
from tests.marts.worlds import NOTICE, TABLES_ONLY, make_world

pytestmark = pytest.mark.slow
CI = {1, 16}
"""Worlds of every run, one of each notice; the others are the soak's, where each costs half a minute."""
WORLDS = [
    pytest.param(seed, notice, marks=() if seed in CI else pytest.mark.soak)
    for seeds, notice in ((range(1, 16), NOTICE), (range(16, 22), TABLES_ONLY))
    for seed in seeds
]
CURVES = {1, 16}
"""Worlds whose daily curves are recomputed too: a curve is a world a day."""
RARE = ("late", "missing", "pending", "exempt", "returned", "extended")
RARE_DAILY = ("zero_reports", "corrected", "replaced")
"""What a world must have met, all but one of them, and what those with daily materials may: equal figures of nothing prove
nothing."""
REPORTING = (
    *("circulated", "obligated", "participating", "participation_rate", "expected", "due", "on_time", "late"),
    *("missing", "pending", "zero_reports", "reporting_rate", "on_time_rate"),
)
STATUS = (
    *("recipient_code", "deliverable", "period", "status", "is_returned", "is_zero_report"),
    "first_accepted_at",
)


def recompute(world: Recomputation, t: pd.Timestamp) -> dict[str, Rows]:
    """What each mart must say at t."""
    cities, province = world.city_metrics(t), world.province(t)
    extra = (*REPORTING, "exempt", "returned")
    return {
        "obligation_status": pick(world.obligations(t), STATUS),
        "city_reporting": pick(cities, ("city_code", *REPORTING)),
        "city_coverage": pick(cities, [name for name in cities[0] if name not in extra]),
        "province_reporting": pick(province, extra),
        "province_coverage": pick(province, [name for name in province[0] if name not in extra]),
        "line_reporting": world.lines(t),
        "kind_reporting": world.kinds(t),
        "recipient_reporting": world.units(t),
        "county_coverage": world.counties(t),
        "city_materials_by_type": tables.by_word(world, t, "material_type", ("materials",)),
        "city_activity": tables.by_word(world, t, "category", ("materials", "participants", "online_views")),
        "timeliness": tables.timeliness(world, t),
        "rejection_reasons": tables.reasons(world, t),
        "statistics_by_city": tables.statistics(world, t, by_city=True),
        "statistics_by_province": tables.statistics(world, t, by_city=False),
        "statistics_checks": tables.checks(world, t),
    }


def pick(rows: Rows, names: Any) -> Rows:
    return [{name: row[name] for name in names} for row in rows]


def plain(value: Any) -> Any:
    """A cell in the one form in which both sides are compared."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if value is None or pd.isna(value):
        return None
    if isinstance(value, bool | str):
        return value
    if hasattr(value, "year"):
        return pd.Timestamp(value).to_pydatetime()
    return round(float(value), 9)


def sort_key(row: dict[str, Any]) -> str:
    return str([row[name] for name in sorted(row) if isinstance(row[name], str)])


def compare(world: Recomputation, mart: str, t: pd.Timestamp, expected: Rows) -> None:
    """Every column that was recomputed, in every row; a row that only one side has is a difference too."""
    found = world.connection.execute(
        f"SELECT * FROM marts.{mart}_as_of($1, $2)", [world.notice_id, t.to_pydatetime()]
    )
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    wanted = [{name: plain(value) for name, value in row.items()} for row in expected]
    if wanted:
        rows = [{name: plain(row[name]) for name in wanted[0]} for row in rows]
    assert sorted(rows, key=sort_key) == sorted(wanted, key=sort_key), f"{mart} at {t}"


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


@pytest.mark.parametrize(("seed", "notice"), WORLDS)
def test_marts_equal_recomputation(tmp_path: Path, seed: int, notice: str) -> None:
    met: Counter[str] = Counter()
    with duckdb.connect(make_world(tmp_path, seed, notice), read_only=True) as connection:
        world = Recomputation(connection, notice)
        for t in choose_moments(world):
            expected = recompute(world, t)
            for mart, rows in expected.items():
                compare(world, mart, t, rows)
            met.update(
                {name: expected["province_reporting"][0].get(name, 0) for name in (*RARE, *RARE_DAILY)}
            )
        if seed in CURVES:
            compare(world, "daily_progress", t, tables.days(world, t))
        met["returned"] += len(world.frames["returns"])
        met["extended"] += int(world.frames["obligations"].extension_reason.notna().sum())
        met["replaced"] += int(world.frames["submissions"].answer_key.dropna().duplicated().sum())
        met["corrected"] += int(world.items.key.duplicated().sum())
    assert len([name for name in (*RARE, *(RARE_DAILY if notice == NOTICE else ())) if not met[name]]) < 2, (
        met
    )
