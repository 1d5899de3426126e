"""Old batches of the small databases that machines share become one object, and go: the store does not grow by what was sent, but by what
is kept of it.

A batch goes only after the object that holds it can be read, from the oldest on, and once it is older than any work that could still be
under way on it. Cut off anywhere, the next turn goes on.
"""

import logging
from contextlib import closing
from pathlib import Path

from pipelines.ground.durable import open_base
from pipelines.ground.home import Home
from pipelines.ground.lease import require_begun
from pipelines.ground.parcel import is_parcel, newest_parcel, numbers_of
from pipelines.ground.shared_base import ROOMS, SharedBase
from pipelines.ground.store import Store, open_store

MANY = 1000
"""Batches since the last object, or since the beginning, that are worth another one."""
log = logging.getLogger(__name__)


def compact_bases(home: Home, before: float, least: int | None = None) -> int:
    """Every shared database: where `least` batches (else MANY) came since, one object is made of all; what it holds and was written before a moment
    (seconds since the epoch) goes. Returns how many objects went. Raises StoreFault where the store cannot be reached."""
    if (store := open_store()) is None:
        return 0
    require_begun(store)
    return sum(
        _compact(store, home.path / room / folder, before, MANY if least is None else least)
        for room in ROOMS
        for folder in sorted({name.partition("/")[0] for name in store.names(room) if ".sqlite/" in name})
    )


def _compact(store: Store, path: Path, before: float, least: int) -> int:
    folder = "/".join(path.parts[-2:])
    numbers, parcel = numbers_of(store.names(folder)), newest_parcel(store, folder)
    if numbers and numbers[-1] + 1 - (parcel.count if parcel else 0) >= least:
        with closing(open_base(path, "")) as base:
            assert isinstance(base, SharedBase), "with a store it is one"
            made = base.parcel(store)
        if not store.add(f"{folder}/{made.name}", made.as_bytes()):
            log.info("store: %s 的 %s 另一台机器已做过", folder, made.name)
        parcel = newest_parcel(store, folder)
    return _remove(store, folder, parcel.count, before) if parcel else 0


def _remove(store: Store, folder: str, count: int, before: float) -> int:
    """The last batch of the object stays: by it a replica knows that it is up to date."""
    ages = store.ages(folder)
    left = [name for name in sorted(ages) if is_parcel(name)][:-1]
    gone = [name for name in left if ages[name] < before]
    for number in numbers_of(ages):
        name = f"{number:012d}"
        if number >= count - 1 or ages[name] >= before:
            break
        gone.append(name)
    for name in gone:
        store.remove(f"{folder}/{name}")
    return len(gone)
