"""Remind: who owes what at a moment is written to, each once; what arrived is acknowledged; what came back is explained.

Reads the published snapshot as of the run's `now` and the outbox; writes mails into the outbox (`pipelines/send` sends
them). Run again at the same moment it changes nothing.

    done = remind(home, notice, now)          # queues what is due, takes back what has no ground any more
    withdraw(home, notice, now)       # before sending what may have waited: a night, or for a server
    send_due(outbox, notice, clock, connection, home.eml)
"""

from pipelines.remind.queue import Done, remind, withdraw

__all__ = ["Done", "remind", "withdraw"]
