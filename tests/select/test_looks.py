"""Pictures: small ones without the original's words, likeness that survives another size, and none of what is no picture."""

import io
import struct
import zlib

import pytest
from PIL import Image

from pipelines.ground.home import Home
from pipelines.ground.settings import Settings
from pipelines.select.looker import Look, Looker, LookJob
from pipelines.select.looks import Looks, find_twins
from tests.select.pictures import paint, save


@pytest.fixture
def look(notice, tmp_path):
    def run(content):
        path = tmp_path / "object"
        path.write_bytes(content)
        return Looker(notice, Settings.load()).read(LookJob("图.jpg", str(path), "same", "same"))

    return run


def test_a_small_picture_holds_nothing_but_pixels(look):
    exif = Image.Exif()
    exif[0x010E] = "某人手机拍摄"
    found = look(save(paint(1), "JPEG", exif=exif))
    assert (found.width, found.height, found.why) == (800, 600, "")
    assert "某人".encode() not in found.small
    with Image.open(io.BytesIO(found.small)) as small:
        assert (small.format, small.size, dict(small.getexif())) == ("JPEG", (320, 240), {})


def test_the_same_picture_saved_anew_or_smaller_is_a_twin_and_another_is_not(look):
    first, smaller = look(save(paint(1), "PNG")), look(save(paint(1).resize((400, 300)), "JPEG", quality=60))
    other = look(save(paint(2), "PNG"))
    assert find_twins({"a": [first], "b": [smaller], "c": [other]}) == {"b": "a"}


def test_a_blank_picture_is_like_no_other(look):
    blank = look(save(Image.new("RGB", (300, 200), "white"), "PNG"))
    assert (blank.likeness, blank.why) == ("", "")
    assert find_twins({"a": [blank], "b": [blank]}) == {}


def test_what_the_machine_lacks_is_no_fault_of_the_picture(look, monkeypatch):
    """What is said of a picture is kept for ever."""

    def fail(*_, **__):
        raise MemoryError

    monkeypatch.setattr(Image, "open", fail)
    with pytest.raises(MemoryError):
        look(save(paint(1), "PNG"))


NONE = {
    "a_page": b"<html><script>alert(1)</script></html>",
    "a_drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "half_a_picture": save(paint(1), "PNG")[:2000],
    "nothing": b"",
}


@pytest.mark.parametrize("content", NONE.values(), ids=NONE)
def test_what_is_no_picture_has_a_sentence_and_no_pixels(look, content):
    found = look(content)
    assert found.small == b""
    assert found.why.startswith("这张图片打不开")


def test_a_picture_that_swells_is_not_opened(look):
    small = save(paint(1), "PNG")
    head = b"IHDR" + struct.pack(">II", 60_000, 50_000) + small[24:29]
    found = look(small[:12] + head + struct.pack(">I", zlib.crc32(head)) + small[33:])
    assert found.small == b""
    assert found.why.startswith("这张图片打不开（Decompression")


@pytest.mark.parametrize(
    "left", ["", "{", "[]", '{"sha256": "same"}'], ids=["empty", "torn", "no_look", "half"]
)
def test_a_look_that_was_left_broken_is_as_unknown_and_looked_at_again(notice, tmp_path, left):
    home = Home(tmp_path)
    path = home.path / "looks" / "sa" / "same.json"
    path.parent.mkdir(parents=True)
    path.write_text(left)
    looks = Looks(home)
    assert looks.known(["same"]) == {}
    looks._write(Look("same", b"small", 8, 6, "00ff"))
    assert looks.known(["same"])["same"].small == b"small"
