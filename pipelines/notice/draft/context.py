"""What is known when a sentence is read: the headings above it, the units spoken of, the duties before it."""

from dataclasses import dataclass, field
from datetime import date

from pipelines.notice.draft.records import Duty


@dataclass
class Context:
    """Goes along while the body is read, paragraph by paragraph."""

    issued: date | None
    issuer: str
    recipients: tuple[str, ...]
    title: str = ""
    headings: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    """Whom the opening asks to hand in what the sections then list."""
    sentence: str = ""
    before: str = ""
    """The sentence before, in the same paragraph."""
    found: list[Duty] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """The paragraph of each duty found."""
    paragraph: int = 0
    attachments: dict[int, str] = field(default_factory=dict)
    forms: list[str] = field(default_factory=list)
    """Forms that the text has named so far by their titles."""
