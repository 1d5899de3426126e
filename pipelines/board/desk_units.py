"""Queues of the desk about units: numbers to ask them about, columns that do not open, and whom no mail reaches."""

from collections.abc import Iterator

from pipelines.board.asking import Row
from pipelines.board.entries import Desk, Entry, settle

_CHECKS = """
SELECT recipient, recipient_code, deliverable, period, compares_with, sentence
FROM marts.statistics_checks_as_of($notice, $t) WHERE is_warning
UNION ALL
SELECT recipient, recipient_code, deliverable, period, 'last_period ' || position AS compares_with, sentence
FROM marts.period_checks_as_of($notice, $t) WHERE is_warning
"""
_FAR_OFF = "SELECT * FROM marts.far_off_as_of($notice, $t) ORDER BY times DESC, recipient_code, activity_date"
_UNREACHED = "SELECT * FROM marts.unreached_as_of($notice, $t) ORDER BY missing DESC, recipient_code"
_COLUMNS = """
SELECT recipient_code, recipient, url, checked_at, failure FROM marts.column_checks
WHERE notice_id = $notice AND is_latest AND NOT is_ok
ORDER BY checked_at DESC
"""


def find_checks(desk: Desk) -> Iterator[Entry]:
    """Statistics that contradict the daily materials, or the period before."""
    for row in desk.snapshot.ask(_CHECKS, t=desk.at):
        place = (row["recipient_code"], row["deliverable"], row["period"], row["compares_with"])
        yield _about(
            row,
            f"check:{':'.join(place)}:{row['sentence']}",
            desk.notice.deliverables[row["deliverable"]].name,
        )


def find_far_off(desk: Desk) -> Iterator[Entry]:
    """Days that are far beyond what is usual, or beyond a county's people."""
    for row in desk.snapshot.ask(_FAR_OFF, t=desk.at):
        place = (
            row["recipient_code"],
            row["activity_date"],
            row["measure"],
            row["county"] or "",
            row["value"],
        )
        what = f"{row['value']:,}"
        yield _about(row, f"far_off:{':'.join(map(str, place))}", what, file=row["submission_id"])


def find_unreached(desk: Desk) -> Iterator[Entry]:
    """Units that owe something and have no address, or were reminded in vain: somebody has to call."""
    words = {"no_address": "没有邮箱", "silent": "催过没有回音"}
    for row in desk.snapshot.ask(_UNREACHED, t=desk.at):
        entry_id = f"unreached:{row['recipient_code']}:{row['problem']}:{row['missing']}"
        yield _about(row, entry_id, words[row["problem"]], at=row["oldest_due_at"])


def find_columns(desk: Desk) -> Iterator[Entry]:
    """Column addresses that did not open when they were last visited."""
    for row in desk.snapshot.ask(_COLUMNS):
        entry_id = f"column:{row['recipient_code']}:{row['url']}"
        yield _about({**row, "sentence": row["failure"] or ""}, entry_id, row["url"], at=row["checked_at"])


def _about(row: Row, entry_id: str, what: str, **more: object) -> Entry:
    known = {"at": None, **more}
    return Entry(
        entry_id,
        what,
        row["sentence"],
        unit=row["recipient"],
        unit_code=row["recipient_code"],
        offers=(settle(entry_id),),
        **known,  # type: ignore[arg-type]
    )
