"""Files that nobody can read: what an inbox holds besides tables."""

import hashlib
import struct
from functools import cache

from pipelines.sample.workbooks import write_workbook
from pipelines.sample.zips import pack_zip

SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STREAM_SECTORS = 8
"""4,096 bytes: the least that lies in sectors of its own."""


def write_encrypted_office(salt: str) -> bytes:
    """What a workbook with a password looks like from outside: a compound file with an EncryptedPackage."""
    names = ("Root Entry", "EncryptionInfo", "EncryptedPackage")
    fat = [_FAT, _END]
    entries = [_directory_entry(names[0], 5, child=2, start=_END, size=0)]
    for number, name in enumerate(names[1:]):
        start = len(fat)
        fat += [*range(start + 1, start + _STREAM_SECTORS), _END]
        left = 1 if number else _FREE
        entries.append(_directory_entry(name, 2, left=left, start=start, size=_STREAM_SECTORS * SECTOR))
    entries.append(bytes(128))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack(
        "<HHHHHHLLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, _END, 0, _END, 0
    ) + struct.pack("<109L", 0, *[_FREE] * 108)  # fmt: skip
    table = struct.pack("<128L", *fat, *[_FREE] * (128 - len(fat)))
    secret = (salt.encode() * SECTOR * _STREAM_SECTORS)[: SECTOR * _STREAM_SECTORS]
    return header + table + b"".join(entries) + bytes(SECTOR * _STREAM_SECTORS) + secret


def _directory_entry(
    name: str, kind: int, *, left: int = _FREE, child: int = _FREE, start: int, size: int
) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<BBLLL", kind, 1, left, _FREE, child)
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<H", len(raw))
        + links
        + bytes(36)
        + struct.pack("<LQ", start, size)
    )


def write_bomb_workbook(text: str) -> bytes:
    """A workbook of some kilobytes that inflates past 64 MiB, several hundred times its size. The text is the archive's comment: no
    two are the same file."""
    comment = text.encode()
    return _blank_bomb()[:-2] + struct.pack("<H", len(comment)) + comment


@cache
def _blank_bomb() -> bytes:
    """Made once: packing seventy megabytes takes longer than all other files of a small sample."""
    return write_workbook([("Sheet1", [[" " * 70_000_000]], False)], level=9)


def write_cut_workbook(content: bytes) -> bytes:
    """The first half of a file whose upload broke off."""
    return content[: len(content) // 2]


def write_noise(text: str) -> bytes:
    """Bytes that are no format, and no text in any encoding."""
    return b"\x8f" + b"".join(hashlib.sha256(f"{text}{number}".encode()).digest() for number in range(64))


def write_locked_zip(members: list[tuple[str, bytes]]) -> bytes:
    return pack_zip(members, is_encrypted=True)


def write_leaving_zip(members: list[tuple[str, bytes]]) -> bytes:
    """An archive with a name that would leave the folder."""
    return pack_zip([*members, ("../../" + members[0][0], members[0][1])])
