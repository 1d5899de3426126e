"""A receipt, or a member of the archive or mail that it is: where it lay, and the ends that its place alone decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.notice.model import Notice
from pipelines.read.findings import FileRejected
from pipelines.read.names import Location, Roster
from pipelines.read.open import Format
from pipelines.read.recognise import DeliverableNames, Evidence, judge_recipient
from pipelines.read.rows.model import Note
from pipelines.read.submission import Claim, Job, Submission


@dataclass(frozen=True)
class Piece:
    """What one line of the files list is about. `senders`: of mails that were forwarded, innermost first."""

    job: Job
    location: Location
    sha256: str
    size: int
    senders: tuple[str, ...] = ()

    @property
    def claim(self) -> Claim | None:
        """What a person decided of this very piece."""
        claim = self.job.claim
        return claim if claim and claim.path == self.location.path else None

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


class Places:
    """What a piece's place says: whose it may be, and its end where its content says nothing."""

    def __init__(self, notice: Notice, roster: Roster, names: DeliverableNames) -> None:
        self._notice, self._roster, self._names = notice, roster, names

    def roster(self, piece: Piece) -> Roster:
        """The names as they held when it came."""
        return self._roster.at(piece.job.received_at)

    def judge(self, piece: Piece, evidence: Evidence) -> tuple[str | None, FileRejected | None]:
        """Whose it is: the unit that a person named, else what speaks for one."""
        if piece.claim and piece.claim.recipient_code:
            return piece.claim.recipient_code, None
        return judge_recipient(self.roster(piece), evidence)

    def recipient(self, piece: Piece) -> str | None:
        """By the folder's name, then the file's, then those of the archives around it, then by what the source knew."""
        location, line, roster = piece.location, piece.location.line, self.roster(piece)
        if piece.claim and piece.claim.recipient_code:
            return piece.claim.recipient_code
        return (
            (roster.find(location.folder, line) if location.folder else None)
            or next((code for name in location.names if (code := roster.find_start(name, line))), None)
            or self.recipient_of_source(piece.job, line, piece.senders)
        )

    def recipient_of_source(self, job: Job, line: str, senders: Sequence[str] = ()) -> str | None:
        """Whom the source knew it from; a forwarded mail is the inner sender's before it is the outer one's."""
        roster = self._roster.at(job.received_at)
        # Where nobody proved who delivered a mail, what it says of earlier senders proves nothing either.
        for sender in senders if "unproven_sender" not in job.evidence else ():
            if code := roster.find_sender(sender, line) or roster.find(sender, line):
                return code
        unit = job.evidence.get("unit", "")
        return unit if roster.is_of_line(unit, line) else roster.find(unit, line) if unit else None

    def evidence(self, piece: Piece, **said: object) -> Evidence:
        location = piece.location
        return Evidence(location.line, location.folder, self.recipient(piece), **said)  # type: ignore[arg-type]

    def reject(self, piece: Piece, rejection: FileRejected) -> Submission:
        recipient = self.recipient(piece)
        return piece.end(
            outcome="rejected",
            recipient_code=recipient,
            deliverable=self._names.find(piece.location.stem, recipient),
            reason=rejection.reason,
            sentence=rejection.sentence,
        )

    def attach(self, piece: Piece, file_format: Format, notes: Sequence[Note] = ()) -> Submission:
        return piece.end(
            outcome="attachment",
            recipient_code=self.recipient(piece),
            format=file_format,
            notes=list(notes),
        )
