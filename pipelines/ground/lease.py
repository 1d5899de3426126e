"""Who may write, among machines that share a store: an object `writer.json`, replaced only by whoever read what stands there.

Behind the pool of one place in Airflow and the home's own lock this is the third guard, and not the last: a batch of a journal is
put only where there is none, so that even two who both believe to hold it never both write one. It names no moment: whoever
waits counts by his own clock how long the holder has not stirred, so clocks of machines that differ do no harm.
"""

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from pipelines.ground.errors import KeptFault, NoticesError, StoreFault
from pipelines.ground.store import SETTING, Store, open_store

NAME = "writer.json"
STIR_SECONDS = 10.0
"""How often a holder says that it lives."""
DEAD_SECONDS = 60.0
"""One that has not stirred for so long, as whoever waits saw it, is taken for dead."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Held:
    """What the object says: who holds it (nobody: ''), how often it stirred, and the newest state of what holders hand over."""

    holder: str = ""
    machine: str = ""
    stirred: int = 0
    state: str = ""
    """The sha256 of its list of files (handed.py)."""

    def as_bytes(self) -> bytes:
        return json.dumps(vars(self), ensure_ascii=False, sort_keys=True).encode()


_begun: set[tuple[int, str]] = set()
"""Stores of which this process knows that they were begun."""


def begin(store: Store) -> None:
    """From now on machines may write to it. An empty one that nobody began is a wrong address as often as a new one."""
    store.replace(NAME, Held().as_bytes(), None)


def require_begun(store: Store) -> None:
    """Raises KeptFault where nobody ever began this store: then nothing was put into it."""
    if (os.getpid(), store.url) in _begun:
        return
    if store.read(NAME) is None:
        raise KeptFault(
            f"存储 {store.url} 是空的，还没有启用：没有收，没有写，没有发。请核对 {SETTING}；确是第一次用这个存储的，"
            "在（有数据的那台）机器上运行一次 notices fill-store"
        )
    _begun.add((os.getpid(), store.url))


def read_held(store: Store, name: str = NAME) -> tuple[Held, str | None]:
    """What the object says now, and its tag; nobody and None where there is none yet."""
    found = store.read(name)
    return (Held(**json.loads(found.content)), found.tag) if found else (Held(), None)


class Lease:
    """Held by this process while it is inside `holding`."""

    def __init__(self, store: Store, name: str = NAME) -> None:
        self._store, self._name, self._id = store, name, uuid4().hex
        self._tag: str | None = None
        self._lock, self._ended = threading.Lock(), threading.Event()
        self.held = Held()

    @contextmanager
    def holding(self, seconds: float) -> Iterator["Lease"]:
        """Raises NoticesError where another machine still holds it after so many seconds."""
        self._take(seconds)
        stirring = threading.Thread(target=self._stir, name="lease", daemon=True)
        stirring.start()
        try:
            yield self
        finally:
            self._ended.set()
            stirring.join()
            self._let_go()

    def hand_over(self, state: str) -> None:
        """From now on this is the newest state. Raises StoreFault where another machine took the lease meanwhile."""
        with self._lock:
            if not self._replace(replace(self.held, state=state)):
                raise StoreFault(
                    f"另一台机器接过了 {self._store.url} 的写入，本机这一轮的结果没有交出去。再运行一次即可"
                )

    def require_held(self) -> None:
        """Raises StoreFault where another machine took it meanwhile."""
        with self._lock:
            if not self._replace(replace(self.held, stirred=self.held.stirred + 1)):
                raise StoreFault(f"另一台机器接过了 {self._store.url} 里的 {self._name}，本机到此为止")

    def _take(self, seconds: float) -> None:
        began = since = time.monotonic()
        seen, is_told = None, False
        while True:
            now, self._tag = read_held(self._store, self._name)
            if now != seen:
                seen, since = now, time.monotonic()
            is_dead = time.monotonic() - since > DEAD_SECONDS
            if not now.holder or is_dead:
                if now.holder:
                    log.warning("%s 已 %d 秒没有动静，由本机接着写", now.machine, DEAD_SECONDS)
                if self._replace(Held(self._id, f"{socket.gethostname()}:{os.getpid()}", 0, now.state)):
                    return
                continue
            if time.monotonic() - began >= seconds:
                raise NoticesError(
                    f"另一台机器（{now.machine}）正在写入 {self._store.url}，等了 {seconds:.0f} 秒还没有结束。请等它结束后再运行一次"
                )
            if not is_told:
                log.warning("另一台机器（%s）正在写入，等它结束（最多 %d 秒）", now.machine, seconds)
                is_told = True
            time.sleep(min(1.0, DEAD_SECONDS / 4))

    def _replace(self, held: Held) -> bool:
        tag = self._store.replace(self._name, held.as_bytes(), self._tag)
        if tag is None:
            return False
        self._tag, self.held = tag, held
        return True

    def _stir(self) -> None:
        """While the store is cut off it is tried again: whether it was taken for dead meanwhile, the next put tells."""
        while not self._ended.wait(STIR_SECONDS):
            with self._lock:
                try:
                    if not self._replace(replace(self.held, stirred=self.held.stirred + 1)):
                        log.error("另一台机器接过了 %s 的写入；本机写下的不会与它的混在一起", self._store.url)
                        return
                except StoreFault as error:
                    log.warning("%s", error)

    def _let_go(self) -> None:
        """Who comes next need not wait. That it could not be said costs him a minute, and nothing else."""
        try:
            self._replace(replace(self.held, holder=""))
        except StoreFault as error:
            log.warning("%s", error)


@contextmanager
def only_one(path: Path, seconds: float = 2 * DEAD_SECONDS) -> Iterator[None]:
    """Where machines share a store, one of them is inside for what the path of a home names. Raises NoticesError where another
    one still is after so many seconds: long enough for one that died."""
    if (store := open_store()) is None:
        yield
        return
    require_begun(store)
    with Lease(store, f"{'/'.join(path.parts[-2:])}.json").holding(seconds):
        yield
