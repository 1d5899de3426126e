"""Submissions as Arrow tables: what the read stage writes into the run's folder and the later stages load.

`submissions` has one row a file, member or answer; `sheets` one a recognised sheet; `rows_<deliverable>` one a data row,
with each canonical column as read, `<column>_given` as received and `<column>_state` (see cells.py).
"""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.read.named import NamedPeriods
from pipelines.read.rows import SheetRows
from pipelines.read.submission import Submission

BLANK = "blank"
"""The state of a count that a sheet has no column for."""
_TEXT, _MOMENT = pa.string(), pa.timestamp("s")

SUBMISSIONS = pa.schema(
    [
        ("submission_id", _TEXT),
        ("receipt_id", _TEXT),
        ("path", _TEXT),
        ("row_order", pa.int32()),
        ("sha256", _TEXT),
        ("size", pa.int64()),
        ("received_at", _MOMENT),
        ("outcome", _TEXT),
        ("recipient_code", _TEXT),
        ("deliverable", _TEXT),
        ("reason", _TEXT),
        ("sentence", _TEXT),
        ("format", _TEXT),
        ("document", _TEXT),
        ("document_title", _TEXT),
        ("answer_key", _TEXT),
        ("answered_at", _MOMENT),
    ]
)
SHEETS = pa.schema(
    [
        ("submission_id", _TEXT),
        ("table_number", pa.int32()),
        ("sheet_number", pa.int32()),
        ("deliverable", _TEXT),
        ("sheet", _TEXT),
        ("header_row", pa.int32()),
        ("places", _TEXT),
    ]
)
NOTES = pa.schema(
    [
        ("submission_id", _TEXT),
        ("sheet", _TEXT),
        ("sheet_number", pa.int32()),
        ("row_number", pa.int32()),
        ("column_number", pa.int32()),
        ("code", _TEXT),
        ("value", _TEXT),
        ("sentence", _TEXT),
    ]
)
"""One row a note (contract section 4); row and column are NULL where it does not speak of one."""
NAMED_PERIODS = pa.schema([("submission_id", _TEXT), ("deliverable", _TEXT), ("period", _TEXT)])
"""One row a period that a submission names for an undated deliverable."""
ACCOUNTS = pa.schema(
    [
        ("submission_id", _TEXT),
        ("sheet", _TEXT),
        ("sheet_number", pa.int32()),
        ("role", _TEXT),
        ("cells", pa.int32()),
        ("filled", pa.int32()),
    ]
)
"""One row a role that filled cells of a sheet have; the roles of a sheet add up to `filled`."""
_ARROW_TYPES = {
    "text": _TEXT,
    "word": _TEXT,
    "url": _TEXT,
    "contact": _TEXT,
    "date": pa.date32(),
    "count": pa.int64(),
}


def rows_schema(notice: Notice, deliverable: str) -> pa.Schema:
    """The columns of a table deliverable's rows: place, what was read, what was received."""
    item = notice.deliverables[deliverable]
    fields: list[tuple[str, pa.DataType]] = [
        ("submission_id", _TEXT),
        ("sheet", _TEXT),
        ("table_number", pa.int32()),
        ("row_number", pa.int32()),
        ("row_order", pa.int32()),
        ("is_zero_report", pa.bool_()),
        ("row_state", _TEXT),
        ("row_state_field", _TEXT),
    ]
    for name in field_names(notice, deliverable):
        kind = item.field(name).type
        fields += [(name, _ARROW_TYPES[kind]), (f"{name}_given", _TEXT), (f"{name}_state", _TEXT)]
    return pa.schema(fields)


def field_names(notice: Notice, deliverable: str) -> list[str]:
    """The kind's fixed columns, used by this notice or not, then the columns of its own that the notice lists."""
    item = notice.deliverables[deliverable]
    return [field.name for field in KINDS[item.kind].fields] + list(item.open_columns)


def _count_states(notice: Notice, deliverable: str) -> frozenset[str]:
    item = notice.deliverables[deliverable]
    return frozenset(
        f"{name}_state" for name in field_names(notice, deliverable) if item.field(name).type == "count"
    )


def table_deliverables(notice: Notice) -> list[str]:
    return [name for name, item in notice.deliverables.items() if KINDS[item.kind].is_table]


def submission_id(submission: Submission) -> str:
    identity = f"{submission.receipt_id}\0{submission.path}\0{submission.row_order}\0{submission.sha256}"
    return hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:20]


def write_batch(
    notice: Notice, submissions: Iterable[Submission], folder: Path, batch: int
) -> dict[str, int]:
    """Writes one batch's files; returns how many submissions and rows it has."""
    gathered = _Gathered(notice)
    for one in submissions:
        gathered.add(one)
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in gathered.schemas.items():
        write_frame(pa.table(gathered.columns[name], schema=schema), folder, name, batch)
    return {"submissions": gathered.submissions, "rows": gathered.rows}


class _Gathered:
    """The frames of a batch, a list a column."""

    def __init__(self, notice: Notice) -> None:
        self.schemas = {"submissions": SUBMISSIONS, "sheets": SHEETS, "notes": NOTES, "accounts": ACCOUNTS}
        self.schemas["named_periods"] = NAMED_PERIODS
        self._named = NamedPeriods(notice)
        self._counts: dict[str, frozenset[str]] = {}
        for name in table_deliverables(notice):
            self.schemas[f"rows_{name}"] = rows_schema(notice, name)
            self._counts[name] = _count_states(notice, name)
        self.columns: dict[str, dict[str, list[Any]]] = {
            name: {column: [] for column in schema.names} for name, schema in self.schemas.items()
        }
        self.submissions = self.rows = 0

    def add(self, one: Submission) -> None:
        identity = submission_id(one)
        self.submissions += 1
        self._append("submissions", identity, *(getattr(one, name) for name in SUBMISSIONS.names[1:]))
        row_order = 0
        for number, part in enumerate(one.sheets, 1):
            self._append(
                "sheets", identity, number, number, part.deliverable, part.sheet, part.header_row, part.places
            )
            self._add_rows(part, identity, number, row_order)
            row_order += len(part.row_numbers)
        self.rows += row_order
        for deliverable, period in self._named.of(one):
            self._append("named_periods", identity, deliverable, period)
        for said in one.notes:
            self._append(
                "notes",
                identity,
                said.sheet,
                said.sheet_number,
                said.row,
                said.column,
                said.code,
                said.value,
                said.sentence,
            )
        for account in one.accounts:
            filled = sum(account.cells.values())
            for role, cells in account.cells.items():
                self._append("accounts", identity, account.sheet, account.sheet_number, role, cells, filled)

    def _append(self, frame: str, *values: Any) -> None:
        for column, value in zip(self.columns[frame].values(), values, strict=True):
            column.append(value)

    def _add_rows(self, part: SheetRows, identity: str, table_number: int, rows_before: int) -> None:
        """A table's rows; what the kind has and this table has not is blank."""
        count, counts = len(part.row_numbers), self._counts[part.deliverable]
        found: dict[str, Sequence[Any]] = {
            "submission_id": [identity] * count,
            "sheet": [part.sheet] * count,
            "table_number": [table_number] * count,
            "row_number": part.row_numbers,
            "row_order": range(rows_before + 1, rows_before + count + 1),
            "is_zero_report": part.zero_reports,
            "row_state": part.row_states,
            "row_state_field": part.row_state_fields,
            **part.columns,
        }
        for name, values in self.columns[f"rows_{part.deliverable}"].items():
            values += found.get(name) or [BLANK if name in counts else None] * count


def write_frame(table: pa.Table, folder: Path, name: str, batch: int = 0) -> None:
    """One batch of one table, as an Arrow file: neither packed nor unpacked on its way to the next stage."""
    with pa.ipc.new_file(folder / f"{name}.{batch}.arrow", table.schema) as file:
        file.write_table(table)


def read_frames(folder: Path, name: str, schema: pa.Schema) -> pa.Table:
    """All batches of one table, in batch order; an empty one where no batch was read."""
    paths = sorted(folder.glob(f"{name}.*.arrow"), key=lambda path: int(path.suffixes[-2][1:]))
    tables = [pa.ipc.open_file(pa.memory_map(str(path))).read_all() for path in paths]
    return pa.concat_tables(tables) if tables else schema.empty_table()
