"""What is on disk before anything else is said: a folder's entries, the lines of a journal, the rows of a small database."""

import json
import os
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def sync_folder(path: Path) -> None:
    """A folder's entries are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class JsonLines:
    """A file of one JSON object a line that is only ever appended to, by one writer at a time."""

    def __init__(self, path: Path, *, ensure_ascii: bool = True) -> None:
        self.path, self._ensure_ascii, self._length = path, ensure_ascii, 0

    def read(self) -> list[dict[str, Any]]:
        """All whole lines. One without its end was being written when the machine stopped: it was never acknowledged, and
        the next `append` takes its place."""
        if not self.path.exists():
            return []
        content = self.path.read_bytes()
        self._length = content.rfind(b"\n") + 1
        records: list[dict[str, Any]] = json.loads(b"[%b]" % b",".join(content[: self._length].splitlines()))
        return records

    def append(self, records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Returns the records as `read` would give them, not before they are on disk."""
        lines = [
            json.dumps(
                record, default=datetime.isoformat, ensure_ascii=self._ensure_ascii, separators=(",", ":")
            )
            for record in records
        ]
        if not lines:
            return []
        is_new = not self.path.exists()
        with self.path.open("r+b" if not is_new else "xb") as file:
            file.truncate(self._length)
            file.seek(self._length)
            file.write("".join(f"{line}\n" for line in lines).encode())
            file.flush()
            os.fsync(file.fileno())
            self._length = file.tell()
        if is_new:
            sync_folder(self.path.parent)
        return [json.loads(line) for line in lines]


def open_base(path: Path, schema: str) -> sqlite3.Connection:
    """A SQLite file whose every change is on disk before its statement returns; only its owner may read the folder."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    base = sqlite3.connect(path, timeout=60, isolation_level=None)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = FULL")
    base.executescript(schema)
    return base


def read_base(path: Path, query: str, schema: "pa.Schema") -> "pa.Table":
    """What a query finds in such a file, for SQL; no rows where there is no file. Moments are ISO text there."""
    import pyarrow as pa

    if not path.exists():
        return schema.empty_table()
    base = sqlite3.connect(path, timeout=60)
    try:
        base.row_factory = sqlite3.Row
        rows = [dict(row) for row in base.execute(query)]
    finally:
        base.close()
    for row in rows:
        for field in schema:
            if pa.types.is_timestamp(field.type) and row[field.name]:
                row[field.name] = datetime.fromisoformat(row[field.name])
            elif pa.types.is_boolean(field.type):
                row[field.name] = bool(row[field.name])
    return pa.Table.from_pylist(rows, schema=schema)
