"""What a unit is told of a fault: the sentence that fits its cause, with the cell, the row and the value filled in."""

import re

from pipelines.check.suites import Rule
from pipelines.notice.model import Notice
from pipelines.read.values import CountGrammar, Counties, DateGrammar, count_cause, date_cause, is_formula

SHOWN = 60
"""Signs of a cell that a sentence repeats."""
_GAPS = re.compile(r"\{(row|header|value|city)\}")
_BETWEEN = " / "
"""Stands between the values of a field that were found in several cells and differ."""


class Sentences:
    """Says faults in the words of their rules, by one notice's grammar."""

    def __init__(self, notice: Notice) -> None:
        self._counts, self._dates, self._counties = (
            CountGrammar.of(notice.words),
            DateGrammar.of(notice),
            Counties(notice),
        )

    def say(self, rule: Rule, row: int, header: str, given: str, *, is_personal: bool) -> str:
        """Of a personal column nothing is repeated but an error that stands in place of a value."""
        value = " ".join(given.split())[:SHOWN]
        filled = {
            "row": str(row),
            "header": header,
            "value": "…" if is_personal and rule.reason != "cell_error" else value,
            "city": self._counties.city_of(given, "") or "",
        }
        sentence = (
            rule.causes.get(self._cause(rule.reason, given), rule.sentence) if rule.causes else rule.sentence
        )
        return _GAPS.sub(lambda gap: filled[gap[1]], sentence)

    def _cause(self, reason: str, given: str) -> str:
        if reason == "bad_number":
            return count_cause(given, self._counts)
        if reason == "bad_date":
            return date_cause(given, self._dates)
        if reason == "cell_error" and is_formula(given):
            return "formula"
        if reason == "ambiguous_value" and _BETWEEN in given:
            return "several"
        return "other_city" if reason == "unknown_county" and self._counties.city_of(given, "") else ""
