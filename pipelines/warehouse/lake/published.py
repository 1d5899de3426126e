"""The snapshot that has just been published, opened for as long as the lake takes to follow it: whatever takes its place meanwhile.

Its tables are looked at before the lake is attached: DuckDB's list of columns binds the views of every database that is open, those
of the lake by questions to its catalogue, which cost more than all else of a commit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.warehouse.lake.place import open_session, quoted
from pipelines.warehouse.relations import SCHEMAS

Connection = duckdb.DuckDBPyConnection
Columns = list[tuple[str, str]]
"""Of a table: name and type."""
_COLUMNS = """
SELECT table_name, column_name, data_type FROM duckdb_columns()
WHERE database_name = $1 AND schema_name = $2
    AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE database_name = $1 AND schema_name = $2)
ORDER BY table_name, column_index
"""
_LOSSY = ("HUGEINT", "UHUGEINT")
"""Parquet knows no such number, and DuckDB would write it as a DOUBLE, that is, another one."""
_STORED = "_stored"
"""Behind the name of a table with such a column: there they are text, and a view of the relation's name gives them back."""
_KEYS = ("recipient_code", "submission_id", "receipt_id", "group_number")
"""The first that a table has says in which part of it a row is. Another choice needs another name for main.parts, and all anew."""
_LETTERS = 3
"""From the end of that: some thousand parts at the most. Letters, and no hash, which another version of DuckDB may compute otherwise."""


@dataclass(frozen=True)
class Table:
    """A table of the snapshot as the lake stores it."""

    relation: str
    columns: Columns

    @property
    def lossy(self) -> Columns:
        return [(name, kind) for name, kind in self.columns if kind in _LOSSY]

    @property
    def name(self) -> str:
        return self.relation + (_STORED if self.lossy else "")

    @property
    def stored(self) -> Columns:
        return [(name, "VARCHAR" if kind in _LOSSY else kind) for name, kind in self.columns]

    @property
    def source(self) -> str:
        """Its rows, to be put behind FROM."""
        if not self.lossy:
            return f"snapshot.{self.relation}"
        told = ", ".join(f'"{name}"::VARCHAR AS "{name}"' for name, _ in self.lossy)
        return f"(SELECT * REPLACE ({told}) FROM snapshot.{self.relation})"

    @property
    def view(self) -> str:
        """What gives the relation back where it is stored in another way; else nothing."""
        told = ", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in self.lossy)
        text = f"CREATE OR REPLACE VIEW {self.relation} AS SELECT * REPLACE ({told}) FROM {self.name}"
        return text if self.lossy else ""

    @property
    def part(self) -> str:
        """Of the row `one`: which part of its notice's rows it is in. Rows of a unit, or of a file, are in the same one."""
        names = {name for name, _ in self.columns}
        key = next((name for name in _KEYS if name in names), "")
        return f"""coalesce(right(one."{key}"::VARCHAR, {_LETTERS}), '')""" if key else "''"


@dataclass(frozen=True)
class Published:
    """A session that has the file attached as `snapshot`, what it holds, and when it took its place."""

    connection: Connection
    tables: list[Table]
    moment: datetime


@contextmanager
def open_published(path: Path) -> Iterator[Published]:
    connection = open_session()
    try:
        connection.execute(f"ATTACH {quoted(str(path))} AS snapshot (READ_ONLY)")
        tables = [Table(*one) for one in list_tables(connection, "snapshot").items()]
        yield Published(connection, tables, datetime.fromtimestamp(path.stat().st_mtime, UTC))
    finally:
        connection.close()


def list_tables(connection: Connection, database: str) -> dict[str, Columns]:
    found: dict[str, Columns] = {}
    for schema in SCHEMAS:
        for table, column, kind in connection.execute(_COLUMNS, [database, schema]).fetchall():
            found.setdefault(f"{schema}.{table}", []).append((column, kind))
    return found
