"""Everything derived, made anew from the archive: the whole of the cycle's pure stages, beside the old files."""

import logging
import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.archive.arrivals import Arrivals
from pipelines.archive.journals import read_journals
from pipelines.archive.store import Archive
from pipelines.ask.differences import compare
from pipelines.ask.figures import last_scan
from pipelines.beside import build_beside
from pipelines.ground.counts import STATES, in_words
from pipelines.ground.errors import BadNoticeError, NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import one_writer
from pipelines.notice import list_notices, load_notice
from pipelines.read.children import keep_nurseries
from pipelines.read.receipts import Progress
from pipelines.warehouse.files import is_damaged, open_file
from pipelines.warehouse.ledger import require_journals
from pipelines.warehouse.masks import Masks, UnmaskedError
from pipelines.warehouse.publish import publish_snapshot

log = logging.getLogger(__name__)


@one_writer
@keep_nurseries()
def rebuild(home: Home, progress: Progress | None = None) -> dict[str, dict[str, Any]]:
    """Throws away everything derived and makes it anew from the archive, for every notice; publishes it.

    A notice whose folder is wrong is left out, until it is mended and its next cycle reads all of it from the archive.
    """
    require_journals(home)
    archive, found = Archive(home.archive), {}
    beside = clear_left(home)
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
        files = (beside / home.warehouse.name, beside / home.private.name)
        folder = home.run_folder(notice_id, "rebuild")
        try:
            found[notice_id] = build_beside(home, notice, Arrivals.of(journal), files, folder, progress)
        except UnmaskedError:
            return rebuild(home, progress)  # once more, with the names that it has learnt
        log.info(
            "rebuild: %s %d 件：%s",
            notice_id,
            found[notice_id]["submissions"],
            in_words(found[notice_id]["states"], STATES),
        )
    if not found:
        raise NoticesError(f"档案 {home.archive} 里还没有收到任何东西，没有可重算的。先运行 notices run")
    _say_what_moves(home, beside / home.warehouse.name, found)
    for path in (home.private, home.warehouse):
        _replace_file(beside / path.name, path)
    shutil.rmtree(beside)
    Masks(home.masks).note_fresh()
    publish_snapshot(home, read_journals(home))
    return found


@one_writer
def heal(home: Home) -> bool:
    """Makes anew what cannot be opened any more of what is derived, and says so; False where nothing was wrong."""
    clear_left(home)
    files = {home.warehouse: False, home.private: False, home.published: True}
    damaged = [path for path, read_only in files.items() if is_damaged(path, read_only)]
    damaged += [home.masks] if Masks(home.masks).is_damaged() else []
    if not damaged:
        if home.warehouse.exists() and not home.published.exists():
            log.warning("load: 发布的快照 %s 不在了，本轮重新发布", home.published)
        return False
    names = "、".join(str(path) for path in damaged)
    for path in damaged:
        path.unlink()
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    if any((home.archive / "receipts").glob("*.jsonl")):
        log.warning("load: %s 打不开（没有写完就中断，或已损坏），从档案全部重算", names)
        rebuild(home)
    else:
        log.warning("load: %s 打不开（没有写完就中断），档案里还没有收件，已删去", names)
    return True


def _say_what_moves(home: Home, new: Path, notice_ids: Iterable[str]) -> None:
    """Before it is published: what a change of notice, rules or program does to the figures as of the last scan. Only a word
    in the log: what cannot be compared is published all the same."""
    for notice_id in notice_ids if home.published.exists() else ():
        try:
            moment = last_scan(home.published, notice_id)
            # What arrives now may be dated by that scan itself: it is no effect of the change.
            moved = compare(home.published, new, notice_id, moment - timedelta(seconds=1))
        except (NoticesError, duckdb.Error) as error:
            log.warning("rebuild: %s 重算前后没有比较：%s", notice_id, error)
            continue
        log.warning("rebuild: %s 重算前后（截至 %s）：%s", notice_id, moment, moved.in_words())


def clear_left(home: Home) -> Path:
    """Where a rebuild works, with what a killed one left there taken away: whoever calls this is alone in the home."""
    beside = home.warehouse.parent / "rebuilding"
    for left in (beside, *home.path.glob("runs/*/rebuild")):
        shutil.rmtree(left, ignore_errors=True)
    return beside


def _replace_file(new: Path, path: Path) -> None:
    """Puts a DuckDB file in the place of another one, whose log must never be taken for the new one's."""
    with suppress(NoticesError, duckdb.Error), open_file(path):
        pass  # closing folds the log of a killed run into the file
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    new.replace(path)
