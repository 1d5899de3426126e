"""Every row as it was read, and every note, as tables; what is personal is added from the private file for the clerk who asks."""

from pathlib import Path
from typing import Any

from pipelines.ask.figures import Figures, ask, reveal_figures
from pipelines.notice.deliverable import Deliverable
from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.warehouse.files import open_file

_ROWS = """
WITH
faults AS (
    SELECT submission_id, table_number, row_number, reason, min(fault_number) AS place
    FROM raw.verdicts WHERE notice_id = $notice AND severity = 'error'
    GROUP BY ALL
),
reasons AS (
    SELECT submission_id, table_number, row_number, string_agg(reason, '|' ORDER BY place) AS reasons
    FROM faults GROUP BY ALL
),
counting AS (
    SELECT DISTINCT submission_id, table_number, row_number
    FROM core.last_scans
    INNER JOIN core.items
        ON last_scans.notice_id = items.notice_id
        AND items.current_from <= last_scans.as_of AND items.current_until > last_scans.as_of
    WHERE last_scans.notice_id = $notice
)
SELECT
    rows.submission_id, rows.table_number, submissions.path, rows.sheet, rows.row_number AS row,
    CASE WHEN accepted.submission_id IS NULL THEN coalesce(reasons.reasons, '') ELSE '' END AS reasons, counting.submission_id IS NOT NULL AS is_current, {fields}
FROM raw.rows
INNER JOIN core.submissions ON rows.submission_id = submissions.submission_id
INNER JOIN raw.submissions AS received ON rows.submission_id = received.submission_id AND received.outcome = 'read'
LEFT JOIN reasons
    ON rows.submission_id = reasons.submission_id
    AND rows.table_number = reasons.table_number AND rows.row_number = reasons.row_number
LEFT JOIN core.decided_rows AS accepted
    ON rows.submission_id = accepted.submission_id AND rows.table_number = accepted.table_number
    AND rows.row_number = accepted.row_number AND accepted.known_until = TIMESTAMP '9999-12-31'
LEFT JOIN counting
    ON rows.submission_id = counting.submission_id
    AND rows.table_number = counting.table_number AND rows.row_number = counting.row_number
LEFT JOIN {given} AS given
    ON rows.submission_id = given.submission_id
    AND rows.table_number = given.table_number AND rows.row_number = given.row_number
WHERE rows.notice_id = $notice AND rows.deliverable = $deliverable
    AND submissions.state NOT IN ('duplicate', 'superseded')
ORDER BY submissions.path, submissions.received_at, submissions.row_order, rows.row_order
"""
_NOTES = """
SELECT
    submission_id, note_number, path, sheet, row_number AS row, coalesce(column_letters, '') AS "column", code,
    coalesce(value, '') AS value, sentence
FROM marts.notes WHERE notice_id = $notice
"""
_PLACE = 2
"""Leading columns that say which row it is, and are not shown."""


def ask_rows(path: Path, private: Path, masks: Path, notice: Notice, deliverable: str) -> Figures:
    """Every row of a deliverable that was read, but of duplicates: contract section 8. Personal columns need the private file."""
    item = notice.deliverables[deliverable]
    # Of a plan they are in the private file alone; of tables of the notice's own columns they are tokens that are put back.
    personal = [name for name in item.columns if item.kind == "plan" and item.field(name).personal]
    fields = ", ".join(_field(item.kind, name, name in personal) for name in item.columns)
    query = _ROWS.format(fields=fields, given=_given(item))
    found = reveal_figures(ask(path, query, notice.id, deliverable=deliverable), masks)
    contacts = _contacts(private, notice, personal) if personal else {}
    places = [found.columns.index(name) for name in personal]
    row_number = found.columns.index("row")
    rows = []
    for row in found.rows:
        filled = list(row)
        values = contacts.get((row[0], row[1], row[row_number]), [None] * len(places))
        for place, value in zip(places, values, strict=True):
            filled[place] = value
        rows.append(tuple(filled[_PLACE:]))
    return Figures(found.columns[_PLACE:], rows)


def ask_notes(path: Path, private: Path, masks: Path, notice: Notice) -> Figures:
    """Every note, by path, sheet, row and column; what the published ones leave out is put back from the private file."""
    found = reveal_figures(ask(path, _NOTES, notice.id), masks)
    kept = _kept_notes(private, notice)
    rows = []
    for row in found.rows:
        value, sentence = kept.get((row[0], row[1]), row[-2:]) if row[1] else row[-2:]
        rows.append((*row[_PLACE:-2], value or "", sentence))
    return Figures(found.columns[_PLACE:], rows)


def _field(kind: str, name: str, is_personal: bool) -> str:
    """A column of the query; names come from the checked notice, never from input."""
    if is_personal:
        return f'NULL AS "{name}"'
    return f'{"rows" if KINDS[kind].open_fields and name == "unit_name" else "given"}."{name}"'


def _given(item: Deliverable) -> str:
    """The relation that holds the rows of a kind, a column a field."""
    if not KINDS[item.kind].open_fields:
        return {"materials": "raw.materials", "plan": "raw.plans"}[item.kind]
    columns = "".join(f', {_shown(item, name)} AS "{name}"' for name in item.open_columns)
    return (
        f"(SELECT submission_id, table_number, row_number, period_date, occurred_at{columns} FROM raw.statistics"
        " WHERE notice_id = $notice AND deliverable = $deliverable GROUP BY ALL)"
    )


def _shown(item: Deliverable, indicator: str) -> str:
    """A kept number as the decimal that it stands for (money in 元); whole ones and texts as they are."""
    if indicator not in item.indicators:
        return f"max(value_text) FILTER (indicator = '{indicator}')"
    places = item.number(indicator).places
    kept = f"max(value) FILTER (indicator = '{indicator}')"
    return f"({kept})::DECIMAL(19, 0) * 1e-{places}::DECIMAL({places + 1}, {places})" if places else kept


def _contacts(private: Path, notice: Notice, personal: list[str]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    if not private.exists():
        return {}
    with open_file(private, read_only=True) as connection:
        found = connection.execute(
            f"SELECT submission_id, table_number, row_number, {', '.join(personal)} FROM contacts WHERE notice_id = $1",
            [notice.id],
        ).fetchall()
    return {row[:3]: row[3:] for row in found}


def _kept_notes(private: Path, notice: Notice) -> dict[tuple[str, int], tuple[str | None, str]]:
    if not private.exists():
        return {}
    with open_file(private, read_only=True) as connection:
        found = connection.execute(
            "SELECT submission_id, note_number, value, sentence FROM note_values WHERE notice_id = $1",
            [notice.id],
        ).fetchall()
    return {(submission, number): (value, sentence) for submission, number, value, sentence in found}
