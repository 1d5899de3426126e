"""The site of a notice, from the snapshot to the folder."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.bulletin.shelf import Shelf
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.site.content import Site, read_site
from pipelines.site.links import find_broken
from pipelines.site.pages import make_files
from pipelines.site.publish import publish


@dataclass(frozen=True)
class Made:
    site: Site
    files: int
    is_changed: bool


def make_site(home: Home, notice: Notice, to: Path, as_of: datetime | None = None) -> Made:
    """Publishes the site into a folder. Raises NoticesError where a link inside it leads nowhere; the old site stays then."""
    site = read_site(home, notice, as_of)
    files = make_files(site, Shelf(home, notice.id))
    if broken := find_broken(files):
        raise NoticesError(
            f"网站里有 {len(broken)} 个链接没有去处，没有发布，原来的网站不变：{'；'.join(broken[:3])}"
        )
    return Made(site, len(files), publish(files, to, notice.id))
