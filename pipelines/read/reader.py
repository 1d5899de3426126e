"""One receipt -> its submissions: unpacked, recognised, read into canonical columns. Pure, but for opening the object.

Runs in a child process (see pool.py); whatever bad input does here costs that file and nothing else.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from pipelines.collect.source import ANSWER_MARK
from pipelines.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.notice.sources import FormExportSource, FormService, MailboxSource
from pipelines.read.archives import Member, unpack
from pipelines.read.documents import Block, first_heading, pdf_heading, pdf_is_encrypted
from pipelines.read.findings import FileRejected, encrypted, too_large, unreadable
from pipelines.read.formats import Format, detect_format, is_junk
from pipelines.read.mails import read_mail
from pipelines.read.names import Location, Roster
from pipelines.read.records import read_record
from pipelines.read.sheets import Content, Sheet, read_content
from pipelines.read.submission import Job, SheetRows, Submission
from pipelines.read.tables import Header, TableReader
from pipelines.read.values import as_text, normalize, read_moment
from pipelines.settings import Settings

PROSE: frozenset[Format] = frozenset({"docx", "word_binary", "pdf"})
UNKNOWN_UNIT = "答卷里的单位名称对不上名册。请填写单位全称后重新提交"
TABLES: frozenset[Format] = frozenset({"workbook", "docx", "html", "text", "prose_text"})


class Reader:
    """Reads receipts by one notice; made once a child process."""

    def __init__(self, notice: Notice, settings: Settings) -> None:
        self.notice, self.settings = notice, settings
        self.roster = Roster(notice)
        self.tables = TableReader(notice, settings.header_rows)
        self.sources = {source.id: source for source in notice.sources}

    def read(self, job: Job) -> list[Submission]:
        """All submissions of one receipt, in path order."""
        if is_junk(job.path):
            return [self._submission(job, job.path, job.sha256, job.size, outcome="ignored")]
        if job.size > self.settings.max_inflated_bytes:
            return [self._too_big(job)]
        content = Path(job.object_path).read_bytes()
        source = self.sources[job.source]
        file_format = detect_format(content, job.path)
        if isinstance(source, FormService) and job.path.rpartition("/")[2].startswith(ANSWER_MARK):
            return [self._read_answer(job, source, content)]
        if isinstance(source, FormExportSource) and file_format in TABLES:
            return list(self._read_export(job, source, content, file_format))
        if isinstance(source, MailboxSource):
            return self._read_mail(job, content)
        if file_format != "zip":
            return [self._read_file(job, job.path, content, file_format)]
        return self._read_members(job, unpack(job.path, content, self.settings))

    def _read_mail(self, job: Job, content: bytes) -> list[Submission]:
        """A mail's attachments; the mail itself only where it has none."""
        mail = read_mail(job.path, content, self.settings)
        if mail.members:
            return self._read_members(job, mail.members)
        if mail.is_automatic:
            return [self._submission(job, job.path, job.sha256, job.size, outcome="ignored")]
        return [self._attach(job, job.path, None, "prose_text")]

    def _read_members(self, job: Job, members: Iterable[Member]) -> list[Submission]:
        found = []
        for member in members:
            if is_junk(member.path.rpartition("!")[2]):
                found.append(self._member(job, member.path, member.content, outcome="ignored"))
            elif member.rejection:
                found.append(self._reject(job, member.path, member.content, member.rejection))
            else:
                inner = detect_format(member.content, member.path)
                found.append(self._read_file(job, member.path, member.content, inner))
        return found

    def reject(self, job: Job, rejection: FileRejected) -> Submission:
        """The end of a receipt that no child survived."""
        return self._reject(job, job.path, None, rejection)

    def _too_big(self, job: Job) -> Submission:
        """Too large to look into: a film is kept as an attachment, anything else is refused by its name."""
        with open(job.object_path, "rb") as file:
            head = file.read(4096)
        if detect_format(head, job.path) == "media":
            return self._attach(job, job.path, None, "media")
        return self.reject(job, too_large("文件过大，没有读取。请压缩图片或分成几个文件后重新报送"))

    def _location(self, job: Job, path: str) -> Location:
        source = self.sources[job.source]
        return Location.of(path, source.path, source.line)

    def _submission(self, job: Job, path: str, sha256: str, size: int, **known: object) -> Submission:
        return Submission(job.receipt_id, path, sha256, size, job.received_at, **known)  # type: ignore[arg-type]

    def _member(self, job: Job, path: str, content: bytes | None, **known: object) -> Submission:
        """A submission whose bytes are `content`; the receipt's own where None, or where it is the receipt itself."""
        if content is None or path == job.path:
            return self._submission(job, path, job.sha256, job.size, **known)
        return self._submission(job, path, hashlib.sha256(content).hexdigest(), len(content), **known)

    def _recipient_of_place(self, job: Job, location: Location) -> str | None:
        """By the folder's name, then the file's, then those of the archives around it, then by what the source knew."""
        line = location.line
        return (
            (self.roster.find(location.folder, line) if location.folder else None)
            or next((code for name in location.names if (code := self.roster.find_start(name, line))), None)
            or self._recipient_of_evidence(job, line)
        )

    def _recipient_of_evidence(self, job: Job, line: str) -> str | None:
        unit = job.evidence.get("unit", "")
        return unit if self.roster.is_of_line(unit, line) else self.roster.find(unit, line) if unit else None

    def _deliverable_by_name(self, name: str) -> str | None:
        plain = normalize(name)
        return next(
            (
                deliverable
                for deliverable, item in self.notice.deliverables.items()
                if any(normalize(word) in plain for word in item.file_words)
            ),
            None,
        )

    def _reject(self, job: Job, path: str, content: bytes | None, rejection: FileRejected) -> Submission:
        location = self._location(job, path)
        return self._member(
            job,
            path,
            content,
            outcome="rejected",
            recipient_code=self._recipient_of_place(job, location),
            deliverable=self._deliverable_by_name(location.stem),
            reason=rejection.reason,
            sentence=rejection.sentence,
        )

    def _attach(self, job: Job, path: str, content: bytes | None, file_format: Format) -> Submission:
        recipient = self._recipient_of_place(job, self._location(job, path))
        return self._member(
            job, path, content, outcome="attachment", recipient_code=recipient, format=file_format
        )

    def _read_file(self, job: Job, path: str, content: bytes, file_format: Format) -> Submission:
        try:
            if file_format == "media":
                return self._attach(job, path, content, file_format)
            self._refuse(file_format, content)
            found = (
                read_content(content, file_format, self.settings)
                if file_format in TABLES
                else Content([], [])
            )
        except FileRejected as rejection:
            return self._reject(job, path, content, rejection)
        headed = [
            (sheet, header)
            for sheet in found.sheets
            if not self.tables.is_instruction(sheet) and (header := self.tables.find_header(sheet))
        ]
        title = self._summary_title(file_format, content, path, found.blocks, has_table=bool(headed))
        is_table = file_format in TABLES and (bool(found.sheets) or file_format == "workbook")
        if file_format == "prose_text" and not headed:
            is_table = False
        if title is None and not is_table:
            return self._attach(job, path, content, file_format)
        return self._recognise(job, path, content, file_format, found.sheets, headed, title)

    def _refuse(self, file_format: Format, content: bytes) -> None:
        """Raises FileRejected for what no reader is tried on."""
        if file_format == "encrypted" or (file_format == "pdf" and pdf_is_encrypted(content)):
            raise encrypted()
        if file_format == "empty":
            raise unreadable("文件是空的（0 字节），可能没有传完。请重新报送")
        if file_format == "foreign_archive":
            raise unreadable("这种压缩格式读不了。请改用 zip 格式压缩，或直接放入文件")
        if file_format in ("broken_office", "unknown", "zip"):
            raise unreadable()

    def _summary_title(
        self, file_format: Format, content: bytes, path: str, blocks: list[Block], *, has_table: bool
    ) -> tuple[str, str | None] | None:
        """(deliverable, title) where a prose document is one that the notice asks for; None where it is not."""
        if file_format not in PROSE:
            return None
        heading = pdf_heading(content) if file_format == "pdf" else first_heading(blocks)
        name = path.replace("!", "/").rpartition("/")[2]
        for deliverable, item in self.notice.deliverables.items():
            if KINDS[item.kind].is_table:
                continue
            words = [normalize(word) for word in item.file_words]
            by_name = any(word in normalize(name) for word in words)
            by_heading = not has_table and any(word in normalize(heading or "") for word in words)
            if by_name or by_heading:
                return deliverable, heading
        return None

    def _recognise(
        self,
        job: Job,
        path: str,
        content: bytes,
        file_format: Format,
        sheets: list[Sheet],
        headed: list[tuple[Sheet, Header]],
        title: tuple[str, str | None] | None,
    ) -> Submission:
        location = self._location(job, path)
        read = [
            SheetRows(
                header.deliverable,
                sheet.name,
                sheet.first_row + header.row_index,
                self.tables.places(sheet, header),
                list(self.tables.read_rows(sheet, header)),
            )
            for sheet, header in headed
        ]
        by_place = self._recipient_of_place(job, location)
        declared = self._declared(location.line, sheets, headed, read)
        folder = self.roster.find(location.folder, location.line) if location.folder else None
        conflict = next((code for code in declared if folder and code != folder), None)
        own = next((code for code in declared if self.roster.is_of_line(code, location.line)), None)
        recipient = folder if conflict else own or by_place
        by_name = self._deliverable_by_name(location.stem)
        deliverable = title[0] if title else read[0].deliverable if read else by_name
        known = {"recipient_code": recipient, "deliverable": deliverable, "format": file_format}
        reason, sentence = None, None
        if recipient is None:
            reason = "unknown_recipient"
            sentence = "认不出是哪个单位的。请放进本单位的文件夹，或在表上方写明“填报单位：全称”"
        elif conflict:
            reason = "recipient_conflict"
            sentence = f"文件在“{location.folder}”的文件夹里，表内写的却是另一个单位。请核对后放进正确的文件夹，或改正填报单位"
        elif deliverable is None:
            reason = "unknown_deliverable"
            sentence = "表头与各报送事项都对不上，不知道报的是什么。请使用规定的表样"
        elif title is None and not any(sheet.rows for sheet in read):
            reason = "no_valid_row"
            sentence = "没有可用的数据行。请按规定的表样填写，表头不要改动"
        if reason:
            return self._member(
                job, path, content, outcome="rejected", reason=reason, sentence=sentence, **known
            )
        document = {"document": title[0], "document_title": title[1] or location.stem} if title else {}
        return self._member(job, path, content, outcome="read", sheets=read, **known, **document)

    def _declared(
        self, line: str, sheets: list[Sheet], headed: list[tuple[Sheet, Header]], read: list[SheetRows]
    ) -> list[str]:
        """Recipients that the sheets themselves name, of any line; names that nobody has are passed over."""
        found: list[str] = []
        places: list[tuple[Sheet, Header | None]] = [*headed] or [(sheet, None) for sheet in sheets]
        for sheet, header in places:
            code = self.roster.find_declared(self.tables.declared_unit(sheet, header), line)
            if code:
                found.append(code)
        for part in read:
            named = {self.roster.find_declared(row.unit_name, line) for row in part.rows}
            if len(named) == 1 and (only := named.pop()) and not found:
                found.append(only)
        return found

    def _read_answer(self, job: Job, source: FormService, content: bytes) -> Submission:
        """One answer of a form service; the same answer in another version replaces it."""
        try:
            record = read_record(self.notice, source, content)
        except FileRejected as rejection:
            return self._reject(job, job.path, content, rejection)
        known: dict[str, object] = {
            "format": "form_answer",
            "answer_key": f"{source.id}|{record.answer}",
            "recipient_code": self._recipient_of_evidence(job, source.line),
        }
        header = self.tables.find_header(record.sheet, numbered=True)
        if header is None:
            return self._submission(
                job,
                job.path,
                job.sha256,
                job.size,
                outcome="rejected",
                reason="unknown_deliverable",
                sentence="表单的题目与报送事项对不上。请核对通知里这个来源的 fields",
                **known,
            )
        rows = list(self.tables.read_rows(record.sheet, header, keep_all=True))
        units = {row.unit_name for row in rows if row.unit_name}
        unit = units.pop() if len(units) == 1 else ""
        recipient = self.roster.find(unit, source.line) if unit else known["recipient_code"]
        places = self.tables.places(record.sheet, header)
        known |= {"recipient_code": recipient, "deliverable": header.deliverable}
        if not recipient:
            known |= {"reason": "unknown_recipient", "sentence": UNKNOWN_UNIT}
        return self._submission(
            job,
            job.path,
            job.sha256,
            job.size,
            outcome="read" if recipient else "rejected",
            sheets=[SheetRows(header.deliverable, record.sheet.name, 1, places, rows)],
            **known,
        )

    def _read_export(
        self, job: Job, source: FormExportSource, content: bytes, file_format: Format
    ) -> Iterator[Submission]:
        """Each answer of a questionnaire's export; the export itself only where it cannot be read."""
        try:
            sheets = read_content(content, file_format, self.settings).sheets
        except FileRejected as rejection:
            yield self._reject(job, job.path, content, rejection)
            return
        headed = [
            (sheet, header) for sheet in sheets if (header := self.tables.find_header(sheet, numbered=True))
        ]
        if not headed:
            missing = FileRejected(
                "unknown_deliverable", "导出文件的题目与报送事项对不上。请导出全部题目，不要改动表头"
            )
            yield self._reject(job, job.path, content, missing)
            return
        for sheet, header in headed:
            yield from self._read_answers(job, source, sheet, header)

    def _read_answers(
        self, job: Job, source: FormExportSource, sheet: Sheet, header: Header
    ) -> Iterator[Submission]:
        titles = [normalize(as_text(cell)) for cell in sheet.rows[header.row_index]]
        column = {
            normalize(name): titles.index(normalize(name))
            for name in (source.answer_number, source.submitted_at)
            if normalize(name) in titles
        }
        number_at, moment_at = (
            column.get(normalize(source.answer_number)),
            column.get(normalize(source.submitted_at)),
        )
        metadata = {normalize(name) for name in (source.answer_number, source.submitted_at, *source.metadata)}
        asked = [index for index, title in enumerate(titles) if title and title not in metadata]
        for row in self.tables.read_rows(sheet, header, keep_all=True):
            cells = sheet.rows[row.row_number - sheet.first_row]
            number = (
                as_text(cells[number_at]).strip() if number_at is not None and number_at < len(cells) else ""
            )
            moment = (
                read_moment(cells[moment_at]) if moment_at is not None and moment_at < len(cells) else None
            )
            answers = {titles[index]: as_text(cells[index]).strip() for index in asked if index < len(cells)}
            canonical = json.dumps(
                {key: value for key, value in answers.items() if value}, sort_keys=True, ensure_ascii=False
            )
            recipient = self.roster.find(row.unit_name, source.line) if row.unit_name else None
            unknown = {"reason": "unknown_recipient", "sentence": UNKNOWN_UNIT}
            yield self._submission(
                job,
                f"{job.path}#{number or f'第{row.row_number}行'}",
                hashlib.sha256(canonical.encode()).hexdigest(),
                len(canonical),
                outcome="read" if recipient else "rejected",
                row_order=row.row_number,
                recipient_code=recipient,
                deliverable=header.deliverable,
                format="form_answer",
                answer_key=f"{source.id}|{number or row.row_number}|{(moment or datetime.min).isoformat()}",
                answered_at=moment,
                sheets=[
                    SheetRows(
                        header.deliverable,
                        sheet.name,
                        sheet.first_row + header.row_index,
                        self.tables.places(sheet, header),
                        [row],
                    )
                ],
                **({} if recipient else unknown),
            )
