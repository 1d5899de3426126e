"""What the outbox of pushes says to SQL, for the snapshot (marts.feeds, marts.recommendations): nothing of the far side's words."""

from pathlib import Path

import pyarrow as pa

from pipelines.ground.durable import read_base
from pipelines.send.pushes import Pushes


def _columns(kind: pa.DataType, *names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, kind) for name in names]


_TEXT, _MOMENT, _COUNT = pa.string(), pa.timestamp("s"), pa.int32()
_TRACE = [*_columns(_TEXT, "submission_id", "path", "sheet"), *_columns(_COUNT, "row_number")]
_PUSHES = pa.schema(
    [
        *_columns(
            _TEXT, "notice_id", "push_key", "destination", "purpose", "subject", "name", "state", "error"
        ),
        *_columns(_MOMENT, "queued_at", "not_before", "sent_at", "changed_at"),
        *_columns(_COUNT, "attempts"),
        *_columns(pa.int64(), "size"),
        *_TRACE,
    ]
)
_ASK_PUSHES = """
SELECT pushes.notice_id, key AS push_key, destination, purpose, subject, name, state, error,
    queued_at, not_before, sent_at, changed_at, attempts, size, submission_id, path, sheet, row_number
FROM pushes LEFT JOIN entries ON pushes.notice_id = entries.notice_id AND pushes.subject = entries.item_id
ORDER BY position
"""
_RECOMMENDED = pa.schema(
    [
        *_columns(_TEXT, "notice_id", "recommendation_id", "sent_to", "item_id", "folder"),
        *_columns(_MOMENT, "as_of", "made_at", "queued_at"),
        *_columns(_COUNT, "item_number", "files"),
        *_TRACE,
    ]
)
_ASK_RECOMMENDED = """
SELECT recommended.notice_id, recommendation_id, sent_to, item_id, folder, as_of, made_at, sent_at AS queued_at,
    position AS item_number, files, submission_id, path, sheet, row_number
FROM recommended INNER JOIN recommendations USING (notice_id, recommendation_id)
ORDER BY recommended.notice_id, recommendation_id, position
"""


def read_pushes(folder: Path) -> dict[str, pa.Table]:
    """The rows of raw.pushes and raw.recommended; none where nothing was ever pushed or recommended."""
    base = folder / Pushes.file
    return {
        "raw.pushes": read_base(base, _ASK_PUSHES, _PUSHES),
        "raw.recommended": read_base(base, _ASK_RECOMMENDED, _RECOMMENDED),
    }
