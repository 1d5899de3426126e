"""The ordinary course of things: what a unit sends for each thing it owes, mostly on time and mostly right."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from pipelines.notice.kinds import KINDS
from pipelines.notice.obligations import Obligation
from pipelines.sample.cells import draw_day
from pipelines.sample.documents import write_docx, write_pdf
from pipelines.sample.parcels import End, Parcel, digest
from pipelines.sample.photos import write_photo
from pipelines.sample.phrases import load_phrases
from pipelines.sample.rows import REASONS, Row, RowMaker
from pipelines.sample.tables import choose_form, is_typed, make_table, send_table
from pipelines.sample.units import Desk

MISSING_SHARE, LATE_SHARE, ZERO_SHARE, FAULTY_SHARE, CORRECTED_SHARE = 0.08, 0.1, 0.08, 0.05, 0.06


def tell_story(desk: Desk, owed: list[Obligation], rows: int) -> Iterator[Parcel]:
    """Everything that a unit sends for what it owes."""
    for obligation in owed:
        item = desk.notice.deliverables[obligation.deliverable]
        is_waived = obligation.exemption_reason is not None
        if (
            is_waived
            or desk.rng.random() < MISSING_SHARE
            or (item.kind == "materials" and desk.unit.uses_form)
        ):
            continue
        arrived_at = choose_arrival(desk, obligation)
        if not KINDS[item.kind].is_table:
            yield send_summary(desk, obligation, arrived_at)
        elif item.kind == "materials":
            yield from send_materials(desk, obligation, rows, arrived_at)
        elif item.kind == "list":
            yield send_list(desk, obligation, rows, arrived_at)
        else:
            yield send_single(desk, obligation, arrived_at)


def choose_arrival(desk: Desk, obligation: Obligation) -> datetime:
    """Before the due moment, right on it, or up to three days late."""
    rng, due = desk.rng, obligation.due_at
    roll = rng.random()
    if roll < LATE_SHARE:
        return desk.arrive(due + timedelta(seconds=rng.randrange(1, 3 * 86400)))
    if roll < LATE_SHARE + 0.05:
        # On the last second: a fraction of it is dropped, so this is on time.
        return desk.arrive(due + timedelta(milliseconds=700))
    start = datetime.combine(obligation.first_day, time(8)) if obligation.first_day else due - timedelta(4)
    start = event_moment(desk, obligation) or start
    span = max(int((due - start).total_seconds()), 1)
    return desk.arrive(max(start, due - timedelta(seconds=rng.randrange(min(span, 4 * 86400)))))


def send_materials(desk: Desk, obligation: Obligation, rows: int, arrived_at: datetime) -> Iterator[Parcel]:
    """One period's rows, or a zero report; a photograph beside some, and a correction after some."""
    rng, deliverable = desk.rng, obligation.deliverable
    maker, form = prepare(desk, deliverable)
    first, last = period_days(desk, obligation)
    if rng.random() < ZERO_SHARE and {"activity_date", "title"} <= set(maker.columns):
        yield send_rows(desk, maker, [maker.make_zero_report(first, typed=is_typed(form))], form, arrived_at)
        return
    found = [
        maker.make_row(draw_day(first, last, rng), desk.next_number(), typed=is_typed(form))
        for _ in range(rng.randint(max(1, rows - 2), rows + 2))
    ]
    corrected = [maker.count_again(row, typed=is_typed(form)) for row in found]
    title = str(found[0].cells.get("title") or load_phrases().photo).strip()
    spoil_some(maker, found)
    yield send_rows(desk, maker, found, form, arrived_at)
    if rng.random() < 0.2:
        yield send_photo(desk, title, arrived_at)
    if rng.random() < CORRECTED_SHARE:
        later = desk.arrive(arrived_at + timedelta(seconds=rng.randrange(3600, 40 * 3600)))
        yield send_rows(desk, maker, corrected, form, later, mark=load_phrases().correction_mark)


def send_list(desk: Desk, obligation: Obligation, rows: int, arrived_at: datetime) -> Parcel:
    """One period's items, no two of one identity, or a zero report where the notice takes one."""
    rng = desk.rng
    maker, form = prepare(desk, obligation.deliverable)
    first, last = period_days(desk, obligation)
    if maker.item.zero_report and rng.random() < ZERO_SHARE:
        found = [maker.make_zero_report(draw_day(first, last, rng), typed=is_typed(form))]
        return send_rows(desk, maker, found, form, arrived_at)
    found = make_apart(maker, desk, (first, last), rng.randint(1, rows + 2), typed=is_typed(form))
    spoil_some(maker, found)
    return send_rows(desk, maker, found, form, arrived_at)


def make_apart(maker: RowMaker, desk: Desk, days: tuple[date, date], count: int, *, typed: bool) -> list[Row]:
    """Rows of a list that say different things by what identifies them; fewer where its words are few."""
    found: dict[tuple[str, ...], Row] = {}
    for _ in range(count):
        row = maker.make_row(draw_day(*days, desk.rng), desk.next_number(), typed=typed)
        plain = tuple("".join(str(row.cells[name]).split()) for name in maker.item.identity)
        found.setdefault(plain, row)
    return list(found.values())


def send_single(desk: Desk, obligation: Obligation, arrived_at: datetime) -> Parcel:
    """A plan or a table of numbers: one row, sometimes with that of the period before."""
    maker, form = prepare(desk, obligation.deliverable)
    first, last = period_days(desk, obligation)
    event = event_moment(desk, obligation)
    days = [event or draw_day(first, last, desk.rng)]
    if not event and maker.window and maker.window[0] < first and desk.rng.random() < 0.15:
        days.insert(0, first - timedelta(1))
    found = [maker.make_row(day, desk.next_number(), typed=is_typed(form)) for day in days]
    has_numbers = bool(set(maker.item.indicators) & set(maker.columns))
    if maker.item.zero_report and has_numbers and len(found) == 1 and desk.rng.random() < ZERO_SHARE:
        return send_rows(desk, maker, [maker.make_all_zero(found[0])], form, arrived_at)
    spoil_some(maker, found)
    return send_rows(desk, maker, found, form, arrived_at)


def send_rows(
    desk: Desk, maker: RowMaker, rows: list[Row], form: str, arrived_at: datetime, *, mark: str = ""
) -> Parcel:
    unit = desk.rng.choice([None, desk.unit.recipient.name, desk.rng.choice(desk.unit.recipient.aliases)])
    table = make_table(maker, rows, form, desk.rng, unit=unit)
    return send_table(desk, table, desk.name_file(maker.deliverable, arrived_at, mark=mark), arrived_at)


def send_summary(desk: Desk, obligation: Obligation, arrived_at: datetime) -> Parcel:
    """A report, known by its name or by its first heading."""
    rng, phrases, deliverable = desk.rng, load_phrases(), obligation.deliverable
    item = desk.notice.deliverables[deliverable]
    heading = f"{desk.unit.recipient.name}{rng.choice(item.file_words)}"
    prose = [*phrases.prose, str(desk.next_number())]
    stem, suffix = desk.name_file(deliverable, None), ".docx"
    if obligation.first_day and rng.random() < 0.5:
        heading = f"{heading}（{name_period(desk, obligation)}）"
    if rng.random() < 0.15:
        content, suffix = write_pdf(f"{desk.code} {prose[-1]}"), ".pdf"
    else:
        content = write_docx(prose, heading=heading)
        stem = stem if rng.random() < 0.8 else phrases.note
    path = desk.place(stem, suffix)
    end = End(path, arrived_at, "accepted", desk.code, deliverable, content=digest(content))
    return Parcel(path, content, arrived_at, (end,))


def name_period(desk: Desk, obligation: Obligation) -> str:
    """The period's days, as units write them: 12月9日—12月15日."""
    first, last = period_days(desk, obligation)
    return f"{first.month}月{first.day}日—{last.month}月{last.day}日"


def send_photo(desk: Desk, title: str, arrived_at: datetime) -> Parcel:
    content = write_photo(f"{desk.code}/{desk.next_number()}")
    path = desk.place(title, ".jpg", arrived_at)
    end = End(path, arrived_at, "attachment", desk.code, content=digest(content))
    return Parcel(path, content, arrived_at, (end,))


def spoil_some(maker: RowMaker, rows: list[Row]) -> None:
    """Faults in a few rows, now and then two in one."""
    for row in rows:
        while maker.rng.random() < FAULTY_SHARE:
            maker.spoil(row, maker.rng.choice(REASONS))


def event_moment(desk: Desk, obligation: Obligation) -> datetime | None:
    """When what is to be reported happened; None of what is owed by periods."""
    is_event = desk.notice.deliverables[obligation.deliverable].within is not None
    return datetime.fromisoformat(obligation.period) if is_event else None


def period_days(desk: Desk, obligation: Obligation) -> tuple[date, date]:
    """The days that rows of a period may carry; those of the notice where the period has none."""
    if obligation.first_day and obligation.last_day:
        return obligation.first_day, obligation.last_day
    return desk.notice.opens, desk.notice.closes


def prepare(desk: Desk, deliverable: str) -> tuple[RowMaker, str]:
    maker = RowMaker(desk.notice, deliverable, desk.unit.recipient, desk.rng)
    maker.choose_columns()
    return maker, choose_form(desk.rng)
