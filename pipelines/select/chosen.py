"""What is selected as of a moment, each item with the files that it came in: the one reader of selections for whatever leaves."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import duckdb

from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.select.originals import Original, read_originals
from pipelines.warehouse.masks import Masks
from pipelines.warehouse.snapshot import open_snapshot


@dataclass(frozen=True)
class Chosen:
    """An item as `marts.selections_as_of` tells it, path, title and link as they were received."""

    notice_id: str
    item_id: str
    state: str
    state_name: str
    is_selected: bool
    is_publishable: bool
    recipient_code: str
    recipient: str
    kind_name: str
    city_code: str | None
    city: str | None
    line: str | None
    deliverable: str
    period: str | None
    day: date | None
    title: str | None
    material_type_code: str | None
    material_type: str | None
    category_code: str | None
    category: str | None
    theme_code: str | None
    theme: str | None
    county: str | None
    link: str | None
    submission_id: str
    path: str
    sheet: str
    row_number: int
    received_at: datetime
    decision_id: str
    decided_by: str
    decided_at: datetime
    reason: str
    first_selected_at: datetime
    originals: tuple[Original, ...] = ()
    """First the file that holds the row, then what belongs to it; a form answer brought no file of its own."""


_COLUMNS = tuple(one.name for one in fields(Chosen) if one.name not in ("notice_id", "originals"))
_ASK = f"""
SELECT {", ".join(_COLUMNS)} FROM marts.selections_as_of($notice, $t)
WHERE is_selected AND (is_publishable OR NOT $publishable)
"""


def read_chosen(
    home: Home, notice: Notice, as_of: datetime, *, publishable: bool = False
) -> tuple[Chosen, ...]:
    """What is selected, in the order in which it first was; `publishable`: only what a person cleared for the public.

    Raises NoticesError where there is no published snapshot."""
    with open_snapshot(home.published) as snapshot:
        return chosen_of(snapshot, home, notice, as_of, publishable=publishable)


def chosen_of(
    snapshot: duckdb.DuckDBPyConnection,
    home: Home,
    notice: Notice,
    as_of: datetime,
    *,
    publishable: bool = False,
) -> tuple[Chosen, ...]:
    """`read_chosen`, of a snapshot that is open already."""
    asked = {"notice": notice.id, "t": as_of, "publishable": publishable}
    found: list[dict[str, Any]] = [
        dict(zip(_COLUMNS, row, strict=True)) for row in snapshot.execute(_ASK, asked).fetchall()
    ]
    reveal = Masks.newest(home).revealer().reveal
    originals = read_originals(snapshot, notice.id, as_of, [one["item_id"] for one in found], reveal)
    return tuple(
        Chosen(
            notice_id=notice.id,
            **{**one, **{name: reveal(one[name]) for name in ("path", "sheet")}},
            originals=originals[one["item_id"]],
        )
        for one in found
    )
