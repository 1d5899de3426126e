"""One cycle of a notice: scan → read → check → load → publish → returns, each a function that Airflow or the command line calls.

Between them only small values and the Arrow files of the run's folder pass. Every stage can die anywhere and be run again.
"""

import json
import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.arrivals import Arrivals, read_arrivals, read_batch, write_arrivals
from pipelines.collect.archive import Archive, Receipt
from pipelines.collect.scan import scan_sources
from pipelines.connections import Connect, from_environment
from pipelines.errors import BadNoticeError, NoticesError
from pipelines.home import Home
from pipelines.journals import read_journals
from pipelines.lock import one_writer
from pipelines.notice import Notice, list_notices, load_notice
from pipelines.read.frames import (
    SHEETS,
    read_frames,
    rows_schema,
    table_deliverables,
    write_batch,
    write_frame,
)
from pipelines.read.pool import read_jobs
from pipelines.read.submission import Job
from pipelines.send.addresses import unit_mailboxes
from pipelines.send.verdicts import tell_services
from pipelines.settings import Settings
from pipelines.warehouse.files import create_private, create_warehouse, loaded_receipts, open_file
from pipelines.warehouse.load import load_run
from pipelines.warehouse.publish import publish_snapshot

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]
"""Told how many of how many receipts were read."""


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
    pending = [] if loaded is None else [one for one in journal.receipts if one.id not in loaded]
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
    counts = _read_receipts(home, notice, folder, batch, receipts, progress)
    log.info(
        "read: 第 %d 批 %d 个文件，读出 %d 件报送、%d 行",
        batch + 1,
        len(receipts),
        counts["submissions"],
        counts["rows"],
    )
    return {"batch": batch, "files": len(receipts), **counts}


def _read_receipts(
    home: Home, notice: Notice, folder: Path, batch: int, receipts: list[Receipt], progress: Progress | None
) -> dict[str, int]:
    archive = Archive(home.archive)
    jobs = [
        Job(
            one.id,
            one.source,
            one.path,
            str(archive.object_path(one.sha256)),
            one.sha256,
            one.size,
            one.received_at,
            one.evidence,
        )
        for one in receipts
    ]
    found = []
    for number, submissions in enumerate(read_jobs(notice, Settings.load(), jobs), 1):
        found += submissions
        if progress:
            progress(number, len(jobs))
    # Children finish in any order; the files do not depend on it.
    found.sort(key=lambda one: (one.received_at, one.path, one.row_order))
    return write_batch(notice, found, folder, batch)


def check(home: Home, notice: Notice, run_id: str) -> dict[str, Any]:
    """Runs the suites once over all rows of the run; writes the verdicts and the quality page."""
    folder = home.run_folder(notice.id, run_id)
    rows = {
        name: read_frames(folder, f"rows_{name}", rows_schema(notice, name))
        for name in table_deliverables(notice)
    }
    counts = _check_rows(notice, folder, rows)
    log.info("check: %d 行，问题 %d 处：%s", counts["rows"], counts["faults"], _in_words(counts["reasons"]))
    if counts["rows"]:
        from pipelines.check.page import write_quality_page

        newest = max(one.scanned_at for one in read_arrivals(folder).receipts)
        write_quality_page(notice, folder, home.quality_page(notice.id), newest)
    return counts


def _check_rows(notice: Notice, folder: Path, rows: dict[str, Any]) -> dict[str, Any]:
    total = sum(table.num_rows for table in rows.values())
    if total == 0:
        return {"rows": 0, "faults": 0, "reasons": {}}
    from pipelines.check.validate import validate_rows  # importing Great Expectations costs seconds

    verdicts, results = validate_rows(notice, rows, read_frames(folder, "sheets", SHEETS))
    write_frame(verdicts, folder, "verdicts")
    (folder / "results.json").write_text(
        json.dumps([vars(one) for one in results], ensure_ascii=False), "utf-8"
    )
    reasons = Counter(verdicts.column("reason").to_pylist())
    return {"rows": total, "faults": verdicts.num_rows, "reasons": dict(reasons.most_common())}


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
    with _open_warehouse(home.warehouse, home.private) as (connection, private):
        counts = load_run(connection, private, notice, read_arrivals(folder), folder)
    log.info(
        "load: 报送 %d 件：%s；退回原因：%s",
        counts["submissions"],
        _in_words(counts["states"]),
        _in_words(counts["reasons"]),
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


@one_writer
def rebuild(home: Home, progress: Progress | None = None) -> dict[str, dict[str, Any]]:
    """Throws away everything derived and makes it anew from the archive, for every notice; publishes it.

    A notice whose folder is wrong is left out, until it is mended and its next cycle reads all of it from the archive.
    """
    archive, found = Archive(home.archive), {}
    beside = home.warehouse.parent / "rebuilding"
    shutil.rmtree(beside, ignore_errors=True)
    for notice_id in list_notices():
        journal = archive.journal(notice_id)
        if not journal.scanned and not journal.receipts:
            continue
        try:
            notice = load_notice(notice_id)
        except BadNoticeError as error:
            log.error(
                "rebuild: %s 的数据这次没有重算，改正后运行 notices run %s 即可补上：%s",
                notice_id,
                notice_id,
                error,
            )
            continue
        folder = home.run_folder(notice_id, "rebuild")
        shutil.rmtree(folder, ignore_errors=True)
        _read_receipts(home, notice, folder, 0, journal.receipts, progress)
        names = table_deliverables(notice)
        _check_rows(
            notice,
            folder,
            {name: read_frames(folder, f"rows_{name}", rows_schema(notice, name)) for name in names},
        )
        with _open_warehouse(beside / home.warehouse.name, beside / home.private.name) as (
            connection,
            private,
        ):
            found[notice_id] = load_run(connection, private, notice, Arrivals.of(journal), folder)
        shutil.rmtree(folder)
        log.info(
            "rebuild: %s %d 件：%s",
            notice_id,
            found[notice_id]["submissions"],
            _in_words(found[notice_id]["states"]),
        )
    if not found:
        raise NoticesError(f"档案 {home.archive} 里还没有收到任何东西，没有可重算的。先运行 notices run")
    for path in (home.private, home.warehouse):
        _replace_file(beside / path.name, path)
    shutil.rmtree(beside)
    publish_snapshot(home.warehouse, home.published, read_journals(home))
    return found


def _replace_file(new: Path, path: Path) -> None:
    """Puts a DuckDB file in the place of another one, whose log must never be taken for the new one's."""
    with suppress(NoticesError, duckdb.Error), open_file(path):
        pass  # closing folds the log of a killed run into the file
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    new.replace(path)


@contextmanager
def _open_warehouse(warehouse: Path, private: Path) -> Iterator[tuple[Any, Any]]:
    with open_file(warehouse) as connection, open_file(private) as contacts:
        create_warehouse(connection)
        create_private(contacts)
        yield connection, contacts


def _in_words(counts: dict[str, int]) -> str:
    return "、".join(f"{name} {count}" for name, count in counts.items()) or "无"
