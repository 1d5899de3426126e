"""A question to the snapshot that can be stopped: within a time, a memory limit, at Ctrl-C, its rows streamed.

DuckDB works in a thread of its own; the thread that waits for it interrupts it. No more than a few batches of rows are held
at a time, whatever the result's size.
"""

import queue
import re
import threading
import time
from collections.abc import Generator
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.ground.errors import NoticesError

BATCH_ROWS = 8192
_HELD_BATCHES = 4
_PAUSE = 0.1
"""Seconds between two looks at the clock, and at Ctrl-C."""


_LOGGING = re.compile(r"(?:en|dis)able_logging|duckdb_logs", re.IGNORECASE)
"""DuckDB's own log: told to write into a file that it may not open, it ends this whole process."""


class TooSlowError(NoticesError):
    """The question took longer than it may."""


def ask_streamed(
    connection: duckdb.DuckDBPyConnection, text: str, seconds: float
) -> tuple[pa.Schema, Generator[pa.RecordBatch, None, None]]:
    """The result's schema, and its rows as they come. Raises duckdb.Error, TooSlowError, or KeyboardInterrupt at Ctrl-C,
    also while rows are taken; then nothing runs on."""
    if _LOGGING.search(text):
        raise duckdb.PermissionException("DuckDB's log is not to be asked")
    found: queue.Queue[pa.Schema | pa.RecordBatch | BaseException | None] = queue.Queue(_HELD_BATCHES)
    is_stopped = threading.Event()
    worker = threading.Thread(target=_answer, args=(connection, text, found, is_stopped), daemon=True)
    deadline = time.monotonic() + seconds
    worker.start()
    answers = _wait(connection, found, worker, is_stopped, deadline, seconds)
    schema = next(answers)
    assert isinstance(schema, pa.Schema)
    return schema, answers


def _answer(
    connection: duckdb.DuckDBPyConnection,
    text: str,
    found: "queue.Queue[pa.Schema | pa.RecordBatch | BaseException | None]",
    is_stopped: threading.Event,
) -> None:
    def put(one: pa.Schema | pa.RecordBatch | BaseException | None) -> None:
        while not is_stopped.is_set():
            try:
                found.put(one, timeout=_PAUSE)
                return
            except queue.Full:
                continue

    try:
        result = connection.execute(text)
        # Nothing but semicolons and comments leaves no result at all.
        if not (result and result.description):
            put(pa.schema([]))
        else:
            reader = result.to_arrow_reader(BATCH_ROWS)
            schema = _apart(reader.schema)
            put(schema)
            for batch in reader:
                put(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
                if is_stopped.is_set():
                    return
    except Exception as error:
        # Raised again by whoever waits: a worker that died untold would be waited for until the time is up.
        put(error)
        return
    put(None)


def _apart(schema: pa.Schema) -> pa.Schema:
    """With no name twice, `a` and `a` as `a` and `a_1`: an object of JSON would keep the last alone."""
    taken: set[str] = set()
    for place, field in enumerate(schema):
        name, times = field.name, 0
        while name in taken or (times and name in schema.names):
            times += 1
            name = f"{field.name}_{times}"
        taken.add(name)
        schema = schema.set(place, field.with_name(name))
    return schema


def _wait(
    connection: duckdb.DuckDBPyConnection,
    found: "queue.Queue[pa.Schema | pa.RecordBatch | BaseException | None]",
    worker: threading.Thread,
    is_stopped: threading.Event,
    deadline: float,
    seconds: float,
) -> Generator[Any, None, None]:
    try:
        while True:
            try:
                one = found.get(timeout=_PAUSE)
            except queue.Empty:
                if time.monotonic() > deadline:
                    raise TooSlowError(
                        f"查询超过 {seconds:g} 秒，已停下；请缩小范围，或用 --seconds 放宽"
                    ) from None
                continue
            if one is None:
                return
            if isinstance(one, BaseException):
                raise one
            yield one
    finally:
        is_stopped.set()
        while worker.is_alive():
            # Not once: DuckDB forgets an interrupt that comes before it begins to work.
            connection.interrupt()
            worker.join(_PAUSE)
