"""The cube of reporting: at every grain it says what the reports by one dimension say, and what a count by hand says."""

from collections import defaultdict
from typing import Any

import duckdb
import pytest

from tests.analysts.conftest import NOTICE_ID, World

COUNTS = (
    *("circulated", "obligated", "participating", "participation_rate", "expected", "due", "on_time", "late"),
    *("missing", "pending", "zero_reports", "reporting_rate", "on_time_rate"),
)
ONE_DIMENSION = {
    "city": ("city_reporting_as_of", "city_code"),
    "line": ("line_reporting_as_of", "line"),
    "kind": ("kind_reporting_as_of", "kind"),
    "": ("province_reporting_as_of", "''"),
}
CODES = {
    "city": "city_code",
    "kind": "kind",
    "recipient": "recipient_code",
    "deliverable": "deliverable",
}


def _by(world: World, dimensions: str, **values: Any) -> list[dict[str, Any]]:
    return world.rows("SELECT * FROM marts.reporting_by($notice, $t, $by)", by=dimensions, **values)


@pytest.mark.parametrize("dimension", ONE_DIMENSION)
def test_one_dimension_says_what_its_report_says(small: World, dimension: str) -> None:
    macro, code = ONE_DIMENSION[dimension]
    columns = ", ".join(COUNTS)
    for t in small.moments(4):
        asked = small.rows(
            f"SELECT {code} AS code, {columns} FROM marts.reporting_by($notice, $t, $by) ORDER BY code",
            t=t,
            by=dimension,
        )
        told = small.rows(
            f"SELECT {code} AS code, {columns} FROM marts.{macro}($notice, $t) ORDER BY code", t=t
        )
        assert asked == told
    assert any(row["late"] for row in asked)


@pytest.mark.parametrize(
    "dimensions", ["city, deliverable", "city, kind", "recipient, deliverable", "deliverable"]
)
def test_it_is_what_a_count_of_obligations_gives(small: World, dimensions: str) -> None:
    t = small.moments(5)[3]
    names = [CODES[one] for one in dimensions.split(", ")]
    counted: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for owed in small.rows("SELECT * FROM marts.obligation_status_as_of($notice, $t)", t=t):
        cell = counted[tuple(owed[name] for name in names)]
        is_due = owed["due_at"] <= t
        if owed["status"] == "exempt":
            cell["exempt"] += 1
            continue
        cell["expected"] += 1
        cell[owed["status"]] += 1
        cell["due"] += is_due
        cell["due_and_on_time"] += is_due and owed["status"] == "on_time"
    assert len(counted) > 2
    found = {tuple(row[name] for name in names): row for row in _by(small, dimensions, t=t)}
    assert counted.keys() <= found.keys()
    for key, row in found.items():
        for name in ("expected", "due", "on_time", "late", "missing", "pending", "exempt", "due_and_on_time"):
            assert row[name] == counted[key][name], (key, name)
        due = counted[key]["due"]
        assert row["on_time_rate"] == (counted[key]["due_and_on_time"] / due if due else None)


def test_its_cells_sum_to_every_grain(small: World) -> None:
    names = ("expected", "due", "on_time", "late", "missing", "pending", "zero_reports", "returned", "exempt")
    sums = ", ".join(f"sum({name})::BIGINT AS {name}" for name in names)
    cells = small.rows(
        f"SELECT city_code, deliverable, count(DISTINCT recipient_code) FILTER (is_participating) AS participating, {sums}"
        " FROM marts.reporting WHERE notice_id = $notice GROUP BY ALL ORDER BY ALL"
    )
    t = small.rows("SELECT as_of FROM marts.notices WHERE notice_id = $notice")[0]["as_of"]
    asked = small.rows(
        f"SELECT city_code, deliverable, participating, {', '.join(names)}"
        " FROM marts.reporting_by($notice, $t, 'deliverable,city') ORDER BY ALL",
        t=t,
    )
    assert asked == cells
    assert sum(row["participating"] for row in cells) > 3


@pytest.mark.parametrize("dimensions", ["town", "city deliverable", None, "city,,kind2"])
def test_what_is_no_dimension_is_an_error(small: World, dimensions: str | None) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="不能按"):
        small.connection.execute(
            f"FROM marts.reporting_by('{NOTICE_ID}', '2020-11-14', $1)", [dimensions]
        ).fetchall()


def test_who_reports_to_nobody_has_no_line_wherever_a_row_tells_of_one_unit(small: World) -> None:
    told = {
        name: small.rows(
            f"SELECT count(*) FILTER (line IS NULL) AS nobody, count(*) FILTER (line = '') AS empty, count(*) AS all"
            f" FROM marts.{name} WHERE notice_id = $notice AND recipient_code IS NOT NULL"
        )[0]
        for name in ("recipients", "reporting", "fact_materials", "fact_obligations", "fact_rows")
    }
    assert told["recipients"]["nobody"]
    assert told["reporting"]["all"]
    assert not any(row["empty"] for row in told.values())
