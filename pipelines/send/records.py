"""Rows of the outbox: what a message's record holds, and the states it passes through."""

from collections.abc import Sequence
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


def history_of(table: str) -> str:
    """What an outbox keeps beside its table of things to hand over: each change of a state, and servers that did not answer."""
    note = "INSERT INTO changes (key, changed_at, state, error) VALUES (new.key, new.changed_at, new.state, new.error);"
    return f"""
CREATE TABLE IF NOT EXISTS changes (
    position INTEGER PRIMARY KEY, key TEXT NOT NULL, changed_at TEXT NOT NULL, state TEXT NOT NULL, error TEXT
) STRICT;
CREATE TRIGGER IF NOT EXISTS {table}_queued AFTER INSERT ON {table} BEGIN {note} END;
CREATE TRIGGER IF NOT EXISTS {table}_changed AFTER UPDATE OF state ON {table} BEGIN {note} END;
CREATE TABLE IF NOT EXISTS servers (
    connection TEXT PRIMARY KEY, failures INTEGER NOT NULL, retry_at TEXT NOT NULL, error TEXT
) STRICT;
"""


SCHEMA = f"""
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
CREATE TABLE IF NOT EXISTS subjects (
    key TEXT NOT NULL, about TEXT NOT NULL, PRIMARY KEY (key, about)
) STRICT, WITHOUT ROWID;
{history_of("mails")}CREATE INDEX IF NOT EXISTS changes_by_state ON changes (state, changed_at);
"""


_MOMENTS = ("queued_at", "not_before", "changed_at", "sent_at")


def read_row(columns: Sequence[str], values: tuple[Any, ...]) -> dict[str, Any]:
    """A row of an outbox's table by the names of its columns, moments read."""
    found = dict(zip(columns, values, strict=True))
    return {**found, **{name: datetime.fromisoformat(found[name]) for name in _MOMENTS if found[name]}}


def to_row(values: tuple[Any, ...]) -> Row:
    """A row of `mails`, its columns in the order of COLUMNS."""
    found = read_row(COLUMNS, values)
    return Row(**{**found, "state": State(found["state"])})


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
