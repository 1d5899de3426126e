"""One round: look what is wrong, keep what is new and what is over, and tell it. Dying anywhere in it, the next one goes on.

Alarms go by mail before anything else is done with them, and to robots last: a group that cannot be reached holds nobody up.
"""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.alarms.journal import Alarms, patience_of
from pipelines.alarms.letters import addressees
from pipelines.alarms.look import look
from pipelines.alarms.robots import find_robots
from pipelines.alarms.tell import MAIL, plan, tell_by_mail, tell_robots
from pipelines.ground.connections import Connect, from_environment
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.ground.settings import Settings
from pipelines.notice.folder import NOTICES
from pipelines.send.sender import Clock

log = logging.getLogger(__name__)


@dataclass
class Round:
    """What one round did."""

    standing: int = 0
    raised: int = 0
    over: int = 0
    mails_of: list[str] = field(default_factory=list)
    """Notices whose outbox holds new alarm mail."""
    posted: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    """What could not be looked at or told; everything else was."""


def watch(home: Home, clock: Clock, connect: Connect = from_environment, folder: Path = NOTICES) -> Round:
    """One round; `clock` gives the moment with its zone. Raises AlarmsBusyError where another process is at it."""
    settings, now, done = Settings.load(), clock(), Round()
    with Alarms(home.alarms) as journal, journal.telling():
        seen = look(home, now, journal.began_at() or now, settings, folder)
        done.errors += seen.errors
        before = {one.position for one in journal.standing()}
        journal.take(seen.conditions, seen.has_looked, seen.settled_by, now, patience_of(settings))
        after = {one.position for one in journal.standing()}
        done.standing, done.raised, done.over = len(after), len(after - before), len(before - after)
        carriers = [one for one in seen.notices if addressees(one)]
        robots = find_robots(connect)
        plan(journal, [*([MAIL] if carriers else []), *robots], now)
        notices = {one.id: one for one in seen.notices}
        try:
            done.mails_of = sorted(tell_by_mail(journal, home, notices, carriers, now))
        except NoticesError as error:
            done.errors.append(f"告警没能放进发件箱：{error}")
        done.posted = tell_robots(journal, robots, notices, clock)
    log.info("alarms: 在告警 %d 件，新发生 %d，恢复 %d", done.standing, done.raised, done.over)
    return done
