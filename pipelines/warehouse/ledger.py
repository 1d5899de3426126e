"""What the warehouse knows to have been received and decided, compared with what the journals still say.

The journal's chain (ground/chain.py) finds what was changed or taken out of its middle. That its end was cut off, or that
it is gone, only somebody else can know: whoever loaded its receipts.
"""

from collections.abc import Collection, Sequence

from pipelines.archive.store import Archive, Journal
from pipelines.decide.journal import read_decisions
from pipelines.ground.chain import RESTORE
from pipelines.ground.errors import KeptFault
from pipelines.ground.home import Home
from pipelines.warehouse.known import Known, KnownNotice, read_files

SAID = 3
"""Losses that are named."""


def require_journal(
    home: Home, notice_id: str, journal: Journal, known: Sequence[Known] | None = None
) -> None:
    """Raises KeptFault, which says what is missing, where the journal lacks a receipt or a scan that was once loaded, or the
    journal of decisions one that figures rest on. `known` is what the files know, where somebody read that before."""
    files = _read_files(home, [notice_id]) if known is None else known
    require_decisions(home, notice_id, files)
    for one in files:
        losses = _find_losses(one.of(notice_id), journal)
        if losses:
            named = "、".join(losses[:SAID])
            raise KeptFault(
                f"收件登记 {journal.path} 少了 {len(losses)} 条数据仓库已经入库的记录（{named}"
                f"{' 等' if len(losses) > SAID else ''}），登记被删、被截断或换成了旧的。{RESTORE}"
            )


def require_decisions(home: Home, notice_id: str, known: Sequence[Known | None] | None = None) -> None:
    """Raises KeptFault where the journal of decisions lacks one that was once in effect: figures would move by themselves."""
    kept = {(one.id, one.decided_at) for one in read_decisions(home, notice_id).all}
    for one in _read_files(home, [notice_id]) if known is None else filter(None, known):
        lost = [
            decision_id
            for decision_id, decided_at in one.of(notice_id).decisions
            if (decision_id, decided_at) not in kept
        ]
        if lost:
            raise KeptFault(
                f"决定的登记 {home.archive / 'decisions' / f'{notice_id}.jsonl'} 少了 {len(lost)} 个已经生效的决定"
                f"（{'、'.join(lost[:SAID])}{' 等' if len(lost) > SAID else ''}），登记被删、被截断或换成了旧的。{RESTORE}"
            )


def require_journals(home: Home) -> None:
    """`require_journal` of every notice that was ever loaded."""
    archive, files = Archive(home.archive), _read_files(home, None)
    for notice_id in sorted({name for one in files for name, found in one.notices.items() if found.receipts}):
        require_journal(home, notice_id, archive.journal(notice_id), files)


def _find_losses(known: KnownNotice, journal: Journal) -> list[str]:
    kept = {one.id for one in journal.receipts}
    lost = [path for receipt_id, path in known.receipts.items() if receipt_id not in kept]
    for source, scanned_at in known.scans.items():
        if source not in journal.scanned or journal.scanned[source] < scanned_at:
            lost.append(f"来源 {source} 在 {scanned_at:%Y-%m-%d %H:%M:%S} 的扫描")
    return lost


def _read_files(home: Home, notice_ids: Collection[str] | None) -> list[Known]:
    """What can be opened of both; the rest is made anew."""
    return [one for one in read_files(home, notice_ids) if one is not None]
