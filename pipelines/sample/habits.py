"""How units lay out tables in their own way, and what the contract makes of it: two-row headers, merged cells, county rows.

Each is sent at least once in a sample by a unit that owes a table of the kind.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pipelines.notice.obligations import Obligation
from pipelines.sample.cells import draw_count, draw_day
from pipelines.sample.grids import Cell, Grid, write_table
from pipelines.sample.parcels import Parcel
from pipelines.sample.phrases import load_phrases
from pipelines.sample.rows import Row, RowMaker
from pipelines.sample.story import event_moment, period_days
from pipelines.sample.tables import Table
from pipelines.sample.units import Desk
from pipelines.sample.workbooks import column_letters

Send = Callable[[Desk, Table, Obligation], Parcel]
Habit = Callable[[Desk, Obligation, Send], Iterator[Parcel]]


def send_two_row_header(desk: Desk, obligation: Obligation, send: Send) -> Iterator[Parcel]:
    """A group's title merged over its counts, the other headers merged over both rows."""
    maker, rows = _draft(desk, obligation, 2 if _is_materials(desk, obligation) else 1)
    maker.columns.sort(key=lambda name: maker.item.field(name).type == "count")
    counts = [at for at, name in enumerate(maker.columns) if maker.item.field(name).type == "count"]
    if len(counts) < 2:
        return
    headers = _headers(maker)
    top: list[Cell] = [None if at in counts[1:] else header for at, header in enumerate(headers)]
    top[counts[0]] = load_phrases().group
    low: list[Cell] = [header if at in counts else None for at, header in enumerate(headers)]
    merges = [f"{column_letters(counts[0])}1:{column_letters(counts[-1])}1"]
    merges += [f"{column_letters(at)}1:{column_letters(at)}2" for at in range(counts[0])]
    yield send(desk, _table(maker, [top, low, *_body(maker, rows)], rows, merges=merges), obligation)


def send_merged_day(desk: Desk, obligation: Obligation, send: Send) -> Iterator[Parcel]:
    """One day, written once over three rows: merged in a workbook, else left blank below."""
    for form in ("xlsx", "csv_gb"):
        maker, rows = _draft(desk, obligation, 3, is_one_day=True)
        at = maker.columns.index("activity_date")
        body = _body(maker, rows)
        for line in body[1:]:
            line[at] = None
        merges = [f"{column_letters(at)}2:{column_letters(at)}4"] if form == "xlsx" else []
        yield send(desk, _table(maker, [_headers(maker), *body], rows, form=form, merges=merges), obligation)


def send_counties(desk: Desk, obligation: Obligation, send: Send, *, has_total: bool) -> Iterator[Parcel]:
    """A row a county and none of the unit's own: their total is the unit's, or their sum where no total stands below."""
    maker, rows = _draft(desk, obligation, min(3, _counties(desk)), is_one_day=True)
    if len(rows) < 2 or "unit_name" not in maker.columns:
        return
    counts = [name for name in maker.columns if maker.item.field(name).type == "count"]
    if (
        not all(map(maker.item.is_count, counts))
        or maker.item.row_checks
        or set(maker.item.open_columns) - set(counts)
    ):
        return
    for row, county in zip(rows, maker.counties, strict=False):
        row.cells |= {"unit_name": county} | {name: draw_count(desk.rng) for name in counts}
    body = _body(maker, rows)
    if has_total:
        total: dict[str, Cell] = {"unit_name": desk.notice.words.totals[0]}
        total |= {name: sum(int(str(row.cells[name])) for row in rows) for name in counts}
        dates = {name: rows[0].cells[name] for name in maker.columns if maker.item.field(name).type == "date"}
        body += _body(maker, [Row(total | dates | {"note": None})])
    yield send(desk, _table(maker, [_headers(maker), *body], rows[:1]), obligation)


def send_anothers_row(desk: Desk, obligation: Obligation, send: Send) -> Iterator[Parcel]:
    """Below the unit's own row stands another recipient's: that one goes back."""
    others = [one for one in desk.notice.recipients if one.line and one.code != desk.code]
    maker, rows = _draft(desk, obligation, 2, is_one_day=True)
    if not others or "unit_name" not in maker.columns:
        return
    rows[1].cells["unit_name"] = desk.rng.choice(others).name
    rows[1].faults.add("other_unit")
    yield send(desk, _table(maker, [_headers(maker), *_body(maker, rows)], rows), obligation)


def send_two_own_rows(desk: Desk, obligation: Obligation, send: Send) -> Iterator[Parcel]:
    """Two rows of the unit's own for one period, with other numbers: nobody can tell which counts."""
    maker, rows = _draft(desk, obligation, 2, is_one_day=True)
    name = next(filter(maker.item.is_count, maker.columns), None)
    if name is None or "unit_name" not in maker.columns:
        return
    for number, row in enumerate(rows):
        row.cells[name] = 100 + number
        row.faults.add("repeated_row")
    yield send(desk, _table(maker, [_headers(maker), *_body(maker, rows)], rows), obligation)


def send_cell_error(desk: Desk, obligation: Obligation, send: Send) -> Iterator[Parcel]:
    """A formula that went wrong, as a spreadsheet shows it."""
    maker, rows = _draft(desk, obligation, 2 if _is_materials(desk, obligation) else 1)
    name = next(filter(maker.item.is_count, maker.columns), None)
    if name is None:
        return
    rows[-1].cells[name] = "#REF!"
    rows[-1].faults.add("cell_error")
    table = _table(maker, [_headers(maker), *_body(maker, rows)], rows, form="csv")
    yield send(desk, table, obligation)


def send_slipped_row(desk: Desk, obligation: Obligation, send: Send) -> Iterator[Parcel]:
    """A comma inside a cell that nobody quoted: the record has a cell too many."""
    maker, rows = _draft(desk, obligation, 2)
    rows[-1].faults.add("misaligned_row")
    body = _body(maker, rows)
    body[-1].append(load_phrases().note)
    yield send(desk, _table(maker, [_headers(maker), *body], rows, form="csv"), obligation)


def send_doubtful_zero(desk: Desk, obligation: Obligation, send: Send) -> Iterator[Parcel]:
    """No activity by the title, and people who came to it: it cannot be told."""
    maker, rows = _draft(desk, obligation, 2)
    name = next(filter(maker.item.is_count, maker.columns), None)
    if name is None or "title" not in maker.columns:
        return
    rows[-1].cells |= {"title": desk.notice.words.zero_report[0], name: 30}
    rows[-1].faults.add("ambiguous_value")
    yield send(desk, _table(maker, [_headers(maker), *_body(maker, rows)], rows), obligation)


HABITS: dict[str, tuple[Habit, ...]] = {
    "materials": (
        send_two_row_header, send_merged_day, send_cell_error, send_slipped_row, send_doubtful_zero,
    ),
    "list": (send_cell_error, send_slipped_row),
    "statistics": (
        send_two_row_header, partial(send_counties, has_total=True), partial(send_counties, has_total=False),
        send_anothers_row, send_two_own_rows, send_cell_error,
    ),
}  # fmt: skip
"""By the kind of a deliverable."""


def _is_materials(desk: Desk, obligation: Obligation) -> bool:
    return desk.notice.deliverables[obligation.deliverable].kind == "materials"


def _counties(desk: Desk) -> int:
    city = desk.unit.recipient.city_code
    return sum(one.level == "county" and one.parent_code == city for one in desk.notice.regions)


def _draft(
    desk: Desk, obligation: Obligation, count: int, *, is_one_day: bool = False
) -> tuple[RowMaker, list[Row]]:
    maker = RowMaker(desk.notice, obligation.deliverable, desk.unit.recipient, desk.rng)
    first, last = period_days(desk, obligation)
    event = event_moment(desk, obligation)
    day = event or draw_day(first, last, desk.rng)
    days = [day if is_one_day or event else draw_day(first, last, desk.rng) for _ in range(count)]
    return maker, [maker.make_row(one, desk.next_number(), typed=False) for one in days]


def _headers(maker: RowMaker) -> list[Cell]:
    return [maker.item.columns[name].headers[0] for name in maker.columns]


def _body(maker: RowMaker, rows: Sequence[Row]) -> list[list[Cell]]:
    return [[row.cells.get(name) for name in maker.columns] for row in rows]


def _table(
    maker: RowMaker,
    lines: list[list[Cell]],
    rows: Sequence[Row],
    *,
    form: str = "xlsx",
    merges: Sequence[str] = (),
) -> Table:
    content = write_table([Grid("Sheet1", lines, merges=tuple(merges))], form)
    suffix = ".xlsx" if form == "xlsx" else ".csv"
    return Table(content, suffix, tuple(row.reason for row in rows), maker.deliverable)
