"""Questions of the pages to the published snapshot: opened for one request, closed at its end."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from pipelines.ground.errors import NoticesError
from pipelines.ground.handed import is_published
from pipelines.warehouse.snapshot import connect_snapshot

Row = dict[str, Any]
OTHER_VERSION = "数据还是另一版程序发布的，下一轮收件重算以后就能看"
"""Between an upgrade and the publish after it: relations of the program that are not in the snapshot yet."""
log = logging.getLogger(__name__)


class Snapshot:
    """The snapshot as one request sees it; `stamp` tells which one it is."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, notice_id: str, which: str) -> None:
        self._connection, self._notice, self.stamp = connection, notice_id, which

    def ask(self, query: str, **values: Any) -> list[Row]:
        """The rows of a query; `$notice` is bound where it stands in it. Raises NoticesError where the snapshot lacks a relation."""
        given = {"notice": self._notice, **values}
        bound = {name: one for name, one in given.items() if f"${name}" in query}
        try:
            found = self._connection.execute(query, bound)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            log.exception("board: what is asked for does not stand in the snapshot")
            raise NoticesError(OTHER_VERSION) from error
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def one(self, query: str, **values: Any) -> Row | None:
        return next(iter(self.ask(query, **values)), None)


_LOOKING: dict[Path, tuple[int, str]] = {}
"""How many requests look at a path now, and at which snapshot: all of them at the one that the first of them opened."""
_LOCK = Lock()


@contextmanager
def look(published: Path, notice_id: str) -> Iterator[Snapshot]:
    """Raises NoticesError where nothing was published yet.

    Whoever looks while another request does sees what that one sees, although a newer snapshot may lie there by now.
    """
    if not is_published(published):
        raise NoticesError(
            "还没有数据：这里还没有收过件。第一轮收完后这里就有内容"
        )  # no path of this machine on a page
    with _LOCK:
        others, which = _LOOKING.get(published, (0, stamp(published)))
        connection = connect_snapshot(published)
        _LOOKING[published] = others + 1, which
    try:
        yield Snapshot(connection, notice_id, which)
    finally:
        with _LOCK:
            connection.close()
            others, which = _LOOKING.pop(published)
            if others > 1:
                _LOOKING[published] = others - 1, which


def stamp(published: Path) -> str:
    """Tells one published snapshot from the next; '' where there is none."""
    try:
        found = published.stat()
    except FileNotFoundError:
        return ""
    return f"{found.st_mtime_ns:x}-{found.st_ino:x}"
