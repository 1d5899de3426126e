"""The care of the lake: versions older than is kept are let go, small files are joined, and what nothing refers to is removed."""

import os
from datetime import datetime, timedelta

import duckdb

from pipelines.ground.home import Home
from pipelines.ground.private import keep_private
from pipelines.warehouse.lake.commit import share_rows
from pipelines.warehouse.lake.place import NAME, open_for_writing
from pipelines.warehouse.lake.read import require_place
from pipelines.warehouse.lake.turn import take_turn

GRACE = timedelta(days=1)
"""What no version needs any more stays for so long: somebody may be reading, or writing, it now."""


def tidy_lake(home: Home, now: datetime, keep_days: int) -> dict[str, int]:
    """Keeps the versions of `keep_days` before `now` (with its zone), and always the newest; returns how many versions were let
    go, how many tables' files were joined, and how many files were removed.

    It has the lake's turn, so that no publish comes between, and not the writer's lock: cycles go on meanwhile. Who reads a
    version that is let go can do so for GRACE.
    """
    place = require_place(home)
    mask = keep_private()
    try:
        with take_turn(home), open_for_writing(place) as lake:
            done = _tidy(lake, now, keep_days)
        share_rows(place)
    finally:
        os.umask(mask)
    return done


def _tidy(lake: duckdb.DuckDBPyConnection, now: datetime, keep_days: int) -> dict[str, int]:
    def call(function: str, arguments: str) -> int:
        return len(lake.execute(f"CALL {function}('{NAME}'{arguments})").fetchall())

    before, spared = (
        f", older_than => TIMESTAMPTZ '{moment.isoformat(timespec='seconds')}'"
        for moment in (now - timedelta(days=keep_days), now - GRACE)
    )
    expired = call(
        "ducklake_expire_snapshots", before
    )  # first: what follows makes a newest version of its own
    call("ducklake_flush_inlined_data", "")
    joined = call("ducklake_merge_adjacent_files", "")
    removed = call("ducklake_cleanup_old_files", spared) + call("ducklake_delete_orphaned_files", spared)
    return {"expired": expired, "joined": joined, "removed": removed}
