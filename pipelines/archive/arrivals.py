"""What a run works on: the receipts that are not loaded yet, in batches, and how its sources fared; in the run's folder.

Whoever goes on with it need not read the journal, which grows for ever.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.archive.held import Held, held_of, held_record
from pipelines.archive.shapes import Shape, shape_of
from pipelines.archive.store import Journal, Receipt, receipt_of
from pipelines.ground.settings import Settings


@dataclass(frozen=True)
class Arrivals:
    """Receipts, by source its last completed scan and when and why it last could not be read, and what is held."""

    receipts: list[Receipt]
    scanned: Mapping[str, datetime]
    failed: Mapping[str, tuple[datetime, str]]
    held: list[Held] = field(default_factory=list)
    """What was seen and could not be taken in yet."""
    shapes: Mapping[str, Sequence[Shape]] = field(default_factory=dict)
    """By source, what its form asked, each time that it was another than before."""
    exports: list[Receipt] = field(default_factory=list)
    """All exports of questionnaires that ever came, where some are among the receipts: each is compared with those before."""

    @classmethod
    def of(cls, journal: Journal) -> "Arrivals":
        """Everything that ever arrived."""
        held = list(journal.held.values())
        return cls(journal.receipts, journal.scanned, journal.failed, held, journal.shapes)


def write_arrivals(folder: Path, arrivals: Arrivals, settings: Settings) -> int:
    """Writes a bounded number of batches and says how many; a run without receipts has one, so that every stage has its turn."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pending = arrivals.receipts
    size = max(settings.batch_files, -(-len(pending) // settings.max_batches))
    batches = [pending[start : start + size] for start in range(0, len(pending), size)] or [[]]
    for number, batch in enumerate(batches):
        _write(_batch_file(folder, number), [vars(one) for one in batch])
    _write(_exports_file(folder), [vars(one) for one in arrivals.exports])
    held = [held_record(one) for one in arrivals.held]
    shapes = {source: [vars(one) for one in found] for source, found in arrivals.shapes.items()}
    sources = {"scanned": arrivals.scanned, "failed": arrivals.failed, "held": held, "shapes": shapes}
    _write(_sources_file(folder), sources)
    return len(batches)


def read_arrivals(folder: Path) -> Arrivals:
    """All batches of a run."""
    sources = json.loads(_sources_file(folder).read_text("utf-8"))
    scanned = {source: datetime.fromisoformat(moment) for source, moment in sources["scanned"].items()}
    failed = {
        source: (datetime.fromisoformat(moment), why) for source, (moment, why) in sources["failed"].items()
    }
    batches = range(sum(1 for _ in folder.glob(_batch_file(folder, "*").name)))
    receipts = [one for batch in batches for one in read_batch(folder, batch)]
    shapes = {source: [shape_of(one) for one in found] for source, found in sources["shapes"].items()}
    return Arrivals(receipts, scanned, failed, [held_of(one) for one in sources["held"]], shapes)


def read_batch(folder: Path, batch: int) -> list[Receipt]:
    return [receipt_of(record) for record in json.loads(_batch_file(folder, batch).read_text("utf-8"))]


def read_exports(folder: Path) -> list[Receipt]:
    return [receipt_of(record) for record in json.loads(_exports_file(folder).read_text("utf-8"))]


def batch_files(batch: int) -> tuple[str, ...]:
    """What of the folder one batch is read from."""
    return (f"batch.{batch}.json", "exports.json")


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, default=datetime.isoformat), "utf-8")


def _batch_file(folder: Path, batch: int | str) -> Path:
    return folder / f"batch.{batch}.json"


def _exports_file(folder: Path) -> Path:
    return folder / "exports.json"


def _sources_file(folder: Path) -> Path:
    return folder / "sources.json"
