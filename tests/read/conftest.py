"""One cycle over every file of every table of habits; the tests then ask what became of each."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import cycle
from pipelines.ask import figures
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.notice.model import Notice
from tests.conftest import MakeOnce
from tests.read.habits.tables import ALL

NOTICE = "sd-vocational-week-2020"
MORNING = datetime(2020, 11, 10, 8)
NOW = datetime(2020, 12, 1)


@dataclass(frozen=True)
class Outcome:
    """The snapshot after the cycle: the files list by path, and everything else by query."""

    home: Home
    files: dict[str, dict[str, Any]]
    connection: duckdb.DuckDBPyConnection

    def ask(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        found = self.connection.execute(sql, list(values))
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="session")
def notice() -> Notice:
    return load_notice(NOTICE)


@pytest.fixture(scope="session")
def outcome(notice: Notice, make_once: MakeOnce) -> Any:
    def run(folder: Path) -> None:
        for case in ALL:
            for path, content, minutes in case.written():
                _put(Home(folder).inbox(NOTICE) / path, content, MORNING + timedelta(minutes=minutes), notice)
        cycle.run(Home(folder), notice, now=NOW)

    home = Home(make_once("habits", run))
    listed = figures.ask_files(home.published, NOTICE)
    files = [dict(zip(listed.columns, row, strict=True)) for row in listed.rows]
    assert len({one["path"] for one in files}) == len(files)
    with duckdb.connect(home.published, read_only=True) as connection:
        yield Outcome(home, {one["path"]: one for one in files}, connection)


def _put(path: Path, content: bytes, moment: datetime, notice: Notice) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    seconds = moment.replace(tzinfo=notice.zone).timestamp()
    os.utime(path, (seconds, seconds))
