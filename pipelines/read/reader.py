"""One receipt -> its submissions: a file, the members of an archive or a mail, or the answers of a questionnaire.

Runs in a child process (see pool.py); whatever bad input does here costs that file and nothing else.
"""

import hashlib
from collections.abc import Callable

from pipelines.collect.source import ANSWER_MARK, CLIENT
from pipelines.ground.junk import is_junk
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.notice.sources import (
    BY_HAND,
    BY_HAND_FOLDER,
    AnswerSource,
    FolderSource,
    FormExportSource,
    MailboxSource,
    Source,
)
from pipelines.read.answers import AnswerReader
from pipelines.read.file import FileReader
from pipelines.read.findings import FileRejected, too_large
from pipelines.read.names import Location, Roster
from pipelines.read.open import TABLES, Format, detect_format
from pipelines.read.pack import PACKED, Member, unpack
from pipelines.read.piece import Piece, Places
from pipelines.read.recognise import DeliverableNames
from pipelines.read.submission import Job, Submission

MakeFiles = Callable[[Notice, Settings, DeliverableNames, Places], FileReader]


class Reader:
    """Reads receipts by one notice; made once a child process."""

    def __init__(self, notice: Notice, settings: Settings, make_files: MakeFiles = FileReader) -> None:
        self._settings = settings
        roster, names = Roster(notice), DeliverableNames(notice)
        self._places = Places(notice, roster, names)
        self._files = make_files(notice, settings, names, self._places)
        self._answers = AnswerReader(notice, settings, roster, self._files, self._places)
        self._sources = {source.id: source for source in notice.sources}
        self._paths = [source.path for source in notice.sources]
        self._roster = roster

    def _source_of(self, job: Job) -> Source:
        """What a person registered lies in a folder of its own, and is on the line of the unit that the person named."""
        if job.source == BY_HAND and job.claim and job.claim.recipient_code:
            line = self._roster.at(job.received_at).line_of(job.claim.recipient_code)
            return FolderSource(id=BY_HAND, kind="folder", path=BY_HAND_FOLDER, line=line)
        return self._sources[job.source]

    def read(self, job: Job) -> list[Submission]:
        """All submissions of one receipt, in path order."""
        whole = self._piece(job, None)
        if is_junk(job.path) or job.evidence.get("made_by") == CLIENT:
            return [whole.end(outcome="ignored")]
        if job.size > self._settings.max_inflated_bytes:
            return [self._too_big(whole)]
        with open(job.object_path, "rb") as file:
            content = file.read()
        source = self._source_of(job)
        if isinstance(source, AnswerSource) and whole.location.name.startswith(ANSWER_MARK):
            return [self._answers.read_answer(whole, source, content)]
        file_format = detect_format(content, job.path)
        if isinstance(source, FormExportSource) and file_format in TABLES:
            return self._answers.read_export(whole, source, content, file_format)
        if isinstance(source, MailboxSource) and ("message_id" in job.evidence or file_format not in TABLES):
            file_format = "mail"
        return self._open(whole, content, file_format)

    def reject(self, job: Job, rejection: FileRejected) -> list[Submission]:
        """The end of a receipt that no child survived."""
        return [self._places.reject(self._piece(job, None), rejection)]

    def _open(self, whole: Piece, content: bytes, file_format: Format) -> list[Submission]:
        if file_format not in PACKED:
            return [self._files.read(whole, content, file_format)]
        members = unpack(content, self._settings, file_format)
        found = [(member, self._read_member(whole.job, member)) for member in members]
        # A letter's own text that holds no table of ours is no submission beside what the letter brought.
        is_more = any(not member.is_body for member, _ in found)
        return [
            one for member, one in found if not (is_more and member.is_body and one.outcome == "attachment")
        ]

    def _read_member(self, job: Job, member: Member) -> Submission:
        piece = self._piece(job, member)
        if member.is_automatic or (member.names and is_junk(member.names[-1])):
            return piece.end(outcome="ignored")
        if member.rejection:
            return self._places.reject(piece, member.rejection)
        if member.is_body:
            return self._files.read(piece, member.content, "html")
        file_format = detect_format(member.content, piece.location.name)
        if file_format in PACKED:
            return self._places.attach(piece, "prose_text")
        return self._files.read(piece, member.content, file_format)

    def _too_big(self, whole: Piece) -> Submission:
        """Too large to look into: a film or a PDF is kept as an attachment, anything else is refused by its name."""
        with open(whole.job.object_path, "rb") as file:
            head = file.read(4096)
        file_format = detect_format(head, whole.job.path)
        if file_format in ("media", "pdf"):
            return self._places.attach(whole, file_format)
        return self._places.reject(whole, too_large("文件过大，没有读取。请压缩图片或分成几个文件后重新报送"))

    def _piece(self, job: Job, member: Member | None) -> Piece:
        source, names = self._source_of(job), member.names if member else ()
        location = Location.of(job.path, self._root_of(job, source), source.line, names)
        senders = member.senders if member else ()
        if member is None or not names:
            return Piece(job, location, job.sha256, job.size, senders)
        digest = hashlib.sha256(member.content).hexdigest()
        return Piece(job, location, digest, len(member.content), senders)

    def _root_of(self, job: Job, source: Source) -> str:
        """What leads to the source in a receipt's path: its path in the notice or, where that was changed since, the one that it had.

        That is another source's now, or as deep as it is now, or ends before the folder of a unit."""
        for path in (source.path, *self._paths):
            if job.path.startswith(f"{path}/"):
                return path
        folders, depth = job.path.split("/")[:-1], source.path.count("/") + 1
        roster = self._roster.at(job.received_at)
        depths = (one for one in (depth, *range(1, len(folders))) if one < len(folders))
        found = next((one for one in depths if roster.find(folders[one], source.line)), depth)
        return "/".join(folders[:found])
