"""What may be one activity reported by two units of a city: likeness as counted by hand, nothing merged, figures with and without."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from pipelines.notice import load_notice
from pipelines.warehouse.definition import load_definition
from pipelines.warehouse.relations import fill_groups
from tests.analysts.conftest import END, NOTICE_ID
from tests.warehouse.empty import blank_warehouse

START = datetime(2020, 11, 9, 12)
DAY = date(2020, 11, 9)
# id, unit's place in its city, day, county, category, title, participants
MATERIALS: tuple[tuple[Any, ...], ...] = (
    ("a", 0, DAY, None, "宣传活动", "职业教育活动周启动仪式暨成果展示", 100),
    ("b", 1, DAY, None, "宣传活动", "2020职业教育活动周启动仪式暨成果展示会", 90),
    ("c", 1, DAY, None, "宣传活动", "“职业教育活动周”启动仪式暨成果展示", 80),
    ("other day", 1, date(2020, 11, 10), None, "宣传活动", "职业教育活动周启动仪式暨成果展示", 7),
    ("other category", 1, DAY, None, "体验活动", "职业教育活动周启动仪式暨成果展示", 6),
    ("other county", 2, DAY, "历下区", "宣传活动", "技能展示进社区走进老街", 5),
    ("its county", 0, DAY, "市中区", "宣传活动", "技能展示进社区走进老街", 4),
    ("same unit", 0, DAY, None, "宣传活动", "职业教育活动周启动仪式暨成果展示一", 3),
    ("no title", 2, DAY, None, "宣传活动", "！！", None),
    ("no title again", 1, DAY, None, "宣传活动", "……", None),
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with blank_warehouse() as connection:
        load_definition(connection, load_notice(NOTICE_ID))
        units = connection.execute(
            "SELECT recipient_code FROM core.recipients WHERE city_code = '370100' ORDER BY position"
        ).fetchall()
        for order, (item, unit, day, county, category, title, people) in enumerate(MATERIALS):
            at = START + timedelta(hours=order)
            connection.execute(
                """
                INSERT INTO core.items BY NAME
                SELECT
                    $notice AS notice_id, $item AS item_id, $item AS submission_id, '' AS sheet, 2 AS row_number,
                    $unit AS recipient_code, '370100' AS city_code, 'materials' AS deliverable, 'materials' AS kind,
                    $item AS item_key, $at AS received_at, $at AS first_accepted_at, $at AS current_from,
                    TIMESTAMP '9999-12-31' AS current_until, false AS is_zero_report, $day AS activity_date,
                    '照片' AS material_type, $title AS title, $category AS category, $county AS county,
                    $people AS participants
                """,
                {
                    "notice": NOTICE_ID,
                    "item": item,
                    "unit": units[unit][0],
                    "at": at,
                    "day": day,
                    "title": title,
                    "category": category,
                    "county": county,
                    "people": people,
                },
            )
        fill_groups(connection)
        yield connection


def _likeness(title: str, other: str) -> float:
    one, two = (
        {text[place : place + 2] for place in range(max(len(text) - 1, 1))}
        for text in (re.sub(r"[^\w]", "", title), re.sub(r"[^\w]", "", other))
    )
    return 2 * len(one & two) / (len(one) + len(two))


def test_pairs_are_of_one_city_day_and_kind_of_activity(connection: duckdb.DuckDBPyConnection) -> None:
    found = connection.execute(
        "SELECT item_id, like_item_id, likeness FROM marts.near_duplicates_as_of($1, $2) ORDER BY ALL",
        [NOTICE_ID, END],
    ).fetchall()
    assert [row[:2] for row in found] == [
        ("b", "a"),
        ("c", "a"),
        ("same unit", "b"),
        ("same unit", "c"),
    ]
    titles = {one[0]: one[5] for one in MATERIALS}
    for item, other, likeness in found:
        assert likeness == pytest.approx(_likeness(titles[item], titles[other]))
    assert connection.execute("SELECT count(*) FROM core.items").fetchone() == (len(MATERIALS),)


def test_figures_with_and_without(connection: duckdb.DuckDBPyConnection) -> None:
    row = connection.execute(
        "SELECT materials, materials_without_repeats, participants, participants_without_repeats "
        "FROM marts.coverage_without_repeats_as_of($1, $2) WHERE city_code = '370100'",
        [NOTICE_ID, END],
    ).fetchone()
    people = sum(one[6] or 0 for one in MATERIALS)
    assert row == (len(MATERIALS), len(MATERIALS) - 3, people, people - 90 - 80 - 3)
    with_them = connection.execute(
        "SELECT materials, participants FROM marts.city_coverage_as_of($1, $2) WHERE city_code = '370100'",
        [NOTICE_ID, END],
    ).fetchone()
    assert with_them == (row[0], row[2])


def test_before_the_later_one_came_there_was_no_pair(connection: duckdb.DuckDBPyConnection) -> None:
    assert (
        connection.execute("SELECT * FROM marts.near_duplicates_as_of($1, $2)", [NOTICE_ID, START]).fetchall()
        == []
    )
