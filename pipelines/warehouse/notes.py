"""Notes and the accounts of cells, into the raw schema; what may name a person goes into the private file alone.

The snapshot is open to every analyst. A note's value is kept back where it stands in a personal column, where its sheet
holds such a column and the note quotes cells that nobody read, and where it looks like a telephone number or an address.
"""

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.notice.model import Notice
from pipelines.read.frames import ACCOUNTS, NOTES, SHEETS, read_frames
from pipelines.warehouse.masker import Masker

_HEADER_CODES = ("unread_column", "weak_header", "scaled_by_header", "unread_sheet", "continued_table")
"""What these notes quote is a header or a sheet's name."""
_CONTACT = r"1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|[\w.+-]+@[\w-]+\.[\w.-]+|\d{17}[\dXx]"
"""What looks like a telephone number, a mail address or an identity number."""
_PLACES = pa.schema(
    [("submission_id", pa.string()), ("sheet_number", pa.int32()), ("column_number", pa.int32())]
)

_STAGED = """
CREATE OR REPLACE TEMP TABLE fresh_notes AS
SELECT
    numbered.*,
    coalesce(
        value IS NOT NULL AND value <> '' AND (
            regexp_matches(value, $contact)
            OR (submission_id, sheet_number, column_number) IN (
                SELECT (submission_id, sheet_number, column_number) FROM personal_places
            )
            OR (
                NOT list_contains($header_codes, code)
                AND column_number IS NULL
                AND (submission_id, sheet_number) IN (SELECT (submission_id, sheet_number) FROM personal_places)
            )
        ),
        false
    )
    OR regexp_matches(sentence, $contact) AS is_personal
FROM (
    SELECT
        staged.*,
        (row_number() OVER (
            PARTITION BY submission_id
            ORDER BY sheet_number, row_number NULLS FIRST, column_number NULLS FIRST, code, value, sentence
        ))::INTEGER AS note_number
    FROM staged SEMI JOIN fresh USING (submission_id)
) AS numbered
"""
_PUBLISHED = """
SELECT
    $notice AS notice_id, submission_id, note_number, sheet, sheet_number, row_number, column_number, code,
    CASE WHEN NOT is_personal THEN value END AS value,
    CASE
        WHEN NOT is_personal THEN sentence
        ELSE regexp_replace(
            CASE WHEN length(value) > 0 THEN replace(sentence, value, '（略）') ELSE sentence END, $contact, '（略）', 'g'
        )
    END AS sentence
FROM fresh_notes
"""


def stage_notes(connection: duckdb.DuckDBPyConnection, notice: Notice, folder: Path) -> None:
    """Makes the temporary table `fresh_notes`: the notes of `fresh`, and which are kept back."""
    connection.register("personal_places", _personal_places(notice, read_frames(folder, "sheets", SHEETS)))
    connection.register("staged", read_frames(folder, "notes", NOTES))
    connection.execute(_STAGED, {"contact": _CONTACT, "header_codes": list(_HEADER_CODES)})
    connection.unregister("staged")
    connection.unregister("personal_places")


def load_notes(connection: duckdb.DuckDBPyConnection, notice: Notice, folder: Path, masker: Masker) -> None:
    """What `stage_notes` staged, as far as everybody may read it, and the accounts of cells."""
    told = connection.execute(_PUBLISHED, {"notice": notice.id, "contact": _CONTACT}).to_arrow_table()
    connection.register("staged", masker.mask_table(told))
    connection.execute("INSERT INTO raw.notes BY NAME FROM staged")
    connection.register("staged", masker.mask_table(read_frames(folder, "accounts", ACCOUNTS)))
    connection.execute(
        "INSERT INTO raw.accounts BY NAME SELECT $1 AS notice_id, * FROM staged SEMI JOIN fresh USING (submission_id)",
        [notice.id],
    )
    connection.unregister("staged")


def load_private_notes(
    private: duckdb.DuckDBPyConnection, connection: duckdb.DuckDBPyConnection, notice: Notice
) -> None:
    """What the published notes leave out, for the unit itself and for those who may open the private file."""
    kept = connection.execute(
        "SELECT submission_id, note_number, value, sentence FROM fresh_notes WHERE is_personal"
    ).to_arrow_table()
    private.register("kept", kept)
    private.execute(
        "INSERT INTO note_values BY NAME SELECT $1 AS notice_id, submission_id, note_number, value, sentence FROM kept",
        [notice.id],
    )
    private.unregister("kept")


def _personal_places(notice: Notice, sheets: pa.Table) -> pa.Table:
    """Where the personal columns of the recognised tables stand."""
    personal = {
        name: {column for column in item.columns if item.field(column).personal}
        for name, item in notice.deliverables.items()
    }
    rows: list[dict[str, Any]] = [
        {
            "submission_id": one["submission_id"],
            "sheet_number": one["sheet_number"],
            "column_number": place[0],
        }
        for one in sheets.select(["submission_id", "sheet_number", "deliverable", "places"]).to_pylist()
        if personal[one["deliverable"]]
        for column, place in json.loads(one["places"]).items()
        if column in personal[one["deliverable"]]
    ]
    return pa.Table.from_pylist(rows, schema=_PLACES)
