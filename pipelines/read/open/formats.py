"""What a file is, told from its bytes; its name only where bytes say nothing (text, or nothing known)."""

import io
import re
import struct
import zipfile
from typing import Literal

import olefile

from pipelines.read.findings import FileRejected
from pipelines.read.open.charsets import decode_text
from pipelines.read.open.locked import OLE, is_locked, unlock
from pipelines.read.open.package import open_zip, part_key
from pipelines.read.opening import opening
from pipelines.read.suffixes import suffix_of

Format = Literal[
    "empty", "workbook", "spreadsheet_xml", "docx", "html", "mht", "text", "prose_text", "mail",
    "word_binary", "rtf", "odt", "pdf", "slk", "numbers",
    "zip", "encrypted", "media", "foreign_archive", "broken_office", "unknown",
]  # fmt: skip
TABLES: frozenset[Format] = frozenset(
    {"workbook", "spreadsheet_xml", "docx", "html", "mht", "text", "prose_text"}
)
"""Formats whose tables are read."""
UNREAD: frozenset[Format] = frozenset({"word_binary", "rtf", "odt", "pdf", "slk", "numbers"})
"""Formats of which only the text can be got out: a table in one is `unsupported_format`."""

TABLE_SUFFIXES = {"", ".xlsx", ".xls", ".et", ".csv", ".tsv", ".xlsm", ".xlsb", ".ods"}
"""Text under such a name was meant for a table, header or not."""
MEDIA_SUFFIXES = {
    ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".heic", ".tif", ".tiff", ".svg", ".mp4", ".mov", ".avi", ".wmv",
    ".mkv", ".flv", ".m4v", ".mpg", ".mpeg", ".3gp", ".mp3", ".wav", ".m4a", ".ppt", ".pptx", ".dps", ".ofd", ".psd",
}  # fmt: skip
_MEDIA_MAGIC = (
    b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*", b"ID3", b"\x1aE\xdf\xa3", b"FLV", b"OggS",
)  # fmt: skip
_ARCHIVE_MAGIC = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_BARE_BIFF = (
    b"\x09\x08\x10\x00\x00\x06\x05\x00",
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
)
_HTML = re.compile(
    rb"^\s*(?:<!--.{0,500}?-->\s*)?(?:<!doctype\s+html|<html|<\?xml[^>]*>\s*<(?:!doctype\s+)?html|<table|<head|<meta|<body)",
    re.I | re.S,
)
_SAID_OF_OLE = (OSError, struct.error, IndexError)
"""What olefile meets in broken structures, or calls them."""
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,40}):")
_MAIL_HEADERS = frozenset(
    b"from to subject date received mime-version message-id content-type return-path delivered-to x-mailer".split()
)


def detect_format(content: bytes, name: str) -> Format:
    """The format by content; the name's suffix decides only between the meanings of text and of unknown bytes.

    Never raises for what the bytes hold."""
    try:
        with opening():
            return _detect(content, suffix_of(name).lower())
    except FileRejected:
        return "broken_office"


def _detect(content: bytes, suffix: str) -> Format:
    if not content:
        return "empty"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _detect_zip(content, suffix)
    if content.startswith(OLE):
        return _detect_ole(content, suffix)
    if content.startswith(_BARE_BIFF):
        return "workbook"
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(_ARCHIVE_MAGIC):
        return "foreign_archive"
    if _is_media(content):
        return "media"
    return _detect_text(content, suffix)


def _detect_text(content: bytes, suffix: str) -> Format:
    head = _without_bom(content[:8192])
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(b"ID;P") and suffix in (".slk", ".sylk", ""):
        return "slk"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head and head.lstrip().startswith(b"<"):
        return "html" if _HTML.match(head) else "spreadsheet_xml"
    if _HTML.match(head):
        return "html"
    if letter := _detect_letter(head, suffix):
        return letter
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) or decode_text(content) is not None:
        return "text" if suffix in TABLE_SUFFIXES else "prose_text"
    return "media" if suffix in MEDIA_SUFFIXES else "unknown"


def _detect_letter(head: bytes, suffix: str) -> Format | None:
    """A mail, or a page that a browser or Excel saved in a mail's clothes."""
    names: dict[bytes, bytes] = {}
    lines = (
        head.removeprefix(b"From ").split(b"\n") if not head.startswith(b"From ") else head.split(b"\n")[1:]
    )
    for line in lines:
        found = _HEADER.match(line)
        if found:
            names.setdefault(found[1].lower(), line[found.end() :].strip().lower())
        elif not line[:1].isspace() or not line.strip():
            break
    known = names.keys() & _MAIL_HEADERS
    if len(known) < 2 or not known & {b"from", b"mime-version", b"received", b"message-id"}:
        return None
    is_page = suffix in (".mht", ".mhtml") or (
        suffix != ".eml"
        and (
            b"snapshot-content-location" in names
            or names.get(b"from", b"").startswith(b"<saved by")
            or (not names.keys() & {b"from", b"to", b"received", b"subject"})
        )
    )
    return "mht" if is_page else "mail"


def _is_media(content: bytes) -> bool:
    if content.startswith(b"BM"):
        # Two letters are too little: a bitmap also states its own length.
        return int.from_bytes(content[2:6], "little") == len(content)
    return content.startswith(_MEDIA_MAGIC) or content[4:8] == b"ftyp"


def _without_bom(head: bytes) -> bytes:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore").encode()
    return head.removeprefix(b"\xef\xbb\xbf")


def _detect_zip(content: bytes, suffix: str) -> Format:
    """An office file is a zip archive too; a damaged one is whichever its name claims."""
    try:
        archive = open_zip(content)
        names = {part_key(name) for name in archive.namelist()}
        kind = archive.read("mimetype") if "mimetype" in names and "content.xml" in names else b""
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        return "zip" if suffix in (".zip", "") else "broken_office"
    if "mimetype" in names and "content.xml" in names:
        return "workbook" if b"spreadsheet" in kind else "odt" if b"opendocument.text" in kind else "media"
    if "ofd.xml" in names:
        return "media"
    if names & {"index/document.iwa", "index.apxl", "index.zip"} and suffix not in (".pages", ".key"):
        return "numbers" if suffix != ".zip" or "index/calculationengine.iwa" in names else "zip"
    if suffix in (".pages", ".key") and any(name.startswith(("index", "quicklook")) for name in names):
        return "media"
    if "[content_types].xml" not in names:
        return "zip"
    if any(name.startswith("word/") for name in names):
        return "docx"
    if any(name.startswith("xl/") for name in names):
        return "workbook"
    # Slides, drawings and the like: a document, whatever is packed in it.
    return "media" if "_rels/.rels" in names else "zip"


def _detect_ole(content: bytes, suffix: str) -> Format:
    """Raises FileRejected where the structures are broken."""
    with opening(ordinary=_SAID_OF_OLE):
        if is_locked(content):
            return _detect_locked(content, suffix)
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            if ole.exists("Workbook") or ole.exists("Book"):
                return "workbook"
            if ole.exists("WordDocument"):
                # The FIB's flags: bit 8 says that the text is encrypted.
                head = ole.openstream("WordDocument").read(12)
                return "encrypted" if len(head) == 12 and head[11] & 0x01 else "word_binary"
            return "media" if ole.exists("PowerPoint Document") or suffix in MEDIA_SUFFIXES else "unknown"


def _detect_locked(content: bytes, suffix: str) -> Format:
    try:
        plain = unlock(content)
    except FileRejected:
        return "encrypted"
    if plain.startswith(b"PK"):
        return "workbook" if _detect_zip(plain, suffix) == "workbook" else "encrypted"
    return "workbook"
