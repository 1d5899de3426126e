"""Remind: each day whoever has to hear something gets one mail: what is owed, what arrived, what went back and why.

Reads the published snapshot as of the run's `now` and the outbox; writes mails into the outbox (`pipelines/send` sends
them). Run again at the same moment it changes nothing.

    done = remind(home, notice, now)          # queues what is due, takes back what has no ground any more
    deliver(home, notice, clock, connection)  # composes what waits anew where it is no longer true, and sends what is due
"""

from pipelines.remind.deliver import deliver
from pipelines.remind.queue import Done, refresh, remind

__all__ = ["Done", "deliver", "refresh", "remind"]
