"""Telling form services what became of their answers, so that whoever sent one sees it where it was sent.

Reads the published snapshot and the archive; writes review states and comments to the services, and what was told into
<home>/mail/told.sqlite. A verdict is told once, and again where it changed; one that could not be told is tried again in
the next cycle. What a person decided on the service is never overwritten, and one answer that is gone stops no other.
"""

import hashlib
import json
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from pipelines.archive.objects import read_object
from pipelines.archive.store import Archive
from pipelines.ask.figures import open_snapshot
from pipelines.ground.connections import Connect, Connection, MissingConnectionError
from pipelines.ground.durable import open_base
from pipelines.ground.errors import RefusedError, SourceError
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.notice.sources import KoboSource, OdkSource
from pipelines.warehouse.masks import Masks

log = logging.getLogger(__name__)

# The newest version of each answer of one source, and everything that was wrong with it, row by row. Its sender knows no
# rows: of several, it is the n-th that they added.
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
said AS (
    SELECT
        verdicts.submission_id,
        regexp_replace(
            verdicts.sentence,
            '^第[0-9]+行',
            CASE WHEN answers.row_count > 1 THEN concat('第', verdicts.row_number - 1, '件') ELSE '' END
        ) AS sentence
    FROM raw.verdicts
    INNER JOIN answers ON verdicts.submission_id = answers.submission_id
    WHERE verdicts.severity = 'error'
),
faults AS (
    SELECT submission_id, list(DISTINCT sentence ORDER BY sentence) AS sentences
    FROM said
    GROUP BY submission_id
)
SELECT
    answers.answer_key,
    answers.object,
    answers.state = 'accepted' AS is_accepted,
    CASE
        WHEN answers.state = 'accepted' THEN []
        ELSE coalesce(faults.sentences, [answers.sentence])
    END AS sentences
FROM answers
LEFT JOIN faults ON answers.submission_id = faults.submission_id
WHERE answers.state NOT IN ('ignored', 'attachment')
ORDER BY answers.submission_id
"""
# What each answer was told last: the whole of it as a digest, and the state that was left on the service.
_LEDGER = """
CREATE TABLE IF NOT EXISTS told_answers (
    notice_id TEXT NOT NULL, answer_key TEXT NOT NULL, digest TEXT NOT NULL, state TEXT NOT NULL, told_at TEXT NOT NULL,
    PRIMARY KEY (notice_id, answer_key)
)
"""
GONE = 404
REFUSED_ALL = frozenset({401, 403, 408, 425, 429})
"""What is said of the account or of the moment, not of one answer."""
MOST_SAID = 5
"""Answers named where several could not be told."""


@dataclass(frozen=True)
class Verdict:
    """What became of the newest version of one answer; `sentences` is empty where it was accepted."""

    answer_key: str
    record: Mapping[str, Any]
    """The answer as the service gave it."""
    is_accepted: bool
    sentences: tuple[str, ...]
    object: str = ""
    """The version's bytes, by their sha256."""
    told_state: str | None = None
    """The state that we left on the service the last time; another one there is a person's."""

    @property
    def digest(self) -> str:
        content = json.dumps([self.object, self.is_accepted, *self.sentences], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


class Told(Protocol):
    """A service that can be told. Telling the same twice changes nothing there."""

    def tell(self, verdict: Verdict) -> str | None:
        """The state that stands there now by our doing; '' where a person's was left as it is, None where the answer has
        changed since and is judged anew first. Raises SourceError where it could not be told."""
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
                done, failed = _tell_source(service, home, notice, source.id, now, ledger)
                told += done
                errors += [f"结果没能写回 {source.path}：{one}" for one in failed]
            except (SourceError, MissingConnectionError) as error:
                log.error("send: 没能把结果写回 %s：%s", source.path, error)
                errors.append(f"结果没能写回 {source.path}：{error}")
    return told, errors


def _tell_source(
    service: Told, home: Home, notice: Notice, source: str, now: datetime, ledger: sqlite3.Connection
) -> tuple[int, list[str]]:
    """How many answers were told, and what the service would not take, answer by answer. Raises SourceError where nothing
    more can be told."""
    told, failed = 0, []
    for verdict in _untold(home, notice, source, ledger):
        try:
            state = service.tell(verdict)
        except RefusedError as error:
            if error.status >= 500 or error.status in REFUSED_ALL:
                raise
            if error.status != GONE:
                failed.append(f"{verdict.answer_key.partition('|')[2]}：{error}")
                continue
            log.info("send: 答卷 %s 已不在表单服务上，不再写回", verdict.answer_key)
            state = "gone"
        if state is None:
            continue
        told += state not in ("", "gone")
        ledger.execute(
            "INSERT OR REPLACE INTO told_answers VALUES (?, ?, ?, ?, ?)",
            [notice.id, verdict.answer_key, verdict.digest, state, now.isoformat()],
        )
    return told, failed[:MOST_SAID]


def _untold(home: Home, notice: Notice, source: str, ledger: sqlite3.Connection) -> Iterator[Verdict]:
    with open_snapshot(home.published) as snapshot:
        found = snapshot.execute(_VERDICTS, {"notice": notice.id, "source": source}).fetchall()
    archive, reveal = Archive(home.archive), Masks.newest(home).revealer().reveal
    rows = ledger.execute(
        "SELECT answer_key, digest, state FROM told_answers WHERE notice_id = ?", [notice.id]
    )
    known = {answer: (digest, state) for answer, digest, state in rows}
    for answer, sha256, is_accepted, sentences in found:
        digest, state = known.get(answer, ("", None))
        bare = Verdict(answer, {}, is_accepted, tuple(reveal(sentences)), sha256, state or None)
        if bare.digest != digest:
            record = json.loads(read_object(archive.object_path(sha256)))["record"]
            yield replace(bare, record=record)


def _open(source: OdkSource | KoboSource, connection: Connection) -> Told:
    from pipelines.send.reviews import KoboReviews, OdkReviews

    if isinstance(source, OdkSource):
        return OdkReviews(connection, source.project, source.form)
    return KoboReviews(connection, source.asset)
