"""Pieces that binary workbooks, old (xls) and new (xlsb), write alike: errors, fonts, formulas, hyperlinks."""

import struct

from pipelines.read.open.canvas import Fate

ERROR_CODES = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip
NOT_FONTS = 4
_STRUCK = 0x0008
_URL = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
"""The class of a URL moniker ([MS-OSHARED] 2.3.7.6)."""
_HYPERLINK = 0x0167
_TEXT = 0x17
_CALLS = (0x22, 0x42, 0x62)


def script_fate(flags: int, script: int) -> Fate:
    """By a font's flags, and whether it is raised (1) or lowered (2)."""
    return "struck" if flags & _STRUCK else "left_out" if script in (1, 2) else "kept"


def hyperlink_of(tokens: bytes, count_bytes: int) -> tuple[str, str]:
    """Address and text of a formula that is =HYPERLINK("…","…"), from its tokens; '' where it is none.

    `count_bytes` is 1 in xls, where a byte of flags follows the length of a text, and 2 in xlsb.
    """
    if len(tokens) < 5 or tokens[0] != _TEXT or tokens[-4] not in _CALLS:
        return "", ""
    if int.from_bytes(tokens[-2:], "little") != _HYPERLINK:
        return "", ""
    address, end = _text(tokens, 1, count_bytes)
    text = _text(tokens, end + 1, count_bytes)[0] if tokens[end : end + 1] == bytes([_TEXT]) else ""
    return address.strip(), text


def _text(tokens: bytes, place: int, count_bytes: int) -> tuple[str, int]:
    """A text among tokens, and where it ends."""
    length = int.from_bytes(tokens[place : place + count_bytes], "little")
    start = place + 2
    if count_bytes == 1 and not tokens[place + 1] & 1:
        return tokens[start : start + length].decode("latin-1"), start + length
    return tokens[start : start + 2 * length].decode("utf-16-le", "replace"), start + 2 * length


def link_of(link: bytes) -> str:
    """The address in a hyperlink object ([MS-OSHARED] 2.3.7.1); '' where it leads to a place in the workbook, or a file."""
    (flags,) = struct.unpack_from("<L", link, 4)
    place = 8
    for flag in (0x10, 0x80):  # a display name, a frame
        if flags & flag:
            place += 4 + 2 * struct.unpack_from("<L", link, place)[0]
    if not flags & 0x01:
        return ""
    if flags & 0x100:
        (length,) = struct.unpack_from("<L", link, place)
        return link[place + 4 : place + 4 + 2 * length].decode("utf-16-le", "replace").partition("\0")[0]
    if link[place : place + 16] != _URL:
        return ""
    (length,) = struct.unpack_from("<L", link, place + 16)
    return link[place + 20 : place + 20 + length].decode("utf-16-le", "replace").partition("\0")[0]
