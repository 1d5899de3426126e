"""What is on disk before anything else is said: journals (chain.py) and the rows of small databases."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.ground.batch import OWN
from pipelines.ground.chain import RESTORE, JsonLines, note_kept, require_kept, sync_disk, sync_folder
from pipelines.ground.errors import KeptFault
from pipelines.ground.shared_base import SharedBase, is_in_store, store_of
from pipelines.ground.store import Store

if TYPE_CHECKING:
    import pyarrow as pa


__all__ = [
    "BASE_FORMAT",
    "JsonLines",
    "fill_base",
    "has_base",
    "open_base",
    "read_base",
    "sync_disk",
    "sync_folder",
]
BASE_FORMAT = 1
"""Of the small databases, as their user_version: 0 is one from before they had any, and only lacks the number."""


def open_base(path: Path, schema: str, newest: int = BASE_FORMAT) -> sqlite3.Connection:
    """A SQLite file whose every change is on disk before its statement returns; only its owner may read the folder. It has the
    format `newest` afterwards.

    Raises KeptFault where it was there once and is gone, is damaged, or was written by a newer program; and StoreFault where machines
    share it (shared_base.py) and the store cannot be reached.
    """
    store = store_of(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if store is None or path.exists() or not is_in_store(store, path):
        require_kept(path)
    here = f"{OWN}{schema}" if store else schema
    if not path.exists():
        _make_base(path, here, newest)
    with _in_words(path):
        base = sqlite3.connect(path, timeout=60, isolation_level=None, factory=SharedBase)
        try:
            version = _require_format(base, path, newest)
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = FULL")
            base.executescript(here)
            if version < newest:
                base.execute(f"PRAGMA user_version = {newest}")
            if store:
                base.join(store, path, schema)
        except BaseException:
            base.close()
            raise
    note_kept(path)
    return base


def has_base(path: Path) -> bool:
    """Whether there is such a file; where machines share a store, it then says what the store does. Raises as open_base."""
    store = store_of(path)
    if store and (path.exists() or is_in_store(store, path)):
        open_base(path, "").close()
    return path.exists()


def fill_base(path: Path, store: Store) -> None:
    """The store has the file that this home kept by itself."""
    with (
        _in_words(path),
        closing(sqlite3.connect(path, timeout=60, isolation_level=None, factory=SharedBase)) as base,
    ):
        _require_format(base, path)
        base.executescript(OWN)
        base.fill(store, path)


def _make_base(path: Path, schema: str, newest: int) -> None:
    """Made beside and put in its place whole: a file that is there and holds nothing was damaged."""
    beside = path.with_name(f".{path.name}.new-{os.getpid()}")
    beside.unlink(missing_ok=True)
    base = sqlite3.connect(beside, isolation_level=None)
    base.executescript(f"PRAGMA synchronous = FULL;{schema};PRAGMA user_version = {newest}")
    base.close()
    with suppress(FileExistsError):  # another process was quicker
        os.link(beside, path)
    beside.unlink()
    sync_folder(path.parent)


def _require_format(base: sqlite3.Connection, path: Path, newest: int = BASE_FORMAT) -> int:
    """The format that it has."""
    (version,) = base.execute("PRAGMA user_version").fetchone()
    if version > newest:
        raise KeptFault(
            f"{path} 是更新版本的程序写的（格式 {version}，本程序只认到 {newest}）。请改用那个版本的程序"
        )
    if base.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
        raise KeptFault(f"{path} 是空的。{RESTORE}")
    return int(version)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError:
        raise  # busy, or a disk that is full: nothing is wrong with what it holds
    except sqlite3.DatabaseError as error:
        raise KeptFault(f"{path} 损坏（{error}）。{RESTORE}") from error


def read_base(path: Path, query: str, schema: "pa.Schema") -> "pa.Table":
    """What a query finds in such a file, for SQL; no rows where there is no file. Moments are ISO text there."""
    import pyarrow as pa

    if not has_base(path):
        require_kept(path)
        return schema.empty_table()
    with _in_words(path):
        base = sqlite3.connect(path, timeout=60)
        try:
            _require_format(base, path)
            base.row_factory = sqlite3.Row
            rows = [dict(row) for row in base.execute(query)]
        finally:
            base.close()
    for row in rows:
        for field in schema:
            if pa.types.is_timestamp(field.type) and row[field.name]:
                row[field.name] = datetime.fromisoformat(row[field.name])
            elif pa.types.is_boolean(field.type):
                row[field.name] = bool(row[field.name])
    return pa.Table.from_pylist(rows, schema=schema)
