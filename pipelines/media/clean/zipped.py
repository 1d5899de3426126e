"""A zip archive with some members' contents replaced: the others stay packed as they are, so that no packer's version shows."""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping

from pipelines.media.clean.pieces import BROKEN, Cut, Unclean

_UTF8 = 0x800


def replace_members(
    content: bytes, members: Iterable[zipfile.ZipInfo], changed: Mapping[str, bytes], cut: Cut
) -> None:
    """Puts an archive of these members into `cut`, those in `changed` stored with that content. What stands between the
    members of the original, its comments and its extra fields are in none of it."""
    place, central = 0, b""
    count = 0
    for info in members:
        name = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", "strict")
        if (new := changed.get(info.filename)) is None:
            method, crc, packed, size = info.compress_type, info.CRC, info.compress_size, info.file_size
        else:
            method, crc, packed, size = zipfile.ZIP_STORED, zlib.crc32(new), len(new), len(new)
        year, month, day, hour, minute, second = info.date_time
        day_of = max(year - 1980, 0) << 9 | month << 5 | day
        stated = (
            info.flag_bits & _UTF8,
            method,
            hour << 11 | minute << 5 | second // 2,
            day_of,
            crc,
            packed,
            size,
        )
        central += struct.pack(
            "<IHH4H3I5HII", 0x02014B50, 20, 20, *stated, len(name), 0, 0, 0, 0, info.external_attr, place
        ) + name  # fmt: skip
        head = struct.pack("<IH4H3I2H", 0x04034B50, 20, *stated, len(name), 0) + name
        cut.put(head)
        if new is None:
            start = _data(content, info)
            cut.keep(start, start + packed)
        else:
            cut.put(new)
        place += len(head) + packed
        count += 1
    cut.put(central + struct.pack("<I4H2IH", 0x06054B50, 0, 0, count, count, len(central), place, 0))


def _data(content: bytes, info: zipfile.ZipInfo) -> int:
    """Where a member's packed bytes begin."""
    head = content[info.header_offset : info.header_offset + 30]
    if head[:4] != b"PK\3\4":
        raise Unclean(BROKEN)
    name, extra = struct.unpack("<2H", head[26:30])
    return int(info.header_offset + 30 + name + extra)
