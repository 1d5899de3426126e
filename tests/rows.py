"""All rows that the tables of a DuckDB file hold, for comparing two of them."""

from typing import Any

import duckdb

Rows = dict[str, list[tuple[Any, ...]]]
"""By the relation's full name, sorted."""

_TABLES = "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT temporary"
_GROUPS = "SELECT group_number, [notice_id, city_code, county, category, material_type_code, activity_date::VARCHAR] FROM core.material_groups"


def dump_rows(connection: duckdb.DuckDBPyConnection) -> Rows:
    """Which number a group of materials has depends on what arrived first (core.material_groups): what it stands for is in its place.

    Views are not asked: over the same tables the program's show the same, and asking all of them takes twenty times as long.
    """
    names = [name for (name,) in connection.execute(_TABLES).fetchall()]
    groups = dict(connection.execute(_GROUPS).fetchall()) if "core.material_groups" in names else {}
    return {name: _rows_of(connection, name, groups) for name in names}


def _rows_of(
    connection: duckdb.DuckDBPyConnection, name: str, groups: dict[int, list[str]]
) -> list[tuple[Any, ...]]:
    asked = connection.execute(f"SELECT * FROM {name}")
    columns = [column[0] for column in asked.description or []]
    rows = asked.fetchall()
    if "group_number" in columns:
        at = columns.index("group_number")
        rows = [(*row[:at], row[at] and groups[row[at]], *row[at + 1 :]) for row in rows]
    return sorted(rows, key=repr)
