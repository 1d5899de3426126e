"""Masks: what looks like a person in any text is replaced by a token before it is loaded. Part of the load stage.

The snapshot is open to every analyst, and people type telephone numbers into titles, names into file names. Telephone
numbers, mail addresses and identity numbers, and the names of the notice's liaisons, become 〔电话1a2b3c4d5e6f〕 and the like, in
every text column. Equal texts have equal tokens and others have others, so rows are told apart and replaced as before. What
a token stands for is kept beside the private file (SQLite, so that it is read while a load goes on), for those who write to
the unit itself and for data staff. It stays when everything else is made anew: tokens are the same after a rebuild.
"""

import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ground.errors import DerivedFault, NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import refresh_handed
from pipelines.warehouse.masker import ASIDE, TOKEN, Masker, Names, person_names

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mask_key (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), key TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS masks (token TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS names (notice_id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (notice_id, name)) STRICT;
CREATE TABLE IF NOT EXISTS stale (only_row INTEGER PRIMARY KEY CHECK (only_row = 1)) STRICT;
"""


class UnmaskedError(NoticesError):
    """What is loaded holds a name that is only now known to be one: everything must be loaded again."""


def holds_names(connection: duckdb.DuckDBPyConnection, notice_id: str, names: set[str]) -> bool:
    """Whether a text that was loaded before names one of these: then it was not masked."""
    finder = Names(names)
    if finder.candidate is None:
        return False
    columns = connection.execute(
        """
        SELECT table_name, column_name FROM duckdb_columns()
        WHERE schema_name = 'raw' AND data_type = 'VARCHAR' AND table_name IN (
            SELECT table_name FROM duckdb_columns() WHERE schema_name = 'raw' AND column_name = 'notice_id'
        )
        """
    ).fetchall()
    for table, column in columns:
        if ASIDE.search(column):
            continue
        suspects = connection.execute(
            f"SELECT DISTINCT {column} FROM raw.{table} WHERE notice_id = $1 AND regexp_matches({column}, $2)",
            [notice_id, finder.candidate],
        ).fetchall()
        if any(True for (text,) in suspects for _ in finder.find(text)):
            return True
    return False


class Masks:
    """What tokens of one home stand for, the key that they are made with, and the names that are known to be liaisons'."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def newest(cls, home: Home) -> "Masks":
        """Those of the newest hand-over, whichever machine loaded: for whoever names persons without loading. Raises what
        `refresh_handed` does."""
        refresh_handed(home)
        return cls(home.masks)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Raises DerivedFault where it is damaged."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        base = sqlite3.connect(self._path, timeout=60, isolation_level=None)
        try:
            base.executescript(_SCHEMA)
            yield base
        except sqlite3.OperationalError:
            raise  # busy, or a disk that is full
        except sqlite3.DatabaseError as error:
            raise DerivedFault(
                f"{self._path} 打不开：{error}。它是从档案算出来的，运行 notices run 会自动重算"
            ) from error
        finally:
            base.close()

    def is_damaged(self) -> bool:
        """Whether it is there and cannot be read."""
        if not self._path.exists():
            return False
        try:
            with self._open() as base:
                for table in ("mask_key", "masks", "names", "stale"):
                    base.execute(f"SELECT count(*) FROM {table}").fetchone()
        except DerivedFault:
            return True
        return False

    def masker(self, notice_id: str | None = None) -> "Masker":
        """It knows the names of the notice's liaisons, or of all notices'."""
        with self._open() as base:
            base.execute("INSERT OR IGNORE INTO mask_key VALUES (1, ?)", [secrets.token_hex(32)])
            (key,) = base.execute("SELECT key FROM mask_key").fetchone()
            names = base.execute("SELECT name FROM names WHERE ? IN (notice_id, '')", [notice_id or ""])
            return Masker(bytes.fromhex(key), frozenset(row[0] for row in names))

    def learn(
        self, connection: duckdb.DuckDBPyConnection, notice_id: str, names: Iterable[str | None]
    ) -> None:
        """From now on these are masked. Raises UnmaskedError where one stands in what was loaded before."""
        new = person_names(names) - self.masker(notice_id).names
        if not new:
            return
        is_stale = holds_names(connection, notice_id, new)
        with self._open() as base:
            base.execute("BEGIN IMMEDIATE")
            base.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", [(notice_id, one) for one in new])
            if is_stale:
                base.execute("INSERT OR IGNORE INTO stale VALUES (1)")
            base.execute("COMMIT")
        if is_stale:
            raise UnmaskedError("新报来的联络员的姓名，已入库的文字里早有")

    def is_stale(self) -> bool:
        """Whether what is loaded holds a name that is known by now: also where a kill came before it was made anew."""
        with self._open() as base:
            return base.execute("SELECT 1 FROM stale").fetchone() is not None

    def note_fresh(self) -> None:
        """Everything was made anew with all names."""
        with self._open() as base:
            base.execute("DELETE FROM stale")

    def keep(self, masker: "Masker") -> None:
        """What its new tokens stand for, on disk before what holds them is."""
        if masker.found:
            with self._open() as base:
                base.execute("BEGIN IMMEDIATE")
                base.executemany("INSERT OR IGNORE INTO masks VALUES (?, ?)", list(masker.found.items()))
                base.execute("COMMIT")

    def is_open(self) -> bool:
        """Whether it is there for this user; an analyst who may read what is published alone sees tokens."""
        try:
            return self._path.exists() and os.access(self._path, os.R_OK)
        except PermissionError:
            return False

    def mask_asked(self, notice_id: str, text: str) -> str:
        """What somebody asks for, as it is published; as it is where that cannot be told."""
        return self.masker(notice_id).mask(text) if self.is_open() else text

    def revealer(self) -> "Revealer":
        """Knows every token; none where nothing was masked yet."""
        if not self.is_open():
            return Revealer({})
        with self._open() as base:
            return Revealer(dict(base.execute("SELECT token, value FROM masks").fetchall()))

    def values_of(self, tokens: Iterable[str]) -> dict[str, str]:
        """What some tokens stand for; those that nobody knows are left out."""
        wanted = list(tokens)
        if not wanted or not self.is_open():
            return {}
        with self._open() as base:
            query = "SELECT token, value FROM masks WHERE token IN (SELECT value FROM json_each(?))"
            return dict(base.execute(query, [json.dumps(wanted)]).fetchall())


class Revealer:
    """Puts back what tokens stand for: for the unit that wrote it and for data staff."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def reveal(self, value: Any) -> Any:
        """A text with its tokens put back; lists in the same way, anything else as it is."""
        if isinstance(value, str) and "〔" in value and self._values:
            return TOKEN.sub(lambda found: self._values.get(found[0], found[0]), value)
        return [self.reveal(one) for one in value] if isinstance(value, list) else value
