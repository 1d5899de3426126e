"""The effect of decisions on a warehouse, without anything newly received. Part of the load stage."""

import duckdb

from pipelines.decide.record import Decisions
from pipelines.decide.rows import load_decisions
from pipelines.ground.home import Home
from pipelines.notice.model import Notice


def take_effect(
    home: Home,
    connection: duckdb.DuckDBPyConnection,
    private: duckdb.DuckDBPyConnection,
    notice: Notice,
    decisions: Decisions,
) -> bool:
    """Brings everything derived of a notice up to date with its decisions, in one transaction; says whether it was not."""
    connection.begin()
    try:
        is_new = load_decisions(connection, notice, decisions)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return is_new
