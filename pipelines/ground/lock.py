"""One writer of a home at a time, whichever process it is: the command line, a task of Airflow, a rebuild.

The operating system holds the lock for as long as the process lives, so one that was killed leaves none behind.
"""

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import IO, Concatenate, ParamSpec, TextIO, TypeVar

from pipelines.ground.errors import NoticesError, StoreFault
from pipelines.ground.handed import (
    fetch_newer,
    find_newer,
    hand_over,
    remove_left,
    require_set,
    take_over,
)
from pipelines.ground.home import Home
from pipelines.ground.lease import Lease, require_begun
from pipelines.ground.private import keep_private, make_home
from pipelines.ground.settings import Settings
from pipelines.ground.store import open_store

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)
_held: set[Path] = set()
"""Homes that this process writes to: a stage may call another one."""
_waiting: dict[Path, Callable[[], object]] = {}
"""By home what is done once this process lets go of it."""


def one_writer(stage: Callable[Concatenate[Home, P], T]) -> Callable[Concatenate[Home, P], T]:
    """The stage, which then waits until no other process writes to its home."""

    @wraps(stage)
    def locked(home: Home, /, *arguments: P.args, **options: P.kwargs) -> T:
        with hold(home):
            return stage(home, *arguments, **options)

    return locked


def when_let_go(home: Home, work: Callable[[], object]) -> None:
    """Does the work once this process no longer holds the home's lock: nobody else waits for it. It must say itself what goes wrong."""
    path = home.path.resolve()
    if path not in _held:
        work()
        return
    do_waiting(home)
    _waiting[path] = work


def do_waiting(home: Home) -> None:
    """Does what waits for the lock to be let go of: before the same is asked for again, or once it is let go."""
    if work := _waiting.pop(home.path.resolve(), None):
        work()


@contextmanager
def hold(home: Home) -> Iterator[None]:
    """Holds the home's lock. Raises NoticesError where another process still has it after `lock_seconds`."""
    path = home.path.resolve()
    if path in _held:
        yield
        return
    mask = keep_private()
    try:
        make_home(home)
        with _then(home), (path / "writer.lock").open("a+", encoding="ascii") as file:
            _wait(file, home, Settings.load().lock_seconds)
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            _held.add(path)
            try:
                with _among_machines(home):
                    yield
            finally:
                _held.remove(path)
    finally:
        os.umask(mask)


@contextmanager
def _then(home: Home) -> Iterator[None]:
    try:
        yield
    finally:
        do_waiting(home)


def show_newest(home: Home) -> None:
    """For a page: what was said is the newest, if that can be had now; else it shows what this machine has."""
    try:
        refresh_handed(home, 0)
    except NoticesError as error:
        log.warning("store: 先用本机的：%s", error)


def refresh_handed(home: Home, seconds: int | None = None) -> None:
    """Who needs persons' names and addresses, or what was said, without loading has those of the newest hand-over, whichever machine
    loaded. Raises StoreFault where the store cannot be reached, and NoticesError where a loader of this machine works for longer than
    `seconds` (else `lock_seconds`)."""
    store = open_store()
    if store is None or home.path.resolve() in _held or not find_newer(home, store):
        return
    mask = keep_private()
    try:
        make_home(home)
        with (home.path / "writer.lock").open("a+", encoding="ascii") as file:
            _wait(file, home, Settings.load().lock_seconds if seconds is None else seconds)
            fetch_newer(home, store)
    finally:
        os.umask(mask)


@contextmanager
def _among_machines(home: Home) -> Iterator[None]:
    """Where machines share a store: inside, this one alone writes, and on what the last one left."""
    if (store := open_store()) is None:
        require_set(home)
        yield
        return
    require_begun(store)
    lease = Lease(store)
    with lease.holding(Settings.load().lock_seconds):
        take_over(home, store, lease)
        try:
            yield
        except StoreFault:
            raise
        except NoticesError:
            # A source that could not be read takes nothing from what was published.
            hand_over(home, store, lease)
            raise
        hand_over(home, store, lease)


def remove_left_in_store(before: float) -> int:
    """What of hand-overs is in the store and nobody refers to, written before a moment; returns how many files that were."""
    if (store := open_store()) is None:
        return 0
    require_begun(store)
    lease = Lease(store)
    with lease.holding(Settings.load().lock_seconds):
        return remove_left(store, lease, before)


def took(file: IO[str], seconds: float) -> bool:
    """Whether the file's lock was to be had within so many seconds; then this process has it until it closes the file."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
        time.sleep(0.05)


def _wait(file: TextIO, home: Home, seconds: int) -> None:
    if took(file, 0):
        return
    if seconds:
        log.warning("%s，等它结束（最多 %d 秒）", _other(file, home), seconds)
    if not took(file, seconds):
        raise NoticesError(f"{_other(file, home)}，等了 {seconds} 秒还没有结束。请等它结束后再运行一次")


def _other(file: TextIO, home: Home) -> str:
    file.seek(0)
    return f"另一个 notices（进程 {file.read() or '未知'}）正在更新 {home.path}"
