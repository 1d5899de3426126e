"""The outbox: every mail the program ever meant to send, and what became of it. Not derived from anything: kept for ever.

Writes <home>/mail/outbox.sqlite (one row a message) and <home>/mail/objects/ (attachments by their sha256, each once).
Every change is on disk before its method returns. Moments are naive time in the notice's zone, to the second.

    queued → handing_over → sent → bounced
       ↓           ↓
    written     unsure        cancelled, failed

`handing_over` is noted before the server is told that a message is complete: whoever dies after that cannot know whether
it was accepted, so the next sender makes it `unsure`, and only a person sends it again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.ground.errors import NoticesError
from pipelines.notice.model import Notice
from pipelines.send.compose import Mail, compose, fill, mail_key, message_id
from pipelines.send.handing import Handing
from pipelines.send.mailbox import Mailbox, plain
from pipelines.send.records import (
    COLUMNS,
    SCHEMA,
    Row,
    State,
    mail_settings,
    to_row,
    to_text,
)

_INSERT = """
INSERT INTO mails (
    key, notice_id, purpose, recipient, what, address, subject, message_id, skeleton, size, state, queued_at, not_before,
    expires_at, changed_at
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Queued:
    """How many mails were new, and how many the outbox held already."""

    new: int
    known: int


class Outbox(Handing):
    """The outbox of mails of one home."""

    table, file, schema = "mails", "outbox.sqlite", SCHEMA
    busy = "另一个发送程序正在运行，等它结束再发"

    # What comes in.

    def queue(self, notice: Notice, mails: Iterable[Mail], now: datetime) -> Queued:
        """Keeps mails to be sent, each composed now and never changed again; what the outbox knows stays as it is."""
        moment, count = notice.local(now), 0
        rows: dict[str, tuple[object, ...]] = {}
        subjects: list[tuple[str, str]] = []
        stored: set[str] = set()
        for mail in mails:
            count += 1
            key = mail_key(notice.id, mail)
            if key in rows or self._base.execute("SELECT 1 FROM mails WHERE key = ?", [key]).fetchone():
                continue
            for file in mail.files:
                if file.sha256 not in stored:
                    # Kept anew even where it is there: it may be the torn half of a killed run.
                    self._objects.store([file.content])
                    stored.add(file.sha256)
            rows[key] = self._compose(notice, key, mail, moment)
            subjects += [(key, subject) for subject in mail.about]
        if stored:
            # No row may outlive its attachments.
            self._objects.sync()
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            new = sum(self._base.execute(_INSERT, row).rowcount for row in rows.values())
            self._base.executemany("INSERT INTO subjects VALUES (?, ?) ON CONFLICT DO NOTHING", subjects)
        return Queued(new, count - new)

    def _compose(self, notice: Notice, key: str, mail: Mail, now: datetime) -> tuple[object, ...]:
        settings = mail_settings(notice)
        sender = Mailbox(settings.sender.name, settings.sender.address)
        reply_to = Mailbox("", settings.reply_to) if settings.reply_to else None
        skeleton = compose(key, mail, sender, reply_to, now.replace(tzinfo=notice.zone), notice.id)
        begin = settings.allowed_from(max(now, mail.not_before or now))
        end = begin + timedelta(hours=settings.give_up_after_hours)
        return (
            *(key, notice.id, mail.purpose, mail.recipient, mail.what, mail.to.address, plain(mail.subject)),
            *(message_id(key, sender), skeleton, len(fill(skeleton, self._content)), State.queued),
            *map(to_text, (now, begin, end, now)),
        )

    def cancel(self, keys: Iterable[str], reason: str, now: datetime) -> int:
        """Takes back what has not left yet; returns how many that were."""
        return sum(self._move(key, (State.queued,), State.cancelled, now, error=reason) for key in keys)

    # What a person decides.

    def resend(self, key: str, now: datetime, notice: Notice) -> bool:
        """Puts a message that was written, failed, cancelled, bounced or is unsure back into the queue, as it was."""
        settings = mail_settings(notice)
        begin, now = settings.allowed_from(now), notice.local(now)
        return self._move(
            key,
            (State.written, State.failed, State.unsure, State.cancelled, State.bounced),
            State.queued,
            now,
            not_before=to_text(begin),
            expires_at=to_text(begin + timedelta(hours=settings.give_up_after_hours)),
            attempts=0,
            error=None,
            reply=None,
        )

    def mark_sent(self, key: str, now: datetime) -> bool:
        """An unsure message did arrive, as the server's log or the addressee says."""
        return self._move(key, (State.unsure,), State.sent, now, sent_at=to_text(now), error=None)

    def register_bounce(self, id_or_key: str, reason: str, now: datetime, reply: str | None = None) -> bool:
        """A message that was handed over came back; known by its key or by its Message-ID. False: not one of ours."""
        found = self._base.execute(
            "SELECT key FROM mails WHERE ? IN (key, message_id)", [id_or_key]
        ).fetchone()
        handed_over = (State.sent, State.unsure)
        return bool(found) and self._move(
            found[0], handed_over, State.bounced, now, error=reason, reply=reply
        )

    # What the sender does.

    def recover(self, now: datetime) -> int:
        """What a dead sender left between handing over and noting it becomes unsure. Only while `sending`."""
        rows = self.rows(State.handing_over)
        reason = "发送程序中断：服务器可能已经收下，也可能没有；请按 Message-ID 查服务器日志"
        return sum(
            self._move(row.key, (State.handing_over,), State.unsure, now, error=reason) for row in rows
        )

    def expire(self, notice_id: str, now: datetime) -> int:
        """What should have left long ago fails: nobody wants last week's reminder."""
        found = self._base.execute(
            "SELECT key FROM mails WHERE notice_id = ? AND state = 'queued' AND expires_at <= ?", [notice_id, to_text(now)]
        ).fetchall()  # fmt: skip
        reason = "超过时限没有发出，不再发送"
        return sum(self._move(key, (State.queued,), State.failed, now, error=reason) for (key,) in found)

    def due(self, notice_id: str, now: datetime) -> list[Row]:
        """What may leave now, the oldest first."""
        return self._rows(
            "notice_id = ? AND state = 'queued' AND not_before <= ? ORDER BY not_before, position", notice_id, to_text(now)
        )  # fmt: skip

    def message(self, key: str) -> bytes:
        """The message as it travels."""
        (skeleton,) = self._base.execute("SELECT skeleton FROM mails WHERE key = ?", [key]).fetchone()
        return fill(skeleton, self._content)

    def note_handing_over(self, key: str, connection: str, now: datetime) -> bool:
        """Returns False where the message was taken back meanwhile; else it must not be sent again by a program."""
        return self._move(key, (State.queued,), State.handing_over, now, connection=connection)

    def note_sent(self, key: str, now: datetime, reply: str) -> None:
        self._move(
            key, (State.handing_over,), State.sent, now, True, sent_at=to_text(now), error=None, reply=reply
        )

    def note_written(self, key: str, now: datetime, file: str) -> bool:
        return self._move(key, (State.queued,), State.written, now, file=file, error=None)

    def note_unsure(self, key: str, now: datetime, error: str) -> None:
        self._move(key, (State.handing_over,), State.unsure, now, True, error=error)

    def note_failed(self, key: str, now: datetime, error: str, reply: str | None) -> None:
        self._move(key, (State.queued, State.handing_over), State.failed, now, True, error=error, reply=reply)

    def note_retry(self, key: str, now: datetime, again: datetime, error: str, reply: str | None) -> None:
        """Not accepted, for certain, and worth another try from `again` on."""
        states = (State.queued, State.handing_over)
        self._move(key, states, State.queued, now, True, not_before=to_text(again), error=error, reply=reply)

    def handed_over(self, connection: str, now: datetime) -> int:
        """Messages that left through a connection on this day, of all notices; unsure ones count."""
        (count,) = self._base.execute(
            """
            SELECT count(DISTINCT key) FROM mails INNER JOIN changes USING (key)
            WHERE connection = ? AND changes.state = 'handing_over' AND substr(changes.changed_at, 1, 10) = ?
            """,
            [connection, now.date().isoformat()],
        ).fetchone()
        return int(count)

    # What can be asked.

    def rows(self, state: State | None = None, notice_id: str | None = None) -> list[Row]:
        """All messages of a state, or of every state, in the order in which they were queued."""
        return self._rows(
            "(?1 IS NULL OR state = ?1) AND (?2 IS NULL OR notice_id = ?2) ORDER BY position",
            state,
            notice_id,
        )

    def find(self, start: str) -> Row:
        """The one message whose key begins so, or whose Message-ID this is. Raises NoticesError where that is not one."""
        found = self._rows(
            "message_id = ?1 OR (length(?1) >= 6 AND substr(key, 1, length(?1)) = ?1) ORDER BY position",
            start,
        )
        if len(found) != 1:
            what = f"有 {len(found)} 封，请写得长一些" if found else "没有这一封（编号至少写 6 位）"
            raise NoticesError(f"发件箱里编号为 {start} 的邮件：{what}；notices outbox 列出全部")
        return found[0]

    def subjects(self, notice_id: str) -> dict[str, list[str]]:
        """What the mails of a notice are about (`Mail.about`), by key."""
        found: dict[str, list[str]] = {}
        for key, subject in self._base.execute(
            "SELECT key, subjects.about FROM subjects INNER JOIN mails USING (key) WHERE notice_id = ?",
            [notice_id],
        ):
            found.setdefault(key, []).append(subject)
        return found

    def _rows(self, condition: str, *values: object) -> list[Row]:
        query = f"SELECT {', '.join(COLUMNS)} FROM mails WHERE {condition}"
        return [to_row(found) for found in self._base.execute(query, values)]
