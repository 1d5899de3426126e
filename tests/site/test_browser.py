"""The site in a browser: nothing that axe finds serious, nothing wider than the window, usable without scripts, from file://."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from pipelines.ground.home import Home
from pipelines.notice import Notice
from tests.board.browser import CHROMIUM, Page, open_browser
from tests.conftest import MakeOnce
from tests.decide.conftest import collected
from tests.decide.inbox import JINAN
from tests.site.test_selected import Office, pictured

__all__ = ["collected", "pictured"]
pytestmark = pytest.mark.slow
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "index.html",
    "columns.html",
    "events.html",
    "materials/index.html",
    "bulletins/index.html",
    "search.html",
)


@dataclass(frozen=True)
class Seen:
    """A site, and the page that its one material has of its own."""

    to: Path
    own: str


@pytest.fixture(scope="module")
def seen(pictured: Path, notice: Notice, make_once: MakeOnce) -> Seen:
    """Made once for both who look at it; nobody writes to it."""

    def run(folder: Path) -> None:
        office = Office(Home(shutil.copytree(pictured, folder / "home")), notice, folder / "site")
        office.decide("select", path=JINAN, row=2, publishable=True)
        (one,) = office.make().site.materials
        assert one.page
        (folder / "own").write_text(one.page, "utf-8")

    folder = make_once("looked-at", run)
    return Seen(folder / "site", (folder / "own").read_text("utf-8"))


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with open_browser(tmp_path / "profile") as opened:
        yield opened


def look(page: Page, width: int, scheme: str) -> None:
    page.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
    )
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])


def audit(page: Page) -> list[str]:
    """What axe finds, as rule and place. Evaluated by the debugger: the page's own policy forbids every script."""
    page.call("Runtime.evaluate", expression=AXE)
    asked = f"axe.run(document, {{runOnly: {json.dumps(RULES)}}}).then((found) => JSON.stringify(found.violations))"
    said = page.call("Runtime.evaluate", expression=asked, awaitPromise=True, returnByValue=True)["result"]
    found: list[dict[str, Any]] = json.loads(said["value"])
    return [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:150]}" for one in found]


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
def test_a_browser_finds_nothing_to_complain_of(seen: Seen, page: Page, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<p style='color:#999;background:#888'>灰<img src=x>", "utf-8")
    page.visit(bad.as_uri())
    assert {"html-has-lang", "image-alt"} <= {one.partition(" ")[0] for one in audit(page)}, "axe does look"
    for place in (*PAGES, seen.own, "materials/category-publicity.html"):
        page.visit((seen.to / place).as_uri())
        for width, scheme in ((360, "light"), (1440, "dark")):
            look(page, width, scheme)
            assert audit(page) == [], (place, width, scheme)
            wide = page.ask("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, (place, width)
    page.visit((seen.to / seen.own).as_uri())
    assert page.ask("[...document.images].every((one) => one.complete && one.naturalWidth > 0)"), (
        "from file://"
    )
    page.visit((seen.to / "search.html").as_uri())
    page.type("#words", "开幕")
    assert page.texts("#found li a") == ["开幕式"]
    page.click("#found a")
    assert page.texts("h1") == ["开幕式"]
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    page.visit((seen.to / "search.html").as_uri())
    assert page.texts("#without") != [], "without scripts it says where to look instead"
    asked = page.ask(
        "performance.getEntriesByType('resource').filter((one) => !one.name.startsWith('file:')).length"
    )
    assert asked == 0, "no other host"


def test_the_first_page_is_light(seen: Seen) -> None:
    text = (seen.to / "index.html").read_bytes()
    assert b"<img" in text
    pictures = sum(
        path.stat().st_size for path in (seen.to / "pictures").iterdir() if path.name.encode() in text
    )
    assert len(text) + pictures < 200_000
