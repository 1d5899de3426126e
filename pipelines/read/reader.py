"""One receipt -> its submissions: unpacked, recognised, read into canonical columns. Pure, but for opening the object.

Runs in a child process (see pool.py); whatever bad input does here costs that file and nothing else.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pipelines.collect.source import ANSWER_MARK
from pipelines.ground.settings import Settings
from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.notice.sources import AnswerSource, FormExportSource, MailboxSource
from pipelines.read.answers import read_answer, read_answers
from pipelines.read.archives import Member, unpack
from pipelines.read.documents import Block, doc_heading, first_heading, pdf_heading, pdf_is_encrypted
from pipelines.read.findings import FileRejected, encrypted, too_large, unreadable
from pipelines.read.formats import Format, detect_format, is_junk
from pipelines.read.identity import known_identity
from pipelines.read.mails import read_mail
from pipelines.read.names import Location, Roster
from pipelines.read.recognise import Evidence, Headed, declared_units, judge
from pipelines.read.sheets import Content, read_content
from pipelines.read.submission import Job, Submission
from pipelines.read.tables import TableReader
from pipelines.read.values import normalize

PROSE: frozenset[Format] = frozenset({"docx", "word_binary", "rtf", "pdf"})
Title = tuple[str, str | None]
"""The deliverable that a prose document meets, and its first heading."""
TABLES: frozenset[Format] = frozenset({"workbook", "docx", "html", "text", "prose_text"})


@dataclass(frozen=True)
class Piece:
    """A receipt, or a member of the archive that it is: where it lay and what its bytes are."""

    job: Job
    location: Location
    sha256: str
    size: int

    def end(self, **known: object) -> Submission:
        """The submission that this turned out to be."""
        return Submission(
            self.job.receipt_id,
            self.location.path,
            self.sha256,
            self.size,
            self.job.received_at,
            **known,  # type: ignore[arg-type]
        )


class Reader:
    """Reads receipts by one notice; made once a child process."""

    def __init__(self, notice: Notice, settings: Settings) -> None:
        self.notice, self.settings = notice, settings
        self.roster = Roster(notice)
        self.tables = TableReader(notice, settings.header_rows)
        self.sources = {source.id: source for source in notice.sources}

    def read(self, job: Job) -> list[Submission]:
        """All submissions of one receipt, in path order."""
        whole = self._piece(job, None)
        if is_junk(job.path):
            return [whole.end(outcome="ignored")]
        if job.size > self.settings.max_inflated_bytes:
            return [self._too_big(whole)]
        content = Path(job.object_path).read_bytes()
        source = self.sources[job.source]
        file_format = detect_format(content, job.path)
        if isinstance(source, AnswerSource) and whole.location.name.startswith(ANSWER_MARK):
            return [self._read_answer(whole, source, content)]
        if isinstance(source, FormExportSource) and file_format in TABLES:
            return self._read_export(whole, source, content, file_format)
        if isinstance(source, MailboxSource):
            return self._read_mail(whole, content)
        if file_format != "zip":
            return [self._read_file(whole, content, file_format)]
        return [self._read_member(job, member) for member in unpack(content, self.settings)]

    def reject(self, job: Job, rejection: FileRejected) -> list[Submission]:
        """The end of a receipt that no child survived."""
        return [self._reject(self._piece(job, None), rejection)]

    def _read_member(self, job: Job, member: Member) -> Submission:
        piece = self._piece(job, member)
        if member.names and is_junk(member.names[-1]):
            return piece.end(outcome="ignored")
        if member.rejection:
            return self._reject(piece, member.rejection)
        return self._read_file(piece, member.content, detect_format(member.content, piece.location.name))

    def _read_mail(self, whole: Piece, content: bytes) -> list[Submission]:
        """A mail's attachments; the mail itself only where it has none."""
        mail = read_mail(content, self.settings)
        if mail.members:
            return [self._read_member(whole.job, member) for member in mail.members]
        return [whole.end(outcome="ignored") if mail.is_automatic else self._attach(whole, "prose_text")]

    def _read_answer(self, whole: Piece, source: AnswerSource, content: bytes) -> Submission:
        """One answer of a form service; the same answer in another version replaces it."""
        try:
            known = read_answer(
                self.notice,
                source,
                content,
                self._recipient_of_evidence(whole.job, source.line),
                self.tables,
                self.roster,
            )
        except FileRejected as rejection:
            return self._reject(whole, rejection)
        return whole.end(**known)

    def _read_export(
        self, whole: Piece, source: FormExportSource, content: bytes, file_format: Format
    ) -> list[Submission]:
        try:
            sheets = read_content(content, file_format, self.settings).sheets
            return list(read_answers(whole.job, source, sheets, self.tables, self.roster))
        except FileRejected as rejection:
            return [self._reject(whole, rejection)]

    def _too_big(self, whole: Piece) -> Submission:
        """Too large to look into: a film or a PDF is kept as an attachment, anything else is refused by its name."""
        with open(whole.job.object_path, "rb") as file:
            head = file.read(4096)
        file_format = detect_format(head, whole.job.path)
        if file_format in ("media", "pdf"):
            return self._attach(whole, file_format)
        return self._reject(whole, too_large("文件过大，没有读取。请压缩图片或分成几个文件后重新报送"))

    def _piece(self, job: Job, member: Member | None) -> Piece:
        source, names = self.sources[job.source], member.names if member else ()
        location = Location.of(job.path, source.path, source.line, names)
        if member is None or not names:
            return Piece(job, location, job.sha256, job.size)
        return Piece(job, location, hashlib.sha256(member.content).hexdigest(), len(member.content))

    def _recipient_of_place(self, piece: Piece) -> str | None:
        """By the folder's name, then the file's, then those of the archives around it, then by what the source knew."""
        location, line = piece.location, piece.location.line
        return (
            (self.roster.find(location.folder, line) if location.folder else None)
            or next((code for name in location.names if (code := self.roster.find_start(name, line))), None)
            or self._recipient_of_evidence(piece.job, line)
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

    def _reject(self, piece: Piece, rejection: FileRejected) -> Submission:
        return piece.end(
            outcome="rejected",
            recipient_code=self._recipient_of_place(piece),
            deliverable=self._deliverable_by_name(piece.location.stem),
            reason=rejection.reason,
            sentence=rejection.sentence,
        )

    def _attach(self, piece: Piece, file_format: Format) -> Submission:
        recipient = self._recipient_of_place(piece)
        return piece.end(outcome="attachment", recipient_code=recipient, format=file_format)

    def _read_file(self, piece: Piece, content: bytes, file_format: Format) -> Submission:
        try:
            if file_format == "media":
                return self._attach(piece, file_format)
            self._refuse(file_format, content)
            found = (
                read_content(content, file_format, self.settings)
                if file_format in TABLES
                else Content([], [])
            )
        except FileRejected as rejection:
            return self._reject(piece, rejection)
        headed = self._find_headers(found)
        heading = _first_heading(file_format, content, found.blocks)
        title = self._summary_title(file_format, piece.location.name, heading, has_table=bool(headed))
        is_table = file_format in TABLES and (bool(found.sheets) or file_format == "workbook")
        if file_format == "prose_text" and not headed:
            is_table = False
        if title is None and not is_table:
            return self._attach(piece, file_format)
        return self._recognise(piece, file_format, found, headed, title)

    def _find_headers(self, found: Content) -> Headed:
        """The sheets that hold a table; a template's own deliverable is looked for first."""
        template = known_identity(self.notice, found.identity)
        return [
            (sheet, header)
            for sheet in found.sheets
            if not self.tables.is_instruction(sheet)
            and (
                header := (template and self.tables.find_header(sheet, only=template.deliverable))
                or self.tables.find_header(sheet)
            )
        ]

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
        self, file_format: Format, name: str, heading: str | None, *, has_table: bool
    ) -> Title | None:
        """(deliverable, title) where a prose document is one that the notice asks for; None where it is not."""
        if file_format not in PROSE:
            return None
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
        self, piece: Piece, file_format: Format, found: Content, headed: Headed, title: Title | None
    ) -> Submission:
        """Whose and what a readable table or summary is, or why that cannot be said."""
        location = piece.location
        read = [self.tables.read_rows(sheet, header) for sheet, header in headed]
        template = known_identity(self.notice, found.identity)
        evidence = Evidence(
            location.line,
            location.folder,
            self._recipient_of_place(piece),
            template.recipient_code if template else None,
            declared_units(self.roster, self.tables, location.line, found.sheets, headed, read),
        )
        named = template.deliverable if template else self._deliverable_by_name(location.stem)
        deliverable = title[0] if title else read[0].deliverable if read else named
        has_rows = title is not None or any(part.row_numbers for part in read)
        recipient, fault = judge(self.roster, evidence, deliverable, has_rows=has_rows)
        known = {"recipient_code": recipient, "deliverable": deliverable, "format": file_format}
        if fault:
            return piece.end(outcome="rejected", reason=fault.reason, sentence=fault.sentence, **known)
        document = {"document": title[0], "document_title": title[1] or location.stem} if title else {}
        return piece.end(outcome="read", sheets=read, **known, **document)


def _first_heading(file_format: Format, content: bytes, blocks: list[Block]) -> str | None:
    """A document's first heading, by its format; None where it has none, or none that can be read."""
    if file_format == "pdf":
        return pdf_heading(content)
    if file_format == "word_binary":
        return doc_heading(content)
    return first_heading(blocks)
