"""The account of a sheet: how many of its filled cells had which role. The roles add up to all of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from pipelines.read.grid import Place
from pipelines.read.layout.model import Area, Role, SheetLayout, Table, is_filled
from pipelines.read.rows.model import Note, ReadTable
from pipelines.read.rows.sentences import letters, note
from pipelines.read.values import as_text

Read = Sequence[tuple[Table | None, ReadTable]]
"""The tables of a sheet (None: its form), as they were read."""


@dataclass(frozen=True)
class _Stretch:
    """What a table says of its part of a row: one role, or one a column for rows of data."""

    left: int
    right: int
    role: Role
    columns: dict[int, Role] | None = None


class Account:
    """How many cells of one sheet had which role, and where those stand that nobody read."""

    def __init__(self, laid: SheetLayout, read: Read, *, by_cell: bool = False) -> None:
        """`by_cell`: the role of single cells will be asked for."""
        self._laid, self._read = laid, read
        self._rows: dict[int, list[_Stretch]] = {}
        self.counts: Counter[Role] = Counter()
        self.unread: list[Place] = []
        if not by_cell and len(read) == 1 and (table := read[0][0]) and self._is_plain(table, read[0][1]):
            self._count_plain(table, read[0][1])
        else:
            for table, found in read:
                if table:
                    self._add(table, found)
            self._count()

    def _is_plain(self, table: Table, found: ReadTable) -> bool:
        """Whether one table reaches over the whole sheet, and nothing in it needs a look at each cell."""
        sheet = self._laid.sheet
        width = max(map(len, sheet.rows), default=0)
        is_all = table.left == 0 and table.right + 1 >= width
        return is_all and not found.taken and not sheet.marks.left_out

    def _count_plain(self, table: Table, found: ReadTable) -> None:
        """The same as `_count`, a column at a time."""
        sheet, roles = self._laid.sheet, found.roles
        data = {row: places for row, places in found.own.items() if row not in roles}
        columns = _column_roles(table)
        for at, count in Counter(chain.from_iterable(data.values())).items():
            role = columns.get(at)
            if role is not None and role != "unread":
                self.counts[role] += count
                continue
            for row in (row for row, places in data.items() if at in places):
                self._tell(row, at, role or self._unnamed(columns, row, at))
        within = {*table.header, *table.repeated, *table.rows}
        for row in [row for row in range(len(sheet.rows)) if row not in data]:
            cells = sheet.rows[row]
            if row in found.own:
                self.counts[roles[row]] += len(found.own[row])
            elif row in within:
                if row in roles:
                    self.counts[roles[row]] += sum(map(is_filled, cells))
            else:
                outer = self._laid.row_roles.get(row, "unread")
                for at in (at for at, cell in enumerate(cells) if is_filled(cell)):
                    self._tell(row, at, outer)

    def _tell(self, row: int, at: int, role: Role) -> None:
        self.counts[role] += 1
        if role == "unread":
            self.unread.append((row, at))

    def _add(self, table: Table, found: ReadTable) -> None:
        columns = _column_roles(table)
        taken: dict[int, list[int]] = {}
        for row, at in found.taken:
            taken.setdefault(row, []).append(at)
        for row in (*table.header, *table.repeated, *table.rows):
            role: Role = found.roles.get(row, "value")
            inner = columns if role == "value" else None
            if inner and row in taken:
                inner = inner | dict.fromkeys(taken[row], "value")
            self._rows.setdefault(row, []).append(_Stretch(table.left, table.right, role, inner))

    def _count(self) -> None:
        for row in range(len(self._laid.sheet.rows)):
            for at, role in self._roles_of(row):
                self._tell(row, at, role)

    def _roles_of(self, row: int) -> Iterator[tuple[int, Role]]:
        sheet, left_out = self._laid.sheet, self._laid.sheet.marks.left_out
        for at, cell in enumerate(sheet.rows[row]):
            if is_filled(cell):
                yield at, self.role(row, at)
            elif left_out and (row, at) in left_out:
                yield at, "struck"

    def count_rows(self, rows: Iterable[int]) -> "Counter[Role]":
        """How many cells of some rows had which role; for an account made `by_cell`."""
        return Counter(role for row in rows for _, role in self._roles_of(row))

    def role(self, row: int, at: int) -> Role:
        """The role of a cell that shows something."""
        laid = self._laid
        if laid.is_returned or laid.is_instruction:
            return "remark"
        if laid.roles and (found := laid.roles.get((row, at))) is not None:
            return found
        for stretch in self._rows.get(row, ()):
            if stretch.left <= at <= stretch.right:
                if stretch.columns is None:
                    return stretch.role
                return stretch.columns.get(at) or self._unnamed(stretch.columns, row, at)
        if laid.sheet.is_delimited and row in self._rows:
            return "value"  # beyond its header a record has slipped, and goes back whole
        return laid.row_roles.get(row, "unread")

    def _unnamed(self, columns: dict[int, Role], row: int, at: int) -> Role:
        """A whole number left of all headers counts the rows."""
        cell = self._laid.sheet.rows[row][at]
        is_first = at < min(columns, default=0)
        is_whole = isinstance(cell, int | float) and not isinstance(cell, bool) and cell == cell // 1
        return "number" if is_first and is_whole else "unread"


def _column_roles(table: Table) -> dict[int, Role]:
    roles: dict[int, Role] = {}
    winners = {column.at for source in table.fields.values() for column in source.winners}
    for column in table.columns:
        if column.at in winners or column.kind == "unit":
            roles[column.at] = "value"
        elif column.kind == "number":
            roles[column.at] = "number"
        else:
            roles[column.at] = "ignored" if column.kind == "ignored" else "unread"
    return roles


def sheet_notes(laid: SheetLayout, account: Account, read: Read, *, is_document: bool) -> Iterator[Note]:
    """What was not read of a sheet: all of it, blocks without a header, columns without one, and rows that nobody knows."""
    sheet, number = laid.sheet, laid.number
    if laid.is_instruction or laid.is_returned:
        return
    if not laid.is_recognised:
        yield from _unrecognised(laid, account, is_document=is_document)
        return
    if laid.tables and laid.tables[0].continues:
        yield note("continued_table", sheet.name, number)
    for block in laid.blocks:
        yield note("unread_table", sheet.name, number, place=_place(laid, block))
    left = [place for place in account.unread if not any(_holds(block, place) for block in laid.blocks)]
    if laid.form:
        yield from _unread_rows(laid, left)
        return
    above = [place for place in left if laid.row_roles.get(place[0]) == "unread"]
    yield from _unread_rows(laid, above, "unread_row_above")
    left = [place for place in left if place not in above]
    noted = {one.column for _, found in read for one in found.notes if one.code == "unread_column"}
    for table in laid.tables:
        # What a table that continues leaves unread was noted where it began.
        noted |= {sheet.first_column + column.at for column in table.columns if table.continues}
    for at in sorted({at for _, at in left}):
        column = sheet.first_column + at
        if column not in noted:
            yield note("unread_column", sheet.name, number, column=column, variant="unread_column_blank")


def _unrecognised(laid: SheetLayout, account: Account, *, is_document: bool) -> Iterator[Note]:
    sheet, number = laid.sheet, laid.number
    rows, columns = {row for row, _ in account.unread}, {at for _, at in account.unread}
    if not rows:
        return
    if not is_document:
        yield note("unread_sheet", sheet.name, number)
    elif len(rows) >= 2 and len(columns) >= 2:
        yield note("unread_table", sheet.name, number, place=sheet.name)
    else:
        yield from _unread_rows(laid, account.unread)


def _unread_rows(laid: SheetLayout, places: Sequence[Place], variant: str = "") -> Iterator[Note]:
    sheet = laid.sheet
    for row in sorted({row for row, _ in places}):
        said = as_text(next(sheet.rows[row][at] for one, at in places if one == row))
        at = sheet.first_row + row
        yield note("unread_row", sheet.name, laid.number, row=at, value=said, variant=variant)


def _holds(block: Area, place: Place) -> bool:
    return block.top <= place[0] <= block.bottom and block.left <= place[1] <= block.right


def _place(laid: SheetLayout, block: Area) -> str:
    sheet = laid.sheet
    return (
        f"{sheet.name or '表'}第{sheet.first_row + block.top}行{letters(sheet.first_column + block.left)}列"
    )
