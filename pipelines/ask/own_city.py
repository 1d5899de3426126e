"""What one city may be given of an export: its own rows, of the marts that are named here, and nothing of another city.

A mart that is not named stays out, a new one too, until somebody has looked whether its rows speak of one city only: those that
compare with others (far_off, statistics_checks) or find likenesses between units (near_duplicates) do not.
"""

import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.ground.errors import NoticesError

OWN_MARTS = frozenset(
    {
        "city_activity",
        "city_approximations",
        "city_coverage",
        "city_materials_by_type",
        "city_reporting",
        "corrections",
        "counties",
        "county_coverage",
        "daily_progress",
        "fact_materials",
        "fact_obligations",
        "fact_rows",
        "figure_parts",
        "figures",
        "files",
        "list_items",
        "notes",
        "recipient_reporting",
        "recipients",
        "rejection_reasons",
        "reporting",
        "statistics",
        "statistics_by_city",
        "timeliness",
        "verdicts",
    }
)
"""All have the column city_code, the city of the unit that a row speaks of; what belongs to no known unit is in no city's extract."""

ELSEWHERE = "外市单位"
SAID = frozenset({"sentence", "explanation", "value"})
"""Columns of what is said of a row or file, and of the cell that it is about."""


def other_units(connection: duckdb.DuckDBPyConnection, notice_id: str, city: str) -> re.Pattern[str]:
    """Finds the names of units that are not of this city."""
    found = connection.execute(
        "SELECT DISTINCT recipient FROM core.recipients WHERE notice_id = $1 AND city_code IS DISTINCT FROM $2",
        [notice_id, city],
    ).fetchall()
    names = sorted((name for (name,) in found), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names)) or "(?!)")


def keep_own(table: pa.Table, city: str, others: re.Pattern[str]) -> pa.Table:
    """The rows of the city with this code, in their order. Where our sentence, or the value that it is about, names a unit of
    another city (a file in the wrong folder), it says 外市单位 instead; what the unit reported stays as it is."""
    own = table.filter(pc.equal(table.column("city_code"), city))
    for index, column in enumerate(own.schema):
        if pa.types.is_string(column.type) and column.name in SAID:
            told = [one and others.sub(ELSEWHERE, one) for one in own.column(index).to_pylist()]
            own = own.set_column(index, column, pa.array(told, pa.string()))
    return own


def refuse_others(folder: Path, written: set[str]) -> None:
    """Raises NoticesError where the folder holds what this extract does not write: whoever sends the folder would send that too."""
    others = sorted(path.name for path in folder.iterdir() if path.name.removeprefix(".") not in written)
    if others:
        shown = "、".join(others[:3]) + (" 等" if len(others) > 3 else "")
        raise NoticesError(
            f"{folder} 里有不属于这份摘录的 {shown}。一市的摘录要放在单独的文件夹里，免得把别的一起发出去"
        )
