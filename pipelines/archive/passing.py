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
from pipelines.ground.errors import KeptFault, StoreFault
from pipelines.ground.shelf import name_of
from pipelines.ground.store import Store, open_store


class PassingScans:
    """Of one notice, beside its journal."""

    def __init__(self, journal: Path) -> None:
        self.path = journal.with_name(f"{journal.stem}.scans.json")
        self._scans: dict[str, dict[str, Any]] = {}
        self._store = open_store()
        self._tag: str | None = None

    def read(self, length: int) -> dict[str, dict[str, Any]]:
        """Source -> its scan. None where they were noted after a longer journal than this one: it was taken from an older
        backup, and what came since must not seem to have come after them. Raises KeptFault where the file is damaged."""
        try:
            content = self._content()
            kept: dict[str, Any] = json.loads(content) if content else {"scans": {}, "length": 0}
            self._scans = kept["scans"] if kept["length"] <= length else {}
        except (ValueError, KeyError, TypeError) as error:
            raise KeptFault(f"{self.path} 损坏：{error}。{RESTORE}") from error
        return self._scans

    def keep(self, length: int, source: str, scanned_at: datetime, cursor: str | None) -> None:
        """In one step, and on disk."""
        self._scans[source] = {"scanned_at": scanned_at.isoformat(), "cursor": cursor}
        content = json.dumps({"length": length, "scans": self._scans})
        if self._store:
            self._tag = self._replace(self._store, content.encode())
        else:
            self._write(content)

    def _content(self) -> bytes:
        """Nothing where there is none."""
        if self._store is None:
            return self.path.read_bytes() if self.path.exists() else b""
        found = self._store.read(name_of(self.path))
        self._tag = found.tag if found else None
        return found.content if found else b""

    def _replace(self, store: Store, content: bytes) -> str:
        tag = store.replace(name_of(self.path), content, self._tag)
        if tag is None:
            raise StoreFault(f"另一台机器先记下了 {name_of(self.path)} 的扫描，本轮到此为止。再运行一次即可")
        return tag

    def _write(self, content: str) -> None:
        beside = self.path.with_name(f".{self.path.name}.tmp")
        with beside.open("w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)
        sync_folder(self.path.parent)
