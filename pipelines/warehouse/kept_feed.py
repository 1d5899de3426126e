"""The change feed as it is kept: <home>/feed/feed.sqlite, in parts of some 10,000 changes, each one Arrow stream.

A row of its own for each change took thirteen times the space, and passed every value through Python (docs/speed.md). Made from
nothing else and so kept for ever: every part bears its sha256. Part of the publish stage.
"""

import io
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.ground.chain import RESTORE
from pipelines.ground.durable import open_base
from pipelines.ground.errors import KeptFault

FORMAT = 2
"""Format 1 had a row a change, in the table `feed`: it is made parts of when it is opened."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS parts (
    last_seq INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL, sha256 TEXT NOT NULL, changes BLOB NOT NULL
) STRICT;
"""
COLUMNS = (
    "seq",
    "known_at",
    "notice_id",
    "relation",
    "recipient_code",
    "row_key",
    "row_now",
    "previous_seq",
    "receipt_id",
    "decision_id",
)
_TABLE = pa.schema(
    [(name, pa.int64() if name in ("seq", "previous_seq") else pa.string()) for name in COLUMNS]
)
"""Moments are texts, as DuckDB writes them."""
_LISTED = ", ".join(COLUMNS)
_TOLD = _LISTED.replace("known_at", "known_at::VARCHAR AS known_at")
_BATCH = 10_000
_COMPRESSED = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=1))


class KeptFeed:
    """The file at a path, opened; raises as `open_base`. To be closed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._base = open_base(path, _SCHEMA, FORMAT)
        self._divide_rows()

    def close(self) -> None:
        self._base.close()

    @property
    def last(self) -> int:
        """The newest number that was given out; 0 where none was."""
        found = self._base.execute("SELECT coalesce(max(last_seq), 0) FROM parts").fetchone()
        return int(found[0])

    def append(self, connection: duckdb.DuckDBPyConnection, after: int) -> None:
        """Takes over from core.feed what lies behind a number. All of it is on disk when this returns, or none."""
        found = connection.execute(f"SELECT {_TOLD} FROM core.feed WHERE seq > {after}")
        self._base.execute("BEGIN IMMEDIATE")
        for batch in found.to_arrow_reader(_BATCH):
            if batch.num_rows:
                self._add(pa.Table.from_batches([batch]))
        self._base.execute("COMMIT")

    def behind(self, number: int) -> Iterator[pa.Table]:
        """All changes behind a number, part by part. Raises KeptFault where a part is not what was written."""
        found = self._base.execute(
            "SELECT last_seq, sha256, changes FROM parts WHERE last_seq > ? ORDER BY last_seq", [number]
        )
        for last, digest, content in found:
            if sha256(content).hexdigest() != digest:
                raise KeptFault(f"{self._path} 损坏（到第 {last} 号的一段与登记的指纹不符）。{RESTORE}")
            table = pa.ipc.open_stream(content).read_all()
            yield table.filter(pa.array(table.column("seq").to_numpy() > number))

    def _add(self, table: pa.Table) -> None:
        numbers, content = table.column("seq").to_numpy(), _pack(table)
        self._base.execute(
            "INSERT INTO parts VALUES (?, ?, ?, ?)",
            [int(numbers.max()), int(numbers.min()), sha256(content).hexdigest(), content],
        )

    def _divide_rows(self) -> None:
        """What a file of format 1 holds becomes parts, in one transaction."""
        if not self._base.execute("SELECT 1 FROM sqlite_schema WHERE name = 'feed'").fetchone():
            return
        self._base.execute("BEGIN IMMEDIATE")
        found = self._base.execute(f"SELECT {_LISTED} FROM feed ORDER BY seq")
        while rows := found.fetchmany(_BATCH):
            told = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
            self._add(pa.Table.from_pylist(told, schema=_TABLE))
        self._base.execute("DROP TABLE feed")
        self._base.execute("COMMIT")


def _pack(table: pa.Table) -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema, options=_COMPRESSED) as writer:
        writer.write_table(table)
    return out.getvalue()
