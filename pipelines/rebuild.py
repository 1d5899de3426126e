"""Everything derived, made anew from the archive: the whole of the cycle's pure stages, beside the old files."""

import logging
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from pipelines.archive.arrivals import Arrivals
from pipelines.archive.journals import read_journals
from pipelines.archive.store import Archive
from pipelines.check.rows import check_rows
from pipelines.decide.journal import read_decisions
from pipelines.ground.counts import STATES, in_words
from pipelines.ground.errors import BadNoticeError, NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import one_writer
from pipelines.notice import list_notices, load_notice
from pipelines.notice.sources import BY_HAND
from pipelines.read.receipts import Progress, read_receipts
from pipelines.warehouse.effect import take_effect
from pipelines.warehouse.files import open_file, open_warehouse
from pipelines.warehouse.load import load_run
from pipelines.warehouse.publish import publish_snapshot

log = logging.getLogger(__name__)


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
        # What people registered is read under the decisions that registered it.
        receipts = [one for one in journal.receipts if one.source != BY_HAND]
        read_receipts(archive, notice, folder, 0, receipts, progress)
        check_rows(notice, folder)
        with open_warehouse(beside / home.warehouse.name, beside / home.private.name) as (
            connection,
            private,
        ):
            found[notice_id] = load_run(connection, private, notice, Arrivals.of(journal), folder)
            take_effect(home, connection, private, notice, read_decisions(home, notice_id))
        shutil.rmtree(folder)
        log.info(
            "rebuild: %s %d 件：%s",
            notice_id,
            found[notice_id]["submissions"],
            in_words(found[notice_id]["states"], STATES),
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
