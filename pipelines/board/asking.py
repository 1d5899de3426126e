"""Questions of the pages to the published snapshot: opened for one request, closed at its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipelines.warehouse.snapshot import connect_snapshot

Row = dict[str, Any]


class Snapshot:
    """The snapshot as one request sees it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, notice_id: str) -> None:
        self._connection, self._notice = connection, notice_id

    def ask(self, query: str, **values: Any) -> list[Row]:
        """The rows of a query; `$notice` is bound where it stands in it."""
        given = {"notice": self._notice, **values}
        found = self._connection.execute(
            query, {name: one for name, one in given.items() if f"${name}" in query}
        )
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def one(self, query: str, **values: Any) -> Row | None:
        return next(iter(self.ask(query, **values)), None)


@contextmanager
def look(published: Path, notice_id: str) -> Iterator[Snapshot]:
    """Raises NoticesError where nothing was published yet."""
    connection = connect_snapshot(published)
    try:
        yield Snapshot(connection, notice_id)
    finally:
        connection.close()


def stamp(published: Path) -> str:
    """Tells one published snapshot from the next; '' where there is none."""
    try:
        found = published.stat()
    except FileNotFoundError:
        return ""
    return f"{found.st_mtime_ns:x}-{found.st_ino:x}"
