"""Alarms on the pages: the band on top of each, and the first queue of the desk. They are of now, whatever moment a page shows."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.alarms.journal import read_alarms
from pipelines.alarms.record import ALL_OF_THE_HOME, Alarm
from pipelines.board.desk import Entry, Offer, Queue
from pipelines.decide.journal import read_decisions
from pipelines.ground.errors import KeptFault
from pipelines.ground.home import Home
from pipelines.notice.model import Notice

SHOWN = 3
"""So many stand in the band; the desk lists all."""
LATE = timedelta(minutes=30)
"""Alarms are looked for every ten minutes: after so long nobody does."""


@dataclass(frozen=True)
class Standing:
    """One alarm as a page shows it; `since` is naive, in the notice's zone."""

    alarm: Alarm
    since: datetime


@dataclass(frozen=True)
class Band:
    """What stands on top of a notice's pages; false where there is nothing to say."""

    alarms: tuple[Standing, ...]
    fault: str = ""
    """Why alarms cannot be relied upon, in a sentence."""

    def __bool__(self) -> bool:
        return bool(self.alarms or self.fault)

    @property
    def shown(self) -> tuple[Standing, ...]:
        return self.alarms[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.alarms) - len(self.shown)

    @property
    def stamp(self) -> str:
        """Tells one band from the next; '' for none."""
        said = "\n".join([*(f"{one.alarm.id} {one.alarm.sentence}" for one in self.alarms), self.fault])
        return f"-{hashlib.sha256(said.encode()).hexdigest()[:12]}" if self else ""

    @property
    def queue(self) -> list[Queue]:
        """For the desk: nothing where there is none."""
        entries = [
            Entry(
                one.alarm.entry_id,
                one.alarm.name,
                f"{one.alarm.sentence}。怎么办：{one.alarm.remedy}",
                one.since,
                offers=(Offer("settle", {"subject": one.alarm.entry_id}),),
            )
            for one in self.alarms
        ]
        return [Queue("告警", entries)] if entries else []


def find_band(home: Home, notice: Notice, now: datetime) -> Band:
    """The notice's alarms and the home's that nobody has taken in hand; `now` is naive, in the notice's zone."""
    try:
        found, looked_at = read_alarms(home, (notice.id, ALL_OF_THE_HOME))
    except KeptFault as error:
        return Band((), str(error))
    if found:
        settled = read_decisions(home, notice.id).settled(datetime.max)
        found = [one for one in found if one.entry_id not in settled and not one.settled_by]
    standing = tuple(Standing(one, notice.local(one.raised_at)) for one in found)
    return Band(standing, _say_silence(notice, looked_at, now))


def _say_silence(notice: Notice, looked_at: datetime | None, now: datetime) -> str:
    if looked_at is None or now - notice.local(looked_at) <= LATE:
        return ""
    return f"告警从 {notice.local(looked_at):%m-%d %H:%M} 起没有查过：请看流程“告警”（alarms）是否暂停或失败"


def count_alarms(home: Home) -> tuple[Counter[str], Band]:
    """How many stand, by notice (those of the home under ''), and a band where that cannot be told."""
    try:
        found = read_alarms(home)[0]
    except KeptFault as error:
        return Counter(), Band((), str(error))
    return Counter(one.notice_id for one in found if not one.settled_by), Band(())
