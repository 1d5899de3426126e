"""What the local explorer shows: the marts of a notice as they stand now, in one SQLite file, and Datasette's words about them.

Reads the snapshot; the twenty questions of docs/questions.md are asked of it, at its own moment, and their answers kept as tables.
"""

import json
import re
import sqlite3
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.ask.figures import last_scan
from pipelines.ask.freshness import find_freshness
from pipelines.ask.marts import Mart, list_marts
from pipelines.ground.home import ROOT
from pipelines.notice.model import Notice
from pipelines.warehouse.snapshot import open_snapshot

DATABASE = "marts"
PAGE = ROOT / "docs" / "questions.md"
_WRITTEN_FOR = re.compile(r"都以 `([\w-]+)` 为例")
"""Where the page names the notice that its questions are written for."""
_QUESTION = re.compile(
    r"^### (\d+)\. ([^\n]*)\n((?:[^`#\n][^\n]*\n)*)\n*```sql\n(.*?)\n```", re.DOTALL | re.MULTILINE
)
_MOMENT = re.compile(r"'(\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}(?::\d{2})?)?)'")
_ROWS = 10_000


def write_explorer(published: Path, notice: Notice, to: Path) -> dict[str, Any]:
    """Writes the SQLite file, which must not be there, and returns the metadata for Datasette (Chinese)."""
    moment = last_scan(published, notice.id)
    with open_snapshot(published) as connection, closing(sqlite3.connect(to)) as base:
        base.execute("PRAGMA synchronous = OFF")
        fresh = list(find_freshness(connection, notice.id, moment).sentences())
        marts, _ = list_marts(connection, is_latest=True)
        tables = {mart.name: _copy_mart(connection, base, mart, notice.id, moment) for mart in marts}
        queries = _copy_answers(connection, base, notice.id, moment)
        base.commit()
    told = f"截至 {moment:%Y-%m-%d %H:%M}（通知所在时区）的快照，只读；要看新的请重新运行 notices explore。"
    return {
        "title": notice.title,
        "description": told + "".join(f"注意：{one}。" for one in fresh),
        "databases": {
            DATABASE: {
                "title": f"{notice.title}：各张表",
                "description": f"{told}名字以 答_ 开头的是二十个问题的答案。",
                "tables": tables | {one["sql"].split('"')[1]: {"hidden": True} for one in queries.values()},
                "queries": queries,
            }
        },
    }


def _copy_mart(
    connection: duckdb.DuckDBPyConnection,
    base: sqlite3.Connection,
    mart: Mart,
    notice_id: str,
    moment: datetime,
) -> dict[str, Any]:
    """A mart as a table; returns what Datasette says of it."""
    table = mart.read(connection, notice_id, moment)
    _write(base, mart.name, table.schema, table.to_batches(_ROWS))
    key = f"键：{'、'.join(mart.contract.key)}。" if mart.contract.key else ""
    return {
        "title": f"{mart.comment}（{mart.name}）",
        "description": key,
        "columns": {name: mart.columns.get(name, name) for name in table.column_names},
    }


def list_questions() -> list[tuple[str, str, str, str]]:
    """Number, question, what is said of it, and the query, in order."""
    return [(found[1], found[2], found[3].strip(), found[4]) for found in _QUESTION.finditer(_page())]


@cache
def _page() -> str:
    return PAGE.read_text("utf-8")


def ask_at(query: str, notice_id: str, moment: datetime) -> str:
    """The query for another notice: its last moment is `moment`, earlier ones lie as long before it as they did."""
    asked = {one: datetime.fromisoformat(one) for one in _MOMENT.findall(query)}
    last = max(asked.values(), default=moment)
    told = _MOMENT.sub(lambda found: f"'{moment - (last - asked[found[1]]):%Y-%m-%d %H:%M:%S}'", query)
    (written_for,) = _WRITTEN_FOR.findall(_page())
    return told.replace(f"'{written_for}'", "'" + notice_id.replace("'", "''") + "'")


def _copy_answers(
    connection: duckdb.DuckDBPyConnection, base: sqlite3.Connection, notice_id: str, moment: datetime
) -> dict[str, Any]:
    """Each question's answer as a table; returns Datasette's queries, which show them."""
    queries = {}
    for number, question, about, query in list_questions():
        asked, name = ask_at(query, notice_id, moment), f"答_{int(number):02}"
        found = connection.execute(asked).to_arrow_table()
        _write(base, name, found.schema, found.to_batches(_ROWS))
        queries[f"q{int(number):02}"] = {
            "sql": f'SELECT * FROM "{name}"',
            "title": f"{number}. {question}",
            "description": f"{about} 在快照里（DuckDB）是这样问的：{asked}".strip(),
        }
    return queries


def _write(base: sqlite3.Connection, name: str, schema: pa.Schema, batches: list[pa.RecordBatch]) -> None:
    columns = ", ".join(f'"{field.name}" {_type(field.type)}' for field in schema)
    base.execute(f'CREATE TABLE "{name}" ({columns})')
    places = ", ".join("?" * len(schema))
    for batch in batches:
        rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        base.executemany(
            f'INSERT INTO "{name}" VALUES ({places})', ([_value(cell) for cell in row] for row in rows)
        )


def _type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return "INTEGER"
    return "REAL" if pa.types.is_floating(kind) or pa.types.is_decimal(kind) else "TEXT"


def _value(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, date | datetime):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    return json.dumps(cell, ensure_ascii=False, default=str) if isinstance(cell, list | dict) else cell
