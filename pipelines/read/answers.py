"""Answers of a questionnaire, from its service's exports or one by one from its interface -> a submission each."""

import hashlib
import json
from datetime import datetime

from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.notice.sources import AnswerSource, FormExportSource
from pipelines.read.file import FileReader
from pipelines.read.findings import FileRejected
from pipelines.read.grid import Sheet
from pipelines.read.layout.model import Table
from pipelines.read.names import Roster
from pipelines.read.open import Format, open_grid
from pipelines.read.piece import Piece, Places
from pipelines.read.records import read_record
from pipelines.read.rows.model import SheetRows
from pipelines.read.submission import Submission
from pipelines.read.values import Cell, as_text, normalize, read_moment

UNKNOWN_UNIT = "答卷里的单位名称对不上名册。请填写单位全称后重新提交"


class AnswerReader:
    """Reads answers by one notice's columns; every row of one is data."""

    def __init__(
        self, notice: Notice, settings: Settings, roster: Roster, files: FileReader, places: Places
    ) -> None:
        self._notice, self._settings, self._roster = notice, settings, roster
        self._files, self._places = files, places

    def read_export(
        self, whole: Piece, source: FormExportSource, content: bytes, file_format: Format
    ) -> list[Submission]:
        """Every answer, in row order; the export itself where no question is a column of the notice."""
        try:
            sheets = open_grid(content, file_format, self._settings).sheets
        except FileRejected as rejection:
            return [self._places.reject(whole, rejection)]
        laid = [
            (sheet, table) for sheet in sheets for table in self._files.layout.lay_questions(sheet).tables
        ]
        if not laid:
            sentence = "导出文件的题目与报送事项对不上。请导出全部题目，不要改动表头"
            return [self._places.reject(whole, FileRejected("unknown_deliverable", sentence))]
        return [answer for sheet, table in laid for answer in self._answers(whole, source, sheet, table)]

    def _answers(
        self, whole: Piece, source: FormExportSource, sheet: Sheet, table: Table
    ) -> list[Submission]:
        titles = [as_text(cell) for cell in sheet.rows[table.header[-1]]]
        columns = AnswerColumns(source, titles)
        read, _ = self._files.rows.read(table, 1, keep_all=True)
        found = []
        for index, (number, unit) in enumerate(zip(read.rows.row_numbers, read.rows.unit_names, strict=True)):
            cells = sheet.rows[number - sheet.first_row]
            path = f"{whole.job.path}#{columns.number(cells) or f'第{number}行'}"
            claim = whole.job.claim
            recipient = self._roster.find(unit, source.line) if unit else None
            if claim and claim.path == path and claim.recipient_code:
                recipient = claim.recipient_code
            row = read.rows.row(index)
            if recipient:
                row = self._files.with_counties(row, recipient)
            found.append(_answer(whole, source, columns, cells, row, recipient, path))
        return found

    def read_answer(self, whole: Piece, source: AnswerSource, content: bytes) -> Submission:
        """One archived answer of a form service; the same answer in another version replaces it."""
        known_recipient = self._places.recipient_of_source(whole.job, source.line)
        try:
            record = read_record(self._notice, source, content)
        except FileRejected as rejection:
            return self._places.reject(whole, rejection)
        known: dict[str, object] = {"format": "form_answer", "answer_key": f"{source.id}|{record.answer}"}
        tables = self._files.layout.lay_questions(record.sheet).tables
        if not tables:
            return whole.end(
                outcome="rejected",
                recipient_code=known_recipient,
                reason="unknown_deliverable",
                sentence="表单的题目与报送事项对不上。请核对通知里这个来源的 fields",
                **known,
            )
        rows = self._files.rows.read(tables[0], 1, keep_all=True)[0].rows
        units = {name for name in rows.unit_names if name}
        unit = units.pop() if len(units) == 1 else ""
        recipient = self._roster.find(unit, source.line) if unit else known_recipient
        if whole.claim and whole.claim.recipient_code:
            recipient = whole.claim.recipient_code
        known |= {"recipient_code": recipient, "deliverable": rows.deliverable}
        if recipient:
            return whole.end(outcome="read", sheets=[self._files.with_counties(rows, recipient)], **known)
        return whole.end(outcome="rejected", reason="unknown_recipient", sentence=UNKNOWN_UNIT, **known)


class AnswerColumns:
    """Where an export keeps an answer's number, its moment and what was asked."""

    def __init__(self, source: FormExportSource, titles: list[str]) -> None:
        self.titles = [normalize(title) for title in titles]
        self._number, self._moment = (
            self._find(source.answer_number),
            self._find(source.submitted_at),
        )
        metadata = {normalize(name) for name in (source.answer_number, source.submitted_at, *source.metadata)}
        self._asked = [index for index, title in enumerate(self.titles) if title and title not in metadata]

    def _find(self, name: str) -> int | None:
        return self.titles.index(normalize(name)) if normalize(name) in self.titles else None

    def number(self, cells: list[Cell]) -> str:
        """The answer's number, '' where it has none."""
        return as_text(_at(cells, self._number)).strip()

    def moment(self, cells: list[Cell]) -> datetime | None:
        return read_moment(_at(cells, self._moment))

    def content(self, cells: list[Cell]) -> bytes:
        """What was answered, in a form of its own: equal for equal answers, wherever the export puts them."""
        answers = {self.titles[index]: as_text(_at(cells, index)).strip() for index in self._asked}
        given = {title: answer for title, answer in answers.items() if answer}
        return json.dumps(given, sort_keys=True, ensure_ascii=False).encode()


def _at(cells: list[Cell], index: int | None) -> Cell:
    return cells[index] if index is not None and index < len(cells) else None


def _answer(
    whole: Piece,
    source: FormExportSource,
    columns: AnswerColumns,
    cells: list[Cell],
    row: SheetRows,
    recipient: str | None,
    path: str,
) -> Submission:
    (row_number,) = row.row_numbers
    number, moment, content = columns.number(cells), columns.moment(cells), columns.content(cells)
    return Submission(
        whole.job.receipt_id,
        path,
        hashlib.sha256(content).hexdigest(),
        len(content),
        whole.job.received_at,
        outcome="read" if recipient else "rejected",
        row_order=row_number,
        recipient_code=recipient,
        deliverable=row.deliverable,
        reason=None if recipient else "unknown_recipient",
        sentence=None if recipient else UNKNOWN_UNIT,
        format="form_answer",
        answer_key=f"{source.id}|{number or row_number}|{(moment or datetime.min).isoformat()}",
        answered_at=moment,
        # Of nobody known, a county or a duplicate cannot be judged: its rows are read once the unit is.
        sheets=[row] if recipient else [],
    )
