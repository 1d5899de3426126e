"""The same feed as JSON Feed 1.1; items that left it stand under `_notices`, which readers that do not know it pass over."""

import json
from collections.abc import Iterable
from typing import Any

from pipelines.media.atom import latest
from pipelines.media.entries import WHY, Entry
from pipelines.media.stories import Story, tag
from pipelines.notice.feeds import Feeds
from pipelines.notice.model import Notice

MEDIA_TYPE = "application/feed+json"


def write_json_feed(
    notice: Notice, feeds: Feeds, stories: Iterable[Story], entries: dict[str, Entry]
) -> bytes:
    """Newest first, as in Atom."""
    told = sorted(stories, key=lambda one: (one.updated, one.item_id), reverse=True)
    gone = sorted((one for one in entries.values() if one.gone_at), key=lambda one: (one.gone_at, one.item_id), reverse=True)  # fmt: skip
    made: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feeds.title or notice.title,
        "language": "zh-CN",
        "authors": [{"name": notice.issuer}],
    }
    if feeds.base:
        made["feed_url"] = f"{feeds.base.rstrip('/')}/feed.json"
    made["_notices"] = {
        "about": "撤下的条目：请同时从网站撤下",
        "id": tag(notice, feeds),
        "updated": latest(notice, told, entries).isoformat(),
        "withdrawn": [
            {"id": tag(notice, feeds, one.item_id), "withdrawn_at": one.gone_at.replace(tzinfo=notice.zone).isoformat(), "why": WHY}
            for one in gone
            if one.gone_at
        ],
    }  # fmt: skip
    made["items"] = [_item(notice, feeds, one, entries[one.item_id]) for one in told]
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()


def _item(notice: Notice, feeds: Feeds, story: Story, entry: Entry) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": story.id,
        "title": story.title,
        "content_text": f"{story.title}\n{story.summary}\n{story.source}",
        "summary": story.summary,
        "date_published": entry.entered_at.replace(tzinfo=notice.zone).isoformat(),
        "date_modified": story.updated.isoformat(),
        "authors": [{"name": story.unit}],
        "tags": [one for one in (story.kind, story.category, story.theme, story.city) if one],
    }
    if story.link:
        made["external_url"] = story.link
    if feeds.base:
        address = f"{feeds.base.rstrip('/')}/{story.package}"
        made["attachments"] = [{"url": address, "mime_type": "application/zip", "title": story.title}]
    return made
