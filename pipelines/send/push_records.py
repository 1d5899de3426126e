"""Rows of the outbox of pushes: what is to lie at another place, the states it passes through, what was ever told there."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pipelines.send.records import history_of, read_row

NEWER = "已有更新的一版，不再推送"


class PushState(StrEnum):
    queued = "queued"
    handing_over = "handing_over"
    sent = "sent"
    unsure = "unsure"
    failed = "failed"
    withdrawn = "withdrawn"
    """Taken back before it left, by a person or because a newer one took its place."""


Purpose = Literal["feed", "package", "withdrawal", "recommendation"]


@dataclass(frozen=True)
class Target:
    """A place that things are pushed to, as the notice names it."""

    id: str
    connection: str
    folder: str = ""
    """Below what the connection opens."""


@dataclass(frozen=True)
class Push:
    """A file that is to lie at a place. Pushes of one subject take each other's place there: the newest is what holds."""

    purpose: Purpose
    subject: str
    """The item's id, or the feed's or the package's name."""
    name: str
    """Of the file, below the target's folder."""
    media_type: str
    content: bytes = field(repr=False)
    removes: tuple[str, ...] = ()
    """Files of the same subject that are to lie there no more."""
    stated_version: str = ""
    """What the content was made from, where that says whether it is another one; '' where only its own hash does."""

    @property
    def version(self) -> str:
        return self.stated_version or hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class PushRow:
    """A push in the outbox. `receipt` is what the far side answered; `error` our words."""

    key: str
    notice_id: str
    destination: str
    connection: str
    folder: str
    purpose: Purpose
    subject: str
    name: str
    removes: tuple[str, ...]
    media_type: str
    version: str
    sha256: str
    size: int
    state: PushState
    queued_at: datetime
    not_before: datetime
    attempts: int
    changed_at: datetime
    sent_at: datetime | None
    error: str | None
    receipt: str | None

    @property
    def is_dropped(self) -> bool:
        """Taken back by the program itself; what a person took back stays so until there is something else to push."""
        return self.state == PushState.withdrawn and self.error == NEWER

    @property
    def may_lie_there(self) -> bool:
        """Whether its file may lie at its place: it was handed over, or tried, and not refused."""
        handed_over = (PushState.handing_over, PushState.sent, PushState.unsure)
        return self.state in handed_over or (self.attempts > 0 and self.state != PushState.failed)

    @property
    def target(self) -> Target:
        return Target(self.destination, self.connection, self.folder)


COLUMNS = tuple(PushRow.__dataclass_fields__)


def to_push_row(values: tuple[Any, ...]) -> PushRow:
    """A row of `pushes`, its columns in the order of COLUMNS."""
    found = read_row(COLUMNS, values)
    removes = tuple(filter(None, found["removes"].split("\n")))
    return PushRow(**{**found, "removes": removes, "state": PushState(found["state"])})


SCHEMA = f"""
CREATE TABLE IF NOT EXISTS pushes (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    notice_id TEXT NOT NULL, destination TEXT NOT NULL, connection TEXT NOT NULL, folder TEXT NOT NULL,
    purpose TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL, removes TEXT NOT NULL, media_type TEXT NOT NULL,
    version TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    state TEXT NOT NULL,
    queued_at TEXT NOT NULL, not_before TEXT NOT NULL, expires_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, changed_at TEXT NOT NULL, sent_at TEXT, error TEXT, receipt TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS pushes_by_state ON pushes (state, notice_id, not_before);
CREATE INDEX IF NOT EXISTS pushes_by_subject ON pushes (notice_id, destination, subject, position);
{history_of("pushes")}CREATE INDEX IF NOT EXISTS changes_by_key ON changes (key, position);
CREATE TABLE IF NOT EXISTS entries (
    notice_id TEXT NOT NULL, item_id TEXT NOT NULL,
    version TEXT NOT NULL, title TEXT NOT NULL,
    entered_at TEXT NOT NULL, updated_at TEXT NOT NULL, gone_at TEXT, why TEXT,
    submission_id TEXT NOT NULL, path TEXT NOT NULL, sheet TEXT NOT NULL, row_number INTEGER NOT NULL,
    PRIMARY KEY (notice_id, item_id)
) STRICT;
CREATE TABLE IF NOT EXISTS recommendations (
    notice_id TEXT NOT NULL, recommendation_id TEXT NOT NULL, as_of TEXT NOT NULL, made_at TEXT NOT NULL,
    sha256 TEXT NOT NULL, sent_to TEXT, sent_at TEXT,
    PRIMARY KEY (notice_id, recommendation_id)
) STRICT;
CREATE TABLE IF NOT EXISTS recommended (
    notice_id TEXT NOT NULL, recommendation_id TEXT NOT NULL, position INTEGER NOT NULL,
    item_id TEXT NOT NULL, folder TEXT NOT NULL, files INTEGER NOT NULL,
    submission_id TEXT NOT NULL, path TEXT NOT NULL, sheet TEXT NOT NULL, row_number INTEGER NOT NULL,
    PRIMARY KEY (notice_id, recommendation_id, position)
) STRICT;
"""
