"""Site, step 5: what came onto a site and what left it, when and why: <home>/registry/site/<notice>.jsonl, kept for ever.

Noted after the new site stands, from what was noted before: a run that was killed in between notes it the next time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.ground.chain import JsonLines
from pipelines.ground.home import Home
from pipelines.site.content import Site
from pipelines.warehouse.snapshot import open_snapshot

_STATES = """
SELECT item_id, state_name, is_selected FROM marts.selections_as_of($notice, $t) WHERE item_id IN (SELECT unnest($items::VARCHAR[]))
"""


@dataclass(frozen=True)
class Left:
    """A material that is no longer on the site."""

    item_id: str
    title: str
    unit: str
    why: str


def note_shown(home: Home, site: Site, to: str, now: datetime) -> list[Left]:
    """Notes what is new at this place and what is gone from it, and returns what is gone."""
    path = home.registry / "site" / f"{site.notice.id}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    journal = JsonLines(path, ensure_ascii=False)
    shown, last = _shown(journal.read(), to)
    here = {one.item_id: one for one in site.materials}
    gone = [one for item_id, one in shown.items() if item_id not in here]
    whys = _whys(home, site, [one["item_id"] for one in gone], last) if gone else {}
    left = [Left(one["item_id"], one["title"], one["unit"], whys[one["item_id"]]) for one in gone]
    head = {"at": now.replace(tzinfo=None), "to": to, "as_of": site.chosen_at}
    new = [
        {**head, "event": "shown", "item_id": one.item_id, "title": one.title, "unit": one.unit}
        for item_id, one in here.items()
        if item_id not in shown
    ]
    journal.append([*new, *({**head, "event": "left", **vars(one)} for one in left)])
    return left


def _shown(records: Iterable[dict[str, Any]], to: str) -> tuple[dict[str, dict[str, Any]], datetime]:
    """What the place shows, by item, and the latest moment that it was as of."""
    shown: dict[str, dict[str, Any]] = {}
    last = datetime.min
    for one in records:
        if one["to"] == to:
            last = max(last, datetime.fromisoformat(one["as_of"]))
            if one["event"] == "shown":
                shown[one["item_id"]] = one
            else:
                shown.pop(one["item_id"], None)
    return shown, last


def _whys(home: Home, site: Site, items: list[str], last: datetime) -> dict[str, str]:
    if site.chosen_at < last:
        return dict.fromkeys(items, f"网站改为截至更早的 {site.chosen_at:%Y-%m-%d %H:%M:%S}")
    if not site.is_selecting:
        return dict.fromkeys(items, "单位更正或撤回了，或数据人员决定不计")
    asked = {"notice": site.notice.id, "t": site.chosen_at, "items": items}
    with open_snapshot(home.published) as snapshot:
        states = {row[0]: row[1:] for row in snapshot.execute(_STATES, asked).fetchall()}
    return {item: _why(*states[item]) if item in states else "入选的决定撤销了，或没有入选" for item in items}


def _why(state_name: str, is_selected: bool) -> str:
    return "不再标为可公开" if is_selected else state_name
