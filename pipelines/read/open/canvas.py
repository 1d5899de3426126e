"""A sheet while it is read: values by place, and what its cells show or hide beside them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from pipelines.read.findings import too_large
from pipelines.read.grid import NO_MARKS, Marks, Place, Sheet, Span
from pipelines.read.values import Cell, as_text

Fate = Literal["kept", "struck", "left_out"]
ERRORS = frozenset(
    {"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
"""What a cell error looks like, also where a file was exported as text."""
ROOM = 5_000_000
"""Blank cells and repeated ones that a sheet may be filled up with."""
LARGEST_LINK = 10_000
"""Cells that one hyperlink lies behind: more than that is a whole column, and nobody's row."""


@dataclass(frozen=True)
class Run:
    """A stretch of a cell's text, and whether it is part of the value."""

    text: str
    fate: Fate = "kept"
    is_plain: bool = False
    """Without properties of its own: it is as the cell is."""


@dataclass(frozen=True)
class CellStyle:
    """What becomes of a cell's content by its font, and the number format where that shows another number ('' else)."""

    fate: Fate = "kept"
    scaled: str = ""


def is_number(value: Cell) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass
class Canvas:
    """All places are those of the sheet, from 0; `rows[0][0]` stands at (`top`, `left`)."""

    rows: list[list[Cell]] = field(default_factory=list)
    top: int = 0
    left: int = 0
    spans: list[Span] = field(default_factory=list)
    errors: dict[Place, str] = field(default_factory=dict)
    links: dict[Place, str] = field(default_factory=dict)
    struck: set[Place] = field(default_factory=set)
    left_out: dict[Place, str] = field(default_factory=dict)
    scaled: dict[Place, str] = field(default_factory=dict)
    room: int = ROOM
    """How many blank cells may still be put in to reach cells far off."""

    def get(self, place: Place) -> Cell:
        row, column = place[0] - self.top, place[1] - self.left
        if row < 0 or column < 0 or row >= len(self.rows) or column >= len(self.rows[row]):
            return ""
        return self.rows[row][column]

    def put(self, place: Place, value: Cell) -> None:
        """Sets a cell; the grid grows to it on any side."""
        if not self.rows:
            self.top, self.left = place
        if place[0] < self.top:
            self.take(self.top - place[0])
            self.rows[:0] = [[] for _ in range(self.top - place[0])]
            self.top = place[0]
        if place[1] < self.left:
            self.take((self.left - place[1]) * len(self.rows))
            blank: list[Cell] = [""] * (self.left - place[1])
            self.rows = [blank + row for row in self.rows]
            self.left = place[1]
        row, column = place[0] - self.top, place[1] - self.left
        if row >= len(self.rows):
            self.take(row - len(self.rows))
            self.rows += [[] for _ in range(row + 1 - len(self.rows))]
        cells = self.rows[row]
        if column >= len(cells):
            self.take(column - len(cells))
            cells += [""] * (column + 1 - len(cells))
        cells[column] = value

    def take(self, cells: int) -> None:
        """Raises FileRejected where blank or repeated cells are more than anybody fills."""
        self.room -= cells
        if self.room < 0:
            raise too_large("表格中的空白行列过多，没有读取。请把数据复制到新的工作簿后重新报送")

    def put_error(self, place: Place, shown: str) -> None:
        self.put(place, shown)
        self.errors[place] = shown

    def put_text(self, place: Place, runs: Iterable[Run], value: Cell = None) -> None:
        """A cell's text as its runs leave it: `value` (else the text) where all of it counts."""
        pieces = [run for run in runs if run.text]
        whole = "".join(run.text for run in pieces)
        lost = {run.fate for run in pieces if run.fate != "kept" and run.text.strip()}
        if not lost:
            self.put(place, whole if value is None else value)
            return
        kept = "".join(run.text for run in pieces if run.fate == "kept")
        self.put(place, kept if kept.strip() else "")
        self.left_out[place] = whole
        if not kept.strip() and lost == {"struck"}:
            self.struck.add(place)

    def put_runs(self, place: Place, runs: Iterable[Run], fate: Fate) -> None:
        """A text that is there already, as its runs leave it; one without properties is as the cell's own font is."""
        own = [Run(run.text, fate if run.is_plain else run.fate) for run in runs]
        if any(run.fate != "kept" for run in own):
            self.put_text(place, own, self.get(place))

    def apply_style(self, place: Place, style: CellStyle) -> None:
        """What a cell's own font and number format leave of its value."""
        if style.fate != "kept":
            text = as_text(self.get(place))
            if text.strip() and place not in self.errors:
                self.put_text(place, [Run(text, style.fate)])
        elif style.scaled and is_number(self.get(place)):
            self.scaled[place] = style.scaled

    def link(self, area: Span, address: str) -> None:
        """A hyperlink that lies behind an area."""
        taken = 0
        if area.right < area.left:
            return
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                if (taken := taken + 1) > LARGEST_LINK:
                    return
                self.links.setdefault((row, column), address)

    def note_errors(self) -> None:
        """Marks texts that are cell errors, in formats that know nothing but text."""
        for down, cells in enumerate(self.rows):
            for right, cell in enumerate(cells):
                if isinstance(cell, str) and cell.startswith("#") and cell.strip() in ERRORS:
                    self.errors[(down + self.top, right + self.left)] = cell.strip()

    def sheet(self, name: str, above: Iterable[str] = (), **known: bool) -> Sheet:
        """The finished sheet: merges inside the grid, what they cover blank."""
        spans = self._spans()
        marks = Marks(
            spans,
            self._inside(self.errors),
            self._inside(self.links),
            frozenset((row - self.top, column - self.left) for row, column in self.struck),
            self._inside(self.left_out),
            self._inside(self.scaled),
        )
        return Sheet(
            name,
            self.rows,
            self.top + 1,
            self.left + 1,
            list(above),
            marks=marks if marks else NO_MARKS,
            **known,
        )

    def _inside(self, marks: dict[Place, str]) -> dict[Place, str]:
        """Marks on cells of the grid, by their place in it."""
        if not marks:
            return {}
        bottom, right = self.top + len(self.rows), self.left + max(map(len, self.rows), default=0)
        return {
            (row - self.top, column - self.left): said
            for (row, column), said in marks.items()
            if self.top <= row < bottom and self.left <= column < right
        }

    def _spans(self) -> tuple[Span, ...]:
        """Merges cut to the grid. Real ones never overlap: once more cells are covered than there are, no more are taken."""
        if not self.spans:
            return ()
        width = max(map(len, self.rows), default=0)
        budget = len(self.rows) * width
        found = []
        for span in self.spans:
            top, left = span.top - self.top, span.left - self.left
            bottom = min(span.bottom - self.top, len(self.rows) - 1)
            right = min(span.right - self.left, width - 1)
            area = (bottom - top + 1) * (right - left + 1)
            if top < 0 or left < 0 or bottom < top or right < left or area < 2 or area > budget:
                continue
            budget -= area
            found.append(Span(top, left, bottom, right))
            self._blank(found[-1])
        return tuple(found)

    def _blank(self, span: Span) -> None:
        for row in range(span.top, span.bottom + 1):
            cells = self.rows[row]
            start = span.left + (row == span.top)
            for column in range(start, min(span.right + 1, len(cells))):
                cells[column] = ""
                place = (row + self.top, column + self.left)
                self.errors.pop(place, None)
                self.left_out.pop(place, None)
                self.struck.discard(place)
