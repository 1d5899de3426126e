"""Where a figure comes from, and what became of a file: questions to the snapshot, answered by sql/marts.

A figure is traced to the rows that make it up and to those left out; a file to its rows and the figures it moved.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.ask.figures import Figures, ask
from pipelines.ground.errors import NoticesError
from pipelines.warehouse.masks import Masks

MAX_MOMENTS = 40
"""A file whose parts arrived at more moments than this (an export of many answers) is asked for part by part."""

_CITIES = "SELECT city_code, city FROM core.cities WHERE notice_id = $notice ORDER BY position"
_VALUES = "SELECT city_code, figure, value FROM marts.figures_as_of($notice, $as_of)"
_TRACE = "FROM marts.trace($notice, $as_of, $city, $figure)"
_CHANGES = """
SELECT
    * EXCLUDE (receipts) REPLACE (array_to_string(decisions, '、') AS decisions),
    [one.path for one in receipts] AS receipts
FROM marts.changes_between($notice, $since, $as_of)
"""
_SUBMISSIONS = """
SELECT
    path, recipient_code, recipient, deliverable, received_at, state, reason, sentence, row_count, rejected_row_count,
    duplicate_of, submission_id
FROM marts.files
WHERE notice_id = $notice AND (path = $file OR starts_with(path, $file || '!') OR starts_with(path, $file || '#'))
"""
_ROWS = """
SELECT
    ends.path, ends.deliverable, ends.period, ends.sheet, ends.row_number, ends.title, ends.row_end, ends.reasons,
    ends.explanation, others.path AS other_path, ends.received_at
FROM marts.row_ends_as_of($notice, $as_of) AS ends
LEFT JOIN core.submissions AS others ON coalesce(ends.replaced_by, ends.duplicate_of) = others.submission_id
WHERE list_contains($submissions::VARCHAR[], ends.submission_id) AND ends.row_number IS NOT NULL
ORDER BY ends.received_at, ends.path, ends.table_number, ends.row_number
"""
_NOTES = """
SELECT path, sheet, row_number, column_letters AS "column", code, value, sentence FROM marts.notes
WHERE notice_id = $notice AND list_contains($submissions::VARCHAR[], submission_id)
"""
_ACCOUNTS = """
SELECT path, sheet, role_name, cells, filled FROM marts.accounts
WHERE notice_id = $notice AND list_contains($submissions::VARCHAR[], submission_id)
"""
_EFFECTS = """
SELECT
    changes.city_code, changes.city, changes.figure, changes.value_before, changes.value_after,
    listed.receipt.change, $moment::TIMESTAMP AS received_at, listed.receipt.path
FROM marts.changes_between($notice, $moment::TIMESTAMP - INTERVAL 1 MICROSECOND, $moment::TIMESTAMP) AS changes
CROSS JOIN unnest(changes.receipts) AS listed(receipt)
WHERE list_contains($submissions::VARCHAR[], listed.receipt.submission_id)
"""


@dataclass(frozen=True)
class FileTrace:
    """What a path held (itself, its members, its answers), what each row came to, what was noted, where the filled cells of
    its sheets went, and the figures moved on arrival."""

    submissions: Figures
    rows: Figures
    notes: Figures
    accounts: Figures
    effects: Figures


def find_city(path: Path, notice_id: str, city: str) -> tuple[str, str]:
    """Code and name of a city given by either. Raises ValueError with the choices where there is none."""
    cities = ask(path, _CITIES, notice_id).rows
    for code, name in cities:
        if city in (code, name):
            return code, name
    raise ValueError(f"没有“{city}”这个市；可选：{'、'.join(f'{code} {name}' for code, name in cities)}")


def ask_value(path: Path, notice_id: str, city_code: str, figure: str, as_of: datetime) -> float | None:
    """A city's figure; None is NULL (a rate without a denominator). Raises ValueError with the choices where there is none."""
    values = {(code, name): value for code, name, value in ask(path, _VALUES, notice_id, as_of=as_of).rows}
    if (city_code, figure) not in values:
        names = dict.fromkeys(name for _, name in values)
        raise ValueError(f"没有“{figure}”这个数；可选：{'、'.join(names)}")
    value: float | None = values[city_code, figure]
    return value


def trace_figure(path: Path, notice_id: str, city_code: str, figure: str, as_of: datetime) -> Figures:
    """What makes up a city's figure and what was left out, with the reasons (marts.trace)."""
    return ask(path, _TRACE, notice_id, as_of=as_of, city=city_code, figure=figure)


def ask_changes(path: Path, notice_id: str, since: datetime, as_of: datetime) -> Figures:
    """The figures that moved between two moments, and what moved them (marts.changes_between)."""
    return ask(path, _CHANGES, notice_id, since=since, as_of=as_of)


def trace_file(
    path: Path, notice_id: str, file: str, as_of: datetime, masks: Path | None = None
) -> FileTrace:
    """What became of `file`, a path relative to the inbox. Raises NoticesError where nothing of that path was received.

    With `masks` (Home.masks) a path may be written as it was received, whatever of it is masked.
    """
    asked, file = file, Masks(masks).mask_asked(notice_id, file) if masks else file
    submissions = ask(path, _SUBMISSIONS, notice_id, file=file)
    if not submissions.rows:
        raise NoticesError(f"没有收到过 {asked}。路径相对收件箱，写法见 notices files {notice_id}")
    ids = [row[-1] for row in submissions.rows]
    moments = sorted({row[submissions.columns.index("received_at")] for row in submissions.rows})
    if len(moments) > MAX_MOMENTS:
        raise NoticesError(
            f"{file} 里有 {len(ids)} 份答卷、{len(moments)} 个收到时间；请指明其中一份，如 {submissions.rows[0][0]}"
        )
    found = [ask(path, _EFFECTS, notice_id, submissions=ids, moment=moment) for moment in moments]
    return FileTrace(
        Figures(submissions.columns[:-1], [row[:-1] for row in submissions.rows]),
        ask(path, _ROWS, notice_id, submissions=ids, as_of=as_of),
        ask(path, _NOTES, notice_id, submissions=ids),
        ask(path, _ACCOUNTS, notice_id, submissions=ids),
        Figures(found[0].columns, [row for one in found for row in one.rows]),
    )
