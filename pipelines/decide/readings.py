"""Reads files once more as a person decided: for the unit that was named, or with a name that was learnt.

What a person registered is a receipt in the archive like any other, and read here alone.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import duckdb

from pipelines.archive.store import Archive, Receipt, receipt_record
from pipelines.check.rows import check_rows
from pipelines.decide.record import Decision, Decisions
from pipelines.notice.model import Notice, Recipient
from pipelines.notice.sources import BY_HAND, FormExportSource
from pipelines.read.changes import exports_of, follow_exports
from pipelines.read.receipts import job_of, read_jobs_into
from pipelines.read.submission import Claim, Job

MARK = "~"
"""Stands in the id under which a receipt is read once more, before the decision's."""
_UNASSIGNED = """
SELECT DISTINCT receipt_id, path FROM raw.submissions
WHERE notice_id = $1 AND recipient_code IS NULL AND outcome = 'rejected' AND reason IN ('unknown_recipient', 'unknown_deliverable', 'no_valid_row')
"""
_KNOWN = "SELECT decision_id, receipt_id, path FROM raw.readings WHERE notice_id = $1"

J = TypeVar("J", bound=Job)


@dataclass(frozen=True)
class Wanted:
    """A receipt to be read under a decision; only what it holds at these paths is kept, or all of it."""

    decision: Decision
    receipt: Receipt
    paths: tuple[str, ...]


def registered(decisions: Decisions) -> Iterator[tuple[Decision, Receipt]]:
    """The receipts of what people registered, made from the decisions alone."""
    for one in decisions.kind("register", "confirm_zero"):
        values = one.values
        arrived = datetime.fromisoformat(values["arrived"])
        yield (
            one,
            Receipt(
                id=values["receipt_id"],
                source=BY_HAND,
                key=values["path"],
                path=values["path"],
                size=values["size"],
                modified_ns=0,
                sha256=values["sha256"],
                received_at=arrived,
                scanned_at=one.decided_at,
                evidence={"unit": one.subject["recipients"][0]},
            ),
        )


def note_registered(archive: Archive, notice: Notice, decisions: Decisions) -> None:
    """Makes sure that the journal of receipts holds what was registered: a kill may have come between the two."""
    found = [receipt for _, receipt in registered(decisions)]
    if not found:
        return
    with archive.lock(notice.id) as journal:
        known = {one.id for one in journal.receipts}
        journal.note(receipt_record(one) for one in found if one.id not in known)


def find_wanted(
    connection: duckdb.DuckDBPyConnection,
    archive: Archive,
    notice: Notice,
    decisions: Decisions,
    reveal: Callable[[Any], Any],
) -> list[Wanted]:
    """What decisions ask to be read that the warehouse does not hold yet; `reveal` tells its paths as they were received."""
    asked = list(decisions.kind("assign", "know_as"))
    by_hand = list(registered(decisions))
    if not asked and not by_hand:
        return []
    known = {
        (decision, receipt, reveal(path))
        for decision, receipt, path in connection.execute(_KNOWN, [notice.id]).fetchall()
    }
    unassigned: dict[str, list[str]] = {}
    for receipt_id, path in connection.execute(_UNASSIGNED, [notice.id]).fetchall():
        unassigned.setdefault(receipt_id, []).append(reveal(path))
    receipts = {one.id: one for one in archive.journal(notice.id).receipts} if asked else {}
    wanted = [
        Wanted(one, receipt, (receipt.path,))
        for one, receipt in by_hand
        if (one.id, receipt.id, receipt.path) not in known
    ]
    for one in asked:
        files = {one.subject["receipt_id"]: [one.subject["path"]]} if one.kind == "assign" else unassigned
        for receipt_id, paths in files.items():
            new = tuple(sorted(path for path in paths if (one.id, receipt_id, path) not in known))
            if new and _may_be_about(one, receipts[receipt_id]):
                wanted.append(Wanted(one, receipts[receipt_id], new))
    return wanted


def _may_be_about(decision: Decision, receipt: Receipt) -> bool:
    since = decision.values.get("from")
    return not since or receipt.received_at >= datetime.fromisoformat(since)


def read_wanted(archive: Archive, notice: Notice, wanted: Iterable[Wanted], folder: Path) -> None:
    """Reads and checks them into a folder of frames; a receipt's id there is its own, MARK and the decision's."""
    groups: dict[str, list[Wanted]] = {}
    for one in wanted:
        groups.setdefault(one.decision.id if one.decision.kind == "know_as" else "", []).append(one)
    for batch, group in enumerate(groups.values()):
        decision = group[0].decision
        taught = _teach(notice, decision) if decision.kind == "know_as" else notice
        jobs = [
            replace(
                job_of(archive, one.receipt),
                receipt_id=f"{one.receipt.id}{MARK}{one.decision.id}",
                claim=_claim(one),
            )
            for one in group
        ]
        read_jobs_into(taught, folder, batch, follow(archive, taught, jobs))
    check_rows(notice, folder)


def follow(archive: Archive, notice: Notice, jobs: list[J]) -> list[J]:
    """Exports of questionnaires among them are read as the load before read them: as those that came before them."""
    if not any(
        isinstance(one, FormExportSource) and one.id in {job.source for job in jobs} for one in notice.sources
    ):
        return jobs
    before = [job_of(archive, one) for one in exports_of(notice, archive.journal(notice.id).receipts)]
    own = {one.receipt_id.partition(MARK)[0]: one for one in jobs}
    followed, _ = follow_exports(notice, [replace(job, receipt_id=name) for name, job in own.items()], before)
    how = {one.receipt_id: one.following for one in followed}
    return [replace(job, following=how[job.receipt_id.partition(MARK)[0]]) for job in jobs]


def _claim(one: Wanted) -> Claim | None:
    if one.decision.kind == "know_as":
        return None
    subject: Any = one.decision.subject
    recipients = subject.get("recipients") or [None]
    return Claim(one.paths[0], recipients[0], subject.get("deliverable"))


def _teach(notice: Notice, decision: Decision) -> Notice:
    """The notice with one more name for a unit."""

    def learn(one: Recipient) -> Recipient:
        if one.code not in decision.subject["recipients"]:
            return one
        return one.model_copy(update={"aliases": (*one.aliases, decision.subject["alias"])})

    return notice.model_copy(update={"recipients": tuple(learn(one) for one in notice.recipients)})
