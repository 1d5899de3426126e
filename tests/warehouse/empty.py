"""Empty warehouses for tests that need many: the relations are made once for all workers, each test gets a copy of the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from pipelines.warehouse.blank import lay_blank
from pipelines.warehouse.files import CONFIG, create_private, create_warehouse


@contextmanager
def empty_warehouse() -> Iterator[tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection, Path]]:
    """(warehouse, private file, folder for a run), gone afterwards."""
    with TemporaryDirectory() as folder, duckdb.connect() as private:
        create_private(private)
        with connect_blank(Path(folder) / "warehouse.duckdb") as connection:
            yield connection, private, Path(folder)


@contextmanager
def blank_warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse alone."""
    with TemporaryDirectory() as folder, connect_blank(Path(folder) / "warehouse.duckdb") as connection:
        yield connection


@contextmanager
def connect_blank(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A file with all relations and nothing in them, from the cache: two thousand statements take seconds. It is thrown away:
    nothing is put in order in it when it closes."""
    lay_blank(path)
    with duckdb.connect(path, config=CONFIG) as connection:
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        create_warehouse(connection)  # where there is no cache
        yield connection


def empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Takes away all that raw and core hold. Which tables hold anything is asked at once: few of them do."""
    names = connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE schema_name IN ('raw', 'core')"
    ).fetchall()
    asked = " UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for (name,) in names)
    for (name,) in connection.execute(asked).fetchall():
        connection.execute(f"DELETE FROM {name}")
