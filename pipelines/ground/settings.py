"""Limits and waiting times, each one settable by an environment variable of its name."""

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields
from difflib import get_close_matches

from pipelines.ground.errors import NoticesError

MIB = 1024 * 1024
MOST = 1 << 53
MAY_BE_ZERO = frozenset(
    {
        "NOTICES_QUIET_SECONDS",
        "NOTICES_LOCK_SECONDS",
        "NOTICES_RESERVE_BYTES",
        "NOTICES_LOW_DISK_BYTES",
        "NOTICES_LAKE_QUIET_MINUTES",
    }
)
log = logging.getLogger(__name__)


class SettingsError(NoticesError):
    """An environment variable of ours says what it cannot mean."""


@dataclass(frozen=True)
class Settings:
    """What a file may cost. `NOTICES_<NAME>` in the environment replaces a default."""

    quiet_seconds: int = 30
    """A live scan leaves a file alone that changed within this time: it may still be written."""
    max_table_bytes: int = 100 * MIB
    max_inflated_bytes: int = 512 * MIB
    """What an archive, or an office file, may unpack to in all."""
    max_inflation: int = 200
    """What it may unpack to, as a multiple of its own size, where that is more than `small_inflated_bytes`."""
    small_inflated_bytes: int = 64 * MIB
    max_members: int = 2000
    max_archive_depth: int = 2
    """An archive inside an archive is read; one more level is not."""
    header_rows: int = 20
    """The header is looked for within this many first rows of a sheet."""
    file_seconds: int = 30
    """Wall time after which one file's child is stopped."""
    child_memory_bytes: int = 2048 * MIB
    """Address space of a reading child."""
    lock_seconds: int = 600
    """How long a run waits for another one that writes to the same home."""
    max_return_bytes: int = 20 * MIB
    """A larger workbook goes back as a letter: marking one takes a hundred times its size in memory."""
    readers: int = os.cpu_count() or 2
    max_file_bytes: int = 2048 * MIB
    """A larger file is not taken in: it is listed, and everything else goes on."""
    max_upload_bytes: int = 200 * MIB
    """A larger file is not taken by the form that registers a report."""
    reserve_bytes: int = 512 * MIB
    """What must stay free on the archive's disk; a file that would not leave it waits."""
    low_disk_bytes: int = 5 * 1024 * MIB
    """Data staff are warned once less than this is free."""
    silent_minutes: int = 60
    """An open notice that was not collected for so long, or a source that was not read, raises an alarm."""
    approval_minutes: int = 30
    """A draft that waits for a signature for so long raises one."""
    all_clear_minutes: int = 20
    """An alarm is over once its cause has been gone for so long: what comes and goes is one alarm."""
    keep_log_days: int = 14
    """Logs, and folders of runs that died, are removed after so long."""
    keep_history_days: int = 90
    """Airflow's own rows of old runs are removed after so long; the last run of each DAG always stays."""
    keep_lake_days: int = 180
    """Versions of the DuckLake older than this are let go; the newest always stays. Figures as of a moment need none of them."""
    lake_quiet_minutes: int = 30
    """Where nothing but the moments of scans moved, the DuckLake is told so often; 0: each time."""
    batch_files: int = 500
    """Receipts read by one mapped task at the least; never more than `max_batches` tasks."""
    max_batches: int = 8

    @classmethod
    def load(cls) -> "Settings":
        """Defaults, with what the environment says instead. Raises SettingsError where that is no sense."""
        names = {f"NOTICES_{field.name.upper()}": field.name for field in fields(cls)}
        _warn_of_slips(names)
        return cls(**{field: _number(name) for name, field in names.items() if name in os.environ})


def _number(name: str) -> int:
    given = os.environ[name].strip()
    least = 0 if name in MAY_BE_ZERO else 1
    if not given.isascii() or not given.isdigit() or not least <= int(given) <= MOST:
        raise SettingsError(
            f"环境变量 {name} 应为{'不小于 0 的' if least == 0 else '正'}整数，现在是“{given}”。请改正或去掉它，再运行一次"
        )
    return int(given)


def _warn_of_slips(names: Iterable[str]) -> None:
    """A name that is nearly one of ours was meant to be it."""
    for given in os.environ:
        if given.startswith("NOTICES_") and given not in names and given not in _told:
            _told.add(given)
            if near := get_close_matches(given, names, n=1, cutoff=0.9):
                log.warning("环境变量 %s 没有这一项设置，是不是想写 %s？", given, near[0])


_told: set[str] = set()
