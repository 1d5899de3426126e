"""The pusher: takes what is due out of the outbox of pushes and puts it where it belongs, once each, with a receipt.

A place that cannot be reached is left alone for longer each time; the other places go on.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field

from pipelines.ground.connections import Connect, MissingConnectionError
from pipelines.ground.errors import SourceError
from pipelines.send.places import PushPlace, open_place
from pipelines.send.push_records import PushRow, PushState, Target
from pipelines.send.pushes import Pushes
from pipelines.send.sender import Clock, wait_after

log = logging.getLogger(__name__)


@dataclass
class Pushed:
    """What one call did: how many pushes reached which state, and why the rest stayed."""

    counts: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    """Pushes that are due and stay queued."""
    reasons: list[str] = field(default_factory=list)
    """Why they wait, in Chinese, one a destination."""


def push_due(pushes: Pushes, notice_id: str, clock: Clock, connect: Connect) -> Pushed:
    """Pushes what is due of a notice. Raises OutboxBusyError where another process pushes."""
    done = Pushed()
    with pushes.sending():
        pushes.recover(clock())
        done.counts["failed"] += pushes.expire(notice_id, clock())
        rows = [*pushes.rows(PushState.unsure, notice_id), *pushes.due(notice_id, clock())]
        for target in dict.fromkeys(row.target for row in rows):
            _serve(pushes, target, [row for row in rows if row.target == target], clock, connect, done)
        done.waiting = len(pushes.due(notice_id, clock()))
    counts = "、".join(f"{state} {count}" for state, count in done.counts.items() if count) or "无"
    log.info("push: %s；等待 %d 件%s", counts, done.waiting, "".join(f"；{one}" for one in done.reasons))
    return done


def _serve(
    pushes: Pushes, target: Target, rows: list[PushRow], clock: Clock, connect: Connect, done: Pushed
) -> None:
    """One destination: what is in doubt there is settled first, then what is due is put there."""
    failures, retry_at = pushes.server_wait(target.connection)
    if retry_at and clock() < retry_at:
        done.reasons.append(f"{target.id}：连不上（连续 {failures} 次），{retry_at:%m-%d %H:%M} 再试")
        return
    try:
        place = open_place(connect(target.connection), target)
        for row in rows:
            if row.state == PushState.unsure:
                _settle(pushes, row, place, clock, done)
        for row in pushes.due(rows[0].notice_id, clock()):
            if row.target == target:
                done.counts[_push(pushes, row, place, clock)] += 1
    except MissingConnectionError as error:
        done.reasons.append(f"{target.id}：{error}")
        return
    except SourceError as error:
        again = clock() + wait_after(failures + 1)
        pushes.note_server(target.connection, failures + 1, again, str(error))
        done.reasons.append(f"{target.id}：{error}，{again:%m-%d %H:%M} 再试")
        return
    if failures:
        pushes.note_server(target.connection, 0, clock(), None)


def _settle(pushes: Pushes, row: PushRow, place: PushPlace, clock: Clock, done: Pushed) -> None:
    """A push that nobody knows the end of: it lies there, may be put there once more, was replaced, or a person must ask."""
    if receipt := place.holds(row):
        pushes.note_sent(row.key, clock(), receipt)
        done.counts["sent"] += 1
    elif place.may_repeat or pushes.is_replaced(row.key):
        pushes.note_retry(row.key, clock(), clock(), row.error or "")


def _push(pushes: Pushes, row: PushRow, place: PushPlace, clock: Clock) -> str:
    """One push, with what became of it noted; its state."""
    content = pushes.content(row)
    if not pushes.note_handing_over(row.key, clock()):
        return PushState.withdrawn
    try:
        outcome = place.hand_over(row, content)
    except SourceError as error:
        pushes.note_retry(row.key, clock(), clock(), str(error))
        raise
    now = clock()
    if outcome.state == "sent":
        pushes.note_sent(row.key, now, outcome.reply or "")
    elif outcome.state == "unsure":
        pushes.note_unsure(row.key, now, outcome.error)
    elif outcome.state == "failed":
        pushes.note_failed(row.key, now, outcome.error, outcome.reply)
    else:
        pushes.note_retry(row.key, now, now + wait_after(row.attempts + 1), outcome.error)
    return outcome.state
