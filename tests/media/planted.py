"""Real files in which persons and places are planted beside the content, and the search for them at every depth."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

import openpyxl
import pypdf
import xlwt
from docx import Document
from openpyxl.comments import Comment
from PIL import Image, PngImagePlugin
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from tests.media.chosen_items import GPS, ORIENTATION
from tests.read.habits.word_binary import write_compound, write_doc
from tests.read.open.files import zipped

NAME, OFFICE, SERIAL, PLACE = "王小花", "东山职专办公室", "SN20201109X", "+36.6667+117.0001/"
NEEDLES = (NAME, OFFICE, SERIAL, PLACE)
SECONDS = struct.pack(">6I", 36, 1, 40, 1, 12345, 100)
"""How the place stands in an EXIF block, big-endian as Pillow writes it where it is told to."""
XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator>{NAME}</dc:creator>{PLACE}</x:xmpmeta>".encode()
TEXT = "校门打开，技能展示开始。"


def exif(upright: int = 6) -> bytes:
    made = Image.Exif()
    made.endian = ">"
    made[ORIENTATION] = upright
    made[0x013B] = SERIAL
    made.get_ifd(0x8769)[0xA431] = SERIAL
    made.get_ifd(GPS)[1], made.get_ifd(GPS)[2] = "N", (36.0, 40.0, 123.45)
    return made.tobytes()


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def _grain(mode: str = "RGB", width: int = 96) -> Image.Image:
    return Image.radial_gradient("L").resize((width, 64)).convert(mode)


def jpeg(**options: object) -> bytes:
    """As a phone's, gone through two programs: EXIF, XMP, IPTC, a comment, and a film behind the picture."""
    buffer = io.BytesIO()
    _grain().save(buffer, "JPEG", exif=exif(), comment=SERIAL.encode(), **options)
    content = buffer.getvalue()
    more = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
    more += segment(0xED, b"Photoshop 3.0\0" + NAME.encode()) + segment(0xE2, b"FPXR\0" + SERIAL.encode())
    return content[:20] + more + content[20:] + b"MotionPhoto" + PLACE.encode()


def png(width: int = 96) -> bytes:
    buffer, told = io.BytesIO(), PngImagePlugin.PngInfo()
    told.add_text("Author", SERIAL)
    told.add_itxt("Author", NAME)
    _grain(width=width).save(buffer, "PNG", pnginfo=told, exif=exif(8))
    return buffer.getvalue() + OFFICE.encode()


def webp() -> bytes:
    buffer = io.BytesIO()
    _grain().save(buffer, "WEBP", lossless=True, exif=exif(1), xmp=XMP)
    return buffer.getvalue()


def gif() -> bytes:
    buffer, frames = io.BytesIO(), [_grain("P"), _grain("P").rotate(90)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], loop=0, comment=NAME.encode())
    return buffer.getvalue()


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def film(*more: bytes) -> bytes:
    """`more`: further tracks."""
    track = box(
        b"trak", box(b"mdia", box(b"hdlr", bytes(8) + b"vide" + bytes(13))) + box(b"udta", NAME.encode())
    )
    about = box(b"udta", box(b"\xa9xyz", PLACE.encode())) + box(b"meta", bytes(4) + SERIAL.encode())
    return (
        box(b"ftyp", b"qt  " + bytes(4))
        + box(b"moov", box(b"mvhd", bytes(100)) + track + b"".join(more) + about)
        + box(b"uuid", bytes(16) + XMP)
        + box(b"mdat", b"frames" * 50)
    )


def beside_frames(kind: bytes, stated: bytes) -> bytes:
    return box(
        b"trak", box(b"mdia", box(b"hdlr", bytes(8) + b"meta" + bytes(13)) + box(b"stsd", kind + stated))
    )


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def docx(**more: bytes) -> bytes:
    """Properties, a comment, a change, a template in somebody's folder, a photo with its place. `more`: parts added."""
    document, buffer = Document(), io.BytesIO()
    document.add_heading(TEXT, 1)
    run = document.add_paragraph("正文").add_run("改过")
    document.add_comment(run, "请核对", author=NAME, initials="WXH" + SERIAL)
    document.add_picture(io.BytesIO(jpeg()))
    told = document.core_properties
    told.author, told.last_modified_by, told.comments = NAME, NAME, OFFICE
    document.save(buffer)
    parts: dict[str, bytes | str] = {**parts_of(buffer.getvalue())}
    parts["docProps/app.xml"] = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        f"<Manager>{NAME}</Manager><Company>{OFFICE}</Company></Properties>"
    )
    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    parts["word/footnotes.xml"] = f'<w:footnotes {word}><w:ins w:author="{NAME}" w:id="1"/></w:footnotes>'
    parts["word/people.xml"] = (
        '<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">'
        f'<w15:person w15:author="{NAME}"><w15:presenceInfo w15:userId="{SERIAL}"/></w15:person></w15:people>'
    )
    parts["word/_rels/settings.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        f'Target="file:///C:\\Users\\{NAME}\\Normal.dotm" TargetMode="External"/></Relationships>'
    )
    return zipped(parts | more)


def xlsx() -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = TEXT
    book.active["A1"].comment = Comment(f"{NAME}:\n请核对", NAME)
    book.properties.creator = book.properties.lastModifiedBy = NAME
    book.properties.description = OFFICE
    book.save(buffer)
    return buffer.getvalue()


def pptx() -> bytes:
    slides = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": "<Relationships/>",
            "ppt/presentation.xml": f"<p:presentation {slides}>{TEXT}</p:presentation>",
            "ppt/commentAuthors.xml": f'<p:cmAuthorLst {slides}><p:cmAuthor id="0" name="{NAME}" initials="{SERIAL}"/></p:cmAuthorLst>',
            "docProps/core.xml": f'<cp:coreProperties xmlns:cp="c"><cp:lastModifiedBy>{NAME}</cp:lastModifiedBy></cp:coreProperties>',
        }
    )


def odt() -> bytes:
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": "<manifest/>",
            "meta.xml": f'<o:document-meta xmlns:o="o"><o:meta><dc:creator xmlns:dc="d">{NAME}</dc:creator></o:meta></o:document-meta>',
            "content.xml": f'<o xmlns:p="p" xmlns:dc="d"><p:h>{TEXT}</p:h><p:a><dc:creator>{NAME}</dc:creator></p:a></o>',
        }
    )


def pdf(password: str = "") -> bytes:
    """/Info, XMP, a comment's author, a page's private data, a photo with its place; and an earlier version, as editors append."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(200, 200)
    photo, about = StreamObject(), StreamObject()
    photo.set_data(jpeg())
    photo.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image"), NameObject("/Filter"): NameObject("/DCTDecode")})  # fmt: skip
    about.set_data(XMP)
    about.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
    images = DictionaryObject({NameObject("/Im0"): writer._add_object(photo)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): images})
    page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/Own"): TextStringObject(SERIAL)})
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Text"),
            NameObject("/Rect"): ArrayObject(map(FloatObject, (0, 0, 9, 9))), NameObject("/T"): TextStringObject(NAME),
            NameObject("/Contents"): TextStringObject(TEXT),
        }
    )  # fmt: skip
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    writer.root_object[NameObject("/Metadata")] = writer._add_object(about.flate_encode())
    writer.add_metadata({"/Author": NAME, "/Company": OFFICE, "/Creator": SERIAL})
    if password:
        writer.encrypt(password)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def doc() -> bytes:
    """Properties in their own streams, and once more in Word's table of strings."""
    streams = {
        name: content.ljust(4096, b"\0")[:4096]
        for name, content in (
            ("1Table", b""),
            ("WordDocument", b""),
            ("\x05SummaryInformation", b"\xfe\xff" + bytes(60) + (NAME + OFFICE).encode("gb18030")),
        )
    }
    plain = write_doc(TEXT + "\r")
    # write_doc lays its two streams out behind header, FAT and directory.
    table, word = bytearray(plain[1536 : 1536 + 4096]), bytearray(plain[1536 + 4096 : 1536 + 8192])
    letters = [NAME, SERIAL]
    strings = b"\xff\xff" + struct.pack("<2H", len(letters), 0)
    strings += b"".join(struct.pack("<H", len(one)) + one.encode("utf-16-le") for one in letters)
    table[1000 : 1000 + len(strings)] = strings
    struct.pack_into("<2I", word, 0x19A, 1000, len(strings))
    owner = struct.pack("<H", len(NAME)) + NAME.encode("utf-16-le")
    table[2000 : 2000 + len(owner)] = owner
    struct.pack_into("<2I", word, 0x1BA, 2000, len(owner))
    return write_compound(streams | {"1Table": bytes(table), "WordDocument": bytes(word)})


def doc_with_photos() -> bytes:
    """Word keeps a document's pictures in a stream of their own, each behind a head that says how long it is."""
    data = b"".join(
        bytes(7) + struct.pack("<HHI", 0x46A0, kind, 17 + len(photo)) + bytes(17) + photo + b"behind"
        for kind, photo in ((0xF01D, jpeg()), (0xF01E, png(8)))
    )
    streams = {"Data": data, "WordDocument": b"", "1Table": b""}
    plain = write_doc(TEXT + "\r")
    streams |= {"1Table": plain[1536 : 1536 + 4096], "WordDocument": plain[1536 + 4096 : 1536 + 8192]}
    assert len(data) <= 4096
    return write_compound({name: content.ljust(4096, b"\0") for name, content in streams.items()})


def xls() -> bytes:
    book, buffer = xlwt.Workbook(), io.BytesIO()
    book.set_owner(SERIAL)
    book.add_sheet("表").write(0, 0, TEXT)
    book.save(buffer)
    return buffer.getvalue()


def rtf() -> bytes:
    def told(text: str) -> str:
        return "".join(one if one.isascii() else f"\\u{ord(one)}?" for one in text)

    return (
        rf"{{\rtf1\ansi{{\info{{\author {told(NAME)}}}{{\*\company {SERIAL} \}} }}}}{{\*\revtbl{{Unknown;}}{{{told(NAME)};}}}}"
        rf"{told(TEXT)}\par{{\pict\jpegblip\picw96 {jpeg().hex()}}}}}"
    ).encode()


def found_in(content: bytes) -> list[str]:
    """The planted words in the bytes as they are, in zips' members, and in whatever was deflated."""
    return sorted({needle for one in _unpacked(content) for needle in _look(one)})


def _look(content: bytes) -> Iterator[str]:
    for needle in NEEDLES:
        ways = [needle.encode(one) for one in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")]
        ways.append("".join(one if one.isascii() else f"\\u{ord(one)}?" for one in needle).encode())
        if any(way in content for way in ways):
            yield needle
    if SECONDS in content:
        yield "GPS"


def _unpacked(content: bytes) -> Iterator[bytes]:
    yield content
    for letters in re.findall(rb"ffd8ff[0-9a-f]+", content):
        yield bytes.fromhex(letters.decode())
    if content.startswith(b"PK\3\4"):
        for part in parts_of(content).values():
            yield from _unpacked(part)
    elif content.startswith(b"%PDF"):
        for stream in re.finditer(rb"stream\r?\n", content):
            inflater = zlib.decompressobj()
            try:
                yield inflater.decompress(content[stream.end() :])
            except zlib.error:
                continue  # it was not deflated, and was looked through as it is
