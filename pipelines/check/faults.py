"""Which of a row's failed rules it is told of: one a cell, the first in the contract's order, and how they are numbered."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from pipelines.check.sentences import Sentences, say_renamed
from pipelines.check.suites import REASONS, ROW, STANDS_ALONE, Rule
from pipelines.notice.model import Notice
from pipelines.read.rows.sentences import of_answer

Places = Mapping[tuple[str, int], dict[str, list[Any]]]
"""(submission, table) -> field -> [column number, header as received]."""


@dataclass(frozen=True)
class Fault:
    """A rule that a row fails, and the field it stands on: '' where that is the row as a whole."""

    rule: Rule
    field: str
    order: tuple[int, int]
    """Of its reason, then of its column: what is named first."""

    @property
    def stands_alone(self) -> bool:
        """A slipped record, and a zero word beside counts: nothing else in the row can be told. What is ambiguous beside the
        other rows of its table (it stands on no field) may lack something besides."""
        reason = self.rule.reason
        return (
            self.rule.is_of_row
            and reason in STANDS_ALONE
            and (reason != "ambiguous_value" or bool(self.field))
        )

    @property
    def cell(self) -> tuple[str, str]:
        return self.field, self.rule.severity


def settle(faults: list[Fault]) -> list[Fault]:
    """A row's faults in the order in which they are told. What is wrong with the whole row may silence its cells."""
    alone = [one for one in faults if one.stands_alone]
    told: dict[tuple[str, str], Fault] = {}
    for one in sorted(alone[:1] or faults, key=lambda fault: fault.order):
        told.setdefault(one.cell, one)
    return list(told.values())


def row_verdicts(
    notice: Notice,
    deliverable: str,
    rules: list[Rule],
    failing: dict[int, list[int]],
    table: pa.Table,
    places: Places,
    sentences: Sentences,
    answers: Mapping[str, int] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """The verdicts on all rows of a deliverable; `fault_number` counts from 1 in each row. `answers`: submissions that are
    answers to a form, and how many rows each has."""
    columns = {name: number for number, name in enumerate(notice.deliverables[deliverable].columns, 1)}
    indexes = sorted({index for found in failing.values() for index in found})
    rows = dict(zip(indexes, table.take(pa.array(indexes, pa.int64())).to_pylist(), strict=True))
    faults: dict[int, list[Fault]] = {index: [] for index in indexes}
    for rule in rules:
        for index in failing[rule.number]:
            field = rows[index][f"{ROW}_field"] or "" if rule.is_of_row else rule.column
            order = (REASONS.index(rule.reason), columns.get(field, 0))
            faults[index].append(Fault(rule, field, order))
    return [
        _verdict(notice, deliverable, fault, number, rows[index], places, sentences, answers)
        for index in indexes
        for number, fault in enumerate(settle(faults[index]), 1)
    ]


def _verdict(
    notice: Notice,
    deliverable: str,
    fault: Fault,
    number: int,
    row: dict[str, Any],
    places: Places,
    sentences: Sentences,
    answers: Mapping[str, int],
) -> dict[str, Any]:
    item, rule = notice.deliverables[deliverable], fault.rule
    default = item.columns[fault.field].headers[0] if fault.field in item.columns else ""
    found = places[(row["submission_id"], row["table_number"])]
    place = found.get(fault.field, [None, default])
    other = found.get(rule.other, [None, rule.other_header])[1], row.get(f"{rule.other}_given") or ""
    renamed = place[3].get("renamed") if len(place) > 3 else None
    given = row.get(f"{fault.field}_given")
    is_personal = bool(fault.field) and item.field(fault.field).personal
    sentence = say_renamed(rule.reason, row["row_number"], place[1], renamed) or sentences.say(
        rule, row["row_number"], place[1], given or "", is_personal=is_personal, other=other
    )
    if row["submission_id"] in answers:
        sentence = of_answer(sentence, row["row_number"], row["row_order"], answers[row["submission_id"]])
    return {
        "submission_id": row["submission_id"],
        "deliverable": deliverable,
        "sheet": row["sheet"],
        "table_number": row["table_number"],
        "row_number": row["row_number"],
        "fault_number": number,
        "column_name": fault.field,
        "column_number": place[0],
        "header": place[1],
        "value": given,
        "reason": rule.reason,
        "severity": rule.severity,
        "sentence": sentence,
        "is_personal": is_personal,
    }
