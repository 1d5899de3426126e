"""One sweep over many notices: the sources of each are scanned, and where that brought nothing, this is all there is to do.

A notice with more to do is named with why, and has a cycle of its own (cycle.py), which begins with a scan: what the sweep took
into the archive is found there. The others cost a journal and a listing each; their scans are published in one step for all.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.archive.store import Archive, Journal
from pipelines.collect.inbox import make_inbox
from pipelines.collect.intake import ScanResult
from pipelines.decide.journal import read_decisions
from pipelines.ground.connections import Connect, from_environment
from pipelines.ground.home import Home
from pipelines.ground.lock import hold
from pipelines.healthy import read_healthy
from pipelines.notice import Notice, load_notice
from pipelines.notice.sources import BY_HAND
from pipelines.returns.ledger import Ledger
from pipelines.take_in import take_in
from pipelines.warehouse.files import fingerprint
from pipelines.warehouse.known import Known, KnownNotice
from pipelines.warehouse.lake.follow import follow_left
from pipelines.warehouse.masks import Masks
from pipelines.warehouse.replace import publish_scans

STALE = "通知、规则或程序已更新，要从档案重算"
SLACK_SECONDS = 60
"""A journal that changed so long before the snapshot was made may have been read before that."""
log = logging.getLogger(__name__)


@dataclass
class Sweep:
    """What one sweep found."""

    work: dict[str, str] = field(default_factory=dict)
    """Notice -> why it needs a cycle of its own (Chinese)."""
    quiet: dict[str, dict[str, int]] = field(default_factory=dict)
    """Notice -> counts of its scan, of those with nothing more to do."""


def sweep(
    home: Home, notice_ids: Iterable[str], connect: Connect = from_environment, now: datetime | None = None
) -> Sweep:
    """Scans the sources of these notices, one after another; what goes wrong with one is its own, and stops no other.

    `now` is naive time in each notice's zone, and the real moment unless given.
    """
    ids, done = list(notice_ids), Sweep()
    if not ids:
        follow_left(home)
        return done
    moments: dict[str, Mapping[str, datetime]] = {}
    with hold(home):
        files = read_healthy(home, ids)
        Archive(home.archive).clear_incoming()
    is_shared_lost = _is_shared_lost(home, files)
    for notice_id in ids:
        try:
            notice = load_notice(notice_id)
            with hold(home):
                found = _scan(home, notice, files, connect, now)
                why = is_shared_lost or _why(home, notice, files, found)
            errors = "" if why else _tell(home, notice, found, connect)
        except Exception as error:
            # Its own cycle meets the same, and fails where people look for this notice.
            log.exception("sweep: %s", notice_id)
            done.work[notice_id] = f"出错：{error}"
            continue
        if why or errors:
            done.work[notice_id] = why or errors
            continue
        done.quiet[notice_id] = {"new": found.new, "waiting": found.waiting, "held": len(found.held)}
        moments[notice_id] = dict(found.journal.scanned)
    _spare(done)
    _publish(home, moments)
    follow_left(home)
    log.info("sweep: %d 个通知没有新情况，%d 个要收", len(done.quiet), len(done.work))
    return done


def _is_shared_lost(home: Home, files: tuple[Known, Known]) -> str:
    """What all notices share and a load makes anew; '' where nothing is wrong."""
    published, _ = files
    if not published.notices:
        return ""
    if not (home.private.exists() and home.masks.exists() and home.warehouse.exists()):
        return "数据仓库的文件被删"
    return "已入库的文字里有应隐去的姓名" if Masks(home.masks).is_stale() else ""


def _scan(
    home: Home, notice: Notice, files: tuple[Known, Known], connect: Connect, now: datetime | None
) -> ScanResult:
    """As the cycle's first stage does it, with what the files know read before."""
    make_inbox(home, notice)
    moment = notice.local(now or datetime.now(notice.zone))
    return take_in(home, notice, files, moment, connect, is_live=now is None)


def _why(home: Home, notice: Notice, files: tuple[Known, Known], found: ScanResult) -> str:
    """Why a notice needs a cycle of its own; '' where it does not."""
    published, warehouse = (one.of(notice.id) for one in files)
    journal = found.journal
    if published.fingerprint is None:
        return "还没有入过库"
    if published.fingerprint != fingerprint(notice):
        return STALE
    pending = sum(one.id not in published.receipts and one.source != BY_HAND for one in journal.receipts)
    if pending:
        return f"有 {pending} 件待读"
    if found.errors:
        return "；".join(found.errors)
    if published.receipts.keys() - warehouse.receipts.keys():
        return "数据仓库缺少已发布的数据"
    if notice.id in files[1].unfed:
        return "有入了库而没有发布的"
    if found.reshaped or _has_other_shape(journal, published):
        return "表单的问题有变动"
    if {(one.source, one.held_at) for one in journal.held.values()} != published.held:
        return "没能收下的条目有变动"
    if [one for one, _ in published.decisions] != [one.id for one in read_decisions(home, notice.id).all]:
        return "有新的决定"
    return "有退回件要写、要放" if _owes_returns(home, notice, published) else ""


def _has_other_shape(journal: Journal, published: KnownNotice) -> bool:
    """Whether a form asked something else than when it was last loaded."""
    return any(
        shapes and (source not in published.scans or shapes[-1].seen_at > published.scans[source])
        for source, shapes in journal.shapes.items()
    )


def _owes_returns(home: Home, notice: Notice, published: KnownNotice) -> bool:
    if not published.returned:
        return False
    ledger = Ledger(home.returns(notice.id))
    return bool(published.returned - ledger.returns.keys() or ledger.returns.keys() - ledger.placed.keys())


def _tell(home: Home, notice: Notice, found: ScanResult, connect: Connect) -> str:
    """Verdicts that a service could not be told before; what it still cannot be told."""
    if not any(getattr(source, "write_back", False) for source in notice.sources):
        return ""
    from pipelines.send.verdicts import tell_services

    told, errors = tell_services(home, notice, max(found.journal.scanned.values()), connect)
    if told:
        log.info("sweep: %s 结果写回表单服务 %d 份", notice.id, told)
    return "；".join(errors)


def _spare(done: Sweep) -> None:
    """Whoever makes one stale notice anew makes all of them: the others wait for the next sweep."""
    stale = [notice_id for notice_id, why in done.work.items() if why == STALE]
    for notice_id in stale[1:]:
        del done.work[notice_id]
        log.info("sweep: %s %s，与 %s 一起重算", notice_id, STALE, stale[0])


def _publish(home: Home, moments: Mapping[str, Mapping[str, datetime]]) -> None:
    """The last completed scans of quiet notices, and what other journals said since the snapshot was made."""
    if not moments or not home.warehouse.exists():
        return
    with hold(home):
        is_newer = _journals_moved(home)
        if publish_scans(home, moments) and is_newer:
            from pipelines.archive.journals import read_journals
            from pipelines.warehouse.publish import publish_snapshot

            publish_snapshot(home, read_journals(home))


def _journals_moved(home: Home) -> bool:
    """Whether mail, pushes or the registry of columns changed since the snapshot was made."""
    made = home.published.stat().st_mtime - SLACK_SECONDS if home.published.exists() else 0.0
    files = [path for folder in (home.mail, home.pushes, home.registry) for path in folder.glob("*.sqlite*")]
    return any(one.stat().st_mtime > made for one in files if not one.name.endswith("-shm"))
