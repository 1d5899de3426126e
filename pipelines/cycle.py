"""One cycle of a notice: scan → read → check → load → publish → returns, each a function that Airflow or the command line calls.

Between them only small values and the Arrow files of the run's folder pass. Every stage can die anywhere and be run again.
"""

import logging
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.archive.arrivals import Arrivals, read_arrivals, read_batch, write_arrivals
from pipelines.archive.journals import read_journals
from pipelines.archive.store import Archive
from pipelines.check.rows import check_rows
from pipelines.collect.scan import scan_sources
from pipelines.decide.journal import read_decisions
from pipelines.ground.connections import Connect, from_environment
from pipelines.ground.counts import in_words
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import one_writer
from pipelines.ground.settings import Settings
from pipelines.notice import Notice
from pipelines.notice.sources import BY_HAND
from pipelines.read.receipts import Progress, read_receipts
from pipelines.rebuild import rebuild
from pipelines.send.addresses import unit_mailboxes
from pipelines.send.verdicts import tell_services
from pipelines.warehouse.effect import take_effect
from pipelines.warehouse.files import loaded_receipts, open_warehouse
from pipelines.warehouse.load import load_run
from pipelines.warehouse.publish import publish_snapshot

log = logging.getLogger(__name__)


@one_writer
def scan(
    home: Home,
    notice: Notice,
    run_id: str,
    inbox: Path | None = None,
    now: datetime | None = None,
    connect: Connect = from_environment,
) -> dict[str, Any]:
    """Brings what is new into the archive and splits what is not loaded yet into batches. `errors` names unread sources."""
    settings, archive = Settings.load(), Archive(home.archive)
    moment = notice.local(now or datetime.now(notice.zone))
    archive.clear_incoming()
    found = scan_sources(
        archive,
        notice,
        inbox or home.inbox(notice.id),
        moment,
        settings,
        connect,
        senders=_known_senders(home, notice, moment),
        is_live=now is None,
    )
    loaded, journal = loaded_receipts(home.published, notice), found.journal
    # What is stale is made anew by `load`, from the archive.
    pending = [
        one
        for one in journal.receipts
        if loaded is not None and one.id not in loaded and one.source != BY_HAND
    ]
    arrivals = Arrivals(pending, journal.scanned, journal.failed)
    batches = write_arrivals(home.run_folder(notice.id, run_id), arrivals, settings)
    log.info(
        "scan: 新收 %d 件，待传完 %d 件，待读 %d 件，分 %d 批",
        found.new,
        found.waiting,
        len(pending),
        batches,
    )
    return {
        "now": moment.isoformat(),
        "new": found.new,
        "waiting": found.waiting,
        "pending": len(pending),
        "batches": list(range(batches)),
        "errors": found.errors,
    }


def _known_senders(home: Home, notice: Notice, moment: datetime) -> dict[str, str]:
    """Mail address -> the one unit that uses it, as known now: what is found out later changes no receipt."""
    if not any(source.kind == "mailbox" for source in notice.sources):
        return {}
    found: dict[str, str] = {}
    for code, mailbox in unit_mailboxes(home, notice, moment).items():
        address = mailbox.address.lower()
        found[address] = "" if address in found else code
    return {address: code for address, code in found.items() if code}


def read(
    home: Home, notice: Notice, run_id: str, batch: int, progress: Progress | None = None
) -> dict[str, int]:
    """Reads one batch of receipts into the run's folder."""
    folder = home.run_folder(notice.id, run_id)
    receipts = read_batch(folder, batch)
    counts = read_receipts(Archive(home.archive), notice, folder, batch, receipts, progress)
    log.info(
        "read: 第 %d 批 %d 个文件，读出 %d 件报送、%d 行",
        batch + 1,
        len(receipts),
        counts["submissions"],
        counts["rows"],
    )
    return {"batch": batch, "files": len(receipts), **counts}


def check(home: Home, notice: Notice, run_id: str) -> dict[str, Any]:
    """Runs the suites once over all rows of the run; writes the verdicts and the quality page."""
    folder = home.run_folder(notice.id, run_id)
    counts = check_rows(notice, folder)
    log.info("check: %d 行，问题 %d 处：%s", counts["rows"], counts["faults"], in_words(counts["reasons"]))
    if counts["rows"]:
        from pipelines.check.page import write_quality_page

        newest = max(one.scanned_at for one in read_arrivals(folder).receipts)
        write_quality_page(notice, folder, home.quality_page(notice.id), newest)
    return counts


@one_writer
def load(home: Home, notice: Notice, run_id: str) -> dict[str, Any]:
    """Loads the run into the warehouse, in one transaction; where the warehouse is stale, makes all of it anew."""
    published = loaded_receipts(home.published, notice)
    if published is None:
        log.warning("load: 通知、规则或程序已更新，从档案全部重算")
        return rebuild(home)[notice.id]
    is_private_lost = bool(published) and not home.private.exists()
    if is_private_lost or published - (loaded_receipts(home.warehouse, notice) or set()):
        log.warning("load: 数据仓库缺少已发布的数据（文件被删或被换），从档案全部重算")
        return rebuild(home)[notice.id]
    folder = home.run_folder(notice.id, run_id)
    with open_warehouse(home.warehouse, home.private) as (connection, private):
        counts = load_run(connection, private, notice, read_arrivals(folder), folder)
        take_effect(home, connection, private, notice, read_decisions(home, notice.id))
    log.info(
        "load: 报送 %d 件：%s；退回原因：%s；提示：%s",
        counts["submissions"],
        in_words(counts["states"]),
        in_words(counts["reasons"]),
        in_words(counts["notes"]),
    )
    return counts


@one_writer
def publish(home: Home, notice: Notice, run_id: str) -> dict[str, Any]:
    """Replaces the analysts' snapshot and removes the run's folder."""
    size = publish_snapshot(home.warehouse, home.published, read_journals(home))
    shutil.rmtree(home.run_folder(notice.id, run_id), ignore_errors=True)
    log.info("publish: %s（%.1f MB）", home.published, size / 1e6)
    return {"published": str(home.published), "bytes": size}


@one_writer
def returns(home: Home, notice: Notice, inbox: Path | None = None) -> dict[str, int]:
    """Gives back what was rejected or partly accepted, once each; what an earlier run missed is caught up."""
    from pipelines.returns.write import write_returns

    return write_returns(home, notice, inbox)


@one_writer
def run(
    home: Home,
    notice: Notice,
    inbox: Path | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
    connect: Connect = from_environment,
) -> dict[str, Any]:
    """One whole cycle in this process. Raises NoticesError at its end where a source could not be read."""
    run_id = "cli"
    scanned = scan(home, notice, run_id, inbox, now, connect)
    for batch in scanned["batches"]:
        read(home, notice, run_id, batch, progress)
    check(home, notice, run_id)
    loaded = load(home, notice, run_id)
    published = publish(home, notice, run_id)
    returned = returns(home, notice, inbox)
    errors = scanned["errors"] + tell(home, notice, datetime.fromisoformat(scanned["now"]), connect)
    if errors:
        raise NoticesError("；".join(errors))
    return {**scanned, **loaded, **published, **returned}


def tell(home: Home, notice: Notice, now: datetime, connect: Connect = from_environment) -> list[str]:
    """Writes verdicts back to the form services that want them; one sentence for each that could not be told."""
    told, errors = tell_services(home, notice, now, connect)
    if told:
        log.info("tell: 结果写回表单服务 %d 份", told)
    return errors
