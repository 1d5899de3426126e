"""Site, step 2: a Site becomes its files, by their place in the folder. The same Site gives the same bytes.

No page needs a script or a network; the one script that there is (search) is let run by its digest alone, so that nothing a unit
wrote can run even where escaping failed.
"""

import hashlib
import json
import re
import uuid
from base64 import b64encode
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from pipelines.bulletin.shelf import Record, Shelf
from pipelines.report import phrases
from pipelines.report.bulletin import Amount
from pipelines.report.page import html_environment
from pipelines.report.wording import TEMPLATES as REPORT
from pipelines.site.content import STATES, Column, Group, Material, Site

TEMPLATES = Path(__file__).parent / "templates"
GROUPS = {"day": "按日期", "category": "按活动类别", "theme": "按宣传主题", "city": "按市"}
PAGE = 200
"""Materials on one page."""
LATEST = 10
SHOWN = 100_000
"""Bytes of small pictures on the first page: all of it stays below 200 KB."""
FED = 50
"""Materials in the feed, the latest received; bulletins are all in it."""
DOCUMENTS = {".html": "网页", ".docx": "公文稿", ".xlsx": "数据表", ".txt": "文字"}
MANIFEST = "site.json"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
"""Characters that no page and no feed may hold."""


def make_files(site: Site, shelf: Shelf) -> dict[str, bytes]:
    """Every file of the site, the manifest last."""
    pages = _Pages(site)
    latest = _latest(site, LATEST)
    pages.add(
        "index.html", "index.html", site.subject, latest=latest, states=STATES, pictured=_pictured(latest)
    )
    if site.has_columns:
        pages.add("columns.html", "columns.html", "各单位专栏", cities=_by_city(site), states=STATES)
    if site.programme:
        pages.add("events.html", "events.html", "活动安排", states=STATES)
    if site.votes:
        pages.add("votes.html", "votes.html", "评选和投票")
    if site.has_materials:
        pages.add("materials/index.html", "materials.html", "活动材料", ways=GROUPS)
        for by, groups in site.groups.items():
            for group in groups:
                _add_group(pages, by, group)
        for one in site.materials:
            if one.page:
                pages.add(one.page, "item.html", one.title, one=one)
        pages.add("search.html", "search.html", "搜索", index=_index(site))
    pages.add("bulletins/index.html", "bulletins.html", "通报", corrections=_corrections(site))
    pages.add(
        "feed.xml",
        "feed.xml",
        site.subject,
        feed_id=_urn(site, "feed"),
        updated=_stamp(site, site.as_of),
        entries=_entries(site),
    )
    files = {**pages.files, **site.pictures}
    for record in site.bulletins:
        for name in record.files:
            if (suffix := Path(name).suffix) in DOCUMENTS:
                files[document(record, suffix)] = (shelf.folder(record.stem) / name).read_bytes()
    return {**files, MANIFEST: _manifest(site, files)}


def document(record: Record, suffix: str) -> str:
    """Where a bulletin's document lies: under a name that every server can carry."""
    return f"bulletins/{record.stem}/{record.stem}{suffix}"


def documents(record: Record) -> list[tuple[str, str]]:
    """Where each document is, from the site's root, and what it is called."""
    have = {Path(name).suffix for name in record.files}
    return [(document(record, suffix), words) for suffix, words in DOCUMENTS.items() if suffix in have]


def page_of(by: str, slug: str, number: int = 1) -> str:
    """A dot never occurs in a slug: the second page of one group is no other group's first."""
    return f"materials/{by}-{slug}{'' if number == 1 else f'.{number}'}.html"


class _Pages:
    """Renders templates of one site into `files`."""

    def __init__(self, site: Site) -> None:
        self.files: dict[str, bytes] = {}
        self._site = site
        self._environment = _environment()
        tokens = "\n".join((REPORT / "page.css").read_text("utf-8").splitlines()[:2])
        self._style = f"{tokens}\n{(TEMPLATES / 'site.css').read_text('utf-8')}"
        self._script = (TEMPLATES / "search.js").read_text("utf-8")

    def add(self, place: str, template: str, title: str, **given: Any) -> None:
        script = self._script if template == "search.html" else None
        text = self._environment.get_template(template).render(
            site=self._site,
            title=title,
            place=place,
            root="../" * place.count("/"),
            style=Markup(self._style),
            script=Markup(script) if script else None,
            style_digest=_digest(self._style),
            script_digest=_digest(script) if script else None,
            **given,
        )
        assert place not in self.files, place
        self.files[place] = _CONTROL.sub("", text).encode("utf-8")


def _environment() -> Environment:
    made = html_environment(TEMPLATES)
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    made.filters |= {
        "share": phrases.share,
        "amount": _amount,
        "full_moment": phrases.full_moment,
        "full_day": phrases.full_day,
    }
    made.globals |= {"page_of": page_of, "documents": documents}
    return made


def _digest(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _amount(row: dict[str, Any], name: str) -> str:
    return phrases.amount(Amount(row[name] or 0, bool(row[f"{name}_is_approximate"])))


def _latest(site: Site, most: int) -> list[Material]:
    return sorted(site.materials, key=lambda one: (one.received_at, one.item_id), reverse=True)[:most]


def _pictured(materials: list[Material]) -> set[str]:
    """Those whose small picture the first page can afford, in its order."""
    left, found = SHOWN, set()
    for one in materials:
        size = one.story.pictures[0].small.size if one.story and one.story.pictures else left + 1
        if size <= left:
            found.add(one.item_id)
            left -= size
    return found


def _by_city(site: Site) -> dict[str, tuple[list[Column], list[Column]]]:
    """The units of a city, those that no column is asked of apart."""
    found: dict[str, tuple[list[Column], list[Column]]] = {}
    for one in site.columns:
        asked, unasked = found.setdefault(one.city or "其他", ([], []))
        (unasked if one.state == "unasked" else asked).append(one)
    return found


def _add_group(pages: _Pages, by: str, group: Group) -> None:
    last = max(1, -(-len(group.materials) // PAGE))
    for number in range(1, last + 1):
        name = (
            phrases.full_day(group.materials[0].day) if by == "day" and group.materials[0].day else group.name
        )
        pages.add(
            page_of(by, group.slug, number),
            "group.html",
            f"{name}的活动材料" + (f"（第{number}页）" if number > 1 else ""),
            materials=group.materials[(number - 1) * PAGE : number * PAGE],
            total=len(group.materials),
            by=by,
            slug=group.slug,
            number=number,
            last=last,
        )  # fmt: skip


def _index(site: Site) -> dict[str, Any]:
    """What search looks through: texts that many materials share stand once."""
    texts: dict[str, int] = {}
    number = partial(_number, texts)
    rows = [
        [
            one.title,
            number(one.unit),
            number(one.city),
            number(one.day.isoformat() if one.day else ""),
            number(" · ".join(word for word in (one.type, one.category, one.theme) if word)),
            one.page or one.link or "",
        ]
        for one in site.materials
    ]
    return {"texts": list(texts), "rows": rows}


def _number(texts: dict[str, int], text: str) -> int:
    return texts.setdefault(text, len(texts))


def _corrections(site: Site) -> dict[str, list[Record]]:
    """By a bulletin's stem, what corrects it."""
    found: dict[str, list[Record]] = {}
    for record in site.bulletins:
        if record.kind == "correction":
            for stem in record.states:
                found.setdefault(stem, []).append(record)
    return found


def _entries(site: Site) -> list[dict[str, str]]:
    """The feed's entries, the newest first. An id says what it is for ever, whatever the site's address."""
    told = [
        (one.as_of, f"bulletin/{one.stem}", one.title, one.subtitle, [*documents(one), ("bulletins/index.html", "")][0][0])
        for one in site.bulletins
    ]  # fmt: skip
    for one in _latest(site, FED):
        about = " · ".join(word for word in (one.unit, one.type, one.category) if word)
        told.append(
            (
                one.received_at,
                f"material/{one.item_id}",
                one.title,
                about,
                one.page or one.link or "materials/index.html",
            )
        )
    return [
        {"id": _urn(site, key), "updated": _stamp(site, at), "title": title, "about": about, "link": link}
        for at, key, title, about, link in sorted(told, reverse=True)
    ]  # fmt: skip


def _urn(site: Site, key: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"notices/{site.notice.id}/{key}").urn


def _stamp(site: Site, moment: datetime) -> str:
    """RFC 3339, with the notice's own offset."""
    return moment.replace(microsecond=0, tzinfo=site.notice.zone).isoformat()


def _manifest(site: Site, files: dict[str, bytes]) -> bytes:
    said = {
        "notice": site.notice.id,
        "title": site.notice.title,
        "as_of": site.as_of.isoformat(),
        "timezone": str(site.notice.zone),
        "data_version": site.data_version,
        "rules_version": site.rules_version,
        "materials": len(site.materials),
        "is_selected": site.is_selecting,
        "files": [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(files.items())
        ],
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
