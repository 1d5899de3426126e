"""Files of one unit, or of several, as reading and checking leave them, without any reading: what the loader is tried on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.archive.arrivals import Arrivals
from pipelines.archive.store import Receipt
from pipelines.check.tables import VERDICTS
from pipelines.notice import Notice
from pipelines.read.frames import ACCOUNTS, NOTES, SHEETS, SUBMISSIONS, rows_schema, write_frame
from pipelines.warehouse.load import load_run
from pipelines.warehouse.masks import Masks

UNIT, SOURCE = "EDU-3701", "education_folder"
START = datetime(2020, 11, 9, 12)


@dataclass(frozen=True)
class Line:
    """One row of materials; `is_faulty` rows are rejected."""

    title: str
    day: int = 9
    participants: int | None = 10
    is_faulty: bool = False
    county: str | None = None


@dataclass(frozen=True)
class Sent:
    """One file: its path, the hour at which it came, its rows. `content` stands for its bytes; '' are bytes of its own."""

    path: str
    hour: int
    lines: tuple[Line, ...]
    content: str = ""
    answer_key: str | None = None
    notes: tuple[dict[str, Any], ...] = ()
    accounts: tuple[dict[str, Any], ...] = ()
    places: str = "{}"
    tables: int = 1
    """Over how many tables of the sheet, side by side, the rows are dealt in turn."""
    deliverable: str = "materials"
    source: str = SOURCE
    outcome: str = "read"
    unit: str = UNIT

    @property
    def id(self) -> str:
        return f"{self.path}@{self.hour}"

    @property
    def received_at(self) -> datetime:
        return START + timedelta(hours=self.hour)

    @property
    def receipt(self) -> Receipt:
        digest = self.content or self.id
        return Receipt(
            self.id, self.source, self.path, self.path, 1, 0, digest, self.received_at, self.received_at
        )


def load(
    connection: duckdb.DuckDBPyConnection,
    private: duckdb.DuckDBPyConnection,
    notice: Notice,
    files: list[Sent],
    folder: Path,
) -> dict[str, Any]:
    """One run over these files."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, tuple[pa.Schema, list[dict[str, Any]]]] = {
        "submissions": (SUBMISSIONS, [_submission(one) for one in files]),
        "sheets": (SHEETS, [sheet for one in files for sheet in _sheets(one)]),
        "rows_materials": (rows_schema(notice, "materials"), [row for one in files for row in _rows(one)]),
        "verdicts": (VERDICTS, [row for one in files for row in _verdicts(one)]),
        "notes": (NOTES, [{"submission_id": one.id, **note} for one in files for note in one.notes]),
        "accounts": (ACCOUNTS, [{"submission_id": one.id, **row} for one in files for row in one.accounts]),
    }
    for name, (schema, rows) in tables.items():
        write_frame(pa.Table.from_pylist(rows, schema=schema), folder, name)
    arrivals = Arrivals([one.receipt for one in files], {SOURCE: START + timedelta(days=20)}, {})
    return load_run(connection, private, notice, arrivals, folder, Masks(folder.parent / "masks.sqlite"))


def _submission(one: Sent) -> dict[str, Any]:
    return {
        "submission_id": one.id, "receipt_id": one.id, "path": one.path, "row_order": 0,
        "sha256": one.content or one.id, "size": 1, "received_at": one.received_at, "outcome": one.outcome,
        "recipient_code": one.unit, "deliverable": one.deliverable, "format": "workbook", "answer_key": one.answer_key,
    }  # fmt: skip


def _sheets(one: Sent) -> list[dict[str, Any]]:
    return [
        {"submission_id": one.id, "table_number": number, "sheet_number": 1, "deliverable": one.deliverable}
        | {"sheet": "日报", "header_row": 1, "places": one.places}
        for number in range(1, one.tables + 1)
    ]


def _rows(one: Sent) -> list[dict[str, Any]]:
    return [
        {
            "submission_id": one.id, "sheet": "日报", "table_number": order % one.tables + 1,
            "row_number": order // one.tables + 2, "row_order": order + 1, "is_zero_report": False,
            "activity_date": date(2020, 11, line.day), "material_type": "照片", "title": line.title,
            "category": "宣传活动", "county": line.county, "participants": line.participants, "participants_state": "number",
            "online_views_state": "blank",
        }
        for order, line in enumerate(one.lines)
    ]  # fmt: skip


def _verdicts(one: Sent) -> list[dict[str, Any]]:
    return [
        {
            "submission_id": one.id, "deliverable": "materials", "sheet": "日报", "table_number": order % one.tables + 1,
            "row_number": order // one.tables + 2, "fault_number": 1, "column_name": "link", "header": "链接",
            "value": "x", "reason": "bad_url", "severity": "error", "sentence": "网址不对", "is_personal": False,
        }
        for order, line in enumerate(one.lines)
        if line.is_faulty
    ]  # fmt: skip
