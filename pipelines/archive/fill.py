"""A home that kept everything by itself, brought into a store: objects, then the journals that name them, batch by batch."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.archive.kept import Kept, Kind, list_kept
from pipelines.archive.objects import put_objects
from pipelines.ground.chain import JsonLines
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import hold
from pipelines.ground.shelf import Shelf, name_of
from pipelines.ground.store import Store, hash_of

DEPTH = 3
"""Journals lie two folders deep in a home; what ends in .jsonl elsewhere is no chained journal."""


@dataclass(frozen=True)
class Filled:
    """How much of a home is now in the store."""

    objects: int
    journals: int


def fill_store(home: Home, store: Store) -> Filled:
    """Takes everything in; once more after a cut, it goes on. Raises NoticesError where something of the home is damaged, or the
    store holds another home's."""
    with hold(home):
        kept = list(list_kept(home))
        objects = [_whole(home, one) for one in kept if one.kind is Kind.object]
        put_objects(objects)
        journals = [home.path / one.path for one in kept if one.kind is Kind.journal and _is_chained(one)]
        for path in journals:
            JsonLines(path).fill(Shelf(store, path))
        for path in home.archive.glob("receipts/*.scans.json"):
            content, found = path.read_bytes(), store.read(name_of(path))
            if found is None:
                store.replace(name_of(path), content, None)
    return Filled(len(objects), len(journals))


def _is_chained(one: Kept) -> bool:
    return len(Path(one.path).parts) == DEPTH


def _whole(home: Home, one: Kept) -> Path:
    path = home.path / one.path
    if hash_of(path) != one.sha256:
        raise NoticesError(
            f"{one.path} 内容与名字不符，没有搬。先运行 notices fsck，从备份恢复它，再运行一次"
        )
    return path
