"""What a scan saw and could not take in: one unreadable, oversized or too deep entry, kept in the journal until it heals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Sight = tuple[int, int, str]
"""Size, modified_ns and version, as the scan saw the entry."""


@dataclass(frozen=True)
class Held:
    """One entry that waits. A `key` that ends with / is a folder, and everything below it waits with it."""

    source: str
    key: str
    path: str
    sentence: str
    """Why, and what to do: Chinese, for data staff. It says nothing about the unit: the fault is the entry's or ours."""
    held_at: datetime
    """The scan that first met it so."""
    since: datetime | None
    """The last completed scan before that one: the lower bound of its arrival, however long it is held."""
    seen: Sight = (0, 0, "")

    @property
    def is_folder(self) -> bool:
        return self.key.endswith("/")


def held_record(held: Held) -> dict[str, Any]:
    """The journal's line; moments are written by the journal."""
    size, modified_ns, version = held.seen
    record = {"record": "held", **vars(held), "size": size, "modified_ns": modified_ns, "version": version}
    del record["seen"]
    return record


def held_of(record: dict[str, Any]) -> Held:
    """From such a line, whose moments are text."""
    since = record["since"]
    return Held(
        source=record["source"],
        key=record["key"],
        path=record["path"],
        sentence=record["sentence"],
        held_at=datetime.fromisoformat(record["held_at"]),
        since=datetime.fromisoformat(since) if since else None,
        seen=(record["size"], record["modified_ns"], record["version"]),
    )
