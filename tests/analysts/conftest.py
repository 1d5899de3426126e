"""Snapshots to trace figures in: a small made-up world for the quick tests, more of them and a shared one for the slow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import cycle
from pipelines.ask.export import export_marts
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.sample import write_sample
from pipelines.warehouse.relations import fill_stretches
from pipelines.warehouse.snapshot import connect_snapshot
from tests.conftest import MakeOnce

NOTICE_ID = "sd-vocational-week-2020"
END = datetime(2020, 12, 1)


@dataclass(frozen=True)
class World:
    """An inbox that went through a whole cycle, and its snapshot."""

    inbox: Path
    home: Home
    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """What a query with $notice and the like finds."""
        found = self.connection.execute(query, {"notice": NOTICE_ID, **parameters})
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def moments(self, count: int) -> list[datetime]:
        """`count` moments from before anything came to after everything was due, most of them at receipts."""
        at = [
            row["received_at"]
            for row in self.rows(
                "SELECT DISTINCT received_at FROM core.submissions WHERE notice_id = $notice ORDER BY received_at"
            )
        ]
        assert len(at) > count
        inner = [at[len(at) * step // count] for step in range(1, count - 1)]
        return [at[0] - timedelta(days=1), *inner, END]


def open_world(inbox: Path, home: Home, now: datetime = END) -> World:
    cycle.run(home, load_notice(NOTICE_ID), inbox, now)
    return World(inbox, home, connect_snapshot(home.published))


@pytest.fixture(scope="session")
def make_world(make_once: MakeOnce) -> Iterator[Callable[..., World]]:
    """Makes a world of `recipients` units from a seed; each is made once for all workers, and nobody writes into it."""
    made: dict[tuple[int, int, int], World] = {}

    def make(seed: int, recipients: int = 12, rows: int = 3) -> World:
        key = (seed, recipients, rows)
        if key not in made:
            to = make_once(f"analysts-{seed}-{recipients}-{rows}", lambda to: fill(to, *key))
            home = Home(to / "home")
            made[key] = World(to / "inbox", home, connect_snapshot(home.published))
        return made[key]

    yield make
    for world in made.values():
        world.connection.close()


def fill(to: Path, seed: int, recipients: int, rows: int) -> None:
    write_sample(load_notice(NOTICE_ID), to, seed=seed, recipients=recipients, rows=rows)
    cycle.run(Home(to / "home"), load_notice(NOTICE_ID), to / "inbox", END)


@pytest.fixture(scope="session")
def small(make_world: Callable[..., World]) -> World:
    return make_world(3)


@pytest.fixture(scope="session")
def exported(small: World, make_once: MakeOnce) -> Path:
    """All marts of the small world after everything, as `export` writes them; made once, and nobody writes into it."""
    return make_once(
        "exported", lambda to: export_marts(small.home.published, load_notice(NOTICE_ID), END, to)
    )


@pytest.fixture(scope="session")
def shared_world(worlds: list[Any], collected_world: Callable[[int], Home]) -> Iterator[World]:
    """World 101, whole."""
    home = collected_world(0)
    world = World(worlds[0].inbox, home, connect_snapshot(home.published))
    yield world
    world.connection.close()


PLANTED = (
    "INSERT INTO core.denominators VALUES ($notice, '370100', 'people', 9202432), ($notice, '370200', 'people', 10071722)",
    # Of one unit only zero reports are left.
    "DELETE FROM core.items WHERE recipient_code = 'EDU-3702' AND notice_id = $notice AND deliverable = 'materials' AND NOT is_zero_report",
    "DELETE FROM core.report_spans WHERE recipient_code = 'EDU-3702' AND notice_id = $notice AND deliverable = 'materials' AND NOT is_zero_report",
    # Of two columns one was mended since, one broke; one address is of no plan any more.
    "INSERT INTO raw.column_checks BY NAME SELECT notice_id, recipient_code, column_url AS url, seen AS checked_at, good AS is_ok, "
    "if(good, NULL, 'timeout') AS failure FROM marts.plans CROSS JOIN (VALUES (TIMESTAMP '2020-11-10', 'EDU-3701', true), "
    "(TIMESTAMP '2020-11-11', 'EDU-3701', false), (TIMESTAMP '2020-11-10', 'HVC-001', false), "
    "(TIMESTAMP '2020-11-11', 'HVC-001', true)) AS visits (seen, unit, good) WHERE recipient_code = unit AND notice_id = $notice",
    "INSERT INTO raw.column_checks BY NAME SELECT $notice AS notice_id, 'EDU-3703' AS recipient_code, 'http://gone' AS url, "
    "TIMESTAMP '2020-11-11' AS checked_at, true AS is_ok",
    # What one unit tells, another of its city tells again an hour later.
    "INSERT INTO core.items SELECT * REPLACE ('HR-3701' AS recipient_code, 'again' || item_id AS item_id, "
    "received_at + INTERVAL 1 HOUR AS received_at, current_from + INTERVAL 1 HOUR AS current_from) FROM core.items "
    "WHERE recipient_code = 'EDU-3701' AND notice_id = $notice AND kind = 'materials' AND participants > 0 AND title IS NOT NULL",
    "UPDATE raw.scans SET scanned_at = TIMESTAMP '2020-11-15' WHERE source = 'human_resources_folder' AND notice_id = $notice",
)
"""What the small world has none of."""


@pytest.fixture(scope="session")
def filled(small: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The small world's snapshot with something of everything that is asked, in a home of its own."""
    home = Home(tmp_path_factory.mktemp("filled"))
    home.published.parent.mkdir()
    home.published.write_bytes(small.home.published.read_bytes())
    with duckdb.connect(home.published) as connection:
        for statement in PLANTED:
            connection.execute(statement, {"notice": NOTICE_ID})
        fill_stretches(connection)
    world = World(small.inbox, home, connect_snapshot(home.published))
    yield world
    world.connection.close()
