"""Many batches of a shared database as one object of the store: what they left, and a mark of each, by which its replicas are known.

mail/outbox.sqlite/whole-000000004000   {"count": 4000, "marks": 12 letters a batch, "last": …, "schemas": […], "batch": {…}}
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.ground.store import Store

_SIGN = "whole-"
_LETTERS = 12
"""Of a batch's sha256."""


@dataclass(frozen=True)
class Parcel:
    """The state after `count` batches; `told`, as a batch tells it, makes it in an empty file."""

    count: int
    last: str
    """The sha256 of the last of them."""
    marks: str
    schemas: list[str]
    """Which schemas the state knows, by their sha256."""
    told: dict[str, Any]

    @classmethod
    def of(
        cls,
        count: int,
        last: str,
        before: "Parcel | None",
        hashes: Sequence[str],
        schemas: list[str],
        batch: bytes,
    ) -> "Parcel":
        """`hashes` are those of the batches that `before` does not have."""
        marks = (before.marks if before else "") + "".join(one[:_LETTERS] for one in hashes)
        return cls(count, last, marks, schemas, json.loads(batch))

    @property
    def name(self) -> str:
        return f"{_SIGN}{self.count:012d}"

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def has(self, count: int, last: str) -> bool:
        """Whether a replica with so many batches, this the last of them, is one of the state before, or this one."""
        mark = self.marks[(count - 1) * _LETTERS : count * _LETTERS]
        return 0 < count <= self.count and mark == last[:_LETTERS]


def newest_parcel(store: Store, folder: str) -> Parcel | None:
    """None where there is none."""
    names = [name for name in store.names(folder) if name.startswith(_SIGN)]
    found = store.read(f"{folder}/{names[-1]}") if names else None
    if names and found is None:
        raise store.fault(f"{folder}/{names[-1]} 刚才还在，现在读不到")
    return Parcel(**json.loads(found.content)) if found else None


def is_parcel(name: str) -> bool:
    return name.startswith(_SIGN)


def numbers_of(names: Iterable[str]) -> list[int]:
    """Of batches alone, in order."""
    return sorted(int(name) for name in names if name.isdigit())
