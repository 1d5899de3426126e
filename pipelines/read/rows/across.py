"""Statistics of one period that stand in several tables of a file: each was settled by itself, and only one row may speak."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipelines.notice.deliverable import Deliverable
from pipelines.read.grid import Sheet
from pipelines.read.rows.model import UNDERSTOOD, ReadTable
from pipelines.read.rows.sentences import note
from pipelines.read.rows.statistics import UNREAD, CellRead, Record, group_by_period, values_of

REPLACED = ("summed_rows", "total_row_taken", "part_row")
"""Notes that speak of a row that stands no more."""


@dataclass
class _Said:
    """A row that would stand for the unit, and the table it stands in."""

    found: ReadTable
    sheet: Sheet
    record: Record

    def fault(self, reason: str) -> None:
        states = list(self.found.rows.row_states)
        states[self.record.place] = states[self.record.place] or reason
        self.found.rows = replace(self.found.rows, row_states=states)


def settle_across(
    tables: Sequence[tuple[ReadTable, Sheet]], items: Mapping[str, Deliverable], whose: Callable[[str], str]
) -> None:
    """Rows that differ go back, all of them (`repeated_row`); beside a row that names the unit, sums of others are parts."""
    for name, item in items.items():
        of_one = [one for one in tables if one[0].rows.deliverable == name]
        if item.kind != "statistics" or len(of_one) < 2:
            continue
        periods: dict[Any, list[_Said]] = {}
        for found, sheet in of_one:
            for period, records in group_by_period(found.rows, item, whose).items():
                said = [_Said(found, sheet, one) for one in records if _speaks(one, item)]
                periods.setdefault(period, []).extend(said)
        parts = [one for period in periods.values() for one in _settle(period, item)]
        for found, sheet in of_one:
            _take_away(found, sheet, [one.record for one in parts if one.found is found])


def _speaks(record: Record, item: Deliverable) -> bool:
    """Whether it could stand for the unit: a row that goes back for what it holds itself takes no other back with it."""
    if record.fault not in (None, "repeated_row"):
        return False
    # A zero report owes no cell but those that it is known by.
    if not record.is_zero and any(_is_faulty(item, *one) for one in record.cells.items()):
        return False
    is_given = "unit_name" in record.cells and record.cells["unit_name"][2] != UNDERSTOOD
    return record.whose != "nobody" or not is_given


def _is_faulty(item: Deliverable, name: str, cell: CellRead) -> bool:
    value, given, state = cell
    if state in UNREAD or (given is not None and value is None and state is None):
        return True
    return name != "unit_name" and item.columns[name].required and given is None


def _settle(said: list[_Said], item: Deliverable) -> list[_Said]:
    """Marks those that differ; the parts are handed back."""
    if len({id(one.found) for one in said}) < 2:
        return []
    own = [one for one in said if one.record.whose == "own"]
    parts = [one for one in said if one.record.whose != "own" and not one.found.uses_total] if own else []
    rest = [one for one in said if one not in parts]
    if len({values_of(item, one.record) for one in rest}) > 1:
        for one in rest:
            one.fault("repeated_row")
    return parts


def _take_away(found: ReadTable, sheet: Sheet, parts: Sequence[Record]) -> None:
    if not parts:
        return
    gone = {one.place for one in parts}
    for one in parts:
        found.roles[one.row - sheet.first_row] = "part"
    found.rows = found.rows.keep([place not in gone for place in range(len(found.rows.row_numbers))])
    found.notes = [one for one in found.notes if one.code not in REPLACED]
    found.notes.append(note("part_row", found.rows.sheet, found.rows.sheet_number))
