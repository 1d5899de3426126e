"""Site: text and pictures of the selected materials that a person cleared for the public; of nothing else are files opened."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.media.leaving import Leaving
from pipelines.media.rework import Reworked, Scaled, Workshop
from pipelines.notice import Notice
from pipelines.select.chosen import Chosen

LARGE = 800
"""The longer side of a picture on its own page; 1600 would be more than a page needs."""
_SPOKEN = re.compile(r"[\u3400-\u9fff]{2}")
"""A file's name that says something; IMG_2041 does not."""


@dataclass(frozen=True)
class Shot:
    """A picture in one size. `place` is from the site's root."""

    place: str
    width: int
    height: int
    size: int


@dataclass(frozen=True)
class Picture:
    caption: str
    small: Shot
    large: Shot


@dataclass(frozen=True)
class Story:
    """What is shown of a material beside its row."""

    title: str
    lines: tuple[str, ...]
    pictures: tuple[Picture, ...]


@dataclass
class Stories:
    """By item, with the files that their pages show, and in sentences what could not be shown."""

    found: dict[str, Story] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def read_stories(home: Home, notice: Notice, chosen: Iterable[Chosen]) -> Stories:
    """Opened in children, with limits. Raises ArchiveFault where a file that was received is gone."""
    items, stories = list(chosen), Stories()
    if not items:
        return stories
    leaving = Leaving.of(home, notice)
    with Workshop(notice, Archive(home.archive)) as workshop:
        for one in items:
            stories.found[one.item_id] = _story(one, workshop.rework(one.originals), leaving, stories)
    return stories


def _story(one: Chosen, reworked: dict[str, Reworked], leaving: Leaving, stories: Stories) -> Story:
    title = leaving.clean(one.title) or "（无标题）"
    lines: list[str] = []
    pictures: list[Picture] = []
    seen: set[str] = set()
    for file in one.originals:
        found = reworked.get(file.sha256)
        if found is None or file.sha256 in seen:
            continue
        seen.add(file.sha256)
        lines += [leaving.clean(line) for line in found.lines]
        if found.pictures:
            name = leaving.clean(file.name.rpartition(".")[0])
            caption = name if _SPOKEN.search(name) else f"{title}，图{len(pictures) + 1}"
            small, large = found.pictures[0], _largest(found.pictures)
            pictures.append(Picture(caption, _shot(small, stories), _shot(large, stories)))
        elif found.why:
            stories.remarks.append(f"“{title}”的 {leaving.clean(file.name)} 没有上网站：{found.why}")
    return Story(title, tuple(line for line in lines if line.strip()), tuple(pictures))


def _largest(pictures: list[Scaled]) -> Scaled:
    return max((one for one in pictures if one.longest <= LARGE), key=lambda one: one.longest)


def _shot(one: Scaled, stories: Stories) -> Shot:
    place = f"pictures/{sha256(one.content).hexdigest()[:16]}.jpg"
    stories.files[place] = one.content
    return Shot(place, one.width, one.height, len(one.content))
