"""What nobody owes and what only some owe: optional deliverables, and those that hang on another submission, as of any moment."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb
import pytest

from pipelines.notice import Notice
from pipelines.warehouse.definition import load_definition
from pipelines.warehouse.relations import fill_stretches
from tests.marts.statuses import assert_stretches_are_right
from tests.notice.test_broken import folder
from tests.notice.test_broken_duties import ONCE
from tests.notice.test_duties import Change, change
from tests.warehouse.empty import blank_warehouse

__all__ = ["change", "folder"]

SIGNUP = f"""  signup:
    kind: summary
    name: 报名表
    file_words: [报名]
    optional: true
    open_to: [bureau, college]
    periods: {{every: once, due: 2021-01-10T18:00:00}}
  result:
    kind: summary
    name: 结果报告
    file_words: [结果]
    owed_by: [bureau, college]
    if_submitted: signup
    {ONCE}
exemptions:"""


@pytest.fixture
def notice(change: Change) -> Notice:
    return change("exemptions:", SIGNUP)


@pytest.fixture
def warehouse(notice: Notice) -> Iterator[duckdb.DuckDBPyConnection]:
    """B-1 signed up and took it back on 12 January; C-1 signed up on the 9th and has reported; B-2 sent nothing."""
    with blank_warehouse() as connection:
        load_definition(connection, notice)
        sent = [
            ("B-1", "signup", "2021-01-05T09:00:00", "2021-01-12T09:00:00"),
            ("C-1", "signup", "2021-01-09T09:00:00", "9999-12-31T00:00:00"),
            ("C-1", "result", "2021-01-21T09:00:00", "9999-12-31T00:00:00"),
            ("B-2", "result", "2021-01-21T09:00:00", "9999-12-31T00:00:00"),
        ]
        for code, deliverable, start, end in sent:
            connection.execute(
                "INSERT INTO core.report_spans VALUES ($1, $2, $3, '', $4, $5, false, $4)",
                [notice.id, code, deliverable, datetime.fromisoformat(start), datetime.fromisoformat(end)],
            )
        fill_stretches(connection)
        yield connection


def statuses(warehouse: duckdb.DuckDBPyConnection, notice: Notice, moment: str) -> dict[tuple[str, str], str]:
    rows = warehouse.execute(
        """
        SELECT recipient_code, deliverable, status FROM marts.obligation_status_as_of($1, $2)
        WHERE deliverable IN ('signup', 'result')
        """,
        [notice.id, datetime.fromisoformat(moment)],
    ).fetchall()
    return {(code, deliverable): status for code, deliverable, status in rows}


MOMENTS = {
    "nobody has signed up": ("2021-01-05T08:59:59", {}),
    "one has": (
        "2021-01-05T09:00:00",
        {("B-1", "signup"): "voluntary", ("B-1", "result"): "pending"},
    ),
    "one has taken it back": (
        "2021-01-12T09:00:00",
        {("C-1", "signup"): "voluntary", ("C-1", "result"): "pending"},
    ),
    "what hangs on it is due": (
        "2021-01-20T18:00:00",
        {("C-1", "signup"): "voluntary", ("C-1", "result"): "missing"},
    ),
    # B-2 sent what it did not owe: accepted, and it meets nothing.
    "it came late": ("2021-01-21T09:00:00", {("C-1", "signup"): "voluntary", ("C-1", "result"): "late"}),
}


@pytest.mark.parametrize(("moment", "expected"), MOMENTS.values(), ids=MOMENTS)
def test_only_who_signed_up_owes_what_follows(
    warehouse: duckdb.DuckDBPyConnection,
    notice: Notice,
    moment: str,
    expected: dict[tuple[str, str], str],
) -> None:
    assert statuses(warehouse, notice, moment) == expected


def test_counts_kept_for_stretches_follow_what_was_signed_up_for_and_taken_back(
    warehouse: duckdb.DuckDBPyConnection, notice: Notice
) -> None:
    assert_stretches_are_right(warehouse, notice.id)


def test_what_is_voluntary_is_in_no_count_and_makes_nobody_participate(
    warehouse: duckdb.DuckDBPyConnection, notice: Notice
) -> None:
    def counted(moment: str) -> dict[str, tuple[Any, ...]]:
        rows = warehouse.execute(
            "SELECT city_code, expected, on_time, pending, participating FROM marts.city_reporting_as_of($1, $2)",
            [notice.id, datetime.fromisoformat(moment)],
        ).fetchall()
        return {row[0]: row[1:] for row in rows}

    before, after = counted("2021-01-05T08:59:59"), counted("2021-01-05T09:00:00")
    # B-1's signing up brought one obligation, and is itself in no count.
    assert after["990100"] == (before["990100"][0] + 1, 0, before["990100"][2] + 1, 0)
    assert after["990200"] == before["990200"]
    # C-1 participates by what it owed, B-2 by what it sent of what others owe (contract 5).
    assert [counted("2021-01-21T09:00:00")[code][3] for code in ("990100", "990200")] == [1, 1]


def test_every_part_and_every_one_left_out_adds_up_to_the_figure(
    warehouse: duckdb.DuckDBPyConnection, notice: Notice
) -> None:
    at = datetime(2021, 1, 21, 9)
    figures = warehouse.execute(
        "SELECT city_code, expected, participating FROM marts.city_reporting_as_of($1, $2)", [notice.id, at]
    ).fetchall()
    for code, expected, participating in figures:
        for figure, value in (("expected", expected), ("participating", participating)):
            (total,) = warehouse.execute(
                "SELECT coalesce(sum(amount), 0) FROM core.reporting_parts_at($1, $2, $3, $4) WHERE part = 'counted'",
                [notice.id, at, code, figure],
            ).fetchone() or (None,)
            # Spans were written without rows, so participation has no row to stand on.
            assert total == (value if figure == "expected" else 0)


def test_what_is_owed_latest_hangs_on_what_is_current(
    warehouse: duckdb.DuckDBPyConnection, notice: Notice
) -> None:
    rows = warehouse.execute(
        "SELECT recipient_code FROM marts.obligations WHERE notice_id = $1 AND deliverable = 'result'",
        [notice.id],
    ).fetchall()
    assert rows == [("C-1",)]
