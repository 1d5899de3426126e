"""What a task does that sends: everything due of a notice, over the connection that Airflow knows."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from notice_dags import connect

from pipelines.ground.connections import Connection, MissingConnectionError
from pipelines.ground.home import Home

if TYPE_CHECKING:
    from pipelines.notice import Notice

SENDER = "mail"
"""A pool of one slot, made by tools/airflow_env.py: one process sends."""


def send_mail(notice: "Notice", now: datetime | None = None) -> dict[str, Any]:
    """Sends what is due of the notice; where the connection is nowhere configured, writes it as files. Returns counts.

    Reminders that waited and have no ground any more are taken back first. `now` is the real moment unless given.
    """
    from pipelines.remind import deliver

    connection = _connection_of(notice)
    done = deliver(Home.default(), notice, lambda: notice.local(now or datetime.now(notice.zone)), connection)
    return {**done.counts, "waiting": done.waiting, "reason": done.reason}


def push_feeds(notice: "Notice") -> dict[str, Any]:
    """Brings the notice's feeds up to date, and pushes what is due of them and of recommendations. Returns counts."""
    from pipelines.ground.handed import is_published
    from pipelines.media.refresh import refresh_feeds
    from pipelines.send.pusher import push_due
    from pipelines.send.pushes import Pushes

    home = Home.default()
    if notice.feeds and is_published(home.published):
        refresh_feeds(home, notice, notice.local(datetime.now(notice.zone)))
    with Pushes(home.pushes) as pushes:
        done = push_due(pushes, notice.id, lambda: notice.local(datetime.now(notice.zone)), connect)
    return {**done.counts, "waiting": done.waiting, "reasons": done.reasons}


def send_alarms(notice: "Notice") -> dict[str, Any]:
    """Sends what is due of the notice's alarms and nothing else, whatever state its data is in. Returns counts."""
    from pipelines.alarms.letters import PURPOSE
    from pipelines.send.outbox import Outbox
    from pipelines.send.sender import send_due

    home, connection = Home.default(), _connection_of(notice)
    with Outbox(home.mail) as outbox:
        done = send_due(
            outbox, notice, lambda: notice.local(datetime.now(notice.zone)), connection, home.eml, PURPOSE
        )
    return {**done.counts, "waiting": done.waiting, "reason": done.reason}


def _connection_of(notice: "Notice") -> Connection | None:
    from pipelines.send.records import mail_settings

    try:
        return connect(mail_settings(notice).connection)
    except MissingConnectionError:
        return None


def read_bounces(notice: "Notice") -> dict[str, int]:
    """Settles what came back, from the mailbox that the notice names. Returns how many mails were found to have; each is
    settled once, however often it is looked at. Raises MissingConnectionError, and SourceError where it cannot be read."""
    from pipelines.send.bounces import settle_bounces
    from pipelines.send.records import mail_settings

    where = mail_settings(notice).bounces
    if where is None:
        return {"bounced": 0}
    now = notice.local(datetime.now(notice.zone))
    settled = settle_bounces(Home.default(), notice, where, connect(where.connection), now)
    return {"bounced": len(settled)}
