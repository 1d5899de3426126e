"""What holds of every mart: Chinese comments, latest views that say what the macros say, NULL rates, sums of parts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pytest

from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.notice.model import Notice
from pipelines.warehouse.definition import load_definition
from pipelines.warehouse.relations import SQL
from tests.conftest import MakeOnce
from tests.marts.worlds import NOTICE, TABLES_ONLY, make_world
from tests.warehouse.empty import blank_warehouse

AS_OF = sorted(path.stem for path in (SQL / "marts").glob("*_as_of.sql"))
EMPTY = {
    "unreached_as_of",
    "list_items_as_of",
    "nominations_as_of",
    "selections_as_of",
    "period_checks_as_of",
}
"""Where no mail was ever written, as in these worlds (tests/marts/test_questioned.py fills it), and where a notice asks for no
list, for nothing to choose from and for no comparison with the last period (tests/notice/ has notices that do)."""
T = "TIMESTAMP '2020-11-14 20:00:00'"
_CHINESE = re.compile(r"[一-鿿]")


@contextmanager
def open_empty(notice: Notice) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse that knows a notice and received nothing."""
    with blank_warehouse() as connection:
        load_definition(connection, notice)
        yield connection


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    with open_empty(load_notice(NOTICE)) as connection:
        yield connection


@pytest.fixture(scope="module")
def tables_only() -> Iterator[duckdb.DuckDBPyConnection]:
    with open_empty(load_notice(TABLES_ONLY)) as connection:
        yield connection


@pytest.fixture(scope="module")
def world(make_once: MakeOnce) -> Iterator[duckdb.DuckDBPyConnection]:
    made = make_once("marts", lambda to: make_world(to, 7, recipients=14))
    with duckdb.connect(Home(made / "home").published, read_only=True) as connection:
        yield connection


def test_every_relation_and_column_has_a_chinese_comment(empty: duckdb.DuckDBPyConnection) -> None:
    found = empty.execute("""
        SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE NOT internal
        UNION ALL SELECT schema_name || '.' || table_name, comment FROM duckdb_tables()
        UNION ALL SELECT schema_name || '.' || function_name, comment FROM duckdb_functions() WHERE NOT internal
        UNION ALL
        SELECT concat_ws('.', schema_name, table_name, column_name), comment FROM duckdb_columns() WHERE NOT internal
    """).fetchall()
    assert len(found) > 500
    assert [name for name, comment in found if not _CHINESE.search(comment or "")] == []


@pytest.mark.parametrize("mart", AS_OF)
def test_every_figure_has_a_latest_view_with_its_columns(empty: duckdb.DuckDBPyConnection, mart: str) -> None:
    asked = empty.execute(f"DESCRIBE SELECT * FROM marts.{mart}('{NOTICE}', {T})").fetchall()
    latest = empty.execute(f"DESCRIBE marts.{mart.removesuffix('_as_of')}").fetchall()
    assert [row[:2] for row in latest[2:]] == [row[:2] for row in asked]
    assert [row[0] for row in latest[:2]] == ["notice_id", "as_of"]


@pytest.mark.parametrize("mart", AS_OF)
def test_rates_of_what_is_not_due_are_null(empty: duckdb.DuckDBPyConnection, mart: str) -> None:
    assert read_rates(empty, mart, ("reporting_rate", "on_time_rate")) <= {None}


@pytest.mark.parametrize("mart", AS_OF)
def test_coverage_of_nothing_is_null(tables_only: duckdb.DuckDBPyConnection, mart: str) -> None:
    """A notice without event days, counties and categories has nothing to cover."""
    names = ("day_coverage", "county_coverage", "category_coverage", "city_day_coverage", "reporting_rate")
    assert read_rates(tables_only, mart, names, TABLES_ONLY) <= {None}


def read_rates(
    connection: duckdb.DuckDBPyConnection, mart: str, names: tuple[str, ...], notice: str = NOTICE
) -> set[float | None]:
    """The values of these columns, where the mart has them, before anything is due."""
    found = connection.execute(f"SELECT * FROM marts.{mart}('{notice}', TIMESTAMP '2020-10-01')")
    places = [place for place, column in enumerate(found.description) if column[0] in names]
    return {row[place] for row in found.fetchall() for place in places}


@pytest.mark.parametrize("mart", AS_OF)
def test_an_unknown_notice_is_an_error(empty: duckdb.DuckDBPyConnection, mart: str) -> None:
    with pytest.raises(duckdb.InvalidInputException, match="no-such-notice"):
        empty.execute(f"SELECT * FROM marts.{mart}('no-such-notice', {T})").fetchall()


@pytest.mark.slow
@pytest.mark.parametrize("mart", AS_OF)
def test_latest_view_equals_the_macro_at_the_last_scan(world: duckdb.DuckDBPyConnection, mart: str) -> None:
    as_of = world.execute("SELECT as_of FROM marts.notices WHERE notice_id = $1", [NOTICE]).fetchone()
    assert as_of is not None
    asked = world.execute(f"SELECT * FROM marts.{mart}($1, $2)", [NOTICE, as_of[0]]).fetchall()
    latest = world.execute(
        f"SELECT * EXCLUDE (notice_id, as_of) FROM marts.{mart.removesuffix('_as_of')}"
    ).fetchall()
    assert len(asked) > 0 or mart in EMPTY
    assert sorted(map(str, latest)) == sorted(map(str, asked))


@pytest.mark.slow
@pytest.mark.parametrize("part", ["city", "line", "kind", "recipient"])
def test_parts_sum_to_the_province(world: duckdb.DuckDBPyConnection, part: str) -> None:
    names = ["expected", "due", "on_time", "late", "missing", "pending", "zero_reports"]
    names += [] if part == "city" else ["returned", "exempt"]
    names += [] if part == "recipient" else ["circulated", "obligated", "participating"]
    sums = ", ".join(f"sum({name})::BIGINT" for name in names)
    parts = world.execute(f"SELECT {sums} FROM marts.{part}_reporting_as_of('{NOTICE}', {T})").fetchall()
    whole = world.execute(
        f"SELECT {', '.join(names)} FROM marts.province_reporting_as_of('{NOTICE}', {T})"
    ).fetchall()
    assert whole[0][names.index("due")] > 0
    assert parts == whole


@pytest.mark.slow
def test_detail_views_recompute_the_latest_figures(world: duckdb.DuckDBPyConnection) -> None:
    """materials, statistics and plans list exactly the rows that the figures are made of."""
    pairs = {
        "SELECT count(*), sum(participants), sum(online_views) FROM marts.materials": (
            "SELECT sum(materials), sum(participants), sum(online_views) FROM marts.city_coverage"
        ),
        "SELECT indicator, sum(value) FROM marts.statistics GROUP BY indicator ORDER BY indicator": (
            "SELECT indicator, total FROM marts.statistics_by_province ORDER BY indicator"
        ),
        "SELECT count(*) FROM marts.plans WHERE recipient_code IN (SELECT recipient_code FROM marts.obligations "
        "WHERE deliverable = 'plan' AND NOT is_exempt)": (
            "SELECT count(*) FROM marts.timeliness WHERE deliverable = 'plan'"
        ),
        "SELECT sum(due_obligations) FROM marts.calendar": "SELECT expected FROM marts.province_reporting",
        "SELECT sum(expected), sum(exempt) FROM marts.recipients": (
            "SELECT expected, exempt FROM marts.province_reporting"
        ),
        "SELECT sum(current_rows) FROM marts.submissions": (
            "SELECT count(*) FROM core.items WHERE current_until = TIMESTAMP '9999-12-31'"
        ),
    }
    for detail, figure in pairs.items():
        found = world.execute(detail).fetchall()
        assert found[0][0]
        assert found == world.execute(figure).fetchall(), detail
