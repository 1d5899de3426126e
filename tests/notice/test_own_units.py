"""Units that belong to the province itself: one more row of figures by city, last, that is no city where cities are counted."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.notice import Notice, load_notice
from pipelines.warehouse.definition import load_definition
from pipelines.warehouse.relations import fill_stretches
from tests.notice.test_broken import AREAS, NOTICE, UNITS, YAML, folder, problems
from tests.warehouse.empty import blank_warehouse

__all__ = ["folder"]
AT = datetime(2021, 1, 21)


def write(folder: Path, *, code: str = "990000", regions: str = "province,990000,某省,,\n") -> None:
    path = folder / NOTICE / UNITS
    path.write_text(path.read_text("utf-8") + f"P-1,省直属学院,college,education,{code},\n", "utf-8")
    path = folder / NOTICE / AREAS
    path.write_text(path.read_text("utf-8") + regions, "utf-8")


@pytest.fixture
def notice(folder: Path) -> Notice:
    write(folder)
    return load_notice(NOTICE, folder)


@pytest.fixture
def warehouse(notice: Notice) -> Iterator[duckdb.DuckDBPyConnection]:
    with blank_warehouse() as connection:
        load_definition(connection, notice)
        fill_stretches(connection)
        yield connection


def test_the_provinces_own_units_are_one_more_row_and_the_last(
    warehouse: duckdb.DuckDBPyConnection, notice: Notice
) -> None:
    rows = warehouse.execute(
        "SELECT city_code, city, obligated, expected, missing FROM marts.city_reporting_as_of($1, $2)",
        [notice.id, AT],
    ).fetchall()
    # B-1: 7 days, 2 dates, a summary; C-1: 7 days less one; B-2's summary is extended; P-1: 7 days.
    assert rows == [
        ("990100", "甲市", 2, 16, 16),
        ("990200", "乙市", 1, 10, 9),
        ("990000", "省直", 1, 7, 7),
    ]
    (whole,) = warehouse.execute(
        "SELECT expected FROM marts.province_reporting_as_of($1, $2)", [notice.id, AT]
    ).fetchall()
    assert whole == (16 + 10 + 7,)


def test_where_cities_are_counted_it_is_none(warehouse: duckdb.DuckDBPyConnection, notice: Notice) -> None:
    assert warehouse.execute("SELECT cities FROM core.coverage_bases($1)", [notice.id]).fetchall() == [(2,)]
    assert [one.name for one in notice.cities] == ["甲市", "乙市"]
    assert [one.name for one in notice.areas] == ["甲市", "乙市", "省直"]


def test_the_notice_says_what_they_are_called(folder: Path) -> None:
    write(folder)
    path = folder / NOTICE / YAML
    path.write_text(path.read_text("utf-8") + "bulletins: {own_units: 市直}\n", "utf-8")
    assert load_notice(NOTICE, folder).areas[-1].name == "市直"


MISTAKES = {
    "a unit of a province there is no row of": ({"regions": ""}, f"{UNITS} 第 6 行 city_code：990000"),
    "a city without what it is in": ({"regions": "province,990000,某省,,\ncity,990300,丙市,,\n"}, f"{AREAS} 第 7 行 parent_code：是空的"),
    "a city of another province": ({"regions": "province,990000,某省,,\ncity,980100,丙市,980000,\n"}, f"{AREAS} 第 7 行 parent_code：丙市 的上级 980000"),
    "two provinces": ({"regions": "province,990000,某省,,\nprovince,980000,另省,,\n"}, f"{AREAS} 第 7 行 level：第 6 行已经是 province"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "said"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_one_message_at_its_line(folder: Path, given: dict[str, str], said: str) -> None:
    write(folder, **given)
    (found,) = problems(folder)
    assert found.startswith(f"{NOTICE}/{said}")
    assert "；" in found
