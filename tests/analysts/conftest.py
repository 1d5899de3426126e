"""Snapshots to trace figures in: a small made-up world for the quick tests, more of them and a shared one for the slow."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.sample import write_sample
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
def shared_world(worlds: list[Any], collected_world: Callable[[int], Home]) -> Iterator[World]:
    """World 101, whole."""
    home = collected_world(0)
    world = World(worlds[0].inbox, home, connect_snapshot(home.published))
    yield world
    world.connection.close()
