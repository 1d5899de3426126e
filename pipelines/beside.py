"""One notice made anew beside what is in use: for a rebuild, and to see what a change would move before it is published."""

import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.archive.arrivals import Arrivals
from pipelines.archive.origins import require_unswapped
from pipelines.archive.store import Archive
from pipelines.ask.differences import Differences, compare
from pipelines.ask.figures import ask, last_scan
from pipelines.check.rows import check_rows
from pipelines.decide.journal import read_decisions
from pipelines.ground.home import Home
from pipelines.ground.scratch import scratch
from pipelines.notice import Notice
from pipelines.notice.sources import BY_HAND
from pipelines.read.receipts import Progress, read_receipts
from pipelines.warehouse.effect import take_effect
from pipelines.warehouse.files import open_warehouse
from pipelines.warehouse.ledger import require_journal
from pipelines.warehouse.load import load_run
from pipelines.warehouse.masks import Masks


def build_beside(
    home: Home,
    notice: Notice,
    arrivals: Arrivals,
    files: tuple[Path, Path],
    folder: Path,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Reads, checks and loads what arrived into the two files (warehouse, private); `folder` is gone afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    # What people registered is read under the decisions that registered it.
    receipts = [one for one in arrivals.receipts if one.source != BY_HAND]
    require_unswapped(notice, receipts)
    read_receipts(Archive(home.archive), notice, folder, 0, receipts, progress)
    check_rows(notice, folder)
    with open_warehouse(*files) as (connection, private):
        counts = load_run(connection, private, notice, arrivals, folder, Masks(home.masks))
        take_effect(home, connection, private, notice, read_decisions(home, notice.id))
    shutil.rmtree(folder)
    return counts


def find_differences(
    home: Home, notice: Notice, as_of: datetime | None = None, progress: Progress | None = None
) -> Differences:
    """What the notice, rules and program as they are now would move, of what is published; nothing is published, and a
    cycle may go on meanwhile. Raises NoticesError where nothing is published yet, KeptFault where what it is made from was lost."""
    moment = as_of or last_scan(home.published, notice.id)
    journal = Archive(home.archive).journal(notice.id)
    require_journal(home, notice.id, journal)
    arrivals = _published(home, notice.id, Arrivals.of(journal))
    with scratch("diff") as folder:
        files = (folder / "notices.duckdb", folder / "private.duckdb")
        build_beside(home, notice, arrivals, files, folder / "run", progress)
        return compare(home.published, files[0], notice.id, moment)


def _published(home: Home, notice_id: str, arrivals: Arrivals) -> Arrivals:
    """Only what the published snapshot knows: what came since is no effect of a change."""
    rows = ask(
        home.published, "SELECT receipt_id FROM raw.receipts WHERE notice_id = $notice", notice_id
    ).rows
    known: Collection[str] = {receipt_id for (receipt_id,) in rows}
    receipts = [one for one in arrivals.receipts if one.id in known]
    return Arrivals(receipts, arrivals.scanned, arrivals.failed, arrivals.held, arrivals.shapes)
