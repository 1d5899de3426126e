"""The child's work: a returned submission -> the file that goes back. Runs in a child process with limits (read/pool.py)."""

import hashlib
import logging
from pathlib import Path
from typing import cast

from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.notice.sources import MailboxSource
from pipelines.read.findings import FileRejected
from pipelines.read.open import Format, detect_format
from pipelines.read.opening import is_of_the_machine
from pipelines.read.pack import PACKED, unpack
from pipelines.returns.copy import STRICT, Copy, open_copy
from pipelines.returns.letter import write_letter
from pipelines.returns.mark import mark_book
from pipelines.returns.model import FILE_LEVEL, Outcome, Returned
from pipelines.returns.rebuild import rebuild

WRITABLE = frozenset({"workbook", "spreadsheet_xml", "html", "mht", "text", "prose_text"})
"""Formats that go back as a marked workbook."""
log = logging.getLogger(__name__)


class Marker:
    """Makes returns by one notice; made once for all children."""

    writes_scratch = True
    """openpyxl writes each sheet into a temporary file first."""

    def __init__(self, notice: Notice, settings: Settings) -> None:
        self.notice, self.settings = notice, settings
        self.sheet_name = notice.words.returned_sheet
        self.mailboxes = {one.id for one in notice.sources if isinstance(one, MailboxSource)}

    def read(self, job: Returned) -> Outcome:
        """The marked workbook, or the letter where there is nothing to mark."""
        content = self._bytes(job) if _can_be_marked(job) else None
        if content is None or len(content) > self.settings.max_return_bytes:
            return self.reject(job, None)
        known = cast(Format, job.format)
        for make in (self._open, self._rebuild):
            try:
                if copy := make(job, content, known):
                    return Outcome(job.submission_id, ".xlsx", mark_book(copy, job, self.sheet_name))
            except (FileRejected, *STRICT) as error:
                # What openpyxl was given is the unit's to the last style; the letter stands in for any marking.
                if is_of_the_machine(error):
                    raise
                log.warning("returns: %s 换一种办法标注：%s", job.path, type(error).__name__, exc_info=error)
        return self.reject(job, None)

    def _open(self, job: Returned, content: bytes, file_format: Format) -> Copy | None:
        return open_copy(content, job.parts.values()) if file_format == "workbook" else None

    def _rebuild(self, job: Returned, content: bytes, file_format: Format) -> Copy:
        return rebuild(content, file_format, self.settings)

    def reject(self, job: Returned, rejection: FileRejected | None) -> Outcome:
        """The letter: also for a workbook that cannot be opened a second time, or not within the limits."""
        return Outcome(job.submission_id, ".docx", write_letter(job, self._contact(job)))

    def _contact(self, job: Returned) -> str:
        """Whom the unit calls, as its line's mails say it; blank where the notice names nobody."""
        line = next((one.line for one in self.notice.sources if one.id == job.source), "")
        known = self.notice.mail.contact(line) if self.notice.mail else None
        return known.words if known else ""

    def _bytes(self, job: Returned) -> bytes | None:
        """What was submitted: the receipt's own bytes, or those of the archive's or mail's member that it was."""
        content = Path(job.object_path).read_bytes()
        kind = "mail" if job.source in self.mailboxes else detect_format(content, job.receipt_path)
        is_whole = hashlib.sha256(content).hexdigest() == job.sha256
        if is_whole and kind != "mail":
            return content
        members = unpack(content, self.settings, kind) if kind in PACKED else ()
        if is_whole:
            # The mail as itself: what was read is the table in its text.
            return next((one.content for one in members if one.is_body and not one.names), None)
        return next(
            (one.content for one in members if hashlib.sha256(one.content).hexdigest() == job.sha256), None
        )


def _can_be_marked(job: Returned) -> bool:
    return job.format in WRITABLE and not job.is_answer and job.reason not in FILE_LEVEL
