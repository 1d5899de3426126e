"""What stands above every page: until when the figures are complete, which source is silent, what falls due next."""

from dataclasses import dataclass
from datetime import datetime

from pipelines.board.asking import Snapshot
from pipelines.notice.model import Notice

_SOURCES = """
SELECT source, is_healthy, scanned_at, failed_at, failure, receipts, last_received_at
FROM marts.source_health WHERE notice_id = $notice ORDER BY source
"""
_LAST = """
SELECT max(moment) AS moment FROM (
    SELECT scanned_at AS moment FROM raw.scans WHERE notice_id = $notice
    UNION ALL SELECT decided_at FROM core.decisions WHERE notice_id = $notice
)
"""
_DUE_MOMENTS = """
SELECT DISTINCT due_at FROM core.latest_duties WHERE notice_id = $notice AND exemption_reason IS NULL ORDER BY due_at
"""


@dataclass(frozen=True)
class SourceState:
    """A source; `silent_hours` since its last completed scan, None where it is not expected to be scanned now."""

    name: str
    line: str
    scanned_at: datetime | None
    failure: str | None
    is_healthy: bool | None
    last_received_at: datetime | None
    receipts: int
    silent_hours: int | None


@dataclass(frozen=True)
class Freshness:
    sources: tuple[SourceState, ...]
    complete_until: datetime | None
    """The earliest of the sources' last completed scans; None where one was never read completely."""
    is_open: bool

    def warn(self, at: datetime) -> str:
        """A sentence where figures as of a moment are not, or may not be, complete."""
        if self.complete_until is None:
            lacking = "、".join(
                one.name for one in self.sources if one.scanned_at is None and one.is_healthy is False
            )
            return f"来源 {lacking} 还没有读全过，下面的数不完整" if lacking else "还没有一次完整的收件"
        if at > self.complete_until:
            return f"数据完整到 {self.complete_until:%Y-%m-%d %H:%M:%S}；其后收到的可能还没有算进来"
        return ""


def find_freshness(snapshot: Snapshot, notice: Notice, now: datetime) -> Freshness:
    """How far collecting has come, seen from `now`, naive in the notice's zone."""
    is_open = notice.opens <= now.date() <= notice.closes
    known = {source.id: source for source in notice.sources}
    sources = tuple(
        SourceState(
            str(getattr(known.get(row["source"]), "path", row["source"])),
            notice.lines.get(getattr(known.get(row["source"]), "line", ""), ""),
            row["scanned_at"],
            row["failure"] if row["is_healthy"] is False else None,
            row["is_healthy"],
            row["last_received_at"],
            row["receipts"],
            int((now - row["scanned_at"]).total_seconds() // 3600) if is_open and row["scanned_at"] else None,
        )
        for row in snapshot.ask(_SOURCES)
    )
    # One neither scanned nor failed is a folder that nobody has made yet: nothing can have come there.
    moments = [one.scanned_at for one in sources if one.is_healthy is not None]
    complete = min((moment for moment in moments if moment), default=None) if all(moments) else None
    return Freshness(sources, complete, is_open)


def last_moment(snapshot: Snapshot) -> datetime | None:
    """The latest moment that anything is known of: the last completed scan, or a decision after it."""
    found = snapshot.one(_LAST)
    moment: datetime | None = found["moment"] if found else None
    return moment


def due_moments(snapshot: Snapshot) -> list[datetime]:
    """Every due moment of the notice: what the moment picker offers."""
    return [row["due_at"] for row in snapshot.ask(_DUE_MOMENTS)]
