"""One file's bytes -> its submission: grid, layout, rows, whose and what, each once and in this order."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from pipelines.ground.settings import Settings
from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.notice.sources import FormExportSource
from pipelines.read.account import Account, Read, sheet_notes
from pipelines.read.findings import FileRejected, unsupported_format
from pipelines.read.grid import Content
from pipelines.read.identity import TemplateId, known_identity
from pipelines.read.layout.model import SheetLayout, Table
from pipelines.read.layout.near_header import find_near_header
from pipelines.read.layout.sheets import Layout
from pipelines.read.open import TABLES, UNREAD, Format, first_heading, open_grid
from pipelines.read.piece import Piece, Places
from pipelines.read.recognise import (
    DeliverableNames,
    Evidence,
    no_valid_row,
    unknown_deliverable,
)
from pipelines.read.rows.across import settle_across
from pipelines.read.rows.forms import read_form
from pipelines.read.rows.lists import settle_lists
from pipelines.read.rows.model import Note, ReadTable, SheetRows
from pipelines.read.rows.read import Carry, RowReader
from pipelines.read.rows.readers import Readers
from pipelines.read.rows.renamed import place_renamed
from pipelines.read.rows.sentences import note
from pipelines.read.rows.whose import FindUnit, WhoseRows
from pipelines.read.submission import SheetAccount, Submission
from pipelines.read.values import Counties

PROSE: frozenset[Format] = frozenset({"docx", "word_binary", "rtf", "odt", "pdf"})
DOCUMENTS: frozenset[Format] = frozenset({"docx", "html", "mht"})
"""Formats whose sheets are a document's tables."""
LOOSE: frozenset[Format] = frozenset({"docx", "html", "mht", "prose_text"})
"""Formats that are an attachment where no header is recognised, unless their name says that they were meant for a table."""


@dataclass
class Page:
    """What a file's sheets were laid out as, and read as: for each table the sheet it stands on, and its rows."""

    layouts: Sequence[SheetLayout]
    read: list[tuple[SheetLayout, Table | None, ReadTable]] = field(default_factory=list)

    def of_sheet(self, laid: SheetLayout) -> Read:
        return [(table, found) for one, table, found in self.read if one is laid]


class FileReader:
    """Reads files by one notice; made once a child process."""

    def __init__(self, notice: Notice, settings: Settings, names: DeliverableNames, places: Places) -> None:
        self._notice, self._settings = notice, settings
        self._names, self._places = names, places
        self.layout = Layout(notice, settings.header_rows)
        self.readers = Readers(notice, self.layout.words)
        self.rows = RowReader(notice, self.layout, self.readers)
        self._counties = Counties(notice)
        self._units = {recipient.code: recipient for recipient in notice.recipients}
        self._changed = {one.code for one in notice.units_changes}

    def read(self, piece: Piece, content: bytes, file_format: Format) -> Submission:
        """The end of a file that is no archive and no mail."""
        try:
            found = open_grid(content, file_format, self._settings)
        except FileRejected as rejection:
            return self._places.reject(piece, rejection)
        return self.read_content(piece, found, file_format)

    def read_content(self, piece: Piece, found: Content, file_format: Format) -> Submission:
        """The end of what was opened already: a file, or the body of a mail."""
        name = piece.location.stem
        heading = first_heading(found) if file_format in PROSE else None
        if file_format in UNREAD:
            return self._judge_unread(piece, found, file_format, heading)
        if file_format not in TABLES:
            return self._places.attach(piece, file_format)
        template = known_identity(self._notice, found.identity)
        claimed = piece.claim.deliverable if piece.claim else None
        page = self._read_page(found, file_format, claimed or (template.deliverable if template else None))
        is_headed = bool(page.read)
        document = self._document_of(piece, None if is_headed else heading) if file_format in PROSE else None
        if not is_headed and document is None and file_format in LOOSE:
            has_table = bool(found.sheets) and file_format != "prose_text"
            if not self._names.is_for_table(name):
                return self._places.attach(piece, file_format)
            if not has_table:
                return self._places.attach(piece, file_format, [note("unread_document", "", 0)])
        return self._recognise(piece, file_format, page, template, document, heading)

    def see_answer(
        self, path: str, laid: SheetLayout, row: int | None, source: FormExportSource | None = None
    ) -> None:
        """Told of each answer of a questionnaire, and the row that it is; whoever draws files remembers it (drawing.py)."""

    def _judge_unread(
        self, piece: Piece, found: Content, file_format: Format, heading: str | None
    ) -> Submission:
        """A format whose tables are not read: the summary, a table that must be saved otherwise, or an attachment."""
        document = self._document_of(piece, heading) if file_format in PROSE else None
        if document:
            return self._document(piece, file_format, document, heading)
        if self._names.is_for_table(piece.location.stem) or self._holds_headers(found.lines):
            return self._places.reject(piece, unsupported_format(file_format))
        return self._places.attach(piece, file_format)

    def _document_of(self, piece: Piece, heading: str | None) -> str | None:
        """The document deliverable that a prose file is: the one that a person named, else that of its name or heading."""
        claimed = piece.claim.deliverable if piece.claim else None
        if claimed and not KINDS[self._notice.deliverables[claimed].kind].is_table:
            return claimed
        return self._names.document_of(piece.location.name, heading)

    def _holds_headers(self, lines: Sequence[str]) -> bool:
        """Whether text holds at least half of a deliverable's required headers, each as a whole cell or line."""
        for name, item in self.layout.headers.deliverables.items():
            required = {field for field, column in item.columns.items() if column.required}
            named = {found[0] for line in lines if (found := self.layout.headers.field_of_label(name, line))}
            if required and len(required & named) * 2 >= len(required):
                return True
        return False

    def _document(self, piece: Piece, file_format: Format, document: str, heading: str | None) -> Submission:
        recipient, fault = self._places.judge(piece, self._places.evidence(piece))
        known = {"recipient_code": recipient, "deliverable": document, "format": file_format}
        if fault:
            return piece.end(outcome="rejected", reason=fault.reason, sentence=fault.sentence, **known)
        return piece.end(
            outcome="read", document=document, document_title=heading or piece.location.stem, **known
        )

    def _read_page(self, found: Content, file_format: Format, only: str | None) -> Page:
        page = Page(self.layout.lay_out(found.sheets, is_document=file_format in DOCUMENTS, only=only))
        carry: Carry | None = None
        for laid in page.layouts:
            for table in laid.tables:
                read, carry = self.rows.read(table, laid.number, carry)
                read.rows = place_renamed(read.rows, table, self._notice)
                page.read.append((laid, table, read))
            if laid.form:
                page.read.append((laid, None, read_form(self._notice, self.readers, laid.form, laid.number)))
        return page

    def _recognise(
        self,
        piece: Piece,
        file_format: Format,
        page: Page,
        template: TemplateId | None,
        document: str | None,
        heading: str | None,
    ) -> Submission:
        """Whose and what a table, or a document with tables, is; or why that cannot be said."""
        recipient, fault = self._places.judge(piece, self._gather(piece, page, template))
        deliverable = document or (page.read[0][2].rows.deliverable if page.read else None)
        if deliverable is None:
            deliverable = (
                (piece.claim.deliverable if piece.claim else None)
                or (template.deliverable if template else None)
                or self._names.find(piece.location.stem, recipient)
            )
        known = {"recipient_code": recipient, "deliverable": deliverable, "format": file_format}
        # What a file holds is told before whose it is.
        fault = self._judge_content(page, deliverable, document) or fault
        if fault is None:
            fault = self._judge_tables(piece, page, str(recipient), str(deliverable), document)
        if fault:
            return piece.end(outcome="rejected", reason=fault.reason, sentence=fault.sentence, **known)
        if document:
            known |= {"document": document, "document_title": heading or piece.location.stem}
        accounts = [Account(laid, page.of_sheet(laid)) for laid in page.layouts]
        return piece.end(
            outcome="read",
            sheets=[
                self.with_counties(found.rows, str(recipient))
                for _, _, found in page.read
                if found.rows.row_numbers
            ],
            notes=self._notes(page, accounts, file_format),
            accounts=[
                SheetAccount(laid.sheet.name, laid.number, account.counts)
                for laid, account in zip(page.layouts, accounts, strict=True)
            ],
            **known,
        )

    def _judge_content(
        self, page: Page, deliverable: str | None, document: str | None
    ) -> FileRejected | None:
        """The finding about a file that holds nothing to count, whosever it is."""
        if deliverable is None:
            return unknown_deliverable()
        has_rows = any(found.rows.row_numbers or found.totals for _, _, found in page.read)
        return None if document or has_rows else self._no_valid_row(page, deliverable)

    def _judge_tables(
        self, piece: Piece, page: Page, recipient: str, deliverable: str, document: str | None
    ) -> FileRejected | None:
        """Settles whose rows they are; the finding where the file has none."""
        whose = WhoseRows(recipient, self._finder(piece), self.layout.words)
        for laid, _, found in page.read:
            whose.settle(found, laid.sheet, self._notice.deliverables[found.rows.deliverable])
        settle_across(
            [(found, laid.sheet) for laid, _, found in page.read], self._notice.deliverables, whose.of
        )
        settle_lists([found for _, _, found in page.read], self._notice.deliverables)
        if document is None and not any(found.rows.row_numbers for _, _, found in page.read):
            return self._no_valid_row(page, deliverable)
        return None

    def _no_valid_row(self, page: Page, deliverable: str) -> FileRejected:
        sheets = [laid.sheet for laid in page.layouts]
        return no_valid_row(
            is_header_known=bool(page.read),
            has_example=any("example" in found.roles.values() for _, _, found in page.read),
            near=None
            if page.read
            else find_near_header(self.layout.headers, sheets, deliverable, self._settings.header_rows),
        )

    def _gather(self, piece: Piece, page: Page, template: TemplateId | None) -> Evidence:
        line = piece.location.line
        find = self._finder(piece)
        declared = [
            code for laid in page.layouts for text in laid.declared if (code := find(text)) is not None
        ]
        named = [find(name) if name else None for _, _, found in page.read for name in found.rows.unit_names]
        codes = {code for code in named if code}
        only = codes.pop() if len(codes) == 1 else None
        return self._places.evidence(
            piece,
            by_template=template.recipient_code if template else None,
            declared=declared,
            all_rows=only if None not in named else None,
            some_rows=only if only and self._places.roster(piece).is_of_line(only, line) else None,
        )

    def _finder(self, piece: Piece) -> FindUnit:
        return partial(self._places.roster(piece).find_declared, line=piece.location.line)

    def with_counties(self, rows: SheetRows, recipient: str) -> SheetRows:
        """County names as the notice writes them; `county_state` is unreadable where the unit's city has none of that name: the
        city in which it lay on the row's day."""
        if "county" not in rows.columns:
            return rows
        places = list(zip(rows.columns["county"], self._cities(rows, recipient), strict=True))
        # Counties come again and again: what is said of one place is said once.
        known = {one: self._counties.county_of(*one) for one in set(places)}
        columns = {**rows.columns, "county": [known[one][0] for one in places]}
        if not all(is_known for _, is_known in known.values()):
            columns["county_state"] = [
                state or (None if known[one][1] else "unreadable")
                for state, one in zip(rows.columns["county_state"], places, strict=True)
            ]
        return replace(rows, columns=columns)

    def _cities(self, rows: SheetRows, recipient: str) -> list[str]:
        """The unit's city for each row."""
        unit = self._units[recipient]
        if recipient not in self._changed:
            return [unit.city_code] * len(rows.columns["county"])
        dated = self._notice.deliverables[rows.deliverable].dated_by
        days = rows.columns.get(dated or "") or [None] * len(rows.columns["county"])
        return [self._notice.unit_on(unit, day or date.max).city_code for day in days]

    def _notes(self, page: Page, accounts: Sequence[Account], file_format: Format) -> list[Note]:
        notes: list[Note] = []
        for laid, account in zip(page.layouts, accounts, strict=True):
            notes += sheet_notes(laid, account, page.of_sheet(laid), is_document=file_format in DOCUMENTS)
        for _, _, found in page.read:
            notes += found.notes
            notes += found.differing if not found.uses_total else []
        return notes
