"""The rows of a statistics table -> the unit's own row of each period: stated, a total, or summed; others go back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pipelines.notice.deliverable import Deliverable
from pipelines.notice.kinds import OCCURRED
from pipelines.read.grid import Sheet
from pipelines.read.rows.model import UNDERSTOOD, ReadTable, SheetRows, TotalRow
from pipelines.read.rows.sentences import note

CellRead = tuple[Any, str | None, str | None]
"""A cell's value, its text as received, and its state."""
UNREAD = ("unreadable", "error", "ambiguous")
NOTHING: CellRead = (None, None, "blank")
NO_TEXT: CellRead = (None, None, None)
BETWEEN = " / "


@dataclass
class Record:
    """A row by itself: its number in the sheet, its unit, its cells by field."""

    row: int
    unit: str
    cells: dict[str, CellRead]
    whose: str = ""
    fault: str | None = None
    place: int = 0
    """Its index among the data rows."""
    is_zero: bool = False
    """Whether it is a zero report."""

    def count(self, name: str) -> int:
        return self.cells.get(name, NOTHING)[0] or 0


@dataclass
class Settled:
    """What stands of one period, what is only part of it, and how that was found."""

    kept: list[Record] = field(default_factory=list)
    parts: list[Record] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    uses_total: bool = False


def settle_statistics(found: ReadTable, sheet: Sheet, item: Deliverable, whose: Callable[[str], str]) -> None:
    """Puts the settled rows into `found`; each period for itself, and a total only where there is one period."""
    groups = group_by_period(found.rows, item, whose)
    total = next((one for one in reversed(found.totals) if not one.is_partial), None)
    settled = [
        Period(records, total if len(groups) < 2 else None, sheet, item).settle()
        for records in groups.values() or ([[]] if total else [])
    ]
    kept = sorted((one for period in settled for one in period.kept), key=lambda one: one.row)
    found.rows = _as_rows(found.rows, kept)
    for record in (one for period in settled for one in period.parts):
        found.roles[record.row - sheet.first_row] = "part"
    for record in kept:
        found.roles.pop(record.row - sheet.first_row, None)
    found.uses_total = any(period.uses_total for period in settled)
    for code in dict.fromkeys(code for period in settled for code in period.codes):
        row = total.row + sheet.first_row if total and code == "total_row_taken" else None
        found.notes.append(note(code, found.rows.sheet, found.rows.sheet_number, row=row))


def group_by_period(
    rows: SheetRows, item: Deliverable, whose: Callable[[str], str]
) -> dict[Any, list[Record]]:
    """The rows of each period; of what is reported as it happens, of each moment."""
    names = [name for name in rows.columns if f"{name}_given" in rows.columns]
    periods = [period for period in item.periods.periods() if period.first_day and period.last_day]
    groups: dict[Any, list[Record]] = {}
    for index, (row, unit, fault, is_zero) in enumerate(
        zip(rows.row_numbers, rows.unit_names, rows.row_states, rows.zero_reports, strict=True)
    ):
        cells: dict[str, CellRead] = {
            name: tuple(rows.columns[f"{name}{part}"][index] for part in ("", "_given", "_state"))
            for name in names
        }
        day = cells.get("period_date", NOTHING)[0]
        period = next((one.first_day for one in periods if _is_within(day, one.first_day, one.last_day)), day)
        if item.within is not None:
            period = cells.get(OCCURRED, NOTHING)[0]
        groups.setdefault(period, []).append(Record(row, unit, cells, whose(unit), fault, index, is_zero))
    return groups


def _is_within(day: Any, first: Any, last: Any) -> bool:
    return isinstance(day, date) and first <= day <= last


class Period:
    """The rows of one period, with the total below them where it speaks of them alone."""

    def __init__(
        self, records: list[Record], total: TotalRow | None, sheet: Sheet, item: Deliverable
    ) -> None:
        self._records, self._total, self._sheet = records, total, sheet
        self._item, self._indicators = item, item.indicators
        # A table owed once that asks for no unit's name has a row for each thing that is counted.
        self._names_nobody = "unit_name" not in item.columns and item.periods.every == "once"
        self._texts = [name for name in item.open_columns if name not in item.indicators]
        self._summed = [name for name in item.indicators if item.number(name).is_summed]
        if len(records) == 1 and records[0].whose in ("nobody", "none", "part"):
            _waive(records[0])
            records[0].whose = "own"

    def settle(self) -> Settled:
        own, other, nobody = self._of("own"), self._of("other"), self._of("nobody")
        none, part = self._of("none"), self._of("part")
        settled = Settled(kept=[*other])
        for record in other:
            record.fault = "other_unit"
        is_nameless = bool(nobody) and len(nobody) < len(self._records)
        if is_nameless:
            settled.kept += nobody
        if own:
            self._beside_own(own, none, part, other, None if is_nameless else self._total, settled)
        elif other or is_nameless:
            for record in (*none, *part):
                record.fault = "ambiguous_value"
            settled.kept += [*none, *part]
        elif self._total:
            self._take_total(self._total, [*none, *nobody], part, settled)
        elif none:
            settled.kept.append(self._sum(none))
            settled.parts += [*none[1:], *part]
            settled.codes += ["summed_rows", *["part_row"] * bool(part)]
        elif len(nobody) > 1 and self._names_nobody:
            settled.kept.append(self._sum(nobody))
            settled.parts += [*nobody[1:], *part]
            settled.codes.append("summed_rows")
        else:
            settled.kept += [*nobody, *part]
        return settled

    def _of(self, whose: str) -> list[Record]:
        return [record for record in self._records if record.whose == whose]

    def _beside_own(
        self,
        own: list[Record],
        none: list[Record],
        part: list[Record],
        other: list[Record],
        total: TotalRow | None,
        settled: Settled,
    ) -> None:
        settled.kept += own
        settled.parts += [*none, *part]
        if len({values_of(self._item, record) for record in own}) > 1:
            for record in own:
                record.fault = "repeated_row"
        elif total:
            self._weigh(own, none, other, total, settled)
        if settled.parts and not settled.codes:
            settled.codes.append("part_row")

    def _weigh(
        self, own: list[Record], none: list[Record], other: list[Record], total: TotalRow, settled: Settled
    ) -> None:
        """Own row, parts and a total: the own row if it equals the total or its parts, the total if it equals both together."""
        settled.uses_total = True
        names = [name for name in self._summed if name in total.cells]
        stated = [(total.cells[name][0] or 0) - _sum(other, name) for name in names]
        mine, parts = [own[0].count(name) for name in names], [_sum(none, name) for name in names]
        own_speaks = mine == stated or (bool(none) and mine == parts)
        total_speaks = mine != stated and stated == [
            one + rest for one, rest in zip(mine, parts, strict=True)
        ]
        if own_speaks and not total_speaks:
            return
        record = self._record(total)
        if total_speaks and not own_speaks:
            settled.kept = [one for one in settled.kept if one.whose != "own"]
            is_listed = bool(none) and own[0].place > max(one.place for one in none)
            # An own row that closes the list is one more line of it: then the total is taken as it is without one.
            settled.codes += ["total_row_taken"] if is_listed else ["part_row", "total_row_taken"]
            settled.parts += own
        else:
            for one in (*own, record):
                one.fault = "ambiguous_value"
        settled.kept.append(record)

    def _take_total(self, total: TotalRow, rows: list[Record], part: list[Record], settled: Settled) -> None:
        """Without an own row the last total speaks, if it is the sum of its rows."""
        record = self._record(total)
        spoken = [one for one in rows if total.first <= one.place < total.last]
        fits = all(
            cell[2] not in UNREAD and (cell[0] or 0) == _sum(spoken, name)
            for name, cell in total.cells.items()
            if name in self._summed
        )
        settled.uses_total = True
        settled.kept.append(record)
        settled.parts += [*rows, *part]
        if fits:
            settled.codes.append("total_row_taken")
        else:
            record.fault = "ambiguous_value"

    def _record(self, total: TotalRow) -> Record:
        record = Record(self._sheet.first_row + total.row, total.word, dict(total.cells), "total")
        record.cells["unit_name"] = (total.word, total.word, None)
        return record

    def _sum(self, rows: list[Record]) -> Record:
        """One row at the first one's number: blank and not applicable add nothing, and a fault of any is the sum's."""
        first, is_zero = rows[0], all(record.is_zero for record in rows)
        cells = dict(first.cells)
        for name in self._indicators:
            found = [record.cells.get(name, NOTHING) for record in rows]
            faulty = next((one for one in found if one[2] in UNREAD or (one[0] or 0) < 0), None)
            values = [one[0] for one in found if one[0] is not None]
            if faulty:
                cells[name] = faulty
            elif is_zero and values:
                cells[name] = next(one for one in found if one[0] is not None)
            elif values and name not in self._summed:
                # What may not be summed is not told by its parts: the unit has to say it.
                cells[name] = (None, found[0][1], "ambiguous") if len(rows) > 1 else found[0]
            elif values:
                is_about = any(one[2] == "approximate" for one in found)
                told = self._item.number(name).show(sum(values))
                cells[name] = (sum(values), told, "approximate" if is_about else "number")
            else:
                cells[name] = next((one for one in found if one[2] == "not_applicable"), found[0])
        for name in self._texts:
            found = [record.cells.get(name, NO_TEXT) for record in rows]
            given = [one for one in found if one[1] is not None]
            # What the parts say is the unit's only where they all say the same.
            if len({one[0] for one in given}) > 1:
                told = BETWEEN.join(dict.fromkeys(str(one[1]) for one in given))
                cells[name] = (None, told, "ambiguous")
            elif given:
                cells[name] = given[0]
        return Record(first.row, first.unit, cells, "own", first.fault, first.place, is_zero)


def values_of(item: Deliverable, record: Record) -> tuple[Any, ...]:
    """A row's values as read, those of the unit's name and the day apart."""
    texts = [name for name in item.open_columns if name not in item.indicators]
    found = [record.cells.get(name, NOTHING) for name in item.indicators]
    found += [record.cells.get(name, NO_TEXT) for name in texts]
    return tuple((one[0], one[0] is None and (one[2], one[1])) for one in found)


def _waive(record: Record) -> None:
    if record.cells.get("unit_name", NOTHING)[1] is None:
        record.cells["unit_name"] = (None, None, UNDERSTOOD)


def _sum(records: Iterable[Record], name: str) -> int:
    return sum(record.count(name) for record in records)


def _as_rows(rows: SheetRows, records: list[Record]) -> SheetRows:
    names = list(dict.fromkeys(name for record in records for name in record.cells))
    columns: dict[str, list[Any]] = {}
    for name in names:
        cells = [record.cells.get(name, (None, None, None)) for record in records]
        for place, part in enumerate(("", "_given", "_state")):
            columns[f"{name}{part}"] = [cell[place] for cell in cells]
    return replace(
        rows,
        row_numbers=[record.row for record in records],
        unit_names=[record.unit for record in records],
        zero_reports=[record.is_zero for record in records],
        columns=columns,
        row_states=[record.fault for record in records],
        row_state_fields=[_field_of(record) for record in records],
    )


def _field_of(record: Record) -> str | None:
    return "unit_name" if record.fault == "other_unit" else None
