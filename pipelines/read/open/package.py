"""An office file in a zip archive: its parts by name in whatever letter case, and what they point to."""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any

import lxml.etree

from pipelines.ground.settings import Settings
from pipelines.read.findings import too_large

LIMITS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "huge_tree": False,
    "load_dtd": False,
}
"""How XML from outside is parsed: entities are left alone, nothing is fetched, depth and text are limited."""
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, lxml.etree.LxmlError, KeyError, IndexError, ValueError, OSError, EOFError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What zipfile and lxml raise on a damaged file."""


@dataclass(frozen=True)
class Target:
    """Where a relationship leads: a part's key, or an address outside."""

    place: str
    kind: str
    is_external: bool


FEW_BYTES = 1 << 14
SMALL = 1 << 20
"""Bytes of an archive that stays open, so that it is not opened for each thing that is asked of it."""


def open_zip(content: bytes) -> zipfile.ZipFile:
    """Raises what zipfile does."""
    return _known_zip(content) if len(content) <= SMALL else zipfile.ZipFile(io.BytesIO(content))


@lru_cache(maxsize=1)
def _known_zip(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


_USUAL_FLAGS = 0x080E
"""Bits of a part that say how it was packed and how its name is written; any other asks for more than to inflate it."""
_HEAD = struct.Struct("<4s22xHH")
"""In front of a part: its mark, the lengths of its name and of what more is said there."""


def _inflated(content: bytes, info: zipfile.ZipInfo) -> bytes | None:
    """A part's bytes without what it takes zipfile to open it; None where zipfile has to look, and to say what is wrong."""
    place, said = info.header_offset, info.orig_filename
    is_usual = (
        info.compress_type == zipfile.ZIP_DEFLATED and not info.flag_bits & ~_USUAL_FLAGS and said.isascii()
    )
    if not is_usual or info.file_size > SMALL or not 0 <= place <= len(content) - _HEAD.size:
        return None
    mark, name, more = _HEAD.unpack_from(content, place)
    start = place + _HEAD.size
    if mark != b"PK\3\4" or content[start : start + name] != said.encode():
        return None
    packed = content[start + name + more : start + name + more + info.compress_size]
    unpack = _unpacked_few if info.file_size <= FEW_BYTES and len(packed) <= FEW_BYTES else _unpacked
    return unpack(packed, info.file_size, info.CRC) if len(packed) == info.compress_size else None


def _unpacked(packed: bytes, size: int, checksum: int) -> bytes | None:
    """What was packed, where it is all of what is promised and nothing else."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflater.decompress(packed, size + 1)
    except zlib.error:
        return None
    return content if len(content) == size and inflater.eof and zlib.crc32(content) == checksum else None


_unpacked_few = lru_cache(maxsize=256)(_unpacked)
"""Files that one program made have equal parts."""


class Package:
    """The parts of a zip archive, by `part_key`. `content`: its bytes, where they are at hand."""

    def __init__(self, archive: zipfile.ZipFile, content: bytes = b"") -> None:
        self._archive, self._content = archive, content
        self._targets: dict[str, dict[str, Target]] = {}
        self._read: dict[str, bytes] = {}
        self.parts = {part_key(info.filename): info for info in archive.infolist()}

    @classmethod
    @contextmanager
    def of(cls, content: bytes) -> Iterator["Package"]:
        yield cls(open_zip(content), content)

    def __contains__(self, name: str) -> bool:
        return part_key(name) in self.parts

    def read(self, name: str) -> bytes:
        """A part's bytes; those of a small one are kept, for it is asked for again. Raises KeyError where there is none."""
        key = part_key(name)
        if key not in self._read:
            info = self.parts[key]
            content = _inflated(self._content, info) or self._archive.read(info)
            if len(content) > FEW_BYTES:
                return content
            self._read[key] = content
        return self._read[key]

    def open(self, name: str) -> IO[bytes]:
        """A part to be read on; a small one is unpacked at once."""
        info = self.parts[part_key(name)]
        content = _inflated(self._content, info)
        return io.BytesIO(content) if content else self._archive.open(info)

    def xml(self, name: str) -> lxml.etree._Element:
        return parse_xml(self.read(name))

    @property
    def inflated(self) -> int:
        """Bytes that all parts unpack to, as the archive says."""
        return sum(info.file_size for info in self._archive.infolist())

    def replaced(self, name: str, content: bytes) -> bytes:
        """The archive with another content of one part."""
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w") as archive:
            for key, info in self.parts.items():
                archive.writestr(
                    info.filename, content if key == part_key(name) else self._archive.read(info)
                )
        return copy.getvalue()

    def targets(self, name: str) -> dict[str, Target]:
        """A part's relationships by their id; none where it has no such part."""
        if name not in self._targets:
            folder, _, file = part_key(name).rpartition("/") if name else ("", "", "")
            rels = f"{folder}/_rels/{file}.rels".lstrip("/")
            self._targets[name] = _targets(self.read(rels), folder) if rels in self.parts else {}
        return self._targets[name]


@lru_cache(maxsize=256)
def _targets(content: bytes, folder: str) -> dict[str, Target]:
    """Remembered: files that one program made have equal parts."""
    return {
        one.get("Id", ""): _target(one, folder) for one in parse_xml(content).iterchildren("{*}Relationship")
    }


def _target(one: lxml.etree._Element, folder: str) -> Target:
    target, kind = one.get("Target", ""), one.get("Type", "").rpartition("/")[2]
    if one.get("TargetMode", "").lower() == "external":
        return Target(target, kind, True)
    return Target(part_key(posixpath.join("/", folder, target.replace("\\", "/"))), kind, False)


@lru_cache(maxsize=4096)
def part_key(name: str) -> str:
    """A part's name as all its spellings: lower case, forward slashes, no slash in front."""
    return posixpath.normpath(name.replace("\\", "/").lstrip("/")).lower()


def parse_xml(content: bytes) -> lxml.etree._Element:
    """Raises lxml errors."""
    return lxml.etree.fromstring(content, lxml.etree.XMLParser(**LIMITS))


def check_inflated(content: bytes, settings: Settings) -> None:
    """Raises FileRejected where an office file would unpack to more than the limits allow."""
    with Package.of(content) as package:
        check_package(package, len(content), settings)


def check_package(package: Package, packed: int, settings: Settings) -> None:
    """Raises FileRejected where a package of `packed` bytes would unpack to more than the limits allow."""
    if is_over(package.inflated, packed, settings):
        raise too_large(
            "文件展开后过大（常见原因是整列设了格式或粘贴了大图）。请把数据复制到新的工作簿后重新报送"
        )


def is_over(inflated: int, packed: int, settings: Settings) -> bool:
    """Whether something packed unpacks to too much: in all, or, from a size that matters, by its ratio."""
    return inflated > settings.max_inflated_bytes or (
        inflated > settings.small_inflated_bytes and inflated > settings.max_inflation * packed
    )
