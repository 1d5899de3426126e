"""What a decision about a file needs to know of it, from the warehouse as it is published."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import duckdb

from pipelines.decide.spans import Place
from pipelines.warehouse.masks import Masks

_FILES = """
SELECT submission_id, receipt_id, path, recipient_code, deliverable, state, reason, received_at, answer_key IS NOT NULL
FROM core.submissions
WHERE notice_id = $1 AND path = $2 AND state <> 'superseded' AND received_at <= $3
ORDER BY received_at DESC
"""
_ROWS = "SELECT sheet, table_number, row_number, deliverable FROM raw.rows WHERE submission_id = $1"
_FAULTS = """
SELECT table_number, row_number, column_name, reason FROM raw.verdicts WHERE submission_id = $1 AND severity = 'error'
"""
_VALID = """
SELECT DISTINCT table_number, row_number FROM core.valid_rows
WHERE submission_id = $1 AND known_at <= $2 AND (replaced_at IS NULL OR replaced_at > $2 OR NOT is_taken_back)
"""
_ITEM = """
SELECT submission_id, table_number, row_number FROM core.items_at($1, $2) WHERE item_id = $3
"""
_STANDING = "SELECT stands_as FROM core.standing_at($1, $2) WHERE item_id = $3 AND stands_as IS NOT NULL"
_FILE = _FILES.replace("path = $2", "submission_id = $2")
_CURRENT = """
SELECT count(*) FROM core.items_at($1, $2)
WHERE submission_id = $3 AND table_number = $4 AND row_number = $5 AND NOT is_zero_report
"""
_COUNTIES = """
SELECT counties.county FROM core.counties
INNER JOIN core.recipients ON counties.notice_id = recipients.notice_id AND counties.city_code = recipients.city_code
WHERE counties.notice_id = $1 AND recipients.recipient_code = $2
"""


_INDICATOR = """
SELECT coalesce(value_text, value::VARCHAR) FROM raw.statistics WHERE submission_id = $1 AND table_number = $2 AND row_number = $3 AND indicator = $4
"""
_BLANK = {
    column: f"SELECT {column} FROM raw.{relation} WHERE submission_id = $1 AND table_number = $2 AND row_number = $3"
    for relation, columns in {
        "materials": (
            "activity_date", "material_type", "title", "category", "theme", "county", "participants", "online_views", "link",
        ),
        "plans": ("plan_title", "column_url"),
        "rows": ("unit_name",),
    }.items()
    for column in columns
}  # fmt: skip


@dataclass(frozen=True)
class File:
    """A submission that a decision is about."""

    submission_id: str
    receipt_id: str
    path: str
    recipient_code: str | None
    deliverable: str | None
    state: str
    reason: str | None
    received_at: datetime
    is_answer: bool


@dataclass(frozen=True)
class HeldRow:
    place: Place
    sheet: str
    row_number: int
    deliverable: str
    faulty: tuple[str, ...]
    """Columns with a fault that sends the row back."""
    is_valid: bool
    """At the moment of the decision, whether a later one speaks for its key or not."""


class Lookup:
    """Questions about files, at the moment of a decision."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, notice_id: str, at: datetime, masks: Masks
    ) -> None:
        self._connection, self._notice, self._at, self._masks = connection, notice_id, at, masks

    def _ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, list(values)).fetchall()

    def find(self, path: str, received_at: datetime | None) -> File | None:
        """The newest of a path, or the one received at a moment; the path as it was received, however it was asked for."""
        masked = self.as_loaded(path)
        files = [File(*row) for row in self._ask(_FILES, self._notice, masked, self._at)]
        found = next((one for one in files if received_at in (None, one.received_at)), None)
        return replace(found, path=self._masks.revealer().reveal(found.path)) if found else None

    def find_item(self, item_id: str) -> tuple[File, Place] | None:
        """The file and place of a row that counts at the moment: this one, or the one that was sent again without a change."""
        found = self._ask(_ITEM, self._notice, self._at, item_id)
        if not found and (standing := self._ask(_STANDING, self._notice, self._at, item_id)):
            found = self._ask(_ITEM, self._notice, self._at, standing[0][0])
        if not found:
            return None
        submission_id, table, row = found[0]
        file = File(*self._ask(_FILE, self._notice, submission_id, self._at)[0])
        return replace(file, path=self._masks.revealer().reveal(file.path)), (table, row)

    def is_current(self, file: File, row: HeldRow) -> bool:
        """Whether a row is the one that counts for its key at the moment, and no zero report."""
        ((found,),) = self._ask(_CURRENT, self._notice, self._at, file.submission_id, *row.place)
        return bool(found)

    def as_loaded(self, text: str) -> str:
        """A text that somebody asks for as the warehouse holds it, whether it was written with its tokens or as received."""
        return self._masks.mask_asked(self._notice, text)

    def rows(self, file: File) -> list[HeldRow]:
        """Every data row, in the file's order."""
        faults: dict[Place, list[str]] = defaultdict(list)
        for table, row, column, _ in self._ask(_FAULTS, file.submission_id):
            faults[table, row].append(column)
        valid = set(self._ask(_VALID, file.submission_id, self._at))
        found = [
            HeldRow(
                (table, row),
                sheet,
                row,
                deliverable,
                tuple(dict.fromkeys(faults[table, row])),
                (table, row) in valid,
            )
            for sheet, table, row, deliverable in self._ask(_ROWS, file.submission_id)
        ]
        if (0, 0) in valid:
            found.append(HeldRow((0, 0), "", 0, file.deliverable or "", (), True))
        return sorted(found, key=lambda one: one.place)

    def is_blank(self, file: File, row: HeldRow, column: str) -> bool:
        """Whether nothing could be read for a column of a row."""
        place = (file.submission_id, *row.place)
        query = _BLANK.get(column)
        found = self._ask(query, *place) if query else self._ask(_INDICATOR, *place, column)
        return not found or found[0][0] is None

    def counties(self, recipient: str | None) -> set[str]:
        """The counties that a unit's rows may name."""
        return {row[0] for row in self._ask(_COUNTIES, self._notice, recipient)}
