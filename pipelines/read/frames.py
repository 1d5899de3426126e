"""Submissions as Arrow tables: what the read stage writes into the run's folder and the later stages load.

`submissions` has one row a file, member or answer; `sheets` one a recognised sheet; `rows_<deliverable>` one a data row,
with each canonical column as read, `<column>_given` as received and, for counts, `<column>_state`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
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
        ("sheet_number", pa.int32()),
        ("deliverable", _TEXT),
        ("sheet", _TEXT),
        ("header_row", pa.int32()),
        ("places", _TEXT),
    ]
)
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
        ("row_number", pa.int32()),
        ("is_zero_report", pa.bool_()),
    ]
    for name in field_names(notice, deliverable):
        kind = item.field(name).type
        fields += [(name, _ARROW_TYPES[kind]), (f"{name}_given", _TEXT)]
        if kind == "count":
            fields.append((f"{name}_state", _TEXT))
    if "county" in field_names(notice, deliverable):
        fields.append(("county_place", _TEXT))
    return pa.schema(fields)


def field_names(notice: Notice, deliverable: str) -> list[str]:
    """The kind's fixed columns, used by this notice or not, then the indicators the notice lists."""
    item = notice.deliverables[deliverable]
    return [field.name for field in KINDS[item.kind].fields] + list(item.indicators)


def table_deliverables(notice: Notice) -> list[str]:
    return [name for name, item in notice.deliverables.items() if KINDS[item.kind].is_table]


def submission_id(submission: Submission) -> str:
    identity = f"{submission.receipt_id}\0{submission.path}\0{submission.row_order}\0{submission.sha256}"
    return hashlib.sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()[:20]


def write_batch(
    notice: Notice, submissions: Iterable[Submission], folder: Path, batch: int
) -> dict[str, int]:
    """Writes one batch's files; returns how many submissions and rows it has."""
    columns: dict[str, dict[str, list[Any]]] = {
        "submissions": {name: [] for name in SUBMISSIONS.names},
        "sheets": {name: [] for name in SHEETS.names},
    }
    schemas = {"submissions": SUBMISSIONS, "sheets": SHEETS}
    for name in table_deliverables(notice):
        schemas[f"rows_{name}"] = rows_schema(notice, name)
        columns[f"rows_{name}"] = {column: [] for column in schemas[f"rows_{name}"].names}
    cities = {recipient.code: recipient.city_code for recipient in notice.recipients}
    counts = {"submissions": 0, "rows": 0}
    for one in submissions:
        counts["submissions"] += 1
        identity = submission_id(one)
        target = columns["submissions"]
        target["submission_id"].append(identity)
        for name in SUBMISSIONS.names[1:]:
            target[name].append(getattr(one, name))
        for number, part in enumerate(one.sheets, 1):
            target = columns["sheets"]
            for name, value in zip(
                SHEETS.names,
                (identity, number, part.deliverable, part.sheet, part.header_row, part.places),
                strict=True,
            ):
                target[name].append(value)
            counts["rows"] += len(part.row_numbers)
            city = cities.get(one.recipient_code or "", "")
            _gather_rows(columns[f"rows_{part.deliverable}"], part, identity, city)
    folder.mkdir(parents=True, exist_ok=True)
    for name, lists in columns.items():
        write_frame(pa.table(lists, schema=schemas[name]), folder, name, batch)
    return counts


def _gather_rows(target: dict[str, list[Any]], part: SheetRows, identity: str, city_code: str) -> None:
    """A sheet's rows; what the kind has and this sheet has not is blank."""
    count = len(part.row_numbers)
    found: dict[str, Sequence[Any]] = {
        "submission_id": [identity] * count,
        "sheet": [part.sheet] * count,
        "row_number": part.row_numbers,
        "is_zero_report": part.zero_reports,
        "county_place": [f"{city_code}/{name}" if name else None for name in part.columns.get("county", ())],
        **part.columns,
    }
    for name, values in target.items():
        values += found.get(name) or [BLANK if name.endswith("_state") else None] * count


def write_frame(table: pa.Table, folder: Path, name: str, batch: int = 0) -> None:
    """One batch of one table, as an Arrow file: neither packed nor unpacked on its way to the next stage."""
    with pa.ipc.new_file(folder / f"{name}.{batch}.arrow", table.schema) as file:
        file.write_table(table)


def read_frames(folder: Path, name: str, schema: pa.Schema) -> pa.Table:
    """All batches of one table, in batch order; an empty one where no batch was read."""
    paths = sorted(folder.glob(f"{name}.*.arrow"), key=lambda path: int(path.suffixes[-2][1:]))
    tables = [pa.ipc.open_file(pa.memory_map(str(path))).read_all() for path in paths]
    return pa.concat_tables(tables) if tables else schema.empty_table()
