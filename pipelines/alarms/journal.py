"""The journal of alarms: <home>/alarms/alarms.sqlite. Made from nothing else, kept for ever; a row is never removed.

Every change is on disk before its method returns, and each is safe to do again: whoever is killed between two of them
raises no alarm twice and loses none. Moments are kept in UTC, because some alarms belong to no notice.
"""

import fcntl
import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.alarms.record import KINDS, Alarm, Condition
from pipelines.ground.chain import require_kept
from pipelines.ground.durable import has_base, open_base
from pipelines.ground.errors import KeptFault, NoticesError, StoreFault
from pipelines.ground.home import Home
from pipelines.ground.lease import only_one
from pipelines.ground.settings import Settings

_SCHEMA = """
CREATE TABLE IF NOT EXISTS alarms (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    notice_id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, sentence TEXT NOT NULL,
    raised_at TEXT NOT NULL, gone_at TEXT, over_at TEXT, settled_by TEXT,
    is_raise_planned INTEGER NOT NULL DEFAULT 0, is_end_planned INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS alarms_standing ON alarms (notice_id, kind, subject) WHERE over_at IS NULL;
CREATE TABLE IF NOT EXISTS tellings (
    position INTEGER NOT NULL, event TEXT NOT NULL, channel TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    queued_at TEXT NOT NULL, not_before TEXT NOT NULL, changed_at TEXT NOT NULL, error TEXT,
    PRIMARY KEY (position, event, channel)
) STRICT;
CREATE TABLE IF NOT EXISTS failures (
    flow TEXT NOT NULL, run_id TEXT NOT NULL, task TEXT NOT NULL, sentence TEXT NOT NULL, failed_at TEXT NOT NULL,
    PRIMARY KEY (flow, run_id, task)
) STRICT;
CREATE TABLE IF NOT EXISTS looks (
    one INTEGER PRIMARY KEY CHECK (one = 1), began_at TEXT NOT NULL, looked_at TEXT NOT NULL
) STRICT;
"""
_COLUMNS = "position, notice_id, kind, subject, sentence, raised_at, gone_at, over_at, settled_by"
FILE = "alarms.sqlite"
log = logging.getLogger(__name__)


class AlarmsBusyError(NoticesError):
    """Another process is telling."""


class Alarms:
    """The journal of one home. Use it in a `with`; any number of processes may, one of them may tell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base = open_base(folder / FILE, _SCHEMA)

    def __enter__(self) -> "Alarms":
        return self

    def __exit__(self, *_: object) -> None:
        self.base.close()

    def state(self, condition: Condition, now: datetime) -> bool:
        """It is so: raised where it is new, known where it stands. Returns whether it is new."""
        with self.writing():
            return self._state(condition, now)

    def end(self, key: tuple[str, str, str], now: datetime) -> None:
        """It is not so any more; over once that has lasted (`take`)."""
        with self.writing():
            self._end(key, now)

    def take(
        self,
        found: Collection[Condition],
        looked: Callable[[Alarm], bool],
        settled: Callable[[Alarm], str | None],
        now: datetime,
        patience: timedelta,
    ) -> None:
        """Everything that one look found; what it `looked` for and did not find is gone, and over after `patience`."""
        with self.writing():
            for condition in found:
                self._state(condition, now)
            keys = {condition.key for condition in found}
            for one in self.standing():
                key = (one.notice_id, one.kind, one.subject)
                if key not in keys and looked(one):
                    self._end(key, now)
                self._settle(one, settled(one), now)
            self.base.execute(
                "UPDATE alarms SET over_at = ? WHERE over_at IS NULL AND gone_at <= ?",
                [to_text(now), to_text(now - patience)],
            )
            self.base.execute(
                "INSERT INTO looks VALUES (1, ?1, ?1) ON CONFLICT DO UPDATE SET looked_at = ?1",
                [to_text(now)],
            )

    def _state(self, condition: Condition, now: datetime) -> bool:
        if KINDS[condition.kind].ends_by_person and self._was_raised(condition):
            return False
        known = self.base.execute(
            "UPDATE alarms SET sentence = ?, gone_at = NULL "
            "WHERE notice_id = ? AND kind = ? AND subject = ? AND over_at IS NULL",
            [condition.sentence, *condition.key],
        ).rowcount
        if not known:
            self.base.execute(
                "INSERT INTO alarms (notice_id, kind, subject, sentence, raised_at) VALUES (?, ?, ?, ?, ?)",
                [*condition.key, condition.sentence, to_text(now)],
            )
        return not known

    def _was_raised(self, condition: Condition) -> bool:
        query = "SELECT 1 FROM alarms WHERE notice_id = ? AND kind = ? AND subject = ?"
        return self.base.execute(query, condition.key).fetchone() is not None

    def _end(self, key: tuple[str, str, str], now: datetime) -> None:
        self.base.execute(
            "UPDATE alarms SET gone_at = ? WHERE notice_id = ? AND kind = ? AND subject = ? "
            "AND over_at IS NULL AND gone_at IS NULL",
            [to_text(now), *key],
        )

    def _settle(self, one: Alarm, by: str | None, now: datetime) -> None:
        """One that no look finds is over with that; one that still stands is in hand, until a person takes that back."""
        self.base.execute("UPDATE alarms SET settled_by = ? WHERE position = ?", [by, one.position])
        if by and not KINDS[one.kind].is_watched:
            self.base.execute(
                "UPDATE alarms SET gone_at = coalesce(gone_at, ?1), over_at = ?1 WHERE position = ?2",
                [to_text(now), one.position],
            )

    # What can be asked.

    def standing(self) -> list[Alarm]:
        """Those that are not over, in the order in which they were raised."""
        return self.select("over_at IS NULL ORDER BY position")

    def all(self) -> list[Alarm]:
        return self.select("TRUE ORDER BY position")

    def select(self, condition: str, *values: object) -> list[Alarm]:
        return [
            to_alarm(row)
            for row in self.base.execute(f"SELECT {_COLUMNS} FROM alarms WHERE {condition}", values)
        ]

    def began_at(self) -> datetime | None:
        """When the home was first looked at: nothing that nobody did before is wrong."""
        found = self.base.execute("SELECT began_at FROM looks").fetchone()
        return datetime.fromisoformat(found[0]) if found else None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, whole or not at all."""
        with self.base:
            self.base.execute("BEGIN IMMEDIATE")
            yield

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Held by the one process that tells. Raises AlarmsBusyError where another one does."""
        with (self.folder / "tell.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlarmsBusyError("另一个程序正在发告警，等它结束") from None
            with only_one(self.folder / "tell"):
                yield


def state(home: Home, condition: Condition, now: datetime) -> bool:
    """Says that something is wrong, from wherever that is found; `now` has its zone. Returns whether it is new.

    The next round (dags/alarms.py, `notices alarms check`) tells it.
    """
    with Alarms(home.alarms) as journal:
        return journal.state(condition, now)


def end(home: Home, key: tuple[str, str, str], now: datetime) -> None:
    """Says that what was stated under this key (Condition.key) is over. Nothing where it never was."""
    if has_base(home.alarms / FILE):
        with Alarms(home.alarms) as journal:
            journal.end(key, now)


def read_alarms(home: Home, notice_ids: Iterable[str] | None = None) -> tuple[list[Alarm], datetime | None]:
    """What stands for these notices (None: all) and the last look, without making or changing anything.

    Raises KeptFault where the journal is not what it was.
    """
    path = home.alarms / FILE
    try:
        has_base(path)
    except StoreFault as error:
        log.warning("alarms: 先用本机已知的：%s", error)
    require_kept(path)
    if not path.exists():
        return [], None
    wanted = None if notice_ids is None else set(notice_ids)
    try:
        base = sqlite3.connect(path, timeout=60)
        try:
            rows = base.execute(f"SELECT {_COLUMNS} FROM alarms WHERE over_at IS NULL ORDER BY position")
            found = [to_alarm(row) for row in rows]
            looked = base.execute("SELECT looked_at FROM looks").fetchone()
        finally:
            base.close()
    except sqlite3.DatabaseError as error:
        raise KeptFault(f"告警的登记 {path} 读不出（{error}）。请从备份恢复（notices restore）") from error
    order = list(KINDS)
    chosen = [one for one in found if wanted is None or one.notice_id in wanted]
    return sorted(chosen, key=lambda one: (order.index(one.kind), one.position)), (
        datetime.fromisoformat(looked[0]) if looked else None
    )


def patience_of(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.all_clear_minutes)


def to_text(moment: datetime) -> str:
    """A moment as it is kept: in UTC, to the second; it sorts as text."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def to_alarm(row: tuple[int, str, str, str, str, str, str | None, str | None, str | None]) -> Alarm:
    position, notice_id, kind, subject, sentence, raised, gone, over, settled = row
    return Alarm(
        position,
        notice_id,
        kind,
        subject,
        sentence,
        datetime.fromisoformat(raised),
        datetime.fromisoformat(gone) if gone else None,
        datetime.fromisoformat(over) if over else None,
        settled,
    )
