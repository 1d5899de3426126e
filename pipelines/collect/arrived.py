"""When an entry arrived, and when it was last written."""

from datetime import datetime

from pipelines.collect.source import Entry
from pipelines.notice.model import Notice

LAST_SECOND = 253_370_000_000
"""In the year 9998."""


def arrival(notice: Notice, entry: Entry, since: datetime | None, now: datetime) -> datetime:
    """When it arrived: the server's word, else the modification time inside what the scans prove."""
    if entry.arrived_at:
        try:
            return min(notice.local(entry.arrived_at), now)
        except OverflowError:
            return now  # a year that no calendar holds in this zone
    modified = modified_at(notice, entry.modified_ns) if entry.modified_ns else now
    arrived = min(modified, now)
    return max(arrived, since) if since else arrived


def modified_at(notice: Notice, modified_ns: int) -> datetime:
    """The modification time in the notice's zone; one that no calendar holds counts as the far end it lies at."""
    seconds = min(max(modified_ns // 1_000_000_000, 0), LAST_SECOND)
    return notice.local(datetime.fromtimestamp(seconds, notice.zone))
