"""After a publish: what was published becomes the lake's newest version, in one transaction, by what differs from its last one.

The lake itself says what it holds (main.parts, a fingerprint a part of a relation's rows), so a run that was killed, or a catalogue
that was away, leaves nothing to repair: the next publish brings the lake up to the snapshot.
"""

import json
import logging
import os
import re
from collections.abc import Callable, Collection
from pathlib import Path

import duckdb

from pipelines.ground.private import published_group
from pipelines.warehouse.lake.defined import comment, define, fingerprint_of
from pipelines.warehouse.lake.place import NAME, LakePlace, open_for_writing, quoted
from pipelines.warehouse.lake.published import Connection, Published, Table, list_tables, open_published
from pipelines.warehouse.lake.rows import RECEIPTS, compare, move_rows, require_own
from pipelines.warehouse.relations import SCHEMAS

TRIES = 5
"""Of a transaction that somebody else's came before."""
AUTHOR, MESSAGE = "notices", "发布"
_OWN = """
CREATE TABLE IF NOT EXISTS main.parts (
    relation VARCHAR, notice_id VARCHAR, part VARCHAR, row_count BIGINT, fingerprint VARCHAR
);
CREATE TABLE IF NOT EXISTS main.published (published_at TIMESTAMP, known_at TIMESTAMP, definitions VARCHAR);
COMMENT ON TABLE main.parts IS '湖仓自己用：各关系、各通知的各部分的行数和指纹，与下一次发布比较';
COMMENT ON TABLE main.published IS '这个版本：发布的时刻（世界时）、当时最近一次扫描、各表、视图和宏的定义的指纹';
"""
_BEFORE_PARTS = "main.held"
"""What an older program kept in the place of main.parts."""
_CONFLICT = re.compile(r"conflict|database is locked|Failed to commit DuckLake", re.IGNORECASE)
log = logging.getLogger(__name__)


def commit_snapshot(place: LakePlace, published: Path) -> int:
    """Brings the lake up to the snapshot at `published`; returns how many relations were changed. Raises duckdb.Error or
    NoticesError, and then the lake's newest version is what it was."""
    with open_published(published) as opened:
        return commit_changes(place, opened)[0]


def commit_changes(
    place: LakePlace,
    published: Published,
    version: int | None = None,
    only: Collection[str] = (),
    require_turn: Callable[[], None] = lambda: None,
) -> tuple[int, int]:
    """As commit_snapshot, and the lake's newest version afterwards. Where that is `version` before, it holds all of the snapshot
    but the relations of `only`, and these alone are compared.

    `require_turn` raises where somebody else's turn has come: his publish is newer, and what comes second in a conflict is
    always the older one then.
    """
    with open_for_writing(place, published.connection) as connection:
        for left in reversed(range(TRIES)):
            require_turn()
            try:
                return _commit(connection, place, published, version, only)
            except duckdb.Error as error:
                _roll_back(connection)
                if not left or not _CONFLICT.search(str(error)):
                    raise
                log.info("lake: 与另一个写入相撞，再来一次")
    raise AssertionError("the last try returns or raises")


def _commit(
    connection: Connection, place: LakePlace, published: Published, version: int | None, only: Collection[str]
) -> tuple[int, int]:
    connection.execute("BEGIN")
    newest = _version(connection, "ducklake_current_snapshot")
    tables = {one.name: one for one in published.tables}
    if is_known := newest == version and bool(only):
        tables = {one.name: one for one in published.tables if one.relation in only}
    made, definitions = (0, None) if is_known else _make_same(connection, published.tables)
    concerned = compare(connection, list(tables.values()))
    if concerned.get(RECEIPTS):
        require_own(connection)
    for name, is_held in concerned.items():
        move_rows(connection, tables[name], is_held=is_held)
    if not (moved := made + len(concerned)):
        _roll_back(connection)
        return 0, newest
    _tell(connection, published, definitions)
    share_rows(place)
    connection.execute("COMMIT")
    share_rows(place)
    return moved, _version(connection, "ducklake_last_committed_snapshot")


def _version(connection: Connection, function: str) -> int:
    found = connection.execute(f"FROM {function}('{NAME}')").fetchone()
    assert found, "it has one row"
    return int(found[0])


def _roll_back(connection: Connection) -> None:
    """DuckDB has often done so itself, and then says that there is nothing to roll back."""
    try:
        connection.execute("ROLLBACK")
    except duckdb.TransactionException as error:
        log.debug("lake: %s", error)


def _tell(connection: Connection, published: Published, definitions: str | None) -> None:
    """What this version is; `definitions` are those before where none are given. Each version writes this row, so that of
    two that are made at once one always comes second."""
    known_at = connection.execute("SELECT max(scanned_at) FROM snapshot.raw.scans").fetchone()
    assert known_at, "an aggregate has one row"
    if definitions is None:
        (definitions,) = connection.execute("SELECT definitions FROM main.published").fetchall()[0]
    told = {
        "published_at": published.moment.isoformat(timespec="seconds"),
        "known_at": known_at[0] and known_at[0].isoformat(),
    }
    connection.execute("DELETE FROM main.published")
    connection.execute(
        "INSERT INTO main.published VALUES ($1, $2, $3)",
        [published.moment.replace(tzinfo=None), known_at[0], definitions],
    )
    connection.execute(
        f"CALL ducklake_set_commit_message('{NAME}', '{AUTHOR}', '{MESSAGE}', extra_info => {quoted(json.dumps(told))})"
    )


def _make_same(connection: Connection, tables: list[Table]) -> tuple[int, str]:
    """The lake's tables, views and macros are those of the snapshot and of sql/; how many had to be made, and what they are."""
    definitions = fingerprint_of(tables)
    try:
        last = connection.execute("SELECT definitions FROM main.published").fetchone()
    except duckdb.CatalogException:
        last = None  # the first version
    if last and last[0] == definitions:
        return 0, definitions
    moved = _make_tables(connection, {one.name: one for one in tables})
    define(connection, tables)
    return moved + 1, definitions


def _make_tables(connection: Connection, theirs: dict[str, Table]) -> int:
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    connection.execute(_OWN)
    ours, moved = list_tables(connection, NAME), 0
    if _has_older_own(connection):
        # It does not say what is in which part: all of it comes anew, once.
        require_own(connection)
        connection.execute(f"DROP TABLE {_BEFORE_PARTS}")
        ours = {name: [] for name in ours}
    for relation in ours.keys() - theirs.keys():
        connection.execute(f"DROP TABLE {relation}; DELETE FROM main.parts WHERE relation = '{relation}'")
        moved += 1
    for name, table in theirs.items():
        if ours.get(name) != table.stored:
            _make_table(connection, table)
            moved += 1
    return moved


def _has_older_own(connection: Connection) -> bool:
    try:
        connection.execute(f"FROM {_BEFORE_PARTS} LIMIT 0")
    except duckdb.CatalogException:
        return False
    return True


def _make_table(connection: Connection, table: Table) -> None:
    """Empty, with the snapshot's columns; what stood there before had others."""
    connection.execute(f"DELETE FROM main.parts WHERE relation = '{table.name}'")
    connection.execute(f"DROP TABLE IF EXISTS {table.name}")
    connection.execute(f"CREATE TABLE {table.name} AS FROM {table.source} LIMIT 0")
    if not table.lossy:
        comment(connection, [table.relation])


def share_rows(place: LakePlace) -> None:
    """Files below a folder of this machine are for the group that may read what is published, as the snapshot is."""
    group = published_group()
    if group is None or place.is_remote:
        return
    for folder, _, files in os.walk(place.data):
        _give(Path(folder), 0o750, group)
        for name in files:
            _give(Path(folder, name), 0o440, group)


def _give(path: Path, mode: int, group: int) -> None:
    status = path.stat()
    if status.st_gid != group or status.st_mode & 0o777 != mode:
        os.chown(path, -1, group)
        path.chmod(mode)
