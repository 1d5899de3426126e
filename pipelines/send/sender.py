"""The sender: takes what is due out of the outbox, once each, over a connection or as files for a person to open.

Where the notice's connection is not configured, or the notice says `dry_run`, messages are written to <home>/outbox/ and
their state is `written`. That is an end: configuring a connection later sends none of them; a person may, one by one.
"""

import logging
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.ground.connections import Connection
from pipelines.ground.whole import replace_file
from pipelines.notice.mail import Mail as MailSettings
from pipelines.notice.model import Notice
from pipelines.send.outbox import Outbox
from pipelines.send.records import Row, mail_settings
from pipelines.send.smtp import Outcome, RefusedError, ServerError, Session, check_connection

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
"""The moment it is, as naive time in the notice's zone."""
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=4)
MOST_BROKEN = 3
"""After so many messages in a row on which the session broke, the server is left alone: more would only become unsure."""


@dataclass
class Sent:
    """What one call did: how many messages reached which state, and why the rest stayed."""

    counts: Counter[str] = field(default_factory=Counter)
    recovered: int = 0
    """Messages that an earlier, interrupted call left unsure."""
    waiting: int = 0
    """Messages that are due and stay queued."""
    reason: str = ""
    """Why they wait, in Chinese; empty where none does."""


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 5 minutes, doubled each time, 4 hours at most."""
    return min(FIRST_WAIT * (1 << min(failures - 1, 10)), LONGEST_WAIT)


def send_due(
    outbox: Outbox,
    notice: Notice,
    clock: Clock,
    connection: Connection | None,
    folder: Path,
    purpose: str | None = None,
) -> Sent:
    """Sends what is due of a notice, or of one purpose alone; without a connection writes it below `folder`.

    Raises OutboxBusyError where another process sends, RefusedError where the server refuses us as such (all stay queued).
    """
    settings, done = mail_settings(notice), Sent()
    if connection:
        check_connection(connection)
    with outbox.sending():
        done.recovered = outbox.recover(clock())
        done.counts["failed"] += outbox.expire(notice.id, clock())
        due = _due(outbox, notice, clock, purpose)
        if settings.allowed_from(clock()) > clock():
            done.reason = "静默时段，不发送" if due else ""
        elif connection is None or settings.dry_run:
            _write_all(outbox, due, clock, folder, done)
        else:
            _deliver_all(outbox, settings, due, clock, connection, done)
        done.waiting = len(_due(outbox, notice, clock, purpose))
    counts = "、".join(f"{state} {count}" for state, count in done.counts.items() if count) or "无"
    log.info("send: %s；等待 %d 封%s", counts, done.waiting, f"：{done.reason}" if done.reason else "")
    return done


def _due(outbox: Outbox, notice: Notice, clock: Clock, purpose: str | None) -> list[Row]:
    return [row for row in outbox.due(notice.id, clock()) if purpose in (None, row.purpose)]


def preview(outbox: Outbox, notice: Notice, now: datetime, folder: Path) -> list[Path]:
    """Writes what is due as files and changes nothing in the outbox."""
    return [write_message(outbox, row, folder) for row in outbox.due(notice.id, now)]


def _write_all(outbox: Outbox, due: list[Row], clock: Clock, folder: Path, done: Sent) -> None:
    for row in due:
        path = write_message(outbox, row, folder)
        if outbox.note_written(row.key, clock(), str(path.relative_to(folder))):
            done.counts["written"] += 1


def write_message(outbox: Outbox, row: Row, folder: Path) -> Path:
    """The message as an .eml file, replaced whole; its name says day, purpose and addressee."""
    label = re.sub(r"[^\w.-]+", "-", f"{row.not_before:%Y%m%d-%H%M}_{row.purpose}_{row.recipient}_{row.what}")
    path = folder / row.notice_id / f"{label[:80]}_{row.key[:8]}.eml"
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, outbox.message(row.key))
    return path


def _deliver_all(
    outbox: Outbox, settings: MailSettings, due: list[Row], clock: Clock, connection: Connection, done: Sent
) -> None:
    failures, retry_at = outbox.server_wait(connection.id)
    if retry_at and clock() < retry_at:
        done.reason = f"服务器连不上（连续 {failures} 次），{retry_at:%m-%d %H:%M} 再试" if due else ""
        return
    pause, last, broken = 60 / settings.per_minute, None, 0
    with Session(connection) as session:
        for row in due:
            if settings.allowed_from(clock()) > clock():
                done.reason = "静默时段，不发送"
                return
            if outbox.handed_over(connection.id, clock()) >= settings.per_day:
                done.reason = f"今天已发 {settings.per_day} 封，到了每日上限"
                return
            if last is not None:
                time.sleep(max(0.0, last + pause - time.monotonic()))
            last = time.monotonic()
            try:
                if broken == MOST_BROKEN:
                    raise ServerError(f"连接一再中断（连续 {broken} 封）")
                outcome = _deliver(outbox, settings, row, clock, session, connection)
            except ServerError as error:
                again = clock() + wait_after(failures + 1)
                outbox.note_server(connection.id, failures + 1, again, str(error))
                done.reason = f"{error}，{again:%m-%d %H:%M} 再试"
                return
            except RefusedError as error:
                outbox.note_server(connection.id, 0, clock(), str(error))
                raise
            broken = 0 if session.is_open else broken + 1
            if failures and not broken:
                failures = 0
                outbox.note_server(connection.id, 0, clock(), None)
            done.counts[outcome.state] += 1


def _deliver(
    outbox: Outbox, settings: MailSettings, row: Row, clock: Clock, session: Session, connection: Connection
) -> Outcome:
    """One message, with what became of it noted."""
    outcome = session.hand_over(
        settings.sender.address,
        row.address,
        outbox.message(row.key),
        lambda: outbox.note_handing_over(row.key, connection.id, clock()),
    )
    now = clock()
    if outcome.state == "sent":
        outbox.note_sent(row.key, now, outcome.reply or "")
    elif outcome.state == "unsure":
        outbox.note_unsure(row.key, now, outcome.error)
    elif outcome.state == "failed":
        outbox.note_failed(row.key, now, outcome.error, outcome.reply)
    elif outcome.state == "retry":
        again = settings.allowed_from(now + wait_after(row.attempts + 1))
        outbox.note_retry(row.key, now, again, outcome.error, outcome.reply)
    return outcome
