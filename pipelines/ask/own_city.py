"""What one city may be given of an export: its own rows, of the marts that are named here, and nothing of another city.

A mart that is not named stays out, a new one too, until somebody has looked whether its rows speak of one city only: those that
compare with others (far_off, statistics_checks) or find likenesses between units (near_duplicates) do not.
"""

from pathlib import Path

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


def keep_own(table: pa.Table, city: str) -> pa.Table:
    """The rows of the city with this code, in their order."""
    return table.filter(pc.equal(table.column("city_code"), city))


def refuse_others(folder: Path, written: set[str]) -> None:
    """Raises NoticesError where the folder holds what this extract does not write: whoever sends the folder would send that too."""
    others = sorted(path.name for path in folder.iterdir() if path.name.removeprefix(".") not in written)
    if others:
        shown = "、".join(others[:3]) + (" 等" if len(others) > 3 else "")
        raise NoticesError(
            f"{folder} 里有不属于这份摘录的 {shown}。一市的摘录要放在单独的文件夹里，免得把别的一起发出去"
        )
