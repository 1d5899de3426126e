"""A file as the program read it: its sheets as grids, each cell with the role that it had. Values alone, as a child sends them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipelines.read.layout.model import Role
from pipelines.read.rows.model import Note
from pipelines.read.submission import Job

Way = Literal["read", "passed_over", "nothing_recognised", "attachment"]
"""What became of a sheet: read, passed over by its name, looked at in vain, or part of a file that is an attachment."""


@dataclass(frozen=True)
class DrawJob(Job):
    """A receipt of which one piece is to be drawn: `piece` is its path in the files list."""

    piece: str = ""
    sheet: int = 0
    """The only sheet whose cells are wanted, from 1; 0: as many of each as a page holds."""
    name: str = ""
    """The same by its name."""
    first: int = 0
    """The row, as people number them, at which to begin in that sheet, or in the only one."""


@dataclass(frozen=True)
class DrawnCell:
    """A cell that stands in the drawing; those that a merge covers do not. `column` from 1, the spans at least 1."""

    column: int
    text: str = ""
    role: Role | None = None
    """None where the cell shows nothing."""
    rows: int = 1
    columns: int = 1
    left_out: str = ""
    """The whole text, where a part of it (struck, hidden, raised …) is no value."""


@dataclass(frozen=True)
class DrawnRow:
    number: int
    cells: list[DrawnCell]


@dataclass(frozen=True)
class DrawnSheet:
    """A sheet with the rows that were asked for; `counts` are of all its filled cells, drawn or not."""

    name: str
    number: int
    way: Way
    counts: Mapping[Role, int]
    rows: list[DrawnRow]
    columns: list[int] = field(default_factory=list)
    """Numbers of the columns that are drawn."""
    first_row: int = 1
    last_row: int = 0
    """The sheet's own first and last row; the last is below the first where it is empty."""
    width: int = 0
    """How many columns it has, drawn or not."""
    above: list[str] = field(default_factory=list)

    @property
    def filled(self) -> int:
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """How many of its rows are not drawn."""
        return max(self.last_row - self.first_row + 1, 0) - len(self.rows)


@dataclass(frozen=True)
class Drawn:
    """What can be drawn of a file; `sentence` says why the rest, or all of it, cannot."""

    receipt_id: str
    format: str = ""
    sheets: list[DrawnSheet] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    """Those of the rows that are drawn, of columns and of sheets."""
    paragraphs: list[str] = field(default_factory=list)
    """A document's text outside its tables, or what could be got out of a format whose tables are not read."""
    paragraphs_left: int = 0
    sentence: str = ""
