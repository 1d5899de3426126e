"""An export of a questionnaire -> what it asks and was answered (asked.py), and how it is read as those before it were.

A child does both; nothing of a unit's is judged here. What came of the
comparison is a `Following`, for the child that reads.
"""

from dataclasses import replace

from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.notice.sources import FormExportSource
from pipelines.read.asked import UNIT, Asked, Outlined, key_of, rename_options
from pipelines.read.columns import AnswerColumns
from pipelines.read.findings import FileRejected
from pipelines.read.grid import Sheet
from pipelines.read.layout.model import Table
from pipelines.read.layout.sheets import Layout
from pipelines.read.open import TABLES, detect_format, open_grid
from pipelines.read.submission import Following, Job
from pipelines.read.values import Cell, as_text


class ExportOutliner:
    """Outlines exports by one notice; made once a child process."""

    def __init__(self, notice: Notice, settings: Settings) -> None:
        self._settings = settings
        self._layout = Layout(notice, settings.header_rows)
        self._sources = {one.id: one for one in notice.sources if isinstance(one, FormExportSource)}

    def read(self, job: Job) -> Outlined:
        with open(job.object_path, "rb") as file:
            content = file.read()
        file_format, source = detect_format(content, job.path), self._sources[job.source]
        if file_format not in TABLES:
            return Outlined(job.receipt_id, [])
        try:
            sheets = open_grid(content, file_format, self._settings).sheets
        except FileRejected:
            return Outlined(job.receipt_id, [])
        found: dict[str, Asked] = {}
        for sheet in sheets:
            for table in self._layout.lay_questions(with_options(sheet, source)).tables:
                found.setdefault(table.deliverable, _outline(table, source))
        return Outlined(job.receipt_id, list(found.values()))

    def reject(self, job: Job, rejection: FileRejected) -> Outlined:
        return Outlined(job.receipt_id, [])


def _outline(table: Table, source: FormExportSource) -> Asked:
    header = table.sheet.rows[table.header[-1]]
    titles = [as_text(cell).strip() for cell in header]
    fields = {one.at: UNIT if one.kind == "unit" else one.field or "" for one in table.columns}
    columns = AnswerColumns(source, titles, {})
    rows = [table.sheet.rows[index] for index in table.rows]
    moments = [columns.moment(row) for row in rows]
    return Asked(
        table.deliverable,
        titles,
        [fields.get(at, "") for at in range(len(titles))],
        [at for at in range(len(titles)) if at not in columns.asked],
        [(columns.number(row), at.isoformat() if at else "") for row, at in zip(rows, moments, strict=True)],
        [_texts(row, len(titles)) for row in rows],
        columns.is_whole,
    )


def _texts(row: list[Cell], width: int) -> list[str]:
    return [as_text(cell).strip() for cell in (row + [None] * width)[:width]]


def with_options(sheet: Sheet, source: FormExportSource) -> Sheet:
    """The sheet with options called as they were before somebody renamed them, where the notice says so."""
    if not source.options:
        return sheet
    rows = [
        [source.options.get(cell.strip(), cell) if isinstance(cell, str) else cell for cell in row]
        for row in sheet.rows
    ]
    return replace(sheet, rows=rows)


def followed(table: Table, source: FormExportSource, following: Following) -> Sheet:
    """The table's sheet as the exports before it showed it: titles and options as they were, questions that are gone at
    the right."""
    header, sheet = table.header[-1], table.sheet
    titles = [following.titles.get(at, as_text(cell)) for at, cell in enumerate(sheet.rows[header])]
    gone = list(dict.fromkeys(title for answers in following.carried.values() for title in answers))
    columns, rows = AnswerColumns(source, titles, {}), [list(row) for row in sheet.rows]
    rows[header] = [*titles, *gone]
    for index in table.rows:
        cells = rows[index] + [None] * (len(titles) - len(rows[index]))
        for at, options in following.options.items():
            cells[at] = rename_options(as_text(cells[at]), options) if cells[at] is not None else None
        moment = columns.moment(cells)
        known = following.carried.get(key_of(columns.number(cells), moment.isoformat() if moment else ""), {})
        # A row longer than the header has slipped, which is said of it: nothing is put behind it.
        rows[index] = cells + ([known.get(title) for title in gone] if len(cells) == len(titles) else [])
    return replace(sheet, rows=rows)
