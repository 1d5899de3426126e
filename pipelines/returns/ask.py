"""Which submissions have to go back, from the snapshot; values of personal columns come from the private file."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.notice.model import Notice, Recipient
from pipelines.returns.model import Fault, Part, Returned
from pipelines.templates.examples import example_value, say
from pipelines.warehouse.files import open_file
from pipelines.warehouse.masks import Masks
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
    submission_id, sheet, table_number, row_number, column_number, column_name, header, value, sentence, deliverable, reason
FROM raw.verdicts WHERE submission_id IN (SELECT unnest($1)) AND severity = 'error'
ORDER BY submission_id, table_number, row_number, fault_number
"""
_SHEETS = """
SELECT submission_id, sheet, table_number, header_row, places FROM raw.sheets
WHERE submission_id IN (SELECT unnest($1)) ORDER BY submission_id, table_number
"""
_ROWS = (
    "SELECT submission_id, table_number, row_number FROM raw.rows WHERE submission_id IN (SELECT unnest($1))"
)
_TITLES = """
SELECT submission_id, any_value(title_given) AS title FROM raw.materials
WHERE submission_id IN (SELECT unnest($1)) GROUP BY submission_id
"""
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
    reveal = Masks.newest(home).revealer().reveal
    with open_snapshot(home.published) as connection:
        known = set(known)
        found = _ask(connection, _RETURNED, notice.id, reveal)
        wanted = [one for one in found if one["submission_id"] not in known]
        if not wanted:
            return []
        ids = [one["submission_id"] for one in wanted]
        faults, tables = _ask(connection, _FAULTS, ids, reveal), _tables(connection, ids, reveal)
        noted = _ask(connection, _NOTES, ids, reveal)
        titles = {one["submission_id"]: one["title"] for one in _ask(connection, _TITLES, ids, reveal)}
    values, notes = _private_values(home.private, ids), _notes(home.private, noted, ids)
    by_submission: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for fault in faults:
        by_submission[fault["submission_id"]].append(fault)
    return [
        _returned(
            home,
            notice,
            {
                **one,
                "notes": notes.get(one["submission_id"], ()),
                "title": (titles.get(one["submission_id"]) or "") if one["is_answer"] else "",
            },
            by_submission[one["submission_id"]],
            tables,
            values,
        )
        for one in wanted
    ]


def _ask(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    value: Any,
    reveal: Callable[[Any], Any] = lambda value: value,
) -> list[dict[str, Any]]:
    found = connection.execute(query, [value])
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, map(reveal, row), strict=True)) for row in found.fetchall()]


@dataclass
class _Tables:
    """The tables of submissions by their number, and for each (submission, table) where its fields stand."""

    parts: dict[str, dict[int, Part]]
    places: dict[tuple[str, int], dict[str, list[Any]]]


def _tables(connection: duckdb.DuckDBPyConnection, ids: list[str], reveal: Callable[[Any], Any]) -> _Tables:
    rows: dict[tuple[str, int], set[int]] = defaultdict(set)
    for one in _ask(connection, _ROWS, ids):
        rows[(one["submission_id"], one["table_number"])].add(one["row_number"])
    found = _Tables(defaultdict(dict), {})
    for one in _ask(connection, _SHEETS, ids, reveal):
        submission, table = key = (one["submission_id"], one["table_number"])
        found.places[key] = places = json.loads(one["places"])
        columns = frozenset(place[0] for place in places.values() if place[0] is not None)
        found.parts[submission][table] = Part(one["header_row"], frozenset(rows[key]), columns, one["sheet"])
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
    tables: _Tables,
    values: dict[tuple[str, int, int, str], str],
) -> Returned:
    recipient = next((unit for unit in notice.recipients if unit.code == one["recipient_code"]), None)
    item = notice.deliverables.get(one["deliverable"] or "")
    content = Archive(home.archive).object_path(one.pop("object_sha256"))
    submission = one["submission_id"]
    found = []
    for fault in faults:
        deliverable, field = fault.pop("deliverable"), fault["column_name"]
        key = (fault.pop("submission_id"), fault["table_number"], fault["row_number"], field)
        place = tables.places.get(key[:2], {}).get(field, [])
        told = place[3] if len(place) > 3 else {}
        example = _example(notice, deliverable, field, fault["reason"], recipient) if field else ""
        found.append(
            Fault(
                **{**fault, "value": fault["value"] or values.get(key)},
                example=example,
                cell_row=place[2] if len(place) > 2 else None,
                others=tuple(told.get("others", ())),
                renamed=tuple(told["renamed"]) if "renamed" in told else None,
            )
        )
    return Returned(
        **one,
        object_path=str(content),
        recipient=recipient.name if recipient else "",
        deliverable_name=item.name if item else "",
        faults=tuple(found),
        parts=tables.parts[submission],
    )


def _example(notice: Notice, deliverable: str, field: str, reason: str, recipient: Recipient | None) -> str:
    """A right value; a count that was ambiguous carries its own unit, whatever a line above the table says."""
    value = example_value(notice, deliverable, field, recipient)
    is_count = notice.deliverables[deliverable].is_count(field)
    unit = notice.words.count_units[0] if is_count and reason == "ambiguous_value" else ""
    return say(value) + unit
