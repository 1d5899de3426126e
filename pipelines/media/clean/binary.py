"""Old office files (doc, xls, ppt and those of WPS): properties and users' names become blanks of the same length, in place."""

import io
import struct
from collections.abc import Iterator
from dataclasses import replace

import olefile

from pipelines.media.clean.office import AUTHORS, INSIDE, PROPERTIES
from pipelines.media.clean.pictures import JPEG, blanked_pictures
from pipelines.media.clean.pieces import BROKEN, SHUT, SIGNED, Cleaned, Cut, Unclean

_SUMMARIES = ("\x05SummaryInformation", "\x05DocumentSummaryInformation")
_WORKBOOKS = ("Workbook", "Book")
_PICTURES = "旧版 Excel 表格里的图片去不掉拍摄信息，请人看一遍再送"
_EMPTY = struct.pack("<HHI16sI16sI2I", 0xFFFE, 0, 0, bytes(16), 1, bytes(16), 48, 8, 0)
"""A set of properties that holds none; zeros follow up to the stream's length."""
_TABLES = {0x19A: AUTHORS, 0x232: AUTHORS, 0x2D2: AUTHORS}
"""Where a Word file states its tables of names: its own properties once more, who changed it, who saved it."""
_OWNERS, _COMMENTS, _COMMENT = 0x1BA, 0xBA, 30
"""Of comments: their authors, and the table that holds initials; so many bytes an entry."""
_BIFF_USER, _BIFF_SHARING, _BIFF_NOTE, _BIFF_FILEPASS = 0x5C, 0x5B, 0x1C, 0x2F


def clean_binary(content: bytes) -> Cleaned:
    """Raises Unclean where it is signed, shut or broken."""
    file = io.BytesIO(content)
    cut = Cut()
    try:
        with olefile.OleFileIO(file, write_mode=True) as ole:
            _require_open(ole)
            has_pictures = any(
                ole.exists(name) and JPEG in ole.openstream(name).read() for name in _WORKBOOKS
            )
            for path in ole.listdir():
                for name, new, what in _changes(ole, path):
                    if new != ole.openstream(name).read():
                        ole.write_stream(name, new)
                        cut.drop(what)
            cleaned = file.getvalue()
    except Unclean:
        raise
    except Exception as error:  # olefile raises whatever broken structures make it meet
        raise Unclean(BROKEN) from error
    if cut.removed:
        cut.put(cleaned)
    return replace(cut.done(), why=_PICTURES if has_pictures else "")


def _require_open(ole: olefile.OleFileIO) -> None:
    if ole.exists("EncryptedPackage") or ole.exists("EncryptionInfo"):
        raise Unclean(SHUT)
    if ole.exists("_signatures") or ole.exists("_xmlsignatures"):
        raise Unclean(SIGNED, is_held=False)
    if ole.exists("WordDocument"):
        head = ole.openstream("WordDocument").read(12)
        if len(head) < 12 or head[11] & 0x01:
            raise Unclean(SHUT)


def _changes(ole: olefile.OleFileIO, path: list[str]) -> Iterator[tuple[list[str], bytes, str]]:
    """Streams that are to say something else, with what, and what that takes out."""
    content = ole.openstream(path).read()
    if path[-1] in _SUMMARIES:
        new = (_EMPTY + bytes(len(content)))[: len(content)]
        yield path, new, PROPERTIES
    elif path == ["WordDocument"]:
        table = "1Table" if content[11] & 0x02 else "0Table"
        if ole.exists(table):
            yield [table], _blank_names(content, ole.openstream(table).read()), AUTHORS
    elif path[-1] in ("Data", "Pictures"):
        yield path, blanked_pictures(content), INSIDE
    elif path[-1] in _WORKBOOKS:
        yield path, _blank_users(content), AUTHORS
    elif path == ["Current User"]:
        yield path, _blank_current(content), AUTHORS


def _blank_names(head: bytes, table: bytes) -> bytes:
    new = bytearray(table)
    for place in _TABLES:
        start, size = struct.unpack("<2I", head[place : place + 8]) if len(head) >= place + 8 else (0, 0)
        _blank_strings(new, start, min(start + size, len(new)))
    start, size = struct.unpack("<2I", head[_OWNERS : _OWNERS + 8]) if len(head) >= _OWNERS + 8 else (0, 0)
    end = min(start + size, len(new))
    while start + 2 <= end:
        start = _blank_wide(new, start, end)
    start, size = struct.unpack("<2I", head[_COMMENTS : _COMMENTS + 8])
    count = max(size - 4, 0) // (4 + _COMMENT)
    for place in range(start + 4 * (count + 1), min(start + size, len(new)) - _COMMENT + 1, _COMMENT):
        _blank_wide(new, place, place + 20)
    return bytes(new)


def _blank_strings(new: bytearray, start: int, end: int) -> None:
    """A table of strings (STTB): its lengths stay, its letters become blanks."""
    if end - start < 6:
        return
    is_wide = new[start : start + 2] == b"\xff\xff"
    start += 2 if is_wide else 0
    (extra,) = struct.unpack("<H", new[start + 2 : start + 4])
    start += 4
    while start + 2 <= end:
        if is_wide:
            start = _blank_wide(new, start, end)
        else:
            stop = min(start + 1 + new[start], end)
            new[start + 1 : stop] = b" " * (stop - start - 1)
            start = stop
        start += extra


def _blank_wide(new: bytearray, start: int, end: int) -> int:
    """One text of two bytes a letter with its length in front; where it ends."""
    stop = min(start + 2 + 2 * int.from_bytes(new[start : start + 2], "little"), end)
    new[start + 2 : stop] = (b" \0" * len(new))[: stop - start - 2]
    return stop


def _blank_users(content: bytes) -> bytes:
    """Of the records of a workbook: who wrote it, who reserved it, who commented. Raises Unclean where it is shut."""
    new, place = bytearray(content), 0
    while place + 4 <= len(new):
        kind, size = struct.unpack("<2H", new[place : place + 4])
        body, end = place + 4, min(place + 4 + size, len(new))
        if kind == _BIFF_FILEPASS:
            raise Unclean(SHUT)
        if kind == _BIFF_USER and size >= 4:
            new[body:end] = (
                b"\1\0\0" + b" " * (end - body - 3) if size >= 112 else b"\1" + b" " * (end - body - 1)
            )
        elif kind == _BIFF_SHARING and size > 7:
            new[body + 4 : end] = bytes(end - body - 4)
        elif kind == _BIFF_NOTE and size > 11:
            new[body + 11 : end] = (
                b" " * (end - body - 11) if not new[body + 10] & 1 else _wide(end - body - 11)
            )
        place = end
    return bytes(new)


def _wide(size: int) -> bytes:
    return (b" \0" * size)[:size]


def _blank_current(content: bytes) -> bytes:
    """PowerPoint's record of who saved last."""
    if len(content) < 28:
        return content
    (length,) = struct.unpack("<H", content[20:22])
    end = 28 + length
    return (
        content[:28] + b" " * len(content[28:end]) + content[end : end + 4] + _wide(len(content[end + 4 :]))
    )
