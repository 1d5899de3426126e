"""An RTF: the groups of properties, and of authors of comments and changes, go; its pictures, in hexadecimal, are cleaned as pictures."""

import re

from pipelines.media.clean.office import AUTHORS, INSIDE, PROPERTIES
from pipelines.media.clean.pictures import JPEG, clean_jpeg, clean_png
from pipelines.media.clean.pieces import BROKEN, Cleaned, Cut, Unclean, joined

_GROUP = re.compile(
    rb"\{\s*(?:\\\*\s*)?\\(info|userprops|revtbl|atnauthor|atnid|atnicn|template|xmlnstbl|datastore)(?![a-zA-Z])"
    rb"|(?<=[\s}0-9])((?:ffd8ff|89504e47)[0-9a-f\s]{40,})(?=\})",
    re.I,
)
"""A group that goes, or a picture."""
_PIECE = re.compile(rb"\\bin(\d+) ?|\\[\s\S]|[{}]")
_NOBODY = rb"{\*\revtbl{Unknown;}}"
"""Changes name their author by a place in this table; the first is always unknown."""


def clean_rtf(content: bytes) -> Cleaned:
    """Raises Unclean where a group has no end."""
    cut, place = Cut(), 0
    while found := _GROUP.search(content, place):
        if found[2]:
            cut.keep(place, found.start(2))
            place = found.end(2)
            _clean_picture(found[2], found.start(2), cut)
            continue
        start, end = found.start(), _end(content, found.start())
        cut.keep(place, start)
        place = end
        if content[start:end] == _NOBODY:
            cut.keep(start, end)
            continue
        cut.drop(AUTHORS if found[1] in (b"revtbl", b"atnauthor", b"atnid", b"atnicn") else PROPERTIES)
        if found[1] == b"revtbl":
            cut.put(_NOBODY)
    cut.keep(place, len(content))
    return cut.done()


def _clean_picture(letters: bytes, start: int, cut: Cut) -> None:
    """Raises Unclean where it is broken."""
    content = bytes.fromhex(letters.decode("ascii"))
    found = clean_jpeg(content) if content.startswith(JPEG) else clean_png(content)
    if found.removed:
        cut.put(joined(content, found.pieces).hex().encode())
        cut.drop(INSIDE)
    else:
        cut.keep(start, start + len(letters))


def _end(content: bytes, start: int) -> int:
    depth, place = 0, start
    while found := _PIECE.search(content, place):
        place = found.end() + (int(found[1]) if found[1] else 0)
        depth += {b"{": 1, b"}": -1}.get(found[0], 0)
        if depth == 0:
            return place
    raise Unclean(BROKEN)
