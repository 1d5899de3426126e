"""After a publish: what was published becomes the lake's newest version, in one transaction, by what differs from its last one.

The lake itself says what it holds (main.held, a fingerprint a relation and notice), so a run that was killed, or a catalogue
that was away, leaves nothing to repair: the next publish brings the lake up to the snapshot.
"""

import hashlib
import json
import logging
import os
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.ground.errors import NoticesError
from pipelines.ground.private import published_group
from pipelines.warehouse.lake.place import NAME, SETTING, LakePlace, open_for_writing, quoted
from pipelines.warehouse.relations import SCHEMAS, load_relations

TRIES = 5
"""Of a transaction that somebody else's (the upkeep's) came before."""
AUTHOR, MESSAGE = "notices", "发布"
_OWN = """
CREATE TABLE IF NOT EXISTS main.held (relation VARCHAR, notice_id VARCHAR, row_count BIGINT, fingerprint VARCHAR);
CREATE TABLE IF NOT EXISTS main.published (published_at TIMESTAMP, known_at TIMESTAMP, definitions VARCHAR);
COMMENT ON TABLE main.held IS '湖仓自己用：各关系、各通知的行数和指纹，与下一次发布比较';
COMMENT ON TABLE main.published IS '这个版本：发布的时刻（世界时）、当时最近一次扫描、各视图和宏的定义的指纹';
"""
_COLUMNS = """
SELECT table_name, column_name, data_type FROM duckdb_columns()
WHERE database_name = $1 AND schema_name = $2
    AND table_name IN (SELECT table_name FROM duckdb_tables() WHERE database_name = $1 AND schema_name = $2)
ORDER BY table_name, column_index
"""
_CONFLICT = re.compile(r"conflict|database is locked|Failed to commit DuckLake", re.IGNORECASE)
_DEFINES = re.compile(r"CREATE OR REPLACE (VIEW|MACRO) (\w+\.\w+)")
_COMMENTS = re.compile(r"COMMENT ON (TABLE|VIEW|COLUMN) (\w+\.\w+)")
log = logging.getLogger(__name__)
Connection = duckdb.DuckDBPyConnection
Columns = list[tuple[str, str]]
"""Of a table: name and type."""
_RECEIPTS = "raw.receipts"
"""What a home received it never loses: that tells one home from another."""
_LOSSY = ("HUGEINT", "UHUGEINT")
"""Parquet knows no such number, and DuckDB would write it as a DOUBLE, that is, another one."""
_STORED = "_stored"
"""Behind the name of a table with such a column: there they are text, and a view of the relation's name gives them back."""
Concerned = tuple[str | None, bool]
"""A notice, and whether the lake holds rows of it."""


def commit_snapshot(place: LakePlace, published: Path) -> int:
    """Brings the lake up to the snapshot at `published`; returns how many relations were changed. Raises duckdb.Error or
    NoticesError, and then the lake's newest version is what it was."""
    return commit_changes(place, published)[0]


def commit_changes(
    place: LakePlace, published: Path, version: int | None = None, only: Collection[str] = ()
) -> tuple[int, int]:
    """As commit_snapshot, and the lake's newest version afterwards. Where that is `version` before, it holds all of the snapshot
    but the relations of `only`, and these alone are compared."""
    with open_for_writing(place) as connection:
        if _newest(connection) != version:
            only = ()
        connection.execute(f"ATTACH {quoted(str(published))} AS snapshot (READ_ONLY)")
        for left in reversed(range(TRIES)):
            try:
                moment = datetime.fromtimestamp(published.stat().st_mtime, UTC)
                return _commit(connection, place, moment, only), _newest(connection)
            except duckdb.Error as error:
                _roll_back(connection)
                if not left or not _CONFLICT.search(str(error)):
                    raise
                log.info("lake: 与另一个写入相撞，再来一次")
    raise AssertionError("the last try returns or raises")


def _newest(connection: Connection) -> int:
    found = connection.execute(f"SELECT max(snapshot_id) FROM ducklake_snapshots('{NAME}')").fetchone()
    assert found, "an aggregate has one row"
    return int(found[0])


def _commit(connection: Connection, place: LakePlace, published_at: datetime, only: Collection[str]) -> int:
    connection.execute("BEGIN")
    connection.execute(_OWN)
    for schema in SCHEMAS:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    tables = [_Table(*one) for one in _tables(connection, "snapshot").items()]
    theirs, ours = {one.name: one for one in tables}, _tables(connection, NAME)
    moved = 0
    for relation in ours.keys() - theirs.keys():
        connection.execute(f"DROP TABLE {relation}; DELETE FROM main.held WHERE relation = '{relation}'")
        moved += 1
    for name, table in theirs.items():
        if ours.get(name) != table.stored:
            _make_table(connection, table)
            moved += 1
    concerned = _compare(connection, [one for one in tables if not only or one.relation in only])
    _require_own(connection, concerned.get(_RECEIPTS, []))
    for name, notices in concerned.items():
        _move_rows(connection, theirs[name], notices)
    moved += len(concerned)
    wanted = _find_definitions(tables)
    definitions = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    last = connection.execute("SELECT definitions FROM main.published").fetchone()
    if not last or last[0] != definitions:
        _define(connection, wanted)
        moved += 1
    if not moved:
        _roll_back(connection)
        return 0
    known_at = connection.execute("SELECT max(scanned_at) FROM snapshot.raw.scans").fetchone()
    assert known_at, "an aggregate has one row"
    told = {
        "published_at": published_at.isoformat(timespec="seconds"),
        "known_at": known_at[0] and known_at[0].isoformat(),
    }
    connection.execute("DELETE FROM main.published")
    connection.execute(
        "INSERT INTO main.published VALUES ($1, $2, $3)",
        [published_at.replace(tzinfo=None), known_at[0], definitions],
    )
    connection.execute(
        f"CALL ducklake_set_commit_message('{NAME}', '{AUTHOR}', '{MESSAGE}', extra_info => {quoted(json.dumps(told))})"
    )
    share_rows(place)
    connection.execute("COMMIT")
    share_rows(place)
    return moved


def _roll_back(connection: Connection) -> None:
    """DuckDB has often done so itself, and then says that there is nothing to roll back."""
    try:
        connection.execute("ROLLBACK")
    except duckdb.TransactionException as error:
        log.debug("lake: %s", error)


@dataclass(frozen=True)
class _Table:
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


def _tables(connection: Connection, database: str) -> dict[str, Columns]:
    found: dict[str, Columns] = {}
    for schema in SCHEMAS:
        for table, column, kind in connection.execute(_COLUMNS, [database, schema]).fetchall():
            found.setdefault(f"{schema}.{table}", []).append((column, kind))
    return found


def _make_table(connection: Connection, table: _Table) -> None:
    """Empty, with the snapshot's columns; what stood there before had others."""
    connection.execute(f"DELETE FROM main.held WHERE relation = '{table.name}'")
    connection.execute(f"DROP TABLE IF EXISTS {table.name}")
    connection.execute(f"CREATE TABLE {table.name} AS FROM {table.source} LIMIT 0")
    if not table.lossy:
        _comment(connection, [table.relation])


def _compare(connection: Connection, tables: Sequence[_Table]) -> dict[str, list[Concerned]]:
    """By relation the notices whose rows are not those that the lake holds; what it will hold is noted."""
    fingerprints = " UNION ALL ".join(
        f"""
        SELECT
            '{table.name}' AS relation,
            given.notice_id,
            count(*) AS row_count,
            concat_ws(':', bit_xor(hash(given)), sum(hash(given)::HUGEINT)) AS fingerprint
        FROM {table.source} AS given GROUP BY given.notice_id
        """
        for table in tables
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE found AS {fingerprints}")
    names = ", ".join(quoted(table.name) for table in tables)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE held AS FROM main.held WHERE relation IN ({names})")
    rows = connection.execute(
        """
        SELECT coalesce(found.relation, held.relation), coalesce(found.notice_id, held.notice_id), held.relation IS NOT NULL
        FROM found FULL JOIN temp.held
            ON found.relation = held.relation AND found.notice_id IS NOT DISTINCT FROM held.notice_id
        WHERE (found.row_count, found.fingerprint) IS DISTINCT FROM (held.row_count, held.fingerprint)
        ORDER BY ALL
        """
    ).fetchall()
    concerned: dict[str, list[Concerned]] = {}
    for relation, notice_id, is_held in rows:
        concerned.setdefault(relation, []).append((notice_id, is_held))
    if rows:
        same = "held.relation = moved.relation AND held.notice_id IS NOT DISTINCT FROM moved.notice_id"
        pairs = ", ".join(
            f"({quoted(relation)}, {'NULL' if notice_id is None else quoted(notice_id)})"
            for relation, notice_id, _ in rows
        )
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE moved (relation VARCHAR, notice_id VARCHAR); INSERT INTO moved VALUES {pairs}"
        )
        connection.execute(f"DELETE FROM {NAME}.main.held USING moved WHERE {same}")
        connection.execute(
            f"INSERT INTO {NAME}.main.held SELECT held.* FROM found AS held SEMI JOIN moved ON {same}"
        )
    return concerned


def _require_own(connection: Connection, concerned: list[Concerned]) -> None:
    """Raises NoticesError where the lake knows receipts that the snapshot does not: it follows another home, or this one was
    put back to an older state. What it tells would be replaced in silence else."""
    held = [one for one in concerned if one[1]]
    if not held:
        return
    kept, shared = connection.execute(
        f"""
        SELECT
            (SELECT count(*) FROM {NAME}.{_RECEIPTS}),
            (SELECT count(*) FROM {NAME}.{_RECEIPTS} SEMI JOIN snapshot.{_RECEIPTS} USING (notice_id))
        """
    ).fetchall()[0]
    missing = connection.execute(
        f"""
        SELECT count(*), min(notice_id || ' ' || receipt_id) FROM {NAME}.{_RECEIPTS}
        ANTI JOIN snapshot.{_RECEIPTS} USING (notice_id, receipt_id)
        WHERE {_among(held)} AND ({not shared} OR notice_id IN (SELECT notice_id FROM snapshot.{_RECEIPTS}))
        """
    ).fetchall()[0]
    if missing[0]:
        raise NoticesError(
            f"湖仓有 {missing[0]} 件收件（如 {missing[1]}；湖仓共 {kept} 件）是这个数据文件夹没有的：目录库是另一个数据文件夹的，"
            f"或这里恢复的是旧备份。湖仓没有动。请核对 {SETTING} 和 NOTICES_HOME；确要跟这一个的，换一个空的目录库和数据文件夹"
        )


def _move_rows(connection: Connection, table: _Table, concerned: list[Concerned]) -> None:
    """Of the notices concerned: rows that are there as often in both stay where they are, whichever rows they are."""
    among, name = _among(concerned), f"{NAME}.{table.name}"
    if not any(is_held for _, is_held in concerned):
        connection.execute(f"INSERT INTO {name} FROM {table.source} WHERE {among}")
        return
    whole = ", ".join(f'"{column}" := one."{column}"' for column, _ in table.columns)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE moved AS
        SELECT whole, sum(place) AS more FROM (
            SELECT struct_pack({whole}) AS whole, -1 AS place FROM {name} AS one WHERE {among}
            UNION ALL SELECT struct_pack({whole}), 1 FROM {table.source} AS one WHERE {among}
        ) GROUP BY whole HAVING sum(place) <> 0
        """
    )
    # A row that stands there more than once goes and comes whole.
    connection.execute(
        f"""
        DELETE FROM {name} AS one USING moved
        WHERE {among.replace("notice_id", "one.notice_id")} AND struct_pack({whole}) = moved.whole
        """
    )
    connection.execute(
        f"""
        INSERT INTO {name}
        SELECT one.* FROM {table.source} AS one SEMI JOIN moved ON struct_pack({whole}) = moved.whole WHERE {among}
        """
    )


def _among(concerned: list[Concerned]) -> str:
    """A condition on notice_id."""
    ids = ", ".join(quoted(one) for one, _ in concerned if one is not None)
    parts = [f"notice_id IN ({ids})"] if ids else []
    parts += ["notice_id IS NULL"] if any(one is None for one, _ in concerned) else []
    return f"({' OR '.join(parts)})"


def _statements(pattern: re.Pattern[str]) -> Iterable[tuple[str, str, str]]:
    """Statement, kind and relation of what sql/ defines, in its order."""
    for relation in load_relations():
        for statement in relation.defining:
            if found := pattern.search(statement):
                yield statement, found[1], found[2]


def _find_definitions(tables: Iterable[_Table]) -> list[str]:
    """All views and macros as sql/ has them: DuckDB's own text of a view does not always read back."""
    stored = [one.view for one in tables if one.view]
    return stored + [statement for statement, _, _ in _statements(_DEFINES)]


def _define(connection: Connection, wanted: list[str]) -> None:
    """Makes all views and macros anew; views that are no more are dropped."""
    found = [_DEFINES.search(statement) for statement in wanted]
    views = {one[2] for one in found if one and one[1] == "VIEW"}
    there = connection.execute(
        f"SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE database_name = '{NAME}' AND NOT internal"
    ).fetchall()
    for (view,) in there:
        if view not in views:
            connection.execute(f"DROP VIEW {view}")
    for statement in wanted:
        connection.execute(statement)
    _comment(connection, [name for _, kind, name in _statements(_DEFINES) if kind == "VIEW"])


def _comment(connection: Connection, relations: Iterable[str]) -> None:
    """DuckLake takes comments on tables, their columns, and views; none on macros and the columns of views."""
    named = set(relations)
    views = {name for _, kind, name in _statements(_DEFINES) if kind == "VIEW"}
    for statement, kind, name in _statements(_COMMENTS):
        if name in named and not (kind == "COLUMN" and name in views):
            connection.execute(statement)


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
