"""What went back and why, for mails: a sentence for each returned submission, and the file that goes with it."""

from collections.abc import Iterable
from pathlib import PurePosixPath

import duckdb

from pipelines.notice.model import Notice
from pipelines.remind.facts import ask
from pipelines.send.compose import File

MOST_SAID = 2
"""Faults that a sentence names."""
_SUMMARIES = """
WITH faults AS (
    SELECT
        submission_id,
        count(*) AS fault_count,
        list(sentence ORDER BY sheet, row_number, fault_number)[:2] AS sentences
    FROM raw.verdicts
    WHERE severity = 'error' AND submission_id IN (SELECT unnest($ids::VARCHAR[]))
    GROUP BY submission_id
)

SELECT submissions.submission_id, submissions.path, submissions.sentence, faults.fault_count, faults.sentences
FROM core.submissions
LEFT JOIN faults ON submissions.submission_id = faults.submission_id
WHERE submissions.notice_id = $notice AND submissions.submission_id IN (SELECT unnest($ids::VARCHAR[]))
"""


class Returned:
    """The returns that mails speak of."""

    def __init__(self, snapshot: duckdb.DuckDBPyConnection, notice: Notice, ids: Iterable[str]) -> None:
        self._summaries = _find_summaries(snapshot, notice, ids)

    def summary(self, submission_id: str) -> str:
        """A Chinese sentence: which file it was, and what to change."""
        return self._summaries.get(submission_id, "")

    def file(self, submission_id: str) -> File | None:
        """What goes back to the unit; None where there is nothing yet."""
        return None


def _find_summaries(
    snapshot: duckdb.DuckDBPyConnection, notice: Notice, ids: Iterable[str]
) -> dict[str, str]:
    found = {}
    for one in ask(snapshot, _SUMMARIES, notice=notice.id, ids=list(dict.fromkeys(ids))):
        name = PurePosixPath(one["path"].rpartition("!")[2]).name
        said = "；".join(text.rstrip("。") for text in one["sentences"] or [one["sentence"] or ""])
        count = one["fault_count"] or 0
        more = f"等 {count} 处" if count > MOST_SAID else ""
        found[one["submission_id"]] = f"《{name}》{said}{more}"
    return found
