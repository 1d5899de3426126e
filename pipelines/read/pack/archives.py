"""A zip archive's bytes -> its members' bytes, names decoded, limits kept: taken whole or not at all."""

import io
import stat
import zipfile
from collections.abc import Iterator

from pipelines.read.findings import encrypted, unreadable, unsafe_archive
from pipelines.read.opening import opening
from pipelines.read.pack.member import Room, unused

_HEADER = 30
"""Bytes that stand before each member at the least."""


def extract(content: bytes, room: Room, depth: int) -> dict[str, bytes]:
    """Every member's bytes by name, in path order. Raises FileRejected."""
    damaged = unreadable("压缩包打不开，或其中有文件损坏。请重新压缩（zip 格式，不设密码）后报送")
    with opening(damaged), zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = [info for info in archive.infolist() if not member_name(info).endswith(("/", "\\"))]
        room.check_count(len(infos))
        room.check_size(sum(info.file_size for info in infos), len(content), depth)
        _check_apart(infos)
        found = dict(sorted(_read(archive, infos, room, depth)))
    if not found:
        raise unreadable("压缩包里没有文件。请放入文件，重新压缩后报送")
    return found


def _read(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], room: Room, depth: int
) -> Iterator[tuple[str, bytes]]:
    taken: set[str] = set()
    for info in infos:
        name = member_name(info)
        _check_name(name, info)
        if info.flag_bits & 0x1:
            raise encrypted()
        # zipfile reads no more than the header says, and the checksum tells a header that lies.
        content = archive.read(info)
        room.take(len(content), depth)
        yield unused(name, taken), content


def _check_apart(infos: list[zipfile.ZipInfo]) -> None:
    """Raises BadZipFile where members share bytes: a few kilobytes would unpack to anything (zipfile checks since 3.11.8)."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < end:
            raise zipfile.BadZipFile("members overlap")
        end = info.header_offset + _HEADER + info.compress_size


def member_name(info: zipfile.ZipInfo) -> str:
    """The name as its maker meant it: UTF-8 where flagged or valid, else GB18030."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    raw = info.orig_filename.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.orig_filename


def _check_name(name: str, info: zipfile.ZipInfo) -> None:
    """Raises FileRejected for a name that would leave the folder if it were unpacked, on any system."""
    plain = name.replace("\\", "/")
    if plain.startswith("/") or plain[1:2] == ":" or ".." in plain.split("/") or "\0" in plain:
        raise unsafe_archive("压缩包里有指向包外的文件名。请重新压缩后报送")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise unsafe_archive("压缩包里有快捷方式（链接）。请放入文件本身，重新压缩后报送")
