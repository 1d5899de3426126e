"""Whether everything that had arrived at a moment has been collected: a bulletin must not speak of an hour before that."""

from datetime import datetime
from pathlib import Path

from pipelines.ask.figures import open_snapshot
from pipelines.ground.handed import is_published
from pipelines.notice import Notice
from pipelines.report.phrases import full_moment

_SCANS = """
SELECT source, scanned_at, failed_at, failure
FROM marts.source_health
WHERE notice_id = $1 AND (scanned_at IS NOT NULL OR failed_at IS NOT NULL)
ORDER BY source
"""


def describe_wait(published: Path, notice: Notice, as_of: datetime) -> str:
    """What a bulletin as of this moment still waits for, in Chinese; empty where it can be made.

    A scan must have begun after the moment: times are kept to the second, so one that began in the same second may have
    missed what came later in it. A source that nobody has made yet is waited for by nobody.
    """
    if not is_published(published):
        return f"还没有数据：{published} 不存在。请先运行收件入库"
    with open_snapshot(published) as snapshot:
        scans = snapshot.execute(_SCANS, [notice.id]).fetchall()
    if not scans:
        return f"通知 {notice.id} 还没有收过件。请先运行收件入库"
    behind = [
        _describe(source, scanned_at, failure if failed_at and failed_at > as_of else None)
        for source, scanned_at, failed_at, failure in scans
        if scanned_at is None or scanned_at <= as_of
    ]
    return f"截至{full_moment(as_of)}的收件还没有结束：{'；'.join(behind)}" if behind else ""


def _describe(source: str, scanned_at: datetime | None, failure: str | None) -> str:
    last = f"最近一次读全是{full_moment(scanned_at)}" if scanned_at else "从未读全"
    return f"来源 {source} {last}" + (f"，其后没有读到（{failure}）" if failure else "")
