"""Every habit of the tables in habits/ comes to the end that the contract gives it, and nothing is left over."""

from typing import Any

import pytest

from tests.read.habits.case import Case, End
from tests.read.habits.tables import ALL

ENDS = [pytest.param(case, path, end, id=f"{case.id}-{number}" if number else case.id)
        for case in ALL for number, (path, end) in enumerate(case.ends.items())]  # fmt: skip


def test_ids_are_unique() -> None:
    ids = [case.id for case in ALL]
    assert len(ids) > 150
    assert sorted(set(ids)) == sorted(ids)


def test_nothing_else_was_received(outcome: Any) -> None:
    assert sorted(outcome.files) == sorted(path for case in ALL for path in case.ends)


@pytest.mark.parametrize(("case", "path", "end"), ENDS)
def test_end(outcome: Any, case: Case, path: str, end: End) -> None:
    found = outcome.files[path]
    assert {
        name: found[name] for name in ("state", "reason", "recipient", "deliverable", "rejected_rows")
    } == {
        "state": end.state,
        "reason": end.reason,
        "recipient": end.recipient,
        "deliverable": end.deliverable,
        "rejected_rows": end.rejected_rows,
    }
    if end.received_at is not None:
        assert found["received_at"] == end.received_at
    if end.rows is not None:
        assert _rows(outcome, path) == end.rows
    if end.values is not None:
        assert _values(outcome, path, end) == end.values
    if end.faults is not None:
        assert _faults(outcome, path) == end.faults


def _rows(outcome: Any, path: str) -> int:
    (found,) = outcome.ask("SELECT row_count FROM marts.files WHERE path = ?", path)
    return int(found["row_count"])


def _values(outcome: Any, path: str, end: End) -> list[dict[str, Any]]:
    if end.deliverable in ("statistics", "summary"):
        found = outcome.ask(
            """
            SELECT statistics.* FROM raw.statistics INNER JOIN marts.files USING (submission_id)
            WHERE path = ? ORDER BY indicator
            """,
            path,
        )
        wanted = {name for row in end.values or [] for name in row}
        return [
            {name: next(row["value"] for row in found if row["indicator"] == name) for name in sorted(wanted)}
        ]
    found = outcome.ask(
        f"""
        SELECT rows.* FROM raw.{"plans" if end.deliverable == "plan" else "materials"} AS rows
        INNER JOIN marts.files USING (submission_id)
        INNER JOIN raw.sheets ON rows.submission_id = sheets.submission_id AND rows.sheet = sheets.sheet
        WHERE path = ? ORDER BY sheet_number, row_number
        """,
        path,
    )
    wanted_rows = end.values or []
    assert len(found) == len(wanted_rows)
    return [{name: row[name] for name in wanted} for row, wanted in zip(found, wanted_rows, strict=True)]


def _faults(outcome: Any, path: str) -> list[tuple[Any, ...]]:
    found = outcome.ask(
        "SELECT row_number, header, reason, value FROM marts.verdicts WHERE path = ? ORDER BY row_number, fault_number",
        path,
    )
    return [tuple(row.values()) for row in found]
