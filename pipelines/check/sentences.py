"""What a unit is told of a fault: the sentence that fits its cause, with the cell, the row and the value filled in."""

import re
from collections.abc import Sequence
from typing import Any

from pipelines.check.suites import Rule
from pipelines.notice.kinds import OCCURRED
from pipelines.notice.model import Notice
from pipelines.read.rows.sentences import letters
from pipelines.read.values import (
    CountGrammar,
    Counties,
    DateGrammar,
    count_cause,
    date_cause,
    is_formula,
    moment_cause,
)

SHOWN = 60
"""Signs of a cell that a sentence repeats."""
_GAPS = re.compile(r"\{(row|header|value|city|other|other_value)\}")
_BETWEEN = " / "
"""Stands between the values of a field that were found in several cells and differ."""


def say_renamed(reason: str, row: int, header: str, renamed: Sequence[Any] | None) -> str | None:
    """What is told instead where a required column is there under another header (read/rows/renamed.py); None where not."""
    if reason != "missing_required" or not renamed:
        return None
    column, header_row, text, is_sure = renamed
    cell, shown = f"{letters(column)}{header_row}", " ".join(str(text).split())[:SHOWN]
    if is_sure:
        return (
            f"第{row}行没有读到“{header}”：{cell} 的表头写的是“{shown}”，认不出，请把 {cell} 改为“{header}”"
        )
    return (
        f"第{row}行没有读到“{header}”：表里没有这个表头，只有 {cell}“{shown}”一列没有读；"
        f"如果就是它，请把 {cell} 改为“{header}”，否则请补上“{header}”一列"
    )


class Sentences:
    """Says faults in the words of their rules, by one notice's grammar."""

    def __init__(self, notice: Notice) -> None:
        self._counts, self._dates, self._counties = (
            CountGrammar.of(notice.words),
            DateGrammar.of(notice),
            Counties(notice),
        )

    def say(
        self,
        rule: Rule,
        row: int,
        header: str,
        given: str,
        *,
        is_personal: bool,
        other: tuple[str, str] = ("", ""),
    ) -> str:
        """Of a personal column nothing is repeated but an error that stands in place of a value. `other`: header and cell that
        this one was compared with."""
        value = " ".join(given.split())[:SHOWN]
        filled = {
            "row": str(row),
            "header": header,
            "value": "…" if is_personal and rule.reason != "cell_error" else value,
            "city": self._counties.city_of(given, "") or "",
            "other": other[0],
            "other_value": " ".join(other[1].split())[:SHOWN],
        }
        sentence = rule.causes.get(self._cause(rule, given), rule.sentence) if rule.causes else rule.sentence
        return _GAPS.sub(lambda gap: filled[gap[1]], sentence)

    def _cause(self, rule: Rule, given: str) -> str:
        reason = rule.reason
        if reason == "bad_number":
            return count_cause(given, self._counts)
        if reason == "bad_date":
            return (moment_cause if rule.column == OCCURRED else date_cause)(given, self._dates)
        if reason == "cell_error" and is_formula(given):
            return "formula"
        if reason == "ambiguous_value" and _BETWEEN in given:
            return "several"
        return "other_city" if reason == "unknown_county" and self._counties.city_of(given, "") else ""
