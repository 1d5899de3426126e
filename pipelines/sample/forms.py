"""Exports of a questionnaire: each repeats all earlier answers, some with other content than before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.notice.sources import FormExportSource
from pipelines.sample.cells import draw_day
from pipelines.sample.grids import Cell, as_text
from pipelines.sample.parcels import End, Parcel, judge_rows
from pipelines.sample.phrases import load_phrases
from pipelines.sample.rows import REASONS, Row, RowMaker
from pipelines.sample.units import Unit
from pipelines.sample.workbooks import write_workbook

EXPORTS_AT = time(23, 59)
MOST_EXPORTS = 12


@dataclass(frozen=True)
class Answer:
    """One answer as it stands from `changed_at` on."""

    number: int
    submitted_at: datetime
    changed_at: datetime
    unit_name: str
    recipient: str
    row: Row


def choose_form_deliverable(notice: Notice) -> str | None:
    """What the questionnaire asks for: materials where there are any, else the first table."""
    tables = [name for name, item in notice.deliverables.items() if KINDS[item.kind].is_table]
    return next(
        (name for name in tables if notice.deliverables[name].kind == "materials"),
        tables[0] if tables else None,
    )


def make_exports(
    notice: Notice,
    source: FormExportSource,
    units: Sequence[Unit],
    seed: int,
    rows: int,
    opens_at: datetime,
    now: datetime,
) -> list[Parcel]:
    """The exports of one source, one an evening, until nobody answers any more."""
    deliverable = choose_form_deliverable(notice)
    users = [unit for unit in units if unit.uses_form and unit.recipient.line == source.line]
    users = [
        unit
        for unit in users
        if deliverable and unit.recipient.kind in notice.deliverables[deliverable].sent_by
    ]
    if deliverable is None or not users:
        return []
    rng = Random(f"{seed}/form/{source.id}")
    window = notice.window(deliverable) or (notice.opens, notice.closes)
    makers = {unit.recipient.code: RowMaker(notice, deliverable, unit.recipient, rng) for unit in users}
    answers = _collect_answers(notice, users, makers, window, rng, rows, opens_at, now)
    columns = list(next(iter(makers.values())).columns)
    headers = _write_headers(notice, source, deliverable, columns)
    last_change = max(answer.changed_at for answer in answers)
    moments = [moment for moment in _export_moments(window, last_change, rng) if moment <= now]
    return _write_exports(source, deliverable, answers, moments, headers, columns)


def _collect_answers(
    notice: Notice, users: Sequence[Unit], makers: dict[str, RowMaker], window: tuple[date, date], rng: Random,
    rows: int, opens_at: datetime, now: datetime,
) -> list[Answer]:  # fmt: skip
    """Answers in the order in which they were given, and changed ones after them."""
    given: list[tuple[datetime, Unit]] = []
    for unit in users:
        for _ in range(rows * 2):
            day = draw_day(*window, rng)
            moment = datetime.combine(day, time(8)) + timedelta(seconds=rng.randrange(15 * 3600))
            given.append((min(max(moment, opens_at), now), unit))
    found = []
    for number, (moment, unit) in enumerate(
        sorted(given, key=lambda pair: (pair[0], pair[1].recipient.code)), 1
    ):
        maker, recipient = makers[unit.recipient.code], unit.recipient
        day = min(max(moment.date(), window[0]), window[1])
        is_zero = rng.random() < 0.05 and {"activity_date", "title"} <= set(maker.columns)
        row = (
            maker.make_zero_report(day, typed=False) if is_zero else maker.make_row(day, number, typed=False)
        )
        # The first answers show every fault there can be, the later ones a few.
        if number <= len(REASONS) or rng.random() < 0.06:
            maker.spoil(row, REASONS[number % len(REASONS)])
        is_stranger = number == len(REASONS) + 1 or rng.random() < 0.02
        name = (
            load_phrases().strangers[-1] if is_stranger else rng.choice([recipient.name, *recipient.aliases])
        )
        answer = Answer(number, moment, moment, name, "" if is_stranger else recipient.code, row)
        found.append(answer)
        if (number % 9 == 0 or rng.random() < 0.03) and not is_stranger and not is_zero:
            later = moment + timedelta(days=rng.randrange(1, 3))
            found.append(replace(answer, changed_at=later, row=maker.make_row(day, number, typed=False)))
    return found


def _write_headers(
    notice: Notice, source: FormExportSource, deliverable: str, columns: list[str]
) -> list[Cell]:
    """The service's own columns, then numbered questions, the first of which asks for the unit."""
    item, words = notice.deliverables[deliverable], notice.words
    unit = next((word for word in words.reporting_unit if word in words.unit_columns), words.unit_columns[0])
    asked = [unit, *(item.columns[name].headers[0] for name in columns if name != "unit_name")]
    return [
        source.answer_number,
        source.submitted_at,
        *source.metadata,
        *(f"{n}、{one}" for n, one in enumerate(asked, 1)),
    ]


def _export_moments(window: tuple[date, date], last_change: datetime, rng: Random) -> list[datetime]:
    """Evenings from the first day until everything was in, a dozen at most."""
    evenings, moment = [], datetime.combine(window[0], EXPORTS_AT)
    while moment < last_change + timedelta(1):
        evenings.append(moment)
        moment += timedelta(1)
    step = -(-len(evenings) // MOST_EXPORTS)
    return evenings[::-1][::step][::-1]


def _write_exports(
    source: FormExportSource, deliverable: str, answers: list[Answer], moments: list[datetime], headers: list[Cell],
    columns: list[str],
) -> list[Parcel]:  # fmt: skip
    """One workbook an evening; an answer's end belongs to the first export that held it as it stands there."""
    parcels, ended, known = [], set[int](), set[int]()
    for moment in moments:
        path = f"{source.path}/export_{moment:%Y%m%d}.xlsx"
        standing = {
            answer.number: (index, answer)
            for index, answer in enumerate(answers)
            if answer.changed_at <= moment
        }
        lines, ends = [headers], []
        for index, answer in standing.values():
            lines.append(_write_answer(source, answer, columns))
            if index in ended:
                continue
            # First seen: received when it was given. Changed since: received with the export that shows the change.
            received = moment if answer.number in known else answer.submitted_at
            ends.append(_end_answer(answer, f"{path}#{answer.number}", received, deliverable))
            ended.add(index)
            known.add(answer.number)
        parcels.append(Parcel(path, write_workbook([("Sheet1", lines, False)]), moment, tuple(ends)))
    return parcels


def _write_answer(source: FormExportSource, answer: Answer, columns: list[str]) -> list[Cell]:
    service = load_phrases().form_metadata
    metadata = [service[index % len(service)] for index in range(len(source.metadata))]
    moment: Cell = (
        answer.submitted_at if answer.number % 4 == 0 else f"{answer.submitted_at:%Y/%m/%d %H:%M:%S}"
    )
    cells = [as_text(answer.row.cells[name]) or None for name in columns if name != "unit_name"]
    return [answer.number, moment, *metadata, answer.unit_name, *cells]


def _end_answer(answer: Answer, path: str, received_at: datetime, deliverable: str) -> End:
    if not answer.recipient:
        return End(path, received_at, "rejected", "", deliverable, "unknown_recipient")
    state, reason, rejected = judge_rows([answer.row.reason])
    return End(path, received_at, state, answer.recipient, deliverable, reason, rejected)
