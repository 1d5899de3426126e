"""Site, step 3: every link inside the site leads to a file and a place of it, or the site is not published."""

import posixpath
from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urldefrag

from lxml import etree, html

_PAGES = (".html", ".xml")


def find_broken(files: Mapping[str, bytes]) -> list[str]:
    """Links that lead nowhere, as `page: link`. What has a scheme is elsewhere: columns are visited by the registry.

    Bulletins are documents that were published as they are, and are not looked into.
    """
    marks = {
        place: _marks(data) for place, data in files.items() if _is_page(place) and place.endswith(".html")
    }
    broken = []
    for place, data in files.items():
        if _is_page(place):
            for link in _links(place, data):
                target, mark = urldefrag(link)
                there = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(target)))
                there = there if target else place
                if there not in files or (mark and mark not in marks.get(there, ())):
                    broken.append(f"{place}: {link}")
    return broken


def _is_page(place: str) -> bool:
    is_document = place.startswith("bulletins/") and place.count("/") > 1
    return place.endswith(_PAGES) and not is_document


def _links(place: str, data: bytes) -> Iterator[str]:
    tree = etree.fromstring(data) if place.endswith(".xml") else html.document_fromstring(data)
    for element in tree.iter():
        for name in ("href", "src"):
            value = element.get(name)
            if value is not None and not value.startswith(("http://", "https://")):
                yield value


def _marks(data: bytes) -> set[str]:
    return {value for element in html.document_fromstring(data).iter() if (value := element.get("id"))}
