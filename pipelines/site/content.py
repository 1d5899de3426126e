"""Site, step 1: the snapshot as of a moment and the published bulletins become one frozen Site. Writes nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import duckdb

from pipelines.ask.figures import last_scan, open_snapshot
from pipelines.ask.freshness import find_freshness
from pipelines.bulletin.shelf import Record, Shelf
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.media.leaving import Leaving
from pipelines.notice import Notice
from pipelines.report.ask import Asker
from pipelines.report.phrases import full_moment, subject_of
from pipelines.select.chosen import Chosen, chosen_of
from pipelines.site.programme import Happening, read_programme
from pipelines.site.queries import COLUMNS, DECIDED, MATERIALS
from pipelines.site.stories import Stories, Story, read_stories
from pipelines.site.votes import Vote, read_votes
from pipelines.site.web import has_moved, safe_link, say_failure

STATES = {
    "ok": "打得开",
    "moved": "已迁址",
    "dead": "打不开",
    "unvisited": "还没有访问",
    "none": "还没有收到网址",
    "unasked": "不要求建专栏",
}
"""What is said of a column."""
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True)
class Column:
    """A unit's column, or that it has none. `link` is None where a reader is not sent there."""

    unit: str
    kind: str
    city: str
    url: str | None
    link: str | None
    state: str
    detail: str
    """Where it moved, or why it does not answer; '' otherwise."""
    dead_since: datetime | None
    visited_at: datetime | None


@dataclass(frozen=True)
class Material:
    item_id: str
    title: str
    unit: str
    city: str
    day: date | None
    type: str
    category: str
    theme: str
    link: str | None
    received_at: datetime
    story: Story | None = None
    """Its text and pictures, where it was selected and cleared for the public."""

    @property
    def page(self) -> str | None:
        """Its own page, from the site's root; None where it has none."""
        return f"materials/i-{self.item_id}.html" if self.story else None


@dataclass(frozen=True)
class Group:
    """Materials that share a day, category, theme or city; `slug` names its page."""

    slug: str
    name: str
    materials: tuple[Material, ...]


@dataclass(frozen=True)
class Site:
    """Everything that the pages say. Moments are naive, in the notice's zone."""

    notice: Notice
    subject: str
    publisher: str
    as_of: datetime
    chosen_at: datetime
    """As of when the selection is: people decide after the last scan, too."""
    whole: dict[str, Any]
    areas: tuple[dict[str, Any], ...]
    has_columns: bool
    columns: tuple[Column, ...]
    materials: tuple[Material, ...]
    programme: tuple[Happening, ...]
    votes: tuple[Vote, ...]
    groups: dict[str, tuple[Group, ...]]
    """By day, category, theme and city (GROUPS in pages.py); a way that sorts nothing is left out."""
    bulletins: tuple[Record, ...]
    """Published ones as of then, the newest first."""
    remarks: tuple[str, ...]
    pictures: dict[str, bytes]
    """Files by their place."""
    not_shown: tuple[str, ...]
    """Of what was cleared: what could not be shown, for whoever makes the site."""
    data_version: str
    rules_version: str

    @property
    def has_materials(self) -> bool:
        return any(item.kind == "materials" for item in self.notice.deliverables.values())

    @property
    def is_selecting(self) -> bool:
        """Whether only what people selected and cleared is shown (decision 0032)."""
        return self.notice.selection is not None


def read_site(home: Home, notice: Notice, as_of: datetime | None = None) -> Site:
    """The site of a notice as of a moment, its last scan by default. Raises NoticesError where the snapshot holds nothing of it."""
    with open_snapshot(home.published) as connection:
        scanned = last_scan(home.published, notice.id)  # which finds it open, and the same
        moment = as_of or scanned
        records = [one for one in Shelf(home, notice.id).published() if one.as_of <= moment]
        try:
            asker = Asker(connection, notice)
            decided = asker.rows(DECIDED, {"notice": notice.id})[0]["decided_at"]
            chosen_at = as_of or max(moment, decided or moment)
            return _read(home, asker, notice, moment, chosen_at, records)
        except duckdb.CatalogException as error:
            raise NoticesError(
                f"数据是旧版程序发布的，缺少统计口径（{error}）。先运行 notices rebuild"
            ) from error


def _read(
    home: Home, asker: Asker, notice: Notice, as_of: datetime, chosen_at: datetime, records: list[Record]
) -> Site:
    plans = [
        code
        for code, item in notice.deliverables.items()
        if item.kind == "plan" and "column_url" in item.columns
    ]
    bound = {"notice": notice.id, "t": as_of}
    columns = asker.rows(COLUMNS, {**bound, "deliverables": plans}) if plans else []
    chosen = chosen_of(asker.connection, home, notice, chosen_at, publishable=True)
    stories = Stories()
    if notice.selection is None:
        rows = asker.rows(MATERIALS, bound)
    else:
        picked = sorted((one for one in chosen if _is_material(notice, one)), key=_order)
        stories = read_stories(home, notice, picked)
        rows = [vars(one) for one in picked]
    rows = [{**row, "material": _material(row, stories.found.get(row["item_id"]))} for row in rows]
    version = asker.one("version", as_of)
    return Site(
        notice=notice,
        subject=notice.bulletins.subject or subject_of(notice.title),
        publisher=notice.bulletins.publisher or notice.issuer,
        as_of=as_of,
        chosen_at=chosen_at,
        whole=asker.one("whole", as_of),
        areas=tuple(asker.ask("areas", as_of)),
        has_columns=bool(plans),
        columns=tuple(_column(row) for row in columns),
        materials=tuple(row["material"] for row in rows),
        programme=read_programme(asker, notice, as_of),
        votes=read_votes(Leaving.of(home, notice) if chosen else None, notice, chosen),
        groups=_groups(notice, rows),
        bulletins=tuple(sorted(records, key=lambda one: (one.as_of, one.stem), reverse=True)),
        remarks=find_freshness(asker.connection, notice.id, as_of).sentences(full_moment, is_public=True),
        pictures=stories.files,
        not_shown=tuple(stories.remarks),
        data_version=str(version["data_version"])[:12],
        rules_version=str(version["rules_version"])[:8],
    )


def _column(row: dict[str, Any]) -> Column:
    url, state, detail = row["url"], "ok", ""
    if url is None:
        state = "none" if row["is_asked"] else "unasked"
    elif row["visited_at"] is None:
        state = "unvisited"
    elif not row["is_ok"]:
        state, detail = "dead", say_failure(row)
    elif has_moved(url, row["final_url"]):
        state, detail = "moved", row["final_url"]
    return Column(
        row["recipient"],
        row["kind_name"],
        row["city"],
        url,
        None if state == "dead" else safe_link(url),
        state,
        detail,
        row["dead_since"] if state == "dead" else None,
        row["visited_at"],
    )


def _is_material(notice: Notice, one: Chosen) -> bool:
    item = notice.deliverables.get(one.deliverable)
    return item is not None and item.kind == "materials"


def _order(one: Chosen) -> tuple[date, str, str, datetime, str, str, int]:
    """By day and unit, as the notice's other lists."""
    return (one.day or date.max, one.city_code or "", one.recipient_code, one.received_at, one.path, one.sheet, one.row_number)  # fmt: skip


def _material(row: dict[str, Any], story: Story | None) -> Material:
    return Material(
        row["item_id"],
        story.title if story else row["title"] or "（无标题）",
        row["recipient"],
        row["city"] or "",
        row["day"],
        row["material_type"] or "",
        row["category"] or "",
        row["theme"] or "",
        safe_link(row["link"]),
        row["received_at"],
        story,
    )


def _groups(notice: Notice, rows: list[dict[str, Any]]) -> dict[str, tuple[Group, ...]]:
    """Days newest first, words in the order of the notice's lists, cities as in its figures."""
    words = [word for one in notice.lists.values() for word in one.values()]
    areas = [one.code for one in notice.areas]
    found = {
        "day": _group([(row["day"], str(row["day"]), str(row["day"]), row) for row in rows])[::-1],
        "category": _group([(row["category"], row["category_code"], row["category"], row) for row in rows], words),
        "theme": _group([(row["theme"], row["theme_code"], row["theme"], row) for row in rows], words),
        "city": _group([(row["city_code"], row["city_code"], row["city"], row) for row in rows], areas),
    }  # fmt: skip
    return {by: groups for by, groups in found.items() if groups}


def _group(
    told: Iterable[tuple[Any, str | None, str | None, dict[str, Any]]], order: list[str] | None = None
) -> tuple[Group, ...]:
    """Groups by key, in `order`, then by key; what has no key is in none. Two keys never share a slug."""
    members: dict[Any, list[Material]] = {}
    labels: dict[Any, tuple[str | None, str]] = {}
    for key, code, name, row in told:
        if key is not None:
            members.setdefault(key, []).append(row["material"])
            labels.setdefault(key, (code, name or str(key)))
    places = {key: place for place, key in reversed(list(enumerate(order or [])))}
    keys = sorted(members, key=lambda key: (places.get(key, len(places)), str(key)))
    taken: set[str] = set()
    groups = []
    for key in keys:
        code, name = labels[key]
        groups.append(Group(_slug(code, key, taken), name, tuple(members[key])))
    return tuple(groups)


def _slug(code: str | None, key: Any, taken: set[str]) -> str:
    slug = code if code and _SAFE.fullmatch(code) else None
    if slug is None or slug in taken:
        slug = f"x{sha256(str(key).encode()).hexdigest()[:12]}"
    taken.add(slug)
    return slug
