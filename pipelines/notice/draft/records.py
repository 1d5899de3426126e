"""What a draft consists of: values, each with the sentence of the text that it was read from."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Found(Generic[T]):
    """A value and its evidence, which stands in the text word for word (width and blanks apart)."""

    value: T
    sentence: str


@dataclass(frozen=True)
class Duty:
    """One thing that must be sent. `due` is an ISO day or moment; what no calendar can hold stands in `relative_due`."""

    what: str
    who: tuple[str, ...]
    to: str
    due: str | None
    relative_due: str | None
    repeat: str
    channel: tuple[str, ...]
    sentence: str
    is_receiver_said: bool = True
    """False where the sentence names no receiver and the one of its neighbours, or the issuer, was taken."""
    are_senders_said: bool = True
    """False where no unit was named near it and all recipients were taken."""


@dataclass(frozen=True)
class Table:
    """A table of an attachment: its title and the headers of its columns, in their order."""

    title: str
    columns: tuple[str, ...]
    sentence: str


@dataclass
class Draft:
    """Everything that was read from one text; what was not found is None or empty."""

    title: Found[str] | None = None
    document_number: Found[str] | None = None
    issuers: list[Found[str]] = field(default_factory=list)
    issued_on: Found[str] | None = None
    recipients: list[Found[str]] = field(default_factory=list)
    event_start: Found[str] | None = None
    event_end: Found[str] | None = None
    theme: Found[str] | None = None
    contacts: Found[int] | None = None
    duties: list[Duty] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    text: str = ""
    """The text as it was given, for notice.txt."""
