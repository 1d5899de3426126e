"""Zip archives, byte by byte: the same members always give the same bytes, and names may be in GBK.

zipfile writes no name that is neither ASCII nor UTF-8, and takes the clock's time unless told otherwise.
"""

import struct
import zlib
from collections.abc import Iterable

MADE_AT = (1 << 5) | 1
"""1 January 1980 as DOS writes dates."""
UTF8_NAME, ENCRYPTED = 0x800, 0x1


def pack_zip(
    members: Iterable[tuple[str, bytes]],
    *,
    encoding: str = "utf-8",
    is_encrypted: bool = False,
    level: int = 6,
) -> bytes:
    """An archive of these members in this order. `is_encrypted` only claims it: nothing inside can be read."""
    flags = (UTF8_NAME if encoding == "utf-8" else 0) | (ENCRYPTED if is_encrypted else 0)
    body, directory, count = bytearray(), bytearray(), 0
    for name, content in members:
        raw, packed = name.encode(encoding), _deflate(content, level)
        common = struct.pack(
            "<HHHHHLLLHH",
            20,
            flags,
            8,
            0,
            MADE_AT,
            zlib.crc32(content),
            len(packed),
            len(content),
            len(raw),
            0,
        )
        directory += (
            b"PK\x01\x02"
            + struct.pack("<H", 20)
            + common
            + struct.pack("<HHHLL", 0, 0, 0, 0, len(body))
            + raw
        )
        body += b"PK\x03\x04" + common + raw + packed
        count += 1
    end = struct.pack("<HHHHLLH", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + b"PK\x05\x06" + end)


def _deflate(content: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()
