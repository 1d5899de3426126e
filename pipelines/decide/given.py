"""What a form or a command line gives, made into a decision that may be kept, or refused with a sentence.

Nothing that this refuses leaves a record: an unknown unit, a period outside the notice, nothing left to undo.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from pipelines.decide.duties import expand_duties, is_about
from pipelines.decide.record import KINDS, Decision, Decisions
from pipelines.ground.errors import NoticesError
from pipelines.notice.model import Notice
from pipelines.notice.obligations import Obligation, expand_obligations


class RefusedError(NoticesError):
    """A decision that cannot be kept; the message says what to put right."""


@dataclass(frozen=True)
class Given:
    """The parts of a decision as they were written; which of them a kind takes stands in TAKES."""

    recipients: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    everybody: bool = False
    deliverable: str | None = None
    periods: tuple[str, ...] = ()
    due: datetime | None = None
    subject: str | None = None


@dataclass(frozen=True)
class Asked:
    """Who decides, when, why, and by which form."""

    kind: str
    reason: str
    by: str
    at: datetime
    token: str = ""


_WHOM = frozenset({"recipients", "kinds", "cities", "everybody", "deliverable", "periods"})
TAKES = {
    "waive": _WHOM,
    "extend": _WHOM | {"due"},
    "settle": frozenset({"subject"}),
    "undo": frozenset({"subject"}),
}
"""Kind -> what may be given with it."""
_OPTIONS = {
    "recipients": "--recipient（单位）",
    "kinds": "--kind（类别）",
    "cities": "--city（市）",
    "everybody": "--all（全部）",
    "deliverable": "--deliverable（事项）",
    "periods": "--period（期）",
    "due": "--due（新的截止）",
    "subject": "--subject（编号）",
}


def draft(notice: Notice, decisions: Decisions, asked: Asked, given: Given) -> Decision:
    """The decision, not kept yet. Raises RefusedError."""
    if asked.kind not in TAKES:
        raise RefusedError(f"没有“{asked.kind}”这种决定；可用：{_list(TAKES)}")
    if not asked.reason.strip():
        raise RefusedError("没有写理由。请写明为什么这样决定，理由随决定一起存档")
    if not asked.by.strip():
        raise RefusedError("不知道是谁决定的。请登录，或用 --by 写明")
    for one in fields(given):
        if getattr(given, one.name) and one.name not in TAKES[asked.kind]:
            raise RefusedError(f"“{KINDS[asked.kind]}”不用写 {_OPTIONS[one.name]}；请去掉")
    return _DRAFTS[asked.kind](notice, decisions, asked, given)


def _list(kinds: Iterable[str]) -> str:
    return "、".join(f"{kind}（{KINDS[kind]}）" for kind in kinds)


def _make(
    notice: Notice,
    asked: Asked,
    subject: dict[str, object],
    values: dict[str, object] | None = None,
    undoes: str | None = None,
) -> Decision:
    return Decision(
        notice=notice.id,
        kind=asked.kind,
        subject={name: value for name, value in subject.items() if value},
        values=values or {},
        reason=asked.reason.strip(),
        decided_by=asked.by.strip(),
        decided_at=asked.at,
        undoes=undoes,
        token=asked.token,
    )


def _draft_duty(notice: Notice, decisions: Decisions, asked: Asked, given: Given) -> Decision:
    """A waiver or an extension: it must speak of something that is owed and, as it stands, of use."""
    for sentence in _wrong_duty(notice, asked, given):
        raise RefusedError(sentence)
    subject = {
        "recipients": list(given.recipients),
        "kinds": list(given.kinds),
        "cities": list(given.cities),
        "all": given.everybody,
        "deliverable": given.deliverable,
        "periods": list(given.periods),
    }
    values: dict[str, object] = {"due": given.due.isoformat()} if given.due else {}
    decision = _make(notice, asked, subject, values)
    owed = _owed(notice, decision)
    if not owed:
        raise RefusedError(
            f"所选单位在所选各期都不报“{notice.deliverables[given.deliverable or ''].name}”；请核对单位、事项和期"
        )
    if asked.kind == "waive":
        waived = _waived(notice, decisions, asked.at)
        if all(
            one.exemption_reason or (one.recipient_code, one.deliverable, one.period) in waived
            for one in owed
        ):
            raise RefusedError("所选各项都已经免报，没有可再免的")
    elif given.due and any(given.due <= one.due_at for one in owed):
        latest = max(one.due_at for one in owed)
        raise RefusedError(f"{given.due} 不晚于原来的截止 {latest}；延期应写更晚的时刻")
    return decision


def _wrong_duty(notice: Notice, asked: Asked, given: Given) -> Iterator[str]:
    if not (given.recipients or given.kinds or given.cities or given.everybody):
        yield "没有写是哪些单位。请写单位代码，或按类别、市、全部来写"
    codes = {one.code for one in notice.recipients}
    cities = {one.code for one in notice.cities}
    for code in given.recipients:
        if code not in codes:
            yield f"名册里没有 {code}；请写 recipients.csv 里的单位代码"
    for kind in given.kinds:
        if kind not in notice.recipient_kinds:
            yield f"没有“{kind}”这一类单位；可用：{'、'.join(notice.recipient_kinds)}"
    for city in given.cities:
        if city not in cities:
            yield f"没有代码为 {city} 的市；请写 regions.csv 里的代码"
    yield from _wrong_deliverable(notice, given)
    if asked.kind == "extend" and given.due is None:
        yield "没有写延到何时（--due）"


def _wrong_deliverable(notice: Notice, given: Given) -> Iterator[str]:
    item = notice.deliverables.get(given.deliverable or "")
    if item is None:
        yield f"没有报送事项 {given.deliverable or '（空）'}；可用：{'、'.join(notice.deliverables)}"
        return
    keys = [one.key for one in item.periods.periods()]
    for period in given.periods:
        if period not in keys:
            listed = "、".join(key for key in keys if key) or "只报一次，不写期"
            yield f"{given.deliverable} 没有 {period} 这一期；可用：{listed}"


def _owed(notice: Notice, decision: Decision) -> list[Obligation]:
    recipients = {one.code: one for one in notice.recipients}
    return [
        one
        for one in expand_obligations(notice)
        if is_about(decision, recipients[one.recipient_code], one.deliverable, one.period)
    ]


def _waived(notice: Notice, decisions: Decisions, at: datetime) -> set[tuple[str, str, str]]:
    """What decisions have waived by a moment."""
    return {
        (duty.obligation.recipient_code, duty.obligation.deliverable, duty.obligation.period)
        for duty in expand_duties(notice, decisions)
        if duty.exemption_reason and duty.known_from <= at < duty.known_until
    }


def _draft_settle(notice: Notice, decisions: Decisions, asked: Asked, given: Given) -> Decision:
    if not given.subject:
        raise RefusedError("没有写是哪一条（--subject 编号）")
    for one in decisions.kind("settle"):
        if one.subject.get("id") == given.subject and decisions.holds(one, asked.at):
            raise RefusedError(f"{given.subject} 已由 {one.decided_by} 处理（{one.id}），不用再记")
    return _make(notice, asked, {"id": given.subject})


def _draft_undo(notice: Notice, decisions: Decisions, asked: Asked, given: Given) -> Decision:
    undone = decisions.find(given.subject or "")
    if undone is None:
        raise RefusedError(
            f"没有 {given.subject or '（空）'} 这个决定；有哪些：notices decisions {notice.id}"
        )
    if asked.at < undone.decided_at:
        raise RefusedError(f"{undone.id} 是 {undone.decided_at} 才决定的，不能在 {asked.at} 取消")
    if by := decisions.undone_by(undone, asked.at):
        raise RefusedError(f"{undone.id} 已被 {by.id} 取消，没有可再取消的")
    return _make(notice, asked, dict(undone.subject), undoes=undone.id)


_DRAFTS: dict[str, Callable[[Notice, Decisions, Asked, Given], Decision]] = {
    "waive": _draft_duty,
    "extend": _draft_duty,
    "settle": _draft_settle,
    "undo": _draft_undo,
}
