"""Votes and awards on the site: deadlines and links for everybody, nominees only once they were approved and cleared."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from pipelines.bulletin.shelf import Shelf
from pipelines.ground.home import Home
from pipelines.media.leaving import Leaving
from pipelines.select.chosen import Chosen
from pipelines.site.content import Site, read_site
from pipelines.site.links import find_broken
from pipelines.site.pages import make_files
from pipelines.site.votes import read_votes
from tests.board.browser import CHROMIUM, Page, open_browser
from tests.notice.test_nominations import LIST
from tests.report.conftest import MATERIALS, World, make_notice
from tests.site.conftest import MARKUP, UNITS
from tests.site.test_browser import audit, look

PLAIN = {**LIST, "name": "教育奖", "file_words": ["教育奖"], "nominations": {}}


@pytest.fixture
def world(empty: Path, tmp_path: Path) -> World:
    notice = make_notice(UNITS, {"materials": MATERIALS, "stars": LIST, "award": PLAIN})
    made = World(empty, tmp_path / "notices.duckdb", notice)
    made.send("甲一校", "stars", "2021-05-10 09:00:00", identity="尚未审定")
    return made


@pytest.fixture
def site(world: World, tmp_path: Path) -> Site:
    home = Home(tmp_path / "home")
    home.published.parent.mkdir(parents=True)
    world.path.rename(home.published)
    return read_site(home, world.notice)


def chosen(**given: Any) -> Chosen:
    plain = dict.fromkeys(Chosen.__dataclass_fields__)
    return Chosen(**{**plain, "deliverable": "stars", "recipient": "甲一校", "originals": (), **given})


def test_a_vote_says_until_when_and_where(site: Site) -> None:
    stars, award = site.votes
    assert (stars.name, stars.who) == ("最美职校生评选", "学校推荐，每个市至多 2 个")
    assert (stars.due, stars.until) == ((datetime(2021, 5, 20, 18),), datetime(2021, 5, 31, 18))
    assert stars.link == "https://vote.example.cn/1"
    assert (award.who, award.link, award.nominees) == ("学校推荐", None, ())
    files = make_files(site, Shelf(Home(Path("nowhere")), "none"))
    page = html.document_fromstring(files["votes.html"].decode())
    assert "投票截止2021年5月31日18时" in "".join(page.xpath("//main//text()")).replace("\n", "")
    assert "尚未审定" not in "".join(data.decode() for data in files.values()), "nobody approved it"
    assert find_broken(files) == []


def test_nominees_are_named_once_they_are_public(world: World, tmp_path: Path) -> None:
    leaving = Leaving.of(Home(tmp_path / "home"), world.notice)
    public = [chosen(title=f"子（13900001234）{MARKUP}"), chosen(title="活动", deliverable="materials")]
    stars, award = read_votes(leaving, world.notice, public)
    assert stars.nominees == ((f"子（〔电话略〕）{MARKUP}", "甲一校"),)
    assert award.nominees == ()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with open_browser(tmp_path / "profile") as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
def test_a_browser_finds_nothing_to_complain_of(site: Site, page: Page, tmp_path: Path) -> None:
    files = make_files(site, Shelf(Home(Path("nowhere")), "none"))
    (tmp_path / "votes.html").write_bytes(files["votes.html"])
    page.visit((tmp_path / "votes.html").as_uri())
    for width, scheme in ((360, "dark"), (1440, "light")):
        look(page, width, scheme)
        assert audit(page) == [], (width, scheme)
