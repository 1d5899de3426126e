"""What the warehouse knows to have been received and decided, compared with what the journals still say.

The journal's chain (ground/chain.py) finds what was changed or taken out of its middle. That its end was cut off, or that
it is gone, only somebody else can know: whoever loaded its receipts.
"""

from pathlib import Path

import duckdb

from pipelines.archive.store import Archive, Journal
from pipelines.decide.journal import read_decisions
from pipelines.ground.chain import RESTORE
from pipelines.ground.errors import DerivedFault, KeptFault
from pipelines.ground.home import Home
from pipelines.warehouse.files import open_file

SAID = 3
"""Losses that are named."""


def require_journal(home: Home, notice_id: str, journal: Journal) -> None:
    """Raises KeptFault, which says what is missing, where the journal lacks a receipt or a scan that was once loaded, or the
    journal of decisions one that figures rest on."""
    require_decisions(home, notice_id)
    for path in (home.published, home.warehouse):
        losses = _find_losses(path, notice_id, journal)
        if losses:
            named = "、".join(losses[:SAID])
            raise KeptFault(
                f"收件登记 {journal.path} 少了 {len(losses)} 条数据仓库已经入库的记录（{named}"
                f"{' 等' if len(losses) > SAID else ''}），登记被删、被截断或换成了旧的。{RESTORE}"
            )


def require_decisions(home: Home, notice_id: str) -> None:
    """Raises KeptFault where the journal of decisions lacks one that was once in effect: figures would move by themselves."""
    known = {(one.id, one.decided_at) for one in read_decisions(home, notice_id).all}
    for path in (home.published, home.warehouse):
        taken = _ask(
            path,
            "SELECT decision_id, decided_at FROM core.decisions WHERE notice_id = $1 ORDER BY position",
            notice_id,
        )
        lost = [decision_id for decision_id, decided_at in taken if (decision_id, decided_at) not in known]
        if lost:
            raise KeptFault(
                f"决定的登记 {home.archive / 'decisions' / f'{notice_id}.jsonl'} 少了 {len(lost)} 个已经生效的决定"
                f"（{'、'.join(lost[:SAID])}{' 等' if len(lost) > SAID else ''}），登记被删、被截断或换成了旧的。{RESTORE}"
            )


def require_journals(home: Home) -> None:
    """`require_journal` of every notice that was ever loaded."""
    archive = Archive(home.archive)
    for path in (home.published, home.warehouse):
        for (notice_id,) in _ask(path, "SELECT DISTINCT notice_id FROM raw.receipts ORDER BY notice_id"):
            require_journal(home, notice_id, archive.journal(notice_id))


def _find_losses(path: Path, notice_id: str, journal: Journal) -> list[str]:
    known = {one.id for one in journal.receipts}
    receipts = _ask(
        path,
        "SELECT path, receipt_id FROM raw.receipts WHERE notice_id = $1 ORDER BY received_at, path",
        notice_id,
    )
    scans = _ask(
        path,
        "SELECT source, scanned_at FROM raw.scans WHERE notice_id = $1 AND scanned_at IS NOT NULL",
        notice_id,
    )
    lost = [str(one) for one, receipt_id in receipts if receipt_id not in known]
    for source, scanned_at in scans:
        if source not in journal.scanned or journal.scanned[source] < scanned_at:
            lost.append(f"来源 {source} 在 {scanned_at:%Y-%m-%d %H:%M:%S} 的扫描")
    return lost


def _ask(path: Path, query: str, *values: str) -> list[tuple]:  # type: ignore[type-arg]
    """Nothing where there is no such file, or none that can be opened: it is made anew."""
    if not path.exists():
        return []
    try:
        with open_file(path, read_only=True) as connection:
            return connection.execute(query, list(values)).fetchall()
    except (DerivedFault, duckdb.Error):
        return []
