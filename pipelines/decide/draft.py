"""A decision from what was given, or a sentence that says why there can be none.

Nothing that this refuses leaves a record: an unknown unit, a period outside the notice, nothing left to undo.
"""

from collections.abc import Callable
from dataclasses import fields

from pipelines.archive.store import Archive
from pipelines.decide import draft_by_hand, draft_duties, draft_files, draft_items
from pipelines.decide.given import OPTIONS, TAKES, Case, RefusedError
from pipelines.decide.record import KINDS, Decision
from pipelines.read.names import Roster
from pipelines.read.values import normalize


def draft(case: Case, archive: Archive) -> Decision:
    """The decision, not kept yet. Raises RefusedError."""
    asked, given = case.asked, case.given
    if asked.kind not in TAKES:
        known = "、".join(f"{kind}（{KINDS[kind]}）" for kind in TAKES)
        raise RefusedError(f"没有“{asked.kind}”这种决定；可用：{known}")
    if not asked.reason.strip():
        raise RefusedError("没有写理由。请写明为什么这样决定，理由随决定一起存档")
    if not asked.by.strip():
        raise RefusedError("不知道是谁决定的。请登录，或用 --by 写明")
    for one in fields(given):
        if getattr(given, one.name) and one.name not in TAKES[asked.kind]:
            raise RefusedError(f"“{KINDS[asked.kind]}”不用写 {OPTIONS[one.name]}；请去掉")
    if asked.kind == "register":
        return draft_by_hand.draft_register(case, archive)
    if asked.kind == "confirm_zero":
        return draft_by_hand.draft_confirm_zero(case, archive)
    return _DRAFTS[asked.kind](case)


def _draft_know_as(case: Case) -> Decision:
    """A name that nobody goes by yet: two units that share one could not be told apart."""
    alias, recipient = (case.given.alias or "").strip(), case.recipient()
    if not normalize(alias):
        raise RefusedError("没有写是哪个名称（--alias）")
    roster = Roster(case.notice).at(case.asked.at)
    known = roster.find(alias, roster.line_of(recipient))
    if known:
        raise RefusedError(f"“{alias}”已经是 {known} 的名称，不用再认")
    for one in case.decisions.kind("know_as"):
        if normalize(one.subject["alias"]) == normalize(alias) and case.decisions.holds(one, case.asked.at):
            raise RefusedError(
                f"“{alias}”已认作 {one.subject['recipients'][0]}（{one.id}）；要改认，先取消它"
            )
    since = case.given.since
    return case.make(
        {"recipients": [recipient], "alias": alias}, {"from": since.isoformat()} if since else {}
    )


def _draft_settle(case: Case) -> Decision:
    given = case.given
    if not given.subject:
        raise RefusedError("没有写是哪一条（--subject 编号）")
    if one := case.decisions.settled(case.asked.at).get(given.subject):
        raise RefusedError(f"{given.subject} 已由 {one.decided_by} 处理（{one.id}），不用再记")
    return case.make({"id": given.subject})


def _draft_undo(case: Case) -> Decision:
    decisions, asked, given = case.decisions, case.asked, case.given
    undone = decisions.find(given.subject or "")
    if undone is None:
        raise RefusedError(
            f"没有 {given.subject or '（空）'} 这个决定；有哪些：notices decisions {case.notice.id}"
        )
    if asked.at < undone.decided_at:
        raise RefusedError(f"{undone.id} 是 {undone.decided_at} 才决定的，不能在 {asked.at} 取消")
    if by := decisions.undone_by(undone, asked.at):
        raise RefusedError(f"{undone.id} 已被 {by.id} 取消，没有可再取消的")
    return case.make(dict(undone.subject), undoes=undone.id)


_DRAFTS: dict[str, Callable[[Case], Decision]] = {
    "assign": draft_files.draft_assign,
    "set_aside": draft_files.draft_set_aside,
    "accept": draft_files.draft_accept,
    "withdraw": draft_files.draft_withdraw,
    "waive": draft_duties.draft_duty,
    "extend": draft_duties.draft_duty,
    "know_as": _draft_know_as,
    "settle": _draft_settle,
    "select": draft_items.draft_choice,
    "decline": draft_items.draft_choice,
    "undo": _draft_undo,
}
