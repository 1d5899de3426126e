"""What a file is, told from its bytes; its name only where bytes say nothing (text, or nothing known)."""

import io
import re
import zipfile
from typing import Literal

import olefile

from pipelines.read.text import decode_text

Format = Literal[
    "empty", "workbook", "docx", "word_binary", "rtf", "pdf", "html", "text", "prose_text", "zip", "encrypted", "media",
    "foreign_archive", "broken_office", "unknown",
]  # fmt: skip

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
_HTML = re.compile(
    rb"^\s*(?:<!doctype|<html|<\?xml[^>]*>\s*<(?:!doctype\s+)?html|<table|<head|<meta|<body)", re.I
)
_SUFFIX = re.compile(r"(?<!^)\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,5}$")
JUNK_NAMES = {"thumbs.db", ".ds_store", "desktop.ini"}


def suffix_of(name: str) -> str:
    """A name's suffix with its dot, '' where it has none: what follows the dot of 11.9 is a day, no suffix."""
    found = _SUFFIX.search(name)
    return found[0] if found else ""


def is_junk(path: str) -> bool:
    """Files that systems and office programs leave behind, by name; also whatever lies in __MACOSX."""
    parts = re.split(r"[/\\]", path)
    name = parts[-1].lower()
    return name in JUNK_NAMES or name.startswith("~$") or name.endswith(".tmp") or "__MACOSX" in parts


def detect_format(content: bytes, name: str) -> Format:
    """The format by content; the name's suffix decides only between the meanings of text and of unknown bytes."""
    suffix = suffix_of(name).lower()
    if not content:
        return "empty"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _detect_zip(content, suffix)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _detect_ole(content, suffix)
    if content[:8] in (b"\x09\x08\x10\x00\x00\x06\x05\x00",) or content[:4] in (
        b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00",
    ):  # fmt: skip
        return "workbook"
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(_ARCHIVE_MAGIC):
        return "foreign_archive"
    if _is_media(content):
        return "media"
    if content.startswith(b"{\\rtf"):
        return "rtf"
    if _HTML.match(_without_bom(content[:2048])):
        return "html"
    if _looks_like_text(content):
        return "text" if suffix in TABLE_SUFFIXES else "prose_text"
    return "media" if suffix in MEDIA_SUFFIXES else "unknown"


def _is_media(content: bytes) -> bool:
    if content.startswith(b"BM"):
        # Two letters are too little: a bitmap also states its own length.
        return int.from_bytes(content[2:6], "little") == len(content)
    return content.startswith(_MEDIA_MAGIC) or content[4:8] == b"ftyp"


def _without_bom(head: bytes) -> bytes:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore").encode()
    return head.removeprefix(b"\xef\xbb\xbf")


def _looks_like_text(content: bytes) -> bool:
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    return decode_text(content) is not None


def _detect_zip(content: bytes, suffix: str) -> Format:
    """An office file is a zip archive too; a damaged one is whichever its name claims."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
        return "zip" if suffix in (".zip", "") else "broken_office"
    if "mimetype" in names and "content.xml" in names:
        return "workbook" if suffix != ".odt" else "media"
    if "OFD.xml" in names:
        return "media"
    if "[Content_Types].xml" not in names:
        return "zip"
    if any(name.startswith("word/") for name in names):
        return "docx"
    if any(name.startswith("xl/") for name in names):
        return "workbook"
    # Slides, drawings and the like: a document, whatever is packed in it.
    return "media" if "_rels/.rels" in names else "zip"


def _has_password(head: bytes) -> bool:
    """Whether a binary workbook's first records say that the rest is encrypted (FILEPASS, [MS-XLS] 2.4.117)."""
    place = 0
    for _ in range(8):
        record, length = int.from_bytes(head[place : place + 2], "little"), head[place + 2 : place + 4]
        if record == 0x2F:
            return True
        place += 4 + int.from_bytes(length, "little")
    return False


def _detect_ole(content: bytes, suffix: str) -> Format:
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            if ole.exists("EncryptedPackage"):
                return "encrypted"
            for name in ("Workbook", "Book"):
                if ole.exists(name):
                    return "encrypted" if _has_password(ole.openstream(name).read(4096)) else "workbook"
            if ole.exists("WordDocument"):
                # The FIB's flags: bit 8 says that the text is encrypted.
                head = ole.openstream("WordDocument").read(12)
                return "encrypted" if len(head) == 12 and head[11] & 0x01 else "word_binary"
            return "media" if ole.exists("PowerPoint Document") or suffix in MEDIA_SUFFIXES else "unknown"
    except Exception:  # olefile raises whatever broken structures make it meet; a broken file is a finding
        return "broken_office"
