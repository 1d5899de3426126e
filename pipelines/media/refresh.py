"""Refresh: what the feeds of a notice are to say now, written beside the home's other products and queued for every destination.

Packages and withdrawals come before the feed that speaks of them. A package is made only where it is to be pushed.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.archive.store import Archive
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.ground.whole import replace_file
from pipelines.media import atom, json_feed
from pipelines.media.entries import WHY, Entry, follow, note, read_entries
from pipelines.media.leaving import Leaving
from pipelines.media.package import write_story, write_withdrawal
from pipelines.media.rework import Workshop
from pipelines.media.stories import Story, make_story, tag, version_of
from pipelines.notice.feeds import Feeds
from pipelines.notice.model import Notice
from pipelines.select.chosen import Chosen, read_chosen
from pipelines.send.push_records import Push, PushRow, Target
from pipelines.send.pushes import Pushes

log = logging.getLogger(__name__)
BATCH = 20
"""Packages that are in memory at once, and on disk before the next ones are made."""
FEEDS = {"feed.atom": atom.MEDIA_TYPE, "feed.json": json_feed.MEDIA_TYPE}


@dataclass(frozen=True)
class Refreshed:
    """What one call did."""

    items: int
    withdrawn: int
    """Items that ever left the feed."""
    queued: int
    """Pushes that are new."""


def feeds_settings(notice: Notice) -> Feeds:
    """Raises NoticesError where the notice gives none."""
    if notice.feeds is None:
        raise NoticesError(
            f"通知 {notice.id} 的 notice.yaml 里没有 feeds 一节：至少要写 authority（本机关的域名），见 docs/feeds.md"
        )
    return notice.feeds


def refresh_feeds(home: Home, notice: Notice, now: datetime) -> Refreshed:
    """The feeds as of `now` (naive, in the notice's zone); told again, nothing is queued twice."""
    return refresh(home, notice, read_chosen(home, notice, now, publishable=True), now)


def refresh(home: Home, notice: Notice, chosen: tuple[Chosen, ...], now: datetime) -> Refreshed:
    """As `refresh_feeds`, of what is given: only what a person cleared may be among it."""
    if any(not one.is_publishable for one in chosen):
        raise ValueError("an item that nobody cleared for the public")
    feeds = feeds_settings(notice)
    with Pushes(home.pushes) as pushes, pushes.preparing():
        leaving = Leaving.of(home, notice)
        stories = {one.item_id: make_story(notice, feeds, one, leaving) for one in chosen}
        versions = {one.item_id: version_of(stories[one.item_id], one) for one in chosen}
        known = read_entries(pushes, notice.id)
        told = (_entry(notice, stories[one.item_id], versions[one.item_id]) for one in chosen)
        entries = follow(known, told, now)
        written = {
            "feed.atom": atom.write_atom(notice, feeds, stories.values(), entries),
            "feed.json": json_feed.write_json_feed(notice, feeds, stories.values(), entries),
        }
        _write(home, notice, written)
        give_up_after = timedelta(hours=feeds.give_up_after_hours)
        # Noted before anything is queued: what may lie somewhere is known to be told of when it is withdrawn.
        pushes.queue(notice.id, [], now, give_up_after, note(notice, known, entries, chosen))
        made = _Maker(
            home, notice, feeds, leaving, chosen, stories, versions, entries, pushes.newest(notice.id)
        )
        queued = 0
        for batch in made.batches(written):
            queued += pushes.queue(notice.id, batch, now, give_up_after).new
    gone = sum(one.gone_at is not None for one in entries.values())
    log.info("feeds: %s 有 %d 件，撤下过 %d 件；新推送 %d 件", notice.id, len(chosen), gone, queued)
    return Refreshed(len(chosen), gone, queued)


def _entry(notice: Notice, story: Story, version: str) -> Entry:
    updated = notice.local(story.updated)
    return Entry(story.item_id, version, story.title, updated, updated)


def _write(home: Home, notice: Notice, written: dict[str, bytes]) -> None:
    folder = home.feeds(notice.id)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        replace_file(folder / name, content)


@dataclass(frozen=True)
class _Maker:
    home: Home
    notice: Notice
    feeds: Feeds
    leaving: Leaving
    chosen: tuple[Chosen, ...]
    stories: dict[str, Story]
    versions: dict[str, str]
    entries: dict[str, Entry]
    newest: dict[tuple[str, str], PushRow]

    def batches(self, written: dict[str, bytes]) -> Iterator[list[tuple[Target, Push]]]:
        """What every destination is to hold and does not yet: what is withdrawn, then packages, made one by one, then feeds."""
        takers = {
            Target(name, one.connection, one.path or ""): one.sends
            for name, one in self.feeds.destinations.items()
        }
        packages = [target for target, sends in takers.items() if "package" in sends]
        gone = [one for one in self.entries.values() if one.gone_at]
        yield [
            (target, self._withdrawal(one))
            for one in gone
            for target in packages
            if self._may_lie(target, one)
        ]
        made: list[tuple[Target, Push]] = []
        with Workshop(self.notice, Archive(self.home.archive)) as workshop:
            for chosen in self.chosen:
                wanting = [target for target in packages if not self._lies_there(target, chosen)]
                if wanting:
                    push = self._package(chosen, workshop)
                    made += [(target, push) for target in wanting]
                if len(made) >= BATCH:
                    yield made
                    made = []
        yield made
        feeds = [Push("feed", name, name, FEEDS[name], content) for name, content in written.items()]
        yield [(target, push) for target, sends in takers.items() if "feed" in sends for push in feeds]

    def _lies_there(self, target: Target, one: Chosen) -> bool:
        """Whether the newest push of the item to this place says the same."""
        row = self.newest.get((target.id, one.item_id))
        said = (target, "package", self.versions[one.item_id])
        return row is not None and (row.target, row.purpose, row.version) == said and not row.is_dropped

    def _may_lie(self, target: Target, entry: Entry) -> bool:
        """Whether something of the item was pushed to this place last, and not its withdrawal."""
        row = self.newest.get((target.id, entry.item_id))
        return row is not None and row.purpose == "package" and not row.is_dropped

    def _package(self, one: Chosen, workshop: Workshop) -> Push:
        story = self.stories[one.item_id]
        content = write_story(story, one, workshop.rework(one.originals), self.leaving)
        return Push(
            "package", one.item_id, story.package, "application/zip", content,
            (story.notice_of_withdrawal,), self.versions[one.item_id],
        )  # fmt: skip

    def _withdrawal(self, entry: Entry) -> Push:
        assert entry.gone_at
        at = entry.gone_at.replace(tzinfo=self.notice.zone).isoformat()
        story_id = tag(self.notice, self.feeds, entry.item_id)
        content = write_withdrawal(story_id, entry.item_id, entry.title, at, WHY)
        base = f"packages/{entry.item_id}"
        return Push(
            "withdrawal",
            entry.item_id,
            f"{base}.withdrawn.json",
            "application/json",
            content,
            (f"{base}.zip",),
        )
