"""A small database that machines share: each transaction is an object of its own in the store, put only where there is none.

How a batch is written stands in batch.py.

The home's SQLite file is a replica: whoever opens it first does what others did, in their order, so positions and triggers
come out the same. A change is committed here after the store took it: who dies between finds it there when he opens the file
again. Two machines never both have batch 7: the one that comes second looks anew at what the other one wrote.

Old batches become one object after a while (compact.py): a replica that is behind it is made from that, and a batch under a number that
went is taken back.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from pipelines.ground.batch import (
    OWN_TABLES,
    as_batch,
    batch_name,
    folder_of,
    rows_of,
    statements_of,
    value_of,
    whole_of,
)
from pipelines.ground.errors import KeptFault, StoreFault
from pipelines.ground.lease import require_begun
from pipelines.ground.parcel import Parcel, newest_parcel, numbers_of
from pipelines.ground.shelf import AT_ONCE, FILL
from pipelines.ground.store import SETTING, Store, open_store

ROOMS = ("mail", "pushes", "registry", "alarms")
"""Folders of a home whose small databases are shared; the feed's goes from loader to loader (handed.py)."""
_TRIES = 5
_CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class _SecondError(Exception):
    """Another machine put this batch first."""


def store_of(path: Path) -> Store | None:
    """Where the database at a path of a home really lies; None where no store is set, or it is not one that is shared."""
    return open_store() if path.parent.name in ROOMS and path.suffix == ".sqlite" else None


def is_in_store(store: Store, path: Path) -> bool:
    return store.read(batch_name(path, 0)) is not None or bool(store.names(folder_of(path)))


class SharedBase(sqlite3.Connection):
    """A connection without a store until `join`. With one its changes raise StoreFault where the store cannot be reached:
    then nothing was changed here, and what stands in the store is found when it is opened again."""

    _store: Store | None = None
    _path: Path
    _done: list[list[Any]] | None = None
    """Statements of the open transaction."""
    _before = 0
    _schema = ""
    _parcel: Parcel | None = None
    """What a replica is made anew from whose next batch may be gone."""

    def join(self, store: Store, path: Path, schema: str) -> None:
        """The replica has all that the store has, which knows the schema. Raises KeptFault where they are not of one another."""
        require_begun(store)
        self._path, self._schema = path, schema
        self._require_kin(store)
        self._store = store
        told = hashlib.sha256(schema.encode()).hexdigest()
        for _ in range(_TRIES):
            try:
                self.execute("BEGIN IMMEDIATE")
                known = self._ask("SELECT 1 FROM store_schemas WHERE sha256 = ?", told)
                self._settle(schema if schema and not known else "")
                return
            except _SecondError:
                continue
            finally:
                if self.in_transaction:
                    self.rollback()
        raise self._busy()

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if self._store is None:
            return super().execute(sql, parameters)
        word = sql.split(None, 1)[0].upper()
        if word == "BEGIN":
            found = super().execute(sql)
            self._catch_up()
            self._done, self._before = [], self.total_changes
            return found
        if word not in _CHANGES:
            return super().execute(sql, parameters)
        if not self.in_transaction:
            return self._alone(sql, list(parameters))
        assert self._done is not None, "BEGIN made it"
        self._done.append([sql, [list(parameters)]])
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        rows = [list(row) for row in parameters]
        if self._store is not None:
            assert self._done is not None, "many rows are changed in a transaction"
            self._done.append([sql, rows])
        return super().executemany(sql, rows)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> Literal[False]:
        if self._store is not None and kind is None and self.in_transaction:
            try:
                self._settle("")
            except BaseException as fault:
                self.rollback()
                if isinstance(fault, _SecondError):
                    raise self._busy() from None
                raise
        return super().__exit__(kind, error, trace)

    def _alone(self, sql: str, values: list[Any]) -> sqlite3.Cursor:
        """A statement that is a transaction of its own; one that came second is asked again of what it then finds."""
        for _ in range(_TRIES):
            try:
                self.execute("BEGIN IMMEDIATE")
                found = self.execute(sql, values)
                self._settle("")
                return found
            except _SecondError:
                continue
            finally:
                if self.in_transaction:
                    self.rollback()
        raise self._busy()

    def _settle(self, schema: str) -> None:
        """What was done in the open transaction stands in the store, and then here."""
        assert self._store is not None
        done, self._done = self._done or [], None
        if schema or self.total_changes != self._before:
            batch = as_batch(done, schema)
            count, _ = self._place()
            if not self._store.add(batch_name(self._path, count), batch):
                raise _SecondError
            self._require_ground(count)
            if schema:
                self._note_schema(schema)
            self._note_place(count + 1, hashlib.sha256(batch).hexdigest())
        self.commit()

    def _require_ground(self, count: int) -> None:
        """The batch that was put stands behind the one before it. Else all up to there had become one object since this replica
        caught up: it is taken back, before anything rests on it."""
        assert self._store is not None
        if count and self._store.read(batch_name(self._path, count - 1)):
            return
        if not count and newest_parcel(self._store, folder_of(self._path)) is None:
            return
        self._store.remove(batch_name(self._path, count))
        raise self._busy()

    def _catch_up(self) -> None:
        assert self._store is not None
        count, _ = self._place()
        if self._parcel or count == 0:
            self._parcel = self._parcel or newest_parcel(self._store, folder_of(self._path))
            if self._parcel:
                self._become(self._parcel)
                count, self._parcel = self._parcel.count, None
            batches = self._all(count)
        else:
            batches = self._further(count)
        for batch in batches:
            self._follow(json.loads(batch))
            count += 1
            self._note_place(count, hashlib.sha256(batch).hexdigest())

    def _follow(self, told: dict[str, Any]) -> None:
        for statement in statements_of(told["schema"]):
            super().execute(statement)
        if told["schema"]:
            self._note_schema(told["schema"])
        for sql, rows in told["statements"]:
            super().executemany(sql, [[value_of(one) for one in row] for row in rows])

    def _become(self, parcel: Parcel) -> None:
        """What it was is gone: tables of an older program may have other columns."""
        made = super().execute("SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'table') AND name NOT LIKE 'sqlite_%' ORDER BY type DESC")  # fmt: skip
        for kind, name in made.fetchall():
            if name not in OWN_TABLES:
                super().execute(f"DROP {kind} {name}")
        self._follow(parcel.told)
        for told in parcel.schemas:
            super().execute("INSERT OR IGNORE INTO store_schemas VALUES (?)", [told])
        for statement in statements_of(self._schema):
            super().execute(statement)
        self._note_place(parcel.count, parcel.last)

    def _all(self, start: int) -> Iterator[bytes]:
        """Every batch from there on, several asked for at once: a machine that has none."""
        assert self._store is not None
        numbers = [one for one in numbers_of(self._store.names(folder_of(self._path))) if one >= start]
        for place, number in enumerate(numbers, start):
            if number != place:
                raise KeptFault(
                    f"存储 {self._store.url} 里的 {folder_of(self._path)} 缺第 {place} 批。请从存储的备份或旧版本恢复它"
                )
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(self._read, numbers)

    def _read(self, number: int) -> bytes:
        assert self._store is not None
        found = self._store.read(batch_name(self._path, number))
        if found is None:
            raise self._store.fault(f"{folder_of(self._path)} 的第 {number} 批刚才还在，现在读不到")
        return found.content

    def _further(self, count: int) -> Iterator[bytes]:
        assert self._store is not None
        while found := self._store.read(batch_name(self._path, count)):
            yield found.content
            count += 1

    def _require_kin(self, store: Store) -> None:
        """The last batch that is in here is the store's own, or was before it became part of one object; what never was in a store is
        not mixed with what is."""
        count, last = self._place()
        found = store.read(batch_name(self._path, count - 1)) if count else None
        parcel = newest_parcel(store, folder_of(self._path)) if count and found is None else None
        if parcel and parcel.has(count, last):
            self._parcel = parcel
            return
        is_kin = found is not None and hashlib.sha256(found.content).hexdigest() == last
        if not is_kin if count else any(rows_of(self).values()):
            raise KeptFault(
                f"存储 {store.url} 里的 {folder_of(self._path)} 与本机的 {self._path} 对不上：没有发，没有写，两边都没有动。"
                f"存储被清空、换成了旧的，或 {SETTING} 写错了地方。{FILL}"
            )

    def _place(self) -> tuple[int, str]:
        found = super().execute("SELECT batches, last FROM store_place").fetchone()
        return (int(found[0]), str(found[1])) if found else (0, "")

    def _note_place(self, count: int, last: str) -> None:
        super().execute("INSERT OR REPLACE INTO store_place VALUES (1, ?, ?)", [count, last])

    def _note_schema(self, schema: str) -> None:
        told = hashlib.sha256(schema.encode()).hexdigest()
        super().execute("INSERT OR IGNORE INTO store_schemas VALUES (?)", [told])

    def _ask(self, sql: str, *values: object) -> bool:
        return super().execute(sql, values).fetchone() is not None

    def _busy(self) -> StoreFault:
        return StoreFault(
            f"另一台机器先往 {folder_of(self._path)} 里写了，本机这一步没有写进任何东西。再运行一次即可接着它的做"
        )

    def fill(self, store: Store, path: Path) -> None:
        """The store has what this home kept by itself, as batch 0. Raises KeptFault where it has another home's."""
        self._path = path
        batch = whole_of(self)
        first, is_new = store.read(batch_name(path, 0)), not is_in_store(store, path)
        if is_new and not store.add(batch_name(path, 0), batch):
            raise self._busy()
        if is_new or (first and first.content == batch and not self._place()[0]):
            self._note_place(1, hashlib.sha256(batch).hexdigest())
        self._require_kin(store)

    def parcel(self, store: Store) -> Parcel:
        """What it holds now, all batches up to there as one: of those that no parcel has yet, the store is asked. Raises KeptFault where the
        last of them is not its own."""
        before = newest_parcel(store, folder_of(self._path))
        super().execute("BEGIN IMMEDIATE")
        try:
            (count, last), batch = self._place(), whole_of(self)
            schemas = sorted(told for (told,) in super().execute("SELECT sha256 FROM store_schemas"))
        finally:
            self.rollback()
        start = before.count if before else 0
        with ThreadPoolExecutor(AT_ONCE) as pool:
            hashes = [
                hashlib.sha256(one).hexdigest()
                for one in pool.map(self._read, range(min(start, count), count))
            ]
        made = Parcel.of(count, last, before, hashes, schemas, batch)
        if not made.has(count, last):
            raise KeptFault(
                f"存储 {store.url} 里的 {folder_of(self._path)} 与本机的 {self._path} 对不上，没有并。{FILL}"
            )
        return made
