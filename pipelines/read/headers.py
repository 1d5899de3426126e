"""The row that names a table's columns, and the line above it that names the unit."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipelines.read.sheets import Sheet
from pipelines.read.values import Cell, as_text, normalize

_IN_BRACKETS = re.compile(r"(?P<bare>.+)\((?P<inside>[^()]*)\)", re.S)
_QUESTION_NUMBER = re.compile(r"^\d+[、.)]")
_NEXT_LABEL = re.compile(r"\s{2,}|\s(?=[^\s:：]{2,8}[:：])")
"""What ends a unit's name in its line: a gap, or another label."""


@dataclass(frozen=True)
class Header:
    """A recognised header row: where it stands and which column holds which field."""

    deliverable: str
    row_index: int
    columns: dict[str, int]
    unit_column: int | None
    number_column: int | None
    first_column: int
    """Where the table begins: the first header that says anything."""


@dataclass(frozen=True)
class HeaderKey:
    """A header cell as it is, and without what stands in brackets at its end; `is_unit`: that is a unit such as （人）."""

    plain: str
    bare: str
    is_unit: bool

    def forms(self, is_sure: bool) -> tuple[str, ...]:
        """What it may be found under: surely, or only because nothing better was."""
        if is_sure:
            return (self.plain, self.bare) if self.is_unit else (self.plain,)
        return (self.bare,)


@lru_cache(maxsize=8192, typed=True)
def header_key(cell: Cell, numbered: bool, units: frozenset[str]) -> HeaderKey:
    plain = normalize(as_text(cell))
    if numbered:
        plain = _QUESTION_NUMBER.sub("", plain)
    found = _IN_BRACKETS.fullmatch(plain)
    return (
        HeaderKey(plain, found["bare"], found["inside"] in units) if found else HeaderKey(plain, plain, True)
    )


def match_columns(keys: list[HeaderKey], fields: dict[str, str]) -> dict[str, int]:
    """Field -> column. A sure header beats one stripped of its brackets; of two that are equal, the first counts."""
    found: dict[str, int] = {}
    for is_sure in (True, False):
        for column, key in enumerate(keys):
            field = next((fields[form] for form in key.forms(is_sure) if form in fields), None)
            if field and column not in found.values():
                found.setdefault(field, column)
    return found


def find_column(keys: list[HeaderKey], words: frozenset[str]) -> int | None:
    return next((column for column, key in enumerate(keys) if words & {key.plain, key.bare}), None)


class UnitLine:
    """填报单位：… and its like, by the notice's words for it."""

    def __init__(self, labels: Iterable[str]) -> None:
        # The label's letters are often set apart, and a stamp's place may stand in brackets behind them.
        either = "|".join(r"\s*".join(map(re.escape, normalize(word))) for word in labels)
        self._pattern = re.compile(
            rf"(?:^|.*?\s)(?:{either})\s*(?:[(（][^()（）]*[)）])?\s*(?P<colon>[:：])?\s*(?P<name>.*)", re.S
        )

    def find(self, sheet: Sheet, header: Header | None, header_rows: int) -> str:
        """What 填报单位：… above the table says, '' where it says nothing."""
        lines: list[list[str]] = [[text] for text in sheet.above]
        end = header.row_index if header else min(len(sheet.rows), header_rows)
        lines += [[as_text(cell) for cell in row] for row in sheet.rows[:end]]
        for line in lines:
            for index, cell in enumerate(line):
                found = self._name_in(cell, line[index + 1 :])
                if found:
                    return found
        return ""

    def _name_in(self, cell: str, following: list[str]) -> str:
        match = self._pattern.fullmatch(cell.strip())
        if not match:
            return ""
        name = _NEXT_LABEL.split(match["name"].strip())[0]
        if name:
            return name if match["colon"] else ""
        return next((text.strip() for text in following if text.strip()), "")
