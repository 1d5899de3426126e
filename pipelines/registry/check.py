"""Visits the columns that units named in their plans, and the channels of the notice's events, each host one request at a time;
keeps every answer."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.registry.answered import Visit
from pipelines.registry.journal import Check, EventCheck, Registry
from pipelines.registry.liaisons import find_liaisons
from pipelines.registry.visit import Visitor

HOSTS_AT_ONCE = 4
PAUSE_SECONDS = 1.0
"""Between two requests to one host."""


class Hosts:
    """One request at a time to each host, with a pause after it, however many threads ask."""

    def __init__(self, pause: float = PAUSE_SECONDS) -> None:
        self._pause, self._guard = pause, threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._free_at: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Held by whoever asks this host."""
        with self._guard:
            lock = self._locks.setdefault(host, threading.Lock())
        with lock:
            time.sleep(max(0.0, self._free_at.get(host, 0.0) - time.monotonic()))
            try:
                yield
            finally:
                self._free_at[host] = time.monotonic() + self._pause


def check_columns(
    home: Home, notice: Notice, now: datetime, every: timedelta, visitor: Visitor | None = None
) -> list[Check]:
    """Visits each column that was not visited for so long; returns what it found, unit by unit."""
    now, found = notice.local(now), []
    visitor = visitor or Visitor(turn=Hosts().turn)
    with Registry(home.registry) as registry:
        due = [
            (one.recipient_code, one.column_url)
            for one in find_liaisons(home, notice, now)
            if one.column_url and (one.checked_at is None or one.checked_at <= now - every)
        ]
        for code, url, visit in _visit_all(visitor, due):
            found.append(Check(code, url, now, visit))
            registry.note_check(notice.id, found[-1])
    return sorted(found, key=lambda one: one.recipient_code)


def check_events(
    home: Home, notice: Notice, now: datetime, every: timedelta, visitor: Visitor | None = None
) -> list[EventCheck]:
    """Visits each live channel and page of the notice's events that was not visited for so long, in the notice's order."""
    now, found = notice.local(now), []
    wanted = [(one.id, url) for one in notice.events for url in one.addresses]
    if not wanted:
        return []
    visitor = visitor or Visitor(turn=Hosts().turn)
    with Registry(home.registry) as registry:
        last = registry.last_event_checks(notice.id)
        due = [key for key in wanted if key not in last or last[key] <= now - every]
        for event, url, visit in _visit_all(visitor, due):
            found.append(EventCheck(event, url, now, visit))
            registry.note_event_check(notice.id, found[-1])
    return sorted(found, key=lambda one: wanted.index((one.event, one.url)))


def _visit_all(visitor: Visitor, due: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, Visit]]:
    """Threads share out the hosts: all columns of one host are one thread's, one after another."""
    by_host: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code, url in due:
        by_host[url.partition("://")[2].partition("/")[0].lower()].append((code, url))

    def visit_host(columns: list[tuple[str, str]]) -> list[tuple[str, str, Visit]]:
        return [(code, url, visitor.visit(url)) for code, url in columns]

    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        for found in pool.map(visit_host, by_host.values()):
            yield from found
