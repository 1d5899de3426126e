"""One table -> its rows in canonical columns: what each row is, then a field at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pipelines.notice.deliverable import Deliverable
from pipelines.notice.model import Notice
from pipelines.read.layout.model import Table
from pipelines.read.layout.sheets import Layout
from pipelines.read.rows.body import Body, Columns, read_body
from pipelines.read.rows.fields import FieldReader
from pipelines.read.rows.model import ReadTable, SheetRows, TotalRow
from pipelines.read.rows.noting import header_notes, left_out_notes, scheme_notes, struck_rows
from pipelines.read.rows.readers import Readers
from pipelines.read.rows.roles import DATA, RowJudge
from pipelines.read.rows.sentences import note
from pipelines.read.rows.totals import differing_totals, open_sums, place_totals
from pipelines.read.rows.zero import empty_zero, judge_zero, take_zero
from pipelines.read.values import Cell, as_text


@dataclass
class Carry:
    """What a table that goes on elsewhere hands to its next part: last cells, the last day read, and the sums so far."""

    cells: dict[str, Cell] = field(default_factory=dict)
    day: Any = None
    sums: dict[str, int] = field(default_factory=dict)


class RowReader:
    """Reads the tables of one notice; made once a child process."""

    def __init__(self, notice: Notice, layout: Layout, readers: Readers) -> None:
        self._notice, self._layout, self._readers = notice, layout, readers

    def read(
        self, table: Table, number: int, carry: Carry | None = None, *, keep_all: bool = False
    ) -> tuple[ReadTable, Carry]:
        """`keep_all`: every row that shows anything is data, as in a questionnaire's export."""
        item = self._notice.deliverables[table.deliverable]
        before = carry if carry and table.continues else Carry()
        body = read_body(table, item)
        found = ReadTable(_no_rows(table, number), columns=_numbered(table))
        found.roles.update(dict.fromkeys((*table.header, *table.repeated), "header"))
        found.notes += struck_rows(table, number, found)
        chosen = list(range(len(body.rows))) if keep_all else self._choose(body, item, number, found)
        found.own = dict(zip(body.rows, body.own, strict=True))
        columns = body.choose(chosen)
        after = self._read_rows(item, columns, number, found, before, are_apart=keep_all)
        place_totals(found)
        found.differing = list(differing_totals(found, table, number, before.sums, item))
        found.notes += header_notes(table, number, columns, item)
        found.notes += left_out_notes(table, number, columns.rows, item)
        found.notes += scheme_notes(found.rows, found, item)
        counts = [name for name in table.fields if item.field(name).type == "count"]
        after.sums = open_sums(found, before.sums, counts)
        return found, after

    def _choose(self, body: Body, item: Deliverable, number: int, found: ReadTable) -> list[int]:
        """Which rows are data; the others' roles, totals and notes go into `found`."""
        table, chosen = body.table, list[int]()
        judge = RowJudge(
            table,
            item,
            self._layout.words,
            self._readers.validity(table),
            self._layout.unit_line.is_label,
            body.cells,
        )
        for index, is_plain in enumerate(judge.plain_rows(body.filled)):
            if is_plain:
                chosen.append(index)
                continue
            row, cells, filled = body.rows[index], body.cells[index], body.filled[index]
            judged = judge.judge(row, cells, filled)
            if judged is DATA:
                chosen.append(index)
                continue
            found.roles[row] = judged.role
            if judged.role == "total":
                found.totals.append(self._total(table, item, row, cells, judged.word, len(chosen)))
            if judged.is_noted:
                said = as_text(cells[filled[0]])
                at = table.sheet.first_row + row
                found.notes.append(note("unread_row", table.sheet.name, number, row=at, value=said))
        found.has_ditto = judge.has_ditto
        return chosen

    def _total(
        self, table: Table, item: Deliverable, row: int, cells: Sequence[Cell], word: str, last: int
    ) -> TotalRow:
        values: dict[str, Any] = {}
        for name, source in table.fields.items():
            if item.field(name).type == "count":
                place = source.winners[0].at - table.left
                reader = self._readers.of_column(table, name, source.winners[0])
                (values[name],) = reader.of([cells[place] if place < len(cells) else ""])
        return TotalRow(row, word, word in self._layout.words.partial, values, last)

    def _read_rows(
        self,
        item: Deliverable,
        columns: Columns,
        number: int,
        found: ReadTable,
        before: Carry,
        *,
        are_apart: bool,
    ) -> Carry:
        """`are_apart`: each row was sent by itself, and takes nothing from the one above."""
        table, count = columns.table, len(columns.rows)
        values: dict[str, list[Any]] = {}
        after = Carry(dict(before.cells), before.day)
        if count:
            reader = FieldReader(
                item, self._readers, self._layout.words, columns, before.cells, has_ditto=found.has_ditto
            )
            for name, source in table.fields.items():
                parts = reader.read(name, source, found)
                values[name], values[f"{name}_given"], values[f"{name}_state"] = (
                    parts.values,
                    parts.given,
                    parts.states,
                )
                after.cells[name] = parts.last
        states: list[str | None] = [None] * count
        zero, ambiguous = [False] * count, [False] * count
        if item.kind == "materials" and count:
            zero, ambiguous = judge_zero(values, columns, self._layout.words)
            if not are_apart:
                after.day = self._fill_down(table, number, columns.rows, values, found, before.day)
        names = _unit_names(columns)
        if item.kind == "list" and item.zero_report and count:
            zero = empty_zero(values, columns, self._layout.words, item)
        elif item.zero_report and count:
            texts = frozenset(item.open_columns) - frozenset(item.indicators)
            zero = take_zero(values, columns, self._layout.words, item.indicators, texts)
            names = ["" if self._layout.words.is_zero(name) else name for name in names]
        fields: list[str | None] = ["title" if one else None for one in ambiguous]
        if any(ambiguous):
            states = ["ambiguous_value" if one else None for one in ambiguous]
        for index, row in enumerate(columns.rows if table.sheet.is_delimited else ()):
            if _is_misaligned(table, row):
                states[index], fields[index] = "misaligned_row", None
        found.rows = SheetRows(
            table.deliverable,
            table.sheet.name,
            table.header_row,
            found.rows.places,
            [table.sheet.first_row + row for row in columns.rows],
            names,
            zero,
            values,
            number,
            states,
            fields,
        )
        return after

    def _fill_down(
        self,
        table: Table,
        number: int,
        rows: list[int],
        values: dict[str, list[Any]],
        found: ReadTable,
        day: Any,
    ) -> Any:
        """A blank day in a row with a title is that of the row above, if that one could be read; returns the last day."""
        if "activity_date" not in values:
            return day
        days, given, titles = (
            values["activity_date"],
            values["activity_date_given"],
            values.get("title_given", ()),
        )
        if None not in given:
            return days[-1]
        column = found.columns["activity_date"]
        for index, row in enumerate(rows):
            if given[index] is None and day is not None and titles and titles[index] is not None:
                days[index], given[index] = day, day.isoformat()
                at = table.sheet.first_row + row
                found.notes.append(
                    note(
                        "filled_down", table.sheet.name, number, row=at, column=column, value=day.isoformat()
                    )
                )
            day = days[index]
        return day


def _is_misaligned(table: Table, row: int) -> bool:
    """Whether a record of a csv has more cells than its header, blank ones counted."""
    if not table.sheet.is_delimited or not table.header:
        return False
    return len(table.sheet.rows[row]) > max(len(table.sheet.rows[one]) for one in table.header)


def _unit_names(columns: Columns) -> list[str]:
    """What the rows say of whose they are, '' where nothing."""
    named = [
        column for column in columns.table.columns if column.kind == "unit" or column.field == "unit_name"
    ]
    names = [""] * len(columns.rows)
    for column in named:
        names = [name or as_text(cell).strip() for name, cell in zip(names, columns.of(column), strict=True)]
    return names


def _numbered(table: Table) -> dict[str, int]:
    return {name: table.sheet.first_column + source.winners[0].at for name, source in table.fields.items()}


@lru_cache(maxsize=8192)
def _written(field: str, at: int, header: str) -> str:
    """A field's column and header as they stand in JSON; remembered, since the same headers come in every file."""
    return json.dumps({field: [at, header]}, ensure_ascii=False)[1:-1]


def _no_rows(table: Table, number: int) -> SheetRows:
    places = [
        _written(name, table.sheet.first_column + source.winners[0].at, source.winners[0].header)
        for name, source in table.fields.items()
    ]
    return SheetRows(
        table.deliverable,
        table.sheet.name,
        table.header_row,
        f"{{{', '.join(places)}}}",
        [],
        [],
        [],
        {},
        number,
    )
