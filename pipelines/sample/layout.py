"""Rows -> a sheet as units lay it out: titles above, any header that the notice allows, totals and remarks below."""

from collections.abc import Sequence
from random import Random

from pipelines.notice.model import Notice
from pipelines.sample.grids import TYPED, Cell, Grid
from pipelines.sample.phrases import load_phrases
from pipelines.sample.rows import Row, RowMaker


def lay_out(maker: RowMaker, rows: Sequence[Row], rng: Random, *, unit: str | None = None) -> Grid:
    """A sheet of these rows. `unit` is what its 填报单位 line says; None leaves the line out."""
    notice, item, phrases = maker.notice, maker.item, load_phrases()
    above: list[list[Cell]] = [[f"{item.name}"]] if rng.random() < 0.7 else []
    if unit is not None:
        above.append([f"{rng.choice(notice.words.reporting_unit)}：{unit}"])
    is_numbered, has_note = rng.random() < 0.5, bool(item.ignored_headers) and rng.random() < 0.6
    head: list[Cell] = [notice.words.row_number[0]] if is_numbered else []
    head += [_write_header(notice, maker, name, rng) for name in maker.columns]
    head += [rng.choice(item.ignored_headers)] if has_note else []
    body: list[list[Cell]] = []
    for number, row in enumerate(rows, 1):
        cells: list[Cell] = [number] if is_numbered else []
        cells += [row.cells[name] for name in maker.columns]
        body.append([*cells, phrases.note] if has_note else cells)
        if rng.random() < 0.03:
            body.append([None] * len(head))
    if len(rows) > 1 and rng.random() < 0.2:
        body.append(_write_total(notice, maker, is_numbered, len(head), rng))
    if rng.random() < 0.2:
        body.append([phrases.remark])
    return Grid(rng.choice(phrases.sheet_names), [*above, head, *body], len(above))


def _write_header(notice: Notice, maker: RowMaker, name: str, rng: Random) -> str:
    """One of the headers of a column, sometimes with a unit in brackets or white space in it."""
    header = rng.choice(maker.item.columns[name].headers)
    roll = rng.random()
    if roll < 0.1 and maker.item.is_count(name) and not header.endswith(("）", ")")):
        return f"{header}（{rng.choice(notice.words.count_units)}）"
    if roll > 0.95:
        return f" {header[:2]}\n{header[2:]} "
    return header


def _write_total(notice: Notice, maker: RowMaker, is_numbered: bool, width: int, rng: Random) -> list[Cell]:
    """A row that sums others up: its word stands first, or first after the numbers."""
    word = rng.choice(notice.words.totals)
    row: list[Cell] = [None] * width
    row[int(is_numbered and rng.random() < 0.5)] = f"{word[0]} {word[1:]}" if rng.random() < 0.3 else word
    counts = [
        index
        for index, name in enumerate(maker.columns, int(is_numbered))
        if maker.item.field(name).type == "count"
    ]
    for index in counts:
        row[index] = row[index] or 999
    return row


def add_side_sheets(notice: Notice, grid: Grid, form: str, rng: Random) -> list[Grid]:
    """The sheet with others in front that are not to be read: instructions, and a hidden one of last time."""
    phrases, sheets = load_phrases(), [grid]
    if form in TYPED and rng.random() < 0.15:
        lines: list[list[Cell]] = [[line, phrases.note] for line in phrases.instructions]
        sheets.insert(0, Grid(f"填表{notice.words.instruction_sheets[0]}", lines))
    if form in TYPED and rng.random() < 0.1:
        sheets.insert(0, Grid(phrases.old_sheet, grid.rows, grid.above, is_hidden=True))
    return sheets
