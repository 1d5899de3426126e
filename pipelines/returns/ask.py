"""Which submissions have to go back, from the snapshot; values of personal columns come from the private file."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.returns.model import Fault, Part, Returned
from pipelines.templates.examples import example_value, say
from pipelines.warehouse.files import open_file
from pipelines.warehouse.snapshot import open_snapshot

_RETURNED = """
SELECT
    submissions.submission_id, submissions.receipt_id, submissions.path, submissions.sha256, submissions.format,
    submissions.recipient_code, submissions.deliverable, submissions.received_at,
    submissions.answer_key IS NOT NULL AS is_answer, submissions.state, submissions.reason, submissions.sentence,
    submissions.row_count, submissions.rejected_row_count,
    receipts.source, receipts.path AS receipt_path, receipts.sha256 AS object_sha256
FROM core.submissions
INNER JOIN raw.receipts
    ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
WHERE submissions.notice_id = $1 AND submissions.state IN ('rejected', 'partly accepted')
ORDER BY submissions.received_at, submissions.path, submissions.row_order
"""
_FAULTS = """
SELECT
    submission_id, sheet, table_number, row_number, column_number, column_name, header, value, sentence, deliverable
FROM raw.verdicts WHERE submission_id IN (SELECT unnest($1)) AND severity = 'error'
ORDER BY submission_id, table_number, row_number, fault_number
"""
_SHEETS = """
SELECT submission_id, sheet, header_row, places FROM raw.sheets
WHERE submission_id IN (SELECT unnest($1)) ORDER BY submission_id, table_number
"""
_ROWS = "SELECT submission_id, sheet, row_number FROM raw.rows WHERE submission_id IN (SELECT unnest($1))"
_PRIVATE = """
SELECT submission_id, table_number, row_number, column_name, value
FROM verdict_values WHERE submission_id IN (SELECT unnest($1))
"""
_NOTES = """
SELECT submission_id, note_number, sentence FROM core.notes WHERE submission_id IN (SELECT unnest($1))
ORDER BY submission_id, sheet_number, row_number NULLS FIRST, column_number NULLS FIRST, code, note_number
"""
_PRIVATE_NOTES = (
    "SELECT submission_id, note_number, sentence FROM note_values WHERE submission_id IN (SELECT unnest($1))"
)


def find_returned(home: Home, notice: Notice, known: Iterable[str]) -> list[Returned]:
    """Rejected and partly accepted submissions that are not `known`, in order of arrival, with their faults."""
    if not home.published.exists():
        return []
    with open_snapshot(home.published) as connection:
        known = set(known)
        wanted = [one for one in _ask(connection, _RETURNED, notice.id) if one["submission_id"] not in known]
        if not wanted:
            return []
        ids = [one["submission_id"] for one in wanted]
        faults, parts = _ask(connection, _FAULTS, ids), _parts(connection, ids)
        noted = _ask(connection, _NOTES, ids)
    values, notes = _private_values(home.private, ids), _notes(home.private, noted, ids)
    by_submission: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for fault in faults:
        by_submission[fault["submission_id"]].append(fault)
    return [
        _returned(
            home,
            notice,
            {**one, "notes": notes.get(one["submission_id"], ())},
            by_submission[one["submission_id"]],
            parts[one["submission_id"]],
            values,
        )
        for one in wanted
    ]


def _ask(connection: duckdb.DuckDBPyConnection, query: str, value: Any) -> list[dict[str, Any]]:
    found = connection.execute(query, [value])
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _parts(connection: duckdb.DuckDBPyConnection, ids: list[str]) -> dict[str, dict[str, Part]]:
    rows: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in _ask(connection, _ROWS, ids):
        rows[(one["submission_id"], one["sheet"])].add(one["row_number"])
    found: dict[str, dict[str, Part]] = defaultdict(dict)
    for one in _ask(connection, _SHEETS, ids):
        columns = frozenset(place[0] for place in json.loads(one["places"]).values())
        place = (one["submission_id"], one["sheet"])
        first = found[place[0]].get(place[1])
        found[place[0]][place[1]] = (
            Part(first.header_row, first.rows, first.columns | columns)
            if first
            else Part(one["header_row"], frozenset(rows[place]), columns)
        )
    return found


def _private_values(path: Path, ids: list[str]) -> dict[tuple[str, int, int, str], str]:
    """What stands in faulty cells of personal columns; shown to the unit itself and to nobody else."""
    if not path.exists():
        return {}
    with open_file(path) as private:
        return {
            (one["submission_id"], one["table_number"], one["row_number"], one["column_name"]): one["value"]
            for one in _ask(private, _PRIVATE, ids)
            if one["value"]
        }


def _notes(path: Path, noted: list[dict[str, Any]], ids: list[str]) -> dict[str, tuple[str, ...]]:
    """What was noted of each submission, each sentence once, as the unit itself may read it."""
    whole: dict[tuple[str, int], str] = {}
    if noted and path.exists():
        with open_file(path) as private:
            whole = {
                (one["submission_id"], one["note_number"]): one["sentence"]
                for one in _ask(private, _PRIVATE_NOTES, ids)
            }
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for one in noted:
        sentence = whole.get((one["submission_id"], one["note_number"]), one["sentence"])
        found[one["submission_id"]][sentence] = None
    return {submission: tuple(sentences) for submission, sentences in found.items()}


def _returned(
    home: Home,
    notice: Notice,
    one: dict[str, Any],
    faults: list[dict[str, Any]],
    parts: dict[str, Part],
    values: dict[tuple[str, int, int, str], str],
) -> Returned:
    recipient = next((unit for unit in notice.recipients if unit.code == one["recipient_code"]), None)
    item = notice.deliverables.get(one["deliverable"] or "")
    content = Archive(home.archive).object_path(one.pop("object_sha256"))
    found = []
    for fault in faults:
        deliverable = fault.pop("deliverable")
        key = (
            fault.pop("submission_id"),
            fault.pop("table_number"),
            fault["row_number"],
            fault["column_name"],
        )
        example = say(example_value(notice, deliverable, fault["column_name"], recipient))
        found.append(Fault(**{**fault, "value": fault["value"] or values.get(key)}, example=example))
    return Returned(
        **one,
        object_path=str(content),
        recipient=recipient.name if recipient else "",
        deliverable_name=item.name if item else "",
        faults=tuple(found),
        parts=parts,
    )
