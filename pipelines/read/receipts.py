"""Receipts -> their submissions, in the run's folder: the read stage, of one batch or of all there are."""

from collections.abc import Callable
from pathlib import Path

from pipelines.archive.store import Archive, Receipt
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.read.frames import write_batch
from pipelines.read.pool import read_jobs
from pipelines.read.submission import Job

Progress = Callable[[int, int], None]
"""Told how many of how many receipts were read."""


def read_receipts(
    archive: Archive,
    notice: Notice,
    folder: Path,
    batch: int,
    receipts: list[Receipt],
    progress: Progress | None = None,
) -> dict[str, int]:
    """Writes what they hold as batch `batch` of `folder`; returns how many submissions and rows that is."""
    jobs = [
        Job(
            one.id,
            one.source,
            one.path,
            str(archive.object_path(one.sha256)),
            one.sha256,
            one.size,
            one.received_at,
            one.evidence,
        )
        for one in receipts
    ]
    found = []
    for number, submissions in enumerate(read_jobs(notice, Settings.load(), jobs), 1):
        found += submissions
        if progress:
            progress(number, len(jobs))
    # Children finish in any order; the files do not depend on it.
    found.sort(key=lambda one: (one.received_at, one.path, one.row_order))
    return write_batch(notice, found, folder, batch)
