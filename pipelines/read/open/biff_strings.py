"""Strings of a binary workbook, with the fonts that parts of them have; one may go on in the next record."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipelines.read.open.canvas import Fate, Run


@dataclass(frozen=True)
class RichString:
    """A text as UTF-16 bytes, and from which letter on it has which font."""

    text: bytes
    changes: tuple[tuple[int, int], ...]

    def runs(self, font: Callable[[int], Fate]) -> Iterator[Run]:
        """What stands before the first change is as the cell is."""
        starts = [(0, -1), *self.changes]
        for (start, number), end in zip(
            starts, [*(one[0] for one in starts[1:]), len(self.text) // 2], strict=True
        ):
            part = self.text[2 * start : 2 * end].decode("utf-16-le", "replace")
            yield Run(part, "kept" if number < 0 else font(number), number < 0)


def read_string(body: bytes, place: int, count_bytes: int) -> tuple[str, int]:
    """A plain string inside one record (a length, a byte of flags, the letters), and where it ends."""
    length = int.from_bytes(body[place : place + count_bytes], "little")
    start = place + count_bytes + 1
    if body[start - 1] & 1:
        return body[start : start + 2 * length].decode("utf-16-le", "replace"), start + 2 * length
    return body[start : start + length].decode("latin-1"), start + length


def read_shared_strings(records: list[bytes]) -> dict[int, RichString]:
    """The rich ones, by number, of the shared strings in an SST record and those that continue it ([MS-XLS] 2.4.265)."""
    if not records:
        return {}
    found: dict[int, RichString] = {}
    reader = _Reader(records)
    (count,) = struct.unpack("<4xL", reader.take(8))
    for number in range(count):
        if reader.is_at_end():
            break
        rich = reader.read()
        if rich.changes:
            found[number] = rich
    return found


class _Reader:
    """Reads across the ends of records. Letters that go on in the next one have a new byte of flags before them."""

    def __init__(self, records: list[bytes]) -> None:
        self.records, self.number, self.place = records, 0, 0

    def is_at_end(self) -> bool:
        self._turn()
        return self.number >= len(self.records)

    def _turn(self) -> None:
        while self.number < len(self.records) and self.place >= len(self.records[self.number]):
            self.number, self.place = self.number + 1, 0

    def take(self, length: int) -> bytes:
        found = b""
        while length > 0 and not self.is_at_end():
            part = self.records[self.number][self.place : self.place + length]
            found += part
            self.place += len(part)
            length -= len(part)
        if length > 0:
            raise ValueError("a shared string goes on after the end")
        return found

    def read(self) -> RichString:
        (length, flags) = struct.unpack("<HB", self.take(3))
        changes = struct.unpack("<H", self.take(2))[0] if flags & 0x08 else 0
        extra = struct.unpack("<L", self.take(4))[0] if flags & 0x04 else 0
        text = self._letters(length, bool(flags & 0x01))
        fonts = tuple(struct.iter_unpack("<HH", self.take(4 * changes)))
        self._skip(extra)
        return RichString(text, fonts)

    def _letters(self, length: int, is_wide: bool) -> bytes:
        found = b""
        while length > 0:
            if self.place >= len(self.records[self.number]):
                self._turn()
                is_wide = bool(self.take(1)[0] & 0x01)
            here = self.records[self.number][self.place : self.place + length * (1 + is_wide)]
            self.place += len(here)
            length -= len(here) // (1 + is_wide)
            found += here if is_wide else here.decode("latin-1").encode("utf-16-le")
            if not here:
                raise ValueError("a shared string without letters")
        return found

    def _skip(self, length: int) -> None:
        while length > 0 and not self.is_at_end():
            here = min(length, len(self.records[self.number]) - self.place)
            self.place += here
            length -= here
