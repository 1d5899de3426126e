"""What people ask the snapshot: figures, files and obligations, as tables. The definitions stand in sql/, never here."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.ground.errors import NoticesError
from pipelines.warehouse.masks import Masks
from pipelines.warehouse.snapshot import open_snapshot

__all__ = ["Figures", "ask", "ask_files", "ask_metrics", "ask_status", "last_scan", "open_snapshot"]

_METRICS = """
SELECT reporting.*, coverage.* EXCLUDE (city_code, city)
FROM marts.city_reporting_as_of($notice, $as_of) AS reporting
INNER JOIN marts.city_coverage_as_of($notice, $as_of) AS coverage USING (city_code)
INNER JOIN core.cities AS listed ON listed.notice_id = $notice AND reporting.city_code = listed.city_code
ORDER BY listed.position
"""
_FILES = """
SELECT
    path, recipient_code AS recipient, deliverable, strftime(received_at, '%Y-%m-%d %H:%M:%S') AS received_at,
    state, reason, rejected_rows
FROM marts.files WHERE notice_id = $notice
"""
_STATUS = """
SELECT
    recipient_code, recipient, line, city_code, deliverable, period, due_at, status, first_accepted_at,
    is_returned, is_zero_report, extension_reason, exemption_reason, attachments, attachments_at_least, is_incomplete
FROM marts.obligation_status_as_of($notice, $as_of)
"""


@dataclass(frozen=True)
class Figures:
    """Column names and rows, in the order they are to be shown."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def ask(path: Path, query: str, notice_id: str, **parameters: Any) -> Figures:
    """What `query` finds in the snapshot; `$notice` and `parameters` are bound. Raises NoticesError where nothing is loaded."""
    with open_snapshot(path) as connection:
        if not connection.execute("SELECT 1 FROM core.notices WHERE notice_id = $1", [notice_id]).fetchone():
            raise NoticesError(f"通知 {notice_id} 还没有数据。先运行 notices run {notice_id}")
        found = connection.execute(query, {"notice": notice_id, **parameters})
        return Figures([column[0] for column in found.description], found.fetchall())


def last_scan(path: Path, notice_id: str) -> datetime:
    """The moment of the notice's last completed scan: the latest that figures are known for."""
    found = ask(path, "SELECT max(scanned_at) FROM raw.scans WHERE notice_id = $notice", notice_id).rows
    if found[0][0] is None:
        raise NoticesError(f"通知 {notice_id} 还没有一次完整的扫描。先运行 notices run {notice_id}")
    moment: datetime = found[0][0]
    return moment


def last_known(path: Path, notice_id: str) -> datetime:
    """The last scan, or a decision after it: the latest that anything is known of."""
    found = ask(path, "SELECT max(decided_at) FROM core.decisions WHERE notice_id = $notice", notice_id).rows
    scanned, decided = last_scan(path, notice_id), found[0][0]
    return max(scanned, decided) if decided else scanned


def ask_metrics(path: Path, notice_id: str, as_of: datetime) -> Figures:
    """One row a city in code order: the two marts joined."""
    return ask(path, _METRICS, notice_id, as_of=as_of)


def ask_files(path: Path, notice_id: str, masks: Path | None = None) -> Figures:
    """One row a received file, in order of arrival; with `masks` (Home.masks) paths are as they were received."""
    found = ask(path, _FILES, notice_id)
    return reveal_figures(found, masks) if masks else found


def reveal_figures(found: Figures, masks: Path) -> Figures:
    """The same with what was masked put back: for the unit itself and for data staff."""
    revealer = Masks(masks).revealer()
    return Figures(found.columns, [tuple(map(revealer.reveal, row)) for row in found.rows])


def ask_status(path: Path, notice_id: str, as_of: datetime) -> Figures:
    """One row an obligation, in roster order."""
    return ask(path, _STATUS, notice_id, as_of=as_of)
