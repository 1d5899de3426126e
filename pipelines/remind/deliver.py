"""Sending as the whole program does it: first what waits and has no ground any more is taken back, then what is due leaves."""

from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.remind.queue import withdraw
from pipelines.send.outbox import Outbox
from pipelines.send.sender import Clock, Sent, send_due


def deliver(home: Home, notice: Notice, clock: Clock, connection: Connection | None) -> Sent:
    """Sends what is due of a notice; without a connection writes it as files. Raises as `send_due` does."""
    withdraw(home, notice, clock())
    with Outbox(home.mail) as outbox:
        return send_due(outbox, notice, clock, connection, home.eml)
