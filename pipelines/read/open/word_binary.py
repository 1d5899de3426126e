"""The text of a binary Word document (.doc, .wps), from its piece table. MS-DOC 2.4.1 and 2.8.35."""

import io
import struct

import olefile

_TABLE_FLAG, _COUNT, _CLX = 0x0A, 0x4C, 0x01A2
"""Where the FIB says which table stream there is, how many letters the text has, and where the pieces are listed."""
_COMPRESSED = 1 << 30
LONGEST = 1_000_000


def read_doc_text(content: bytes) -> str:
    """The main text, at most LONGEST letters; '' where the structures do not hold together."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            document = ole.openstream("WordDocument").read()
            (flags,) = struct.unpack_from("<H", document, _TABLE_FLAG)
            table = ole.openstream("1Table" if flags & 0x0200 else "0Table").read()
        return _read_pieces(document, _find_pieces(document, table))
    except (OSError, struct.error, IndexError, ValueError):
        return ""


def _find_pieces(document: bytes, table: bytes) -> bytes:
    """The piece table's bytes, past the paragraph properties that may stand before it."""
    start, length = struct.unpack_from("<LL", document, _CLX)
    clx, place = table[start : start + length], 0
    while clx[place] == 1:
        place += 3 + int.from_bytes(clx[place + 1 : place + 3], "little")
    if clx[place] != 2:
        raise ValueError("no piece table")
    return clx[place + 5 : place + 5 + int.from_bytes(clx[place + 1 : place + 5], "little")]


def _read_pieces(document: bytes, pieces: bytes) -> str:
    count = (len(pieces) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}L", pieces)
    (letters,) = struct.unpack_from("<L", document, _COUNT)
    found: list[str] = []
    room = LONGEST
    for number in range(count):
        _, place, _ = struct.unpack_from("<HLH", pieces, 4 * (count + 1) + 8 * number)
        length = min(ends[number + 1], letters, ends[number] + room) - ends[number]
        if length <= 0:
            break
        if place & _COMPRESSED:
            start = (place & ~_COMPRESSED) // 2
            found.append(document[start : start + length].decode("cp1252", "replace"))
        else:
            found.append(document[place : place + 2 * length].decode("utf-16-le", "replace"))
        room -= length
    return "".join(found)
