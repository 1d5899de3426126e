"""What a source is to the collect stage: something that can be listed, and whose entries can be read.

Shared folders are the first; form services, mailboxes and remote folders end in the same entries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Entry:
    """One thing a source holds now, before it is read. `key` is its identity in the source, exactly as it is there."""

    key: str
    path: str
    """For people: relative to the inbox, always valid Unicode."""
    size: int
    modified_ns: int
    """Nanoseconds since the epoch; with key and size it tells whether the entry changed."""


class EntryChanged(Exception):
    """An entry changed or vanished while it was read; the next scan sees it again."""


class Source(Protocol):
    """One configured source of a notice."""

    def list_entries(self) -> Iterator[Entry]:
        """Everything there is now, in path order. Raises SourceError at the end where a part cannot be listed."""
        ...

    def read_chunks(self, entry: Entry) -> Iterator[bytes]:
        """The entry's bytes. Raises EntryChanged where they are not those that were listed."""
        ...
