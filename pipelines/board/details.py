"""What lies behind a cell, a unit, a city, a number and a file."""

from dataclasses import dataclass
from datetime import datetime

from pipelines.board.asking import Row, Snapshot

_STATUS = "SELECT * FROM marts.obligation_status_as_of($notice, $t) WHERE recipient_code = $recipient"
_FILES = """
SELECT
    submission_id, path, recipient_code, recipient, deliverable, received_at, state, reason, sentence, row_count,
    rejected_row_count, duplicate_of, is_other_channel
FROM marts.files WHERE notice_id = $notice AND received_at <= $t
"""
_OF_UNIT = " AND recipient_code = $recipient ORDER BY received_at DESC, path"
_OF_PERIOD = """
 AND recipient_code = $recipient AND submission_id IN (
    SELECT submission_id FROM marts.row_ends_as_of($notice, $t)
    WHERE recipient_code = $recipient AND deliverable = $deliverable AND coalesce(period, '') = $period
    UNION SELECT submission_id FROM core.returns
    WHERE notice_id = $notice AND recipient_code = $recipient AND deliverable = $deliverable AND period = $period
) ORDER BY received_at DESC, path
"""
_ENDS = """
SELECT ends.*, others.path AS other_path
FROM marts.row_ends_as_of($notice, $t) AS ends
LEFT JOIN core.submissions AS others ON coalesce(ends.replaced_by, ends.duplicate_of) = others.submission_id
WHERE ends.submission_id = $submission AND ends.row_number IS NOT NULL
ORDER BY ends.deliverable, ends.sheet, ends.row_number
"""
_FAULTS = """
SELECT sheet, row_number, column_number, header, value, severity, sentence
FROM marts.verdicts WHERE notice_id = $notice AND submission_id = $submission ORDER BY sheet, row_number, fault_number
"""
_MAILS = """
SELECT purpose, what, state, queued_at, sent_at, error FROM marts.mails
WHERE notice_id = $notice AND recipient_code = $recipient AND queued_at <= $t ORDER BY queued_at DESC LIMIT 200
"""
_DECISIONS = "SELECT * FROM marts.decisions WHERE notice_id = $notice AND decided_at <= $t"
_FIGURES = "SELECT figure, value FROM marts.figures_as_of($notice, $t) WHERE city_code = $city"
_TRACE = "SELECT * FROM marts.trace($notice, $t, $city, $figure) WHERE reason IS DISTINCT FROM 'not_yet' LIMIT $limit"
TRACED = 2000
"""A page shows so many rows of a trace; `notices trace` prints all."""


@dataclass(frozen=True)
class CellPage:
    """One obligation: how it stands, what came for it, the mails about it and what people decided of it."""

    status: Row
    files: list[Row]
    mails: list[Row]
    decisions: list[Row]


def find_cell(
    snapshot: Snapshot, recipient: str, deliverable: str, period: str, at: datetime
) -> CellPage | None:
    """None where the unit does not owe this."""
    status = snapshot.one(
        f"{_STATUS} AND deliverable = $deliverable AND period = $period",
        t=at,
        recipient=recipient,
        deliverable=deliverable,
        period=period,
    )
    if status is None:
        return None
    values = {"t": at, "recipient": recipient, "deliverable": deliverable, "period": period}
    return CellPage(
        status,
        snapshot.ask(_FILES + _OF_PERIOD, **values),
        snapshot.ask(_MAILS, t=at, recipient=recipient),
        [
            one
            for one in decisions(snapshot, at)
            if one["deliverable"] == deliverable and speaks_of(one, status) and _has_period(one, period)
        ],
    )


def speaks_of(decision: Row, status: Row) -> bool:
    """Whether a decision is about the unit of an obligation."""
    whom = (decision["recipient"] or "").split("|")
    return bool(
        {
            status["recipient_code"],
            f"kind:{status['kind']}",
            f"city:{status['city_code']}",
            "all",
        }.intersection(whom)
    )


def _has_period(decision: Row, period: str) -> bool:
    return not decision["period"] or period in decision["period"].split("|")


@dataclass(frozen=True)
class UnitPage:
    """A unit's whole history."""

    obligations: list[Row]
    files: list[Row]
    mails: list[Row]
    decisions: list[Row]


def find_unit(snapshot: Snapshot, recipient: str, at: datetime) -> UnitPage:
    obligations = snapshot.ask(_STATUS, t=at, recipient=recipient)
    return UnitPage(
        obligations,
        snapshot.ask(_FILES + _OF_UNIT, t=at, recipient=recipient),
        snapshot.ask(_MAILS, t=at, recipient=recipient),
        [one for one in decisions(snapshot, at) if obligations and speaks_of(one, obligations[0])],
    )


@dataclass(frozen=True)
class FilePage:
    """A submission: its end, what each row came to, and every fault of a cell."""

    file: Row
    rows: list[Row]
    faults: list[Row]
    versions: list[Row]
    """What was received under the same path, this one included, oldest first."""


def find_version(snapshot: Snapshot, submission: str, at: datetime) -> Row | None:
    """One received file; None where there was none yet."""
    return snapshot.one(f"{_FILES} AND submission_id = $submission", t=at, submission=submission)


def versions_of(snapshot: Snapshot, path: str, at: datetime) -> list[Row]:
    """What was received under a path, oldest first."""
    return snapshot.ask(f"{_FILES} AND path = $path ORDER BY received_at", t=at, path=path)


def find_file(snapshot: Snapshot, submission: str, at: datetime) -> FilePage | None:
    file = find_version(snapshot, submission, at)
    if file is None:
        return None
    return FilePage(
        file,
        snapshot.ask(_ENDS, t=at, submission=submission),
        snapshot.ask(_FAULTS, submission=submission),
        versions_of(snapshot, file["path"], at),
    )


def decisions(snapshot: Snapshot, at: datetime) -> list[Row]:
    """What people had decided by a moment, the last first."""
    return snapshot.ask(_DECISIONS, t=at)[::-1]


def find_figures(snapshot: Snapshot, city: str, at: datetime) -> list[Row]:
    """Every number of a city."""
    return snapshot.ask(_FIGURES, t=at, city=city)


def find_trace(snapshot: Snapshot, city: str, figure: str, at: datetime) -> list[Row]:
    """What makes a number up and what was left out, with the reasons; at most TRACED rows."""
    return snapshot.ask(_TRACE, t=at, city=city, figure=figure, limit=TRACED)
