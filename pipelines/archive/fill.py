"""A home that kept everything by itself, brought into a store: objects, then the journals that name them, batch by batch.

And the other way: a home that holds all of what the store has, to be checked or backed up.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

from pipelines.archive.kept import Kept, Kind, list_kept
from pipelines.archive.objects import fetch_object, put_objects
from pipelines.ground.chain import JsonLines
from pipelines.ground.durable import fill_base, has_base
from pipelines.ground.errors import ArchiveFault, NoticesError, StoreFault
from pipelines.ground.home import Home
from pipelines.ground.lease import begin
from pipelines.ground.lock import hold
from pipelines.ground.shared_base import ROOMS as WITH_BASES
from pipelines.ground.shelf import Shelf, name_of
from pipelines.ground.store import Store, hash_of, open_store

DEPTH = 3
"""Journals lie two folders deep in a home; what ends in .jsonl elsewhere is no chained journal."""

ROOMS = ("archive", "mail", "pushes", "registry", "alarms", "returns")
"""Folders of a home that have journals, objects or small databases in the store."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Filled:
    """How much of a home is now in the store."""

    objects: int
    journals: int


def fill_store(home: Home, store: Store) -> Filled:
    """Begins a new store, and takes everything in; once more after a cut, it goes on. Raises NoticesError where something of the home is damaged, or the
    store holds another home's."""
    begin(store)
    with hold(home):
        kept = list(list_kept(home))
        objects = [_whole(home, one) for one in kept if one.kind is Kind.object]
        put_objects(objects)
        journals = [home.path / one.path for one in kept if one.kind is Kind.journal and _is_chained(one)]
        for path in journals:
            JsonLines(path).fill(Shelf(store, path))
        for one in kept:
            if one.kind is Kind.base and one.path.partition("/")[0] in WITH_BASES:
                fill_base(home.path / one.path, store)
        for path in home.archive.glob("receipts/*.scans.json"):
            content, found = path.read_bytes(), store.read(name_of(path))
            if found is None:
                store.replace(name_of(path), content, None)
    return Filled(len(objects), len(journals))


def fetch_kept(home: Home) -> None:
    """The home has a copy of every journal and object of the store; without a store it has them anyway. One that the store holds
    damaged is told in the log, and missed by whoever looks for it. Raises StoreFault where the store cannot be reached."""
    store = open_store()
    names = [f"{room}/{name}" for room in ROOMS for name in store.names(room)] if store else []
    bases = {name.rpartition("/")[0] for name in names if ".sqlite/" in name}
    for name in [*names, *sorted(bases)]:
        path = home.path / name
        try:
            if _is_object(name) and not path.exists():
                fetch_object(path)
            elif path.parent.suffix == ".jsonl" and path.name == f"{0:012d}":
                JsonLines(path.parent).read()
            elif name in bases:
                has_base(path)
        except StoreFault:
            raise
        except ArchiveFault as error:
            log.error("%s", error)


def _is_object(name: str) -> bool:
    return name.split("/")[1] == "objects"


def _is_chained(one: Kept) -> bool:
    return len(Path(one.path).parts) == DEPTH


def _whole(home: Home, one: Kept) -> Path:
    path = home.path / one.path
    if hash_of(path) != one.sha256:
        raise NoticesError(
            f"{one.path} 内容与名字不符，没有搬。先运行 notices fsck，从备份恢复它，再运行一次"
        )
    return path
