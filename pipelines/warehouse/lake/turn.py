"""Whose turn it is to bring the lake up to a publish: one at a time, in the order of the publishes.

A publisher takes it while he holds the writer's lock, and follows once he let that go. So nobody waits for a catalogue but who has
published the next state already, and a version is never older than the one before it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lease import DEAD_SECONDS, Lease, require_begun
from pipelines.ground.lock import took
from pipelines.ground.store import open_store

NAME = "lake.json"
"""The lease, where machines share a store."""
WAIT_SECONDS = 2 * DEAD_SECONDS
"""For the one before: long enough for a machine that died."""


@contextmanager
def take_turn(home: Home, seconds: float | None = None) -> Iterator[Callable[[], None]]:
    """Inside it is this process's turn; what is given raises StoreFault once another machine took it for dead. Raises NoticesError
    where it is somebody else's for longer than `seconds`."""
    wait = WAIT_SECONDS if seconds is None else seconds
    path = home.warehouse.with_name(".lake.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        if not took(file, wait):
            raise NoticesError(f"湖仓还在写上一个版本或照看，等了 {wait:.0f} 秒")
        if (store := open_store()) is None:
            yield _is_ours
            return
        require_begun(store)
        with Lease(store, NAME).holding(wait) as lease:
            yield lease.require_held


def _is_ours() -> None:
    """The operating system holds it for as long as the process lives."""
