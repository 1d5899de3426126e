"""Claim: the city figures as of any moment, over 1,000,000 item rows of 10,000 recipients, cost under 0.15 s CPU and a
twentieth of pandas from the file.

Beside it pandas doing the same from the same tables (frames.py), timed twice: from the snapshot file, as the query is
asked, and with the tables it needs already in memory. The results must be equal. Each question is put on a fresh
connection, with the settings that analysts get.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb
import pandas as pd

from benchmarks.crowd import MOMENTS, NOTICE, make_crowd
from benchmarks.frames import COVERAGE_COLUMNS, REPORTING_COLUMNS, Tables, coverage_as_of, reporting_as_of
from benchmarks.measure import print_table
from pipelines.ask.figures import open_snapshot

FIGURES = {
    "city_reporting_as_of": (reporting_as_of, REPORTING_COLUMNS),
    "city_coverage_as_of": (coverage_as_of, COVERAGE_COLUMNS),
}
HEAD = [
    "figure", "moment", "SQL wall s", "SQL CPU s",
    "pandas from the file, CPU s", "÷ SQL", "pandas in memory, CPU s", "÷ SQL",
]  # fmt: skip
T = TypeVar("T")
Seconds = tuple[float, float]
"""Wall and CPU (all threads of this process)."""


def measure_as_of(folder: Path, *, items: int, recipients: int, rounds: int) -> tuple[float, float]:
    """Prints the table, best of the rounds; returns the dearest query's CPU seconds and the least ratio of pandas from the
    file to it, by CPU, which other programs on the machine change least."""
    path = folder / "crowd.duckdb"
    make_crowd(path, items=items, recipients=recipients)
    lines: list[tuple[str, str, float, float, float, float]] = []
    count = 0
    for figure, (in_pandas, columns) in FIGURES.items():
        read = [_timed(lambda columns=columns: _read(path, columns)) for _ in range(rounds)]
        tables, reading = read[0][0], min(seconds[1] for _, seconds in read)
        count = len(tables.items)
        for name, moment in MOMENTS.items():
            ours: list[Seconds] = []
            theirs: list[Seconds] = []
            for _ in range(rounds):
                with open_snapshot(path) as connection:
                    found, seconds = _timed(lambda: _ask(connection, figure, moment))  # noqa: B023
                ours.append(seconds)
                expected, seconds = _timed(lambda: in_pandas(tables, pd.Timestamp(moment)))  # noqa: B023
                theirs.append(seconds)
                _assert_equal(found, expected)
            memory = min(cpu for _, cpu in theirs)
            best = min(wall for wall, _ in ours), min(cpu for _, cpu in ours)
            lines.append((figure, name, *best, reading + memory, memory))
    print(f"as-of: {count} item rows, {recipients} recipients, best of {rounds} rounds; results equal\n")
    print_table(
        HEAD,
        [
            [figure, name, f"{wall:.3f}", f"{cpu:.3f}", whole, whole / cpu, memory, memory / cpu]
            for figure, name, wall, cpu, whole, memory in lines
        ],
    )
    return max(line[3] for line in lines), min(line[4] / line[3] for line in lines)


def _timed(work: Callable[[], T]) -> tuple[T, Seconds]:
    wall, cpu = time.perf_counter(), time.process_time()
    done = work()
    return done, (time.perf_counter() - wall, time.process_time() - cpu)


def _read(path: Path, columns: list[str]) -> Tables:
    with open_snapshot(path) as connection:
        return Tables.of(connection, columns)


def _ask(connection: duckdb.DuckDBPyConnection, figure: str, moment: str) -> pd.DataFrame:
    """On a connection that has asked nothing yet."""
    found = connection.execute(
        f"SELECT * FROM marts.{figure}($1, $2::TIMESTAMP)", [NOTICE, moment]
    ).fetchall()
    return pd.DataFrame(found, columns=[column[0] for column in connection.description or []])


def _assert_equal(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    assert len(found), "there are no cities"
    for column in found.columns:
        if column in ("city_code", "city"):
            assert list(found[column]) == list(expected[column])
            continue
        left, right = found[column].astype(float), expected[column].astype(float)
        pd.testing.assert_series_equal(left, right, check_names=False, check_exact=False, rtol=1e-12)
    assert found.iloc[:, 2:].astype(float).sum().sum() > 0, "every figure is zero"
