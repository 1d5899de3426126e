"""Films in boxes (MP4, MOV, 3GP): boxes that say where, by whom and with what become blank ones of the same size, so that no
sample moves and none is encoded anew."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.media.clean.pieces import BROKEN, NO_WAY, Cleaned, Cut, Unclean

ABOUT, TIMED = "影片属性（拍摄位置、设备、作者等）", "随影片记录的数据"
_ABOUT = (b"udta", b"meta", b"uuid", b"\xa9xyz", b"loci", b"Xtra")
_PICTURES = (b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"avif", b"avis")
_HELD_INSIDE = (b"moov", b"trak", b"moof", b"traf")
_DEEPEST = 8


@dataclass(frozen=True)
class Box:
    """`body`: where its content begins, behind its size and name."""

    name: bytes
    start: int
    body: int
    end: int


def clean_film(content: bytes) -> Cleaned:
    """Raises Unclean for pictures in boxes (HEIC), broken films, and those that keep a place beside each frame."""
    if content[8:12] in _PICTURES:
        raise Unclean(NO_WAY)
    cut, place = Cut(), 0
    names = {one.name for one in boxes(content, 0, len(content))}
    if not names & {b"moov", b"moof"}:
        raise Unclean(BROKEN)
    for box in _unwanted(content, 0, len(content), 0):
        cut.keep(place, box.start + 4)
        cut.put(b"free")
        cut.keep(box.start + 8, box.body)
        cut.put(bytes(box.end - box.body))
        cut.drop(TIMED if box.name == b"trak" else ABOUT)
        place = box.end
    cut.keep(place, len(content))
    return cut.done()


def boxes(content: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes that follow each other in a stretch. Raises Unclean where one is longer than it."""
    while start + 8 <= end:
        size, name, body = (
            int.from_bytes(content[start : start + 4]),
            content[start + 4 : start + 8],
            start + 8,
        )
        if size == 1:
            size, body = int.from_bytes(content[start + 8 : start + 16]), start + 16
        elif size == 0:
            size = end - start
        if size < body - start or start + size > end:
            raise Unclean(BROKEN)
        yield Box(name, start, body, start + size)
        start += size


def _unwanted(content: bytes, start: int, end: int, depth: int) -> Iterator[Box]:
    """In order, none inside another."""
    for box in boxes(content, start, end):
        if box.name in _ABOUT:
            if content[box.body : box.end].strip(b"\0"):
                yield box
        elif box.name == b"cmov" or depth > _DEEPEST:
            raise Unclean(NO_WAY)
        elif box.name == b"trak" and (stated := _timed(content, box)) is not None:
            if b"mebx" not in stated or b"location" in stated.lower():
                raise Unclean(NO_WAY)
            yield box
        elif box.name in _HELD_INSIDE:
            yield from _unwanted(content, box.body, box.end, depth + 1)


def _timed(content: bytes, trak: Box) -> bytes | None:
    """What a track of data beside the frames says that it holds; None of pictures, sound and texts."""
    media = next((one for one in boxes(content, trak.body, trak.end) if one.name == b"mdia"), None)
    if media is None:
        return None
    for one in boxes(content, media.body, media.end):
        if one.name == b"hdlr" and content[one.body + 8 : one.body + 12] in (b"meta", b"camm", b"gpmd"):
            return content[media.body : media.end]
    return None
