"""Properties of loading: order and division never change a row, and loading twice is loading once."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import cycle
from pipelines.archive.store import Archive, Journal
from pipelines.check.tables import VERDICTS
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.read.frames import (
    SHEETS,
    SUBMISSIONS,
    read_frames,
    rows_schema,
    table_deliverables,
    write_frame,
)
from pipelines.sample import write_sample
from pipelines.warehouse.load import load_run
from pipelines.warehouse.masks import Masks
from tests.rows import dump_rows
from tests.warehouse.empty import empty_warehouse

pytestmark = pytest.mark.slow


@dataclass(frozen=True, repr=False)
class Read:
    """A whole sample as it was read and checked, before anything was loaded."""

    notice: Notice
    journal: Journal
    frames: dict[str, pa.Table]

    @property
    def receipts(self) -> list[str]:
        """Ids in order of arrival; one can hold several submissions or none."""
        found = self.frames["submissions"].sort_by([("received_at", "ascending"), ("path", "ascending")])
        return list(dict.fromkeys(found["receipt_id"].to_pylist()))

    def write(self, receipts: list[str], folder: Path) -> None:
        """A run's folder with these receipts alone, their submissions in this order."""
        submissions = self.frames["submissions"]
        places = {one: place for place, one in enumerate(receipts)}
        order = [places.get(one) for one in submissions["receipt_id"].to_pylist()]
        chosen = sorted((place, index) for index, place in enumerate(order) if place is not None)
        picked = submissions.take(pa.array([index for _, index in chosen], pa.int64()))
        for name, table in self.frames.items():
            part = picked
            if name != "submissions":
                part = table.filter(
                    pc.is_in(table["submission_id"], picked["submission_id"].combine_chunks())
                )
            write_frame(part, folder, name)


@pytest.fixture(scope="module")
def read(notice: Notice, tmp_path_factory: pytest.TempPathFactory) -> Read:
    made = write_sample(notice, tmp_path_factory.mktemp("sample"), seed=5, recipients=5, rows=2)
    home = Home(tmp_path_factory.mktemp("home"))
    scanned = cycle.scan(home, notice, "proof", made.inbox, made.now)
    for batch in scanned["batches"]:
        cycle.read(home, notice, "proof", batch)
    assert cycle.check(home, notice, "proof")["faults"] > 10
    folder = home.run_folder(notice.id, "proof")
    schemas = {"submissions": SUBMISSIONS, "sheets": SHEETS, "verdicts": VERDICTS}
    schemas |= {f"rows_{name}": rows_schema(notice, name) for name in table_deliverables(notice)}
    frames = {name: read_frames(folder, name, schema) for name, schema in schemas.items()}
    return Read(notice, Archive(home.archive).journal(notice.id), frames)


@dataclass(frozen=True, repr=False)
class Loaded:
    """All rows of every relation, sorted; too many to show."""

    rows: dict[str, list[tuple[Any, ...]]]


def load(read: Read, parts: list[list[str]]) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that loading these parts one after the other comes to, and the figures at some moments."""
    with empty_warehouse() as (connection, private, opened):
        for number, part in enumerate(parts):
            folder = opened / str(number)
            folder.mkdir()
            read.write(part, folder)
            load_run(connection, private, read.notice, read.journal, folder, Masks(opened / "masks"))
        found = dump_rows(connection) | dump_rows(private)
        for day in ("2020-11-06", "2020-11-10 12:00", "2020-12-01"):
            for macro in ("city_reporting_as_of", "city_coverage_as_of"):
                query = f"SELECT * FROM marts.{macro}($1, $2::TIMESTAMP)"
                found[f"{macro} {day}"] = connection.execute(query, [read.notice.id, day]).fetchall()
        return found


@pytest.fixture(scope="module")
def at_once(read: Read) -> Loaded:
    """What one load of everything comes to."""
    found = load(read, [read.receipts])
    assert len(found["core.submissions"]) > 60
    assert len({row for name, rows in found.items() if name.startswith("city") for row in rows}) > 32
    return Loaded(found)


@settings(max_examples=3, deadline=None, derandomize=True)
@given(data=st.data())
def test_order_and_division_change_nothing(data: st.DataObject, read: Read, at_once: Loaded):
    divide(data, read, at_once)


@pytest.mark.soak  # five seconds a division; a few of them are played above
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_many_orders_and_divisions_change_nothing(data: st.DataObject, read: Read, at_once: Loaded):
    divide(data, read, at_once)


def divide(data: st.DataObject, read: Read, at_once: Loaded) -> None:
    """Scans cut the stream of arrivals anywhere; within one, files come in any order; a part can be loaded again."""
    receipts = read.receipts
    cuts = sorted(data.draw(st.lists(st.integers(0, len(receipts)), max_size=3), label="cuts"))
    ends = [0, *cuts, len(receipts)]
    parts = []
    for start, end in pairwise(ends):
        part = data.draw(st.permutations(receipts[start:end]), label="order")
        parts += [part] * data.draw(st.integers(1, 2), label="times")
    for name, rows in load(read, parts).items():
        assert rows == at_once.rows[name], name


def test_loading_everything_three_times(read: Read, at_once: Loaded):
    assert load(read, [read.receipts] * 3) == at_once.rows
