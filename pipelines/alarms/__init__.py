"""Alarms 告警: what is wrong on our side and waits for data staff, said once until it is over.

look (what is wrong now) → journal (which of it is new, which is over) → tell (mail through the outbox, group robots). The
board and `notices alarms` read the journal. Whoever finds something wrong elsewhere states it: `state(home, Condition(…), now)`.
"""

from pipelines.alarms.journal import end, state
from pipelines.alarms.record import Condition

__all__ = ["Condition", "end", "state"]
