"""What is put into the inbox, and the end that each file must come to: the truth that the pipeline is held against.

Written from contract sections 3 to 6 alone; nothing here asks the pipeline.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

COLUMNS = ("path", "recipient", "deliverable", "received_at", "state", "reason", "rejected_rows")


@dataclass(frozen=True)
class End:
    """How one file, archive member or form answer must end. Blank is ''; `content` is '' where sameness plays no part."""

    path: str
    received_at: datetime
    state: str
    recipient: str = ""
    deliverable: str = ""
    reason: str = ""
    rejected_rows: tuple[str, ...] = ()
    content: str = ""


@dataclass(frozen=True)
class Parcel:
    """One file of the inbox: where it lies, its bytes, when it arrived, and its ends (none where it is not collected)."""

    path: str
    content: bytes
    arrived_at: datetime
    ends: tuple[End, ...]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def judge_rows(reasons: Iterable[str | None]) -> tuple[str, str, tuple[str, ...]]:
    """State, file reason and rejected rows of a table whose rows have these reasons (None where valid)."""
    found = list(reasons)
    rejected = tuple(reason for reason in found if reason)
    if len(rejected) == len(found):
        return "rejected", "no_valid_row", rejected
    return ("partly accepted" if rejected else "accepted"), "", rejected


def settle(parcels: Iterable[Parcel]) -> list[End]:
    """All ends in order of arrival to the second, then path. The same bytes again from the same recipient are a duplicate."""
    found = (
        replace(end, received_at=end.received_at.replace(microsecond=0))
        for one in parcels
        for end in one.ends
    )
    ends = sorted(found, key=lambda end: (end.received_at, end.path))
    seen: set[tuple[str, str]] = set()
    settled = []
    for end in ends:
        same = (end.recipient, end.content)
        if end.recipient and end.content and same in seen:
            end = replace(end, state="duplicate", reason="", rejected_rows=())
        seen.add(same)
        settled.append(end)
    return settled


@dataclass(frozen=True)
class SampleSummary:
    """What a sample holds: `files` are received ones (answers apart), `ends` one line each of the files list."""

    inbox: Path
    now: datetime
    units: int
    silent_units: int
    files: int
    states: dict[str, int]
    reasons: dict[str, int]
    """Of files and of rows."""
    ends: tuple[End, ...]


def summarise(inbox: Path, now: datetime, units: int, silent: int, parcels: list[Parcel]) -> SampleSummary:
    ends = settle(parcels)
    reasons = Counter(reason for end in ends for reason in (end.reason, *end.rejected_rows) if reason)
    return SampleSummary(
        inbox=inbox,
        now=now,
        units=units,
        silent_units=silent,
        files=sum(bool(parcel.ends) for parcel in parcels),
        states=dict(sorted(Counter(end.state for end in ends).items())),
        reasons=dict(sorted(reasons.items())),
        ends=tuple(ends),
    )


def write_truth(path: Path, ends: Iterable[End]) -> None:
    """The ends as CSV, with the columns of `notices files` (contract section 8)."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for end in ends:
            received = f"{end.received_at:%Y-%m-%d %H:%M:%S}"
            rejected = "|".join(end.rejected_rows)
            writer.writerow(
                [end.path, end.recipient, end.deliverable, received, end.state, end.reason, rejected]
            )
