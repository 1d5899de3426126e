"""When each row counts that decisions of people speak of: which reading of a file holds when, and which of its rows are valid.

A file may have several readings: as it came, and once more for each decision that gave it to a unit. At any moment the last
decision in force says which one holds; without one, the reading as it came. Pure: from what is known to spans of time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from pipelines.decide.duties import BEGINNING, FOREVER
from pipelines.decide.record import Decision, Decisions

Place = tuple[int, int]
"""A row's table and number; (0, 0) is a document."""


@dataclass(frozen=True)
class Reading:
    """A submission: how a file was read, as it came or under a decision."""

    submission_id: str
    receipt_id: str
    path: str
    received_at: datetime
    decision_id: str | None
    """None: as it came."""


@dataclass(frozen=True)
class Span:
    """In [start, end) something counts, and competes as if received at `rank`."""

    start: datetime
    end: datetime
    rank: datetime

    def cut(self, start: datetime, end: datetime, rank: datetime | None = None) -> Iterator["Span"]:
        """What of it lies in [start, end)."""
        cut = Span(max(self.start, start), min(self.end, end), max(self.rank, rank or self.rank))
        if cut.start < cut.end:
            yield cut

    def without(self, start: datetime, end: datetime) -> Iterator["Span"]:
        """What of it lies outside [start, end)."""
        yield from self.cut(BEGINNING, start)
        yield from self.cut(end, FOREVER)


@dataclass(frozen=True)
class FileStand:
    """A reading's spans, and the state that decisions give it now; None where its content says."""

    spans: list[Span]
    state: str | None
    sentence: str | None


def stand_files(decisions: Decisions, readings: Iterable[Reading]) -> dict[str, FileStand]:
    """By submission: all readings of every file that is set aside, assigned or registered."""
    files: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for one in readings:
        files[one.receipt_id, one.path].append(one)
    found: dict[str, FileStand] = {}
    for (receipt_id, path), of_file in files.items():
        aside = [
            one
            for one in decisions.kind("set_aside")
            if (one.subject["receipt_id"], one.subject["path"]) == (receipt_id, path)
        ]
        if aside or any(one.decision_id for one in of_file):
            found |= _stand_file(decisions, of_file, aside)
    return found


def _stand_file(decisions: Decisions, readings: list[Reading], aside: list[Decision]) -> dict[str, FileStand]:
    under = {one.decision_id: one for one in readings}
    speaking = sorted(
        [*aside, *(one for key in under if key and (one := decisions.find(key)))],
        # A name that was learnt, and the registration itself, give way to what was decided of this very file.
        key=lambda one: (one.kind in ("assign", "set_aside"), one.decided_at, one.id),
    )

    def winner(moment: datetime) -> tuple[Reading | None, Decision | None]:
        last = next((one for one in reversed(speaking) if decisions.holds(one, moment)), None)
        if last is None:
            return under.get(None), None
        return (None if last.kind == "set_aside" else under[last.id]), last

    edges = {edge for one in speaking for span in decisions.spans(one) for edge in span}
    received_at = readings[0].received_at
    moments = sorted({received_at, *(edge for edge in edges if received_at < edge < FOREVER)})
    spans: dict[str, list[Span]] = {one.submission_id: [] for one in readings}
    for start, end in zip(moments, [*moments[1:], FOREVER], strict=True):
        reading, decision = winner(start)
        if reading:
            rank = max(received_at, decision.decided_at) if decision else received_at
            spans[reading.submission_id].append(Span(start, end, rank))
    holding, last = winner(datetime.max)
    first = under.get(None, readings[0])
    return {
        one.submission_id: FileStand(
            _join(spans[one.submission_id]),
            None
            if one is holding
            else "ignored"
            if holding is None and last and one is first
            else "superseded",
            last.reason if holding is None and last and one is first else None,
        )
        for one in readings
    }


def _join(spans: list[Span]) -> list[Span]:
    """Spans of one rank that follow each other as one."""
    found: list[Span] = []
    for one in spans:
        if found and (found[-1].end, found[-1].rank) == (one.start, one.rank):
            found[-1] = Span(found[-1].start, one.end, one.rank)
        else:
            found.append(one)
    return found


def stand_rows(
    decisions: Decisions, submission_id: str, file: list[Span], rows: Mapping[Place, bool]
) -> Iterator[tuple[Place, Span]]:
    """The spans in which each row of a submission is valid. `rows`: each one's place, and whether it was found faulty."""
    about = [
        (one, decisions.spans(one))
        for one in decisions.kind("accept", "withdraw")
        if one.subject["submission_id"] == submission_id
    ]
    for place, is_faulty in rows.items():
        own = [
            (one, spans)
            for one, spans in about
            if _speaks_of(one, place) and (is_faulty or one.kind == "withdraw")
        ]
        yield from ((place, span) for span in _stand_row(own, file, is_faulty))


def _stand_row(
    about: list[tuple[Decision, list[tuple[datetime, datetime]]]], file: list[Span], is_faulty: bool
) -> list[Span]:
    """At any moment the last decision in force says whether a row counts; without one, whether it has a fault."""
    edges = {edge for _, spans in about for span in spans for edge in span}
    moments = sorted({BEGINNING, *(edge for edge in edges if edge < FOREVER)})
    found: list[Span] = []
    for start, end in pairwise([*moments, FOREVER]):
        holding = (one for one, spans in reversed(about) if any(begin <= start < to for begin, to in spans))
        last = next(holding, None)
        if last.kind == "accept" if last else not is_faulty:
            found += [cut for span in file for cut in span.cut(start, end, last.decided_at if last else None)]
    return _join(found)


def _speaks_of(decision: Decision, place: Place) -> bool:
    """Rows that a decision names none of: all of the file."""
    rows = decision.subject.get("rows")
    return rows is None or list(place) in [list(one) for one in rows]
