"""Who owes what: recipient × deliverable × period, with exemptions and extensions applied."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from pipelines.notice.model import Exemption, Extension, Notice

Grant = TypeVar("Grant", Exemption, Extension)


@dataclass(frozen=True)
class Obligation:
    """One thing one recipient must send. `period` is '' for once, else the period's first day."""

    recipient_code: str
    deliverable: str
    period: str
    first_day: date | None
    last_day: date | None
    due_at: datetime
    extension_reason: str | None
    exemption_reason: str | None


def expand_obligations(notice: Notice) -> Iterator[Obligation]:
    """Every obligation of a notice, exempt ones included, in roster order."""
    for recipient in notice.recipients:
        for name, deliverable in notice.deliverables.items():
            if recipient.kind not in deliverable.owed_by:
                continue
            for period in deliverable.periods.periods():
                exempt = _granted(notice.exemptions, recipient.code, name, period.key)
                extended = _granted(notice.extensions, recipient.code, name, period.key)
                yield Obligation(
                    recipient_code=recipient.code,
                    deliverable=name,
                    period=period.key,
                    first_day=period.first_day,
                    last_day=period.last_day,
                    due_at=notice.local(extended.due if extended else period.due_at),
                    extension_reason=extended.reason if extended else None,
                    exemption_reason=exempt.reason if exempt else None,
                )


def _granted(grants: tuple[Grant, ...], recipient: str, deliverable: str, period: str) -> Grant | None:
    """The grant for this obligation; one for the very period goes before one for all periods."""
    found = [
        grant
        for grant in grants
        if grant.recipient == recipient
        and grant.deliverable == deliverable
        and grant.period in (None, period)
    ]
    return max(found, key=lambda grant: grant.period is not None, default=None)
