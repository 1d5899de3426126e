"""What one transaction of a shared database is in the store, as bytes, and under which name.

mail/outbox.sqlite/000000000007   {"schema": text or "", "statements": [[SQL, [values, …]], …]}
"""

import base64
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OWN = """
CREATE TABLE IF NOT EXISTS store_place (
    one INTEGER PRIMARY KEY CHECK (one = 1), batches INTEGER NOT NULL, last TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS store_schemas (sha256 TEXT PRIMARY KEY) STRICT;
"""
"""How many batches of the store are in it, and the sha256 of the last one."""
OWN_TABLES = ("store_place", "store_schemas")


def rows_of(base: sqlite3.Connection) -> dict[str, list[list[Any]]]:
    """By table all rows, without those that say where in the store it is."""
    names = base.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return {
        name: [list(row) for row in base.execute(f"SELECT * FROM {name}")]
        for (name,) in names
        if name not in OWN_TABLES
    }


def as_batch(statements: list[list[Any]], schema: str) -> bytes:
    told = {"schema": schema, "statements": statements}
    return json.dumps(told, ensure_ascii=False, default=_told, separators=(",", ":")).encode()


def whole_of(base: sqlite3.Connection) -> bytes:
    """All rows as one batch; tables whose triggers write to others come first, and what those wrote is then replaced."""
    rows = rows_of(base)
    triggers = {name for (name,) in base.execute("SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger'")}
    order = sorted(rows, key=lambda name: (name not in triggers, name == "sqlite_sequence", name))
    done: list[list[Any]] = []
    for name in order:
        done.append([f"DELETE FROM {name}", [[]]])
        if rows[name]:
            places = ", ".join("?" * len(rows[name][0]))
            done.append([f"INSERT INTO {name} VALUES ({places})", rows[name]])
    made = base.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'trigger', type = 'index', rowid")  # fmt: skip
    schema = ";\n".join(sql for (sql,) in made if not any(one in sql for one in OWN_TABLES))
    return as_batch(done, _if_not_there(schema) + ";")


def _told(value: object) -> dict[str, str]:
    if isinstance(value, bytes | bytearray | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode("ascii")}
    raise TypeError(f"no value of a database: {type(value).__name__}")


def value_of(told: Any) -> Any:
    return base64.b64decode(told["base64"]) if isinstance(told, dict) else told


def _if_not_there(schema: str) -> str:
    for what in ("TABLE", "INDEX", "UNIQUE INDEX", "TRIGGER"):
        schema = schema.replace(f"CREATE {what} ", f"CREATE {what} IF NOT EXISTS ")
    return schema


def statements_of(schema: str) -> Iterator[str]:
    """Its statements: executescript would end the transaction."""
    statement = ""
    for piece in f"{schema};".split(";")[:-1]:
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def folder_of(path: Path) -> str:
    return "/".join(path.parts[-2:])


def batch_name(path: Path, number: int) -> str:
    return f"{folder_of(path)}/{number:012d}"
