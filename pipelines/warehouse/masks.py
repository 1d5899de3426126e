"""Masks: what looks like a person in any text is replaced by a token before it is loaded. Part of the load stage.

The snapshot is open to every analyst, and people type telephone numbers into titles, names into file names. Telephone
numbers, mail addresses and identity numbers, and the names of the notice's liaisons, become 〔电话1a2b3c4d5e6f〕 and the like, in
every text column. Equal texts have equal tokens and others have others, so rows are told apart and replaced as before. What
a token stands for is kept beside the private file (SQLite, so that it is read while a load goes on), for those who write to
the unit itself and for data staff. It stays when everything else is made anew: tokens are the same after a rebuild.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.ground.errors import DerivedFault, NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import refresh_handed
from pipelines.warehouse.likeness import CONTACT, PATTERNS, WORDS

if TYPE_CHECKING:
    import pyarrow as pa

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mask_key (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), key TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS masks (token TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS names (notice_id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (notice_id, name)) STRICT;
CREATE TABLE IF NOT EXISTS stale (only_row INTEGER PRIMARY KEY CHECK (only_row = 1)) STRICT;
"""
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width digits, letters and signs, as the ones they stand for; a text keeps its length."""
_PERSONAL: dict[str, str] = WORDS["personal"]
_BEFORE, _AFTER = tuple(WORDS["before_names"]), tuple(WORDS["behind_names"])
_CANDIDATE = "[@\N{FULLWIDTH COMMERCIAL AT}]|(?:[0-9０-９][-\u2014() ]{0,2}){10}"
"""What every match holds, for RE2, which sees a whole column at once but knows no look-around."""
_FEW = 1000
"""Texts by which a column is judged to be of few words or of many."""
_HAN = "\u4e00-\u9fff"
_ASIDE = re.compile(r"_id$|_code$|_key$|^sha256$|^source$")
"""Columns of the program's own words: digests, codes and sources, where eleven digits in a row are no telephone number."""


class UnmaskedError(NoticesError):
    """What is loaded holds a name that is only now known to be one: everything must be loaded again."""


def person_names(names: Iterable[str | None]) -> set[str]:
    """What of these is a name: two to six Chinese characters, white space between them left out."""
    found = {re.sub(r"\s", "", name) for name in names if name}
    return {name for name in found if re.fullmatch(f"[{_HAN}]{{2,6}}", name)}


class Names:
    """Finds names in texts: longer ones anywhere; one of two characters, which may be a word (高峰), where it stands alone.

    Ten thousand of them are found as quickly as ten: by their first two characters, then by looking them up.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        lengths: dict[str, set[int]] = {}
        for name in self._names:
            lengths.setdefault(name[0], set()).add(len(name))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    @property
    def candidate(self) -> str | None:
        """What every match holds (RE2)."""
        if not self._names:
            return None
        firsts, seconds = ("".join(sorted({name[place] for name in self._names})) for place in (0, 1))
        return f"[{firsts}][{seconds}]"

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """From where to where each stands."""
        for start, first in enumerate(text) if self._names else ():
            for length in self._lengths.get(first, ()):
                stop = start + length
                if text[start:stop] in self._names and (length > 2 or _stands_alone(text, start, stop)):
                    yield start, stop
                    break


def _stands_alone(text: str, start: int, stop: int) -> bool:
    before, after = text[:start], text[stop:]
    is_apart = not _is_han(before[-1:]) and not _is_han(after[:1])
    return is_apart or before.rstrip(":： ").endswith(_BEFORE) or after.startswith(_AFTER)


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


@dataclass
class Masker:
    """Masks texts, and keeps what each new token stands for in `found`."""

    key: bytes
    names: frozenset[str] = frozenset()
    found: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = Names(self.names)
        candidate = self._names.candidate
        self._candidate = f"{_CANDIDATE}|{candidate}" if candidate else _CANDIDATE

    def suspects(self, values: "pa.ChunkedArray") -> "pa.ChunkedArray":
        """Which of these texts may hold something to mask: all that do, and a few others."""
        import pyarrow.compute as pc

        return pc.match_substring_regex(values, self._candidate)

    def mask_table(self, table: "pa.Table") -> "pa.Table":
        """The table with every text column masked; columns of codes and digests, and those without a match, are the same."""
        import pyarrow as pa  # a fifth of a second, for whoever only looks whether names are known
        import pyarrow.compute as pc

        for index, column in enumerate(table.schema):
            if pa.types.is_string(column.type) and not _ASIDE.search(column.name):
                values = table.column(index)
                if self._is_known_clean(values):
                    continue
                suspects = self.suspects(values)
                if pc.any(suspects).as_py():
                    told = [
                        self.mask(value) if suspect else value
                        for value, suspect in zip(values.to_pylist(), suspects.to_pylist(), strict=True)
                    ]
                    table = table.set_column(index, column, pa.array(told, pa.string()))
        return table

    def _is_known_clean(self, values: "pa.ChunkedArray") -> bool:
        """Whether the different texts alone show that there is nothing to mask. They are asked where the first of them repeat."""
        import pyarrow.compute as pc

        if values.null_count == len(values):
            return True
        if len(values) <= _FEW or len(values.slice(0, _FEW).unique()) >= _FEW / 4:
            return False
        return not pc.any(self.suspects(values.unique())).as_py()

    def mask(self, text: str) -> str:
        """One text, masked."""
        plain = text.translate(_WIDE)
        spans = [
            (found.span(), PATTERNS[found.lastindex - 1][0])
            for found in CONTACT.finditer(plain)
            if found.lastindex
        ]
        spans += [(place, "姓名") for place in self._names.find(plain)]
        parts, end = [], 0
        for (start, stop), kind in sorted(spans):
            if start >= end:
                parts += [text[end:start], self._token(kind, text[start:stop])]
                end = stop
        return "".join([*parts, text[end:]])

    def cover(self, column_type: str, text: str) -> str:
        """A text that is personal as a whole, as one token, by the type of its column."""
        return self._token(_PERSONAL.get(column_type, _PERSONAL["other"]), text)

    def _token(self, kind: str, value: str) -> str:
        digest = hmac.new(self.key, value.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
        token = f"〔{kind}{digest[:12]}〕"
        self.found[token] = value
        return token


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
        if _ASIDE.search(column):
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


TOKEN = re.compile(r"〔(电话|邮箱|证件|姓名|个人)([0-9a-f]{4})[0-9a-f]{8}〕")
"""A token: its kind, and as much of its digest as tells two from each other on one page."""
