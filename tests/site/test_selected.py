"""Of a notice that selects, only what a person chose and cleared is shown; what is corrected or withdrawn leaves, with a record."""

import io
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from docx import Document
from lxml import html
from PIL import Image

from pipelines import cycle
from pipelines.decide.given import Asked, Given
from pipelines.decide.take import decide
from pipelines.ground.chain import JsonLines
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.site.make import Made, make_site
from tests.conftest import MakeOnce
from tests.decide.conftest import at_once, collected
from tests.decide.inbox import FAULTY, JINAN, NOW
from tests.decide.test_selections import QINGDAO, put

__all__ = ["at_once", "collected"]
HOUR = timedelta(hours=1)
FOLDER = "教育厅收件/济南市教育局"
PHONE = "13900001234"


def photo() -> bytes:
    """As a telephone takes it: lying on its side, with the place where it was taken."""
    picture, exif, buffer = Image.new("RGB", (1200, 900), "teal"), Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    exif[0x010F] = "手机厂商 GPS 36.65,117.12"
    picture.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def article() -> bytes:
    document, buffer = Document(), io.BytesIO()
    for line in ("开幕式侧记", f"八时整，校门打开。联系电话 {PHONE}。"):
        document.add_paragraph(line)
    document.save(buffer)
    return buffer.getvalue()


class Office:
    """Decides and makes the site, an hour later each time."""

    def __init__(self, home: Home, notice: Notice, to: Path) -> None:
        self.home, self.notice, self.to, self.now = home, notice, to, NOW + 2 * HOUR

    def decide(self, kind: str, at: datetime | None = None, **given: object) -> str:
        self.now += HOUR
        asked = Asked(kind, "生动", "wang", at or self.now, "")
        return decide(self.home, self.notice, asked, Given(**given)).decision.id  # type: ignore[arg-type]

    def make(self) -> Made:
        return make_site(self.home, self.notice, self.to)

    def cycle(self) -> None:
        self.now += HOUR
        cycle.run(self.home, self.notice, now=self.now)

    def everything(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.to.rglob("*")) if path.is_file())

    def left(self, made: Made) -> list[tuple[str, str, str]]:
        return [(one.title, one.unit, one.why) for one in made.left]


@pytest.fixture(scope="session")
def pictured(collected: Path, notice: Notice, make_once: MakeOnce) -> Path:
    """The home of tests/decide, to which pictures and an article came an hour before an office opens; nobody writes to it."""

    def run(folder: Path) -> None:
        home = Home(shutil.copytree(collected, folder / "home"))
        put(notice, home, f"{FOLDER}/开幕式1.jpg", photo(), NOW)
        put(notice, home, f"{FOLDER}/开幕式侧记.docx", article(), NOW)
        put(notice, home, f"{FOLDER}/开幕式坏图.jpg", b"\xff\xd8\xff\xe0 no picture", NOW)
        cycle.run(home, notice, now=NOW + HOUR)

    return make_once("pictured", run) / "home"


@pytest.fixture
def home(pictured: Path, tmp_path: Path) -> Home:
    return Home(shutil.copytree(pictured, tmp_path / "home"))


@pytest.fixture
def office(home: Home, notice: Notice, tmp_path: Path) -> Office:
    return Office(home, notice, tmp_path / "site")


def test_only_what_was_cleared_is_shown_and_leaves_with_a_record(
    office: Office, at_once: Callable[[], AbstractContextManager[None]]
) -> None:
    made = office.make()
    assert made.site.materials == ()
    assert "还没有遴选出可公开的材料" in (office.to / "index.html").read_text("utf-8")

    with at_once():
        chosen = office.decide("select", path=JINAN, row=2, publishable=True)
        office.decide("select", path=QINGDAO, row=2)
    made = office.make()
    (one,) = made.site.materials
    assert one.title == "开幕式"
    assert one.page
    assert made.site.not_shown == ("“开幕式”的 开幕式坏图.jpg 没有上网站：图片打不开，或格式不支持",)
    page = html.document_fromstring((office.to / one.page).read_text("utf-8"))
    assert "八时整，校门打开。联系电话 〔电话略〕。" in page.xpath("string(//main)")
    (image,) = page.xpath("//img")
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("开幕式1", "600", "800"), "upright"
    everything = office.everything()
    assert "短片".encode() not in everything, "selected, but nobody cleared it"
    assert PHONE.encode() not in everything
    for path in (office.to / "pictures").iterdir():
        assert not Image.open(path).getexif(), "no camera, no place"
    assert f'"{one.page}"' in (office.to / "search.html").read_text("utf-8")
    assert f'href="{one.page}"' in (office.to / "feed.xml").read_text("utf-8")
    assert not office.make().is_changed, "the same decisions give the same bytes"

    gone = office.decide("withdraw", path=JINAN)
    made = office.make()
    assert office.left(made) == [("开幕式", "济南市教育局", "入选后已撤回")]
    assert "校门打开".encode() not in office.everything()
    assert not (office.to / one.page).exists()
    assert not (office.to / "pictures").exists()

    office.decide("undo", subject=gone)
    assert [one.title for one in office.make().site.materials] == ["开幕式"]
    office.decide("undo", subject=chosen)
    assert office.left(office.make()) == [("开幕式", "济南市教育局", "入选的决定撤销了，或没有入选")]
    record = JsonLines(office.home.registry / "site" / f"{office.notice.id}.jsonl").read()
    assert [(line["event"], line["title"]) for line in record] == [
        ("shown", "开幕式"),
        ("left", "开幕式"),
        ("shown", "开幕式"),
        ("left", "开幕式"),
    ]


def test_what_a_unit_corrects_leaves_until_it_is_chosen_again(office: Office) -> None:
    office.decide("select", path=FAULTY, row=2, publishable=True)
    assert [one.title for one in office.make().site.materials] == ["合影"]
    put(office.notice, office.home, FAULTY, "11月10日,照片,合影,宣传活动,500,\n", office.now)
    office.cycle()
    assert office.left(office.make()) == [("合影", "济南市教育局", "入选后已更正")]


def test_a_notice_that_does_not_select_lists_what_it_always_did(office: Office) -> None:
    plain = office.notice.model_copy(update={"selection": None})
    made = make_site(office.home, plain, office.to)
    assert {one.title for one in made.site.materials} == {"开幕式", "合影", "短片"}
    assert all(one.page is None for one in made.site.materials), "titles alone: nobody cleared more"
    assert not (office.to / "pictures").exists()
