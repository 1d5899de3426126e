"""Zips below a size, each valid alone: files are stored as they are, so that sizes are known before and bytes never differ."""

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

LOCAL, CENTRAL, END = 30 + 20, 46 + 28, 22 + 76
"""What a zip adds to each file's name twice and bytes once, and to all of them; with room for zip64."""


@dataclass(frozen=True)
class Sized:
    """A file that goes into a zip; `group` is kept together where it fits."""

    path: str
    size: int
    group: str

    @property
    def cost(self) -> int:
        return LOCAL + CENTRAL + 2 * len(self.path.encode()) + self.size


def divide(files: Iterable[Sized], most: int, reserved: int) -> tuple[list[list[Sized]], list[Sized]]:
    """The files of each part in order, and those that are larger than a part alone. `reserved`: bytes that the first part
    keeps for what stands in front."""
    groups: dict[str, list[Sized]] = {}
    for one in files:
        groups.setdefault(one.group, []).append(one)
    parts: list[list[Sized]] = [[]]
    too_large: list[Sized] = []
    room = most - END - reserved
    for group in groups.values():
        fitting = [one for one in group if one.cost <= most - END]
        too_large += [one for one in group if one not in fitting]
        whole = sum(one.cost for one in fitting)
        if room < whole <= most - END:
            parts, room = [*parts, []], most - END
        for one in fitting:
            if one.cost > room:
                parts, room = [*parts, []], most - END
            parts[-1].append(one)
            room -= one.cost
    return parts, too_large


def write_zip(files: Iterable[tuple[str, Callable[[], bytes]]], at: datetime) -> bytes:
    """A zip of these files in this order, all of the same time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for path, read in files:
            made = zipfile.ZipInfo(path, (at.year, at.month, at.day, at.hour, at.minute, at.second // 2 * 2))
            made.create_system, made.external_attr = 3, 0o644 << 16
            target.writestr(made, read())
    return buffer.getvalue()
