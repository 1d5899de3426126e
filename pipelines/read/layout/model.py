"""What the layout makes of a sheet: areas, tables with their columns, and a role for each cell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipelines.read.grid import Sheet
from pipelines.read.values import Cell

Role = Literal[
    "title", "declaration", "header", "value", "number", "total", "example", "part", "remark", "ignored", "printed",
    "struck", "unread",
]  # fmt: skip
ColumnKind = Literal["field", "unit", "number", "ignored", "unknown"]
MAX_HEADER_ROWS = 3


@dataclass(frozen=True)
class Area:
    """Rows and columns of a sheet's grid, from 0, all four ends counted."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Column:
    """One column of a table: what its header says and what it is read as.

    Several columns may claim one `field`. `rank`: 0 where the notice lists this header first; `is_weak`: its header only
    resembles one; `factor` multiplies its counts; `has_unit`: its header says in brackets what is counted; `is_scaled`: the row
    below its header says that it is meant in 万 and the like."""

    at: int
    kind: ColumnKind
    header: str
    field: str | None = None
    rank: int = 0
    is_weak: bool = False
    factor: int = 1
    has_unit: bool = False
    is_scaled: bool = False

    def __hash__(self) -> int:
        """Much is remembered of a header's columns: by little of them, so that it costs little."""
        return hash((self.at, self.header, self.field))


@dataclass(frozen=True)
class FieldSource:
    """Where a field's value comes from: the winning column, or several that must agree; then those asked where it is blank."""

    winners: tuple[Column, ...]
    runners: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Table:
    """A header and the rows below it. `rows` are indexes into the grid that belong to it, headers that repeat left out.

    `continues`: it has no header of its own, and its columns are those of the table before it. `is_scaled`: a line above
    says that counts are meant in 万 and the like."""

    deliverable: str
    sheet: Sheet
    number: int
    header: range
    left: int
    right: int
    columns: tuple[Column, ...]
    fields: dict[str, FieldSource]
    rows: Sequence[int]
    repeated: frozenset[int] = frozenset()
    above_header: frozenset[int] = frozenset()
    """Rows that stand directly above a header that repeats."""
    continues: bool = False
    is_scaled: bool = False
    stated_money: int = 0
    """The unit of money that a line above states, in 元; 0 where none does."""
    header_row: int = 0
    """The header's last row as people number it; of a table that continues, that of its first part."""


@dataclass(frozen=True)
class FormValue:
    """What stands behind a label: its cell, and whether another number stands there too."""

    label: str
    row: int
    at: int
    cell: Cell
    is_ambiguous: bool = False
    factor: int = 1
    has_unit: bool = False
    is_scaled: bool = False
    """A cell behind it says that it is meant in 万 and the like."""


@dataclass(frozen=True)
class Form:
    """Labels with their values, which make one row."""

    deliverable: str
    sheet: Sheet
    number: int
    row: int
    values: dict[str, FormValue]
    is_scaled: bool = False
    stated_money: int = 0


@dataclass
class SheetLayout:
    """A sheet with all that was recognised on it; what is neither is unread."""

    sheet: Sheet
    number: int
    tables: list[Table] = field(default_factory=list)
    form: Form | None = None
    row_roles: dict[int, Role] = field(default_factory=dict)
    """Rows outside tables that are titles or declarations, and those above a header that nobody read."""
    roles: dict[tuple[int, int], Role] = field(default_factory=dict)
    """Cells whose role is not that of their row or column: those of a form."""
    blocks: list[Area] = field(default_factory=list)
    """At least two rows and two columns without a header."""
    declared: list[str] = field(default_factory=list)
    """What 填报单位：… says on it."""
    is_instruction: bool = False
    is_returned: bool = False
    """The sheet that a returned workbook was given."""

    @property
    def is_recognised(self) -> bool:
        return bool(self.tables or self.form)


def is_filled(cell: Cell) -> bool:
    """Whether a person sees anything in a cell."""
    if cell.__class__ is str:
        return cell != "" and (cell[0] not in _UNSEEN or not _is_unseen(cell))
    return cell is not None


_UNSEEN = frozenset(
    " \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\xad\u2060\ufeff"
) | {chr(one) for one in range(0x2000, 0x2010)}


def blanks(texts: Iterable[str]) -> frozenset[Cell]:
    """What a cell may hold of which nobody sees anything: nothing, '', and those of some texts."""
    return frozenset([None, "", *(text for text in texts if text[0] in _UNSEEN and _is_unseen(text))])


def _is_unseen(text: str) -> bool:
    return text.isspace() or _UNSEEN.issuperset(text)
