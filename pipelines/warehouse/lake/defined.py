"""The views and macros of sql/ in the lake, with the comments that it takes: DuckDB's own text of a view does not always read back."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache

from pipelines.warehouse.lake.place import NAME
from pipelines.warehouse.lake.published import Connection, Table
from pipelines.warehouse.relations import load_relations

_DEFINES = re.compile(r"CREATE OR REPLACE (VIEW|MACRO) (\w+\.\w+)")
_COMMENTS = re.compile(r"COMMENT ON (TABLE|VIEW|COLUMN) (\w+\.\w+)")
_LAYOUT = "main.parts"
"""What else the lake's own tables look like; other words here, and every table is looked at anew."""


def fingerprint_of(tables: Sequence[Table]) -> str:
    """What a lake is whose tables, views and macros are those of the snapshot and of sql/."""
    told = [_LAYOUT, *(f"{one.name} {one.stored}" for one in tables), *_wanted(tables)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def define(connection: Connection, tables: Sequence[Table]) -> None:
    """Makes all views and macros anew; views that are no more are dropped."""
    wanted = _wanted(tables)
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
    comment(connection, [name for _, kind, name in _statements(_DEFINES) if kind == "VIEW"])


def comment(connection: Connection, relations: Iterable[str]) -> None:
    """DuckLake takes comments on tables, their columns, and views; none on macros and the columns of views."""
    named = set(relations)
    views = {name for _, kind, name in _statements(_DEFINES) if kind == "VIEW"}
    for statement, kind, name in _statements(_COMMENTS):
        if name in named and not (kind == "COLUMN" and name in views):
            connection.execute(statement)


def _wanted(tables: Iterable[Table]) -> list[str]:
    stored = [one.view for one in tables if one.view]
    return stored + [statement for statement, _, _ in _statements(_DEFINES)]


@cache
def _statements(pattern: re.Pattern[str]) -> list[tuple[str, str, str]]:
    """Statement, kind and relation of what sql/ defines, in its order."""
    return [
        (statement, found[1], found[2])
        for relation in load_relations()
        for statement in relation.defining
        if (found := pattern.search(statement))
    ]
