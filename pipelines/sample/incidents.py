"""What goes wrong in every inbox, each at least once in a sample: one function an incident.

A unit that an incident befalls sends these files besides its ordinary ones.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.notice.obligations import Obligation
from pipelines.sample.cells import draw_day
from pipelines.sample.grids import Grid, write_table
from pipelines.sample.habits import HABITS, Habit
from pipelines.sample.layout import lay_out
from pipelines.sample.parcels import End, Parcel, digest
from pipelines.sample.phrases import load_phrases
from pipelines.sample.rows import REASONS, Row, RowMaker
from pipelines.sample.story import event_moment, period_days
from pipelines.sample.strays import STRAYS, send_unread_format
from pipelines.sample.tables import Table, choose_form, end_table, is_typed, make_table, send_zip
from pipelines.sample.units import Desk

Make = Callable[[Desk, Obligation, int], Iterator[Parcel]]


@dataclass(frozen=True)
class Incident:
    """Something that befalls a unit owing this deliverable."""

    deliverable: str
    make: Make


def list_incidents(notice: Notice) -> list[Incident]:
    """Every incident that this notice can have: faults for each table, the others for one table in turn."""
    tables = [name for name, item in notice.deliverables.items() if KINDS[item.kind].is_table]
    found = [Incident(name, partial(send_fault, reason=reason)) for name in tables for reason in REASONS]
    found += [Incident(name, make) for name in tables for make in (send_headless_column, send_no_rows)]
    others: list[Make] = [
        send_twice, send_in_zip_again, send_conflict, send_loose, send_two_sheets, send_other_suffix, *STRAYS,
    ]  # fmt: skip
    found += [Incident(tables[number % len(tables)], make) for number, make in enumerate(others) if tables]
    for name in tables:
        habits = HABITS.get(notice.deliverables[name].kind, ())
        found += [Incident(name, partial(send_habit, habit=habit)) for habit in habits]
        found += [Incident(name, send_unread_format)] if habits else []
    return found


def send_habit(desk: Desk, obligation: Obligation, rows: int, *, habit: Habit) -> Iterator[Parcel]:
    """A table laid out in a way of the unit's own."""
    yield from habit(desk, obligation, send_plain)


def send_fault(desk: Desk, obligation: Obligation, rows: int, *, reason: str) -> Iterator[Parcel]:
    """A fault of this reason in the last row; the other rows of materials are right."""
    table, spoiled = draft_table(desk, obligation, rows, reason=reason)
    if spoiled:
        yield send_plain(desk, table, obligation)


def send_headless_column(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """A required column is not there at all: every row lacks it. Without the day there is no header, so no row either."""
    item = desk.notice.deliverables[obligation.deliverable]
    required = [name for name, column in item.columns.items() if column.required]
    spare = [name for name in required if name != "unit_name"]
    if len(required) < 2 or not spare:
        return
    maker, form = (
        RowMaker(desk.notice, obligation.deliverable, desk.unit.recipient, desk.rng),
        choose_form(desk.rng),
    )
    lacking = desk.rng.choice(spare)
    maker.columns.remove(lacking)
    found = make_rows(desk, maker, obligation, rows, form)
    for row in found:
        row.faults.add("missing_required")
    table = make_table(maker, found, form, desk.rng)
    if item.field(lacking).type == "date":
        table = replace(table, reasons=())
    yield send_plain(desk, table, obligation)


def send_no_rows(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """The form as it was handed out, with nothing filled in."""
    maker, form = (
        RowMaker(desk.notice, obligation.deliverable, desk.unit.recipient, desk.rng),
        choose_form(desk.rng),
    )
    # The number stands in for a version, so that no two are the same bytes.
    maker.choose_columns()
    grid = lay_out(maker, [], desk.rng)
    grid = Grid(grid.name, [[f"{load_phrases().note}{desk.next_number()}"], *grid.rows], grid.above + 1)
    table = Table(
        write_table([grid], form), make_table(maker, [], form, desk.rng).suffix, (), obligation.deliverable
    )
    yield send_plain(desk, table, obligation)


def send_twice(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """The same bytes again, later and under another name; also where they were refused the first time."""
    for reason in (None, "missing_required"):
        table, _ = draft_table(desk, obligation, 1, reason=reason)
        first = send_plain(desk, table, obligation)
        later = desk.arrive(first.arrived_at + timedelta(hours=desk.rng.randrange(1, 30)))
        yield first
        yield send_plain(desk, table, obligation, arrived_at=later)


def send_in_zip_again(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """A table that came before comes again inside an archive: the member is the duplicate."""
    table, _ = draft_table(desk, obligation, rows)
    first = send_plain(desk, table, obligation)
    yield first
    stem = desk.name_file(obligation.deliverable, None)
    yield send_zip(desk, table, stem, desk.arrive(first.arrived_at + timedelta(hours=5)))


def send_conflict(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """Another unit's table in this unit's folder, of the same line or another."""
    others = [one for one in desk.notice.recipients if one.line and one.code != desk.code]
    if not others:
        return
    other = desk.rng.choice(others)
    maker, form = RowMaker(desk.notice, obligation.deliverable, other, desk.rng), choose_form(desk.rng)
    table = make_table(maker, make_rows(desk, maker, obligation, rows, form), form, desk.rng, unit=other.name)
    arrived_at = moment_in(desk, obligation)
    path = desk.place(desk.name_file(obligation.deliverable, arrived_at), table.suffix, arrived_at)
    end = End(
        path,
        arrived_at,
        "rejected",
        desk.code,
        table.deliverable,
        "recipient_conflict",
        content=digest(table.content),
    )
    yield Parcel(path, table.content, arrived_at, (end,))


def send_loose(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """A file beside the units' folders, whose name starts with the unit's."""
    table, _ = draft_table(desk, obligation, rows)
    word = desk.notice.deliverables[obligation.deliverable].file_words[0]
    arrived_at = moment_in(desk, obligation)
    path = desk.take(f"{desk.unit.source.path}/{desk.unit.recipient.name}{word}{table.suffix}")
    yield Parcel(path, table.content, arrived_at, (end_table(desk, table, path, arrived_at),))


def send_two_sheets(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """Two sheets with data, each with a header of its own; a fault in the second."""
    maker, found, grids = RowMaker(desk.notice, obligation.deliverable, desk.unit.recipient, desk.rng), [], []
    for name in ("1", "2"):
        maker.choose_columns()
        part = make_rows(desk, maker, obligation, rows, "xlsx")
        if name == "2":
            maker.spoil(part[0], "missing_required")
        grids.append(Grid(name, lay_out(maker, part, desk.rng).rows))
        found += part
    table = Table(write_table(grids, "xlsx"), ".xlsx", tuple(row.reason for row in found), maker.deliverable)
    yield send_plain(desk, table, obligation)


def send_other_suffix(desk: Desk, obligation: Obligation, rows: int) -> Iterator[Parcel]:
    """Formats go by content: a workbook called .csv, and a text called .xlsx."""
    for form, suffix in (("xlsx", ".csv"), ("csv_gb", ".xlsx")):
        table, _ = draft_table(desk, obligation, rows, form=form)
        yield send_plain(desk, Table(table.content, suffix, table.reasons, table.deliverable), obligation)


def draft_table(
    desk: Desk, obligation: Obligation, rows: int, *, reason: str | None = None, form: str | None = None
) -> tuple[Table, bool]:
    """A table with all columns, and whether its last row could be given a fault of this reason."""
    maker, form = (
        RowMaker(desk.notice, obligation.deliverable, desk.unit.recipient, desk.rng),
        form or choose_form(desk.rng),
    )
    found = make_rows(desk, maker, obligation, rows, form)
    spoiled = maker.spoil(found[-1], reason) if reason else False
    return make_table(maker, found, form, desk.rng), spoiled


def make_rows(desk: Desk, maker: RowMaker, obligation: Obligation, rows: int, form: str) -> list[Row]:
    """Valid rows: several of materials, one of anything else."""
    first, last = period_days(desk, obligation)
    event = event_moment(desk, obligation)
    count = max(rows, 1) if maker.item.kind == "materials" else 1
    return [
        maker.make_row(event or draw_day(first, last, desk.rng), desk.next_number(), typed=is_typed(form))
        for _ in range(count)
    ]


def send_plain(
    desk: Desk, table: Table, obligation: Obligation, *, arrived_at: datetime | None = None
) -> Parcel:
    """The table in the unit's folder, as it is."""
    arrived_at = arrived_at or moment_in(desk, obligation)
    path = desk.place(desk.name_file(obligation.deliverable, arrived_at), table.suffix, arrived_at)
    return Parcel(path, table.content, arrived_at, (end_table(desk, table, path, arrived_at),))


def moment_in(desk: Desk, obligation: Obligation) -> datetime:
    """Some moment around a period's end."""
    moment = obligation.due_at - timedelta(seconds=desk.rng.randrange(-43200, 43200))
    return desk.arrive(max(moment, event_moment(desk, obligation) or moment))
