"""Answers of a questionnaire, from its service's exports or one by one from its interface -> a submission each."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from pipelines.notice.model import Notice
from pipelines.notice.sources import AnswerSource, FormExportSource
from pipelines.read.findings import FileRejected
from pipelines.read.names import Roster
from pipelines.read.records import read_record
from pipelines.read.rows import SheetRows
from pipelines.read.sheets import Sheet
from pipelines.read.submission import Job, Submission
from pipelines.read.tables import TableReader
from pipelines.read.values import Cell, as_text, normalize, read_moment

UNKNOWN_UNIT = "答卷里的单位名称对不上名册。请填写单位全称后重新提交"


def read_answers(
    job: Job, source: FormExportSource, sheets: list[Sheet], tables: TableReader, roster: Roster
) -> Iterator[Submission]:
    """Every answer, in row order. Raises FileRejected, before the first, where no question is a column of the notice."""
    headed = [(sheet, header) for sheet in sheets if (header := tables.find_header(sheet, numbered=True))]
    if not headed:
        raise FileRejected(
            "unknown_deliverable", "导出文件的题目与报送事项对不上。请导出全部题目，不要改动表头"
        )
    for sheet, header in headed:
        columns = AnswerColumns(source, [as_text(cell) for cell in sheet.rows[header.row_index]])
        rows = tables.read_rows(sheet, header, keep_all=True)
        for index, (number, unit) in enumerate(zip(rows.row_numbers, rows.unit_names, strict=True)):
            recipient = roster.find(unit, source.line) if unit else None
            cells = sheet.rows[number - sheet.first_row]
            yield _answer(job, source, columns, cells, rows.row(index), recipient)


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
    job: Job,
    source: FormExportSource,
    columns: AnswerColumns,
    cells: list[Cell],
    row: SheetRows,
    recipient: str | None,
) -> Submission:
    (row_number,) = row.row_numbers
    number, moment, content = columns.number(cells), columns.moment(cells), columns.content(cells)
    return Submission(
        job.receipt_id,
        f"{job.path}#{number or f'第{row_number}行'}",
        hashlib.sha256(content).hexdigest(),
        len(content),
        job.received_at,
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


def read_answer(
    notice: Notice,
    source: AnswerSource,
    content: bytes,
    known_recipient: str | None,
    tables: TableReader,
    roster: Roster,
) -> dict[str, object]:
    """What became of one archived answer, as a submission's fields; `known_recipient` is whom the service knew it from.

    Raises FileRejected where the bytes are no answer.
    """
    record = read_record(notice, source, content)
    known: dict[str, object] = {"format": "form_answer", "answer_key": f"{source.id}|{record.answer}"}
    header = tables.find_header(record.sheet, numbered=True)
    if header is None:
        return known | {
            "outcome": "rejected",
            "recipient_code": known_recipient,
            "reason": "unknown_deliverable",
            "sentence": "表单的题目与报送事项对不上。请核对通知里这个来源的 fields",
        }
    rows = tables.read_rows(record.sheet, header, keep_all=True)
    units = {name for name in rows.unit_names if name}
    unit = units.pop() if len(units) == 1 else ""
    recipient = roster.find(unit, source.line) if unit else known_recipient
    known |= {"recipient_code": recipient, "deliverable": header.deliverable}
    if recipient:
        return known | {"outcome": "read", "sheets": [rows]}
    return known | {"outcome": "rejected", "reason": "unknown_recipient", "sentence": UNKNOWN_UNIT}
