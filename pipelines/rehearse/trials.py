"""Rehearse, step 1: what units would send, from the declared headers and names; one by each alias too.

A trial is right by the notice's own words, so that whatever refuses it has found a mistake of the notice.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice, Recipient
from pipelines.notice.obligations import Obligation, expand_events, expand_obligations, expand_open
from pipelines.notice.sources import FolderSource, FormExportSource, Source
from pipelines.sample.documents import write_docx
from pipelines.sample.workbooks import write_workbook
from pipelines.templates.examples import example_value

REHEARSED = ("folder", "form_export")
"""The kinds of source that need no service to answer."""
NUMBER = 1
BEFORE = timedelta(seconds=1)


@dataclass(frozen=True)
class Trial:
    """One file: where it lies, what it holds, when it arrives, and whose and what it must turn out to be."""

    source: Source
    path: str
    content: bytes
    arrived_at: datetime
    unit: Recipient
    deliverable: str
    period: str

    @property
    def receipt_id(self) -> str:
        return hashlib.sha256(self.path.encode()).hexdigest()[:16]


def make_trials(notice: Notice) -> Iterator[Trial]:
    """For each deliverable and each source that rehearses, the first unit's submission for the first period, a second before
    it is due; for the last one too, where rows say by a date which period they are for."""
    for name, owed in _first_duties(notice).items():
        for source in notice.sources:
            mine = [one for one in owed if _unit(notice, one).line == source.line]
            if mine and isinstance(source, FolderSource | FormExportSource):
                for one in dict.fromkeys((mine[0], mine[-1])) if _is_dated(notice, name) else mine[:1]:
                    yield from _try(notice, source, _unit(notice, one), one)


def make_alias_trials(notice: Notice) -> Iterator[Trial]:
    """For each unit that sends files into a folder, one submission from a folder of each of its names."""
    folders = {one.line: one for one in reversed(notice.sources) if isinstance(one, FolderSource)}
    first: dict[str, Obligation] = {}
    for one in (*expand_obligations(notice), *expand_open(notice), *expand_events(notice)):
        first.setdefault(one.recipient_code, one)
    made: dict[str, bytes] = {}
    for recipient in notice.recipients:
        duty = first.get(recipient.code)
        unit = notice.unit_on(recipient, duty.due_at.date()) if duty else recipient
        source = folders.get(unit.line)
        if source is None or duty is None:
            continue
        name, content = _write(notice, unit, duty)
        # Whose it is must be told by the folder alone.
        content = made.setdefault(duty.deliverable, _nameless(notice, content, duty))
        for alias in dict.fromkeys((unit.name, *unit.aliases)):
            path = f"{source.path}/{alias.replace('/', '／')}/{name}"
            yield Trial(source, path, content, duty.due_at - BEFORE, unit, duty.deliverable, duty.period)


def _first_duties(notice: Notice) -> dict[str, list[Obligation]]:
    """By deliverable, what the first unit of each line owes or may send, exempt ones apart, in the order of periods."""
    found: dict[str, dict[str, list[Obligation]]] = {name: {} for name in notice.deliverables}
    for one in (*expand_obligations(notice), *expand_open(notice), *expand_events(notice)):
        lines = found[one.deliverable]
        unit = _unit(notice, one)
        known = lines.setdefault(unit.line, [])
        if one.exemption_reason is None and (not known or known[0].recipient_code == unit.code):
            known.append(one)
    return {name: [one for owed in lines.values() for one in owed] for name, lines in found.items()}


def _unit(notice: Notice, one: Obligation) -> Recipient:
    """The unit as it stands when this is due."""
    unit = next(each for each in notice.recipients if each.code == one.recipient_code)
    return notice.unit_on(unit, one.due_at.date()) if notice.units_changes else unit


def _is_dated(notice: Notice, deliverable: str) -> bool:
    item = notice.deliverables[deliverable]
    return item.periods.every not in ("once", "event") and item.dated_by is not None


def _try(notice: Notice, source: Source, unit: Recipient, duty: Obligation) -> Iterator[Trial]:
    at = duty.due_at - BEFORE
    if isinstance(source, FolderSource):
        name, content = _write(notice, unit, duty)
        front = duty.period if _is_dated(notice, duty.deliverable) else ""
        path = f"{source.path}/{unit.name}/{front}{name}"
        yield Trial(source, path, content, at, unit, duty.deliverable, duty.period)
    elif isinstance(source, FormExportSource) and KINDS[notice.deliverables[duty.deliverable].kind].is_table:
        content = write_workbook([("Sheet1", _answer(notice, source, unit, duty, at), False)])
        path = f"{source.path}/{duty.deliverable}{duty.period}.xlsx"
        yield Trial(source, path, content, at, unit, duty.deliverable, duty.period)


def _write(notice: Notice, unit: Recipient, duty: Obligation) -> tuple[str, bytes]:
    """A file's name and bytes: a table under the first headers, or a document with a heading."""
    item = notice.deliverables[duty.deliverable]
    word = item.file_words[0]
    if not KINDS[item.kind].is_table:
        return f"{word}.docx", write_docx([unit.name], heading=f"{unit.name}{word}")
    written = io.StringIO()
    csv.writer(written).writerows(
        [[column.headers[0] for column in item.columns.values()], _row(notice, unit, duty)]
    )
    return f"{word}.csv", written.getvalue().encode()


def _nameless(notice: Notice, content: bytes, duty: Obligation) -> bytes:
    """The same table without the unit's name in its row."""
    item = notice.deliverables[duty.deliverable]
    if not KINDS[item.kind].is_table:
        return write_docx([duty.deliverable], heading=item.file_words[0])
    header, row = list(csv.reader(io.StringIO(content.decode())))
    cells = ["" if column == "unit_name" else cell for column, cell in zip(item.columns, row, strict=True)]
    written = io.StringIO()
    csv.writer(written).writerows([header, cells])
    return written.getvalue().encode()


def _row(notice: Notice, unit: Recipient, duty: Obligation) -> list[str]:
    return [str(value) for value in _values(notice, unit, duty).values()]


def _values(notice: Notice, unit: Recipient, duty: Obligation) -> dict[str, str | int | date]:
    """A right value for each column; a day of the very period."""
    item = notice.deliverables[duty.deliverable]
    found: dict[str, str | int | date] = {}
    for column in item.columns:
        value = example_value(notice, duty.deliverable, column, unit)
        is_day = column == item.dated_by
        found[column] = duty.last_day if is_day and duty.last_day else value
    return found


def _answer(
    notice: Notice, source: FormExportSource, unit: Recipient, duty: Obligation, at: datetime
) -> list[list[str | int | float | date | None]]:
    """An export with one answer: the service's own columns, then numbered questions, the first of which asks for the unit."""
    item, words = notice.deliverables[duty.deliverable], notice.words
    asked = next((word for word in words.reporting_unit if word in words.unit_columns), words.unit_columns[0])
    values = {name: value for name, value in _values(notice, unit, duty).items() if name != "unit_name"}
    headers = [asked, *(item.columns[name].headers[0] for name in values)]
    numbered = [f"{number}、{header}" for number, header in enumerate(headers, 1)]
    return [
        [source.answer_number, source.submitted_at, *source.metadata, *numbered],
        [
            NUMBER,
            f"{at:%Y/%m/%d %H:%M:%S}",
            *("" for _ in source.metadata),
            unit.name,
            *map(str, values.values()),
        ],
    ]
