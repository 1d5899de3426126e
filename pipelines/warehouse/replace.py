"""The snapshot, replaced by the warehouse's bytes in one step; and the moments of scans that brought nothing, published alone."""

import os
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

import duckdb

from pipelines.ground.durable import sync_folder
from pipelines.ground.home import Home
from pipelines.ground.private import share_published
from pipelines.warehouse.files import open_file
from pipelines.warehouse.lake.follow import follow_soon
from pipelines.warehouse.lake.followed import file_of
from pipelines.warehouse.spare import bring_up_to_date, close_spare, keep_spare


class Replaced(NamedTuple):
    """Bytes of the new snapshot, and how many of them had to be written."""

    size: int
    written: int


def replace_snapshot(
    connection: duckdb.DuckDBPyConnection, home: Home, only: Collection[str] = ()
) -> Replaced:
    """Puts the warehouse's bytes in the snapshot's place. `connection` is one to the warehouse, for writing: while it is open no
    other process can change what is copied. `only` names the relations that were changed since the last time; none: any may."""
    published = home.published
    before = file_of(published)
    published.parent.mkdir(parents=True, exist_ok=True)
    for left in published.parent.glob(f".{published.name}.*"):
        left.unlink()  # by a run that was killed; this one is alone
    connection.execute("CHECKPOINT")
    beside = published.with_name(f".{published.name}.{os.getpid()}")
    try:
        written = bring_up_to_date(home, beside)
        share_published(beside)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        keep_spare(home)
        beside.replace(published)
        close_spare(home)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(published.parent)
    follow_soon(home, before, only)
    return Replaced(published.stat().st_size, written)


def publish_scans(home: Home, moments: Mapping[str, Mapping[str, datetime]]) -> bool:
    """Publishes, by notice and source, the last completed scans, where nothing else is new. Returns false where somebody has
    loaded what is not published yet: then they are noted, and whoever publishes that publishes them with it.

    Only sources that a load has named are told; whoever calls this has seen that all of them are.
    """
    rows = [
        f"({_quoted(notice_id)}, {_quoted(source)}, TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S}')"
        for notice_id, sources in moments.items()
        for source, moment in sources.items()
    ]
    with open_file(home.warehouse) as connection:
        if rows:
            connection.execute(
                f"""
                UPDATE raw.scans SET scanned_at = told.scanned_at
                FROM (VALUES {", ".join(rows)}) AS told (notice_id, source, scanned_at)
                WHERE scans.notice_id = told.notice_id AND scans.source = told.source
                """
            )
        if connection.execute("SELECT 1 FROM raw.unfed LIMIT 1").fetchone():
            return False
        replace_snapshot(connection, home, only=["raw.scans"])
        return True


def _quoted(text: str) -> str:
    """As SQL: a parameter would make DuckDB's client import pandas."""
    return "'" + text.replace("'", "''") + "'"
