"""Rows that sum others up, compared with what was read in the rows they speak of."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.notice.deliverable import Deliverable
from pipelines.read.layout.model import Table
from pipelines.read.rows.model import Note, ReadTable, TotalRow
from pipelines.read.rows.sentences import note


def place_totals(found: ReadTable) -> None:
    """Tells each total which data rows it speaks of: those since the table's start, or since the last total that is no part."""
    first = 0
    for total in found.totals:
        total.first = first
        if not total.is_partial:
            first = total.last


def sum_rows(columns: Mapping[str, Sequence[Any]], field: str, first: int, last: int | None = None) -> int:
    """The sum of what was read of a field in some data rows; faulty rows add what could be read."""
    return sum(filter(None, columns.get(field, ())[first:last]))


def differing_totals(
    found: ReadTable, table: Table, number: int, before: dict[str, int], item: Deliverable
) -> Iterator[Note]:
    """A note for each count of a total that is not the sum of its rows. `before`: sums that a continued table brings along."""
    if not found.totals:
        return
    headers = {column.field: column.header for column in table.columns if column.field}
    carried = before
    summed = {field for field in headers if field and item.number(field).is_summed}
    for total in found.totals:
        if total.is_partial:
            continue
        for field, (value, _, _) in total.cells.items():
            if field not in summed:
                continue
            have = sum_rows(found.rows.columns, field, total.first, total.last) + carried.get(field, 0)
            if value is not None and value != have:
                yield note(
                    "total_differs",
                    table.sheet.name,
                    number,
                    row=table.sheet.first_row + total.row,
                    column=found.columns[field],
                    value=item.number(field).show(value),
                    header=headers[field],
                    sum=item.number(field).show(have),
                )
        carried = {}


def open_sums(found: ReadTable, before: dict[str, int], fields: list[str]) -> dict[str, int]:
    """What a table hands to its continuation: the sums since its last total that is no part."""
    last: TotalRow | None = next((one for one in reversed(found.totals) if not one.is_partial), None)
    first = last.last if last else 0
    carried = {} if last else before
    return {field: carried.get(field, 0) + sum_rows(found.rows.columns, field, first) for field in fields}
