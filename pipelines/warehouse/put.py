"""Rows into a relation, none of them lost."""

import duckdb

from pipelines.ground.errors import DerivedFault


def insert_rows(
    connection: duckdb.DuckDBPyConnection, relation: str, select: str, parameters: dict[str, str]
) -> None:
    """Appends what `select` finds, by column name. Raises DerivedFault where the relation does not hold afterwards what was put into it:
    DuckDB says how many rows that were, and has lost them without a word (files.CONFIG)."""
    count = f"SELECT count(*) FROM {relation}"
    before = _number(connection, count)
    put = _number(connection, f"INSERT INTO {relation} BY NAME {select}", parameters)
    if (held := _number(connection, count)) != before + put:
        raise DerivedFault(f"{relation} 原有 {before} 行，放进 {put} 行，却只有 {held} 行：DuckDB 丢了数据")


def _number(
    connection: duckdb.DuckDBPyConnection, statement: str, parameters: dict[str, str] | None = None
) -> int:
    """What a count, or an INSERT, answers."""
    ((number,),) = connection.execute(statement, parameters).fetchall()
    return int(number)
