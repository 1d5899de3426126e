"""What happens to a unit while a notice runs, and has to be reported: drawn apart, so that nothing else is drawn otherwise."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from pipelines.notice.model import Notice, Recipient
from pipelines.notice.obligations import Obligation, report_of_event

MOST = 3
"""So many events of one sort at most befall a unit."""


def draw_events(notice: Notice, recipient: Recipient, seed: int, latest: datetime) -> Iterator[Obligation]:
    """The reports that a unit owes of events, none of which happens after `latest`; what follows another is of the same events."""
    for name, item in notice.deliverables.items():
        if item.within is None or recipient.kind not in item.owed_by:
            continue
        rng = Random(f"{seed}/events/{recipient.code}/{item.if_submitted or name}")
        days = (min(latest.date(), notice.closes) - notice.opens).days
        for _ in range(rng.randrange(MOST + 1)):
            day = notice.opens + timedelta(rng.randrange(days + 1))
            moment = datetime.combine(day, time(rng.randrange(8, 22), rng.randrange(60)))
            if moment <= latest:
                yield report_of_event(notice, recipient, name, moment)
