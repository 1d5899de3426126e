"""Receipts -> their submissions, in the run's folder: the read stage, of one batch or of all there are."""

from collections.abc import Callable, Iterable
from pathlib import Path

from pipelines.archive.origins import require_origins
from pipelines.archive.store import Archive, Receipt
from pipelines.ground.ahead import import_ahead
from pipelines.ground.collector import uncollected
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.read.changes import follow_exports, write_changes
from pipelines.read.frames import write_batch
from pipelines.read.pool import READER, Pool, read_jobs
from pipelines.read.submission import Job, Submission

Progress = Callable[[int, int], None]
"""Told how many of how many receipts were read."""
Readers = Pool[Job, list[Submission]]


def readers(notice: Notice) -> Readers:
    """The children that read several batches of one notice, in a `with`."""
    return Readers(READER, notice, Settings.load())


def read_receipts(
    archive: Archive,
    notice: Notice,
    folder: Path,
    batch: int,
    receipts: list[Receipt],
    progress: Progress | None = None,
    children: Readers | None = None,
    exports: Iterable[Receipt] = (),
) -> dict[str, int]:
    """Writes what they hold as batch `batch` of `folder`; returns how many submissions and rows that is.

    `exports`: all of questionnaires that ever came; those of the batch are read as those before them were.
    """
    require_origins(notice, receipts)
    jobs = [job_of(archive, one) for one in receipts]
    jobs, changes = follow_exports(notice, jobs, [job_of(archive, one) for one in exports])
    counts = read_jobs_into(notice, folder, batch, jobs, progress, children)
    write_changes(changes, folder, batch)
    return counts


def job_of(archive: Archive, receipt: Receipt) -> Job:
    return Job(
        receipt.id,
        receipt.source,
        receipt.path,
        str(archive.object_path(receipt.sha256)),
        receipt.sha256,
        receipt.size,
        receipt.received_at,
        receipt.evidence,
    )


def read_jobs_into(
    notice: Notice,
    folder: Path,
    batch: int,
    jobs: list[Job],
    progress: Progress | None = None,
    children: Readers | None = None,
) -> dict[str, int]:
    """Writes what jobs hold as batch `batch` of `folder`; returns how many submissions and rows that is."""
    with uncollected():  # a batch's cells are millions of objects without a cycle
        found = _gather(jobs, notice, progress, children)
        return write_batch(notice, found, folder, batch)


def _gather(
    jobs: list[Job], notice: Notice, progress: Progress | None, children: Readers | None
) -> list[Submission]:
    """What jobs hold, in the same order however the children finish."""
    found: list[Submission] = []
    if jobs:
        # pyarrow imports it with the first table; until children stand ready, a core is idle.
        import_ahead("pandas")
    read = children.run(jobs) if children else read_jobs(notice, Settings.load(), jobs)
    for number, submissions in enumerate(read, 1):
        found += submissions
        if progress:
            progress(number, len(jobs))
    found.sort(key=lambda one: (one.received_at, one.path, one.row_order))
    return found
