"""Whose the rows of a table are, once it is known whose the file is (contract 4.3, *Whose rows*)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

from pipelines.notice.deliverable import Deliverable
from pipelines.read.grid import Sheet
from pipelines.read.layout.words import Words
from pipelines.read.rows.model import UNDERSTOOD, Note, ReadTable, SheetRows
from pipelines.read.rows.sentences import note
from pipelines.read.rows.statistics import settle_statistics
from pipelines.read.values import normalize

Whose = Literal["own", "other", "nobody", "none", "part"]
"""own: the unit's. other: another recipient's. nobody: no name. none: what is no recipient. part: 其中 …"""
FindUnit = Callable[[str], str | None]
"""The recipient, of any line, that a name is; None where it is nobody's."""


class WhoseRows:
    """Names the rows of one file's tables."""

    def __init__(self, recipient: str, find: FindUnit, words: Words) -> None:
        self._recipient, self._find, self._words = recipient, find, words

    def settle(self, found: ReadTable, sheet: Sheet, item: Deliverable) -> None:
        """Rows of others are named, parts taken away, sums put in their place. Plan, list and materials keep every row."""
        if item.kind == "statistics":
            settle_statistics(found, sheet, item, self.of)
        elif item.kind == "plan":
            self._settle_plan(found)
        elif item.kind == "list":
            found.notes += self._others_named(found)
            found.rows = replace(found.rows, columns=_understood(found.rows))
        elif item.kind == "materials":
            found.notes += self._others_named(found)

    def of(self, name: str) -> Whose:
        plain = normalize(name)
        if not plain:
            return "nobody"
        if plain in self._words.own:
            return "own"
        code = self._find(name)
        if code is not None:
            return "own" if code == self._recipient else "other"
        return "part" if plain.startswith(self._words.parts) else "none"

    def _settle_plan(self, found: ReadTable) -> None:
        """Rows of the unit, of nobody or of what is no recipient are its liaisons."""
        rows = found.rows
        whose = [self.of(name) for name in rows.unit_names]
        states = [
            "other_unit" if one == "other" else state
            for one, state in zip(whose, rows.row_states, strict=True)
        ]
        fields = [
            "unit_name" if one == "other" else field
            for one, field in zip(whose, rows.row_state_fields, strict=True)
        ]
        found.rows = replace(rows, columns=_understood(rows), row_states=states, row_state_fields=fields)

    def _others_named(self, found: ReadTable) -> Iterator[Note]:
        rows = found.rows
        for row, name in zip(rows.row_numbers, rows.unit_names, strict=True):
            if name and self.of(name) == "other":
                yield note("other_unit_named", rows.sheet, rows.sheet_number, row=row, value=name)


def _understood(rows: SheetRows) -> dict[str, Sequence[Any]]:
    """The columns, where a unit's name that is blank is no fault: the sender's row needs none."""
    columns, count = dict(rows.columns), len(rows.row_numbers)
    given = columns.get("unit_name_given", [None] * count)
    known = columns.get("unit_name_state", [None] * count)
    columns["unit_name_state"] = [
        UNDERSTOOD if text is None else state for text, state in zip(given, known, strict=True)
    ]
    return columns
