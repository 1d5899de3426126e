"""The outbox of pushes: every file that was ever meant to lie at another place, and what became of it. Kept for ever.

Writes <home>/pushes/pushes.sqlite (one row a push) and <home>/pushes/objects/ (contents by their sha256, each once).
Moments are naive time in the notice's zone, to the second.

    queued → handing_over → sent
       ↓           ↓
    withdrawn   unsure (settled by reading back where that can be), failed

`handing_over` is noted before the first byte leaves. A push is known by notice, destination, subject, how many pushes of the
subject there were before, and content: what was pushed, withdrawn and chosen again is pushed again, but nothing twice.
"""

import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipelines.ground.errors import NoticesError
from pipelines.ground.lease import only_one
from pipelines.send.handing import Handing
from pipelines.send.outbox import Queued
from pipelines.send.push_records import COLUMNS, NEWER, SCHEMA, Push, PushRow, PushState, Target, to_push_row
from pipelines.send.records import to_text

_INSERT = f"""
INSERT INTO pushes (
    key, notice_id, destination, connection, folder, purpose, subject, name, removes, media_type, version, sha256,
    size, state, queued_at, not_before, expires_at, changed_at
) VALUES ({", ".join("?" * 18)})
"""


@dataclass(frozen=True)
class Noted:
    """Rows of another table that are changed in the transaction in which pushes are queued."""

    statement: str
    rows: tuple[tuple[object, ...], ...]


class Pushes(Handing):
    """The outbox of pushes of one home."""

    table, file, schema = "pushes", "pushes.sqlite", SCHEMA
    busy = "另一个推送程序正在运行，等它结束再推"

    @contextmanager
    def preparing(self) -> Iterator[None]:
        """Held by the one process that decides what is to be pushed; another one waits for it."""
        with (self.path / "prepare.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with only_one(self.path / "prepare"):
                yield

    # What comes in.

    def queue(
        self,
        notice_id: str,
        pushes: Iterable[tuple[Target, Push]],
        now: datetime,
        give_up_after: timedelta,
        noted: Iterable[Noted] = (),
    ) -> Queued:
        """Keeps pushes; one whose subject's newest push says the same changes nothing, any other takes the place of what
        has not left. A withdrawal of what never left is none. `noted` is changed with them, or not at all."""
        rows = list(pushes)
        for content in {push.content for _, push in rows}:
            # Kept anew even where it is there: it may be the torn half of a killed run.
            self._objects.store([content])
        if rows:
            self._objects.sync()
        new = 0
        with self._base:
            self._base.execute("BEGIN IMMEDIATE")
            for target, push in rows:
                new += self._queue(notice_id, target, push, now, now + give_up_after)
            for one in noted:
                self._base.executemany(one.statement, one.rows)
        return Queued(new, len(rows) - new)

    def _queue(self, notice_id: str, target: Target, push: Push, now: datetime, end: datetime) -> bool:
        before = self._rows(
            "notice_id = ? AND destination = ? AND subject = ? ORDER BY position", notice_id, target.id, push.subject
        )  # fmt: skip
        newest = before[-1] if before else None
        said = (target, push.purpose, push.name, push.removes, push.version)
        if newest and not newest.is_dropped:
            if said == (newest.target, newest.purpose, newest.name, newest.removes, newest.version):
                return False
            if push.purpose == newest.purpose == "withdrawal":
                return False
        for row in before:
            self._move(row.key, (PushState.queued,), PushState.withdrawn, now, error=NEWER)
        if push.purpose == "withdrawal" and not any(row.may_lie_there for row in before):
            return False
        key = push_key(notice_id, target.id, push, len(before))
        self._base.execute(
            _INSERT,
            [
                *(key, notice_id, target.id, target.connection, target.folder, push.purpose, push.subject),
                *(push.name, "\n".join(push.removes), push.media_type, push.version),
                *(hashlib.sha256(push.content).hexdigest(), len(push.content)),
                *(PushState.queued, *map(to_text, (now, now, end, now))),
            ],
        )
        return True

    # What a person decides.

    def resend(self, key: str, now: datetime, give_up_after: timedelta) -> bool:
        """Puts a push that failed, was withdrawn or is unsure back into the queue, as it was; not one that a newer replaced."""
        return not self.is_replaced(key) and self._move(
            key, (PushState.failed, PushState.unsure, PushState.withdrawn), PushState.queued, now,
            not_before=to_text(now), expires_at=to_text(now + give_up_after), attempts=0, error=None, receipt=None,
        )  # fmt: skip

    def mark_sent(self, key: str, now: datetime) -> bool:
        """An unsure push did arrive, as the far side says."""
        return self._move(key, (PushState.unsure,), PushState.sent, now, sent_at=to_text(now), error=None)

    def withdraw(self, key: str, reason: str, now: datetime) -> bool:
        """Takes back what has not left."""
        return self._move(key, (PushState.queued,), PushState.withdrawn, now, error=reason)

    # What the pusher does. Only while `sending`.

    def recover(self, now: datetime) -> int:
        """What a dead pusher left between handing over and noting it becomes unsure."""
        reason = "推送程序中断：对方可能已经收下，也可能没有"
        return sum(
            self._move(row.key, (PushState.handing_over,), PushState.unsure, now, error=reason)
            for row in self.rows(PushState.handing_over)
        )

    def expire(self, notice_id: str, now: datetime) -> int:
        """What could not leave for too long fails, and a person looks at it."""
        found = self._base.execute(
            "SELECT key FROM pushes WHERE notice_id = ? AND state = 'queued' AND expires_at <= ?", [notice_id, to_text(now)]
        ).fetchall()  # fmt: skip
        return sum(
            self._move(key, (PushState.queued,), PushState.failed, now, error="超过时限没有推出，不再推送")
            for (key,) in found
        )

    def due(self, notice_id: str, now: datetime) -> list[PushRow]:
        """What may leave now, in the order in which it was queued."""
        return self._rows(
            "notice_id = ? AND state = 'queued' AND not_before <= ? ORDER BY position",
            notice_id,
            to_text(now),
        )

    def content(self, row: PushRow) -> bytes:
        """Raises ArchiveFault where it is gone or not what its name says."""
        return self._content(row.sha256)

    def note_handing_over(self, key: str, now: datetime) -> bool:
        """Returns False where the push was taken back meanwhile."""
        return self._move(key, (PushState.queued,), PushState.handing_over, now)

    def note_sent(self, key: str, now: datetime, receipt: str) -> None:
        states = (PushState.handing_over, PushState.unsure)
        self._move(key, states, PushState.sent, now, True, sent_at=to_text(now), error=None, receipt=receipt)

    def note_unsure(self, key: str, now: datetime, error: str) -> None:
        self._move(key, (PushState.handing_over,), PushState.unsure, now, True, error=error)

    def note_failed(self, key: str, now: datetime, error: str, receipt: str | None) -> None:
        states = (PushState.queued, PushState.handing_over)
        self._move(key, states, PushState.failed, now, True, error=error, receipt=receipt)

    def note_retry(self, key: str, now: datetime, again: datetime, error: str) -> None:
        """Worth another try from `again` on: nothing lies there, or the same may be put there once more."""
        states = (PushState.handing_over, PushState.unsure)
        if self.is_replaced(key):
            self._move(key, states, PushState.withdrawn, now, True, error=NEWER)
        else:
            self._move(key, states, PushState.queued, now, True, not_before=to_text(again), error=error)

    def is_replaced(self, key: str) -> bool:
        """Whether a newer push of the same subject went to the same destination, or is to go."""
        return bool(
            self._base.execute(
                """
                SELECT 1 FROM pushes AS own INNER JOIN pushes AS newer USING (notice_id, destination, subject)
                WHERE own.key = ? AND newer.position > own.position
                """,
                [key],
            ).fetchone()
        )

    # What can be asked.

    def newest(self, notice_id: str) -> dict[tuple[str, str], PushRow]:
        """The newest push of each subject to each destination."""
        return {(row.destination, row.subject): row for row in self.rows(notice_id=notice_id)}

    def rows(self, state: PushState | None = None, notice_id: str | None = None) -> list[PushRow]:
        """All pushes of a state, or of every state, in the order in which they were queued."""
        return self._rows(
            "(?1 IS NULL OR state = ?1) AND (?2 IS NULL OR notice_id = ?2) ORDER BY position",
            state,
            notice_id,
        )

    def find(self, start: str) -> PushRow:
        """The one push whose key begins so. Raises NoticesError where that is not one."""
        found = self._rows("length(?1) >= 6 AND substr(key, 1, length(?1)) = ?1 ORDER BY position", start)
        if len(found) != 1:
            what = f"有 {len(found)} 件，请写得长一些" if found else "没有这一件（编号至少写 6 位）"
            raise NoticesError(f"推送箱里编号为 {start} 的推送：{what}；notices pushes 列出全部")
        return found[0]

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What was noted beside the pushes (entries of feeds, recommendations)."""
        return self._base.execute(query, values).fetchall()

    def _rows(self, condition: str, *values: object) -> list[PushRow]:
        query = f"SELECT {', '.join(COLUMNS)} FROM pushes WHERE {condition}"
        return [to_push_row(found) for found in self._base.execute(query, values)]


def push_key(notice_id: str, destination: str, push: Push, place: int) -> str:
    """32 hex digits; `place`: how many pushes of the subject there were before."""
    parts = (notice_id, destination, push.subject, push.purpose, push.name, str(place), push.version)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
