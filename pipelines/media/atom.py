"""The feed as Atom (RFC 4287), with a tombstone (RFC 6721) for each item that left it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from lxml import etree

from pipelines.media.entries import WHY, Entry
from pipelines.media.stories import Story, tag
from pipelines.notice.feeds import Feeds
from pipelines.notice.model import Notice

ATOM, TOMBSTONES = "http://www.w3.org/2005/Atom", "http://purl.org/atompub/tombstones/1.0"
MEDIA_TYPE = "application/atom+xml"
_NAMES: dict[Any, str] = {None: ATOM, "at": TOMBSTONES}


def write_atom(notice: Notice, feeds: Feeds, stories: Iterable[Story], entries: dict[str, Entry]) -> bytes:
    """Newest first. The same stories and entries are the same bytes."""
    told = sorted(stories, key=lambda one: (one.updated, one.item_id), reverse=True)
    gone = sorted((one for one in entries.values() if one.gone_at), key=lambda one: (one.gone_at, one.item_id), reverse=True)  # fmt: skip
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_NAMES)
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "zh-CN")
    _add(root, "id", tag(notice, feeds))
    _add(root, "title", feeds.title or notice.title)
    _add(root, "updated", _moment(latest(notice, told, entries)))
    _add(etree.SubElement(root, f"{{{ATOM}}}author"), "name", notice.issuer)
    _add(root, "generator", "notices")
    if feeds.base:
        _link(root, "self", f"{feeds.base.rstrip('/')}/feed.atom", MEDIA_TYPE)
    for entry in gone:
        assert entry.gone_at
        stone = etree.SubElement(root, f"{{{TOMBSTONES}}}deleted-entry")
        stone.set("ref", tag(notice, feeds, entry.item_id))
        stone.set("when", _moment(entry.gone_at.replace(tzinfo=notice.zone)))
        etree.SubElement(stone, f"{{{TOMBSTONES}}}comment").text = WHY
    for story in told:
        _write_entry(root, notice, feeds, story, entries[story.item_id])
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def latest(notice: Notice, stories: Iterable[Story], entries: dict[str, Entry]) -> datetime:
    """When the feed changed last: an item in it, or one that left; the notice's first day where it never held any."""
    moments = [one.updated for one in stories]
    moments += [one.gone_at.replace(tzinfo=notice.zone) for one in entries.values() if one.gone_at]
    first = datetime.combine(notice.opens, datetime.min.time(), notice.zone)
    return max(moments, default=first)


def _write_entry(root: etree._Element, notice: Notice, feeds: Feeds, story: Story, entry: Entry) -> None:
    made = etree.SubElement(root, f"{{{ATOM}}}entry")
    _add(made, "id", story.id)
    _add(made, "title", story.title)
    _add(made, "updated", _moment(story.updated))
    _add(made, "published", _moment(entry.entered_at.replace(tzinfo=notice.zone)))
    _add(etree.SubElement(made, f"{{{ATOM}}}author"), "name", story.unit)
    for scheme, term in (
        ("type", story.kind),
        ("category", story.category),
        ("theme", story.theme),
        ("city", story.city),
    ):
        if term:
            category = etree.SubElement(made, f"{{{ATOM}}}category")
            category.set("term", term)
            category.set("scheme", f"{tag(notice, feeds)}/{scheme}")
    if story.link:
        _link(made, "alternate", story.link, None)
    if feeds.base:
        _link(made, "enclosure", f"{feeds.base.rstrip('/')}/{story.package}", "application/zip")
    _add(made, "summary", story.summary)
    _add(made, "content", f"{story.title}\n{story.summary}\n{story.source}")


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _link(parent: etree._Element, relation: str, address: str, media_type: str | None) -> None:
    made = etree.SubElement(parent, f"{{{ATOM}}}link")
    made.set("rel", relation)
    made.set("href", address)
    if media_type:
        made.set("type", media_type)


def _moment(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()
