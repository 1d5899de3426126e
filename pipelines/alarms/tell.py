"""Tells alarms: once raised, once over, to each channel that there is. A channel is 'mail' or the connection of a group robot.

queued → outboxed                      mail: the outbox has it, once, and sees to the rest
queued → handing_over → sent, unsure   robot: noted before anything leaves, so a kill makes it unsure, never twice
queued → queued (tried again), failed (after three days), dropped (it was over before it could be told, or its robot is gone)
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from pipelines.alarms.journal import Alarms, to_text
from pipelines.alarms.letters import PURPOSE, Event, addressees, keys_of, write_mails, write_message
from pipelines.alarms.record import Alarm
from pipelines.alarms.robots import PER_MINUTE, Said, post
from pipelines.ground.connections import Connection
from pipelines.ground.durable import has_base
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.send.outbox import Outbox
from pipelines.send.sender import Clock, wait_after

MAIL = "mail"
GIVE_UP = timedelta(days=3)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Telling:
    """One event of one alarm that one channel has not been told yet."""

    alarm: Alarm
    event: Event
    channel: str
    attempts: int
    queued_at: datetime


def plan(journal: Alarms, channels: Iterable[str], now: datetime) -> None:
    """Every event that was not planned yet gets a row for each channel; what was over before anybody heard of it is told
    once, as over."""
    wanted = list(channels)
    with journal.writing():
        raised = journal.select("is_raise_planned = 0 AND over_at IS NULL")
        over = journal.select("is_end_planned = 0 AND over_at IS NOT NULL")
        for alarm, event in chain(((one, "raised") for one in raised), ((one, "over") for one in over)):
            for channel in wanted:
                if channel == alarm.subject and alarm.kind == "robots":
                    continue  # it is the one that cannot be reached
                journal.base.execute(
                    "INSERT OR IGNORE INTO tellings (position, event, channel, state, queued_at, not_before, changed_at) "
                    "VALUES (?1, ?2, ?3, 'queued', ?4, ?4, ?4)",
                    [alarm.position, event, channel, to_text(now)],
                )
        journal.base.execute("UPDATE alarms SET is_raise_planned = 1")
        journal.base.execute("UPDATE alarms SET is_end_planned = 1 WHERE over_at IS NOT NULL")
        # What is over is told as over, and nobody needs to hear first that it began.
        journal.base.execute(
            "UPDATE tellings SET state = 'dropped', changed_at = ? WHERE event = 'raised' AND state = 'queued' "
            "AND channel != 'mail' AND position IN (SELECT position FROM alarms WHERE over_at IS NOT NULL)",
            [to_text(now)],
        )


def tell_by_mail(
    journal: Alarms, home: Home, notices: Mapping[str, Notice], carriers: list[Notice], now: datetime
) -> set[str]:
    """Puts what mail has to tell into the outbox; returns the notices whose outbox now holds some.

    A notice's own alarms go by its own mail, those of a broken notice and of the home by the first of `carriers`.
    """
    used: set[str] = set()
    waiting = list(_waiting(journal, MAIL, now))
    if not waiting:
        return used
    with Outbox(home.mail) as outbox:
        for one in waiting:
            own = notices.get(one.alarm.notice_id)
            carrier = own if own and addressees(own) else carriers[0] if carriers else None
            if carrier is None:
                _move(journal, one, "failed", now, "没有一个通知写了告警发给谁（mail.alarms_to）")
                continue
            if one.event == "over":
                outbox.cancel(keys_of(one.alarm, "raised", carrier), "发出之前已经恢复", carrier.local(now))
            title = own.title if own else one.alarm.notice_id
            outbox.queue(carrier, write_mails(one.alarm, one.event, title, carrier), now)
            _move(journal, one, "outboxed", now)
            used.add(carrier.id)
    return used


def tell_robots(
    journal: Alarms,
    robots: Mapping[str, Connection],
    notices: Mapping[str, Notice],
    clock: Clock,
) -> dict[str, int]:
    """Posts what each robot has to tell; what is over its rate, or was refused, waits for a later round. Returns counts."""
    counts: dict[str, int] = {}
    _recover(journal, clock())
    _forget_robots(journal, robots, clock())
    for name, connection in robots.items():
        for one in _waiting(journal, name, clock()):
            if _said_lately(journal, name, clock()) >= PER_MINUTE:
                break
            said = _post(journal, one, connection, notices, clock)
            counts[said.state] = counts.get(said.state, 0) + 1
            if said.state == "retry":
                break  # what this one refused now it would refuse again
    return counts


def _post(
    journal: Alarms, one: Telling, connection: Connection, notices: Mapping[str, Notice], clock: Clock
) -> Said:
    now = clock()
    own = notices.get(one.alarm.notice_id)
    title = own.title if own else one.alarm.notice_id
    message = write_message(one.alarm, one.event, title, own or next(iter(notices.values()), None))

    def note() -> bool:
        return _move(journal, one, "handing_over", now, is_tried=True)

    said = post(connection, message, int(now.timestamp()), note)
    if said.state == "retry":
        end = now - one.queued_at >= GIVE_UP
        again = now + wait_after(one.attempts + 1)
        _move(journal, one, "failed" if end else "queued", clock(), said.error, again)
    else:
        _move(journal, one, said.state, clock(), said.error or None)
    return said


def _waiting(journal: Alarms, channel: str, now: datetime) -> Iterator[Telling]:
    """What a channel may be told now, the oldest first."""
    rows = journal.base.execute(
        "SELECT position, event, attempts, queued_at FROM tellings "
        "WHERE channel = ? AND state = 'queued' AND not_before <= ? ORDER BY position, event DESC",
        [channel, to_text(now)],
    ).fetchall()
    for position, event, attempts, queued_at in rows:
        (alarm,) = journal.select("position = ?", position)
        yield Telling(alarm, event, channel, attempts, datetime.fromisoformat(queued_at))


def _move(
    journal: Alarms,
    one: Telling,
    to: str,
    now: datetime,
    error: str | None = None,
    again: datetime | None = None,
    is_tried: bool = False,
) -> bool:
    """Changes a telling that was not told yet; on disk when it returns."""
    return (
        journal.base.execute(
            "UPDATE tellings SET state = ?, changed_at = ?, error = ?, not_before = coalesce(?, not_before), "
            "attempts = attempts + ? WHERE position = ? AND event = ? AND channel = ? "
            "AND state IN ('queued', 'handing_over')",
            [
                *(to, to_text(now), error, to_text(again) if again else None, int(is_tried)),
                *(one.alarm.position, one.event, one.channel),
            ],
        ).rowcount
        == 1
    )


def _recover(journal: Alarms, now: datetime) -> None:
    """What a dead process left between posting and noting the answer: the group may have it. Only while `telling`."""
    journal.base.execute(
        "UPDATE tellings SET state = 'unsure', changed_at = ?, error = '发送时程序中断，群里可能已经收到' "
        "WHERE state = 'handing_over'",
        [to_text(now)],
    )


def _forget_robots(journal: Alarms, robots: Mapping[str, Connection], now: datetime) -> None:
    """Nothing waits for a robot whose connection was taken away."""
    marks = ", ".join("?" for _ in (MAIL, *robots))
    journal.base.execute(
        f"UPDATE tellings SET state = 'dropped', changed_at = ?, error = '连接已去掉' "
        f"WHERE state = 'queued' AND channel NOT IN ({marks})",
        [to_text(now), MAIL, *robots],
    )


def _said_lately(journal: Alarms, channel: str, now: datetime) -> int:
    """How many posts this robot was given within the last minute, whatever came of them."""
    (count,) = journal.base.execute(
        "SELECT count(*) FROM tellings WHERE channel = ? AND attempts > 0 AND changed_at > ?",
        [channel, to_text(now - MINUTE)],
    ).fetchone()
    return int(count)


def waits_to_leave(home: Home, notice: Notice, now: datetime) -> bool:
    """Whether the outbox holds alarm mail of a notice that may leave now; `now` has its zone."""
    if notice.mail is None or not has_base(home.mail / "outbox.sqlite"):
        return False
    with Outbox(home.mail) as outbox:
        return any(row.purpose == PURPOSE for row in outbox.due(notice.id, notice.local(now)))


def list_tellings(journal: Alarms) -> dict[int, list[tuple[Event, str, str, str | None]]]:
    """(event, channel, state, error) of every alarm, by its position."""
    found: dict[int, list[tuple[Event, str, str, str | None]]] = {}
    for position, *rest in journal.base.execute(
        "SELECT position, event, channel, state, error FROM tellings ORDER BY position, event DESC, channel"
    ):
        found.setdefault(position, []).append(tuple(rest))
    return found
