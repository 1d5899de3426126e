"""What one of the warehouse's two files knows of each notice, asked in one opening: for whoever compares it with the journals.

No query has a parameter: DuckDB's client imports pandas with the first one, which costs more than all of this.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ground.errors import DerivedFault
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.warehouse.files import fingerprint, open_file

Opening = Callable[[Path], AbstractContextManager[duckdb.DuckDBPyConnection]]
_HEADERS = 3 * 4096
"""Of a DuckDB file: every change of it changes one of these three."""
_READING: Opening = partial(open_file, read_only=True)


@dataclass(frozen=True)
class KnownNotice:
    """One notice, as a file knows it."""

    fingerprint: str | None = None
    """What its rows were made with; None where it was never loaded."""
    receipts: Mapping[str, str] = field(default_factory=dict)
    """Id -> path, in the order of arrival."""
    scans: Mapping[str, datetime] = field(default_factory=dict)
    """Source -> its last completed scan."""
    held: frozenset[tuple[str, datetime]] = frozenset()
    """Source and first moment of what could not be taken in."""
    decisions: tuple[tuple[str, datetime], ...] = ()
    """Id and moment of those in effect, in their order."""
    returned: frozenset[str] = frozenset()
    """Submissions of which something goes back to the unit."""


@dataclass(frozen=True)
class Known:
    """All of a file. One that is not there knows nothing."""

    notices: Mapping[str, KnownNotice] = field(default_factory=dict)
    unfed: frozenset[str] = frozenset()
    """Notices of which something was loaded that no publish has compared yet."""

    def of(self, notice_id: str) -> KnownNotice:
        return self.notices.get(notice_id, KnownNotice())


_QUERIES = {
    "versions": "SELECT notice_id, fingerprint FROM raw.versions",
    "receipts": "SELECT notice_id, receipt_id, path FROM raw.receipts{where} ORDER BY received_at, path",
    "scans": "SELECT notice_id, source, scanned_at FROM raw.scans{where}",
    "held": "SELECT notice_id, source, held_at FROM raw.held_entries{where}",
    "decisions": "SELECT notice_id, decision_id, decided_at FROM core.decisions{where} ORDER BY position",
    "returned": "SELECT notice_id, submission_id FROM core.submissions{where}",
    "unfed": "SELECT DISTINCT notice_id FROM raw.unfed",
}


def read_known(
    path: Path, notice_ids: Collection[str] | None = None, opening: Opening = _READING
) -> Known | None:
    """What the file knows of these notices, of all where none are named; None where it cannot be opened: it is made anew."""
    if not path.exists():
        return Known()
    kept, asked = _kept.get(), (path, None if notice_ids is None else frozenset(notice_ids))
    if kept is None:
        return _read(path, notice_ids, opening)
    # Before it is read: should it be replaced meanwhile, it is read once more the next time.
    state = _state(path)
    if asked not in kept or kept[asked][0] != state:
        kept[asked] = (state, _read(path, notice_ids, opening))
    return kept[asked][1]


@contextmanager
def kept_known() -> Iterator[None]:
    """While it lasts, this thread asks what a file knows once, and again only after the file changed: for who scans and then loads,
    alone in the home. Opening a file reads the definitions of all relations."""
    before = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(before)


_Kept = dict[tuple[Path, frozenset[str] | None], tuple[tuple[Any, ...], Known | None]]
_kept: ContextVar[_Kept | None] = ContextVar("_kept", default=None)


def _state(path: Path) -> tuple[Any, ...]:
    """Another one after every change of the file, or of the log that DuckDB keeps beside it."""
    files = [one for one in (path, path.with_name(f"{path.name}.wal")) if one.exists()]
    found = [one.stat() for one in files]
    return (_head(path), *((one.st_dev, one.st_ino, one.st_size, one.st_mtime_ns) for one in found))


def _read(path: Path, notice_ids: Collection[str] | None, opening: Opening) -> Known | None:
    where = "" if notice_ids is None else f" WHERE notice_id IN ({_listed(notice_ids)})"
    returned = (
        f"{where} AND" if where else " WHERE"
    ) + " core.submissions.state IN ('rejected', 'partly accepted')"
    try:
        with opening(path) as connection:
            found = {
                name: _ask(connection, query.format(where=returned if name == "returned" else where))
                for name, query in _QUERIES.items()
            }
    except (DerivedFault, duckdb.Error):
        return None
    return _gather(found)


def read_files(
    home: Home, notice_ids: Collection[str] | None, opening: Opening = _READING
) -> tuple[Known | None, Known | None]:
    """(snapshot, warehouse) as `read_known`, asked of one file where they are the same bytes. `opening` is how the snapshot is opened."""
    published = read_known(home.published, notice_ids, opening)
    return published, published if _is_copy(home) else read_known(home.warehouse, notice_ids)


def _is_copy(home: Home) -> bool:
    """Whether the snapshot is the warehouse, byte for byte: what is known of one is known of both."""
    if not (home.warehouse.exists() and home.published.exists()):
        return False
    log_file = home.warehouse.with_name(f"{home.warehouse.name}.wal")
    sizes = {path.stat().st_size for path in (home.warehouse, home.published)}
    return len(sizes) == 1 and not log_file.exists() and _head(home.warehouse) == _head(home.published)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEADERS)


def loaded_receipts(known: KnownNotice, notice: Notice) -> set[str] | None:
    """Ids of the receipts that were loaded; None where they are stale and everything must be made anew."""
    return set(known.receipts) if known.fingerprint in (None, fingerprint(notice)) else None


def _ask(connection: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    """The rows; none where an older program made the file without that relation or column. The others count."""
    try:
        return connection.execute(query).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return []


def _gather(found: Mapping[str, list[Any]]) -> Known:
    ids = {row[0] for name, rows in found.items() if name != "unfed" for row in rows}
    by_notice: dict[str, dict[str, list[Any]]] = {one: {name: [] for name in _QUERIES} for one in ids}
    for name, rows in found.items():
        for notice_id, *values in rows if name != "unfed" else ():
            by_notice[notice_id][name].append(values)
    return Known(
        {
            notice_id: KnownNotice(
                fingerprint=next((one for (one,) in rows["versions"]), None),
                receipts=dict(rows["receipts"]),
                scans={source: moment for source, moment in rows["scans"] if moment},
                held=frozenset(map(tuple, rows["held"])),
                decisions=tuple(map(tuple, rows["decisions"])),
                returned=frozenset(one for (one,) in rows["returned"]),
            )
            for notice_id, rows in by_notice.items()
        },
        frozenset(one for (one,) in found["unfed"]),
    )


def _listed(notice_ids: Collection[str]) -> str:
    return ", ".join("'" + one.replace("'", "''") + "'" for one in notice_ids) or "NULL"
