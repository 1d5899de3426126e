"""A month at irregular moments, with a real mail server: who gets a mail when, and every count and date in it.

Nobody gets more than one a day, nobody who complied is reminded, and all that a mail says is what was true when it left.
"""

import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from pipelines import cycle
from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from pipelines.remind import deliver, remind
from pipelines.sample import write_sample
from tests.conftest import NOTICE_ID, World
from tests.marts.recomputation import Recomputation
from tests.remind.truth import Debt, Expected, News, Reader, Said, Schedule, Truth, Unit
from tests.send.post_office import PostOffice

SECOND = "nx-canteen-safety-2020"
STAFF = "data_staff"
ONCE = [(-2, time(9)), (0, time(15)), (1, time(9)), (3, time(9))]
DAILY = [(0, time(16)), (1, time(9))]
WEEKLY = [(0, time(8)), (1, time(9))]
FIRST = Schedule(
    {"plan": ONCE, "summary": ONCE, "statistics": ONCE, "materials": DAILY},
    ("city_education_bureau", "higher_vocational_college", [(1, time(10))]),
    [(4, time(9))],
    2,
    time(18),
)
OTHER = Schedule(
    {"weekly_table": WEEKLY, "monthly_table": WEEKLY, "summary": WEEKLY},
    None,
    [(2, time(9))],
    1,
    time(17, 30),
)
SECTION = {
    "at": ["0d 08:00", "+1d 09:00"],
    "escalation": {"to": STAFF, "after": 1, "at": "+2d 09:00"},
    "acknowledgements": {"at": "17:30"},
}
MAIL = {
    "from": {"name": "专班", "address": "notices@example.org"},
    "lists": {STAFF: ["staff@example.org"]},
    "quiet_hours": {"begin": "22:00", "end": "07:00"},
}
GAPS = (timedelta(hours=1), timedelta(hours=3), timedelta(hours=7), timedelta(hours=11), timedelta(hours=20),
        timedelta(hours=30), timedelta(hours=75))  # fmt: skip


def second_notice() -> Notice:
    """The other notice, with mail: every unit but one has an address in the roster."""
    bare = load_notice(SECOND)
    dumped = bare.model_dump(by_alias=True)
    units = [
        one.model_copy(update={"email": f"{one.code.lower()}@example.org" if place else None})
        for place, one in enumerate(bare.recipients)
    ]
    return Notice.model_validate(dumped | {"recipients": units, "mail": MAIL, "remind": SECTION})


def moments(notice: Notice, seed: int, count: int) -> list[datetime]:
    """Irregular ones from the notice's first day on: hours apart, days apart, in the night, twice in a minute."""
    rng, now = random.Random(seed), datetime.combine(notice.opens, time(8))
    last = datetime.combine(notice.closes, time(12))
    share = (last - now) / (count * timedelta(hours=18))
    found: list[datetime] = []
    while now < last and len(found) < count:
        found.append(now)
        if rng.random() < 0.1:
            found.append(now + timedelta(seconds=40))
        now += rng.choice(GAPS) * max(share, 0.7) + timedelta(
            minutes=rng.randrange(60), seconds=rng.randrange(60)
        )
        now = now.replace(microsecond=0)
    return found


@dataclass
class Month:
    """What was compared, and what differed."""

    mails: int = 0
    differences: list[str] = field(default_factory=list)
    purposes: Counter[str] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)

    def compare(self, what: str, found: object, expected: object) -> None:
        if found != expected:
            self.differences.append(f"{what}: {found!r}, expected {expected!r}")


def play(notice: Notice, schedule: Schedule, steps: list[datetime], inbox: Path, work: Path) -> Month:
    """Lets a month pass: at each moment what had come by then is collected, and mail is made and sent."""
    home, here, files = Home(work / "home"), work / "inbox", _arrivals(notice, inbox)
    month, reader = Month(), Reader(_periods(notice))
    truth = Truth(
        {one.code: Unit(one.code, one.kind, one.city_code, one.line) for one in notice.recipients}, schedule
    )
    assert notice.mail
    fast = notice.mail.model_copy(update={"per_minute": 1_000_000, "per_day": 1_000_000})
    notice = notice.model_copy(update={"mail": fast})
    for source in notice.sources:
        (here / str(source.path)).mkdir(parents=True)
    with PostOffice() as office:
        extra = {"disable_ssl": True, "disable_tls": True}
        server = Connection("smtp_default", host="127.0.0.1", port=office.port, extra=extra)
        for now in steps:
            while files and files[0][0] <= now:
                _, path = files.pop(0)
                target = here / path.relative_to(inbox)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
            cycle.run(home, notice, here, now)
            before = len(office.messages)
            remind(home, notice, now)
            deliver(home, notice, lambda moment=now: moment, server)
            sent = office.messages[before:]
            _check_step(home, notice, now, truth, reader, sent, month)
        month.ids = office.ids
    return month


def _check_step(
    home: Home,
    notice: Notice,
    now: datetime,
    truth: Truth,
    reader: Reader,
    sent: list[EmailMessage],
    month: Month,
) -> None:
    with duckdb.connect(home.published, read_only=True) as snapshot:
        facts = Recomputation(snapshot, notice.id)
        debts, reachable = _debts(facts, now), _reachable(notice, facts, now)
        news, collected = _news(snapshot, notice), _collected(snapshot, notice)
    expected = truth.step(now, debts, reachable, news, collected)
    call = truth.call(reachable, STAFF)
    by_unit = {_unit_of(notice, one): one for one in sent}
    month.compare(f"{now} mails to one reader", len(by_unit), len(sent))
    month.compare(f"{now} readers", sorted(by_unit), sorted([*expected, *([STAFF] if call else [])]))
    for code, message in by_unit.items():
        month.mails += 1
        month.purposes[str(message["X-Notices"]).split()[1]] += 1
        text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")  # type: ignore[union-attr]
        if code in expected:
            city = expected[code].city
            said = f"有 {len({unit for unit, _, _ in city})} 个单位共 {len(city)} 项应报"
            month.compare(f"{now} {code} city", said in text, bool(city))
            owed = expected[code].missing | expected[code].soon | expected[code].later
            said = reader.read(str(message["Subject"]), text, now.date(), owed)
            _compare(f"{now} {code}", said, expected[code], now, month)
        elif call:
            silent, alone, known = call
            for debts_named, word in ((silent, "已催报"), (alone, "没有可用的邮箱")):
                units = len({one.unit for one in debts_named})
                said = f"以下 {units} 个单位共 {len(debts_named)} 项，{word}"
                month.compare(f"{now} {code} {word}", said in text, bool(debts_named))
            month.compare(f"{now} {code} known", f"另有 {known} 项" in text, bool(known))


def _compare(what: str, said: Said, expected: Expected, now: datetime, month: Month) -> None:
    for name in ("missing", "soon", "later", "unverified"):
        month.compare(f"{what} {name}", getattr(said, name), getattr(expected, name))
    month.compare(f"{what} news", said.news, len(expected.news))
    if expected.news:
        days = tuple(one.received_at.date().isoformat() for one in (expected.news[0], expected.news[-1]))
        month.compare(f"{what} days", said.days, days)
    returned = sum(one.state in ("rejected", "partly accepted") for one in expected.news)
    counts = {"请补报": len(expected.missing), "收到": len(expected.news), "退回": returned}
    month.compare(f"{what} counts", {one: said.counts.get(one, 0) for one in counts}, counts)
    both = said.counts.get("今日截止", 0) + said.counts.get("将截止", 0)
    month.compare(f"{what} soon in the subject", both, len(expected.soon))


def _unit_of(notice: Notice, message: EmailMessage) -> str:
    """By the name in the To header; a list's member has none."""
    name = message["To"].addresses[0].display_name
    return next((one.code for one in notice.recipients if one.name == name), STAFF)


def _periods(notice: Notice) -> dict[str, list[date]]:
    return {
        item.name: [one.first_day for one in item.periods.periods() if one.first_day]
        for item in notice.deliverables.values()
    }


def _arrivals(notice: Notice, inbox: Path) -> list[tuple[datetime, Path]]:
    """Every file of a world with its moment, in order."""
    found = [Path(folder) / name for folder, _, names in os.walk(inbox) for name in names]
    stamps = ((path.lstat().st_mtime, path) for path in found)
    return sorted(
        (datetime.fromtimestamp(stamp, notice.zone).replace(tzinfo=None), path) for stamp, path in stamps
    )


def _debts(facts: Recomputation, now: datetime) -> list[Debt]:
    return [
        Debt(
            one["recipient_code"],
            one["deliverable"],
            facts.deliverables[one["deliverable"]]["deliverable_name"],
            one["period"],
            one["due_at"].to_pydatetime(),
        )
        for one in facts.obligations(pd.Timestamp(now))
        if one["status"] in ("missing", "pending")
    ]


def _reachable(notice: Notice, facts: Recomputation, now: datetime) -> set[str]:
    """Whoever has a plan that counts, or an address in the roster."""
    current = facts.current(pd.Timestamp(now))
    return {
        *current[current.kind == "plan"].recipient_code,
        *(one.code for one in notice.recipients if one.email),
    }


def _news(snapshot: Any, notice: Notice) -> list[News]:
    rows = snapshot.execute(
        "SELECT s.recipient_code, s.submission_id, s.state, s.received_at, greatest(s.received_at, r.scanned_at) "
        "FROM core.submissions AS s JOIN raw.receipts AS r USING (notice_id, receipt_id) "
        "WHERE s.notice_id = $1 AND s.recipient_code IS NOT NULL",
        [notice.id],
    ).fetchall()
    return [News(*row) for row in rows]


def _collected(snapshot: Any, notice: Notice) -> dict[str, datetime]:
    scans = dict(
        snapshot.execute(
            "SELECT source, scanned_at FROM raw.scans WHERE notice_id = $1", [notice.id]
        ).fetchall()
    )
    return {line: min(scans[one.id] for one in notice.sources if one.line == line) for line in notice.lines}


def assert_exact(month: Month, least: int) -> None:
    assert month.differences == []
    assert [one for one, count in Counter(month.ids).items() if count > 1] == [], "arrived twice"
    assert month.mails == len(month.ids)
    assert month.mails >= least, "or little was compared"
    print(f"{month.mails} mails compared: {dict(month.purposes)}")


def worlds_of(tmp_path: Path, size: int, seed: int, steps: int) -> Iterator[tuple[Notice, Month]]:
    for notice, schedule in ((load_notice(NOTICE_ID), FIRST), (second_notice(), OTHER)):
        folder = tmp_path / notice.id
        made = write_sample(notice, folder, seed=seed, recipients=size, rows=1)
        yield notice, play(notice, schedule, moments(notice, seed, steps), made.inbox, folder / "work")


@pytest.mark.slow
def test_some_irregular_moments_of_the_first_notice(tmp_path: Path) -> None:
    _, month = next(worlds_of(tmp_path, size=8, seed=5, steps=7))
    assert_exact(month, least=10)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_whole_months_of_both_notices(tmp_path: Path, seed: int) -> None:
    for notice, month in worlds_of(tmp_path, size=24, seed=seed, steps=70):
        assert_exact(month, least=70 if notice.id == NOTICE_ID else 20)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_shared_month(worlds: list[World], notice: Notice, tmp_path: Path) -> None:
    steps = moments(notice, 3, 70)
    assert_exact(play(notice, FIRST, steps, worlds[0].inbox, tmp_path / "work"), least=100)
