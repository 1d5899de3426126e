"""Pictures: the segments and chunks that say where, when, by whom and with what go; the pixels' bytes stay, and which way is up."""

import re
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from pipelines.media.clean.pieces import BROKEN, Cleaned, Cut, Unclean

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
EXIF, PLACE, XMP, IPTC = "拍摄信息（EXIF）", "拍摄位置", "XMP 属性", "IPTC 属性"
WORDS, OTHER, BEHIND, THUMBNAIL = "图片里的文字说明", "相机写入的其他数据", "图片后面附带的数据", "缩略图"
_ORIENTATION, _GPS = 0x0112, 0x8825
_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
"""What ends the data of a scan: any marker but a restart."""
_PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n")
_BEHIND = -1
"""In a marker's place: what follows the end of the picture."""
_PNG_STAYS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD hIST pHYs sPLT mDCV cLLI acTL fcTL fdAT".split()
)
_BLANK = b"blNk"
"""A chunk that readers pass over."""
_GIF_STAYS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def clean_jpeg(content: bytes) -> Cleaned:
    """Without EXIF, XMP, IPTC, comments, thumbnails and whatever stands behind the picture; ICC profile and colours stay."""
    cut, upright = Cut(), 1
    kept: list[tuple[int, int, int]] = []
    for marker, start, body, end in _segments(content):
        segment = content[body + 2 : end]
        if marker == _BEHIND:
            cut.drop(BEHIND)
        elif what := _unwanted(marker, segment):
            cut.drop(what)
            if what == EXIF:
                upright = _orientation(segment[6:], cut)
        else:
            kept.append((marker, start, end))
    cut.keep(0, 2)
    if upright > 1:
        cut.put(b"\xff\xe1\0\x22Exif\0\0" + only_orientation(upright))
    for marker, start, end in kept:
        if marker == 0xE0 and end - start > 18:
            cut.drop(THUMBNAIL)
            cut.put(b"\xff\xe0\0\x10" + content[start + 4 : start + 16] + b"\0\0")
        else:
            cut.keep(start, end)
    return cut.done()


def _segments(content: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Marker, beginning, where its length stands, and end; of a scan with its data. What no marker begins is in none."""
    place, has_scan = 2, False
    while found := _MARKER.search(content, place):
        marker, body = content[found.end() - 1], found.end()
        place = body
        if marker == 0xD9:
            yield marker, body - 2, body, body
            if content[body:].strip(b"\0"):
                yield _BEHIND, body, body, len(content)
            break
        if marker == 0x01:
            continue
        place = end = body + int.from_bytes(content[body : body + 2])
        if marker == 0xDA:
            following = _MARKER.search(content, end)
            place, has_scan = following.start() if following else len(content), True
        yield marker, body - 2, body, place
    if not has_scan:
        raise Unclean(BROKEN)


def _unwanted(marker: int, segment: bytes) -> str:
    """What a segment is that does not go along; '' where it does."""
    if marker == 0xFE:
        return WORDS
    if not 0xE0 <= marker <= 0xEF:
        return ""
    if marker == 0xE1:
        if segment[:6] == b"Exif\0\0" and _is_bare(segment[6:]):
            return ""
        return EXIF if segment.startswith(b"Exif\0") else XMP if b"ns.adobe.com/" in segment[:40] else OTHER
    if marker == 0xED:
        return IPTC
    stays = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}.get(marker)
    return "" if stays and segment.startswith(stays) else OTHER


def _orientation(tiff: bytes, cut: Cut) -> int:
    """Which way is up by an EXIF block: 1 where it does not say. Says where it holds a place."""
    try:
        found = Image.Exif()
        found.load(tiff)
        upright = found.get(_ORIENTATION, 1)
        if _GPS in found:
            cut.drop(PLACE)
    except (OSError, ValueError, SyntaxError, struct.error, TypeError, KeyError, IndexError):
        return 1  # a broken block goes like any other, and says nothing of what is up
    return upright if isinstance(upright, int) and 1 <= upright <= 8 else 1


def blanked_pictures(content: bytes) -> bytes:
    """A stream in which JPEG and PNG pictures stand somewhere, with their unwanted segments blank and every byte at its place."""
    new = bytearray(content)
    for found in _PICTURE.finditer(content):
        _blank_jpeg(new, found.start()) if found[0] == JPEG else _blank_png(new, found.start() + len(PNG))
    return bytes(new)


def _blank_jpeg(new: bytearray, start: int) -> None:
    try:
        segments = list(_segments(bytes(new[start:])))
    except Unclean:
        return  # three bytes that look like a picture's beginning
    behind = _stated_end(new, start)
    for marker, _, body, end in segments:
        segment = bytes(new[start + body + 2 : start + end])
        if marker == _BEHIND:
            new[start + body : behind] = bytes(max(behind - start - body, 0))
        elif what := _unwanted(marker, segment):
            upright = _orientation(segment[6:], Cut()) if what == EXIF else 1
            kept = b"Exif\0\0" + only_orientation(upright) if upright > 1 else b""
            if len(kept) <= len(segment):
                new[start + body + 2 : start + end] = kept.ljust(len(segment), b"\0")


def _blank_png(new: bytearray, place: int) -> None:
    behind = _stated_end(new, place - len(PNG))
    while place + 12 <= len(new):
        size, name = int.from_bytes(new[place : place + 4]), bytes(new[place + 4 : place + 8])
        end = place + 12 + size
        if end > len(new):
            return
        if name not in _PNG_STAYS:
            new[place:end] = _chunk(_BLANK, bytes(size))
        elif name == b"IEND":
            new[end:behind] = bytes(max(behind - end, 0))
            return
        place = end


def _stated_end(new: bytearray, start: int) -> int:
    """Where a picture in an old office file ends, as the head before it says; 0 where none is there."""
    for before in (25, 41):
        head = bytes(new[max(start - before, 0) : start][:8])
        if len(head) == 8 and head[2:4] in (b"\x1d\xf0", b"\x1e\xf0"):
            return min(start - before + 8 + int.from_bytes(head[4:], "little"), len(new))
    return 0


def _is_bare(tiff: bytes) -> bool:
    """Whether a block of EXIF is one that this program left."""
    return any(tiff == only_orientation(upright) for upright in range(2, 9))


def only_orientation(upright: int) -> bytes:
    """A block of EXIF that says which way is up and nothing else: 26 bytes."""
    return b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, _ORIENTATION, 3, 1, upright, 0, 0)


def clean_png(content: bytes) -> Cleaned:
    """Without texts, EXIF, times, chunks of programs' own and whatever stands behind the picture."""
    cut, place, is_ended = Cut(), len(PNG), False
    cut.keep(0, place)
    while place + 12 <= len(content):
        size, name = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        end = place + 12 + size
        if end > len(content):
            raise Unclean(BROKEN)
        if name in _PNG_STAYS or (name == b"eXIf" and _is_bare(content[place + 8 : end - 4])):
            cut.keep(place, end)
        elif name == b"eXIf":
            cut.drop(EXIF)
            if (upright := _orientation(content[place + 8 : end - 4], cut)) > 1:
                cut.put(_chunk(b"eXIf", only_orientation(upright)))
        else:
            cut.drop(WORDS if name in (b"tEXt", b"zTXt", b"iTXt") else OTHER)
        place = end
        if is_ended := name == b"IEND":
            break
    if not is_ended:
        raise Unclean(BROKEN)
    if content[place:]:
        cut.drop(BEHIND)
    return cut.done()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def clean_webp(content: bytes) -> Cleaned:
    """Without the chunks EXIF and XMP, and what stands behind the last one."""
    cut, place = Cut(), 12
    end = 8 + int.from_bytes(content[4:8], "little")
    chunks: list[tuple[bytes, int, int]] = []
    while place + 8 <= min(end, len(content)):
        size = int.from_bytes(content[place + 4 : place + 8], "little")
        chunks.append((content[place : place + 4], place, place + 8 + size + size % 2))
        place = chunks[-1][2]
    if not chunks or place > len(content) + 1:
        raise Unclean(BROKEN)
    body = bytearray()
    for name, start, stop in chunks:
        if name in (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"):
            one = bytearray(content[start:stop])
            if name == b"VP8X":
                one[8] &= 0xFF ^ 0x0C
            body += one
        else:
            cut.drop({b"EXIF": EXIF, b"XMP ": XMP}.get(name, OTHER))
            if name == b"EXIF":
                _orientation(content[start + 8 : stop].removeprefix(b"Exif\0\0"), cut)
    if len(content) > place:
        cut.drop(BEHIND)
    cut.put(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + bytes(body))
    return cut.done()


def clean_gif(content: bytes) -> Cleaned:
    """Without comments and programs' own blocks; how often it repeats stays."""
    cut, place = Cut(), 13 + _palette(content[10])
    cut.keep(0, place)
    for start, end, what in _gif_blocks(content, place):
        place = end
        if what:
            cut.drop(what)
        else:
            cut.keep(start, end)
    if content[place:].strip(b"\0"):
        cut.drop(BEHIND)
    return cut.done()


def _gif_blocks(content: bytes, place: int) -> Iterator[tuple[int, int, str]]:
    """Each block's beginning and end, and what it is where it does not go along."""
    while place < len(content):
        start, kind, what = place, content[place], ""
        if kind == 0x3B:
            yield place, place + 1, ""
            return
        if kind == 0x2C:
            place += 10 + _palette(content[place + 9]) + 1
        elif kind == 0x21:
            if content[place + 1] == 0xFE:
                what = WORDS
            elif content[place + 1] == 0xFF and content[place + 3 : place + 14] not in _GIF_STAYS:
                what = XMP if content[place + 3 : place + 11] == b"XMP Data" else OTHER
            place += 2
        else:
            raise Unclean(BROKEN)
        while size := content[place]:
            place += 1 + size
        place += 1
        yield start, place, what
    raise Unclean(BROKEN)


def _palette(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
