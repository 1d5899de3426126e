"""Files in folders that are nobody's: tables without an owner, and pictures that stay attachments of nobody."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random

from pipelines.notice.kinds import KINDS
from pipelines.notice.model import Notice
from pipelines.notice.obligations import Obligation
from pipelines.sample.incidents import make_rows, moment_in
from pipelines.sample.parcels import End, Parcel, digest
from pipelines.sample.photos import write_photo
from pipelines.sample.phrases import load_phrases
from pipelines.sample.rows import RowMaker
from pipelines.sample.tables import choose_form, make_table
from pipelines.sample.units import Desk, Unit


def send_from_strangers(
    notice: Notice,
    units: Sequence[Unit],
    seed: int,
    owed: dict[str, list[Obligation]],
    opens_at: datetime,
    now: datetime,
) -> Iterator[Parcel]:
    """For each strange folder a table and a photograph; neither says whose it is."""
    for stranger, unit in zip(load_phrases().strangers, units, strict=False):
        rng = Random(f"{seed}/stranger/{stranger}")
        desk = Desk(notice, unit, rng, opens_at, now)
        tables = [
            one
            for one in owed.get(unit.recipient.code, ())
            if KINDS[notice.deliverables[one.deliverable].kind].is_table
        ]
        folder = f"{unit.source.path}/{stranger}"
        if tables:
            yield _send_table(desk, rng.choice(tables), folder, stranger)
        moment = desk.arrive(opens_at)
        content = write_photo(f"{stranger}/{seed}")
        path = f"{folder}/{load_phrases().photo}.jpg"
        yield Parcel(path, content, moment, (End(path, moment, "attachment", content=digest(content)),))


def _send_table(desk: Desk, obligation: Obligation, folder: str, stranger: str) -> Parcel:
    maker, form = (
        RowMaker(desk.notice, obligation.deliverable, desk.unit.recipient, desk.rng),
        choose_form(desk.rng),
    )
    found = make_rows(desk, maker, obligation, 2, form)
    for row in found:
        if "unit_name" in row.cells:
            row.cells["unit_name"] = stranger
    table = make_table(maker, found, form, desk.rng)
    arrived_at = moment_in(desk, obligation)
    path = f"{folder}/{desk.notice.deliverables[obligation.deliverable].file_words[0]}{table.suffix}"
    end = End(
        path,
        arrived_at,
        "rejected",
        "",
        obligation.deliverable,
        "unknown_recipient",
        content=digest(table.content),
    )
    return Parcel(path, table.content, arrived_at, (end,))
