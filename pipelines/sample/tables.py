"""A table as a unit sends it: rows laid out in a format, packed or not, with the end it must come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from pipelines.sample.grids import SUFFIXES, TYPED, write_table
from pipelines.sample.layout import add_side_sheets, lay_out
from pipelines.sample.parcels import End, Parcel, digest, judge_rows
from pipelines.sample.photos import write_photo
from pipelines.sample.phrases import load_phrases
from pipelines.sample.rows import Row, RowMaker
from pipelines.sample.units import Desk
from pipelines.sample.zips import pack_zip

FORMS = {
    "xlsx": 10, "csv": 2, "csv_bom": 2, "csv_gb": 2, "csv_utf16": 1, "tsv": 1, "docx": 2, "html_as_xls": 2,
    "et": 1, "xlsx_as_xls": 1,
}  # fmt: skip
"""How often each format comes."""
ZIP_SHARE = 0.1


@dataclass(frozen=True)
class Table:
    """A table's bytes, its suffix, and the reason of each of its rows (None where valid)."""

    content: bytes
    suffix: str
    reasons: tuple[str | None, ...]
    deliverable: str


def choose_form(rng: Random) -> str:
    return rng.choices(list(FORMS), weights=list(FORMS.values()))[0]


def is_typed(form: str) -> bool:
    return form in TYPED


def make_table(
    maker: RowMaker, rows: Sequence[Row], form: str, rng: Random, *, unit: str | None = None
) -> Table:
    grid = lay_out(maker, rows, rng, unit=unit)
    content = write_table(add_side_sheets(maker.notice, grid, form, rng), form)
    return Table(content, SUFFIXES.get(form, ".csv"), tuple(row.reason for row in rows), maker.deliverable)


def send_table(desk: Desk, table: Table, stem: str, arrived_at: datetime) -> Parcel:
    """The table in the unit's folder, sometimes in an archive with a photograph."""
    if desk.rng.random() < ZIP_SHARE:
        return send_zip(desk, table, stem, arrived_at)
    path = desk.place(stem, table.suffix, arrived_at)
    return Parcel(path, table.content, arrived_at, (end_table(desk, table, path, arrived_at),))


def end_table(desk: Desk, table: Table, path: str, arrived_at: datetime) -> End:
    state, reason, rejected = judge_rows(table.reasons)
    return End(path, arrived_at, state, desk.code, table.deliverable, reason, rejected, digest(table.content))


def send_zip(desk: Desk, table: Table, stem: str, arrived_at: datetime) -> Parcel:
    """An archive, its names in UTF-8 or GBK, sometimes inside another, with a photograph and what systems leave behind."""
    rng, phrases = desk.rng, load_phrases()
    encoding = rng.choice(["utf-8", "gb18030"])
    photo = write_photo(f"{desk.code}/{desk.next_number()}")
    members = [(f"{stem}{table.suffix}", table.content), (f"{phrases.photo}/{phrases.photo}.jpg", photo)]
    junk = [("__MACOSX/._a", b"\0")] if rng.random() < 0.4 else []
    path = desk.place(stem, ".zip", arrived_at)
    content, inside = pack_zip([*members, *junk], encoding=encoding), path
    if rng.random() < 0.3:
        content, inside = (
            pack_zip([(f"{phrases.note}.zip", content)], encoding=encoding),
            f"{path}!{phrases.note}.zip",
        )
    ends = [
        end_table(desk, table, f"{inside}!{members[0][0]}", arrived_at),
        End(f"{inside}!{members[1][0]}", arrived_at, "attachment", desk.code, content=digest(photo)),
        *(End(f"{inside}!{name}", arrived_at, "ignored") for name, _ in junk),
    ]
    return Parcel(path, content, arrived_at, tuple(ends))
