"""What leaves for the ministry holds no person and no place that stood beside the content; the archive keeps what was received."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.archive.store import Archive
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.media.clean.pieces import BROKEN, SIGNED, UNKNOWN
from pipelines.notice import Notice
from pipelines.recommend.contents import AS_TOLD, HELD_UNKNOWN
from pipelines.recommend.issue import issue
from pipelines.recommend.package import MANIFEST, SUMS, Package
from pipelines.select.chosen import Chosen
from pipelines.send.pushes import Pushes
from tests.media import planted
from tests.media.chosen_items import NOON, chosen, keep, notice_with

FILES = {
    "照.jpg": ("picture", planted.jpeg),
    "图.png": ("picture", planted.png),
    "片.mp4": ("video", planted.film),
    "稿.docx": ("document", planted.docx),
    "附.xlsx": ("document", planted.xlsx),
    "稿.pdf": ("document", planted.pdf),
    "旧.doc": ("document", planted.doc),
}
REST = {
    "片.wmv": ("video", lambda: b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(90)),
    "盖章.pdf": ("document", lambda: planted.pdf() + b"/ByteRange [0 1 2 3]"),
    "坏.docx": ("document", lambda: planted.docx()[:900]),
    "说明.txt": ("document", lambda: "活动说明".encode()),
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def make(home: Home, notice: Notice, to: Path, *items: Chosen, is_sent: bool = False):
    return issue(home, notice, items, NOON, to, NOON, is_sent)


def item(home: Home, files: dict, number: int = 1) -> Chosen:
    return chosen(number, *(keep(home, name, content(), media) for name, (media, content) in files.items()))


def told(package: Package) -> dict:
    return json.loads((package.folder / MANIFEST).read_text("utf-8"))


def inside(package: Package) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name in package.parts:
        with zipfile.ZipFile(package.folder / name) as part:
            found |= {one: part.read(one) for one in part.namelist()}
    return found


def ruled(properties: str) -> Notice:
    notice = notice_with()
    assert notice.recommend
    return notice.model_copy(
        update={"recommend": notice.recommend.model_copy(update={"properties": properties})}
    )


def test_every_byte_that_leaves(home: Home, tmp_path: Path) -> None:
    originals = {name: content() for name, (_, content) in FILES.items()}
    assert all(planted.found_in(content) for content in originals.values())
    one = chosen(1, *(keep(home, name, content, FILES[name][0]) for name, content in originals.items()))
    package = make(home, notice_with(), tmp_path / "out", one).package
    written = {path.name: path.read_bytes() for path in package.folder.rglob("*") if path.is_file()}
    assert {name: found for name, content in written.items() if (found := planted.found_in(content))} == {}
    manifest, content = told(package), inside(package)
    files = {Path(file["path"]).name: file for file in manifest["items"][0]["files"]}
    assert files.keys() == FILES.keys(), "none is left out"
    sums = dict(line.split("  ", 1)[::-1] for line in content[SUMS].decode().splitlines())
    for name, received in originals.items():
        file, sent = files[name], content[files[name]["path"]]
        assert (file["original_sha256"], file["original_size"]) == (
            hashlib.sha256(received).hexdigest(),
            len(received),
        )
        assert (file["sha256"], file["size"]) == (hashlib.sha256(sent).hexdigest(), len(sent))
        assert sums[file["path"]] == file["sha256"] != file["original_sha256"]
        assert (file["properties"], bool(file["removed"]), file["note"]) == ("removed", True, "")
        assert Archive(home.archive).object_path(file["original_sha256"]).read_bytes() == received
    again = make(home, notice_with(), tmp_path / "again", one).package
    assert again.sha256 == package.sha256


def test_sizes_are_those_of_what_is_sent(home: Home, tmp_path: Path) -> None:
    """A film of zeros behind a picture goes, and with it the reason to divide."""
    wide = {"照.jpg": ("picture", lambda: planted.jpeg() + b"x" * 2_000_000)}
    notice = notice_with()
    assert notice.recommend
    small = notice.model_copy(update={"recommend": notice.recommend.model_copy(update={"max_size_mb": 1})})
    package = make(home, small, tmp_path / "out", item(home, wide)).package
    assert (len(package.parts), package.too_large) == (1, ())


def test_what_is_not_cleaned_is_told(home: Home, tmp_path: Path) -> None:
    package = make(home, notice_with(), tmp_path / "out", item(home, REST)).package
    (one,) = told(package)["items"]
    assert [(Path(file["path"]).name, file["properties"], file["note"]) for file in one["files"]] == [
        ("片.wmv", "kept", UNKNOWN), ("盖章.pdf", "kept", SIGNED), ("说明.txt", "none", ""),
    ]  # fmt: skip
    assert all(file["sha256"] == file["original_sha256"] for file in one["files"])
    assert [(left["name"], left["why"]) for left in one["left_out"]] == [("坏.docx", BROKEN)]


def test_what_the_notice_says_of_it(home: Home, tmp_path: Path) -> None:
    one = item(home, {"片.wmv": REST["片.wmv"], "照.jpg": FILES["照.jpg"]})
    (held,) = told(make(home, ruled("hold"), tmp_path / "hold", one).package)["items"]
    assert [(left["name"], left["why"]) for left in held["left_out"]] == [("片.wmv", HELD_UNKNOWN)]
    assert [file["properties"] for file in held["files"]] == ["removed"]
    package = make(home, ruled("keep"), tmp_path / "keep", one).package
    (kept,) = told(package)["items"]
    assert {(file["properties"], file["note"]) for file in kept["files"]} == {("kept", AS_TOLD)}
    assert inside(package)[kept["files"][1]["path"]] == planted.jpeg()


def test_what_left_uncleaned_does_not_leave_again(home: Home, tmp_path: Path) -> None:
    """As an earlier version sent it: the same items in other bytes."""
    one, other = item(home, {"照.jpg": FILES["照.jpg"]}), item(home, {"图.png": FILES["图.png"]}, 2)
    make(home, ruled("keep"), tmp_path / "before", one, is_sent=True)
    with Pushes(home.pushes) as pushes:
        before = (
            pushes.rows(),
            pushes.ask("SELECT * FROM recommendations"),
            pushes.ask("SELECT * FROM recommended"),
        )
    done = make(home, notice_with(), tmp_path / "after", one, is_sent=True)
    assert (done.is_made_otherwise, done.queued, done.sent_before) == (True, None, "2020-11-09 12:00:00")
    with Pushes(home.pushes) as pushes:
        assert before == (
            pushes.rows(), pushes.ask("SELECT * FROM recommendations"), pushes.ask("SELECT * FROM recommended"),
        ), "neither sent nor noted anew"  # fmt: skip
    with pytest.raises(NoticesError, match="已经送出，现在的内容与那时不同"):
        make(home, notice_with(), tmp_path / "other", one, other, is_sent=True)


def test_an_archive_s_member_is_cleaned_too(home: Home, tmp_path: Path) -> None:
    content, buffer = planted.docx(), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("内/稿.docx", content)
    outer, inner = (
        keep(home, "包.zip", buffer.getvalue(), "document"),
        keep(home, "稿.docx", content, "document"),
    )
    Archive(home.archive).object_path(inner.sha256).unlink()
    member = replace(inner, object_sha256=outer.sha256, receipt_path="包.zip")
    package = make(home, notice_with(), tmp_path / "out", chosen(1, member)).package
    assert [file["properties"] for file in told(package)["items"][0]["files"]] == ["removed"]
    assert planted.found_in(b"".join(inside(package).values())) == []
