"""The site of a notice, from the snapshot to the folder, or to a place elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.ask.place import PublishedPlace
from pipelines.bulletin.shelf import Shelf
from pipelines.ground.connections import Connect, MissingConnectionError
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import refresh_handed
from pipelines.notice import Notice
from pipelines.site.content import Site, read_site
from pipelines.site.links import find_broken
from pipelines.site.pages import make_files
from pipelines.site.publish import alone, publish
from pipelines.site.record import Left, note_shown
from pipelines.site.versions import publish_version

CONNECTION = "notices_site"


@dataclass(frozen=True)
class Made:
    site: Site
    to: str
    files: int
    is_changed: bool
    left: tuple[Left, ...]
    """Materials that were on it before, each with why it is not any more."""


def make_site(home: Home, notice: Notice, to: Path | PublishedPlace, as_of: datetime | None = None) -> Made:
    """Publishes the site. Raises NoticesError where a link inside it leads nowhere; the old site stays then."""
    with _by_one(home):
        site = read_site(home, notice, as_of)
        files = make_files(site, Shelf(home, notice.id))
        if broken := find_broken(files):
            raise NoticesError(
                f"网站里有 {len(broken)} 个链接没有去处，没有发布，原来的网站不变：{'；'.join(broken[:3])}"
            )
        if isinstance(to, Path):
            is_changed, place = publish(files, to, notice.id), str(to.absolute())
        else:
            is_changed, place = publish_version(site, files, to), to.url
        left = note_shown(home, site, place, datetime.now(notice.zone))
    return Made(site, place, len(files), is_changed, tuple(left))


def find_places(home: Home, notice: Notice, connect: Connect) -> list[Path | PublishedPlace]:
    """Where the site goes by itself: the home, and the server of the connection `notices_site` where there is one."""
    local = home.site(notice.id)
    try:
        connection = connect(CONNECTION)
    except MissingConnectionError:
        return [local]
    path = f"{str(connection.extra.get('path') or '').rstrip('/')}/{notice.id}"
    if connection.scheme in ("fs", "file"):
        return [local, PublishedPlace(path)]
    return [local, PublishedPlace(path, connection)]


@contextmanager
def _by_one(home: Home) -> Iterator[None]:
    """Sites of one home are made one after another: what left is known from what was noted before. All bulletins are there, whichever
    machine issued them."""
    home.registry.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(home.registry):
        refresh_handed(home)
        yield
