"""Who owes what: recipient × deliverable × period, with exemptions and extensions applied."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.notice.given import Given, closest
from pipelines.notice.model import Notice, Recipient


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
    periods = {name: item.periods.periods() for name, item in notice.deliverables.items()}
    for recipient in notice.recipients:
        exemptions, extensions = _of(notice.exemptions, recipient), _of(notice.extensions, recipient)
        for name, deliverable in notice.deliverables.items():
            if recipient.kind not in deliverable.owed_by:
                continue
            for period in periods[name]:
                if not notice.is_owed_by(recipient, period):
                    continue
                exempt = closest(_about(exemptions, name, period.key))
                extended = closest(_about(extensions, name, period.key))
                plain = notice.local(period.due_at)
                yield Obligation(
                    recipient_code=recipient.code,
                    deliverable=name,
                    period=period.key,
                    first_day=period.first_day,
                    last_day=period.last_day,
                    due_at=notice.local(extended.new_due(plain)) if extended else plain,
                    extension_reason=extended.reason if extended else None,
                    exemption_reason=exempt.reason if exempt else None,
                )


def expand_open(notice: Notice) -> Iterator[Obligation]:
    """What may be sent and is owed by nobody, in roster order: the optional deliverables, to whom they are open."""
    for recipient in notice.recipients:
        for name, deliverable in notice.deliverables.items():
            for period in deliverable.periods.periods() if recipient.kind in deliverable.open_to else ():
                if not notice.is_owed_by(recipient, period):
                    continue
                yield Obligation(
                    recipient_code=recipient.code,
                    deliverable=name,
                    period=period.key,
                    first_day=period.first_day,
                    last_day=period.last_day,
                    due_at=notice.local(period.due_at),
                    extension_reason=None,
                    exemption_reason=None,
                )


def _of(grants: tuple[Given, ...], recipient: Recipient) -> list[Given]:
    return [one for one in grants if one.is_for(recipient.code, recipient.kind, recipient.city_code)]


def _about(grants: list[Given], deliverable: str, period: str) -> list[Given]:
    return [one for one in grants if one.deliverable == deliverable and one.holds_in(period)]
