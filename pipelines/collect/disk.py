"""The disk that the archive is on: what is free, and what had to wait for it."""

import errno
import shutil
from collections.abc import Sequence

from pipelines.archive.held import Held
from pipelines.archive.store import Archive
from pipelines.ground.counts import in_mb
from pipelines.ground.settings import Settings

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
NO_SPACE = "磁盘放不下"


def free_bytes(archive: Archive) -> int:
    place = archive.path
    while True:
        try:
            return shutil.disk_usage(place).free
        except FileNotFoundError:
            place = place.parent


def look_at_disk(archive: Archive, settings: Settings, held: Sequence[Held]) -> tuple[list[str], list[str]]:
    """The warnings before the disk is full, and the errors where something had to wait for it: that fault is ours."""
    free, warnings = free_bytes(archive), list[str]()
    if free < settings.low_disk_bytes:
        warnings.append(f"档案所在的磁盘只剩 {in_mb(free)}，请尽快腾出空间或换大一些的磁盘")
    waiting = [one.path for one in held if one.sentence.startswith(NO_SPACE)]
    if not waiting:
        return warnings, []
    shown = "、".join(waiting[:3]) + (" 等" if len(waiting) > 3 else "")
    return warnings, [f"{NO_SPACE} {len(waiting)} 个文件（{shown}），其余已收。请腾出空间后再运行一次"]
