"""The change feed as other systems read it: what lies behind a number, in order, a bounded part of it at a time."""

import json
from collections.abc import Iterator
from typing import IO, Any

import duckdb
import pyarrow as pa

from pipelines.ask.streams import json_object
from pipelines.ground.errors import NoticesError
from pipelines.warehouse.feed import last_number

SPAN = 20_000
"""So many numbers are asked for at once."""
_ROWS = ("row_key", "row_before", "row_after")
_ASK = """
SELECT * FROM marts.change_feed
WHERE seq > $after AND seq <= $until AND ($notice IS NULL OR notice_id = $notice)
ORDER BY seq
"""


def read_feed(
    connection: duckdb.DuckDBPyConnection, after: int, notice_id: str | None = None
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Everything behind `after`, of one notice or of all. Raises NoticesError where `after` was never given out here."""
    last = last_number(connection)
    if after > last:
        raise NoticesError(
            f"变更流水只到第 {last} 号，没有第 {after} 号。数据是从更早的备份恢复的，或这个序号来自别处；"
            "请从 --after 0 重新读一遍"
        )
    schema = _ask(connection, after, after, notice_id).schema
    spans = range(after, last, SPAN)
    return schema, (
        batch
        for start in spans
        for batch in _ask(connection, start, min(start + SPAN, last), notice_id).to_batches()
    )


def _ask(connection: duckdb.DuckDBPyConnection, after: int, until: int, notice_id: str | None) -> pa.Table:
    asked = {"after": after, "until": until, "notice": notice_id}
    return connection.execute(_ASK, asked).to_arrow_table()


def write_feed_lines(batches: Iterator[pa.RecordBatch], out: IO[bytes]) -> int:
    """An object a line, the rows in it as objects; returns how many there were."""
    count = 0
    for batch in batches:
        out.write("".join(f"{json_object(_open(row))}\n" for row in batch.to_pylist()).encode())
        count += batch.num_rows
    return count


def _open(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.loads(value) if name in _ROWS and value is not None else value
        for name, value in row.items()
    }
