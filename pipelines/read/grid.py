"""The grid: what a received table shows, cell by cell, before anything is known of its meaning.

`open_grid` turns bytes into sheets; layout, rows and whose work on nothing else. Everything beside the values (merges,
struck text, links, errors, formulas) is looked up only in files whose bytes say that they hold some.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pipelines.read.identity import TemplateId
from pipelines.read.values import Cell

PARTING = "\0"
"""Stands between texts that are searched at once."""
Place = tuple[int, int]
"""Row and column of a cell inside `Sheet.rows`, both from 0."""


@dataclass(frozen=True)
class Span:
    """A merged area inside `Sheet.rows`, from 0, all four ends counted. Its first cell alone holds the value."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Marks:
    """What a sheet's cells show or hide beside their values; sparse, and empty for most files."""

    spans: tuple[Span, ...] = ()
    errors: Mapping[Place, str] = field(default_factory=dict)
    """Cells that hold an error value, as shown (#REF!), and formulas without a stored result, as the formula (=SUM(G2:G9)).
    `rows` holds that text too."""
    links: Mapping[Place, str] = field(default_factory=dict)
    """The address of a hyperlink that lies behind a cell's text, or that a HYPERLINK formula names."""
    struck: frozenset[Place] = frozenset()
    """Cells all of whose text is struck through; `rows` holds '' for them and `left_out` their text."""
    left_out: Mapping[Place, str] = field(default_factory=dict)
    """The whole text as it stands, of cells of which a part is no value: struck, superscript, subscript, hidden, deleted or
    moved away. `rows` holds what is left."""
    scaled: Mapping[Place, str] = field(default_factory=dict)
    """The number format of cells that it shows multiplied or as a percentage (0.0"万", 0%)."""

    def __bool__(self) -> bool:
        return bool(self.spans or self.errors or self.links or self.struck or self.left_out or self.scaled)


NO_MARKS = Marks()


@dataclass(frozen=True)
class Sheet:
    """One table's grid. `first_row` is the number, from 1, of `rows[0]` in the sheet (a csv: the record's number); `first_column`
    likewise. Cells that a merge covers are blank. Rows may differ in length."""

    name: str
    """'' for csv; 表1, 表2 … in documents, web pages and mail bodies."""
    rows: list[list[Cell]]
    first_row: int = 1
    first_column: int = 1
    above: list[str] = field(default_factory=list)
    """Paragraphs that stand before the table in a document, each once."""
    is_typed: bool = True
    """The format tells numbers and dates from text."""
    marks: Marks = NO_MARKS
    is_delimited: bool = False
    """A csv or tsv: a row longer than the header's has slipped."""

    @cached_property
    def _different(self) -> dict[int, "Different"]:
        return {}

    def different_from(self, row: int) -> "Different":
        """The different cells of a row and those below it; remembered until others are asked for."""
        if row not in self._different:
            self._different.clear()
            self._different[row] = Different(set().union(*self.rows[row:]))
        return self._different[row]


class Different:
    """Different cells of some rows. Most cells are equal to others: what is asked of all of them is asked of these."""

    def __init__(self, cells: set[Cell]) -> None:
        self.texts = [cell for cell in cells if cell.__class__ is str and cell]

    @cached_property
    def text(self) -> str:
        """All of the texts, a PARTING in front of each."""
        return PARTING + PARTING.join(self.texts)


@dataclass(frozen=True)
class Block:
    """A paragraph of a document that stands outside tables, in its order."""

    text: str
    is_heading: bool = False


@dataclass(frozen=True)
class Content:
    """What a file's bytes hold: its visible sheets, a document's paragraphs, the id of a template, and for prose formats
    whose tables cannot be read (doc, rtf, odt, pdf …) the lines of text that could be got out."""

    sheets: list[Sheet] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    identity: TemplateId | None = None
    lines: list[str] = field(default_factory=list)
