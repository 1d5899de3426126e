"""The rows that were read from a sheet, a column at a time: so they are read, handed on and written quickest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any


@dataclass(frozen=True)
class SheetRows:
    """The rows of one sheet that were recognised as a deliverable's; every list has one entry a row.

    `columns` holds for each field that the sheet has what was read, `<field>_given` as received (None: nothing that can be
    seen) and, for counts, `<field>_state`. `unit_names` is what the rows say of whose they are, '' where nothing.
    """

    deliverable: str
    sheet: str
    header_row: int
    places: str
    row_numbers: Sequence[int]
    unit_names: Sequence[str]
    zero_reports: Sequence[bool]
    columns: dict[str, Sequence[Any]]

    def keep(self, chosen: Sequence[bool]) -> "SheetRows":
        """The chosen rows alone."""
        return replace(
            self,
            row_numbers=list(compress(self.row_numbers, chosen)),
            unit_names=list(compress(self.unit_names, chosen)),
            zero_reports=list(compress(self.zero_reports, chosen)),
            columns={name: list(compress(column, chosen)) for name, column in self.columns.items()},
        )

    def row(self, index: int) -> "SheetRows":
        """One row alone."""
        return self.keep([place == index for place in range(len(self.row_numbers))])
