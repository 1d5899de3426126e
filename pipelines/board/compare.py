"""Two versions of one sheet: which rows are new, gone or changed, and which cells of the changed ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import zip_longest

from pipelines.read.drawn import DrawnRow, DrawnSheet

NEW, GONE, CHANGED = "new", "gone", "changed"
CHANGES = {NEW: ("＋", "新增的行"), GONE: ("－", "删去的行"), CHANGED: ("≠", "改动的行")}


@dataclass
class Changes:
    """By row number; `before` tells of each changed cell (row, column) what the other version says there."""

    rows: dict[int, str] = field(default_factory=dict)
    before: dict[tuple[int, int], str] = field(default_factory=dict)

    def count(self, what: str) -> int:
        return sum(one == what for one in self.rows.values())


def compare(old: DrawnSheet, new: DrawnSheet) -> tuple[Changes, Changes]:
    """What changed, as the old and as the new one shows it. Only rows that are drawn are compared."""
    ours, theirs = Changes(), Changes()
    before, after = ([_texts(row) for row in sheet.rows] for sheet in (old, new))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, left, left_end, right, right_end in matcher.get_opcodes():
        if what == "equal":
            continue
        for one, other in zip_longest(old.rows[left:left_end], new.rows[right:right_end]):
            if one is None:
                theirs.rows[other.number] = NEW
            elif other is None:
                ours.rows[one.number] = GONE
            else:
                ours.rows[one.number] = theirs.rows[other.number] = CHANGED
                _compare_cells(one, other, ours, theirs)
    return ours, theirs


def _texts(row: DrawnRow) -> tuple[tuple[int, str], ...]:
    """What a row says; blanks at its end, which a wider version has, are no difference."""
    return tuple((cell.column, cell.text) for cell in row.cells if cell.text)


def _compare_cells(one: DrawnRow, other: DrawnRow, ours: Changes, theirs: Changes) -> None:
    old, new = dict(_texts(one)), dict(_texts(other))
    for column in sorted({*old, *new}):
        before, after = old.get(column, ""), new.get(column, "")
        if before != after:
            ours.before[one.number, column] = after
            theirs.before[other.number, column] = before


def pair(old: Sequence[DrawnSheet], new: Sequence[DrawnSheet]) -> list[tuple[DrawnSheet, DrawnSheet]]:
    """Sheets of one name; a lone sheet that was renamed is still the same."""
    if len(old) == len(new) == 1:
        return [(old[0], new[0])]
    named = {one.name: one for one in old}
    return [(named[one.name], one) for one in new if one.name in named]
