"""Where a single item comes from: the cells of its row in the file that was received, what belongs to it, and what people decided."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.ask.figures import Figures, ask
from pipelines.ground.errors import NoticesError
from pipelines.read.rows.sentences import letters

_ITEM = """
SELECT
    items.item_id, recipients.recipient, items.deliverable, items.title, items.identity, items.received_at, submissions.path,
    items.sheet, items.row_number, items.submission_id, items.table_number, sheets.places
FROM core.items
INNER JOIN core.recipients
    ON items.notice_id = recipients.notice_id AND items.recipient_code = recipients.recipient_code
INNER JOIN core.submissions ON items.submission_id = submissions.submission_id
LEFT JOIN raw.sheets
    ON items.submission_id = sheets.submission_id AND items.table_number = sheets.table_number
WHERE items.notice_id = $notice AND items.item_id = $item AND items.current_from <= $as_of
ORDER BY items.current_from DESC
LIMIT 1
"""
_MATERIAL = """
SELECT * FROM raw.materials
WHERE notice_id = $notice AND submission_id = $submission AND table_number = $table AND row_number = $row
"""
_LISTED = """
SELECT indicator, coalesce(value_text, value::VARCHAR) AS value FROM raw.statistics
WHERE notice_id = $notice AND submission_id = $submission AND table_number = $table AND row_number = $row
"""
_FILES = """
SELECT belongings.media, belongings.path, submissions.sha256, belongings.received_at
FROM core.belongings_at($notice, $as_of) AS belongings
INNER JOIN core.submissions ON belongings.submission_id = submissions.submission_id
WHERE belongings.item_id IN ($item, (
    SELECT chosen.current_item_id FROM marts.selections_as_of($notice, $as_of) AS chosen WHERE chosen.item_id = $item
))
ORDER BY belongings.received_at, belongings.path
"""
_DECISIONS = """
SELECT decided.decision_id, decided.kind_name, decided.given, decided.reason, decided.decided_by, decided.decided_at, decided.undone_by
FROM core.decided_items AS about
INNER JOIN marts.decisions AS decided
    ON about.notice_id = decided.notice_id AND about.decision_id = decided.decision_id
WHERE
    about.notice_id = $notice AND about.decided_at <= $as_of
    AND core.item_id(about.submission_id, about.deliverable, about.table_number, about.row_number) = $item
GROUP BY ALL
ORDER BY decided.decided_at, decided.decision_id
"""
_STATES = """
SELECT state_name, is_publishable, title, path, sheet, row_number, decided_by, decided_at, reason
FROM marts.selections_as_of($notice, $as_of)
WHERE item_id = $item OR current_item_id = $item
"""
_OF_FILE = """
SELECT item_id, state_name, is_publishable, title, sheet, row_number, decided_by, decided_at
FROM marts.selections_as_of($notice, $as_of)
WHERE path = $file OR starts_with(path, $file || '!') OR starts_with(path, $file || '#')
ORDER BY path, sheet, row_number
"""


@dataclass(frozen=True)
class ItemTrace:
    """`state` has one row, or none where nobody decided anything about the item."""

    recipient: str
    title: str
    state: Figures
    cells: Figures
    files: Figures
    decisions: Figures


def trace_item(path: Path, notice_id: str, item: str, as_of: datetime) -> ItemTrace:
    """An item down to its cells. Raises NoticesError where no row of this id was ever valid by then."""
    rows = ask(path, _ITEM, notice_id, item=item, as_of=as_of)
    if not rows.rows:
        raise NoticesError(
            f"到 {as_of} 为止没有过有效行 {item}；编号见 notices selections、notices shortlist"
        )
    found = dict(zip(rows.columns, rows.rows[0], strict=True))
    given = {"item": item, "as_of": as_of}
    return ItemTrace(
        found["recipient"],
        found["title"] or found["identity"] or "",
        ask(path, _STATES, notice_id, **given),
        _cells(path, notice_id, found),
        ask(path, _FILES, notice_id, **given),
        ask(path, _DECISIONS, notice_id, **given),
    )


def selections_of_file(path: Path, notice_id: str, file: str, as_of: datetime) -> Figures:
    """The way back: what of a file, or of its members, people decided to select or not."""
    return ask(path, _OF_FILE, notice_id, file=file, as_of=as_of)


def _cells(path: Path, notice_id: str, found: dict[str, Any]) -> Figures:
    place = {
        "submission": found["submission_id"],
        "table": found["table_number"],
        "row": found["row_number"],
    }
    material = ask(path, _MATERIAL, notice_id, **place)
    read = dict(zip(material.columns, material.rows[0], strict=True)) if material.rows else {}
    read |= dict(ask(path, _LISTED, notice_id, **place).rows)
    told = []
    for column, where in json.loads(found["places"] or "{}").items():
        if column not in read or where[0] is None:
            continue
        cell = f"{letters(where[0])}{found['row_number']}"
        value = read[column]
        given = read.get(f"{column}_given", value)
        told.append((where[0], (found["path"], found["sheet"], cell, where[1], given, value)))
    columns = ["path", "sheet", "cell", "header", "value_given", "value"]
    return Figures(columns, [row for _, row in sorted(told, key=lambda one: one[0])])
