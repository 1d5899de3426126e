"""A stream of rows as CSV, JSON, JSON lines, Arrow or Parquet, written as it comes."""

import io
import json
import math
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.ask.cells import csv_cell, take_columns, write_csv_rows

Batches = Iterator[pa.RecordBatch]


def write_csv_stream(schema: pa.Schema, batches: Batches, out: IO[bytes]) -> int:
    """As Excel may open it (cells.py). Returns how many rows there were, as do the others."""
    text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
    rows = 0

    def lines() -> Iterator[list[str]]:
        nonlocal rows
        for batch in batches:
            for row in zip(*take_columns(batch), strict=True):
                rows += 1
                yield [csv_cell(name, value) for name, value in zip(schema.names, row, strict=True)]

    try:
        write_csv_rows(text, schema.names, lines())
    finally:
        text.detach()
    return rows


def write_jsonl_stream(schema: pa.Schema, batches: Batches, out: IO[bytes]) -> int:
    """An object a line; moments in ISO 8601, without a zone."""
    rows = 0
    for batch in batches:
        out.write("".join(f"{json_object(row)}\n" for row in _objects(batch)).encode())
        rows += batch.num_rows
    return rows


def write_json_stream(schema: pa.Schema, batches: Batches, out: IO[bytes]) -> int:
    """One array, an object a line."""
    rows = 0
    out.write(b"[")
    for batch in batches:
        for row in batch.to_pylist():
            out.write(f"{',' if rows else ''}\n {json_object(row)}".encode())
            rows += 1
    out.write(b"\n]\n")
    return rows


def _objects(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    for row in zip(*take_columns(batch), strict=True):
        yield dict(zip(batch.schema.names, row, strict=True))


def json_object(row: dict[str, Any]) -> str:
    """What is no number goes as the words NaN, Infinity and -Infinity, as PostgreSQL writes it: JSON has no other way."""
    try:
        return json.dumps(row, ensure_ascii=False, default=_json_value, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(row), ensure_ascii=False, default=_json_value)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def write_arrow_stream(schema: pa.Schema, batches: Batches, out: IO[bytes]) -> int:
    """An Arrow IPC stream."""
    rows = 0
    with pa.ipc.new_stream(out, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def write_parquet_stream(schema: pa.Schema, batches: Batches, out: IO[bytes]) -> int:
    rows = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


STREAMS: dict[str, Callable[[pa.Schema, Batches, IO[bytes]], int]] = {
    "csv": write_csv_stream,
    "json": write_json_stream,
    "jsonl": write_jsonl_stream,
    "arrow": write_arrow_stream,
    "parquet": write_parquet_stream,
}
"""By the name of the format."""
