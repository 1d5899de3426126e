"""A question to the snapshot that can be stopped: within a time, a memory limit, at Ctrl-C, its rows streamed.

DuckDB works in a thread of its own; the thread that waits for it interrupts it. No more than a few batches of rows are held
at a time, whatever the result's size.
"""

import queue
import re
import threading
import time
from collections.abc import Generator
from typing import Any, TypeAlias

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


Answer: TypeAlias = "pa.Schema | pa.RecordBatch | BaseException | None"
"""None where there are no more."""


class _Answers:
    """What the worker found, in order, as far as there is room; `is_stopped` where nobody wants any more.

    Ctrl-C comes at any step of Python, also inside queue.Queue and threading.Event, which then leave a lock behind that the worker
    waits for without end. These queues are one step each."""

    def __init__(self) -> None:
        self.found: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self.room: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.is_stopped = False
        for _ in range(_HELD_BATCHES):
            self.room.put(None)

    def put(self, one: Answer) -> None:
        while not self.is_stopped:
            try:
                self.room.get(timeout=_PAUSE)
            except queue.Empty:
                continue
            self.found.put(one)
            return

    def take(self) -> Answer:
        """Raises queue.Empty where there is none in a while."""
        one = self.found.get(timeout=_PAUSE)
        self.room.put(None)
        return one


def ask_streamed(
    connection: duckdb.DuckDBPyConnection, text: str, seconds: float
) -> tuple[pa.Schema, Generator[pa.RecordBatch, None, None]]:
    """The result's schema, and its rows as they come. Raises duckdb.Error, TooSlowError, or KeyboardInterrupt at Ctrl-C,
    also while rows are taken; then nothing runs on."""
    if _LOGGING.search(text):
        raise duckdb.PermissionException("DuckDB's log is not to be asked")
    answers = _Answers()
    worker = threading.Thread(target=_answer, args=(connection, text, answers), daemon=True)
    rows = _wait(connection, answers, worker, seconds)
    schema = next(rows)
    assert isinstance(schema, pa.Schema)
    return schema, rows


def _answer(connection: duckdb.DuckDBPyConnection, text: str, answers: _Answers) -> None:
    if answers.is_stopped:
        return
    try:
        result = connection.execute(text)
        # Nothing but semicolons and comments leaves no result at all.
        if not (result and result.description):
            answers.put(pa.schema([]))
        else:
            reader = result.to_arrow_reader(BATCH_ROWS)
            schema = _apart(reader.schema)
            answers.put(schema)
            for batch in reader:
                answers.put(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
                if answers.is_stopped:
                    return
    except Exception as error:
        # Raised again by whoever waits: a worker that died untold would be waited for until the time is up.
        answers.put(error)
        return
    answers.put(None)


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
    answers: _Answers,
    worker: threading.Thread,
    seconds: float,
) -> Generator[Any, None, None]:
    deadline = time.monotonic() + seconds
    try:
        worker.start()
        while True:
            try:
                one = answers.take()
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
        answers.is_stopped = True
        while worker.is_alive():
            # Not once: DuckDB forgets an interrupt that comes before it begins to work.
            connection.interrupt()
            worker.join(_PAUSE)
