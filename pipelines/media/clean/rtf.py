"""An RTF: the groups of properties, and of authors of comments and changes, go."""

import re

from pipelines.media.clean.office import AUTHORS, PROPERTIES
from pipelines.media.clean.pieces import BROKEN, Cleaned, Cut, Unclean

_GROUP = re.compile(
    rb"\{\s*(?:\\\*\s*)?\\(info|userprops|revtbl|atnauthor|atnid|atnicn|template|xmlnstbl|datastore)(?![a-zA-Z])"
)
_PIECE = re.compile(rb"\\bin(\d+) ?|\\[\s\S]|[{}]")
_NOBODY = rb"{\*\revtbl{Unknown;}}"
"""Changes name their author by a place in this table; the first is always unknown."""


def clean_rtf(content: bytes) -> Cleaned:
    """Raises Unclean where a group has no end."""
    cut, place = Cut(), 0
    while found := _GROUP.search(content, place):
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


def _end(content: bytes, start: int) -> int:
    depth, place = 0, start
    while found := _PIECE.search(content, place):
        place = found.end() + (int(found[1]) if found[1] else 0)
        depth += {b"{": 1, b"}": -1}.get(found[0], 0)
        if depth == 0:
            return place
    raise Unclean(BROKEN)
