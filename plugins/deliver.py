"""What a task does that sends: everything due of a notice, over the connection that Airflow knows."""

from datetime import datetime
from typing import Any

from notice_dags import connect

from pipelines.ground.connections import MissingConnectionError
from pipelines.ground.home import Home
from pipelines.notice import Notice

SENDER = "mail"
"""A pool of one slot, made by tools/airflow_env.py: one process sends."""


def send_mail(notice: Notice, now: datetime | None = None) -> dict[str, Any]:
    """Sends what is due of the notice; where the connection is nowhere configured, writes it as files. Returns counts.

    Reminders that waited and have no ground any more are taken back first. `now` is the real moment unless given.
    """
    from pipelines.remind import deliver
    from pipelines.send.records import mail_settings

    name = mail_settings(notice).connection
    try:
        connection = connect(name)
    except MissingConnectionError:
        connection = None
    done = deliver(Home.default(), notice, lambda: notice.local(now or datetime.now(notice.zone)), connection)
    return {**done.counts, "waiting": done.waiting, "reason": done.reason}
