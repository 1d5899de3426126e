"""Documents of one unit as the read stage leaves them, and a plain model of which period each is for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.archive.arrivals import Arrivals
from pipelines.archive.store import Receipt
from pipelines.notice import Notice
from pipelines.read.frames import NAMED_PERIODS, SUBMISSIONS, write_frame
from pipelines.warehouse.load import load_run
from pipelines.warehouse.masks import Masks

DELIVERABLE = "report"


@dataclass(frozen=True)
class Sent:
    """One document: when it came, the period that it names (''), whether it is taken."""

    path: str
    at: datetime
    named: str = ""
    unit: str = "B-1"
    is_taken: bool = True

    @property
    def id(self) -> str:
        return f"{self.path}@{self.at:%m%d%H%M%S}"


def load(
    connection: duckdb.DuckDBPyConnection,
    private: duckdb.DuckDBPyConnection,
    notice: Notice,
    sent: list[Sent],
    folder: Path,
) -> None:
    """One run over these documents."""
    folder.mkdir(parents=True, exist_ok=True)
    submissions = [
        {
            "submission_id": one.id, "receipt_id": one.id, "path": one.path, "row_order": 0, "sha256": one.id, "size": 1,
            "received_at": one.at, "outcome": "read" if one.is_taken else "rejected", "recipient_code": one.unit,
            "deliverable": DELIVERABLE, "format": "docx", "document": DELIVERABLE if one.is_taken else None,
            "document_title": "报告",
        }
        for one in sent
    ]  # fmt: skip
    named = [
        {"submission_id": one.id, "deliverable": DELIVERABLE, "period": one.named}
        for one in sent
        if one.named
    ]
    write_frame(pa.Table.from_pylist(submissions, schema=SUBMISSIONS), folder, "submissions")
    write_frame(pa.Table.from_pylist(named, schema=NAMED_PERIODS), folder, "named_periods")
    receipts = [Receipt(one.id, "folder", one.path, one.path, 1, 0, one.id, one.at, one.at) for one in sent]
    load_run(
        connection, private, notice, Arrivals(receipts, {}, {}), folder, Masks(folder.parent / "masks.sqlite")
    )


def choose_plainly(
    periods: list[tuple[date, date, datetime]], length: timedelta, sent: list[Sent]
) -> dict[str, date]:
    """What the rule says, told again without SQL: unit by unit, document by document, in the order of arrival."""
    chosen: dict[str, date] = {}
    met: set[tuple[str, date]] = set()
    for one in sorted(sent, key=lambda one: (one.at, one.path, one.id)):
        begun = [period for period in periods if period[0] <= one.at.date()]
        unmet = [
            first
            for first, _, due in begun
            if (one.unit, first) not in met and due >= one.at - length
        ]  # fmt: skip
        running = begun[-1][0] if begun else periods[0][0]
        period = date.fromisoformat(one.named) if one.named else unmet[0] if unmet else running
        chosen[one.id] = period
        if one.is_taken:
            met.add((one.unit, period))
    return chosen
