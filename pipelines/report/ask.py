"""Rows of the published snapshot for one notice, as of any moment."""

from datetime import datetime
from typing import Any

import duckdb

from pipelines.notice import Notice
from pipelines.report.queries import QUERIES


class Asker:
    """Rows of the snapshot for one notice, at any moment, as dictionaries."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, notice: Notice) -> None:
        self.connection, self.notice = connection, notice

    def ask(self, query: str, as_of: datetime) -> list[dict[str, Any]]:
        return self.rows(QUERIES[query], {"notice": self.notice.id, "t": as_of})

    def rows(self, query: str, bound: dict[str, Any]) -> list[dict[str, Any]]:
        found = self.connection.execute(query, bound)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def one(self, query: str, as_of: datetime) -> dict[str, Any]:
        return self.ask(query, as_of)[0]
