"""Site: the votes and awards that a notice nominates for: until when, where, and who was nominated once that was approved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipelines.media.leaving import Leaving
from pipelines.notice import Notice
from pipelines.select.chosen import Chosen
from pipelines.site.web import safe_link


@dataclass(frozen=True)
class Vote:
    """One of them. A nominee stands here only after a person selected the row and cleared it for the public."""

    slug: str
    name: str
    who: str
    """Who nominates how many, in words."""
    due: tuple[datetime, ...]
    url: str
    link: str | None
    until: datetime | None
    nominees: tuple[tuple[str, str], ...]
    """Each with the unit that nominated it."""


def read_votes(leaving: Leaving | None, notice: Notice, chosen: Iterable[Chosen]) -> tuple[Vote, ...]:
    """In the notice's order; `leaving` may be missing where nothing is chosen."""
    public = list(chosen)
    found = []
    for code, item in notice.deliverables.items():
        rules = item.nominations
        if rules is None:
            continue
        kinds = "、".join(notice.recipient_kinds[kind] for kind in item.sent_by)
        each = "每个市" if rules.each == "city" else "每个单位"
        nominees = [one for one in public if one.deliverable == code]
        found.append(
            Vote(
                slug=code,
                name=item.name,
                who=f"{kinds}推荐" + (f"，{each}至多 {rules.at_most} 个" if rules.at_most else ""),
                due=tuple(notice.local(period.due_at) for period in item.periods.periods()),
                url=rules.vote or "",
                link=safe_link(rules.vote),
                until=notice.local(rules.vote_until) if rules.vote_until else None,
                nominees=tuple((leaving.clean(one.title), one.recipient) for one in nominees)
                if leaving
                else (),
            )
        )
    return tuple(found)
