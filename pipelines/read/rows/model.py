"""The rows that were read from a table, a column at a time: so they are read, handed on and written quickest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any

from pipelines.read.layout.model import Role

UNDERSTOOD = "understood"
"""The state of a unit's name that may be blank: whose the row is, is known without it."""


@dataclass(frozen=True)
class Note:
    """A reading that took judgement, or something that was not read. Row and column (from 1) are None where it speaks of none."""

    sheet: str
    sheet_number: int
    code: str
    sentence: str
    row: int | None = None
    column: int | None = None
    value: str | None = None


@dataclass(frozen=True)
class SheetRows:
    """The rows of one table that were recognised as a deliverable's; every list has one entry a row.

    `columns` holds for each field that the table has a list of what was read, `<field>_given` as received (None: nothing that can be
    seen) and `<field>_state`. `unit_names` is what the rows say of whose they are, '' where nothing. `row_states` is a fault of
    the row as a whole (other_unit, misaligned_row, ambiguous_value, repeated_row), `row_state_fields` the field it stands on.
    """

    deliverable: str
    sheet: str
    header_row: int
    places: str
    row_numbers: Sequence[int]
    unit_names: Sequence[str]
    zero_reports: Sequence[bool]
    columns: Mapping[str, Any]
    sheet_number: int = 1
    row_states: Sequence[str | None] = ()
    row_state_fields: Sequence[str | None] = ()

    def keep(self, chosen: Sequence[bool]) -> "SheetRows":
        """The chosen rows alone."""
        return replace(
            self,
            row_numbers=list(compress(self.row_numbers, chosen)),
            unit_names=list(compress(self.unit_names, chosen)),
            zero_reports=list(compress(self.zero_reports, chosen)),
            columns={name: list(compress(column, chosen)) for name, column in self.columns.items()},
            row_states=list(compress(self.row_states, chosen)),
            row_state_fields=list(compress(self.row_state_fields, chosen)),
        )

    def row(self, index: int) -> "SheetRows":
        """One row alone."""
        return self.keep([place == index for place in range(len(self.row_numbers))])


@dataclass
class TotalRow:
    """A row that sums others up: its counts as read (value, given, state), and the data rows it speaks of."""

    row: int
    """Its index in the grid."""
    word: str
    is_partial: bool
    cells: dict[str, tuple[int | None, str | None, str]]
    last: int
    """Index behind the last data row above it."""
    first: int = 0
    """Index of the first data row that it speaks of."""


@dataclass
class ReadTable:
    """A table's rows with what is known of its other rows: roles by row of the grid, totals, and what was noted."""

    rows: SheetRows
    roles: dict[int, Role] = field(default_factory=dict)
    totals: list[TotalRow] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    differing: list[Note] = field(default_factory=list)
    """Totals that are not the sum of their rows."""
    uses_total: bool = False
    """A total told whose the rows are: it is not compared any more."""
    columns: dict[str, int] = field(default_factory=dict)
    """Field -> its column, from 1."""
    has_ditto: bool = False
    """Some cell may mean the one above."""
    own: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Row of the grid -> the places, from the table's left end, that show something."""
    taken: set[tuple[int, int]] = field(default_factory=set)
    """Cells of losing columns that were taken all the same: the winner's held nothing."""
