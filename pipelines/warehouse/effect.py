"""The effect of decisions on a warehouse, after what was received is in it. Part of the load stage.

Reads what decisions ask to be read, says which rows count when, and makes the derived rows of these files anew.
"""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pyarrow as pa

from pipelines.archive.store import Archive
from pipelines.decide.duties import FOREVER
from pipelines.decide.readings import MARK, Wanted, find_wanted, note_registered, read_wanted
from pipelines.decide.record import ABOUT_FILES, Decisions
from pipelines.decide.rows import load_decisions
from pipelines.decide.spans import Place, Reading, Span, stand_files, stand_rows
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.notice.sources import BY_HAND
from pipelines.read.frames import SUBMISSIONS, read_frames
from pipelines.warehouse.decided import replace_rows
from pipelines.warehouse.feed import mark_touched, mark_uncounted
from pipelines.warehouse.load import load_private, load_receipts, open_masker, touch
from pipelines.warehouse.masker import Masker
from pipelines.warehouse.masks import Masks
from pipelines.warehouse.notes import stage_notes
from pipelines.warehouse.relations import fill_touched
from pipelines.warehouse.rows import load_rows, load_verdicts

_READINGS = """
SELECT submissions.submission_id, submissions.receipt_id, submissions.path, submissions.received_at, readings.decision_id
FROM raw.submissions
LEFT JOIN raw.readings ON submissions.submission_id = readings.submission_id
WHERE submissions.notice_id = $1 AND submissions.receipt_id IN (SELECT unnest($2::VARCHAR[]))
"""
_ROWS = """
SELECT rows.table_number, rows.row_number, coalesce(bool_or(verdicts.severity = 'error'), false) AS is_faulty
FROM raw.rows
LEFT JOIN raw.verdicts
    ON
        rows.submission_id = verdicts.submission_id
        AND rows.table_number = verdicts.table_number
        AND rows.row_number = verdicts.row_number
WHERE rows.submission_id = $1
GROUP BY ALL
UNION ALL
SELECT 0, 0, false FROM raw.submissions WHERE submission_id = $1 AND document IS NOT NULL
"""
_FILES = pa.schema([(name, pa.string()) for name in ("submission_id", "state", "sentence")])
_SPANS = pa.schema(
    [
        ("submission_id", pa.string()),
        ("table_number", pa.int32()),
        ("row_number", pa.int32()),
        *((name, pa.timestamp("us")) for name in ("known_from", "known_until", "ranked_at")),
    ]
)
_VALUES = pa.schema(
    [
        ("submission_id", pa.string()),
        ("table_number", pa.int32()),
        ("row_number", pa.int32()),
        ("column_name", pa.string()),
        ("value", pa.string()),
    ]
)
Connection = duckdb.DuckDBPyConnection


def take_effect(
    home: Home,
    connection: Connection,
    private: Connection,
    notice: Notice,
    decisions: Decisions,
    *,
    is_kept: bool = True,
) -> None:
    """Brings what is derived of a notice, and decisions can reach, up to date with them, in one transaction. What is not published
    then is marked (feed.py).

    `is_kept` false: the decisions are only tried, and nothing is noted in the archive. Raises UnmaskedError as `load_run` does.
    """
    masks = Masks(home.masks)
    archive, folder = Archive(home.archive), home.run_folder(notice.id, f"decisions-{uuid4().hex[:12]}")
    if is_kept:
        note_registered(archive, notice, decisions)
    wanted = find_wanted(connection, archive, notice, decisions, masks.revealer().reveal)
    if wanted:
        read_wanted(archive, notice, wanted, folder)
    masker = open_masker(connection, notice, folder, masks) if wanted and is_kept else masks.masker(notice.id)
    connection.begin()
    try:
        is_about_files = load_decisions(connection, notice, decisions, masker) or bool(wanted)
        if wanted:
            _load_readings(connection, private, notice, wanted, folder, masker)
        if is_about_files:
            _touch_decided(connection, notice, decisions, masker, is_read=bool(wanted))
        if fill_touched(connection):
            mark_touched(connection, notice.id)
            connection.execute("DELETE FROM raw.touched; DELETE FROM raw.touched_keys")
        masks.keep(masker)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _load_readings(
    connection: Connection,
    private: Connection,
    notice: Notice,
    wanted: list[Wanted],
    folder: Path,
    masker: Masker,
) -> None:
    """What was read under decisions, into raw: of each receipt the paths that a decision speaks of."""
    load_receipts(
        connection, notice, [one.receipt for one in wanted if one.receipt.source == BY_HAND], masker
    )
    asked = [
        {
            "decision_id": one.decision.id,
            "receipt_id": one.receipt.id,
            "path": path,
            "unit": (one.decision.subject.get("recipients") or [None])[0],
            "is_by_hand": one.receipt.source == BY_HAND,
        }
        for one in wanted
        for path in one.paths
    ]
    connection.register("asked", pa.Table.from_pylist(asked))
    connection.register("staged_readings", read_frames(folder, "submissions", SUBMISSIONS))
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE kept AS
        SELECT
            staged.* EXCLUDE (answered_at) REPLACE (split_part(staged.receipt_id, '{MARK}', 1) AS receipt_id),
            asked.decision_id,
            asked.path AS asked_path
        FROM staged_readings AS staged
        INNER JOIN asked
            ON
                staged.receipt_id = asked.receipt_id || '{MARK}' || asked.decision_id
                AND (staged.path = asked.path OR asked.is_by_hand AND starts_with(staged.path, asked.path || '!'))
                AND (asked.unit IS NULL OR staged.recipient_code = asked.unit)
        """
    )
    # Compared as they were received; from here on as they are published.
    connection.register("masked", masker.mask_table(connection.execute("FROM kept").to_arrow_table()))
    connection.execute("CREATE OR REPLACE TEMP TABLE kept AS FROM masked")
    connection.register("asked", masker.mask_table(pa.Table.from_pylist(asked)))
    connection.execute(
        """
        INSERT INTO raw.readings
        SELECT $1, asked.decision_id, asked.receipt_id, coalesce(kept.path, asked.path), kept.submission_id
        FROM asked
        LEFT JOIN kept
            ON
                asked.decision_id = kept.decision_id
                AND asked.receipt_id = kept.receipt_id
                AND asked.path = kept.asked_path
        """,
        [notice.id],
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE fresh AS SELECT * EXCLUDE (decision_id, asked_path) FROM kept"
    )
    stage_notes(connection, notice, folder)
    load_private(private, connection, notice, folder)
    load_rows(connection, notice, folder, masker)
    load_verdicts(connection, notice, folder, masker)


def _touch_decided(
    connection: Connection, notice: Notice, decisions: Decisions, masker: Masker, *, is_read: bool
) -> None:
    """What decisions say of files, and who is touched by what they say now and did not before. `is_read`: files were read under
    them, and stand in `fresh`."""
    touched = _stand(connection, notice, decisions, masker)
    if is_read:
        touched |= {row[0] for row in connection.execute("SELECT submission_id FROM fresh").fetchall()}
        # A receipt in which nothing was found is new all the same, and of nobody.
        mark_uncounted(connection, notice.id, [""])
    if touched:
        touch(connection, notice, touched)


def _stand(connection: Connection, notice: Notice, decisions: Decisions, masker: Masker) -> set[str]:
    """core.decided_files, core.decided_rows and core.accepted_values, from all decisions; returns the submissions of which they say
    something else than before."""
    about = [one for one in decisions.all if one.kind in ABOUT_FILES]
    readings = _find_readings(connection, notice, {one.subject["receipt_id"] for one in about})
    stands = stand_files(decisions, readings.values())
    ids = {*stands, *(one.subject["submission_id"] for one in about)} & readings.keys()
    spans: list[dict[str, Any]] = []
    for submission_id in sorted(ids):
        received_at = readings[submission_id].received_at
        file = stands[submission_id].spans if submission_id in stands else _always(received_at)
        rows: dict[Place, bool] = {
            (table, number): is_faulty
            for table, number, is_faulty in connection.execute(_ROWS, [submission_id]).fetchall()
        }
        spans += [
            {
                "submission_id": submission_id,
                "table_number": place[0],
                "row_number": place[1],
                "known_from": span.start,
                "known_until": span.end,
                "ranked_at": span.rank,
            }
            for place, span in stand_rows(decisions, submission_id, file, rows)
        ]
    files = [
        {
            "submission_id": one,
            "state": stands[one].state if one in stands else None,
            "sentence": stands[one].sentence if one in stands else None,
        }
        for one in sorted(ids)
    ]
    replaced = (
        ("core.decided_files", files, _FILES),
        ("core.decided_rows", spans, _SPANS),
        ("core.accepted_values", list(_accepted_values(decisions).values()), _VALUES),
    )
    return {
        one
        for relation, told, schema in replaced
        for one in replace_rows(connection, relation, notice, told, schema, "submission_id", masker)
    }


def _always(received_at: datetime) -> list[Span]:
    return [Span(received_at, FOREVER, received_at)]


def _find_readings(connection: Connection, notice: Notice, receipts: set[str]) -> dict[str, Reading]:
    """All readings of these receipts, and of every receipt that was read under a decision, by submission."""
    under = connection.execute(
        "SELECT DISTINCT receipt_id FROM raw.readings WHERE notice_id = $1 AND submission_id IS NOT NULL",
        [notice.id],
    ).fetchall()
    wanted = sorted(receipts | {row[0] for row in under})
    return {row[0]: Reading(*row) for row in connection.execute(_READINGS, [notice.id, wanted]).fetchall()}


def _accepted_values(decisions: Decisions) -> dict[tuple[str, int, int, str], dict[str, Any]]:
    """The values given for accepted rows; check.py sees to it that a row is never given two."""
    return {
        (one.subject["submission_id"], table, number, column): {
            "submission_id": one.subject["submission_id"],
            "table_number": table,
            "row_number": number,
            "column_name": column,
            "value": str(value),
        }
        for one in decisions.kind("accept")
        for table, number in one.subject["rows"]
        for column, value in one.values.items()
    }
