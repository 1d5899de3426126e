"""填报单位：… and its like: the line, or the label, that says whose a table is."""

import re
from collections.abc import Iterable, Sequence

from pipelines.read.layout.words import either, spaced
from pipelines.read.values import normalize

_NEXT_LABEL = re.compile(r"\s{2,}|\s(?=[^\s:：]{2,8}[:：])")
"""What ends a unit's name in its line: a gap, or another label."""


class UnitLine:
    """Finds the declaration by the notice's words for it."""

    def __init__(self, labels: Iterable[str]) -> None:
        # The label's letters are often set apart, and a stamp's place may stand in brackets behind them.
        words = either(map(normalize, labels), spaced)
        self._label = re.compile(rf"(?:^|\s)(?:{words})\s*(?:[(（][^()（）]*[)）])?\s*(?P<colon>[:：])?")

    def find(self, lines: Iterable[Sequence[str]]) -> tuple[str, int] | None:
        """(the name, the line's place) of the first that says something; a line is a row's cells, or a paragraph alone."""
        for place, line in enumerate(lines):
            for index, cell in enumerate(line):
                if cell and (found := self._name_in(cell, line[index + 1 :])):
                    return found, place
        return None

    def is_label(self, text: str) -> bool:
        found = self._label.match(text.strip())
        return found is not None and found.end() == len(text.strip())

    def _name_in(self, cell: str, following: Sequence[str]) -> str:
        text = cell.strip()
        found = self._label.search(text) if len(text) < 2000 else None
        if not found:
            return ""
        rest = text[found.end() :].strip()
        if rest:
            return _NEXT_LABEL.split(rest)[0] if found["colon"] else ""
        return next((one.strip() for one in following if one.strip()), "")
