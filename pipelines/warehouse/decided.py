"""What decisions come to, in the place of what they came to before; and of whom that is something else. Part of the load stage."""

from collections.abc import Iterable
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.notice.model import Notice
from pipelines.warehouse.masker import Masker


def replace_rows(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    notice: Notice,
    wanted: list[dict[str, Any]],
    schema: pa.Schema,
    whose: str,
    masker: Masker,
) -> set[str]:
    """Makes the rows of a notice in a relation those that are wanted; returns of whom they were others before, by the column `whose`.
    Only theirs are written."""
    table = pa.Table.from_pylist(wanted, schema=schema)
    connection.register("told", masker.mask_table(table))
    rows = ", ".join(table.column_names)
    before = f"SELECT {rows} FROM {relation} WHERE notice_id = $1"
    found = connection.execute(
        f"""
        SELECT DISTINCT {whose}
        FROM (({before} EXCEPT ALL SELECT {rows} FROM told) UNION ALL (SELECT {rows} FROM told EXCEPT ALL {before}))
        """,
        [notice.id],
    ).fetchall()
    others = {row[0] for row in found}
    if others:
        theirs = f"{whose} IN (SELECT unnest($2::VARCHAR[]))"
        given = [notice.id, sorted(others)]
        connection.execute(f"DELETE FROM {relation} WHERE notice_id = $1 AND {theirs}", given)
        connection.execute(
            f"INSERT INTO {relation} BY NAME SELECT $1 AS notice_id, * FROM told WHERE {theirs}", given
        )
    connection.unregister("told")
    return others


def touch_units(connection: duckdb.DuckDBPyConnection, notice: Notice, codes: Iterable[str]) -> None:
    """What these units owe, and have met, is counted anew by the next fill."""
    connection.execute(
        "INSERT INTO raw.touched_units SELECT $1, unnest($2::VARCHAR[])", [notice.id, sorted(codes)]
    )
