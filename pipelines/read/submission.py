"""What a receipt turned out to hold: the values that the read stage hands on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipelines.read.layout.model import Role
from pipelines.read.rows.model import Note, SheetRows

Outcome = Literal["read", "ignored", "attachment", "rejected"]


@dataclass(frozen=True)
class Claim:
    """What a person decided of the file at `path` (a member, an answer): whose it is, what it is, or both."""

    path: str
    recipient_code: str | None = None
    deliverable: str | None = None


@dataclass(frozen=True)
class Following:
    """How the table of one deliverable is read as the exports before it were."""

    titles: Mapping[int, str] = field(default_factory=dict)
    """Column -> the title that it had."""
    options: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """Column -> option as it is called now -> as it was."""
    carried: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Answer (see `key_of`) -> title -> what was answered to a question that is no longer asked."""

    def __bool__(self) -> bool:
        return bool(self.titles or self.options or self.carried)


@dataclass(frozen=True)
class Job:
    """One receipt to read: where its bytes are and what is known of it without them."""

    receipt_id: str
    source: str
    path: str
    object_path: str
    sha256: str
    size: int
    received_at: datetime
    evidence: Mapping[str, str] = field(default_factory=dict)
    """What the source knew beside the bytes: `unit`, a recipient's code or name, is the last thing believed."""
    claim: Claim | None = None
    """Goes before everything that the file itself says of whose and what it is."""
    following: Mapping[str, Following] = field(default_factory=dict)
    """Of an export of a questionnaire: deliverable -> how it is read as the exports before it were."""


@dataclass(frozen=True)
class SheetAccount:
    """How many filled cells of a sheet had which role; the roles add up to all of them."""

    sheet: str
    sheet_number: int
    cells: Mapping[Role, int]


@dataclass(frozen=True)
class Submission:
    """One line of the files list: a file, a zip's member or a form answer. No recipient is None."""

    receipt_id: str
    path: str
    sha256: str
    size: int
    received_at: datetime
    outcome: Outcome
    row_order: int = 0
    """Orders what has the same path and time: the answers of one export."""
    recipient_code: str | None = None
    deliverable: str | None = None
    reason: str | None = None
    sentence: str | None = None
    format: str | None = None
    document: str | None = None
    """The deliverable a prose document meets."""
    document_title: str | None = None
    answer_key: str | None = None
    """Identity of a form answer; the same answer in a later export has the same."""
    answered_at: datetime | None = None
    """When a form answer was submitted, by the form's own clock: its first content arrived then."""
    sheets: list[SheetRows] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    accounts: list[SheetAccount] = field(default_factory=list)
