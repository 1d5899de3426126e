"""Collect: what is new in a notice's sources goes to the archive, with a receipt each. The first stage.

Reads the sources; writes the archive. Nothing looks at the bytes before they and their receipt are on disk (intake.py).
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from pipelines.archive.store import Archive, Journal
from pipelines.collect.disk import look_at_disk
from pipelines.collect.intake import Intake, ScanResult
from pipelines.collect.source import Skipping
from pipelines.collect.sources import OPEN
from pipelines.collect.strays import NO_FILE, find_strays, hold_strays
from pipelines.ground.connections import Connect, MissingConnectionError
from pipelines.ground.errors import NoticesError, SourceError
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice

MOST_SAID = 20
"""Held entries that the log names each time."""
log = logging.getLogger(__name__)


def scan_sources(
    archive: Archive,
    notice: Notice,
    inbox: Path,
    now: datetime,
    settings: Settings,
    connect: Connect,
    *,
    senders: Mapping[str, str] | None = None,
    require: Callable[[Journal], object] = lambda journal: None,
    is_live: bool,
    is_replay: bool = False,
) -> ScanResult:
    """Brings everything new in the notice's sources into the archive; `now` is naive time in the notice's zone.

    `senders` (mail address -> recipient's code) is evidence of whose a mail is; it goes into the receipt. `require` is asked before
    anything is looked at, and raises where this journal must not be written on.

    A source that cannot be read is named in `errors` and has no completed scan; the others go on. An entry that cannot
    be read is held, and its source completes. Raises NoticesError where `now` lies before the newest scan, unless
    `is_replay` says that it is meant.
    """
    with archive.lock(notice.id) as journal:
        require(journal)
        if not is_replay:
            _refuse_the_past(journal, now)
        result = ScanResult(journal)
        intake = Intake(archive, journal, notice, now, settings, is_live, result, senders or {})
        absent, strays = [], find_strays(notice, inbox, archive.path)
        for one in notice.sources:
            try:
                source = OPEN[one.kind](notice, one, inbox, connect)
                if source.exists() or one.id in journal.scanned:
                    intake.take_in(one.id, source)
                    if isinstance(source, Skipping):
                        strays += [(path, NO_FILE) for path in source.skipped]
                else:
                    absent.append(one)
            except (SourceError, MissingConnectionError) as error:
                log.error("scan: %s", error)
                result.errors.append(str(error))
                journal.note(
                    [{"record": "failed", "source": one.id, "failed_at": now, "sentence": str(error)}]
                )
        hold_strays(journal, strays, now)
    warnings, errors = look_at_disk(archive, settings, result.held)
    result.warnings += warnings
    result.errors += errors
    _tell(result)
    paths = "、".join(one.path for one in absent)
    if len(absent) == len(notice.sources):
        result.errors.append(
            f"收件文件夹 {inbox} 下一个来源都没有（应有 {paths}）。请检查 --inbox 或共享文件夹是否在线"
        )
    elif absent:
        log.warning("scan: 收件文件夹 %s 下还没有 %s，本轮跳过这些来源", inbox, paths)
    return result


def _tell(result: ScanResult) -> None:
    """What data staff should look at, into the log."""
    for sentence in result.warnings:
        log.warning("scan: %s", sentence)
    for one in result.held[:MOST_SAID]:
        log.warning("scan: 没能收下 %s：%s", one.path, one.sentence)
    if len(result.held) > MOST_SAID:
        log.warning("scan: 没能收下的共 %d 个，全部见 marts.held_entries", len(result.held))


def _refuse_the_past(journal: Journal, now: datetime) -> None:
    """Raises NoticesError: a clock that was set back must not make what arrives now look as if it came earlier."""
    newest = max(journal.scanned.values(), default=now)
    if now < newest:
        raise NoticesError(
            f"现在的时刻 {now:%Y-%m-%d %H:%M:%S} 早于最近一次收件 {newest:%Y-%m-%d %H:%M:%S}。请检查系统时钟；"
            "若确是要按过去的时刻补跑，请加 --replay"
        )
