"""What of a selected item may be said in public: masked texts, ids that never change, moments of decisions."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from pipelines.media.leaving import Leaving
from pipelines.media.rework import WIDTHS
from pipelines.notice.feeds import Feeds
from pipelines.notice.model import Notice
from pipelines.select.chosen import Chosen
from pipelines.warehouse.masker import TOKEN

MADE_BY = 1
"""Of what a package is like: with another number every package is made and pushed anew."""


@dataclass(frozen=True)
class Story:
    """An item as others are told of it. Moments have their zone."""

    item_id: str
    id: str
    title: str
    unit: str
    source: str
    city: str
    county: str
    day: str
    kind: str
    category: str
    theme: str
    link: str
    updated: datetime
    captions: tuple[tuple[str, str], ...]
    """Of each picture: the sha256 of the original, and what it shows."""

    @property
    def summary(self) -> str:
        """One line: when, where, what."""
        return "，".join(
            filter(None, (self.day, self.city + self.county, self.unit, self.kind, self.category, self.theme))
        )

    @property
    def package(self) -> str:
        """The file that holds it at a destination."""
        return f"packages/{self.item_id}.zip"

    @property
    def notice_of_withdrawal(self) -> str:
        return f"packages/{self.item_id}.withdrawn.json"


def make_story(notice: Notice, feeds: Feeds, one: Chosen, leaving: Leaving) -> Story:
    """Of an item that was cleared for the public."""
    clean = leaving.clean
    unit = clean(one.recipient) or "有关单位"
    # A link that held a telephone number leads nowhere once it is masked.
    link = "" if not one.link or TOKEN.search(one.link) else one.link
    title = clean(one.title) or "无题"
    captions = tuple(
        (file.sha256, clean(file.name.rpartition(".")[0] or file.name) or title)
        for file in one.originals
        if file.media == "picture"
    )
    return Story(
        item_id=one.item_id,
        id=tag(notice, feeds, one.item_id),
        title=title,
        unit=unit,
        source=f"来源：{unit}",
        city=one.city or "",
        county=one.county or "",
        day=one.day.isoformat() if one.day else "",
        kind=clean(one.material_type),
        category=clean(one.category),
        theme=clean(one.theme),
        link=link,
        updated=one.decided_at.replace(tzinfo=notice.zone),
        captions=captions,
    )


def version_of(story: Story, one: Chosen) -> str:
    """What a package is made from, as a hash: another one is another content."""
    originals = [(file.sha256, file.media) for file in one.originals]
    told = {"by": MADE_BY, "widths": WIDTHS, "originals": originals, **asdict(story)}
    return hashlib.sha256(
        json.dumps(told, ensure_ascii=False, sort_keys=True, default=str).encode()
    ).hexdigest()


def tag(notice: Notice, feeds: Feeds, item_id: str = "") -> str:
    """A tag: URI (RFC 4151): the feed's own, or an item's. It says nothing of where anything lies, and never changes."""
    below = f"/{item_id}" if item_id else ""
    return f"tag:{feeds.authority},{notice.opens.isoformat()}:notices/{notice.id}{below}"
