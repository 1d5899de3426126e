"""Rehearse, step 4: what a notice asks otherwise than the definition by which the published figures were made."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipelines.notice.model import Notice
from pipelines.notice.obligations import expand_obligations
from pipelines.warehouse.files import fingerprint
from pipelines.warehouse.snapshot import open_snapshot

Key = tuple[str, str, str]
Stand = tuple[datetime, bool]
"""When it is due, and whether it is waived."""


def find_changes(published: Path, notice: Notice) -> list[str]:
    """Sentences: none where nothing was published of this notice, or by this very definition. Which figures move is for
    `notices diff` to say, because it makes them all anew."""
    if not published.exists():
        return []
    with open_snapshot(published) as snapshot:
        known = snapshot.execute(
            "SELECT fingerprint FROM raw.versions WHERE notice_id = $1", [notice.id]
        ).fetchone()
        if known is None or known[0] == fingerprint(notice):
            return []
        rows = snapshot.execute(
            "SELECT recipient_code, deliverable, period, due_at, exemption_reason IS NOT NULL FROM core.obligations"
            " WHERE notice_id = $1",
            [notice.id],
        ).fetchall()
        before: dict[Key, Stand] = {row[:3]: row[3:] for row in rows}
    return [*_compare(notice, before), f"哪些数会变、变多少：notices diff {notice.id}"]


def _compare(notice: Notice, before: dict[Key, Stand]) -> Iterator[str]:
    after: dict[Key, Stand] = {
        (one.recipient_code, one.deliverable, one.period): (one.due_at, one.exemption_reason is not None)
        for one in expand_obligations(notice)
    }
    counted: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for key in {*before, *after}:
        for what in _what_changed(before.get(key), after.get(key)):
            counted[key[1]][what] += 1
    if not counted:
        yield "与算出已发布数据的定义比，应报没有变；变的是别处（表头、名称、用词，或程序）"
    for name in sorted(counted):
        told = "、".join(f"{what} {times} 项" for what, times in sorted(counted[name].items()))
        item = notice.deliverables.get(name)
        yield f"与算出已发布数据的定义比，{item.name if item else name}：{told}"


def _what_changed(before: Stand | None, after: Stand | None) -> Iterator[str]:
    if before is None or after is None:
        yield "新增" if before is None else "不再要报"
        return
    if before[0] != after[0]:
        yield "改了截止"
    if before[1] != after[1]:
        yield "新免报" if after[1] else "不再免报"
