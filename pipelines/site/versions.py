"""Site, step 4 elsewhere: at a place that fsspec or a connection reaches, where no folder can be swapped.

    v/<digest>/…        a whole site, under the digest of what it says; written file by file, its site.json last
    index.html          leads to the newest version: the one file that is switched, after all of the version is there
    feed.xml            the newest feed, under an address that does not change
    current.json        whose site it is and which versions lie there; written last

A reader sees the old version or the new one. The version before is kept; older ones are removed after the switch.
"""

import hashlib
import json
from collections.abc import Mapping
from html import escape
from typing import Any

from lxml import etree

from pipelines.ask.place import PublishedPlace
from pipelines.ground.errors import NoticesError
from pipelines.site.content import Site
from pipelines.site.pages import MANIFEST

CURRENT = "current.json"
KEPT = 2
"""Versions that lie there: the one shown, and the one before."""


def publish_version(site: Site, files: Mapping[str, bytes], place: PublishedPlace) -> bool:
    """Whether anything was written. Raises NoticesError where another site lies there, or the place cannot be written."""
    versions = _versions(site, place)
    new = hashlib.sha256(files[MANIFEST]).hexdigest()[:16]
    root = _root(site, files, new)
    listed = [new, *(one for one in versions if one != new)]
    if versions == listed[:KEPT] and place.read("index.html") == root["index.html"]:
        return False
    for name in (*(one for one in files if one != MANIFEST), MANIFEST):
        where = f"v/{new}/{name}"
        if place.read(where) != files[name]:
            place.write(where, files[name])
    for name, data in root.items():
        if place.read(name) != data:
            place.write(name, data)
    _note(site, place, listed)
    for old in listed[KEPT:]:
        _remove(place, old)
    if len(listed) > KEPT:
        _note(site, place, listed[:KEPT])
    return True


def _versions(site: Site, place: PublishedPlace) -> list[str]:
    """Those that lie there, the newest first."""
    text = place.read(CURRENT)
    if text is None:
        if place.read("index.html") is not None:
            raise NoticesError(f"{place.url} 里有别的网站（没有 {CURRENT}）。请指一个空的地方")
        return []
    try:
        said: dict[str, Any] = json.loads(text)
        owner, versions = said["notice"], [str(one) for one in said["versions"]]
    except (ValueError, KeyError, TypeError):
        raise NoticesError(f"{place.url} 里的 {CURRENT} 不是本程序写的。请指一个空的地方") from None
    if owner != site.notice.id:
        raise NoticesError(f"{place.url} 里是另一份通知（{owner}）的专题网站。请另指一处")
    return versions


def _root(site: Site, files: Mapping[str, bytes], version: str) -> dict[str, bytes]:
    """The feed first, the page that switches last."""
    feed = etree.fromstring(files["feed.xml"])
    for link in feed.iter("{http://www.w3.org/2005/Atom}link"):
        href = link.get("href", "")
        if "://" not in href and link.get("rel") != "self":
            link.set("href", f"v/{version}/{href}")
    there = f"v/{version}/index.html"
    index = (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="refresh" content="0; url={there}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(site.subject)}</title>\n</head>\n"
        f'<body><main><h1>{escape(site.subject)}</h1><p><a href="{there}">进入专题网站</a></p></main></body>\n</html>\n'
    )
    return {
        "feed.xml": etree.tostring(feed, encoding="utf-8", xml_declaration=True),
        "index.html": index.encode(),
    }


def _note(site: Site, place: PublishedPlace, versions: list[str]) -> None:
    said = {"notice": site.notice.id, "as_of": site.as_of.isoformat(), "versions": versions}
    place.write(CURRENT, (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode())


def _remove(place: PublishedPlace, version: str) -> None:
    """What its manifest names, and then that: a run that was killed in between goes on."""
    text = place.read(f"v/{version}/{MANIFEST}")
    if text is None:
        return
    for one in json.loads(text)["files"]:
        where = f"v/{version}/{one['name']}"
        if place.read(where) is not None:
            place.remove(where)
    place.remove(f"v/{version}/{MANIFEST}")
