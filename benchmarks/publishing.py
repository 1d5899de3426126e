"""Claim: publishing one changed unit over 1,000,000 items costs a small multiple of the same over 10,000.

The change is the same in both: the titles of one unit's rows. CPU is told in two parts: what is asked of the warehouse before
(promises, feed, checkpoint), and the snapshot's bytes. Beside it what a copy of the whole file would cost.
"""

import os
import shutil
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.crowd import NOTICE, make_crowd
from benchmarks.measure import print_table
from pipelines.ground.home import Home
from pipelines.warehouse.feed import mark_unfed
from pipelines.warehouse.files import open_file
from pipelines.warehouse.publish import publish_snapshot
from pipelines.warehouse.spare import REST_SECONDS, bring_up_to_date, spare_of

UNIT = "R-000005"
HEAD = ["items", "publish CPU s", "of it the bytes", "copy of the whole, CPU s", "file MB", "written MB"]


_FILES = (
    "CREATE TEMP TABLE files AS SELECT notice_id, submission_id, min(recipient_code) AS recipient_code, min(received_at) AS received_at FROM ("
    " SELECT notice_id, submission_id, recipient_code, received_at FROM core.items"
    " UNION ALL SELECT notice_id, submission_id, recipient_code, received_at FROM core.returns)"
    " GROUP BY ALL",
    "INSERT INTO raw.receipts BY NAME SELECT notice_id, submission_id AS receipt_id, 'inbox' AS source, submission_id AS path,"
    " 1 AS size, received_at AS modified_at, submission_id AS sha256, received_at, received_at AS scanned_at FROM files",
    "INSERT INTO raw.submissions BY NAME SELECT notice_id, submission_id, submission_id AS receipt_id, submission_id AS path,"
    " 1 AS row_order, submission_id AS sha256, 1 AS size, received_at, 'read' AS outcome, recipient_code FROM files",
    "INSERT INTO core.submissions BY NAME SELECT notice_id, submission_id, submission_id AS receipt_id, submission_id AS path,"
    " 1 AS row_order, received_at, 'accepted' AS state, 50 AS row_count, 0 AS rejected_row_count, 1 AS size,"
    " submission_id AS sha256, recipient_code FROM files",
)
"""The files that the crowd's rows came in."""


class Cost(NamedTuple):
    """CPU seconds of a publish, of its bytes alone, and of copying the file whole; megabytes."""

    publish: float
    bytes: float
    whole: float
    size: float
    written: float


def measure_publishing(folder: Path, *, few: int, many: int, rounds: int) -> float:
    """Prints the table, best of the rounds; returns how many times the few's CPU the many's is."""
    homes = {items: _make(folder / str(items), items) for items in (few, many)}
    found: dict[int, list[Cost]] = {few: [], many: []}
    for number in range(rounds):
        for items, home in homes.items():
            found[items].append(_publish(home, number))
    best = {items: Cost(*map(min, zip(*costs, strict=True))) for items, costs in found.items()}
    print(f"publish: one unit's rows changed, best of {rounds} rounds\n")
    print_table(
        HEAD,
        [
            [items, f"{cost.publish:.3f}", f"{cost.bytes:.3f}", f"{cost.whole:.3f}", cost.size, cost.written]
            for items, cost in best.items()
        ],
    )
    return best[many].publish / best[few].publish


def _make(folder: Path, items: int) -> Home:
    """Published twice, so that there is a snapshot before the last."""
    home = Home(folder)
    home.warehouse.parent.mkdir(parents=True)
    make_crowd(home.warehouse, items=items, recipients=items // 100)
    with open_file(home.warehouse) as connection:
        for statement in _FILES:
            connection.execute(statement)
    for number in range(2):
        _change(home, -number)
        publish_snapshot(home, {})
    return home


def _change(home: Home, number: int) -> None:
    with open_file(home.warehouse) as connection:
        connection.execute(
            f"UPDATE core.items SET title = '{number} ' || row_number WHERE recipient_code = '{UNIT}'"
        )
        mark_unfed(connection, NOTICE, [UNIT])


def _publish(home: Home, number: int) -> Cost:
    _change(home, number)
    time.sleep(REST_SECONDS)
    again, whole = home.path / "again", home.path / "whole"
    shutil.copyfile(spare_of(home), again)
    start = time.process_time()
    done = publish_snapshot(home, {})
    published = time.process_time() - start
    start = time.process_time()
    shutil.copyfile(home.warehouse, whole)
    _sync(whole)
    copied = time.process_time() - start
    return Cost(published, _bytes_alone(home, again), copied, done.size / 1e6, done.written / 1e6)


def _bytes_alone(home: Home, again: Path) -> float:
    """What the snapshot's bytes cost, from a file like the one that became it."""
    kept = spare_of(home)
    kept.rename(aside := home.path / "aside")
    again.rename(kept)
    time.sleep(REST_SECONDS)
    start = time.process_time()
    bring_up_to_date(home, made := home.path / "made")
    _sync(made)
    spent = time.process_time() - start
    made.unlink()
    aside.rename(kept)
    return spent


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
