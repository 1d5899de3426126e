"""Of a sheet on which no header was recognised: the row that comes nearest to one, and what it lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipelines.read.grid import Sheet
from pipelines.read.layout.headers import HeaderFinder
from pipelines.read.values import as_text, normalize

LEAST = 2
"""Known headers that make a row look like one."""
ALIKE = 0.5
LONGEST = 40


@dataclass(frozen=True)
class NearHeader:
    """`row` as people number it; `missing` the required header that it lacks, and the cell (row, column) that resembles it."""

    sheet: str
    row: int
    missing: str
    column: int | None = None
    text: str = ""


def find_near_header(
    headers: HeaderFinder, sheets: Sequence[Sheet], deliverable: str, rows: int
) -> NearHeader | None:
    """None where no row names two columns of the deliverable, or the nearest lacks nothing that can be named."""
    item = headers.deliverables.get(deliverable)
    best: tuple[int, Sheet, int, dict[str, int]] | None = None
    for sheet in sheets if item else ():
        for at, row in enumerate(sheet.rows[:rows]):
            named = {
                found[0]: place
                for place, cell in enumerate(row)
                if isinstance(cell, str) and (found := headers.field_of_label(deliverable, cell))
            }
            if len(named) >= LEAST and (best is None or len(named) > best[0]):
                best = len(named), sheet, at, named
    if best is None or item is None:
        return None
    _, sheet, at, named = best
    required = [name for name, one in item.columns.items() if one.required and name not in named]
    required.sort(key=lambda name: name != item.dated_by)
    if not required:
        return None
    listed = item.columns[required[0]].headers
    others = {
        place: as_text(cell) for place, cell in enumerate(sheet.rows[at]) if place not in named.values()
    }
    alike = {
        place: max(SequenceMatcher(None, normalize(text), normalize(header)).ratio() for header in listed)
        for place, text in others.items()
        if 0 < len(text) <= LONGEST
    }
    place = max(alike, key=lambda one: alike[one], default=None)
    if place is None or alike[place] <= ALIKE:
        return NearHeader(sheet.name, sheet.first_row + at, listed[0])
    return NearHeader(
        sheet.name,
        sheet.first_row + at,
        listed[0],
        sheet.first_column + place,
        " ".join(others[place].split()),
    )
