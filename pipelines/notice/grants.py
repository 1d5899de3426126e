"""Exemptions and extensions: whether each names something that is owed."""

from collections.abc import Iterator

from pipelines.notice.deliverable import Deliverable
from pipelines.notice.files import YamlFile
from pipelines.notice.given import Exemption, Extension
from pipelines.notice.model import Notice
from pipelines.notice.periods import Period

Fault = tuple[tuple[str | int, ...], str]
"""The field that is wrong, and the sentence about it."""


def check_grants(notice: Notice, file: YamlFile) -> Iterator[str]:
    """A grant must name units that owe this deliverable and periods there are, and be the only one to say so."""
    granted: list[tuple[str, tuple[Exemption | Extension, ...]]] = [
        ("exemptions", notice.exemptions),
        ("extensions", notice.extensions),
    ]
    for key, grants in granted:
        seen: dict[tuple[str, str, str, tuple[int, int]], int] = {}
        for index, grant in enumerate(grants):
            faults = list(_check_grant(notice, grant))
            yield from (f"{file.at(key, index, *field)}：{fault}" for field, fault in faults)
            if first := _first_alike(notice, grant, index, seen):
                yield f"{file.at(key, index)}：与第 {file.line(key, first[1])} 行是同一项{first[0]}；请留一个"


def _first_alike(
    notice: Notice,
    grant: Exemption | Extension,
    index: int,
    seen: dict[tuple[str, str, str, tuple[int, int]], int],
) -> tuple[str, int] | None:
    """An earlier grant that speaks as closely of one of the same obligations: nobody could say which holds."""
    item = notice.deliverables.get(grant.deliverable)
    periods = [one.key for one in item.periods.periods() if grant.holds_in(one.key)] if item else []
    for unit in notice.recipients:
        if not grant.is_for(unit.code, unit.kind, unit.city_code):
            continue
        for period in periods:
            first = seen.setdefault((unit.code, grant.deliverable, period, grant.rank), index)
            if first != index:
                return ("" if grant.recipient else f"（如 {unit.name}）"), first
    return None


def _check_grant(notice: Notice, grant: Exemption | Extension) -> Iterator[Fault]:
    whom = list(_check_whom(notice, grant))
    yield from whom
    item = notice.deliverables.get(grant.deliverable)
    if item is None:
        yield ("deliverable",), f"没有报送事项 {grant.deliverable}；可用：{'、'.join(notice.deliverables)}"
        return
    if not whom:
        yield from _check_owed(notice, grant, item)
    if item.within is not None:
        yield ("deliverable",), f"{grant.deliverable} 遇事才报，没有预先欠的，不用免报或延期；请删去这一条"
        return
    periods = item.periods.periods()
    held = [one for one in periods if grant.holds_in(one.key)]
    if not held:
        listed = "、".join(one.key for one in periods if one.key) or "只报一次，不写 period"
        said = grant.period if grant.period is not None else f"{grant.first} 至 {grant.last}"
        field = "period" if grant.period is not None else "first"
        yield (field,), f"{grant.deliverable} 没有 {said} 这一期；可用：{listed}"
    elif isinstance(grant, Extension):
        yield from _check_due(notice, grant, held)


def _check_whom(notice: Notice, grant: Exemption | Extension) -> Iterator[Fault]:
    codes = {one.code for one in notice.recipients}
    for index, code in enumerate(grant.codes):
        if code not in codes:
            field = ("recipient",) if grant.recipient else ("recipients", index)
            yield field, f"名册里没有 {code}；请写 recipients.csv 里的单位代码"
    for index, kind in enumerate(grant.kinds or ()):
        if kind not in notice.recipient_kinds:
            yield ("kinds", index), f"没有 {kind} 这类单位；可用：{'、'.join(notice.recipient_kinds)}"
    places = {one.code for one in notice.regions if one.level != "county"}
    for index, city in enumerate(grant.cities or ()):
        if city not in places:
            yield ("cities", index), f"没有代码为 {city} 的市；请写 regions.csv 里的代码"


def _check_owed(notice: Notice, grant: Exemption | Extension, item: Deliverable) -> Iterator[Fault]:
    """Units named one by one must owe it, each; of the others, at least one."""
    meant = [one for one in notice.recipients if grant.is_for(one.code, one.kind, one.city_code)]
    free = [one for one in meant if one.kind not in item.owed_by]
    if grant.codes and free:
        yield ("deliverable",), f"{free[0].code} 本来不报 {grant.deliverable}；请核对单位和事项"
    elif len(free) == len(meant):
        yield ("deliverable",), f"所写的单位本来都不报 {grant.deliverable}；请核对单位和事项"


def _check_due(notice: Notice, grant: Extension, held: list[Period]) -> Iterator[Fault]:
    plain = [notice.local(one.due_at) for one in held]
    field = "due" if grant.due else "later"
    if grant.due and (due := notice.local(grant.due)) <= max(plain):
        yield (field,), f"{due} 不晚于原来的截止 {max(plain)}；延期应写更晚的时刻，各期都推后几天的写 later"
    if (last := notice.local(max(map(grant.new_due, plain)))).date() > notice.closes:
        yield (field,), f"{last} 晚于 closes {notice.closes}；到那时已不收件，请推后 closes"
