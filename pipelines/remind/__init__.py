"""Remind: who owes what at a moment is written to, each once; what arrived is acknowledged; what came back is explained.

Reads the published snapshot as of the run's `now` and the outbox; writes mails into the outbox (`pipelines/send` sends
them). Run again at the same moment it changes nothing.

    done = remind(home, notice, now)          # queues what is due, takes back what has no ground any more
    deliver(home, notice, clock, connection)  # takes back what lost its ground while it waited, and sends what is due
"""

from pipelines.remind.deliver import deliver
from pipelines.remind.queue import Done, remind, withdraw

__all__ = ["Done", "deliver", "remind", "withdraw"]
