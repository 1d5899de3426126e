"""One package in one folder: the table, the manifest, and the cleaned originals in zips; the same snapshot and moment, the same bytes."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.archive.store import Archive
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.media.leaving import Leaving
from pipelines.media.rework import Workshop
from pipelines.notice.feeds import Recommend
from pipelines.notice.model import Notice
from pipelines.recommend.contents import Item, Opened, PackageFile, arrange, sent_bytes
from pipelines.recommend.parts import Sized, divide, write_zip
from pipelines.recommend.table import write_tables
from pipelines.select.chosen import Chosen

MANIFEST, SUMS, PARTS = "manifest.json", "sha256sums.txt", "parts.sha256"
UNKNOWN_PART = 9999
"""Stands for a part's number where it is not known yet: none is longer."""
_RULE = {
    "remove": "送出前去掉了文件属性、批注和修订的作者、照片和影片的拍摄信息；去不掉的不放入，程序不认得的格式原样放入，逐个写明",
    "hold": "送出前去掉了文件属性、批注和修订的作者、照片和影片的拍摄信息；去不掉的和程序不认得的格式都不放入，逐个写明",
    "keep": "原样放入，没有去除文件属性和拍摄信息",
}
SUM_LINE = 64 + 2 + 1


@dataclass(frozen=True)
class Package:
    """What was written: `folder` holds the table, the manifest, the zips and their sums, and what is too large for a zip."""

    recommendation_id: str
    folder: Path
    items: tuple[Item, ...]
    names: tuple[str, ...]
    """Of the files to be sent, in order; the sums of the zips last."""
    parts: tuple[str, ...]
    too_large: tuple[str, ...]
    sha256: str
    """Of the whole: of the sums of all parts."""


def recommend_settings(notice: Notice) -> Recommend:
    """Raises NoticesError where the notice says nothing of it."""
    if notice.recommend is None:
        raise NoticesError(
            f"通知 {notice.id} 的 notice.yaml 里没有 recommend 一节：至少要写 to（推荐给谁），见 docs/feeds.md"
        )
    return notice.recommend


def recommendation_id(as_of: datetime) -> str:
    return f"{as_of:%Y%m%dT%H%M%S}"


def write_package(
    home: Home, notice: Notice, chosen: tuple[Chosen, ...], as_of: datetime, to: Path
) -> Package:
    """The package of what was chosen, in a folder of its own below `to`, which appears whole.

    Raises NoticesError where nothing is chosen, or where a package of this moment lies there that says something else.
    """
    settings = recommend_settings(notice)
    if not chosen:
        raise NoticesError(f"截至 {as_of} 没有入选的材料，没有可推荐的")
    stem = f"{notice.id}-recommend-{recommendation_id(as_of)}"
    staged, folder = to / f".{stem}.part", to / stem
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    try:
        leaving = Leaving.of(home, notice)
        items = tuple(arrange(chosen, _open(home, notice, settings, chosen), leaving))
        tables = write_tables(notice, settings, items, leaving, as_of, staged)
        made = _Writer(home, notice, settings, items, as_of, leaving, staged, stem).write(tables)
        _put_in_place(staged, folder)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    sha256 = hashlib.sha256((folder / PARTS).read_bytes()).hexdigest()
    names = (*(one.name for one in tables), MANIFEST, SUMS, *made[0], PARTS)
    return Package(recommendation_id(as_of), folder, items, names, *made, sha256)


def _open(home: Home, notice: Notice, settings: Recommend, chosen: tuple[Chosen, ...]) -> Opened:
    originals = [file for one in chosen for file in one.originals]
    archive = Archive(home.archive)
    with Workshop(notice, archive) as workshop:
        if settings.properties == "keep":
            reworked = workshop.rework(one for one in originals if one.media == "document")
        else:
            reworked = workshop.clean(originals)
    return Opened(archive, reworked, settings.properties)


def _put_in_place(staged: Path, folder: Path) -> None:
    if not folder.exists():
        staged.rename(folder)
    elif (folder / PARTS).read_bytes() != (staged / PARTS).read_bytes():
        raise NoticesError(
            f"{folder} 里已有同一时刻的推荐包而内容不同（入选或材料后来有变动，或那一个是旧版程序做的）。"
            "请换一个时刻，或先移走那个文件夹"
        )


@dataclass(frozen=True)
class _Writer:
    home: Home
    notice: Notice
    settings: Recommend
    items: tuple[Item, ...]
    as_of: datetime
    leaving: Leaving
    folder: Path
    stem: str

    def write(self, tables: tuple[Path, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Manifest, sums and zips; the names of the zips, and the paths of what is too large for one."""
        files = {file.path: file for item in self.items for file in item.files}
        sized = [Sized(path.name, path.stat().st_size, "") for path in tables]
        sized += [Sized(path, file.size, path.partition("/")[0]) for path, file in files.items()]
        sums = sum(SUM_LINE + len(one.path.encode()) for one in sized) + SUM_LINE + len(MANIFEST)
        draft = self._manifest(dict.fromkeys(files, UNKNOWN_PART), UNKNOWN_PART)
        in_front = [Sized(MANIFEST, len(draft), ""), Sized(SUMS, sums, "")]
        most = self.settings.max_size_mb * 1000 * 1000
        parts, too_large = divide(sized, most, sum(one.cost for one in in_front))
        number = {one.path: place for place, part in enumerate(parts, 1) for one in part}
        manifest = self._manifest({path: number.get(path) for path in files}, len(parts))
        (self.folder / MANIFEST).write_bytes(manifest)
        digests = {path.name: _digest(path.read_bytes()) for path in tables}
        digests |= {path: file.sha256 for path, file in files.items()}
        listed = "".join(
            f"{digest}  {path}\n" for path, digest in (digests | {MANIFEST: _digest(manifest)}).items()
        )
        (self.folder / SUMS).write_text(listed, "utf-8")
        for one in too_large:
            (self.folder / one.path).parent.mkdir(exist_ok=True)
            (self.folder / one.path).write_bytes(self._read(files[one.path]))
        names = tuple(self._write_parts(parts, in_front, files))
        zips = "".join(f"{_digest((self.folder / name).read_bytes())}  {name}\n" for name in names)
        beside = "".join(f"{digests[one.path]}  {one.path}\n" for one in too_large)
        (self.folder / PARTS).write_text(zips + beside, "utf-8")
        return names, tuple(one.path for one in too_large)

    def _write_parts(
        self, parts: list[list[Sized]], in_front: list[Sized], files: dict[str, PackageFile]
    ) -> Iterator[str]:
        for place, part in enumerate(parts, 1):
            inside = [*in_front, *part] if place == 1 else part
            named: list[tuple[str, Callable[[], bytes]]] = [
                (one.path, partial(self._read, files[one.path]))
                if one.path in files
                else (one.path, (self.folder / one.path).read_bytes)
                for one in inside
            ]
            name = f"{self.stem}-{place}of{len(parts)}.zip"
            (self.folder / name).write_bytes(write_zip(named, self.as_of))
            yield name

    def _read(self, file: PackageFile) -> bytes:
        return sent_bytes(Archive(self.home.archive), file)

    def _manifest(self, part_of: dict[str, int | None], parts: int) -> bytes:
        """What lies where: items in order, their files with hash and part (null: too large for a zip, beside them)."""
        told = {
            "format": 2,
            "notice": self.notice.id,
            "title": self.notice.title,
            "document_number": self.notice.document_number,
            "recommended_to": self.settings.to,
            "as_of": self.as_of.replace(tzinfo=self.notice.zone).isoformat(),
            "properties": _RULE[self.settings.properties],
            "parts": parts,
            "items": [self._tell(one, part_of) for one in self.items],
        }
        return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()

    def _tell(self, item: Item, part_of: dict[str, int | None]) -> dict[str, Any]:
        one, clean = item.chosen, self.leaving.clean
        return {
            "number": item.number,
            "item_id": one.item_id,
            "title": clean(one.title),
            "unit": clean(one.recipient),
            "folder": item.folder,
            "submission_id": one.submission_id,
            "sheet": clean(one.sheet),
            "row": one.row_number,
            "files": [_tell_file(file, part_of[file.path]) for file in item.files],
            "left_out": [
                {"name": left.name, "sha256": left.sha256, "why": left.why} for left in item.left_out
            ],
        }


def _tell_file(file: PackageFile, part: int | None) -> dict[str, Any]:
    """`sha256`, `size`: of what is sent. `properties`: removed, none (there were none) or kept; `note` says why."""
    return {
        "path": file.path,
        "sha256": file.sha256,
        "size": file.size,
        "media": file.original.media,
        "is_checked": file.is_checked,
        "part": part,
        "original_sha256": file.original.sha256,
        "original_size": file.original.size,
        "properties": file.cleaned.state,
        "removed": file.cleaned.removed,
        "note": file.cleaned.why,
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
