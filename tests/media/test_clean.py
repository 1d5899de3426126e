"""Persons and places beside the content are taken out of each kind of file, and nothing else is changed."""

import io
import zipfile
from collections.abc import Callable

import docx as python_docx
import openpyxl
import pypdf
import pytest
import xlrd
from PIL import Image, ImageChops, ImageOps

from pipelines.ground.settings import Settings
from pipelines.media.clean.kinds import clean
from pipelines.media.clean.office import AUTHORS, FOLDERS, INSIDE, PROPERTIES
from pipelines.media.clean.pieces import BROKEN, NO_WAY, SHUT, SIGNED, UNKNOWN, Cleaned, joined
from pipelines.read.open import detect_format, open_grid
from tests.media import planted
from tests.read.habits.word_binary import write_doc

SETTINGS = Settings()
FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "jpeg": ("照.jpg", planted.jpeg),
    "jpeg_progressive": ("照.jpg", lambda: planted.jpeg(progressive=True, restart_marker_rows=1)),
    "png": ("图.png", planted.png),
    "webp": ("图.webp", planted.webp),
    "gif": ("图.gif", planted.gif),
    "film": ("片.mp4", planted.film),
    "docx": ("稿.docx", planted.docx),
    "xlsx": ("表.xlsx", planted.xlsx),
    "pptx": ("片.pptx", planted.pptx),
    "odt": ("稿.odt", planted.odt),
    "pdf": ("稿.pdf", planted.pdf),
    "doc": ("稿.doc", planted.doc),
    "doc_with_photos": ("稿.doc", planted.doc_with_photos),
    "xls": ("表.xls", planted.xls),
    "rtf": ("稿.rtf", planted.rtf),
}


def cleaned(content: bytes, name: str) -> tuple[Cleaned, bytes]:
    found = clean(content, name, SETTINGS)
    return found, joined(content, found.pieces)


@pytest.mark.parametrize("case", FILES)
def test_what_was_planted_is_gone(case: str) -> None:
    name, make = FILES[case]
    content = make()
    assert planted.found_in(content), "else the search below would look for what never was there"
    found, made = cleaned(content, name)
    assert found.state == "removed"
    assert found.removed
    assert planted.found_in(made) == []
    assert cleaned(content, name)[1] == made, "the same bytes each time"
    again, same = cleaned(made, name)
    assert (again.state, same if again.pieces else made) == ("none", made), "nothing is left to take out"


@pytest.mark.parametrize("case", ["jpeg", "jpeg_progressive", "png", "webp", "gif"])
def test_every_pixel_stays_and_which_way_is_up(case: str) -> None:
    name, make = FILES[case]
    content = make()
    with (
        Image.open(io.BytesIO(content)) as before,
        Image.open(io.BytesIO(cleaned(content, name)[1])) as after,
    ):
        assert getattr(before, "n_frames", 1) == getattr(after, "n_frames", 1)
        assert before.info.get("loop") == after.info.get("loop")
        upright = [ImageOps.exif_transpose(one).convert("RGB") for one in (before, after)]
        assert set(after.getexif()) <= {0x0112}
    assert upright[0].size == upright[1].size
    assert ImageChops.difference(*upright).getbbox() is None


def test_colours_stay() -> None:
    buffer = io.BytesIO()
    Image.new("CMYK", (40, 40), (0, 200, 10, 0)).save(
        buffer, "JPEG", icc_profile=b"profile" * 40, exif=planted.exif(1)
    )
    content = buffer.getvalue()
    found, made = cleaned(content, "照.jpg")
    assert found.removed == ["拍摄信息（EXIF）", "拍摄位置"]
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(made)) as after:
        assert after.info["icc_profile"] == before.info["icc_profile"]
        assert after.tobytes() == before.tobytes()
        assert 0x0112 not in after.getexif(), "upright needs no word"


def test_no_frame_of_a_film_moves() -> None:
    content = planted.film(planted.beside_frames(b"mebx", b"mdtacom.apple.quicktime.video-orientation"))
    found, made = cleaned(content, "片.mov")
    assert set(found.removed) == {"影片属性（拍摄位置、设备、作者等）", "随影片记录的数据"}
    assert len(made) == len(content)
    assert made.index(b"frames") == content.index(b"frames")
    assert made.endswith(b"frames" * 50)
    assert b"vide" in made


def test_documents_say_what_they_said() -> None:
    content = planted.docx()
    found, made = cleaned(content, "稿.docx")
    assert sorted(found.removed) == sorted([PROPERTIES, AUTHORS, FOLDERS, INSIDE])
    document = python_docx.Document(io.BytesIO(made))
    assert [one.text for one in document.paragraphs][:2] == [planted.TEXT, "正文改过"]
    assert [(one.text, one.author, one.initials) for one in document.comments] == [("请核对", "作者", "")]
    assert document.core_properties.author == ""
    before, after = planted.parts_of(content), planted.parts_of(made)
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == {
        "docProps/core.xml", "docProps/app.xml", "word/comments.xml", "word/footnotes.xml", "word/people.xml",
        "word/_rels/settings.xml.rels", "word/media/image1.jpg", "docProps/thumbnail.jpeg",
    }  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None


def test_workbooks_say_what_they_said() -> None:
    book = openpyxl.load_workbook(io.BytesIO(cleaned(planted.xlsx(), "表.xlsx")[1]))
    cell = book.active["A1"]
    assert (cell.value, cell.comment.text, cell.comment.author) == (planted.TEXT, "作者:\n请核对", "作者")
    old = xlrd.open_workbook(file_contents=cleaned(planted.xls(), "表.xls")[1])
    assert (old.sheet_by_index(0).cell_value(0, 0), old.user_name.strip()) == (planted.TEXT, "")


@pytest.mark.parametrize("case", ["doc", "odt", "rtf"])
def test_text_stays(case: str) -> None:
    name, make = FILES[case]
    made = cleaned(make(), name)[1]
    found = open_grid(made, detect_format(made, name), SETTINGS)
    assert planted.TEXT in "\n".join([*found.lines, *(one.text for one in found.blocks)])


def test_photos_in_an_old_document_stay_where_they_are() -> None:
    content = planted.doc_with_photos()
    made = cleaned(content, "稿.doc")[1]
    assert len(made) == len(content)
    assert made.count(b"behind") == 2
    for photo, mark in ((planted.jpeg(), b"\xff\xd8\xff"), (planted.png(8), b"\x89PNG")):
        start = made.index(mark)
        with (
            Image.open(io.BytesIO(photo)) as before,
            Image.open(io.BytesIO(made[start : start + len(photo)])) as after,
        ):
            assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None
            assert mark != b"\xff\xd8\xff" or after.getexif()[0x0112] == 6, "which way is up"


def test_a_pdf_shows_what_it_showed() -> None:
    reader = pypdf.PdfReader(io.BytesIO(cleaned(planted.pdf(), "稿.pdf")[1]))
    (page,) = reader.pages
    (note,) = page["/Annots"]
    assert note.get_object()["/Contents"] == planted.TEXT
    assert "/T" not in note.get_object()
    assert not reader.metadata
    assert len(page.images) == 1


def test_a_pdf_loses_its_earlier_version() -> None:
    first = planted.pdf()
    writer = pypdf.PdfWriter(io.BytesIO(first), incremental=True)
    writer.metadata = None
    appended = io.BytesIO()
    writer.write(appended)
    assert planted.NAME in planted.found_in(appended.getvalue())
    assert planted.found_in(cleaned(appended.getvalue(), "稿.pdf")[1]) == []


def test_a_file_inside_a_file() -> None:
    outer = planted.docx(
        **{"word/embeddings/稿.docx": planted.docx(), "word/embeddings/表.bin": planted.xls()}
    )
    assert planted.found_in(cleaned(outer, "稿.docx")[1]) == []
    broken = planted.docx(**{"word/media/image2.jpeg": b"\xff\xd8\xff\xe0"})
    found, made = cleaned(broken, "稿.docx")
    assert (found.state, found.why) == ("removed", "内嵌的 1 个图片或文件打不开，它们里面的没有去除")
    assert planted.found_in(made) == []


def shadowed() -> bytes:
    """Properties twice under one name, as programs append that never rewrite."""
    buffer = io.BytesIO(planted.docx())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("docProps/core.xml", '<cp:coreProperties xmlns:cp="c"/>')
    return buffer.getvalue()


def test_what_stands_between_the_members_goes() -> None:
    content = shadowed()
    assert planted.found_in(cleaned(content, "稿.docx")[1]) == []


REST = {
    "text": ("说明.txt", lambda: "活动说明".encode(), "none", ""),
    "plain_picture": ("图.png", lambda: cleaned(planted.png(), "图.png")[1], "none", ""),
    "film_of_another_kind": ("片.wmv", lambda: b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" * 40, "kept", UNKNOWN),
    "drawing": ("图.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kept", UNKNOWN),
    "archive": ("包.zip", lambda: planted.zipped({"甲.txt": "甲"}), "kept", UNKNOWN),
    "tiff": ("图.tif", lambda: b"II*\0" + bytes(60), "held", NO_WAY),
    "heic": ("照.heic", lambda: planted.box(b"ftyp", b"heic" + bytes(4)) + planted.box(b"meta", bytes(30)), "held", NO_WAY),
    "film_with_a_place_a_frame": ("片.mp4", lambda: planted.film(planted.beside_frames(b"gpmd", b"")), "held", NO_WAY),
    "cut_off_picture": ("照.jpg", lambda: planted.jpeg()[:300], "held", BROKEN),
    "cut_off_png": ("图.png", lambda: planted.png()[:200], "held", BROKEN),
    "cut_off_document": ("稿.docx", lambda: planted.docx()[:900], "held", BROKEN),
    "cut_off_film": ("片.mp4", lambda: planted.film()[:150], "held", BROKEN),
    "empty": ("稿.docx", lambda: b"", "held", BROKEN),
    "shut_doc": ("稿.doc", lambda: write_doc("密", is_encrypted=True), "held", SHUT),
    "shut_pdf": ("稿.pdf", lambda: planted.pdf("secret"), "held", SHUT),
    "signed_pdf": ("稿.pdf", lambda: planted.pdf() + b"/ByteRange [0 1 2 3]", "kept", SIGNED),
    "signed_docx": ("稿.docx", lambda: planted.docx(**{"_xmlsignatures/sig1.xml": b"<s/>"}), "kept", SIGNED),
    "broken_part": ("稿.docx", lambda: planted.docx(**{"docProps/custom.xml": b"<Properties>"}), "held", BROKEN),
}  # fmt: skip


@pytest.mark.parametrize("case", REST)
def test_what_goes_as_it_is_or_stays_here(case: str) -> None:
    name, make, state, why = REST[case]
    found = clean(make(), name, SETTINGS)
    assert (found.state, found.why, found.pieces) == (state, why, [])


def test_a_picture_without_its_end_still_goes() -> None:
    """Viewers show it, and so may the ministry."""
    content = planted.jpeg()
    whole = content[: content.rindex(b"\xff\xd9")]
    found, made = cleaned(whole, "照.jpg")
    assert (found.state, planted.found_in(made)) == ("removed", [])
