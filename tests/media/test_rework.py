"""Pictures leave in the sizes of the web, upright, and with nothing that a camera wrote into them; texts as lines."""

import io
import zipfile

import pytest
from PIL import Image

from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.media.rework import Reworked, Workshop
from pipelines.select.originals import Original
from tests.media.chosen_items import keep, notice_with, paper, picture, snapped


def rework(home: Home, *originals: Original) -> dict[str, Reworked]:
    with Workshop(notice_with(), Archive(home.archive)) as workshop:
        return workshop.rework(originals)


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path)


def test_originals_in_children(home: Home) -> None:
    phone, small = keep(home, "现场.jpg", snapped(2000, 1000), "picture"), keep(home, "小.png", picture(300, 200, (255, 0, 0, 0), "RGBA", "PNG"), "picture")  # fmt: skip
    palette = keep(home, "图.gif", picture(900, 900, 3, "P", "GIF"), "picture")
    text, broken = keep(home, "稿.docx", paper("第一段", "", "第二段"), "document"), keep(home, "坏.jpg", b"no picture", "picture")  # fmt: skip
    film = keep(home, "片.mp4", b"film", "video")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("内/图.jpg", picture(500, 400))
        packed.writestr("别的.txt", b"other")
    outer = keep(home, "打包.zip", buffer.getvalue(), "picture")
    inner = keep(home, "图.jpg", picture(500, 400), "picture")
    Archive(home.archive).object_path(inner.sha256).unlink()
    inside = Original(
        inner.name, "打包.zip!内/图.jpg", inner.sha256, "picture", inner.size, outer.sha256, "打包.zip"
    )
    found = rework(home, phone, small, palette, text, broken, film, inside)
    sizes = {
        key: [(one.longest, one.width, one.height) for one in made.pictures] for key, made in found.items()
    }
    assert sizes[phone.sha256] == [(320, 160, 320), (800, 400, 800), (1600, 800, 1600)], "turned upright"
    assert sizes[small.sha256] == [(320, 300, 200)], "never made larger"
    assert sizes[palette.sha256] == [(320, 320, 320), (800, 800, 800), (1600, 900, 900)]
    assert sizes[inside.sha256] == [(320, 320, 256), (800, 500, 400)]
    for made in found.values():
        for one in made.pictures:
            with Image.open(io.BytesIO(one.content)) as opened:
                assert (opened.format, opened.mode, opened.size) == ("JPEG", "RGB", (one.width, one.height))
                assert dict(opened.getexif()) == {}
            assert b"A Phone" not in one.content
    with Image.open(io.BytesIO(found[small.sha256].pictures[0].content)) as opened:
        assert opened.getpixel((0, 0)) == (255, 255, 255), "what was transparent is white"
    assert found[text.sha256].lines == ["第一段", "第二段"]
    assert found[broken.sha256].why == "图片打不开，或格式不支持"
    assert film.sha256 not in found
