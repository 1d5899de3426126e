"""write_sample: a whole inbox of a notice, with the truth about it."""

import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random

from pipelines.ground.errors import NoticesError
from pipelines.notice.model import Notice
from pipelines.notice.obligations import Obligation, expand_obligations, expand_open
from pipelines.notice.sources import FormExportSource
from pipelines.sample.events import draw_events
from pipelines.sample.forms import make_exports
from pipelines.sample.incidents import Incident, list_incidents
from pipelines.sample.parcels import Parcel, SampleSummary, summarise, write_truth
from pipelines.sample.story import tell_story
from pipelines.sample.strangers import send_from_strangers
from pipelines.sample.units import Desk, Unit, choose_recipients, make_units

MARK = ".sample"
"""Says that an inbox was made here and may be made anew."""


def write_sample(
    notice: Notice,
    to: Path,
    *,
    seed: int = 1,
    recipients: int | None = None,
    rows: int = 5,
    until: datetime | None = None,
) -> SampleSummary:
    """Writes `to/inbox`, `to/now.txt` and `to/expected-files.csv`; a sample made there before is replaced.

    The same arguments give the same bytes and modification times. `recipients` limits the units (None: all that owe
    something), `rows` is about how many rows a table of materials has, and what would arrive after `until` is left
    out. Raises NoticesError where `to/inbox` holds files that are no sample.
    """
    now = choose_now(notice)
    opens_at = datetime.combine(notice.opens, time(8))
    units, silent = make_units(notice, choose_recipients(notice, recipients), seed)
    latest = now - timedelta(seconds=1)
    parcels = list(_make_parcels(notice, units, seed, rows, opens_at, latest))
    if until is not None:
        now = min(now, notice.local(until))
        parcels = [parcel for parcel in parcels if parcel.arrived_at <= now]
    return deliver(notice, to, parcels, now, len(units), silent)


def choose_now(notice: Notice) -> datetime:
    """Midnight after the notice closes and its last moment is due."""
    due = [notice.local(one.due_at) for one in expand_obligations(notice)]
    last = max([datetime.combine(notice.closes, time()), *due])
    return datetime.combine(last.date() + timedelta(1), time())


def deliver(
    notice: Notice, to: Path, parcels: list[Parcel], now: datetime, units: int, silent: int
) -> SampleSummary:
    """Puts the parcels into the inbox with their moments; now.txt comes last, so it tells that all is there."""
    inbox = to / "inbox"
    if inbox.exists() and any(inbox.iterdir()):
        if not (to / MARK).exists():
            raise NoticesError(f"{inbox} 里已有文件，而且不是样例。请换一个文件夹，或先移走这些文件")
        shutil.rmtree(inbox)
    to.mkdir(parents=True, exist_ok=True)
    (to / "now.txt").unlink(missing_ok=True)
    (to / MARK).write_text(f"{notice.id}\n", "utf-8")
    for source in notice.sources:
        (inbox / source.path).mkdir(parents=True, exist_ok=True)
    for parcel in parcels:
        path = inbox / parcel.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(parcel.content)
        moment = parcel.arrived_at.replace(tzinfo=notice.zone)
        nanoseconds = int(moment.replace(microsecond=0).timestamp()) * 10**9 + moment.microsecond * 1000
        os.utime(path, ns=(nanoseconds, nanoseconds))
    summary = summarise(inbox, now, units, silent, parcels)
    write_truth(to / "expected-files.csv", summary.ends)
    (to / "now.txt").write_text(f"{now.isoformat()}\n", "utf-8")
    return summary


def _make_parcels(
    notice: Notice, units: Sequence[Unit], seed: int, rows: int, opens_at: datetime, latest: datetime
) -> Iterator[Parcel]:
    owed: dict[str, list[Obligation]] = {}
    for obligation in expand_obligations(notice):
        owed.setdefault(obligation.recipient_code, []).append(obligation)
    for offer in expand_open(notice):
        # Half of what may be sent is.
        if Random(f"{seed}/open/{offer.recipient_code}/{offer.deliverable}/{offer.period}").random() < 0.5:
            owed.setdefault(offer.recipient_code, []).append(offer)
    for unit in units:
        for event in draw_events(notice, unit.recipient, seed, latest):
            owed.setdefault(unit.recipient.code, []).append(event)
    befallen = _deal(list_incidents(notice), units, owed, Random(f"{seed}/incidents"))
    for unit in units:
        code = unit.recipient.code
        desk = Desk(notice, unit, Random(f"{seed}/desk/{code}"), opens_at, latest)
        yield from tell_story(desk, owed.get(code, []), rows)
        for incident in befallen.get(code, []):
            choices = [one for one in owed[code] if one.deliverable == incident.deliverable]
            yield from incident.make(desk, desk.rng.choice(choices), rows)
    yield from send_from_strangers(notice, units, seed, owed, opens_at, latest)
    for source in notice.sources:
        if isinstance(source, FormExportSource):
            yield from make_exports(notice, source, units, seed, rows, opens_at, latest)


def _deal(
    incidents: list[Incident], units: Sequence[Unit], owed: dict[str, list[Obligation]], rng: Random
) -> dict[str, list[Incident]]:
    """Each incident to the unit that has the fewest so far, of those that owe its deliverable."""
    found: dict[str, list[Incident]] = {}
    order = [unit.recipient.code for unit in units]
    rng.shuffle(order)
    for incident in incidents:
        able = [
            code
            for code in order
            if any(one.deliverable == incident.deliverable for one in owed.get(code, ()))
        ]
        if able:
            found.setdefault(min(able, key=lambda code: len(found.get(code, []))), []).append(incident)
    return found
