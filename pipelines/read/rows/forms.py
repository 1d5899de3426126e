"""A form -> its one row, numbered by its first label's row."""

import json
from typing import Any

from pipelines.notice.model import Notice
from pipelines.read.layout.model import Form, is_filled
from pipelines.read.rows.model import Note, ReadTable, SheetRows
from pipelines.read.rows.noting import scheme_notes
from pipelines.read.rows.readers import Readers
from pipelines.read.rows.sentences import note
from pipelines.read.values import Cell, as_text

_BETWEEN = " / "


def read_form(notice: Notice, readers: Readers, form: Form, number: int) -> ReadTable:
    """The form's values as a table of one row; several numbers behind one label are ambiguous."""
    item, sheet = notice.deliverables[form.deliverable], form.sheet
    columns: dict[str, list[Any]] = {}
    places: dict[str, list[Any]] = {}
    notes: list[Note] = []
    for field, found in form.values.items():
        place = (found.row, found.at)
        is_percent = item.number(field).type == "percent" and "%" in sheet.marks.scaled.get(place, "")
        reader = readers.of_place(form, field, found, is_fraction=is_percent)
        ((value, given, state),) = reader.of([found.cell])
        if place in sheet.marks.errors:
            value, state = None, "error"
        if found.is_ambiguous or (place in sheet.marks.scaled and value and not is_percent):
            value, state = None, "ambiguous"
            given = _all_numbers(sheet.rows[found.row][found.at :]) if found.is_ambiguous else given
        columns[field], columns[f"{field}_given"], columns[f"{field}_state"] = [value], [given], [state]
        places[field] = [sheet.first_column + found.at, found.label, sheet.first_row + found.row]
        if found.factor > 1 and item.is_plain_number(field):
            at = sheet.first_column + found.at
            notes.append(note("scaled_by_header", sheet.name, number, column=at, value=found.label))
        if place in sheet.marks.left_out and item.field(field).type in ("count", "date", "moment"):
            notes.append(
                note(
                    "left_out_text",
                    sheet.name,
                    number,
                    row=sheet.first_row + found.row,
                    column=sheet.first_column + found.at,
                    value=sheet.marks.left_out[place],
                    header=found.label,
                )
            )
    unit = as_text(form.values["unit_name"].cell).strip() if "unit_name" in form.values else ""
    rows = SheetRows(
        form.deliverable,
        sheet.name,
        form.row,
        json.dumps(places, ensure_ascii=False),
        [form.row],
        [unit],
        [False],
        columns,
        number,
        [None],
        [None],
    )
    read = ReadTable(rows, notes=notes, columns={field: place[0] for field, place in places.items()})
    read.notes += scheme_notes(rows, read, item)
    return read


def _all_numbers(cells: list[Cell]) -> str:
    """The numbers that stand next to each other, as the check stage tells contradicting values; one that stands elsewhere is …"""
    found = []
    for cell in cells:
        if not is_filled(cell) or (isinstance(cell, str) and not any(map(str.isdigit, cell))):
            break
        found.append(as_text(cell).strip())
    return _BETWEEN.join(found if len(found) > 1 else [*found, "…"])
