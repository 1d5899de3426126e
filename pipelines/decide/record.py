"""One decision: what a person decided about what, why and when. Never an edit of anything that was received."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

KINDS = {
    "assign": "认领",
    "set_aside": "不作报送",
    "accept": "准予计入",
    "withdraw": "撤回",
    "waive": "免报",
    "extend": "延期",
    "register": "代登记",
    "confirm_zero": "确认零报告",
    "know_as": "认得此名",
    "settle": "已处理",
    "select": "入选",
    "decline": "不选",
    "undo": "取消",
}
"""Every kind with its word on pages and in exports."""
ABOUT_FILES = frozenset({"assign", "set_aside", "accept", "withdraw"})
ABOUT_ITEMS = frozenset({"select", "decline"})
"""They move no figure: whether a row is selected says nothing of whether it counts."""
ABOUT_DUTIES = frozenset({"waive", "extend"})
ABOUT_NOTHING = frozenset({"settle"})
"""They say of what is neither received nor owed that somebody saw it."""


@dataclass(frozen=True)
class Decision:
    """A decision as it is kept. `decided_at` is naive time in the notice's zone, to the second; `id` is '' before it is kept.

    `subject` says what it is about, `values` what it says of it; what either may hold depends on the kind (check.py).
    """

    notice: str
    kind: str
    subject: Mapping[str, Any]
    values: Mapping[str, Any]
    reason: str
    decided_by: str
    decided_at: datetime
    undoes: str | None = None
    token: str = ""
    """Of the form that it came by: a form decides once, however often it is sent."""
    id: str = ""

    def as_record(self) -> dict[str, Any]:
        return {**asdict(self), "subject": dict(self.subject), "values": dict(self.values)}

    def named(self, decision_id: str) -> "Decision":
        return replace(self, id=decision_id)


def decision_of(record: Mapping[str, Any]) -> Decision:
    """A decision from its JSON, whose moment is text."""
    return Decision(**{**record, "decided_at": datetime.fromisoformat(record["decided_at"])})


@dataclass(frozen=True)
class Decisions:
    """All decisions of a notice in the order in which they were taken, and which of them hold when."""

    all: tuple[Decision, ...] = ()
    _undoers: dict[str, list[Decision]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> "Decisions":
        found = tuple(sorted(decisions, key=lambda one: (one.decided_at, one.id)))
        undoers: dict[str, list[Decision]] = {}
        for one in found:
            if one.undoes:
                undoers.setdefault(one.undoes, []).append(one)
        return cls(found, undoers)

    def kind(self, *kinds: str) -> list[Decision]:
        return [one for one in self.all if one.kind in kinds]

    def find(self, decision_id: str) -> Decision | None:
        return next((one for one in self.all if one.id == decision_id), None)

    def root(self, decision: Decision) -> Decision:
        """What it is about in the end: of an undo, that which it undoes, or brings back."""
        undone = self.find(decision.undoes) if decision.undoes else None
        return self.root(undone) if undone else decision

    def holds(self, decision: Decision, moment: datetime) -> bool:
        """Whether it is in force at a moment: taken by then, and not undone by an undo that is itself in force."""
        return decision.decided_at <= moment and self.undone_by(decision, moment) is None

    def undone_by(self, decision: Decision, moment: datetime) -> Decision | None:
        return next((one for one in self._undoers.get(decision.id, []) if self.holds(one, moment)), None)

    def settled(self, moment: datetime) -> dict[str, Decision]:
        """What a person has dealt with, by its id, with the decision that says so and is in force at a moment."""
        found: dict[str, Decision] = {}
        for one in self.kind("settle"):
            if self.holds(one, moment):
                found.setdefault(str(one.subject.get("id")), one)
        return found

    def spans(self, decision: Decision) -> list[tuple[datetime, datetime]]:
        """The spans of time in which it is in force, [from, until); until is datetime.max for one that stays."""
        moments = sorted({one.decided_at for one in self._chain(decision)})
        found: list[tuple[datetime, datetime]] = []
        for start, end in zip(moments, [*moments[1:], datetime.max], strict=True):
            if not self.holds(decision, start):
                continue
            if found and found[-1][1] == start:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
        return found

    def _chain(self, decision: Decision) -> list[Decision]:
        return [
            decision,
            *(further for one in self._undoers.get(decision.id, []) for further in self._chain(one)),
        ]


def in_words(values: Mapping[str, Any]) -> str:
    """Values as JSON on one line, '' where there are none."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str) if values else ""
