"""The analysts' way in: a connection to the published snapshot that can read it and do nothing else.

The snapshot is replaced whole (publish.py). A connection keeps the state it was opened on, for as long as it is open, and
never stands in the loader's way; whoever opens next sees the new state.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ground.errors import DerivedFault, NoticesError

READ_ONLY: dict[str, Any] = {
    # No other file, no network, no ATTACH, no COPY TO, no extension from anywhere.
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    # A query too big for memory fails with a sentence instead of writing beside the snapshot.
    "temp_directory": "",
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
    if not path.exists():
        raise NoticesError(f"还没有数据：{path} 不存在。先运行 notices run")
    try:
        return duckdb.connect(path, read_only=True, config={**settings, **READ_ONLY})
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
