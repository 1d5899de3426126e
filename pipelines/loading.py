"""The load stage: a run goes into the warehouse as it stands or, where that is stale or broken, all is made anew from the archive."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import duckdb

from pipelines.archive.arrivals import read_arrivals
from pipelines.archive.runs import fetch_run
from pipelines.decide.journal import read_decisions
from pipelines.ground.counts import STATES, in_words
from pipelines.ground.errors import DerivedFault
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.rebuild import rebuild
from pipelines.warehouse.effect import take_effect
from pipelines.warehouse.files import open_warehouse
from pipelines.warehouse.known import loaded_receipts, read_files
from pipelines.warehouse.load import load_run
from pipelines.warehouse.masks import Masks, UnmaskedError

log = logging.getLogger(__name__)


def load_or_rebuild(
    home: Home, notice: Notice, run_id: str, wait_for_verdicts: Callable[[], object], opened: ExitStack
) -> dict[str, Any]:
    """Loads the run in one transaction; where the warehouse is stale, or cannot be written into, makes all of it anew from the archive.
    What was loaded into stays open in `opened`. Returns the notice's counts, and `summary`, the same as a sentence."""
    counts = _load(home, notice, run_id, wait_for_verdicts, opened)
    counts["summary"] = describe_load(counts)
    log.info("load: %s", counts["summary"])
    return counts


def _load(
    home: Home, notice: Notice, run_id: str, wait_for_verdicts: Callable[[], object], opened: ExitStack
) -> dict[str, Any]:
    """Whatever is made anew is checked anew: not before what was being checked is. What was loaded into stays open in `opened`."""
    if why := _why_anew(home, notice):
        wait_for_verdicts()
        log.warning("load: %s", why)
        return rebuild(home)[notice.id]
    folder = home.run_folder(notice.id, run_id)
    fetch_run(folder)
    try:
        connection, private = opened.enter_context(open_warehouse(home.warehouse, home.private))
        arrivals, masks = read_arrivals(folder), Masks(home.masks)
        counts = load_run(connection, private, notice, arrivals, folder, masks, wait_for_verdicts)
        take_effect(home, connection, private, notice, read_decisions(home, notice.id))
        return counts
    except UnmaskedError as error:
        why = f"{error}，从档案全部重算以隐去"
    except (DerivedFault, duckdb.Error) as error:
        why = f"数据仓库写不进去（{error}），从档案全部重算"
    opened.close()  # another file takes its place
    wait_for_verdicts()
    log.warning("load: %s", why)
    return rebuild(home)[notice.id]


def _why_anew(home: Home, notice: Notice) -> str:
    """Why the warehouse cannot be loaded into as it is; '' where it can."""
    files = read_files(home, [notice.id])
    published, kept = (loaded_receipts(one.of(notice.id), notice) if one else None for one in files)
    if published is None:
        return "通知、规则或程序已更新，从档案全部重算"
    is_private_lost = bool(published) and not (home.private.exists() and home.masks.exists())
    if is_private_lost or published - (kept or set()):
        return "数据仓库缺少已发布的数据（文件被删或被换），从档案全部重算"
    if Masks(home.masks).is_stale():
        return "已入库的文字里有应隐去的姓名，从档案全部重算"
    return ""


def describe_load(counts: dict[str, Any]) -> str:
    """What a run loaded in a sentence: for logs, XCom and assets, the words beside the codes."""
    from pipelines.check.page import NOTE_NAMES
    from pipelines.report.phrases import LABELS

    told = f"报送 {counts['submissions']} 件：{in_words(counts['states'], STATES)}"
    told += f"；退回原因：{in_words(counts['reasons'], LABELS)}"
    return told + f"；提示：{in_words(counts['notes'], NOTE_NAMES)}"
