"""The account of a sheet: how many of its filled cells had which role. The roles add up to all of them."""

from collections import Counter
from collections.abc import Iterator, Sequence

from pipelines.read.layout.model import Area, Role, SheetLayout, Table, is_filled
from pipelines.read.rows.model import Note, ReadTable
from pipelines.read.rows.sentences import letters, note
from pipelines.read.values import as_text

Read = Sequence[tuple[Table | None, ReadTable]]
"""The tables of a sheet (None: its form), as they were read."""
Rows = dict[int, list[tuple[int, int, Role, dict[int, Role] | None]]]


class Account:
    """Tells the role of every cell of one sheet."""

    def __init__(self, laid: SheetLayout, read: Read) -> None:
        self._laid = laid
        self._rows: Rows = {}
        for table, found in read:
            if table:
                self._add(table, found)

    def _add(self, table: Table, found: ReadTable) -> None:
        columns = _column_roles(table)
        struck = {row for row, role in found.roles.items() if role == "struck"}
        for row in {*table.header, *table.repeated, *table.rows, *struck}:
            role = found.roles.get(row, "value")
            inner = columns if role == "value" else None
            if inner and any(place[0] == row for place in found.taken):
                inner = {**inner, **{at: "value" for one, at in found.taken if one == row}}
            self._rows.setdefault(row, []).append((table.left, table.right, role, inner))

    def cells(self) -> Iterator[tuple[int, int, Role]]:
        """Row and column, from 0, and role of every cell that shows something."""
        sheet = self._laid.sheet
        left_out = sheet.marks.left_out
        for row, cells in enumerate(sheet.rows):
            for at, cell in enumerate(cells):
                if is_filled(cell):
                    yield row, at, self.role(row, at)
                elif left_out and (row, at) in left_out:
                    yield row, at, "struck"

    def role(self, row: int, at: int) -> Role:
        laid = self._laid
        if laid.is_returned or laid.is_instruction:
            return "remark"
        if (found := laid.roles.get((row, at))) is not None:
            return found
        for left, right, role, columns in self._rows.get(row, ()):
            if left <= at <= right:
                return columns.get(at, "unread") if columns is not None else role
        if laid.sheet.is_delimited and row in self._rows:
            return "value"  # beyond its header a record has slipped, and goes back whole
        return laid.row_roles.get(row, "unread")

    def count(self) -> Counter[Role]:
        return Counter(role for _, _, role in self.cells())


def _column_roles(table: Table) -> dict[int, Role]:
    roles: dict[int, Role] = {}
    winners = {column.at for source in table.fields.values() for column in source.winners}
    for column in table.columns:
        if column.at in winners or column.kind == "unit":
            roles[column.at] = "value"
        elif column.kind == "number":
            roles[column.at] = "number"
        elif column.kind == "ignored":
            roles[column.at] = "ignored"
    return roles


def sheet_notes(laid: SheetLayout, *, is_document: bool) -> Iterator[Note]:
    """What was not read of a sheet: all of it, blocks without a header, columns and rows that nobody knows."""
    sheet, number = laid.sheet, laid.number
    if laid.is_instruction or laid.is_returned:
        return
    if not laid.is_recognised:
        yield from _unrecognised(laid, is_document=is_document)
        return
    for table in laid.tables[:1]:
        if table.continues:
            yield note("continued_table", sheet.name, number)
    for block in laid.blocks:
        yield note("unread_table", sheet.name, number, place=_place(laid, block))
    for at, header in laid.strays:
        yield note(
            "unread_column", sheet.name, number, column=sheet.first_column + at, value=header or None,
            variant="unread_column_blank",
        )  # fmt: skip
    if laid.form:
        for row, text in _unread_rows(laid):
            yield note("unread_row", sheet.name, number, row=sheet.first_row + row, value=text)


def _unrecognised(laid: SheetLayout, *, is_document: bool) -> Iterator[Note]:
    sheet, number = laid.sheet, laid.number
    rows = [row for row, cells in enumerate(sheet.rows) if any(map(is_filled, cells))]
    columns = {at for row in rows for at, cell in enumerate(sheet.rows[row]) if is_filled(cell)}
    if not rows:
        return
    if not is_document:
        yield note("unread_sheet", sheet.name, number)
    elif len(rows) >= 2 and len(columns) >= 2:
        yield note("unread_table", sheet.name, number, place=sheet.name)
    else:
        for row, text in _unread_rows(laid):
            yield note("unread_row", sheet.name, number, row=sheet.first_row + row, value=text)


def _unread_rows(laid: SheetLayout) -> Iterator[tuple[int, str]]:
    account = Account(laid, ())
    for row, cells in enumerate(laid.sheet.rows):
        unread = [
            cell for at, cell in enumerate(cells) if is_filled(cell) and account.role(row, at) == "unread"
        ]
        if unread:
            yield row, as_text(unread[0])


def _place(laid: SheetLayout, block: Area) -> str:
    sheet = laid.sheet
    return (
        f"{sheet.name or '表'}第{sheet.first_row + block.top}行{letters(sheet.first_column + block.left)}列"
    )
