"""Which returns were written, and where: one line each, so that nothing is done twice.

Writes <home>/returns/<notice>/ledger.jsonl. A line is on disk only after the file it names.
"""

import fcntl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.ground.durable import JsonLines


@dataclass(frozen=True)
class Return:
    """One return. A mail about it takes `recipient_code`, `file` and `summary`."""

    submission_id: str
    receipt_id: str
    recipient_code: str | None
    """None where nobody knows whose it is: it lies in the home for the data staff."""
    deliverable: str | None
    path: str
    """Of the submission, as in `notices files`."""
    received_at: datetime
    state: str
    reason: str | None
    file: str
    """Relative to the folder of the notice's returns."""
    summary: str
    """One Chinese sentence."""


class Ledger:
    """The returns of one notice, in the order in which they were written; a later line of a submission replaces it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "ledger.jsonl"
        self.returns: dict[str, Return] = {}
        self.placed: dict[str, str | None] = {}
        """Submission -> where in the inbox its return was put; None where it never can be."""
        self._lines = JsonLines(self.path, ensure_ascii=False)
        for record in self._lines.read():
            self._take(record)

    def _take(self, record: dict[str, Any]) -> None:
        if record.pop("record") == "placed":
            self.placed[record["submission_id"]] = record["place"]
        else:
            moment = datetime.fromisoformat(record.pop("received_at"))
            self.returns[record["submission_id"]] = Return(received_at=moment, **record)

    def note(self, written: Iterable[Return]) -> None:
        self._append({"record": "return", **asdict(one)} for one in written)

    def note_placed(self, places: Mapping[str, str | None]) -> None:
        self._append(
            {"record": "placed", "submission_id": key, "place": place} for key, place in places.items()
        )

    def _append(self, records: Iterable[dict[str, Any]]) -> None:
        for line in self._lines.append(records):
            self._take(line)


@contextmanager
def open_ledger(folder: Path) -> Iterator[Ledger]:
    """The ledger, for one writer at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "ledger.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield Ledger(folder)
