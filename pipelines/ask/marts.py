"""Which marts there are, and each one's rows as of a moment, with the meaning of its columns.

Marts are found in the snapshot's own catalogue, so a new file in sql/marts is taken along without a word here.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb
import pyarrow as pa

from pipelines.warehouse.contract import Contract, title_of
from pipelines.warehouse.relations import load_relations

_SUFFIX = "_as_of"


@dataclass(frozen=True)
class Mart:
    """A mart without its suffix, how its rows are asked for, what it is and what its columns mean (Chinese)."""

    name: str
    query: str
    comment: str
    columns: dict[str, str]
    contract: Contract
    """Of what is exported: without the notice, as of a moment."""

    def read(self, connection: duckdb.DuckDBPyConnection, notice_id: str, as_of: datetime) -> pa.Table:
        """Its rows, in an order that depends on nothing but themselves."""
        found = connection.execute(
            f"SELECT * FROM ({self.query}) ORDER BY ALL", {"notice": notice_id, "as_of": as_of}
        )
        return found.to_arrow_table()

    def headers(self, table: pa.Table) -> dict[str, str]:
        """Short Chinese headers: a comment up to its first explanation; two columns never share one."""
        found: dict[str, str] = {}
        for name in table.column_names:
            short = re.split(r"[；：，,（]", self.columns.get(name, name))[0]
            found[name] = short if short not in found.values() else f"{short} {name}"
        return found


def list_marts(connection: duckdb.DuckDBPyConnection, is_latest: bool) -> tuple[list[Mart], list[str]]:
    """All marts that can be told as of a moment, and the names of those that cannot.

    A table macro of a notice and a moment is one, told for any moment; a view is one where no such macro stands for it.
    Views of receipts leave out what came later. Those of rows that count now (with item_id), of how things stand now (mails,
    sources) and columns that begin with current_ are told only where the moment is the latest (`is_latest`).
    """
    columns = _column_comments(connection)
    meanings = {name: comment for found in columns.values() for name, comment in found.items()}
    contracts = {one.name: one.contract for one in load_relations()}
    marts, left_out = [], []
    macros = connection.execute(
        """
        SELECT function_name, coalesce(comment, '') FROM duckdb_functions()
        WHERE schema_name = 'marts' AND function_type = 'table_macro' AND parameters = ['notice', 't']
        """
    ).fetchall()
    for macro, comment in macros:
        name = macro.removesuffix(_SUFFIX)
        marts.append(
            Mart(
                name,
                f"FROM marts.{macro}($notice, $as_of)",
                title_of(comment),
                meanings | columns.get(name, {}),
                contracts[f"marts.{macro}"],
            )
        )
    views = connection.execute(
        """
        SELECT view_name, coalesce(comment, '') FROM duckdb_views() WHERE schema_name = 'marts'
        UNION ALL SELECT table_name, coalesce(comment, '') FROM duckdb_tables() WHERE schema_name = 'marts'
        """
    ).fetchall()
    for view, comment in views:
        known = columns[view]
        if view in {mart.name for mart in marts} or "notice_id" not in known:
            continue
        if not is_latest and _is_of_now(known):
            left_out.append(view)
            continue
        arrived = "received_at" in known
        moment = "received_at <= $as_of" if arrived else "$as_of IS NOT NULL"
        of_now = [] if is_latest else [column for column in known if column.startswith("current_")]
        left = ", ".join(["notice_id", *of_now])
        query = f"SELECT * EXCLUDE ({left}) FROM marts.{view} WHERE notice_id = $notice AND {moment}"
        one = contracts[f"marts.{view}"]
        key = tuple(column for column in one.key if column != "notice_id")
        marts.append(Mart(view, query, title_of(comment), meanings | known, replace(one, key=key)))
    return sorted(marts, key=lambda mart: mart.name), sorted(left_out)


def _is_of_now(columns: dict[str, str]) -> bool:
    """Whether a view without a twin tells the present: which rows count, or moments that are neither arrivals nor due."""
    moments = {name for name in columns if name.endswith("_at")} - {"due_at"}
    return "item_id" in columns or bool(moments and "received_at" not in moments)


def _column_comments(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Comments by view and column."""
    found: dict[str, dict[str, str]] = {}
    for view, column, comment in connection.execute(
        """
        SELECT table_name, column_name, comment FROM duckdb_columns()
        WHERE schema_name = 'marts' AND NOT internal ORDER BY table_name, column_index
        """
    ).fetchall():
        found.setdefault(view, {})[column] = comment or column
    return found
