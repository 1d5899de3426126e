"""Which rows of the snapshot the lake lacks or has otherwise, and how they get there: by parts of a table that hold a unit's rows, or a file's.

main.parts says of each part how many rows the lake has and their fingerprint; so the lake's own rows are read for what
is deleted alone, and of them the columns that say where a row belongs.
"""

from collections.abc import Sequence

from pipelines.ground.errors import NoticesError
from pipelines.warehouse.lake.place import NAME, SETTING, quoted
from pipelines.warehouse.lake.published import Connection, Table

RECEIPTS = "raw.receipts"
"""What a home received it never loses: that tells one home from another."""
_SAME = (
    "{0}.relation = {1}.relation AND {0}.notice_id IS NOT DISTINCT FROM {1}.notice_id AND {0}.part = {1}.part"
)


def compare(connection: Connection, tables: Sequence[Table]) -> dict[str, bool]:
    """By relation whether the lake holds rows of what differs there; the parts are noted, here and as what it will hold."""
    fingerprints = " UNION ALL ".join(
        f"""
        SELECT
            '{table.name}' AS relation,
            one.notice_id,
            {table.part} AS part,
            count(*) AS row_count,
            concat_ws(':', bit_xor(hash(one)), sum(hash(one)::HUGEINT)) AS fingerprint
        FROM {table.source} AS one GROUP BY ALL
        """
        for table in tables
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE found AS {fingerprints}")
    names = ", ".join(quoted(table.name) for table in tables)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE held AS FROM main.parts WHERE relation IN ({names})")
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE moved AS
        SELECT
            coalesce(found.relation, held.relation) AS relation,
            coalesce(found.notice_id, held.notice_id) AS notice_id,
            coalesce(found.part, held.part) AS part,
            held.relation IS NOT NULL AS is_held
        FROM found FULL JOIN temp.held ON {_SAME.format("found", "held")}
        WHERE (found.row_count, found.fingerprint) IS DISTINCT FROM (held.row_count, held.fingerprint)
        """
    )
    moved = connection.execute(
        "SELECT relation, bool_or(is_held) FROM moved GROUP BY relation ORDER BY relation"
    ).fetchall()
    if moved:
        same = _SAME.format("one", "moved")
        connection.execute(f"DELETE FROM {NAME}.main.parts AS one USING moved WHERE moved.is_held AND {same}")
        connection.execute(
            f"INSERT INTO {NAME}.main.parts SELECT one.* FROM found AS one SEMI JOIN moved ON {same}"
        )
    return dict(moved)


def move_rows(connection: Connection, table: Table, *, is_held: bool) -> None:
    """The parts that differ go, where the lake holds rows of some, and come whole."""
    same = (
        f"moved.relation = '{table.name}' AND one.notice_id IS NOT DISTINCT FROM moved.notice_id"
        f" AND {table.part} = moved.part"
    )
    if is_held:
        connection.execute(
            f"DELETE FROM {NAME}.{table.name} AS one USING moved WHERE moved.is_held AND {same}"
        )
    connection.execute(
        f"INSERT INTO {NAME}.{table.name} SELECT one.* FROM {table.source} AS one SEMI JOIN moved ON {same}"
    )


def require_own(connection: Connection) -> None:
    """Raises NoticesError where the lake knows receipts that the snapshot does not: it follows another home, or this one was
    put back to an older state. What it tells would be replaced in silence else."""
    kept, shared = connection.execute(
        f"""
        SELECT
            (SELECT count(*) FROM {NAME}.{RECEIPTS}),
            (SELECT count(*) FROM {NAME}.{RECEIPTS} SEMI JOIN snapshot.{RECEIPTS} USING (notice_id))
        """
    ).fetchall()[0]
    missing = connection.execute(
        f"""
        SELECT count(*), min(notice_id || ' ' || receipt_id) FROM {NAME}.{RECEIPTS}
        ANTI JOIN snapshot.{RECEIPTS} USING (notice_id, receipt_id)
        WHERE {not shared} OR notice_id IN (SELECT notice_id FROM snapshot.{RECEIPTS})
        """
    ).fetchall()[0]
    if missing[0]:
        raise NoticesError(
            f"湖仓有 {missing[0]} 件收件（如 {missing[1]}；湖仓共 {kept} 件）是这个数据文件夹没有的：目录库是另一个数据文件夹的，"
            f"或这里恢复的是旧备份。湖仓没有动。请核对 {SETTING} 和 NOTICES_HOME；确要跟这一个的，换一个空的目录库和数据文件夹"
        )
