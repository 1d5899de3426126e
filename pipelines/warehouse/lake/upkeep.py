"""The care of the lake: versions older than is kept are let go, small files are joined, and what nothing refers to is removed."""

from datetime import datetime, timedelta

from pipelines.ground.home import Home
from pipelines.ground.lock import one_writer
from pipelines.warehouse.lake.commit import share_rows
from pipelines.warehouse.lake.place import NAME, open_for_writing
from pipelines.warehouse.lake.read import require_place

GRACE = timedelta(days=1)
"""What no version needs any more stays for so long: somebody may be reading, or writing, it now."""


@one_writer
def tidy_lake(home: Home, now: datetime, keep_days: int) -> dict[str, int]:
    """Keeps the versions of `keep_days` before `now` (with its zone), and always the newest; returns how many versions were let
    go, how many tables' files were joined, and how many files were removed.

    The home's lock keeps publishes away meanwhile. Who reads a version that is let go can do so for GRACE.
    """
    place = require_place(home)
    with open_for_writing(place) as lake:

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
    share_rows(place)
    return {"expired": expired, "joined": joined, "removed": removed}
