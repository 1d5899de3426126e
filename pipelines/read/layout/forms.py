"""Plan and statistics as a form: labels with their value beside them, or behind a colon; also a table on its side."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipelines.read.grid import Sheet
from pipelines.read.layout.header_key import HeaderKey
from pipelines.read.layout.headers import HeaderFinder
from pipelines.read.layout.model import Form, FormValue, Role, is_filled
from pipelines.read.layout.words import Words
from pipelines.read.values import Cell, as_text, normalize

FORM_KINDS = ("plan", "statistics")
PRINTED = ("unit_name", "period_date")
"""What a template prints: a row of nothing else is empty, so is a form."""
_INLINE = re.compile(r"[:：]")
_NUMBER = re.compile(r"[\d.,，+\-]*\d[\d.,，+\-]*[^\d]{0,4}")


class FormFinder:
    """Reads sheets without a header as forms, by one notice's lists."""

    def __init__(self, headers: HeaderFinder, words: Words) -> None:
        self._headers, self._words = headers, words

    def find(self, sheet: Sheet) -> Form | None:
        """The form that names most fields of a deliverable, at least half of its required ones; None where none does."""
        best: tuple[tuple[float, int], Form] | None = None
        for name, item in self._headers.deliverables.items():
            if item.kind not in FORM_KINDS:
                continue
            values: dict[str, FormValue] = {}
            declared: dict[str, FormValue] = {}
            for field, value in self._labelled(sheet, name):
                if normalize(value.label).rstrip(":") in self._words.reporting_unit:
                    declared.setdefault(field, value)
                    continue
                known = values.setdefault(field, value)
                if known is not value and normalize(as_text(known.cell)) != normalize(as_text(value.cell)):
                    if not is_filled(known.cell):
                        values[field] = value
                    elif is_filled(value.cell):
                        values[field] = _ambiguous(known)
            values = declared | values
            required = [field for field, column in item.columns.items() if column.required]
            have = sum(field in values for field in required)
            if not _is_filled_in(values) or have * 2 < len(required):
                continue
            score = (have / len(required), len(values))
            if best is None or score > best[0]:
                row = sheet.first_row + min(value.row for value in values.values())
                lines = [*sheet.above, *(as_text(cell) for line in sheet.rows[:20] for cell in line)]
                is_scaled = any(map(self._words.states_multiplier, lines))
                best = score, Form(name, sheet, 1, row, values, is_scaled, self._words.stated_money(lines))
        return best[1] if best else None

    def _labelled(self, sheet: Sheet, deliverable: str) -> Iterator[tuple[str, FormValue]]:
        for number, row in enumerate(sheet.rows):
            labels = [
                (place, *found)
                for place, cell in enumerate(row)
                if isinstance(cell, str) and (found := self._label(deliverable, cell))
            ]
            for index, (place, field, key, inline) in enumerate(labels):
                end = labels[index + 1][0] if index + 1 < len(labels) else len(row)
                yield field, self._value(row, number, place, end, key, inline, deliverable)

    def _label(self, deliverable: str, text: str) -> tuple[str, HeaderKey, str] | None:
        """(field, key, what stands behind a colon in the same cell)."""
        if found := self._headers.field_of_label(deliverable, text):
            return *found, ""
        parts = _INLINE.split(text, maxsplit=1)
        if (
            len(parts) == 2
            and parts[1].strip()
            and (found := self._headers.field_of_label(deliverable, parts[0]))
        ):
            return *found, parts[1].strip()
        return None

    def _value(
        self,
        row: list[Cell],
        number: int,
        place: int,
        end: int,
        key: HeaderKey,
        inline: str,
        deliverable: str,
    ) -> FormValue:
        label = " ".join(as_text(row[place]).split())
        if inline:
            return FormValue(label, number, place, inline, False, key.factor, key.has_unit)
        behind = [
            at
            for at in range(place + 1, end)
            if is_filled(row[at])
            and normalize(as_text(row[at])) not in self._words.units
            and not (
                isinstance(row[at], str) and self._headers.is_ignored_label(deliverable, as_text(row[at]))
            )
        ]
        if not behind:
            return FormValue(label, number, min(place + 1, len(row)), "", False, key.factor, key.has_unit)
        numbers = [at for at in behind if _is_number(row[at])]
        is_ambiguous = len(numbers) > 1 and numbers[0] == behind[0]
        is_scaled = any(self._words.is_multiplied_unit(row[at]) for at in behind[1:])
        return FormValue(
            label, number, behind[0], row[behind[0]], is_ambiguous, key.factor, key.has_unit, is_scaled
        )

    def roles(self, form: Form) -> Iterator[tuple[tuple[int, int], Role]]:
        """The role of every filled cell of the form's sheet that has one."""
        rows = {value.row for value in form.values.values()}
        values = {(value.row, value.at) for _, value in self._labelled(form.sheet, form.deliverable)}
        first = min(rows)
        for number, row in enumerate(form.sheet.rows):
            is_remark = self._words.is_remark(next(filter(is_filled, row), None))
            for place, cell in enumerate(row):
                if not is_filled(cell):
                    continue
                if (number, place) in values:
                    yield (number, place), "value"
                elif (
                    (isinstance(cell, str) and self._label(form.deliverable, cell))
                    or normalize(as_text(cell)) in self._words.units
                    or (number in rows and self._words.is_multiplied_unit(cell))
                ):
                    yield (number, place), "header"
                elif number < first:
                    yield (number, place), "title"
                elif number in rows and _is_number(cell):
                    yield (number, place), "value"
                elif is_remark:
                    yield (number, place), "remark"


def _is_filled_in(values: dict[str, FormValue]) -> bool:
    """A line of labels alone is no form: it may be the header of a table that lacks a column."""
    return any(is_filled(value.cell) for field, value in values.items() if field not in PRINTED)


def _ambiguous(value: FormValue) -> FormValue:
    return replace(value, is_ambiguous=True)


def _is_number(cell: Cell) -> bool:
    if isinstance(cell, bool) or cell is None:
        return False
    return isinstance(cell, int | float) or (
        isinstance(cell, str) and len(cell) < 40 and bool(_NUMBER.fullmatch(normalize(cell)))
    )
