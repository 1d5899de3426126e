"""One cycle of a notice: scan → read → check → load → publish → returns, each a function that Airflow or the command line calls.

Between them only small values and the Arrow files of the run's folder pass. Every stage can die anywhere and be run again.
"""

import logging
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.archive.arrivals import (
    Arrivals,
    batch_files,
    read_arrivals,
    read_batch,
    read_exports,
    write_arrivals,
)
from pipelines.archive.journals import read_journals
from pipelines.archive.runs import fetch_run, put_run, remove_run
from pipelines.archive.store import Archive
from pipelines.check.rows import check_rows
from pipelines.decide.journal import read_decisions
from pipelines.ground.connections import Connect, from_environment
from pipelines.ground.counts import in_words
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import one_writer
from pipelines.ground.settings import Settings
from pipelines.ground.store import open_store
from pipelines.healthy import read_healthy
from pipelines.loading import load_or_rebuild
from pipelines.notice import Notice
from pipelines.notice.sources import BY_HAND
from pipelines.read.changes import exports_of
from pipelines.read.receipts import Progress, Readers, read_receipts, readers
from pipelines.rebuild import clear_left
from pipelines.send.verdicts import tell_services
from pipelines.take_in import take_in
from pipelines.warehouse.known import kept_known, loaded_receipts, read_known
from pipelines.warehouse.likeness import mask_plainly
from pipelines.warehouse.publish import publish_snapshot
from pipelines.warehouse.rows import no_wait

MOST_HELD = 100
"""Entries that could not be taken in and are named between tasks; all of them stand in marts.held_entries."""
log = logging.getLogger(__name__)


@one_writer
def scan(
    home: Home,
    notice: Notice,
    run_id: str,
    inbox: Path | None = None,
    now: datetime | None = None,
    connect: Connect = from_environment,
    is_replay: bool = False,
) -> dict[str, Any]:
    """Brings what is new into the archive and splits what is not loaded yet into batches. `errors` names unread sources,
    `held` the entries that could not be taken in. Raises NoticesError where `now` lies before the newest scan, unless
    `is_replay`."""
    moment = notice.local(now or datetime.now(notice.zone))
    clear_left(home)
    files = read_healthy(home, [notice.id])
    Archive(home.archive).clear_incoming()
    found = take_in(
        home, notice, files, moment, connect, inbox=inbox, is_live=now is None, is_replay=is_replay
    )
    loaded, journal = loaded_receipts(files[0].of(notice.id), notice), found.journal
    # What is stale is made anew by `load`, from the archive.
    pending = [
        one
        for one in journal.receipts
        if loaded is not None and one.id not in loaded and one.source != BY_HAND
    ]
    exports = exports_of(notice, journal.receipts) if exports_of(notice, pending) else []
    arrivals = Arrivals(pending, journal.scanned, journal.failed, found.held, journal.shapes, exports)
    folder = home.run_folder(notice.id, run_id)
    batches = write_arrivals(folder, arrivals, Settings.load())
    put_run(folder)
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
        "reshaped": found.reshaped,
        "pending": len(pending),
        "batches": list(range(batches)),
        "errors": found.errors,
        "warnings": found.warnings,
        "held": [mask_plainly(f"{one.path}：{one.sentence}") for one in found.held[:MOST_HELD]],
        "held_count": len(found.held),
    }


def is_quiet(home: Home, notice: Notice, scanned: dict[str, Any]) -> bool:
    """Whether a scan found nothing that the later stages have work with: no file, no fault, no decision, no new rule."""
    if scanned["pending"] or scanned["reshaped"] or scanned["errors"] or not home.published.exists():
        return False
    known = read_known(home.published, [notice.id])
    if known is None or loaded_receipts(known.of(notice.id), notice) is None:
        return False
    decided = [one for one, _ in known.of(notice.id).decisions]
    return decided == [one.id for one in read_decisions(home, notice.id).all]


def still_unread(home: Home, notice: Notice, scanned: dict[str, Any]) -> list[str]:
    """Which errors of a scan stand: a source that a later scan could read is none any more."""
    if not scanned["errors"]:
        return []
    journal, at = Archive(home.archive).journal(notice.id), datetime.fromisoformat(scanned["now"])
    standing = [
        sentence
        for source, (failed_at, sentence) in journal.failed.items()
        if source not in journal.scanned or journal.scanned[source] <= failed_at
    ]
    if standing or any(moment > at for moment in journal.scanned.values()):
        return standing
    errors: list[str] = scanned["errors"]
    return errors


def read(
    home: Home,
    notice: Notice,
    run_id: str,
    batch: int,
    progress: Progress | None = None,
    children: Readers | None = None,
) -> dict[str, int]:
    """Reads one batch of receipts into the run's folder."""
    folder = home.run_folder(notice.id, run_id)
    fetch_run(folder, batch_files(batch))
    receipts = read_batch(folder, batch)
    archive, exports = Archive(home.archive), read_exports(folder)
    counts = read_receipts(archive, notice, folder, batch, receipts, progress, children, exports)
    put_run(folder, [path.name for path in folder.glob(f"*.{batch}.arrow")])
    log.info(
        "read: 第 %d 批 %d 个文件，读出 %d 件报送、%d 行",
        batch + 1,
        len(receipts),
        counts["submissions"],
        counts["rows"],
    )
    return {"batch": batch, "files": len(receipts), **counts}


def read_all(
    home: Home, notice: Notice, run_id: str, batches: list[int], progress: Progress | None = None
) -> None:
    """Reads all batches in this process, with the same children."""
    with readers(notice) as children:
        for batch in batches:
            read(home, notice, run_id, batch, progress, children)


def check(home: Home, notice: Notice, run_id: str) -> dict[str, Any]:
    """Runs the suites once over all rows of the run; writes the verdicts and the quality page."""
    from pipelines.report.phrases import LABELS

    folder = home.run_folder(notice.id, run_id)
    fetch_run(folder)
    counts = check_rows(notice, folder)
    put_run(folder)
    log.info(
        "check: %d 行，问题 %d 处：%s", counts["rows"], counts["faults"], in_words(counts["reasons"], LABELS)
    )
    if counts["rows"]:
        from pipelines.check.page import write_quality_page

        newest = max(one.scanned_at for one in read_arrivals(folder).receipts)
        write_quality_page(notice, folder, home.quality_page(notice.id), newest)
    return counts


@contextmanager
def checking(home: Home, notice: Notice, run_id: str) -> Iterator[Callable[[], object]]:
    """Inside, the run is being checked, beside whatever else is done; the function returns once it is, or raises what `check`
    raised. Where machines share a store a run's folder is one stage's at a time: it is checked before."""
    if open_store():
        check(home, notice, run_id)
        yield no_wait
        return
    with ThreadPoolExecutor(1, "check") as beside:
        checked = beside.submit(check, home, notice, run_id)
        yield checked.result
        checked.result()


@one_writer
def load(
    home: Home, notice: Notice, run_id: str, wait_for_verdicts: Callable[[], object] = no_wait
) -> dict[str, Any]:
    """Loads the run into the warehouse, in one transaction; where the warehouse is stale, makes all of it anew.
    `wait_for_verdicts`: returns once the run is checked, where that still goes on."""
    with ExitStack() as opened:
        return load_or_rebuild(home, notice, run_id, wait_for_verdicts, opened)


@one_writer
def load_and_publish(
    home: Home, notice: Notice, run_id: str, wait_for_verdicts: Callable[[], object] = no_wait
) -> dict[str, Any]:
    """Both stages, for whoever does them in one process: the warehouse is opened once and written into once. Nothing is published
    before the run is checked."""
    with ExitStack() as opened:
        counts = load_or_rebuild(home, notice, run_id, wait_for_verdicts, opened)
        wait_for_verdicts()
        return counts | publish(home, notice, run_id)


@one_writer
def publish(home: Home, notice: Notice, run_id: str) -> dict[str, Any]:
    """Replaces the analysts' snapshot and removes the run's folder."""
    done = publish_snapshot(home, read_journals(home))
    folder = home.run_folder(notice.id, run_id)
    shutil.rmtree(folder, ignore_errors=True)
    remove_run(folder)
    log.info(
        "publish: %s（%.1f MB，写了 %.1f MB；有变化的单位 %d 个）",
        home.published,
        done.size / 1e6,
        done.written / 1e6,
        len(done.units),
    )
    return {"published": str(home.published), "bytes": done.size}


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
    is_replay: bool = False,
) -> dict[str, Any]:
    """One whole cycle in this process. Raises NoticesError at its end where a source could not be read."""
    run_id = "cli"
    found: dict[str, Any] = {}
    with kept_known():
        scanned = scan(home, notice, run_id, inbox, now, connect, is_replay)
        errors = run_rest(home, notice, run_id, scanned, inbox, connect, progress, found)
    if errors:
        raise NoticesError("；".join(errors))
    return {**scanned, **found}


def run_rest(
    home: Home,
    notice: Notice,
    run_id: str,
    scanned: dict[str, Any],
    inbox: Path | None = None,
    connect: Connect = from_environment,
    progress: Progress | None = None,
    found: dict[str, Any] | None = None,
) -> list[str]:
    """All stages after a scan, in this process; their counts go into `found`. Returns what went wrong, in sentences."""
    counts: dict[str, Any] = {} if found is None else found
    if scanned["pending"]:
        read_all(home, notice, run_id, scanned["batches"], progress)
    with checking(home, notice, run_id) as wait_for_verdicts:
        counts |= load_and_publish(home, notice, run_id, wait_for_verdicts)
    counts |= returns(home, notice, inbox)
    errors: list[str] = scanned["errors"]
    return errors + tell(home, notice, datetime.fromisoformat(scanned["now"]), connect)


def tell(home: Home, notice: Notice, now: datetime, connect: Connect = from_environment) -> list[str]:
    """Writes verdicts back to the form services that want them; one sentence for each that could not be told."""
    told, errors = tell_services(home, notice, now, connect)
    if told:
        log.info("tell: 结果写回表单服务 %d 份", told)
    return errors
