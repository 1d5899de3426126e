"""What waits for a person: entries in queues, each with the decisions that fit, and what they are found from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.board.asking import Snapshot
from pipelines.decide.record import Decisions
from pipelines.ground.home import Home
from pipelines.notice.model import Notice


@dataclass(frozen=True)
class Offer:
    """A decision that fits: its kind and what its form is filled with beforehand."""

    kind: str
    given: dict[str, str]


@dataclass(frozen=True)
class Entry:
    """One thing that waits. `id` is what a person settles it by."""

    id: str
    what: str
    sentence: str
    at: datetime | None
    unit: str = ""
    unit_code: str = ""
    file: str = ""
    """The submission, where it is about one."""
    offers: tuple[Offer, ...] = ()
    link: str = ""
    """A page of its own beside the notice's, where it has one."""
    lines: tuple[str, ...] = ()
    """What belongs to it: the other files that a name would settle."""


@dataclass
class Queue:
    """All entries of one sort."""

    title: str
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Desk:
    """What the queues are found from: the figures as of a moment, and what lies beside them in the home."""

    snapshot: Snapshot
    notice: Notice
    decisions: Decisions
    at: datetime
    home: Home


Find = Callable[[Desk], Iterator[Entry]]


def settle(entry_id: str) -> Offer:
    """That it was seen and nothing is to be done: no figure moves."""
    return Offer("settle", {"subject": entry_id})
