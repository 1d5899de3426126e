"""The file as the program read it: drawn again from the archive, in a child, with faults and notes on the cells they belong to.

What stands in a sheet may name persons: these pages are for those who may decide.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import BoundedSemaphore

from pipelines.archive.store import Archive
from pipelines.board.asking import Row, Snapshot
from pipelines.board.compare import Changes, compare, pair
from pipelines.board.details import find_version, versions_of
from pipelines.decide.readings import follow
from pipelines.decide.record import Decisions
from pipelines.ground.home import Home
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.read.drawing import Drawer
from pipelines.read.drawn import DrawJob, Drawn, DrawnSheet
from pipelines.read.pool import open_files
from pipelines.read.rows.model import Note
from pipelines.read.rows.sentences import letters
from pipelines.read.submission import Claim

AT_ONCE = BoundedSemaphore(2)
"""So many drawings are made at the same time: each takes a process of its own."""
BEFORE = 8
"""Rows that are shown above the one that was asked for."""
_RECEIPT = """
SELECT
    submissions.receipt_id, submissions.path AS piece, submissions.recipient_code, receipts.source, receipts.path,
    receipts.sha256, receipts.size, receipts.received_at,
    (SELECT max(readings.decision_id) FROM raw.readings WHERE readings.submission_id = submissions.submission_id) AS decision_id
FROM core.submissions
INNER JOIN raw.receipts
    ON submissions.notice_id = receipts.notice_id AND submissions.receipt_id = receipts.receipt_id
WHERE submissions.notice_id = $notice AND submissions.submission_id = $submission
"""
_FAULTS = """
SELECT verdicts.row_number, verdicts.column_number, verdicts.column_name, verdicts.severity, verdicts.sentence, sheets.places
FROM raw.verdicts
LEFT JOIN raw.sheets
    ON verdicts.submission_id = sheets.submission_id AND verdicts.table_number = sheets.table_number
WHERE verdicts.submission_id = $submission AND verdicts.sheet = $sheet AND verdicts.row_number BETWEEN $first AND $last
ORDER BY verdicts.row_number, verdicts.fault_number
"""
_ENDS = """
SELECT row_number, min(row_end) AS row_end FROM marts.row_ends_as_of($notice, $t)
WHERE submission_id = $submission AND sheet = $sheet AND row_number BETWEEN $first AND $last
GROUP BY row_number HAVING count(DISTINCT row_end) = 1
"""
_KINDS = {"error": "退回原因", "warning": "提醒", "note": "提示"}


@dataclass(frozen=True)
class Asked:
    """Which part of a file is wanted: a sheet by number or name, from a row on, or around one."""

    sheet: int = 0
    name: str = ""
    first: int = 0
    row: int = 0

    @property
    def begins(self) -> int:
        return self.first or max(self.row - BEFORE, 0)


@dataclass(frozen=True)
class Remark:
    """What is said of a cell, a row, a column or the whole sheet. `place` is how people call it, `anchor` where its sign stands."""

    number: int
    kind: str
    place: str
    sentence: str
    anchor: tuple[int, int]
    """Row and column; row 0 is the line of column letters, column 0 that of row numbers."""

    @property
    def word(self) -> str:
        return _KINDS[self.kind]


@dataclass
class SheetView:
    """A drawn sheet with what is said on it, and with what changed."""

    drawn: DrawnSheet
    remarks: list[Remark]
    ends: Mapping[int, str]
    changes: Changes | None = None

    def __post_init__(self) -> None:
        self.at: dict[tuple[int, int], list[Remark]] = defaultdict(list)
        for one in self.remarks:
            self.at[one.anchor].append(one)

    @property
    def next(self) -> int:
        """The row at which the next page begins; 0 where there is none."""
        last = self.drawn.rows[-1].number if self.drawn.rows else self.drawn.last_row
        return last + 1 if last < self.drawn.last_row else 0


@dataclass
class FileView:
    """One version of a file."""

    file: Row
    drawn: Drawn
    sheets: list[SheetView] = field(default_factory=list)


@dataclass
class SheetPage:
    """The version that was asked for, the one beside it, and all there are of the path."""

    shown: FileView
    beside: FileView | None
    versions: list[Row]


def find_sheet(
    snapshot: Snapshot,
    home: Home,
    notice: Notice,
    decisions: Decisions,
    at: datetime,
    submission: str,
    beside: str,
    asked: Asked,
) -> SheetPage | None:
    """None where there is no such file as of the moment, or the other is no version of it."""
    file = find_version(snapshot, submission, at)
    if file is None:
        return None
    versions = versions_of(snapshot, file["path"], at)
    wanted = [file, *(one for one in versions if one["submission_id"] == beside and beside != submission)]
    if beside and len(wanted) < 2:
        return None
    jobs = [_job(snapshot, home, decisions, one["submission_id"], asked) for one in wanted]
    with AT_ONCE:
        jobs = follow(Archive(home.archive), notice, jobs)
        drawn = {one.receipt_id: one for one in open_files(Drawer, notice, Settings.load(), jobs)}
    views = [_view(snapshot, at, one, drawn[job.receipt_id]) for one, job in zip(wanted, jobs, strict=True)]
    other = views[1] if beside else None
    if other:
        _mark_changes(*sorted(views, key=lambda one: one.file["received_at"]))
    return SheetPage(views[0], other, versions)


def _job(snapshot: Snapshot, home: Home, decisions: Decisions, submission: str, asked: Asked) -> DrawJob:
    """Read for the unit that it was judged to be of; what a person said it is goes before what it looks like."""
    found = snapshot.ask(_RECEIPT, submission=submission)[0]
    piece, recipient, decision_id = found["piece"], found.pop("recipient_code"), found.pop("decision_id")
    decided = next((one for one in decisions.all if one.id == decision_id), None)
    deliverable = decided.subject.get("deliverable") if decided else None
    return DrawJob(
        **found,
        object_path=str(Archive(home.archive).object_path(found["sha256"])),
        claim=Claim(piece, recipient, deliverable) if recipient or deliverable else None,
        sheet=asked.sheet,
        name=asked.name,
        first=asked.begins,
    )


def _view(snapshot: Snapshot, at: datetime, file: Row, drawn: Drawn) -> FileView:
    view, number = FileView(file, drawn), 0
    for sheet in drawn.sheets:
        rows = {
            "submission": file["submission_id"],
            "sheet": sheet.name,
            "first": min((row.number for row in sheet.rows), default=0),
            "last": max((row.number for row in sheet.rows), default=-1),
        }
        faults = snapshot.ask(_FAULTS, **rows)
        ends = {one["row_number"]: one["row_end"] for one in snapshot.ask(_ENDS, t=at, **rows)}
        notes = [one for one in drawn.notes if one.sheet_number == sheet.number]
        remarks = _remarks(sheet, faults, notes, number)
        number += len(remarks)
        view.sheets.append(SheetView(sheet, remarks, ends))
    return view


def _remarks(sheet: DrawnSheet, faults: Sequence[Row], notes: Sequence[Note], before: int) -> list[Remark]:
    """In the order of the sheet, numbered on behind `before`."""
    covered = _covered(sheet)
    said: dict[tuple[int, int, str, str], None] = {}
    for fault in faults:
        place = json.loads(fault["places"] or "{}").get(fault["column_name"], [])
        row = (place[2] if len(place) > 2 else None) or fault["row_number"]
        said[row, fault["column_number"] or 0, fault["severity"], fault["sentence"]] = None
    for one in notes:
        said[one.row or 0, one.column or 0, "note", one.sentence] = None
    return [
        Remark(
            number,
            kind,
            _place(row, column),
            sentence,
            covered.get((row, column), (row, column if column in sheet.columns else 0)),
        )
        for number, (row, column, kind, sentence) in enumerate(
            sorted(said, key=lambda one: one[:2]), before + 1
        )
    ]


def _covered(sheet: DrawnSheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells that a merge covers -> the one that stands for them."""
    return {
        (row.number + down, cell.column + right): (row.number, cell.column)
        for row in sheet.rows
        for cell in row.cells
        if cell.rows > 1 or cell.columns > 1
        for down in range(cell.rows)
        for right in range(cell.columns)
    }


def _place(row: int, column: int) -> str:
    if row and column:
        return f"{letters(column)}{row}"
    if row:
        return f"第 {row} 行"
    return f"{letters(column)} 列" if column else "整张表"


def _mark_changes(old: FileView, new: FileView) -> None:
    views = {id(one.drawn): one for view in (old, new) for one in view.sheets}
    for before, after in pair([one.drawn for one in old.sheets], [one.drawn for one in new.sheets]):
        views[id(before)].changes, views[id(after)].changes = compare(before, after)
