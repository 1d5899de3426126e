"""A question to the snapshot that can be stopped: within a time, a memory limit, at Ctrl-C, its rows streamed.

DuckDB works in a thread of its own; the thread that waits for it interrupts it. No more than a few batches of rows are held
at a time, whatever the result's size.
"""

import queue
import re
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

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
        if not result.description:
            put(pa.schema([]))
        else:
            reader = result.to_arrow_reader(BATCH_ROWS)
            put(reader.schema)
            for batch in reader:
                put(batch)
                if is_stopped.is_set():
                    return
    except (duckdb.Error, pa.ArrowException, RuntimeError, OSError) as error:
        put(error)
        return
    put(None)


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
        if worker.is_alive():
            connection.interrupt()
            worker.join()


def read_reference(connection: duckdb.DuckDBPyConnection, given: str) -> None:
    """Makes a local table, `NAME=FILE.csv` or `.parquet`, known to this connection by its name. Raises ValueError with a sentence.

    It is read here: the connection itself cannot open files. Columns that end in _code stay text, as in the snapshot.
    """
    name, mark, place = given.partition("=")
    path = Path(place)
    if not mark or not name.isidentifier() or path.suffix.lower() not in (".csv", ".parquet"):
        raise ValueError(
            f"“{given}”应写成 名字=文件.csv 或 名字=文件.parquet，名字用字母、汉字、数字和下划线"
        )
    try:
        table = pa.parquet.read_table(path) if path.suffix.lower() == ".parquet" else _read_csv(path)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise ValueError(f"{path} 读不出：{error}") from None
    connection.register(name, table)


def _read_csv(path: Path) -> pa.Table:
    """UTF-8, with or without BOM, or GB18030."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    header = text.partition("\n")[0].strip().split(",")
    codes = {name: pa.string() for one in header if (name := one.strip().strip('"')).endswith("_code")}
    return pa.csv.read_csv(
        pa.BufferReader(text.encode()),
        convert_options=pa.csv.ConvertOptions(column_types=codes, strings_can_be_null=True),
    )
