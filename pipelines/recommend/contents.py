"""What goes into a package: each selected item's originals without what they say of persons and places beside their content,
under names that every system can write, in order, none twice."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.archive.store import Archive
from pipelines.media.clean.pieces import BROKEN, UNKNOWN, Cleaned, joined
from pipelines.media.leaving import Leaving
from pipelines.media.rework import Reworked
from pipelines.notice.feeds import Properties
from pipelines.select.chosen import Chosen
from pipelines.select.originals import Original, original_bytes
from pipelines.send.compose import safe_name

LONGEST_FOLDER, LONGEST_NAME = 60, 80
"""Characters: a path stays below what Windows opens (260), wherever it is unpacked."""
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|COM\d|LPT\d)(?:\..*)?", re.I)
"""Names that Windows keeps for itself, with any suffix."""
WORKBOOK = "报送用的表格里有别的行，可能有联系方式，不放入；这一行的内容在汇总表里"
AS_TOLD = "通知里写了不去除（recommend.properties: keep），原样放入"
HELD_UNKNOWN = "程序不认得这种格式，去不掉里面可能有的作者、位置等信息，通知里写了这样的不放入（recommend.properties: hold）"
LIAISON = "里面有联络员的姓名、电话或邮箱，没有放入；请去掉后另送"


@dataclass(frozen=True)
class PackageFile:
    """An original in the package. `path` is below the package's folder; `size`, `sha256`: of what is sent."""

    item_id: str
    path: str
    original: Original
    size: int
    sha256: str
    cleaned: Cleaned
    is_checked: bool
    """Whether its text was looked through for liaisons; a picture or film has none that could be."""


@dataclass(frozen=True)
class LeftOut:
    """An original that is not in the package, and why."""

    item_id: str
    name: str
    sha256: str
    why: str


@dataclass(frozen=True)
class Item:
    """A selected item as the package has it."""

    number: int
    chosen: Chosen
    folder: str
    files: tuple[PackageFile, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class Opened:
    """What children found in the originals, and what the notice says of their properties."""

    archive: Archive
    reworked: dict[str, Reworked]
    properties: Properties

    def lines(self, original: Original) -> tuple[list[str], list[str]]:
        """What a document says, and what it says in its margins too."""
        found = self.reworked.get(original.sha256)
        return (found.lines, [*found.lines, *found.margins]) if found else ([], [])

    def cleaned(self, original: Original) -> Cleaned:
        """What becomes of an original."""
        if self.properties == "keep":
            return Cleaned("kept", why=AS_TOLD)
        found = self.reworked[original.sha256].cleaned or Cleaned("held", why=BROKEN)
        if self.properties == "hold" and found.why == UNKNOWN:
            return Cleaned("held", why=HELD_UNKNOWN)
        return found

    def place(self, item_id: str, path: str, original: Original, cleaned: Cleaned) -> PackageFile:
        lines, _ = self.lines(original)
        is_checked = original.media != "document" or bool(lines)
        if not cleaned.pieces:
            return PackageFile(item_id, path, original, original.size, original.sha256, cleaned, is_checked)
        content = joined(original_bytes(self.archive, original), cleaned.pieces)
        sha256 = hashlib.sha256(content).hexdigest()
        return PackageFile(item_id, path, original, len(content), sha256, cleaned, is_checked)


def sent_bytes(archive: Archive, file: PackageFile) -> bytes:
    """What lies in the package: the original, without what was taken out of it. Raises ArchiveFault."""
    content = original_bytes(archive, file.original)
    return joined(content, file.cleaned.pieces) if file.cleaned.pieces else content


def arrange(chosen: Iterable[Chosen], opened: Opened, leaving: Leaving) -> Iterator[Item]:
    """The items in the order in which they were chosen, numbered from 1."""
    found = list(chosen)
    digits = max(3, len(str(len(found))))
    for number, one in enumerate(found, 1):
        label = clean_name(
            f"{number:0{digits}d}-{leaving.clean(one.recipient)}-{leaving.clean(one.title)}", LONGEST_FOLDER
        )
        yield _arrange(number, one, label, opened, leaving)


def _arrange(number: int, one: Chosen, folder: str, opened: Opened, leaving: Leaving) -> Item:
    files: list[PackageFile] = []
    left_out: list[LeftOut] = []
    taken: set[str] = set()
    for original in one.originals:
        name = clean_name(leaving.clean(original.name), LONGEST_NAME)
        if original.media == "workbook":
            left_out.append(LeftOut(one.item_id, name, original.sha256, WORKBOOK))
        elif leaving.names_liaison([original.name, *opened.lines(original)[1]]):
            left_out.append(LeftOut(one.item_id, name, original.sha256, LIAISON))
        elif (cleaned := opened.cleaned(original)).state == "held":
            left_out.append(LeftOut(one.item_id, name, original.sha256, cleaned.why))
        else:
            path = f"{folder}/{unique_name(name, taken)}"
            files.append(opened.place(one.item_id, path, original, cleaned))
    return Item(number, one, folder, tuple(files), tuple(left_out))


def clean_name(name: str, longest: int) -> str:
    """Without what Windows forbids at any place of a name; never empty, with its suffix."""
    stem, dot, suffix = name.rpartition(".")
    if not dot or not re.fullmatch(r"\w{1,8}", suffix, re.ASCII):
        stem, dot, suffix = name, "", ""
    stem = re.sub(r"[\x00-\x1f\x7f\s]+", " ", safe_name(stem)).strip(" .")
    stem = stem[: longest - len(dot + suffix)].rstrip(" .") or "附件"
    return f"_{stem}{dot}{suffix}" if _DEVICES.fullmatch(stem) else f"{stem}{dot}{suffix}"


def unique_name(name: str, taken: set[str]) -> str:
    """The name, with a number where it was given already, in whichever letter case."""
    stem, dot, suffix = name.rpartition(".")
    base, tail = (stem, dot + suffix) if dot else (name, "")
    number, made = 2, name
    while made.casefold() in taken:
        made, number = f"{base}（{number}）{tail}", number + 1
    taken.add(made.casefold())
    return made
