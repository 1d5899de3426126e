"""What is noted of a table's headers and rows: read with judgement, or not read."""

from collections.abc import Iterator

from pipelines.notice.deliverable import Deliverable
from pipelines.read.layout.model import Column, Table, is_filled
from pipelines.read.rows.body import Columns
from pipelines.read.rows.model import Note, ReadTable, SheetRows
from pipelines.read.rows.sentences import note
from pipelines.read.values import added_scheme


def header_notes(table: Table, number: int, columns: Columns, item: Deliverable) -> Iterator[Note]:
    """One a column: headers that multiply, that only resemble one, that lost, or that no list names, over cells that say something."""
    if table.continues:
        return
    taken = {column.at for source in table.fields.values() for column in source.winners}
    for column in table.columns:
        place = {"column": table.sheet.first_column + column.at, "value": column.header}
        if column.at in taken:
            if column.factor > 1 and column.field and item.is_plain_number(column.field):
                yield note("scaled_by_header", table.sheet.name, number, **place)  # type: ignore[arg-type]
            if column.is_weak and column.field:
                name = item.columns[column.field].headers[0]
                yield note("weak_header", table.sheet.name, number, field=name, **place)  # type: ignore[arg-type]
        elif column.kind in ("field", "unknown") and _says(columns, column):
            variant = "unread_column_lost" if column.kind == "field" else ""
            yield note("unread_column", table.sheet.name, number, variant=variant, **place)  # type: ignore[arg-type]


def _says(columns: Columns, column: Column) -> bool:
    return any(map(is_filled, columns.of(column)))


def struck_rows(table: Table, number: int, found: ReadTable) -> Iterator[Note]:
    """Rows that show nothing but text struck through; their role is told to `found`."""
    struck = table.sheet.marks.struck
    if not struck:
        return
    rows = sorted({row for row, at in struck if table.left <= at <= table.right} & set(table.rows))
    for row in rows:
        cells = table.sheet.rows[row][table.left : table.right + 1]
        if not any(map(is_filled, cells)):
            found.roles[row] = "struck"
            yield note("struck_row", table.sheet.name, number, row=table.sheet.first_row + row)


def left_out_notes(table: Table, number: int, rows: list[int], item: Deliverable) -> Iterator[Note]:
    """One a row in which a count or a date lost struck, raised, lowered or hidden text."""
    left_out = table.sheet.marks.left_out
    if not left_out:
        return
    exact = [
        column
        for source in table.fields.values()
        for column in source.winners
        if column.field and item.field(column.field).type in ("count", "date", "moment")
    ]
    for row in rows:
        place = next((column for column in exact if (row, column.at) in left_out), None)
        if place:
            yield note(
                "left_out_text",
                table.sheet.name,
                number,
                row=table.sheet.first_row + row,
                column=table.sheet.first_column + place.at,
                value=left_out[(row, place.at)],
                header=place.header,
            )


def scheme_notes(rows: SheetRows, found: ReadTable, item: Deliverable) -> Iterator[Note]:
    """One a cell whose address had no http:// in front."""
    for field in item.columns:
        if field not in rows.columns or item.field(field).type != "url":
            continue
        values, texts = rows.columns[field], rows.columns[f"{field}_given"]
        for row, value, given in zip(rows.row_numbers, values, texts, strict=True) if values != texts else ():
            if value and given and value != given and added_scheme(given) == value:
                yield note(
                    "scheme_added",
                    rows.sheet,
                    rows.sheet_number,
                    row=row,
                    column=found.columns.get(field),
                    value=given,
                )
