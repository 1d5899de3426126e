"""A file's sheets -> their layouts: every sheet for itself, but for tables that one sheet continues from another."""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.notice.model import Notice
from pipelines.read.grid import Sheet
from pipelines.read.layout.above import LinesAbove
from pipelines.read.layout.declaration import UnitLine
from pipelines.read.layout.forms import FormFinder
from pipelines.read.layout.headers import HeaderFinder
from pipelines.read.layout.model import SheetLayout, Table, is_filled
from pipelines.read.layout.tables import TableFinder
from pipelines.read.layout.words import Words
from pipelines.read.values import Cell, Window, as_text, read_date


class Layout:
    """Lays out sheets by one notice's headers and words; made once a child process."""

    def __init__(self, notice: Notice, header_rows: int) -> None:
        self.words = Words(notice)
        self.headers = HeaderFinder(notice, self.words)
        self._forms = FormFinder(self.headers, self.words)
        self.unit_line = UnitLine(notice.words.reporting_unit)
        self._header_rows = header_rows
        self._deliverables = notice.deliverables
        self._window: Window = (notice.opens, notice.closes)
        self._above = LinesAbove(self.words, self._window)

    def lay_out(
        self, sheets: Sequence[Sheet], *, is_document: bool = False, only: str | None = None
    ) -> list[SheetLayout]:
        """One layout a sheet, in their order; `only` is a template's own deliverable, which is looked for first."""
        found = [SheetLayout(sheet, number) for number, sheet in enumerate(sheets, 1)]
        for one in found:
            one.is_instruction = any(word in one.sheet.name for word in self.words.instructions)
            one.is_returned = self.words.returned in one.sheet.name
        previous: Table | None = None
        for one in found:
            if not one.is_instruction and not one.is_returned:
                self._lay_sheet(one, previous, is_document=is_document, only=only)
                previous = one.tables[-1] if one.tables else previous
        if not any(one.is_recognised for one in found):
            for one in found:
                if one.is_instruction and not one.is_returned:
                    one.is_instruction = False
                    self._lay_sheet(one, None, is_document=is_document, only=only)
        return found

    def lay_questions(self, sheet: Sheet) -> SheetLayout:
        """A questionnaire's answers as one sheet: each header carries its question's number."""
        one = SheetLayout(sheet, 1)
        finder = TableFinder(self.headers, self.words, sheet, numbered=True)
        one.tables = finder.find(self._header_rows).tables
        return one

    def _lay_sheet(
        self, one: SheetLayout, previous: Table | None, *, is_document: bool, only: str | None
    ) -> None:
        sheet = one.sheet
        for wanted in dict.fromkeys((only, None)):
            found = TableFinder(self.headers, self.words, sheet, only=wanted).find(self._header_rows)
            if found.tables:
                break
        one.tables, one.blocks = found.tables, found.blocks
        if not one.tables:
            if previous and (continued := self._continue(sheet, previous, is_document=is_document)):
                one.tables = [continued]
            else:
                one.form = self._forms.find(sheet)
                if one.form:
                    one.roles = dict(self._forms.roles(one.form))
        self._name_lines(one)

    def _continue(self, sheet: Sheet, previous: Table, *, is_document: bool) -> Table | None:
        """The table before, going on in a sheet without a header (contract 4.2)."""
        width, before = (max(map(len, one.rows), default=0) for one in (sheet, previous.sheet))
        if width == 0 or width != before or previous.left != 0:
            return None
        if not is_document and not self._holds_dates(sheet, previous):
            return None
        return replace(
            previous,
            sheet=sheet,
            number=1,
            header=range(0),
            rows=range(len(sheet.rows)),
            repeated=frozenset(),
            above_header=frozenset(),
            continues=True,
        )

    def _holds_dates(self, sheet: Sheet, previous: Table) -> bool:
        """Whether the date column holds dates and nothing else."""
        item = self._deliverables[previous.deliverable]
        dated = [field for field in previous.fields if field == item.dated_by]
        if not dated:
            return False
        at = previous.fields[dated[0]].winners[0].at
        cells = [
            row[at] for row in sheet.rows if at < len(row) and is_filled(row[at]) and not self._is_remark(row)
        ]
        return bool(cells) and all(
            read_date(cell, self._window, typed=sheet.is_typed) is not None for cell in cells
        )

    def _is_remark(self, row: Sequence[Cell]) -> bool:
        first = next(filter(is_filled, row), None)
        return self.words.is_remark(first) or self.words.total_word(first) is not None

    def _name_lines(self, one: SheetLayout) -> None:
        """Titles and declarations: what stands above the first header, and what says 填报单位 anywhere outside a table's rows."""
        sheet = one.sheet
        starts = [table.header.start for table in one.tables if table.header]
        end = min(starts, default=0) if one.tables else len(sheet.rows) if one.form else 0
        lines = [[as_text(cell) for cell in row] for row in sheet.rows[:end]]
        for row in range(end if one.tables else 0):
            one.row_roles[row] = "title"
        if one.tables and end:
            self._leave_unread(one, end)
        for table in one.tables:
            lines += [[as_text(cell) for cell in sheet.rows[row]] for row in sorted(table.above_header)]
        searched = [[text] for text in sheet.above] + lines
        if not one.is_recognised:
            searched += [[as_text(cell) for cell in row] for row in sheet.rows[: self._header_rows]]
        found = self.unit_line.find(searched)
        if found:
            one.declared.append(found[0])
            place = found[1] - len(sheet.above)
            if one.row_roles.get(place) == "title":
                one.row_roles[place] = "declaration"

    def _leave_unread(self, one: SheetLayout, end: int) -> None:
        """Data and tables above the first header were not read, and are no titles."""
        blocks, single = self._above.find(one.sheet, end, len(one.tables[0].columns))
        one.blocks += blocks
        for row in [*single, *(row for block in blocks for row in range(block.top, block.bottom + 1))]:
            one.row_roles[row] = "unread"
