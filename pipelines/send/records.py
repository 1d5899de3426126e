"""Rows of the outbox: what a message's record holds, and the states it passes through."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pipelines.ground.errors import NoticesError
from pipelines.notice.mail import Mail as MailSettings
from pipelines.notice.model import Notice


class State(StrEnum):
    queued = "queued"
    handing_over = "handing_over"
    sent = "sent"
    written = "written"
    failed = "failed"
    unsure = "unsure"
    cancelled = "cancelled"
    bounced = "bounced"


class OutboxBusyError(NoticesError):
    """Another process is sending."""


class NoMailSectionError(NoticesError):
    """The notice does not say how its mail is sent."""


@dataclass(frozen=True)
class Row:
    """A message in the outbox. `error` holds our own words and the server's code; `reply` the server's words, which
    may name people."""

    key: str
    notice_id: str
    purpose: str
    recipient: str
    what: str
    address: str
    subject: str
    message_id: str
    size: int
    state: State
    queued_at: datetime
    not_before: datetime
    attempts: int
    changed_at: datetime
    sent_at: datetime | None
    error: str | None
    reply: str | None
    connection: str | None
    file: str | None


COLUMNS = tuple(Row.__dataclass_fields__)
SCHEMA = """
CREATE TABLE IF NOT EXISTS mails (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    notice_id TEXT NOT NULL, purpose TEXT NOT NULL, recipient TEXT NOT NULL, what TEXT NOT NULL,
    address TEXT NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL UNIQUE,
    skeleton BLOB NOT NULL, size INTEGER NOT NULL,
    state TEXT NOT NULL,
    queued_at TEXT NOT NULL, not_before TEXT NOT NULL, expires_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, changed_at TEXT NOT NULL, sent_at TEXT,
    error TEXT, reply TEXT, connection TEXT, file TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS mails_by_state ON mails (state, notice_id, not_before);
CREATE TABLE IF NOT EXISTS changes (
    position INTEGER PRIMARY KEY, key TEXT NOT NULL, changed_at TEXT NOT NULL, state TEXT NOT NULL, error TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS changes_by_state ON changes (state, changed_at);
CREATE TRIGGER IF NOT EXISTS mails_queued AFTER INSERT ON mails BEGIN
    INSERT INTO changes (key, changed_at, state, error) VALUES (new.key, new.changed_at, new.state, new.error);
END;
CREATE TRIGGER IF NOT EXISTS mails_changed AFTER UPDATE OF state ON mails BEGIN
    INSERT INTO changes (key, changed_at, state, error) VALUES (new.key, new.changed_at, new.state, new.error);
END;
CREATE TABLE IF NOT EXISTS subjects (
    key TEXT NOT NULL, about TEXT NOT NULL, PRIMARY KEY (key, about)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS servers (
    connection TEXT PRIMARY KEY, failures INTEGER NOT NULL, retry_at TEXT NOT NULL, error TEXT
) STRICT;
"""


_MOMENTS = ("queued_at", "not_before", "changed_at", "sent_at")


def to_row(values: tuple[Any, ...]) -> Row:
    """A row of `mails`, its columns in the order of COLUMNS."""
    found = dict(zip(COLUMNS, values, strict=True))
    moments = {name: datetime.fromisoformat(found[name]) for name in _MOMENTS if found[name]}
    return Row(**{**found, **moments, "state": State(found["state"])})


def to_text(moment: datetime) -> str:
    """A moment as it is kept: it sorts as text."""
    return moment.replace(microsecond=0).isoformat(" ")


def mail_settings(notice: Notice) -> MailSettings:
    """How the notice's mail is sent. Raises NoMailSectionError where it does not say."""
    if notice.mail is None:
        raise NoMailSectionError(
            f"通知 {notice.id} 的 notice.yaml 里没有 mail 一节：至少要写 from（发件人的名称和地址），见 docs/mail.md"
        )
    return notice.mail
