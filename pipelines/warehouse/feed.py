"""The change feed: every change of a published row under a number that never changes. Part of the publish stage.

Reads core.feed_changes, which compares what is published with what the feed last said; appends to core.feed, and to
<home>/feed/feed.sqlite (kept_feed.py), from where a rebuild fills it. On disk there before anybody can read it.
"""

import json
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.warehouse.kept_feed import KeptFeed
from pipelines.warehouse.masker import Masker

FILE = "feed.sqlite"
EVERYTHING = "**"
"""In the place of a unit: all of a notice."""
DECISIONS = "*"
"""In the place of a unit: the decisions, which are no single unit's."""
Unit = tuple[str, str]
"""Notice and recipient code; '' for what belongs to no recipient."""
_ASIDE = ("submission_id", "receipt_id", "decision_id", "sha256", "recipient_code")
"""What of a row is the program's own words: eleven digits in it are no telephone number."""
_WIDEN = f"""
INSERT INTO raw.unfed
SELECT units.notice_id, units.recipient_code
FROM (
    SELECT notice_id, recipient_code FROM core.recipients
    UNION SELECT notice_id, recipient_code FROM core.feed
    UNION SELECT notice_id, unnest(['', '{DECISIONS}']) FROM core.notices
) AS units
SEMI JOIN (SELECT notice_id FROM raw.unfed WHERE recipient_code = '{EVERYTHING}') AS whole ON units.notice_id = whole.notice_id
ANTI JOIN raw.unfed AS known ON units.notice_id = known.notice_id AND units.recipient_code = known.recipient_code
"""
_IS_WHOLE = f"SELECT 1 FROM raw.unfed WHERE recipient_code = '{EVERYTHING}' LIMIT 1"
MOST_FILES = 200
"""Touched files up to which they are named; with more of them, all rows of their units are compared."""
_HOW_MUCH = f"""
SELECT
    (SELECT count(*) FROM raw.touched),
    EXISTS (SELECT 1 FROM raw.unfed WHERE notice_id = $1 AND recipient_code = '{EVERYTHING}')
"""
# A counted row can have changed where its file was touched, or holds, or held, a row of an identity that was. What is published
# says of a row from which receipt it is: so the other files of a receipt are named too. Units that are marked whole stay so.
_NAME_FILES = """
INSERT INTO raw.unfed_files
WITH units AS (
    SELECT DISTINCT notice_id, recipient_code FROM raw.touched
    EXCEPT
    (SELECT notice_id, recipient_code FROM raw.unfed EXCEPT SELECT notice_id, recipient_code FROM raw.unfed_files)
),
concerned AS (
    SELECT units.notice_id, units.recipient_code, touched.submission_id
    FROM units INNER JOIN raw.touched ON units.notice_id = touched.notice_id
    UNION
    SELECT rows.notice_id, rows.recipient_code, rows.submission_id
    FROM core.valid_rows AS rows
    SEMI JOIN raw.touched_keys AS keys ON rows.key_id = keys.key_id
    SEMI JOIN units ON rows.notice_id = units.notice_id AND rows.recipient_code = units.recipient_code
),
receipts AS (
    SELECT DISTINCT concerned.notice_id, concerned.recipient_code, submissions.receipt_id
    FROM concerned INNER JOIN raw.submissions ON concerned.submission_id = submissions.submission_id
)
SELECT receipts.notice_id, receipts.recipient_code, submissions.submission_id
FROM receipts
INNER JOIN raw.submissions
    ON receipts.notice_id = submissions.notice_id AND receipts.receipt_id = submissions.receipt_id
WHERE
    receipts.recipient_code = coalesce(submissions.recipient_code, '')
    OR submissions.submission_id IN (SELECT submission_id FROM concerned)
    OR submissions.submission_id IN (SELECT submission_id FROM core.decided_rows)
EXCEPT
SELECT notice_id, recipient_code, submission_id FROM raw.unfed_files
"""
# Sorting, then numbering what comes, moves the rows once; a window that sorts moves them twice.
_APPEND = """
INSERT INTO core.feed BY NAME
SELECT
    $last + row_number() OVER () AS seq,
    sorted.*
FROM (
    SELECT
        coalesce(moments.known_at, notices.opens::TIMESTAMP) AS known_at,
        changes.*
    FROM core.feed_changes AS changes
    INNER JOIN core.notices ON changes.notice_id = notices.notice_id
    LEFT JOIN (
        SELECT notice_id, max(moment) AS known_at FROM (
            SELECT notice_id, greatest(scanned_at, failed_at) AS moment FROM raw.scans
            UNION ALL SELECT notice_id, decided_at FROM core.decisions
        ) GROUP BY notice_id
    ) AS moments ON changes.notice_id = moments.notice_id
    ORDER BY
        changes.notice_id,
        array_position(['files', 'verdicts', 'counted_rows', 'obligations', 'decisions'], changes.relation),
        changes.row_key
) AS sorted
"""


def mark_unfed(connection: duckdb.DuckDBPyConnection, notice_id: str, units: Iterable[str]) -> None:
    """All rows of these units (EVERYTHING for all) are compared at the next publish."""
    codes = list(units)
    connection.execute(
        "DELETE FROM raw.unfed_files WHERE notice_id = $1"
        " AND (list_contains($2::VARCHAR[], recipient_code) OR list_contains($2::VARCHAR[], $3))",
        [notice_id, codes, EVERYTHING],
    )
    connection.execute(
        """
        INSERT INTO raw.unfed
        SELECT DISTINCT $1, given.code
        FROM (SELECT unnest($2::VARCHAR[]) AS code) AS given
        WHERE given.code NOT IN (SELECT recipient_code FROM raw.unfed WHERE notice_id = $1)
        """,
        [notice_id, codes],
    )


def mark_uncounted(connection: duckdb.DuckDBPyConnection, notice_id: str, units: Iterable[str]) -> None:
    """All rows of these units but the counted ones are compared at the next publish: these are only where they are marked as well."""
    asked = [notice_id, list(units)]
    # Where '' is the only file that is named, the unit is not compared whole, and no counted row is.
    for relation, named in (("raw.unfed_files", ", ''"), ("raw.unfed", "")):
        connection.execute(
            f"""
            INSERT INTO {relation}
            SELECT DISTINCT $1, given.code{named}
            FROM (SELECT unnest($2::VARCHAR[]) AS code) AS given
            WHERE
                given.code NOT IN (SELECT recipient_code FROM raw.unfed WHERE notice_id = $1)
                AND NOT EXISTS (SELECT 1 FROM raw.unfed WHERE notice_id = $1 AND recipient_code = '{EVERYTHING}')
            """,
            asked,
        )


def mark_touched(connection: duckdb.DuckDBPyConnection, notice_id: str) -> None:
    """The units in raw.touched are compared at the next publish: of their counted rows only those that the load that filled it
    can have changed. Needs what it left in raw.touched_keys."""
    count, is_everything = connection.execute(_HOW_MUCH, [notice_id]).fetchone() or (0, False)
    units = connection.execute("SELECT DISTINCT recipient_code FROM raw.touched").fetchall()
    if is_everything or count > MOST_FILES:
        mark_unfed(connection, notice_id, [code for (code,) in units])
        return
    connection.execute(_NAME_FILES)
    connection.execute(
        "INSERT INTO raw.unfed SELECT DISTINCT notice_id, recipient_code FROM raw.touched"
        " WHERE (notice_id, recipient_code) NOT IN (SELECT (notice_id, recipient_code) FROM raw.unfed)"
    )


def widen_unfed(connection: duckdb.DuckDBPyConnection) -> None:
    """Names the units where all of a notice is to be compared."""
    if connection.execute(_IS_WHOLE).fetchone():
        connection.execute(_WIDEN)


def changed_units(connection: duckdb.DuckDBPyConnection) -> tuple[Unit, ...]:
    """Whose rows may differ from what is published, in order; after `widen_unfed`, and before `extend_feed` settles them."""
    return tuple(
        connection.execute(
            f"SELECT notice_id, recipient_code FROM raw.unfed"
            f" WHERE recipient_code NOT IN ('{DECISIONS}', '{EVERYTHING}') ORDER BY ALL"
        ).fetchall()
    )


def has_changed_units(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether there are such, or will be once all of a notice is named."""
    asked = f"SELECT 1 FROM raw.unfed WHERE recipient_code <> '{DECISIONS}' LIMIT 1"
    return connection.execute(asked).fetchone() is not None


def extend_feed(connection: duckdb.DuckDBPyConnection, folder: Path, masker: Masker) -> int:
    """Appends what changed of the units in raw.unfed; returns how many changes. In the caller's transaction.

    Where that is not committed, the numbers stand on disk all the same, and the next publish takes them over.
    """
    is_asked = connection.execute("SELECT 1 FROM raw.unfed LIMIT 1").fetchone()
    path = folder / FILE
    if not is_asked and not path.exists() and not last_number(connection):
        return 0
    with closing(KeptFeed(path)) as kept:
        _take_over(connection, kept, masker)
        if not is_asked:
            return 0
        last = last_number(connection)
        connection.execute(_APPEND, {"last": last})
        kept.append(connection, last)
        connection.execute("DELETE FROM raw.unfed; DELETE FROM raw.unfed_files")
        return last_number(connection) - last


def last_number(connection: duckdb.DuckDBPyConnection) -> int:
    """Of the newest change, of any notice; 0 where there is none."""
    found = connection.execute("SELECT coalesce(max(seq), 0) FROM core.feed").fetchone()
    assert found, "an aggregate has one row"
    return int(found[0])


def _take_over(connection: duckdb.DuckDBPyConnection, kept: KeptFeed, masker: Masker) -> None:
    """The longer of the two gives the other what it lacks: a warehouse that was made anew, a file from an older backup."""
    ours, theirs = last_number(connection), kept.last
    if ours > theirs:
        kept.append(connection, theirs)
    if theirs > ours:
        for table in kept.behind(ours):
            connection.register("incoming", _mask(table, masker))
            connection.execute("INSERT INTO core.feed BY NAME SELECT * FROM incoming")
            connection.unregister("incoming")


def _mask(table: pa.Table, masker: Masker) -> pa.Table:
    """With the names that were learnt since it was written; what is kept stays as it was."""
    for name in ("row_key", "row_now"):
        values = table.column(name)
        told = [
            _mask_json(value, masker) if is_suspect else value
            for value, is_suspect in zip(values.to_pylist(), masker.suspects(values).to_pylist(), strict=True)
        ]
        table = table.set_column(table.column_names.index(name), name, pa.array(told, pa.string()))
    return table


def _mask_json(text: str, masker: Masker) -> str:
    """Value by value: a number that counts is no telephone number."""
    row = json.loads(text)
    masked = {
        name: masker.mask(value) if isinstance(value, str) and name not in _ASIDE else value
        for name, value in row.items()
    }
    return text if masked == row else json.dumps(masked, ensure_ascii=False, separators=(",", ":"))
