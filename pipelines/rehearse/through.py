"""Files through read, check and load as a cycle takes them, into a warehouse of their own: no archive, no child processes."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.archive.arrivals import Arrivals
from pipelines.archive.store import Receipt
from pipelines.check.rows import check_rows
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.read.frames import write_batch
from pipelines.read.reader import Reader
from pipelines.read.submission import Job, Submission
from pipelines.rehearse.trials import Trial
from pipelines.warehouse.files import open_warehouse
from pipelines.warehouse.load import load_run
from pipelines.warehouse.masks import Masks


@contextmanager
def take_in(notice: Notice, trials: Iterable[Trial], place: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse in which all of them are loaded; `place` is a new folder for them and for what passes between the stages."""
    made, reader = list(trials), Reader(notice, Settings.load())
    found = [one for trial in made for one in read_trial(reader, trial, place)]
    found.sort(key=lambda one: (one.received_at, one.path, one.row_order))
    run = place / "run"
    write_batch(notice, found, run, 0)
    check_rows(notice, run)
    with open_warehouse(place / "notices.duckdb", place / "private.duckdb") as (connection, private):
        load_run(
            connection,
            private,
            notice,
            Arrivals([*map(_receipt, made)], {}, {}),
            run,
            Masks(place / "masks.sqlite"),
        )
        yield connection


def read_trial(reader: Reader, trial: Trial, place: Path) -> list[Submission]:
    """What a trial turns out to hold."""
    digest = hashlib.sha256(trial.content).hexdigest()
    path = place / digest
    if not path.exists():
        path.write_bytes(trial.content)
    size = len(trial.content)
    job = Job(trial.receipt_id, trial.source.id, trial.path, str(path), digest, size, trial.arrived_at)
    return reader.read(job)


def _receipt(trial: Trial) -> Receipt:
    digest = hashlib.sha256(trial.content).hexdigest()
    return Receipt(
        id=trial.receipt_id,
        source=trial.source.id,
        key=trial.path,
        path=trial.path,
        size=len(trial.content),
        modified_ns=0,
        sha256=digest,
        received_at=trial.arrived_at,
        scanned_at=trial.arrived_at,
    )
