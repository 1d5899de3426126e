"""What a source is to the collect stage: something that can be listed, and whose entries can be read.

Shared folders are the first; form services, mailboxes and remote folders end in the same entries.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from pipelines.archive.shapes import Shape

ANSWER_MARK = "答卷#"
"""What the last part of an answer's path starts with; what else a form service gives are files uploaded with one."""

STRANGE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What comes of taking apart what an outsider gave and nobody knew the shape of. It costs that one thing, never what stands beside
it; the log has its traceback, since it may be a mistake of ours."""

CLIENT = "client"
"""`made_by` in the evidence of a file that nobody sent: what a form's own program wrote down while it was filled in."""


@dataclass(frozen=True)
class Entry:
    """One thing a source holds now, before it is read. `key` is its identity in the source, exactly as it is there."""

    key: str
    path: str
    """For people: relative to the inbox, always valid Unicode."""
    size: int
    modified_ns: int
    """Nanoseconds since the epoch, 0 where the source does not say; with key, size and version it tells whether the
    entry changed."""
    version: str = ""
    """What else tells one state of an entry from the next: an ETag, the number of an edit."""
    arrived_at: datetime | None = None
    """Aware. When a server says that it took the entry in; None where only the modification time is evidence."""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """What else the source knows of it and an auditor may ask for: a mail's Message-ID, sender and subject."""
    fault: str = ""
    """Why it cannot be read, found while listing (Chinese). It is not read; a key that ends with / is a whole folder."""


class EntryChanged(Exception):
    """An entry changed or vanished while it was read; the next scan sees it again."""


class EntryUnreadable(Exception):
    """One entry cannot be read while its source can: the message says why (Chinese). It waits alone until it heals."""


class Source(Protocol):
    """One configured source of a notice."""

    @property
    def cursor(self) -> str | None:
        """Where the next listing may begin, once all of this one was taken in; None where each lists everything."""
        ...

    def exists(self) -> bool:
        """Whether there is anything to list. Only a folder that nobody has made yet has nothing."""
        ...

    def list_entries(self, cursor: str | None) -> Iterator[Entry]:
        """What is there now, or has changed since `cursor`, the one that the last completed scan left.

        In path order where the source has paths. Raises SourceError where the source itself cannot be listed; a part of
        it that cannot is an entry with a `fault`.
        """
        ...

    def read_chunks(self, entry: Entry) -> Iterator[bytes]:
        """The entry's bytes. Raises EntryChanged where they are not those that were listed, EntryUnreadable where they
        cannot be read though the source can, SourceError where the source cannot."""
        ...


@dataclass(frozen=True)
class Received:
    """What was received before: of one receipt what a source may need to tell what is new."""

    path: str
    evidence: Mapping[str, str]
    version: str
    scanned_at: datetime
    """Naive, in the notice's zone."""
    recall: Callable[[], bytes]


@runtime_checkable
class Remembering(Protocol):
    """A source that tells what is new there from what was received before."""

    relisted: set[str]
    """Keys of entries that could not be taken in and are listed again next time, wherever the cursor then begins."""

    def remember(self, receipts: Iterable[Received], shapes: Sequence[Shape], now: datetime) -> None:
        """All that was received from it, in order; what its form asked so far; and the scan's moment (aware)."""
        ...

    def shape(self, now: datetime) -> Shape | None:
        """What its form asks, after a listing, where that is another than before; `now` is naive."""
        ...


@runtime_checkable
class Skipping(Protocol):
    """A source that can hold what is neither a folder nor a file."""

    skipped: list[str]
    """Paths, for people, of what the last listing passed over."""


@runtime_checkable
class Acknowledging(Protocol):
    """A source that wants to be told what was taken in: a mailbox moves the mail away."""

    def acknowledge(self, entry: Entry) -> None:
        """The entry and its receipt are on disk. Never raises: what was received stays so."""
        ...
