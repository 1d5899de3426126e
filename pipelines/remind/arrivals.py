"""What arrived, and since when it is known: what is acknowledged and what returns explain."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import duckdb

from pipelines.notice.model import Notice
from pipelines.remind.facts import ask

# A form answer is received when it was submitted, and known once its export was collected.
_ARRIVALS = """
SELECT
    submissions.submission_id, submissions.recipient_code, submissions.path, deliverables.deliverable_name,
    submissions.received_at, greatest(submissions.received_at, receipts.scanned_at) AS known_at, submissions.state,
    submissions.row_count - coalesce(noted.repeats, 0) AS row_count, submissions.rejected_row_count, submissions.answer_key IS NOT NULL AS is_answer,
    coalesce(noted.notes, []) AS notes
FROM core.submissions
INNER JOIN raw.receipts
    ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
LEFT JOIN (
    SELECT
        notes.submission_id,
        count(*) FILTER (code = 'duplicate_row') AS repeats,
        list(notes.sentence ORDER BY sheet_number, row_number NULLS FIRST, column_number NULLS FIRST, code) AS notes
    FROM core.notes WHERE notes.notice_id = $notice
    GROUP BY ALL
) AS noted ON submissions.submission_id = noted.submission_id
LEFT JOIN core.deliverables
    ON submissions.notice_id = deliverables.notice_id AND submissions.deliverable = deliverables.deliverable
WHERE
    submissions.notice_id = $notice AND submissions.recipient_code IS NOT NULL AND submissions.state NOT IN ('ignored', 'superseded')
    AND greatest(submissions.received_at, receipts.scanned_at) <= $now
ORDER BY submissions.received_at, submissions.path, submissions.row_order
"""


@dataclass(frozen=True)
class Arrival:
    """One submission of a unit, ignored ones apart. Moments are naive, in the notice's zone."""

    submission_id: str
    recipient_code: str
    path: str
    deliverable_name: str | None
    received_at: datetime
    known_at: datetime
    """When a scan brought it."""
    state: str
    row_count: int
    """Rows that repeat one another count once."""
    rejected_row_count: int
    is_answer: bool
    notes: list[str]
    """What was noted of it, for its unit to look at again."""

    @property
    def is_returned(self) -> bool:
        return self.state in ("rejected", "partly accepted")

    @property
    def is_stray(self) -> bool:
        """Nothing in it says that it was meant as a report at all."""
        return self.state == "rejected" and self.deliverable_name is None

    @property
    def name(self) -> str:
        """What its unit knows it by: the file's own name, or the answer's number."""
        if self.is_answer:
            return f"答卷 {self.path.rpartition('#')[2]}"
        return f"《{PurePosixPath(self.path.rpartition('!')[2]).name}》"


def find_arrivals(
    snapshot: duckdb.DuckDBPyConnection, notice: Notice, now: datetime, reveal: Callable[[Any], Any]
) -> list[Arrival]:
    """All that was known by `now`, in order of arrival; `reveal` puts back what is masked, for the unit that wrote it."""
    found = ask(snapshot, _ARRIVALS, notice=notice.id, now=now)
    return [Arrival(**{name: reveal(value) for name, value in one.items()}) for one in found]
