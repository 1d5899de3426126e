"""What changed in questionnaires between their exports: found before the exports of a batch are read. Part of the read stage.

All exports of a source that came before are outlined in children, and followed in the order in which they came; so what is
found is a function of the archive, whichever batch asks for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from pipelines.archive.store import Receipt
from pipelines.ground.settings import Settings
from pipelines.notice.model import Notice
from pipelines.notice.sources import FormExportSource
from pipelines.read.asked import UNIT, Outlined
from pipelines.read.frames import write_frame
from pipelines.read.names import Roster
from pipelines.read.pool import Named, open_files
from pipelines.read.questions import Change, Mean, Questionnaire
from pipelines.read.submission import Following, Job
from pipelines.read.values import join_word, normalize

CHANGES = pa.schema(
    [
        ("receipt_id", pa.string()),
        ("source", pa.string()),
        ("path", pa.string()),
        ("changed_at", pa.timestamp("s")),
        ("kind", pa.string()),
        ("field", pa.string()),
        ("before", pa.string()),
        ("after", pa.string()),
        ("answers", pa.int32()),
        ("sentence", pa.string()),
    ]
)
"""One row a change; the receipt is the export that first showed it, NULL for a service that was asked."""


OUTLINER = Named("pipelines.read.outline", "ExportOutliner", Outlined)


def exports_of(notice: Notice, receipts: Iterable[Receipt]) -> list[Receipt]:
    """Those that are exports of questionnaires, in the order in which they came."""
    sources = {one.id for one in notice.sources if isinstance(one, FormExportSource)}
    return sorted(
        (one for one in receipts if one.source in sources),
        key=lambda one: (one.received_at, one.path, one.id),
    )


def follow_exports(
    notice: Notice, jobs: Sequence[Job], before: Iterable[Job]
) -> tuple[list[Job], list[tuple[Job, Change]]]:
    """The jobs, exports of questionnaires among them to be read as those before them were; and what changed in these.

    `before`: the jobs of all exports that ever came, those of the batch among them or not.
    """
    sources = {one.id: one for one in notice.sources if isinstance(one, FormExportSource)}
    wanted = {one.receipt_id for one in jobs if one.source in sources}
    asked = {one.source for one in jobs} & sources.keys()
    known = {one.receipt_id: one for one in (*before, *jobs) if one.source in asked}
    by_source: dict[str, list[Job]] = {}
    for job in sorted(known.values(), key=lambda one: (one.received_at, one.path, one.receipt_id)):
        by_source.setdefault(job.source, []).append(job)
    compared = [one for group in by_source.values() if len(group) > 1 for one in group]
    outlines = {one.receipt_id: one for one in open_files(OUTLINER, notice, Settings.load(), compared)}
    following: dict[str, dict[str, Following]] = {}
    changes: list[tuple[Job, Change]] = []
    for source_id, group in by_source.items():
        if len(group) > 1:
            reader = _Exports(sources[source_id], _meanings(notice, sources[source_id].line))
            for job in group:
                following[job.receipt_id], found = reader.follow(outlines[job.receipt_id])
                changes += [(job, one) for one in found if job.receipt_id in wanted]
    return [replace(one, following=following.get(one.receipt_id, {})) for one in jobs], changes


class _Exports:
    """The questionnaires whose exports lie in one folder."""

    def __init__(self, source: FormExportSource, mean: Mean) -> None:
        self._source, self._mean = source, mean
        self._known: dict[str, list[Questionnaire]] = {}

    def follow(self, outlined: Outlined) -> tuple[dict[str, Following], list[Change]]:
        following, changes = {}, []
        for asked in outlined.tables:
            known = self._known.setdefault(asked.deliverable, [])
            # Two questionnaires may ask for the same: what is compared are exports that hold the same answers.
            one = max(known, key=lambda each: (each.shares(asked), each.asks_the_same(asked)), default=None)
            if one is None or not (one.shares(asked) or one.asks_the_same(asked)):
                one = Questionnaire(self._source.answer_number, self._source.submitted_at, self._mean)
                known.append(one)
            how, found = one.follow(asked)
            changes += found
            if how:
                following[asked.deliverable] = how
        return following, changes


def _meanings(notice: Notice, line: str) -> Mean:
    roster = Roster(notice)
    counties = {
        normalize(name): one.name
        for one in notice.regions
        if one.level == "county"
        for name in (one.name, *one.aliases)
    } | {normalize(word): word for word in notice.words.no_county}
    lists: dict[str, Mapping[str, str]] = {
        field: {normalize(join_word(word)): word for word in notice.lists[column.list].values()}
        for item in notice.deliverables.values()
        for field, column in item.columns.items()
        if column.list
    }

    def mean(field: str, text: str) -> str | None:
        if field in (UNIT, "unit_name"):
            return roster.find(text, line) or ""
        if field == "county":
            return counties.get(normalize(text), "")
        return lists[field].get(normalize(text), "") if field in lists else None

    return mean


def write_changes(changes: Iterable[tuple[Job, Change]], folder: Path, batch: int) -> None:
    rows = [
        {
            "receipt_id": job.receipt_id,
            "source": job.source,
            "path": job.path,
            "changed_at": job.received_at,
            **{name: getattr(one, name) for name in ("kind", "before", "after", "answers", "sentence")},
            "field": one.field or None,
        }
        for job, one in changes
    ]
    write_frame(pa.Table.from_pylist(rows, schema=CHANGES), folder, "changes", batch)
