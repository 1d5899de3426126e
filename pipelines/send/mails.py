"""What the outbox says to SQL: its rows without addresses, for the snapshot (marts.mails)."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pyarrow as pa

_MOMENTS = ("queued_at", "not_before", "sent_at", "changed_at")
_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("notice_id", "mail_key", "purpose", "recipient_code", "what", "state")),
        *((name, pa.timestamp("s")) for name in _MOMENTS),
        ("attempts", pa.int32()),
        ("error", pa.string()),
    ]
)  # fmt: skip
_QUERY = """
SELECT notice_id, key AS mail_key, purpose, recipient AS recipient_code, what, state,
    queued_at, not_before, sent_at, changed_at, attempts, error
FROM mails ORDER BY position
"""


def read_mails(folder: Path) -> pa.Table:
    """The rows of marts.mails; none where there is no outbox. Neither addresses nor the server's words are among them."""
    base = folder / "outbox.sqlite"
    if not base.exists():
        return _SCHEMA.empty_table()
    connection = sqlite3.connect(base, timeout=60)
    try:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute(_QUERY)]
    finally:
        connection.close()
    for row in rows:
        row.update({name: datetime.fromisoformat(row[name]) for name in _MOMENTS if row[name]})
    return pa.Table.from_pylist(rows, schema=_SCHEMA)
