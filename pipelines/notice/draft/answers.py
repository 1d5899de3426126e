"""A draft as JSON, in the shape that careful clerks' answers are kept in, each value with its evidence."""

from typing import Any

from pipelines.notice.draft.records import Draft, Found


def to_answers(draft: Draft) -> dict[str, Any]:
    """Plain values first, then `evidence`: the sentence that each was read from."""
    return {
        "title": _value(draft.title),
        "document_number": _value(draft.document_number),
        "issuers": [one.value for one in draft.issuers],
        "issued_on": _value(draft.issued_on),
        "recipients": [one.value for one in draft.recipients],
        "event_start": _value(draft.event_start),
        "event_end": _value(draft.event_end),
        "theme": _value(draft.theme),
        "contacts": draft.contacts.value if draft.contacts else 0,
        "obligations": [
            {
                "what": duty.what,
                "who": list(duty.who),
                "to": duty.to or None,
                "due": duty.due,
                "relative_due": duty.relative_due,
                "repeat": duty.repeat,
                "channel": list(duty.channel),
                "evidence": duty.sentence,
            }
            for duty in draft.duties
        ],
        "tables": [
            {"title": one.title, "columns": list(one.columns), "evidence": one.sentence}
            for one in draft.tables
        ],
        "evidence": _evidence(draft),
    }


def _value(found: Found[Any] | None) -> Any:
    return found.value if found else None


def _evidence(draft: Draft) -> dict[str, Any]:
    single = {
        "title": draft.title,
        "document_number": draft.document_number,
        "issued_on": draft.issued_on,
        "event_start": draft.event_start,
        "event_end": draft.event_end,
        "theme": draft.theme,
        "contacts": draft.contacts,
    }
    said: dict[str, Any] = {name: found.sentence for name, found in single.items() if found}
    said["issuers"] = list(dict.fromkeys(one.sentence for one in draft.issuers))
    said["recipients"] = list(dict.fromkeys(one.sentence for one in draft.recipients))
    return said
