"""A whole month, day by day, with a real mail server: exactly the mails that the truth implies, none twice, none in vain."""

import csv
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines import cycle
from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.remind import remind
from pipelines.sample import write_sample
from pipelines.send.outbox import Outbox
from pipelines.send.records import State
from pipelines.send.sender import send_due
from tests.conftest import World
from tests.marts.recomputation import Recomputation
from tests.remind.truth import Debt, Line, Slot, Truth, Unit
from tests.send.post_office import PostOffice

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
HOURS = (10, 18)
"""Of each day at whose fifth minute everything is collected, reminded and sent."""


@dataclass
class Month:
    """What a month of mail came to, and what it should have."""

    expected: set[Slot]
    sent: list[Slot]
    states: Counter[State]
    ids: list[str]
    in_vain: list[Slot]
    """Mails to a unit about something that the truth says it had reported."""


def steps(notice: Notice) -> Iterator[datetime]:
    day = notice.opens
    while day <= notice.closes:
        yield from (datetime(day.year, day.month, day.day, hour, 5) for hour in HOURS)
        day += timedelta(1)


def play(notice: Notice, inbox: Path, listed: Path, work: Path) -> Month:
    """Lets a month pass. `listed` is the true list of all files."""
    home, here, files = Home(work / "home"), work / "inbox", _arrivals(notice, inbox)
    units = {one.code: Unit(one.code, one.kind, one.city_code) for one in notice.recipients}
    truth, in_vain = Truth(units), []
    assert notice.mail
    mail = notice.mail.model_copy(update={"per_minute": 1_000_000, "per_day": 1_000_000})
    notice = notice.model_copy(update={"mail": mail})
    with PostOffice() as office, Outbox(home.mail) as outbox:
        server = Connection(
            "smtp_default",
            host="127.0.0.1",
            port=office.port,
            extra={"disable_ssl": True, "disable_tls": True},
        )
        for source in notice.sources:
            (here / str(source.path)).mkdir(parents=True)
        for now in steps(notice):
            while files and files[0][0] <= now:
                _, path = files.pop(0)
                target = here / path.relative_to(inbox)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
            cycle.run(home, notice, here, now)
            done = remind(home, notice, now)
            send_due(outbox, notice, lambda moment=now: moment, server, home.eml)
            with duckdb.connect(home.published, read_only=True) as snapshot:
                facts = Recomputation(snapshot, notice.id)
                debts, reachable = _debts(facts, now), _reachable(facts, now)
                known = _known(snapshot, notice)
            owing = {debt.unit for debt in debts}
            in_vain += [
                (one.purpose, one.recipient, one.what)
                for one in done.queued
                if one.purpose == "reminder" and one.recipient not in owing
            ]
            truth.step(now, debts, reachable, _lines(listed, known))
        rows = outbox.rows()
        ids = office.ids
    paths = {key: path for key, (path, _) in known.items()}
    sent = [
        (
            row.purpose,
            row.recipient,
            paths[row.what] if row.purpose == "return" else row.what.partition(" ")[0],
        )
        for row in rows
        if row.state is State.sent
    ]
    return Month(truth.slots, sent, Counter(row.state for row in rows), ids, in_vain)


def _arrivals(notice: Notice, inbox: Path) -> list[tuple[datetime, Path]]:
    """Every file of a world with its moment, in order."""
    found = [Path(folder) / name for folder, _, names in os.walk(inbox) for name in names]
    moments = ((path.lstat().st_mtime, path) for path in found)
    return sorted(
        (datetime.fromtimestamp(moment, notice.zone).replace(tzinfo=None), path) for moment, path in moments
    )


def _debts(facts: Recomputation, now: datetime) -> list[Debt]:
    return [
        Debt(one["recipient_code"], one["deliverable"], one["period"], one["due_at"].to_pydatetime())
        for one in facts.obligations(pd.Timestamp(now))
        if one["status"] in ("missing", "pending")
    ]


def _reachable(facts: Recomputation, now: datetime) -> set[str]:
    """Whoever has a plan that counts: plans name an address, the roster names none."""
    current = facts.current(pd.Timestamp(now))
    return set(current[current.kind == "plan"].recipient_code)


def _known(snapshot: duckdb.DuckDBPyConnection, notice: Notice) -> dict[str, tuple[str, datetime]]:
    """Path and moment of the scan of every submission."""
    rows = snapshot.execute(
        "SELECT submission_id, submissions.path, scanned_at FROM raw.submissions JOIN raw.receipts USING (receipt_id) "
        "WHERE submissions.notice_id = $1",
        [notice.id],
    ).fetchall()
    return {one: (path, moment) for one, path, moment in rows}


def _lines(listed: Path, known: dict[str, tuple[str, datetime]]) -> list[Line]:
    """The true list, as far as it is known; a form answer goes by its number, as the shared worlds write it."""
    scanned: dict[str, list[datetime]] = {}
    for path, moment in known.values():
        scanned.setdefault(_place(path), []).append(moment)
    found = []
    with listed.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            number = row.get("event") or ""
            is_answer = bool(number) and "/" not in row["path"]
            place = f"#{number}" if is_answer else _place(row["path"])
            if row["recipient"] and scanned.get(place):
                found.append(Line(row["recipient"], place, row["state"], scanned[place].pop(0)))
    return found


def _place(path: str) -> str:
    """What stands for a file in both lists: its path, or the number of a form answer."""
    return f"#{path.rpartition('#')[2]}" if path.endswith(tuple("0123456789")) and "#" in path else path


def assert_exact(month: Month) -> None:
    sent = Counter(
        (purpose, recipient, _place(what) if purpose == "return" else what)
        for purpose, recipient, what in month.sent
    )
    assert sorted(month.expected - set(sent)) == [], "owed and not sent"
    assert sorted(set(sent) - month.expected) == [], "sent and not owed"
    assert [slot for slot, count in sent.items() if count > 1] == [], "sent twice"
    assert [one for one, count in Counter(month.ids).items() if count > 1] == [], "arrived twice"
    assert len(month.ids) == len(month.sent)
    assert set(month.states) <= {State.sent, State.cancelled}
    assert month.in_vain == []
    purposes = Counter(purpose for purpose, _, _ in sent)
    assert all(purposes[one] for one in ("reminder", "digest", "escalation", "return", "acknowledgement")), (
        purposes
    )


def test_a_generated_month(notice: Notice, tmp_path: Path) -> None:
    made = write_sample(notice, tmp_path, seed=11, recipients=24, rows=3)
    assert_exact(play(notice, made.inbox, tmp_path / "expected-files.csv", tmp_path / "work"))


def test_a_shared_month(worlds: list[World], notice: Notice, tmp_path: Path) -> None:
    world = worlds[0]
    assert_exact(play(notice, world.inbox, world.truth / "files.csv", tmp_path / "work"))
