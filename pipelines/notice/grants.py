"""Exemptions and extensions: whether each names something that is owed."""

from collections.abc import Iterator

from pipelines.notice.files import YamlFile
from pipelines.notice.model import Exemption, Extension, Notice


def check_grants(notice: Notice, file: YamlFile) -> Iterator[str]:
    """A grant must name a unit, a deliverable that this unit owes, a period there is, and be the only one for it."""
    granted: list[tuple[str, tuple[Exemption | Extension, ...]]] = [
        ("exemptions", notice.exemptions),
        ("extensions", notice.extensions),
    ]
    for key, grants in granted:
        seen: dict[tuple[str, str, str | None], int] = {}
        for index, grant in enumerate(grants):
            faults = list(_check_grant(notice, grant))
            yield from (f"{file.at(key, index, field)}：{fault}" for field, fault in faults)
            what = (grant.recipient, grant.deliverable, grant.period)
            if (first := seen.setdefault(what, index)) != index:
                yield f"{file.at(key, index)}：与第 {file.line(key, first)} 行是同一项；请留一个"


def _check_grant(notice: Notice, grant: Exemption | Extension) -> Iterator[tuple[str, str]]:
    """The field that is wrong, and the sentence about it."""
    kinds = {recipient.code: recipient.kind for recipient in notice.recipients}
    item = notice.deliverables.get(grant.deliverable)
    if grant.recipient not in kinds:
        yield "recipient", f"名册里没有 {grant.recipient}；请写 recipients.csv 里的单位代码"
    if item is None:
        yield (
            "deliverable",
            f"没有报送事项 {grant.deliverable}；可用：{'、'.join(notice.deliverables)}",
        )
        return
    if grant.recipient in kinds and kinds[grant.recipient] not in item.owed_by:
        yield "deliverable", f"{grant.recipient} 本来不报 {grant.deliverable}；请核对单位和事项"
    periods = {period.key: notice.local(period.due_at) for period in item.periods.periods()}
    if grant.period is not None and grant.period not in periods:
        listed = "、".join(key for key in periods if key) or "只报一次，不写 period"
        yield "period", f"{grant.deliverable} 没有 {grant.period} 这一期；可用：{listed}"
        return
    if isinstance(grant, Extension):
        due, plain = notice.local(grant.due), periods[grant.period] if grant.period else min(periods.values())
        if due <= plain:
            yield "due", f"{due} 不晚于原来的截止 {plain}；延期应写更晚的时刻"
        if due.date() > notice.closes:
            yield "due", f"{due} 晚于 closes {notice.closes}；到那时已不收件，请推后 closes"
