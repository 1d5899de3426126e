"""Empty warehouses for tests that need many: the relations are made once, each test gets a copy of the file."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipelines.warehouse.files import create_private, create_warehouse


@contextmanager
def empty_warehouse() -> Iterator[tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection, Path]]:
    """(warehouse, private file, folder for a run), gone afterwards."""
    with TemporaryDirectory() as folder:
        shutil.copyfile(Path(_made().name) / "empty.duckdb", Path(folder) / "warehouse.duckdb")
        with duckdb.connect(Path(folder) / "warehouse.duckdb") as connection, duckdb.connect() as private:
            create_private(private)
            yield connection, private, Path(folder)


@cache
def _made() -> TemporaryDirectory[str]:
    """The folder of the file that is copied; it goes with the process."""
    folder = TemporaryDirectory()
    with duckdb.connect(Path(folder.name) / "empty.duckdb") as connection:
        create_warehouse(connection)
    return folder
