"""What is owed when: a notice's obligations with the waivers and extensions that people decided, as spans of time.

What notice.yaml grants holds from the beginning; a decision from its moment on, the later one before the earlier.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.decide.record import ABOUT_DUTIES, Decision, Decisions
from pipelines.notice.model import Notice, Recipient
from pipelines.notice.obligations import Obligation, expand_obligations

FOREVER = datetime(9999, 12, 31)
BEGINNING = datetime(1, 1, 1)


@dataclass(frozen=True)
class Duty:
    """An obligation as it stands in [known_from, known_until)."""

    obligation: Obligation
    known_from: datetime
    known_until: datetime
    due_at: datetime
    extension_reason: str | None
    exemption_reason: str | None


def is_about(decision: Decision, recipient: Recipient, one: Obligation) -> bool:
    """Whether a waiver or extension speaks of this obligation; a city's are those of the units that lie there in its period."""
    subject = decision.subject
    return (
        subject["deliverable"] == one.deliverable
        and (not subject.get("periods") or one.period in subject["periods"])
        and (
            bool(subject.get("all"))
            or recipient.code in subject.get("recipients", ())
            or recipient.kind in subject.get("kinds", ())
            or one.city_code in subject.get("cities", ())
        )
    )


def expand_duties(notice: Notice, decisions: Decisions) -> Iterator[Duty]:
    """The obligations that some waiver or extension speaks of, each in its spans, in roster order."""
    granted = [(one, decisions.spans(one)) for one in decisions.kind(*ABOUT_DUTIES)]
    if not granted:
        return
    recipients = {one.code: one for one in notice.recipients}
    for one in expand_obligations(notice):
        about = [
            (decision, spans)
            for decision, spans in granted
            if is_about(decision, recipients[one.recipient_code], one)
        ]
        if about:
            yield from _in_spans(one, about)


Granted = list[tuple[Decision, list[tuple[datetime, datetime]]]]


def _in_spans(one: Obligation, about: Granted) -> Iterator[Duty]:
    moments = sorted({BEGINNING, *(edge for _, spans in about for span in spans for edge in span)})
    moments = [moment for moment in moments if moment < FOREVER]
    for start, end in zip(moments, [*moments[1:], FOREVER], strict=True):
        holding = [
            decision for decision, spans in about if any(begin <= start < until for begin, until in spans)
        ]
        yield _stand(one, start, end, holding)


def _stand(one: Obligation, start: datetime, end: datetime, holding: list[Decision]) -> Duty:
    """The obligation under the decisions that hold, in the order in which they were taken."""
    due_at, extended, exempt = one.due_at, one.extension_reason, one.exemption_reason
    for decision in holding:
        if decision.kind == "waive":
            exempt = decision.reason
        else:
            due_at, extended = datetime.fromisoformat(decision.values["due"]), decision.reason
    return Duty(one, start, end, due_at, extended, exempt)


def duty_rows(notice: Notice, decisions: Decisions) -> list[dict[str, Any]]:
    """Rows of core.decided_duties."""
    return [
        {
            "recipient_code": duty.obligation.recipient_code,
            "city_code": duty.obligation.city_code,
            "deliverable": duty.obligation.deliverable,
            "period": duty.obligation.period,
            "first_day": duty.obligation.first_day,
            "last_day": duty.obligation.last_day,
            "due_at": duty.due_at,
            "extension_reason": duty.extension_reason,
            "exemption_reason": duty.exemption_reason,
            "known_from": duty.known_from,
            "known_until": duty.known_until,
        }
        for duty in expand_duties(notice, decisions)
    ]
