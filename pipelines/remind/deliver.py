"""Sending as the whole program does it: first what waits is looked at once more, then what is due leaves."""

from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.remind.queue import refresh
from pipelines.send.outbox import Outbox
from pipelines.send.sender import Clock, Sent, send_due


def deliver(home: Home, notice: Notice, clock: Clock, connection: Connection | None) -> Sent:
    """Sends what is due of a notice; without a connection writes it as files. Raises as `send_due` does."""
    refresh(home, notice, clock())
    with Outbox(home.mail) as outbox:
        return send_due(outbox, notice, clock, connection, home.eml)
