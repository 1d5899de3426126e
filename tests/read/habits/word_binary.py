"""A .doc of the binary kind, as small as readers accept: one stream with the text in a piece table."""

import struct

_SECTOR, _FREE, _END, _FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STREAM = 4096


def write_doc(text: str, *, is_encrypted: bool = False) -> bytes:
    """A compound file with WordDocument and 1Table; paragraphs of `text` end in carriage returns."""
    letters = text.encode("utf-16-le")
    fib = bytearray(0x400)
    struct.pack_into("<HHHHHH", fib, 0, 0xA5EC, 0xC1, 0, 0x0804, 0, 0x0200 | (0x0100 if is_encrypted else 0))
    struct.pack_into("<L", fib, 0x4C, len(text))
    pieces = struct.pack("<LL", 0, len(text)) + struct.pack("<HLH", 0, len(fib), 0)
    clx = b"\x02" + struct.pack("<L", len(pieces)) + pieces
    struct.pack_into("<LL", fib, 0x1A2, 0, len(clx))
    return write_compound(
        {"1Table": clx.ljust(_STREAM, b"\0"), "WordDocument": (bytes(fib) + letters).ljust(_STREAM, b"\0")}
    )


def write_compound(streams: dict[str, bytes]) -> bytes:
    """Streams of 4,096 bytes each, in a compound file."""
    fat, entries = [_FAT, _END], [_entry("Root Entry", 5, child=1, start=_END, size=0)]
    for number, name in enumerate(streams, 1):
        start = len(fat)
        fat += [*range(start + 1, start + _STREAM // _SECTOR), _END]
        right = number + 1 if number < len(streams) else _FREE
        entries.append(_entry(name, 2, right=right, start=start, size=_STREAM))
    directory = b"".join(entries).ljust(_SECTOR, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack(
        "<HHHHHHLLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, _END, 0, _END, 0
    ) + struct.pack("<109L", 0, *[_FREE] * 108)  # fmt: skip
    return (
        head
        + struct.pack("<128L", *fat, *[_FREE] * (128 - len(fat)))
        + directory
        + b"".join(streams.values())
    )


def _entry(name: str, kind: int, *, right: int = _FREE, child: int = _FREE, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<BBLLL", kind, 1, _FREE, right, child)
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<H", len(raw))
        + links
        + bytes(36)
        + struct.pack("<LQ", start, size)
    )
