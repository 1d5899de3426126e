"""The last completed scans that brought nothing: archive/receipts/<notice>.scans.json, one moment a source, replaced each time.

A line in the journal for each would make it grow by tens of megabytes a year with nothing in them that anybody asks for, and every
scan reads all of it. What a scan brought stands in the journal, with the scan.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.ground.chain import RESTORE, sync_folder
from pipelines.ground.errors import KeptFault


class PassingScans:
    """Of one notice, beside its journal."""

    def __init__(self, journal: Path) -> None:
        self.path = journal.with_name(f"{journal.stem}.scans.json")
        self._scans: dict[str, dict[str, Any]] = {}

    def read(self, length: int) -> dict[str, dict[str, Any]]:
        """Source -> its scan. None where they were noted after a longer journal than this one: it was taken from an older
        backup, and what came since must not seem to have come after them. Raises KeptFault where the file is damaged."""
        try:
            kept = json.loads(self.path.read_bytes())
            self._scans = kept["scans"] if kept["length"] <= length else {}
        except FileNotFoundError:
            self._scans = {}
        except (ValueError, KeyError, TypeError) as error:
            raise KeptFault(f"{self.path} 损坏：{error}。{RESTORE}") from error
        return self._scans

    def keep(self, length: int, source: str, scanned_at: datetime, cursor: str | None) -> None:
        """In one step, and on disk."""
        self._scans[source] = {"scanned_at": scanned_at.isoformat(), "cursor": cursor}
        beside = self.path.with_name(f".{self.path.name}.tmp")
        with beside.open("w", encoding="utf-8") as file:
            json.dump({"length": length, "scans": self._scans}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)
        sync_folder(self.path.parent)
