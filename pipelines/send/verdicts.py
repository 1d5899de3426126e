"""Telling form services what became of their answers, so that whoever sent one sees it where it was sent.

Reads the published snapshot and the archive; writes review states and comments to the services, and what was told into
<home>/mail/told.sqlite. A verdict is told once; one that could not be told is tried again in the next cycle.
"""

import json
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pipelines.archive.objects import read_object
from pipelines.archive.store import Archive
from pipelines.ask.figures import open_snapshot
from pipelines.ground.connections import Connect, Connection, MissingConnectionError
from pipelines.ground.durable import open_base
from pipelines.ground.errors import SourceError
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.notice.sources import KoboSource, OdkSource

log = logging.getLogger(__name__)

# The newest version of each answer of one source, and everything that was wrong with it, row by row.
_VERDICTS = """
WITH answers AS (
    SELECT submissions.*, receipts.sha256 AS object
    FROM core.submissions
    INNER JOIN raw.receipts
        ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
    WHERE
        submissions.notice_id = $notice AND receipts.source = $source AND submissions.format = 'form_answer'
    QUALIFY row_number() OVER (
        PARTITION BY submissions.answer_key ORDER BY submissions.received_at DESC, receipts.scanned_at DESC
    ) = 1
),
faults AS (
    SELECT submission_id, list(DISTINCT sentence ORDER BY sentence) AS sentences
    FROM raw.verdicts
    WHERE severity = 'error'
    GROUP BY submission_id
)
SELECT
    answers.submission_id,
    answers.object,
    answers.state = 'accepted' AS is_accepted,
    CASE
        WHEN answers.state = 'accepted' THEN []
        ELSE coalesce(faults.sentences, [answers.sentence])
    END AS sentences
FROM answers
LEFT JOIN faults ON answers.submission_id = faults.submission_id
ORDER BY answers.submission_id
"""
_LEDGER = """
CREATE TABLE IF NOT EXISTS told (
    notice_id TEXT NOT NULL, submission_id TEXT NOT NULL, told_at TEXT NOT NULL, PRIMARY KEY (notice_id, submission_id)
)
"""


@dataclass(frozen=True)
class Verdict:
    """What became of one version of one answer; `sentences` is empty where it was accepted."""

    submission_id: str
    record: Mapping[str, Any]
    """The answer as the service gave it."""
    is_accepted: bool
    sentences: tuple[str, ...]


class Told(Protocol):
    """A service that can be told. Telling the same twice changes nothing there."""

    def tell(self, verdict: Verdict) -> None:
        """Raises SourceError where it could not be told."""
        ...


def tell_services(home: Home, notice: Notice, now: datetime, connect: Connect) -> tuple[int, list[str]]:
    """How many verdicts were told, and one sentence for each source that could not be."""
    sources = [one for one in notice.sources if isinstance(one, OdkSource | KoboSource) and one.write_back]
    if not sources:
        return 0, []
    told, errors = 0, []
    with closing(open_base(home.mail / "told.sqlite", _LEDGER)) as ledger:
        for source in sources:
            try:
                service = _open(source, connect(source.connection))
                for verdict in _untold(home, notice, source.id, ledger):
                    service.tell(verdict)
                    ledger.execute(
                        "INSERT OR IGNORE INTO told VALUES (?, ?, ?)",
                        [notice.id, verdict.submission_id, now.isoformat()],
                    )
                    told += 1
            except (SourceError, MissingConnectionError) as error:
                log.error("send: 没能把结果写回 %s：%s", source.path, error)
                errors.append(f"结果没能写回 {source.path}：{error}")
    return told, errors


def _untold(home: Home, notice: Notice, source: str, ledger: sqlite3.Connection) -> Iterator[Verdict]:
    archive = Archive(home.archive)
    with open_snapshot(home.published) as snapshot:
        found = snapshot.execute(_VERDICTS, {"notice": notice.id, "source": source}).fetchall()
    rows = ledger.execute("SELECT submission_id FROM told WHERE notice_id = ?", [notice.id])
    known = {row[0] for row in rows}
    for submission_id, sha256, is_accepted, sentences in found:
        if submission_id not in known:
            record = json.loads(read_object(archive.object_path(sha256)))["record"]
            yield Verdict(submission_id, record, is_accepted, tuple(sentences))


def _open(source: OdkSource | KoboSource, connection: Connection) -> Told:
    from pipelines.send.reviews import KoboReviews, OdkReviews

    if isinstance(source, OdkSource):
        return OdkReviews(connection, source.project, source.form)
    return KoboReviews(connection, source.asset)
