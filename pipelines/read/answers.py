"""Answers of a questionnaire, from its service's exports or one by one from its interface -> a submission each."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.notice.sources import AnswerSource, FormExportSource, FormService
from pipelines.read.columns import AnswerColumns
from pipelines.read.file import FileReader
from pipelines.read.findings import FileRejected
from pipelines.read.grid import Sheet
from pipelines.read.layout.model import SheetLayout, Table
from pipelines.read.names import Roster
from pipelines.read.open import Format, open_grid
from pipelines.read.outline import followed, with_options
from pipelines.read.piece import Piece, Places
from pipelines.read.records import Record, read_record
from pipelines.read.rows.model import Note, SheetRows
from pipelines.read.rows.sentences import of_answer
from pipelines.read.submission import Job, Submission
from pipelines.read.values import Cell, as_text

WITHDRAWN = {
    "deleted": "答卷已在表单服务上删除",
    "rejected": "答卷已在表单服务上被管理人员标为拒绝",
    "missing": "表单服务上已没有这份答卷",
}
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
        laid = self._lay(whole.job, source, [with_options(sheet, source) for sheet in sheets])
        if not laid:
            sentence = "导出文件的题目与报送事项对不上。请导出全部题目，不要改动表头"
            return [self._places.reject(whole, FileRejected("unknown_deliverable", sentence))]
        return [answer for one, table in laid for answer in self._answers(whole, source, one, table)]

    def _lay(
        self, job: Job, source: FormExportSource, sheets: Sequence[Sheet]
    ) -> list[tuple[SheetLayout, Table]]:
        """The tables of answers, each as the exports before it were: who changed the questionnaire changed no answer."""
        found: list[tuple[SheetLayout, Table]] = []
        for sheet in sheets:
            one = self._files.layout.lay_questions(sheet)
            for table in one.tables:
                following = job.following.get(table.deliverable)
                if following and all(table.deliverable != before.deliverable for _, before in found):
                    as_before = self._files.layout.lay_questions(followed(table, source, following))
                    found += [(as_before, again) for again in as_before.tables[:1]]
                else:
                    found.append((one, table))
        return found

    def _answers(
        self, whole: Piece, source: FormExportSource, laid: SheetLayout, table: Table
    ) -> list[Submission]:
        sheet = laid.sheet
        titles = [as_text(cell) for cell in sheet.rows[table.header[-1]]]
        fields = {column.at: column.field for column in table.columns if column.field}
        columns = AnswerColumns(source, titles, fields)
        read, _ = self._files.rows.read(table, 1, keep_all=True)
        found = []
        for index, (number, unit) in enumerate(zip(read.rows.row_numbers, read.rows.unit_names, strict=True)):
            cells = sheet.rows[number - sheet.first_row]
            path = f"{whole.job.path}#{columns.number(cells) or f'第{number}行'}"
            self._files.see_answer(path, laid, number, source)
            claim = whole.job.claim
            roster = self._roster.at(columns.moment(cells) or whole.job.received_at)
            recipient = roster.find(unit, source.line) if unit else None
            if claim and claim.path == path and claim.recipient_code:
                recipient = claim.recipient_code
            row = read.rows.row(index)
            if recipient:
                row = self._files.with_counties(row, recipient)
            found.append(_answer(whole, source, columns, cells, row, recipient, path))
            if recipient:
                # What is said of the whole table is said once.
                said = [one for one in read.notes if one.row in (number, None if index == 0 else number)]
                found[-1] = replace(found[-1], notes=_notes(said, [number]))
        return found

    def read_answer(self, whole: Piece, source: AnswerSource, content: bytes) -> Submission:
        """One archived answer of a form service; the same answer in another version replaces it."""
        known_recipient = self._places.recipient_of_source(whole.job, source.line)
        try:
            record = read_record(self._notice, source, content)
        except FileRejected as rejection:
            return self._places.reject(whole, rejection)
        known: dict[str, object] = {"format": "form_answer", "answer_key": f"{source.id}|{record.answer}"}
        if record.withdrawn:
            return _withdraw(whole, source, record, known | {"recipient_code": known_recipient})
        laid = self._files.layout.lay_questions(record.sheet)
        self._files.see_answer(whole.location.path, laid, None)
        tables = laid.tables
        roster = self._places.roster(whole)
        submitter = roster.find(record.submitter, source.line) if record.submitter else None
        if not tables and record.documents:
            return whole.end(outcome="attachment", recipient_code=known_recipient or submitter, **known)
        if not tables:
            return whole.end(
                outcome="rejected",
                recipient_code=known_recipient,
                reason="unknown_deliverable",
                sentence="表单的题目与报送事项对不上。请核对通知里这个来源的 fields",
                **known,
            )
        read = self._files.rows.read(tables[0], 1, keep_all=True)[0]
        rows = read.rows
        units = {name for name in rows.unit_names if name}
        unit = units.pop() if len(units) == 1 else ""
        named = roster.find(unit, source.line) if unit else known_recipient
        claimed = whole.claim.recipient_code if whole.claim else None
        if not claimed and named and submitter and named != submitter:
            sentence = _conflict(roster.name_of(named), roster.name_of(submitter))
            known |= {"recipient_code": submitter, "deliverable": rows.deliverable}
            return whole.end(outcome="rejected", reason="recipient_conflict", sentence=sentence, **known)
        recipient = claimed or named or submitter
        known |= {"recipient_code": recipient, "deliverable": rows.deliverable}
        if recipient:
            known |= {"sheets": [self._files.with_counties(rows, recipient)]}
            return whole.end(outcome="read", notes=_notes(read.notes, rows.row_numbers), **known)
        return whole.end(outcome="rejected", reason="unknown_recipient", sentence=UNKNOWN_UNIT, **known)


def _notes(notes: Sequence[Note], row_numbers: Sequence[int]) -> list[Note]:
    """As whoever answered can understand them, in whose form there are no rows. Questions that are read as nothing are the
    office's own, and what the service adds itself: no answer is told of them."""
    places = {row: place for place, row in enumerate(row_numbers, 1)}
    return [
        replace(one, sentence=of_answer(one.sentence, one.row, places.get(one.row or 0, 0), len(places)))
        for one in notes
        if one.code != "unread_column"
    ]


def _withdraw(whole: Piece, source: AnswerSource, record: Record, known: dict[str, object]) -> Submission:
    """A version of the answer without rows: those that stood before it count no longer, where the notice lets it."""
    cause = WITHDRAWN.get(record.withdrawn, WITHDRAWN["missing"])
    if isinstance(source, FormService) and not source.withdraw:
        kept = known | {"answer_key": None}
        sentence = f"{cause}；通知里写明不因此撤回，仍然计入"
        return whole.end(outcome="ignored", reason="withdrawn", sentence=sentence, **kept)
    return whole.end(outcome="ignored", reason="withdrawn", sentence=f"{cause}，从此时起不再计入", **known)


def _conflict(named: str, submitter: str) -> str:
    return (
        f"答卷里的单位是“{named}”，提交用的却是“{submitter}”的二维码。"
        "请用本单位的二维码填报，或把答卷里的单位改正后重新提交"
    )


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
