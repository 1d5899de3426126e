"""Drafts of waivers and extensions: each must speak of something that is owed and be of use as it stands."""

from collections.abc import Iterator
from datetime import datetime

from pipelines.decide.duties import expand_duties, is_about
from pipelines.decide.given import Case, RefusedError
from pipelines.decide.record import Decision, Decisions
from pipelines.notice.model import Notice
from pipelines.notice.obligations import Obligation, expand_obligations


def draft_duty(case: Case) -> Decision:
    notice, asked, given = case.notice, case.asked, case.given
    for sentence in _wrong_whom(case):
        raise RefusedError(sentence)
    deliverable = case.check_deliverable()
    if asked.kind == "extend" and given.due is None:
        raise RefusedError("没有写延到何时（--due）")
    decision = case.make(
        {
            "recipients": list(given.recipients),
            "kinds": list(given.kinds),
            "cities": list(given.cities),
            "all": given.everybody,
            "deliverable": deliverable,
            "periods": list(given.periods),
        },
        {"due": given.due.isoformat()} if given.due else {},
    )
    owed = _owed(notice, decision)
    if not owed:
        name = notice.deliverables[deliverable].name
        raise RefusedError(f"所选单位在所选各期都不报“{name}”；请核对单位、事项和期")
    owing = {one.recipient_code for one in owed}
    if free := [code for code in given.recipients if code not in owing]:
        # Named one by one each must owe it, as in notice.yaml; of a kind, a city or all, those that do are meant.
        name = notice.deliverables[deliverable].name
        raise RefusedError(f"{'、'.join(free)} 在所选各期本来不报“{name}”；请核对单位和事项，或去掉")
    if asked.kind == "waive":
        waived = _waived(notice, case.decisions, asked.at)
        if all(
            one.exemption_reason or (one.recipient_code, one.deliverable, one.period) in waived
            for one in owed
        ):
            raise RefusedError("所选各项都已经免报，没有可再免的")
    elif given.due and any(given.due <= one.due_at for one in owed):
        latest = max(one.due_at for one in owed)
        raise RefusedError(f"{given.due} 不晚于原来的截止 {latest}；延期应写更晚的时刻")
    return decision


def _wrong_whom(case: Case) -> Iterator[str]:
    notice, given = case.notice, case.given
    if not (given.recipients or given.kinds or given.cities or given.everybody):
        yield "没有写是哪些单位。请写单位代码，或按类别、市、全部来写"
    codes = {one.code for one in notice.recipients}
    cities = {one.code for one in notice.areas}
    for code in given.recipients:
        if code not in codes:
            yield f"名册里没有 {code}；请写 recipients.csv 里的单位代码"
    for kind in given.kinds:
        if kind not in notice.recipient_kinds:
            yield f"没有“{kind}”这一类单位；可用：{'、'.join(notice.recipient_kinds)}"
    for city in given.cities:
        if city not in cities:
            yield f"没有代码为 {city} 的市；请写 regions.csv 里的代码"


def _owed(notice: Notice, decision: Decision) -> list[Obligation]:
    recipients = {one.code: one for one in notice.recipients}
    return [
        one for one in expand_obligations(notice) if is_about(decision, recipients[one.recipient_code], one)
    ]


def _waived(notice: Notice, decisions: Decisions, at: datetime) -> set[tuple[str, str, str]]:
    """What decisions have waived by a moment."""
    return {
        (duty.obligation.recipient_code, duty.obligation.deliverable, duty.obligation.period)
        for duty in expand_duties(notice, decisions)
        if duty.exemption_reason and duty.known_from <= at < duty.known_until
    }
