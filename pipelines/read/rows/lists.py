"""Rows of one file that are one item of a list by the notice, and say different things of it: all of them go back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pipelines.notice.deliverable import Deliverable
from pipelines.notice.kinds import OCCURRED
from pipelines.read.rows.model import ReadTable, SheetRows

Key = tuple[Any, ...]


def settle_lists(tables: Iterable[ReadTable], items: Mapping[str, Deliverable]) -> None:
    """Marks them `repeated_row`, over all tables of the file. Equal ones count once, which the warehouse sees to."""
    lists = [found for found in tables if items[found.rows.deliverable].kind == "list"]
    said: dict[Key, set[Key]] = defaultdict(set)
    for found in lists:
        for key, values in zip(*_said(found.rows, items[found.rows.deliverable]), strict=True):
            said[key].add(values)
    for found in lists:
        rows, item = found.rows, items[found.rows.deliverable]
        differ = [None not in key and len(said[key]) > 1 for key in _said(rows, item)[0]]
        found.rows = replace(
            rows,
            row_states=_where(differ, "repeated_row", rows.row_states),
            row_state_fields=_where(differ, item.identity[0], rows.row_state_fields),
        )


def _where(chosen: Iterable[bool], value: str, others: Iterable[str | None]) -> list[str | None]:
    return [other or (value if one else None) for one, other in zip(chosen, others, strict=True)]


def _said(rows: SheetRows, item: Deliverable) -> tuple[list[Key], list[Key]]:
    """Of each row, which item of which period it is (None in it where that cannot be told), and all that it says."""
    nothing = [None] * len(rows.row_numbers)
    days = rows.columns.get(OCCURRED if item.within is not None else item.dated_by or "", nothing)
    periods = [_period(item, day) for day in days]
    own = [rows.columns.get(name, nothing) for name in item.identity]
    keys = [
        (rows.deliverable, period, *(None if is_zero else one for one in values))
        for period, is_zero, *values in zip(periods, rows.zero_reports, *own, strict=True)
    ]
    columns = [
        rows.columns.get(f"{name}{part}", nothing) for name in item.open_columns for part in ("", "_state")
    ]
    return keys, list(zip(*columns, strict=True))


def _period(item: Deliverable, day: Any) -> Any:
    """The first day of the period that a day is in; the day where there is none; '' where rows have no day. Of what is reported
    as it happens, the moment."""
    if item.within is not None:
        return day
    if item.dated_by is None:
        return ""
    spans = ((one.first_day, one.last_day) for one in item.periods.periods())
    return next(
        (first for first, last in spans if day and first and last and first <= day <= last), day or ""
    )
