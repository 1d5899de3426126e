"""The analysts' way in: a connection to the published snapshot that can read it and do nothing else.

The snapshot is replaced whole (publish.py). A connection keeps the state it was opened on, for as long as it is open, and
never stands in the loader's way; whoever opens next sees the new state.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb

from pipelines.ground.errors import DerivedFault, NoticesError
from pipelines.ground.handed import refresh_published

READ_ONLY: dict[str, Any] = {
    # No other file, no network, no ATTACH, no COPY TO, no extension from anywhere.
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    # A query too big for memory fails with a sentence instead of writing beside the snapshot.
    "temp_directory": "",
    # Sums by a number of up to 18 bits, as coverage is (core.material_groups), look the sum up instead of hashing the number.
    "perfect_ht_threshold": "18",
    # None of the above can be taken back with SET.
    "lock_configuration": "true",
}
"""Settings with which a snapshot can be read and nothing else be done."""


def connect_snapshot(path: Path, **settings: Any) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the snapshot at `path`, to be closed by the caller.

    `settings` are further DuckDB settings, such as `memory_limit="1GB"` or `threads=2`; they cannot loosen READ_ONLY.
    Within one process every connection to a path shares one state: close all of them to see a newer snapshot.
    Raises NoticesError where there is no snapshot yet, or none that can be opened.
    """
    require_snapshot(path)
    return _connect(path, path, settings)


def require_snapshot(path: Path) -> None:
    """Raises NoticesError where nothing was published yet, on any machine that shares the store."""
    refresh_published(path)
    if not path.exists():
        raise NoticesError(f"还没有数据：{path} 不存在。先运行 notices run")


def _connect(file: Path, path: Path, settings: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """Opens the file, which is the snapshot at `path` under this or another name."""
    try:
        return duckdb.connect(file, read_only=True, config={**settings, **READ_ONLY})
    except (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException) as error:
        raise DerivedFault(
            f"{path} 打不开：{error}。它是从档案算出来的，运行 notices run 会自动重算"
        ) from error


@contextmanager
def open_snapshot(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """`connect_snapshot`, closed at the end."""
    connection = connect_snapshot(path)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def kept_open(path: Path) -> Iterator[None]:
    """While it lasts, whoever of this process opens the snapshot finds it open, as it is now: for who asks it of hundreds of
    notices in turn. Opening it reads the definitions of all relations. Where there is none that opens, it does nothing."""
    with ExitStack() as opened:
        with suppress(NoticesError):  # whoever opens it is told
            opened.enter_context(open_snapshot(path))
        yield


@contextmanager
def open_newest(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The snapshot that lies at `path` now, whichever one others in this process still look at, and unseen by them.

    With `open_snapshot` a decision would be weighed against the figures that a page beside it shows, and a page that opens
    while a decision is weighed would show older figures than it says. DuckDB tells files apart by name: it is given a name
    of its own, which is gone once it is open.
    """
    kept = _kept_newest.get()
    if kept and kept.path == path:
        yield kept.connect()
        return
    connection = _connect_beside(path)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def kept_newest(path: Path) -> Iterator[None]:
    """While it lasts, `open_newest` in this thread opens the snapshot at `path` once, and again only after another was published:
    for who weighs a decision in steps, each against what is published then."""
    kept = _Newest(path)
    before = _kept_newest.set(kept)
    try:
        yield
    finally:
        _kept_newest.reset(before)
        kept.close()


class _Newest:
    """The snapshot at a path, opened when it is asked for, and anew where another lies there by then; all stay open until the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._state: tuple[int, ...] = ()
        self._opened: list[duckdb.DuckDBPyConnection] = []

    def connect(self) -> duckdb.DuckDBPyConnection:
        require_snapshot(self.path)
        status = self.path.stat()
        state = (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)
        if not self._opened or state != self._state:
            # Should it be replaced right now, a newer one is opened than this says, and opened once more the next time.
            self._opened.append(_connect_beside(self.path))
            self._state = state
        return self._opened[-1]

    def close(self) -> None:
        for connection in self._opened:
            connection.close()


_kept_newest: ContextVar[_Newest | None] = ContextVar("_kept_newest", default=None)


def _connect_beside(path: Path) -> duckdb.DuckDBPyConnection:
    require_snapshot(path)
    while True:
        beside = path.with_name(f".{path.name}.{uuid4().hex}")
        try:
            os.link(path, beside)
        except OSError:  # a place that knows no second names
            shutil.copyfile(path, beside)
        try:
            return _connect(beside, path, {})
        except DerivedFault:
            if beside.exists():
                raise  # else somebody published just now, and cleared away what looked like a killed run's: once more
        finally:
            beside.unlink(missing_ok=True)
