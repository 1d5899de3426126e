"""A zip archive's bytes -> its members, names decoded, limits kept. An archive inside it is unpacked in its turn."""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.ground.settings import MIB, Settings
from pipelines.read.findings import FileRejected, encrypted, unreadable, unsafe_archive
from pipelines.read.formats import detect_format, is_junk


@dataclass(frozen=True)
class Member:
    """A file inside an archive, or an archive that could not be opened (`rejection`)."""

    names: tuple[str, ...]
    """From outside in: the archives within the archive, then the file; none where the whole could not be opened."""
    content: bytes
    rejection: FileRejected | None = None


def unpack(
    content: bytes, settings: Settings, names: tuple[str, ...] = (), depth: int = 1
) -> Iterator[Member]:
    """All files in an archive, in path order; one that breaks a limit comes as itself, with the reason."""
    try:
        if depth > settings.max_archive_depth:
            raise unsafe_archive("压缩包里套了三层。请解开后把文件直接放进一个压缩包报送")
        members = _extract(content, settings)
    except FileRejected as rejection:
        yield Member(names, content, rejection)
        return
    for name, inner in sorted(members.items()):
        if not is_junk(name) and inner and detect_format(inner, name) == "zip":
            yield from unpack(inner, settings, (*names, name), depth + 1)
        else:
            yield Member((*names, name), inner)


def _extract(content: bytes, settings: Settings) -> dict[str, bytes]:
    """Every member's bytes by name. Raises FileRejected: an archive is taken whole or not at all."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            if len(infos) > settings.max_members:
                raise unsafe_archive(f"压缩包里超过 {settings.max_members} 个文件。请分成几个压缩包报送")
            _check_size(sum(info.file_size for info in infos), len(content), settings)
            found: dict[str, bytes] = {}
            inflated = 0
            for info in infos:
                name = member_name(info)
                _check_name(name, info)
                if name.endswith("/"):
                    continue
                if info.flag_bits & 0x1:
                    raise encrypted()
                with archive.open(info) as file:
                    # A header may lie about the size: read no more than the limit allows.
                    found[name] = file.read(settings.max_inflated_bytes - inflated + 1)
                inflated += len(found[name])
                _check_size(inflated, len(content), settings)
        if not found:
            raise unreadable("压缩包里没有文件。请放入文件，重新压缩后报送")
        return found
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise unreadable("压缩包打不开，或其中有文件损坏。请重新压缩（zip 格式，不设密码）后报送") from error


def _check_size(inflated: int, packed: int, settings: Settings) -> None:
    if inflated > settings.max_inflated_bytes or inflated > settings.max_inflation * packed:
        limit = settings.max_inflated_bytes // MIB
        raise unsafe_archive(
            f"压缩包展开后超过 {limit} MB 或自身的 {settings.max_inflation} 倍。请分成几个压缩包报送"
        )


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
