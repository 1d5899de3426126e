"""Load: one run's Arrow files into the warehouse, in one transaction. Loading again changes nothing.

Reads the run's folder; writes warehouse/notices.duckdb, and before it the personal columns into private.duckdb.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.archive.arrivals import Arrivals
from pipelines.archive.store import Receipt
from pipelines.check.tables import VERDICTS
from pipelines.collect.arrived import modified_at
from pipelines.notice.model import Notice
from pipelines.read.frames import SUBMISSIONS, read_frames, rows_schema, table_deliverables
from pipelines.warehouse.changes import load_changes
from pipelines.warehouse.definition import insert_table, load_definition
from pipelines.warehouse.feed import EVERYTHING, mark_touched, mark_unfed
from pipelines.warehouse.masker import Masker
from pipelines.warehouse.masks import Masks
from pipelines.warehouse.notes import load_private_notes, stage_notes
from pipelines.warehouse.relations import fill_relations
from pipelines.warehouse.rows import load_rows, load_verdicts, no_wait

_RECEIPTS = pa.schema(
    [
        ("receipt_id", pa.string()),
        ("source", pa.string()),
        ("path", pa.string()),
        ("size", pa.int64()),
        ("modified_at", pa.timestamp("s")),
        ("sha256", pa.string()),
        ("received_at", pa.timestamp("s")),
        ("scanned_at", pa.timestamp("s")),
    ]
)

_SCANS = pa.schema(
    [
        ("source", pa.string()),
        ("scanned_at", pa.timestamp("s")),
        ("failed_at", pa.timestamp("s")),
        ("failure", pa.string()),
    ]
)

_HELD = pa.schema(
    [
        ("source", pa.string()),
        ("path", pa.string()),
        ("sentence", pa.string()),
        ("held_at", pa.timestamp("s")),
    ]
)

# A form answer that an earlier export held with the same content is no new submission; one with other content is a
# correction, received when its export was. The first content arrived when it was submitted.
_FRESH = """
CREATE OR REPLACE TEMP TABLE fresh AS
WITH
incoming AS (
    SELECT staged.*, receipts.received_at AS export_at, receipts.scanned_at, true AS is_new
    FROM staged_submissions AS staged
    INNER JOIN raw.receipts ON receipts.notice_id = $notice AND staged.receipt_id = receipts.receipt_id
    WHERE NOT EXISTS (
        SELECT 1 FROM raw.submissions AS known
        WHERE known.notice_id = $notice AND known.submission_id = staged.submission_id
    )
),
sightings AS (
    SELECT submission_id, answer_key, sha256, export_at, path, row_order, is_new FROM incoming
    WHERE answer_key IS NOT NULL
    UNION ALL
    SELECT known.submission_id, known.answer_key, known.sha256, receipts.received_at, known.path, known.row_order, false
    FROM raw.submissions AS known
    INNER JOIN raw.receipts ON known.notice_id = receipts.notice_id AND known.receipt_id = receipts.receipt_id
    WHERE known.notice_id = $notice AND known.answer_key IN (SELECT answer_key FROM incoming)
),
versions AS (
    SELECT
        submission_id,
        lag(sha256) OVER ordered IS DISTINCT FROM sha256 AS is_other,
        row_number() OVER ordered = 1 AS is_first
    FROM sightings
    WINDOW ordered AS (PARTITION BY answer_key ORDER BY export_at, split_part(path, '#', 1), row_order, is_new)
)
SELECT
    incoming.* EXCLUDE (received_at, answered_at, export_at, scanned_at, is_new),
    CASE
        WHEN versions.is_first AND incoming.answered_at IS NOT NULL THEN least(incoming.answered_at, incoming.scanned_at)
        ELSE incoming.received_at
    END AS received_at
FROM incoming
LEFT JOIN versions ON incoming.submission_id = versions.submission_id
WHERE incoming.answer_key IS NULL OR versions.is_other
"""

# What a submission replaced, or was replaced by, is told by all versions of its path and of its answer; which of those with the same
# bytes came first, by all of them.
_KIN = """
INSERT INTO raw.touched
WITH known AS (
    SELECT answer_key, recipient_code, sha256, path FROM raw.submissions
    SEMI JOIN raw.touched USING (submission_id)
)
SELECT notice_id, submission_id, coalesce(recipient_code, '') FROM raw.submissions
WHERE notice_id = $1
    AND (
        answer_key IN (SELECT answer_key FROM known)
        OR (recipient_code, sha256) IN (SELECT (recipient_code, sha256) FROM known)
        OR (recipient_code, path) IN (SELECT (recipient_code, path) FROM known WHERE answer_key IS NULL)
    )
    AND submission_id NOT IN (SELECT submission_id FROM raw.touched)
"""
# What names no period is for one that the unit's earlier ones had not met: with one of these all may move.
_UNDATED_KIN = """
INSERT INTO raw.touched
WITH asked AS (
    SELECT deliverable FROM core.deliverables WHERE notice_id = $1 AND is_undated
),
told AS (
    SELECT submission_id, unnest([deliverable, document]) AS deliverable FROM raw.submissions WHERE notice_id = $1
),
held AS (
    SELECT told.submission_id, told.deliverable FROM told SEMI JOIN asked USING (deliverable)
    UNION
    SELECT rows.submission_id, rows.deliverable FROM raw.rows SEMI JOIN asked USING (deliverable)
    WHERE rows.notice_id = $1
),
undated AS (
    SELECT held.submission_id, submissions.recipient_code, held.deliverable
    FROM held
    INNER JOIN raw.submissions USING (submission_id)
    WHERE submissions.recipient_code IS NOT NULL
)
SELECT DISTINCT $1, submission_id, recipient_code FROM undated
WHERE
    (recipient_code, deliverable) IN (
        SELECT (recipient_code, deliverable) FROM undated SEMI JOIN raw.touched USING (submission_id)
    )
    AND submission_id NOT IN (SELECT submission_id FROM raw.touched)
"""


def load_run(
    connection: duckdb.DuckDBPyConnection,
    private: duckdb.DuckDBPyConnection,
    notice: Notice,
    arrivals: Arrivals,
    folder: Path,
    masks: Masks,
    wait_for_verdicts: Callable[[], object] = no_wait,
) -> dict[str, Any]:
    """Loads what `folder` holds of `notice`; returns the counts that a clerk asks for. Raises UnmaskedError where it names a
    liaison who is new to us and stands in what was loaded before. `wait_for_verdicts` is called where they are needed first."""
    masker = open_masker(connection, notice, folder, masks)
    staged = read_frames(folder, "submissions", SUBMISSIONS)
    loading = set(staged.column("receipt_id").to_pylist())
    connection.begin()
    try:
        if load_definition(connection, notice):
            mark_unfed(connection, notice.id, [EVERYTHING])
        _load_scans(connection, notice, arrivals, masker)
        _load_receipts(connection, notice, arrivals, loading, masker)
        connection.register("staged_submissions", masker.mask_table(staged))
        connection.execute(_FRESH, {"notice": notice.id})
        stage_notes(connection, notice, folder)
        load_rows(connection, notice, folder, masker, wait_for_verdicts)
        load_verdicts(connection, notice, folder, masker)
        load_private(private, connection, notice, folder)
        load_changes(connection, notice, folder, arrivals.shapes, masker)
        masks.keep(masker)
        fresh = connection.execute("SELECT submission_id FROM fresh").fetchall()
        touch(connection, notice, [row[0] for row in fresh])
        fill_relations(connection)
        mark_touched(connection, notice.id)
        connection.execute("DELETE FROM raw.touched; DELETE FROM raw.touched_keys")
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    # Only of what is committed DuckDB knows how much it is, and where to look first.
    return _count(connection, notice)


def open_masker(connection: duckdb.DuckDBPyConnection, notice: Notice, folder: Path, masks: Masks) -> Masker:
    """It knows the liaisons that the run's plans name as well. Raises UnmaskedError as `load_run` does."""
    for deliverable in table_deliverables(notice):
        if notice.deliverables[deliverable].kind == "plan":
            rows = read_frames(folder, f"rows_{deliverable}", rows_schema(notice, deliverable))
            masks.learn(connection, notice.id, rows.column("contact_name").to_pylist())
    return masks.masker(notice.id)


def _load_scans(
    connection: duckdb.DuckDBPyConnection, notice: Notice, arrivals: Arrivals, masker: Masker
) -> None:
    connection.execute("DELETE FROM raw.scans WHERE notice_id = $1", [notice.id])
    rows = [
        {
            "source": one.id,
            "scanned_at": arrivals.scanned.get(one.id),
            "failed_at": arrivals.failed.get(one.id, (None, None))[0],
            "failure": arrivals.failed.get(one.id, (None, None))[1],
        }
        for one in notice.sources
    ]
    insert_table(connection, "raw.scans", notice, pa.Table.from_pylist(rows, schema=_SCANS), masker)
    connection.execute("DELETE FROM raw.held_entries WHERE notice_id = $1", [notice.id])
    held = [{name: getattr(one, name) for name in _HELD.names} for one in arrivals.held]
    insert_table(connection, "raw.held_entries", notice, pa.Table.from_pylist(held, schema=_HELD), masker)


def _load_receipts(
    connection: duckdb.DuckDBPyConnection,
    notice: Notice,
    arrivals: Arrivals,
    loading: Iterable[str],
    masker: Masker,
) -> None:
    """The ledger: in the same transaction as what the receipts held."""
    known = connection.execute(
        "SELECT receipt_id FROM raw.receipts WHERE notice_id = $1 AND receipt_id IN (SELECT unnest($2))",
        [notice.id, list(loading)],
    ).fetchall()
    wanted = set(loading) - {receipt_id for (receipt_id,) in known}
    load_receipts(connection, notice, [one for one in arrivals.receipts if one.id in wanted], masker)


def load_receipts(
    connection: duckdb.DuckDBPyConnection, notice: Notice, receipts: Iterable[Receipt], masker: Masker
) -> None:
    """Appends receipts to the ledger."""
    rows = [
        {
            "receipt_id": one.id,
            "source": one.source,
            "path": one.path,
            "size": one.size,
            "modified_at": modified_at(notice, one.modified_ns),
            "sha256": one.sha256,
            "received_at": one.received_at,
            "scanned_at": one.scanned_at,
        }
        for one in receipts
    ]
    if rows:
        insert_table(connection, "raw.receipts", notice, pa.Table.from_pylist(rows, schema=_RECEIPTS), masker)


def load_private(
    private: duckdb.DuckDBPyConnection, connection: duckdb.DuckDBPyConnection, notice: Notice, folder: Path
) -> None:
    """Personal columns, in a transaction of their own: DuckDB writes to one file at a time. Written again they are the same."""
    fresh = connection.execute("SELECT submission_id FROM fresh").to_arrow_table()
    private.begin()
    private.register("fresh", fresh)
    for relation in ("contacts", "verdict_values", "note_values"):
        private.execute(f"DELETE FROM {relation} WHERE submission_id IN (SELECT submission_id FROM fresh)")
    for deliverable in table_deliverables(notice):
        if notice.deliverables[deliverable].kind == "plan":
            private.register(
                "staged", read_frames(folder, f"rows_{deliverable}", rows_schema(notice, deliverable))
            )
            private.execute(
                """
                INSERT INTO contacts BY NAME
                SELECT
                    $1 AS notice_id, submission_id, sheet, table_number, row_number,
                    contact_name, contact_phone, contact_email
                FROM staged SEMI JOIN fresh USING (submission_id)
                """,
                [notice.id],
            )
    private.register("verdicts", read_frames(folder, "verdicts", VERDICTS))
    private.execute(
        """
        INSERT INTO verdict_values BY NAME
        SELECT $1 AS notice_id, submission_id, sheet, table_number, row_number, column_name, value
        FROM verdicts SEMI JOIN fresh USING (submission_id) WHERE is_personal
        """,
        [notice.id],
    )
    load_private_notes(private, connection, notice)
    private.commit()


def touch(connection: duckdb.DuckDBPyConnection, notice: Notice, changed: Iterable[str]) -> None:
    """Whose derived rows must be made anew: of what changed, and of all that is kin to it, however far. What became of anything else
    cannot change."""
    connection.execute(
        """
        INSERT INTO raw.touched
        SELECT notice_id, submission_id, coalesce(recipient_code, '') FROM raw.submissions
        WHERE notice_id = $1 AND submission_id IN (SELECT unnest($2::VARCHAR[]))
        """,
        [notice.id, list(changed)],
    )
    while sum(_insert(connection, kin, notice) for kin in (_UNDATED_KIN, _KIN)):
        pass


def _insert(connection: duckdb.DuckDBPyConnection, statement: str, notice: Notice) -> int:
    """How many rows it inserts for a notice."""
    ((count,),) = connection.execute(statement, [notice.id]).fetchall()
    return int(count)


def _count(connection: duckdb.DuckDBPyConnection, notice: Notice) -> dict[str, Any]:
    """How the submissions of this run ended, why those that were returned were, and what was noted, by code."""
    states = connection.execute(
        "SELECT state, count(*) FROM core.submissions SEMI JOIN fresh USING (submission_id) GROUP BY state ORDER BY state"
    ).fetchall()
    reasons = connection.execute(
        """
        SELECT reason, count(*) AS times FROM (
            SELECT reason FROM core.submissions SEMI JOIN fresh USING (submission_id)
            WHERE state = 'rejected' AND reason <> 'no_valid_row' OR state = 'rejected' AND row_count = 0
            UNION ALL
            SELECT unnest(string_split(rejected_rows, '|')) FROM core.submissions SEMI JOIN fresh USING (submission_id)
        ) GROUP BY reason ORDER BY times DESC, reason
        """
    ).fetchall()
    notes = connection.execute(
        "SELECT code, count(*) AS times FROM core.notes SEMI JOIN fresh USING (submission_id) GROUP BY code ORDER BY times DESC, code"
    ).fetchall()
    return {
        "submissions": sum(count for _, count in states),
        "states": dict(states),
        "reasons": dict(reasons),
        "notes": dict(notes),
    }
