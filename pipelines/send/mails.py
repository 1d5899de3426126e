"""What the outbox says to SQL: its rows without addresses, for the snapshot (marts.mails)."""

from pathlib import Path

import pyarrow as pa

from pipelines.ground.durable import read_base

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
    return read_base(folder / "outbox.sqlite", _QUERY, _SCHEMA)
