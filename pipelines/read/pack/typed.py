"""Tables in a letter without looks: what was copied out of a sheet stands there with tabs between its cells."""

from collections.abc import Iterator
from html import escape
from itertools import groupby

FEWEST_CELLS = 3
FEWEST_ROWS = 2


def typed_tables(text: str) -> str:
    """The text as a page in which such lines are rows; '' where no table is among them. What a reply quotes is left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(">")]
    parts = [(is_row, list(group)) for is_row, group in groupby(lines, _is_row)]
    if not any(is_row and len(rows) >= FEWEST_ROWS for is_row, rows in parts):
        return ""
    return "".join(_page(parts))


def _is_row(line: str) -> bool:
    return line.count("\t") >= FEWEST_CELLS - 1


def _page(parts: list[tuple[bool, list[str]]]) -> Iterator[str]:
    for is_row, lines in parts:
        if is_row:
            rows = ("".join(f"<td>{escape(cell)}</td>" for cell in line.split("\t")) for line in lines)
            yield f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
        else:
            yield "".join(f"<p>{escape(line)}</p>" for line in lines)
