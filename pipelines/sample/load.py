"""write_load: many clean tables, for measuring how fast they are taken in."""

from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random

from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.sample.cells import draw_day
from pipelines.sample.layout import lay_out
from pipelines.sample.parcels import End, Parcel, SampleSummary, digest
from pipelines.sample.rows import RowMaker
from pipelines.sample.units import choose_recipients, make_units
from pipelines.sample.workbooks import write_workbook
from pipelines.sample.world import choose_now, deliver


def write_load(notice: Notice, to: Path, *, files: int, rows: int, seed: int = 1) -> SampleSummary:
    """Writes `files` xlsx files of `rows` valid rows each, as write_sample does, over all units and days in turn.

    They are tables of the notice's materials, or of its first table where it asks for none; no two titles are alike.
    """
    tables = [
        name
        for name, item in notice.deliverables.items()
        if KINDS[item.kind].is_table and item.within is None
    ]
    deliverable = next((name for name in tables if notice.deliverables[name].kind == "materials"), tables[0])
    item, now = notice.deliverables[deliverable], choose_now(notice)
    units, silent = make_units(notice, choose_recipients(notice, None), seed)
    units = [unit for unit in units if unit.recipient.kind in item.sent_by]
    periods, opens_at = item.periods.periods(), datetime.combine(notice.opens, time(8))
    parcels = []
    for number in range(files):
        unit, turn = units[number % len(units)], number // len(units)
        period, rng = periods[turn % len(periods)], Random(f"{seed}/load/{number}")
        maker = RowMaker(notice, deliverable, unit.recipient, rng)
        first, last = period.first_day or notice.opens, period.last_day or notice.closes
        found = [
            maker.make_row(draw_day(first, last, rng), number * rows + row, typed=True) for row in range(rows)
        ]
        content = write_workbook([("Sheet1", lay_out(maker, found, rng).rows, False)], level=1)
        moment = max(opens_at, notice.local(period.due_at) - timedelta(seconds=rng.randrange(1, 12 * 3600)))
        path = f"{unit.folder}/{item.file_words[0]}{turn + 1:04}.xlsx"
        end = End(path, moment, "accepted", unit.recipient.code, deliverable, content=digest(content))
        parcels.append(Parcel(path, content, moment, (end,)))
    return deliver(notice, to, parcels, now, len(units), silent)
