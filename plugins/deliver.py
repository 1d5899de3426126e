"""What a task does that sends: everything due of a notice, over the connection that Airflow knows."""

from datetime import datetime
from typing import Any

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from pipelines.home import Home
from pipelines.notice import Notice

SENDER = "mail"
"""A pool of one slot, made by tools/airflow_env.py: one process sends."""


def send_mail(notice: Notice) -> dict[str, Any]:
    """Sends what is due of the notice; where the connection is nowhere configured, writes it as files. Returns counts."""
    from pipelines.connections import from_airflow
    from pipelines.send.outbox import Outbox
    from pipelines.send.records import mail_settings
    from pipelines.send.sender import send_due

    home, name = Home.default(), mail_settings(notice).connection
    try:
        connection = from_airflow(name, Connection.get(name))
    except AirflowNotFoundException:
        connection = None
    with Outbox(home.mail) as outbox:
        done = send_due(outbox, notice, lambda: notice.local(datetime.now(notice.zone)), connection, home.eml)
    return {**done.counts, "waiting": done.waiting, "reason": done.reason}
