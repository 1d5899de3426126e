"""What has been told already: the outbox remembers of each mail which submissions and which obligations it names."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.remind.facts import Owed
from pipelines.send.records import Row, State

REMINDER, DIGEST, RETURN, ACKNOWLEDGEMENT = "reminder", "digest", "return", "acknowledgement"
ESCALATION = "escalation"
PURPOSES = frozenset({REMINDER, DIGEST, RETURN, ACKNOWLEDGEMENT, ESCALATION})
"""Of the mails of a day: the weightiest reason for one."""
MET, CHANGED = "要说的已经没有了", "情况有变化，改发新的一封"
"""Why the program takes a mail back; every other reason is a person's, and is respected."""
_LEFT = frozenset({State.handing_over, State.sent, State.written, State.unsure, State.bounced})
"""States of a mail that somebody may have read."""


@dataclass(frozen=True)
class Told:
    """When a recipient was told of something, by mails that left or that a person stopped; each at its composition."""

    moments: Mapping[tuple[str, str], list[datetime]]
    """By recipient and subject, in order."""

    def since(self, recipient: str, subject: str, moment: datetime) -> bool:
        """Whether that was at this moment or later."""
        found = self.moments.get((recipient, subject))
        return found is not None and found[-1] >= moment

    def ever(self, recipient: str, subject: str) -> bool:
        return (recipient, subject) in self.moments

    def nth(self, recipient: str, subject: str, count: int) -> datetime | None:
        """The moment of the nth time; None where it was less often."""
        found = self.moments.get((recipient, subject), [])
        return found[count - 1] if len(found) >= count else None


def find_told(rows: Iterable[Row], about: Mapping[str, Collection[str]]) -> Told:
    """From the outbox; `about` names the subjects of its mails, by key."""
    found: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: one.queued_at):
        if row.purpose in PURPOSES and (row.state in _LEFT or is_stopped(row)):
            for subject in about.get(row.key, ()):
                found[row.recipient, subject].append(row.queued_at)
    return Told(dict(found))


def owing(one: Owed) -> str:
    """The subject: this unit owes this."""
    return f"owed:{'/'.join(one.key)}"


def arrived(submission_id: str) -> str:
    """The subject: this came, and how it ended."""
    return f"arrived:{submission_id}"


def template_of(deliverable: str) -> str:
    """The subject: the pre-filled template of a deliverable was attached."""
    return f"template:{deliverable}"


def is_stopped(row: Row) -> bool:
    """Whether a person took it back."""
    return row.state is State.cancelled and row.error not in (MET, CHANGED)


def day_of(row: Row) -> date:
    """The day on which a mail was to leave."""
    return date.fromisoformat(row.what.partition(" ")[0])
