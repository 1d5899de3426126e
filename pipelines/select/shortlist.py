"""A day's shortlist from its candidates: what stands on it, in which order, and a sentence why each is on it or is not. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.notice.selection import Selection

SCORES = {
    "score_complete": "填全",
    "score_media": "图片视频",
    "score_link": "链接",
    "score_new_category": "新类别",
    "score_new_county": "新县",
    "score_reach": "人气",
}
"""Columns of marts.candidates_as_of, as people call them."""
DECIDED = {"selected": "已入选", "proposed": "已有人选，待复核", "declined": "已决定不选"}
_BALANCED = {"unit": "recipient_code", "city": "city_code", "kind": "kind", "category": "category"}
_SAID = {"unit": "这个单位", "city": "同一个市", "kind": "同类单位", "category": "同一活动类别"}
Candidate = Mapping[str, Any]


@dataclass(frozen=True)
class Placed:
    """A candidate and what became of it; `place` counts from 1, 0 where it is not on the list."""

    candidate: Candidate
    place: int
    why: str

    @property
    def is_listed(self) -> bool:
        return self.place > 0


def shorten(
    candidates: Iterable[Candidate], selection: Selection, twins: Mapping[str, str] | None = None
) -> list[Placed]:
    """All candidates, the list first. What another line recommends is always on it, and what was selected before it was corrected;
    `twins` says of an item which other has a picture of the same thing."""
    ordered = sorted(
        candidates,
        key=lambda one: (
            one["state"] in DECIDED,
            not one["recommended_by"],
            not one["was_selected"],
            -one["score"],
            one["first_known_at"],
            one["item_id"],
        ),
    )
    listed: dict[str, Placed] = {}
    left: list[Placed] = []
    taken: Counter[tuple[str, Any]] = Counter()
    last = 0.0
    for one in ordered:
        is_certain = bool(one["recommended_by"] or one["was_selected"])
        why_not = DECIDED.get(one["state"] or "") or _alike(one, twins or {}, listed)
        if not why_not and not is_certain:
            why_not = _full(one, selection, taken, len(listed), last)
        if why_not:
            left.append(Placed(one, 0, why_not))
            continue
        listed[one["item_id"]] = Placed(one, len(listed) + 1, _why(one))
        last = one["score"]
        taken.update((name, one[column]) for name, column in _BALANCED.items())
    return [*listed.values(), *left]


def _alike(one: Candidate, twins: Mapping[str, str], listed: Mapping[str, Placed]) -> str:
    """'' where it is like nothing on the list; a recommendation is put before the people all the same."""
    if one["recommended_by"]:
        return ""
    for placed in listed.values():
        other = placed.candidate
        if one["like_item_id"] == other["item_id"] or other["like_item_id"] == one["item_id"]:
            likeness = one["likeness"] if one["like_item_id"] == other["item_id"] else other["likeness"]
            return f"标题与名单里的{_name(other)}相似 {likeness:.0%}，可能是同一项活动"
        if other["item_id"] == twins.get(one["item_id"]) or twins.get(other["item_id"]) == one["item_id"]:
            return f"图片与名单里的{_name(other)}相同"
    return ""


def _name(one: Candidate) -> str:
    return f"“{one['title']}”（{one['recipient']}）"


def _full(
    one: Candidate, selection: Selection, taken: Counter[tuple[str, Any]], count: int, last: float
) -> str:
    for name, column in _BALANCED.items():
        most = getattr(selection.at_most, name)
        if most is not None and one[column] is not None and taken[name, one[column]] >= most:
            return f"{_SAID[name]}在名单里已有 {most} 条"
    if count >= selection.per_day:
        return f"名单已满 {selection.per_day} 条：得 {_points(one['score'])} 分，最后一条 {_points(last)} 分"
    return ""


def _why(one: Candidate) -> str:
    parts = [f"{name} {_points(one[column])}" for column, name in SCORES.items() if one[column]]
    said = f"得 {_points(one['score'])} 分" + (f"（{'、'.join(parts)}）" if parts else "")
    if one["was_selected"]:
        said = f"入选以后单位更正了，请重新定；{said}"
    if one["recommended_by"]:
        said = f"{one['recommended_by']}推荐；{said}"
    if one["like_item_id"]:
        said += f"；标题与“{one['like_title']}”（{one['like_recipient']}）相似 {one['likeness']:.0%}"
    return said


def _points(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
