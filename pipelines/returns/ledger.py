"""Which returns were written, and where: one line each, so that nothing is done twice.

Writes <home>/returns/<notice>/ledger.jsonl. A line is on disk only after the file it names.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.collect.archive import sync_folder


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
        self._length = 0
        if self.path.exists():
            content = self.path.read_bytes()
            # A line without its end was being written when the machine stopped.
            self._length = content.rfind(b"\n") + 1
            for line in content[: self._length].splitlines():
                self._take(json.loads(line))

    def _take(self, record: dict[str, Any]) -> None:
        if record.pop("record") == "placed":
            self.placed[record["submission_id"]] = record["place"]
        else:
            moment = datetime.fromisoformat(record.pop("received_at"))
            self.returns[record["submission_id"]] = Return(received_at=moment, **record)

    def note(self, one: Return) -> None:
        self._append({"record": "return", **asdict(one)})

    def note_placed(self, submission_id: str, place: str | None) -> None:
        self._append({"record": "placed", "submission_id": submission_id, "place": place})

    def _append(self, record: dict[str, Any]) -> None:
        line = json.dumps(record, default=datetime.isoformat, ensure_ascii=False, separators=(",", ":"))
        is_new = not self.path.exists()
        with self.path.open("r+b" if not is_new else "xb") as file:
            file.truncate(self._length)
            file.seek(self._length)
            file.write(f"{line}\n".encode())
            file.flush()
            os.fsync(file.fileno())
            self._length = file.tell()
        if is_new:
            sync_folder(self.folder)
        self._take(json.loads(line))


@contextmanager
def open_ledger(folder: Path) -> Iterator[Ledger]:
    """The ledger, for one writer at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "ledger.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield Ledger(folder)
