"""遴选 as people see it: an evening's shortlist with what belongs to each item, what was decided of it, and what waits besides."""

import base64
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.board.asking import Row, Snapshot
from pipelines.ground.home import Home
from pipelines.notice.model import Notice
from pipelines.notice.selection import selection_moments
from pipelines.select.evening import Evening, read_evenings
from pipelines.select.looks import Looks
from pipelines.select.shortlist import SCORES

PICTURES = 4
"""Small pictures of an item on the page."""
OTHERS = 200
"""Candidates that are not on the list, of which so many are shown."""
_CHOSEN = "SELECT * FROM marts.selections_as_of($notice, $t)"
_FILES = """
SELECT belongings.item_id, belongings.media, belongings.submission_id, belongings.path, submissions.sha256
FROM core.belongings_at($notice, $t) AS belongings
INNER JOIN core.submissions ON belongings.submission_id = submissions.submission_id
WHERE belongings.item_id IN (SELECT unnest($items::VARCHAR[]))
ORDER BY belongings.item_id, belongings.received_at, belongings.path
"""
_WHOLE = """
SELECT item_id, theme, county, participants, online_views, link, submission_id, sheet, row_number, reach_times
FROM core.reached_at($notice, $t) WHERE item_id IN (SELECT unnest($items::VARCHAR[]))
"""
"""Not from marts.candidates_as_of, which compares all titles with each other."""
_STANDING = """
SELECT item_id, stands_as FROM core.standing_at($notice, $t) WHERE item_id IN (SELECT unnest($items::VARCHAR[]))
"""
_UNTOLD = dict.fromkeys(
    (
        *("theme", "county", "participants", "online_views", "link", "submission_id", "sheet", "row_number"),
        "reach_times",
    )
)
"""Of a row of a list, which is no candidate."""
_HISTORY = """
SELECT recipient_code, count(*) AS materials FROM marts.materials_as_of($notice, $t) GROUP BY recipient_code
"""


@dataclass
class Card:
    """An item as it is put before the people. `told` as the shortlist kept it, or as it stands now where it was on none."""

    told: Row
    whole: Row
    pictures: list[tuple[str, str]] = field(default_factory=list)
    """Address of the small one, and the file that it is of."""
    files: list[Row] = field(default_factory=list)
    chosen: Row | None = None
    materials: int = 0
    selected: int = 0
    is_gone: bool = False
    """Whether its row was corrected or withdrawn since: it can be decided no more."""

    @property
    def scores(self) -> list[tuple[str, float]]:
        return [(name, self.told[column]) for column, name in SCORES.items() if column in self.told]


@dataclass
class SelectionPage:
    """`lost`: what was chosen and has been corrected or withdrawn since."""

    evening: Evening | None
    days: list[datetime]
    cards: list[Card]
    recommended: list[Card]
    others: list[Row]
    others_count: int
    lost: list[Row]
    selected: int


def find_standing(snapshot: Snapshot, items: list[str], now: datetime) -> dict[str, str | None]:
    """Which row says now what an item of an earlier shortlist said; None where it was corrected or withdrawn."""
    found = snapshot.ask(_STANDING, t=now, items=items) if items else []
    return {one["item_id"]: one["stands_as"] for one in found}


def find_page(snapshot: Snapshot, home: Home, notice: Notice, day: str, now: datetime) -> SelectionPage:
    """The evening of `day` (ISO), else the last one that was made; what was decided is as of now."""
    evenings = read_evenings(home, notice.id)
    evening = next((one for at, one in evenings.items() if at.date().isoformat() == day), None)
    if evening is None and not day and evenings:
        evening = evenings[max(evenings)]
    chosen = snapshot.ask(_CHOSEN, t=now)
    by_item = {name: one for one in chosen for name in (one["current_item_id"], one["item_id"]) if name}
    listed = evening.listed if evening else []
    everybody = [one["item_id"] for one in evening.rows] if evening else []
    standing = find_standing(snapshot, everybody, now)
    by_item = {item: by_item[name] for item, name in standing.items() if name in by_item} | by_item
    on_list = {one["item_id"] for one in listed} | {standing.get(one["item_id"]) for one in listed} - {None}
    recommended = [
        one
        for one in chosen
        if one["state"] == "recommended" and not {one["item_id"], one["current_item_id"]} & on_list
    ]
    cards = _cards(snapshot, home, listed, evening.as_of if evening else now, by_item)
    for card in cards:
        card.is_gone = standing.get(card.told["item_id"]) is None
    left = [one for one in evening.rows if not one["place"]] if evening else []
    return SelectionPage(
        evening=evening,
        days=selection_moments(notice),
        cards=_with_history(snapshot, cards, chosen, now),
        recommended=_with_history(
            snapshot,
            _cards(
                snapshot,
                home,
                [one | {"item_id": one["current_item_id"], "place": 0, "why": ""} for one in recommended],
                now,
                by_item,
            ),
            chosen,
            now,
        ),
        others=[one | {"chosen": by_item.get(one["item_id"])} for one in left[:OTHERS]],
        others_count=len(left),
        lost=[one for one in chosen if one["state"] in ("corrected", "withdrawn")],
        selected=sum(one["is_selected"] for one in chosen),
    )


def _cards(
    snapshot: Snapshot, home: Home, rows: list[Row], at: datetime, chosen: dict[str, Row]
) -> list[Card]:
    items = [one["item_id"] for one in rows]
    if not items:
        return []
    files: dict[str, list[Row]] = defaultdict(list)
    for one in snapshot.ask(_FILES, t=at, items=items):
        files[one["item_id"]].append(one)
    whole = {one["item_id"]: one for one in snapshot.ask(_WHOLE, t=at, items=items)}
    looks = Looks(home).known(
        one["sha256"] for found in files.values() for one in found if one["media"] == "picture"
    )
    cards = []
    for one in rows:
        own = files[one["item_id"]]
        shown = [
            (f"data:image/jpeg;base64,{base64.b64encode(look.small).decode()}", file["path"])
            for file in own
            if (look := looks.get(file["sha256"])) and look.small
        ]
        cards.append(
            Card(one, whole.get(one["item_id"], _UNTOLD), shown[:PICTURES], own, chosen.get(one["item_id"]))
        )
    return cards


def _with_history(snapshot: Snapshot, cards: list[Card], chosen: list[Row], now: datetime) -> list[Card]:
    """How much the unit sent, and how much of it was selected."""
    if not cards:
        return cards
    sent = {one["recipient_code"]: one["materials"] for one in snapshot.ask(_HISTORY, t=now)}
    for card in cards:
        unit = card.told["recipient_code"]
        card.materials = sent.get(unit, 0)
        card.selected = sum(one["is_selected"] and one["recipient_code"] == unit for one in chosen)
    return cards
