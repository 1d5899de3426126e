"""What need not be kept for ever: logs, and the folders of runs that died. Never anything that was received, said or published."""

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive.runs import remove_left_runs
from pipelines.ground.compact import compact_bases
from pipelines.ground.home import Home
from pipelines.ground.lock import remove_left_in_store

log = logging.getLogger(__name__)


@dataclass
class Removed:
    """How many files and folders, and how large they were."""

    count: int = 0
    bytes: int = 0


def remove_old(home: Home, before: float) -> Removed:
    """Removes logs and left run folders that nobody wrote to since `before` (seconds since the epoch), and what killed runs and
    loaders left in the store; old transactions of outboxes become one object there."""
    removed = Removed()
    for folder in (home.path / "airflow" / "logs", home.path / "logs"):
        _remove_files(folder, before, removed)
    for folder in (home.path / "runs").glob("*/*"):
        files = [path.stat() for path in (folder, *folder.rglob("*"))]
        if max(status.st_mtime for status in files) < before:
            shutil.rmtree(folder)
            removed.count, removed.bytes = (
                removed.count + 1,
                removed.bytes + sum(one.st_size for one in files),
            )
    removed.count += remove_left_runs(before) + remove_left_in_store(before) + compact_bases(home, before)
    return removed


def _remove_files(folder: Path, before: float, removed: Removed) -> None:
    """Old files, then the folders that are empty for it. Whoever still writes to one has a newer time."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_symlink():
            if not path.exists():
                path.unlink()  # such as `latest`, to a folder that is gone
        elif path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif (status := path.stat()).st_mtime < before:
            path.unlink()
            removed.count, removed.bytes = removed.count + 1, removed.bytes + status.st_size
