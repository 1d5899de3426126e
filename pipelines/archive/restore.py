"""Restore: puts back from a backup what a home has lost, and never puts an older state in the place of a newer whole one.

Into an empty folder it brings back everything. In a home that lives on it mends: an object that is missing or damaged, a journal
that lost its end, a database that does not open. A journal that says something else than the backup is a person's decision.
"""

import hashlib
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.archive.backup import read_files
from pipelines.archive.kept import FOLDERS, is_whole_base, whole_lines
from pipelines.archive.vault import CHUNK, Vault
from pipelines.ground.durable import sync_folder
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import hold
from pipelines.ground.store import SETTING, open_store
from pipelines.notice.folder import NOTICES

log = logging.getLogger(__name__)


@dataclass
class Restored:
    """What was put back, what was whole already, and what of the home differs and was left (or set aside)."""

    written: list[str] = field(default_factory=list)
    kept: int = 0
    set_aside: list[str] = field(default_factory=list)
    """Where damaged files went that stood in the way."""
    notices: list[str] = field(default_factory=list)
    """Notice folders that this program's tree does not have, or has otherwise: in the home's `notices/`."""


def restore(home: Home, vault: Vault, name: str | None = None, *, is_forced: bool = False) -> Restored:
    """Puts back a snapshot, the newest where none is named. Raises NoticesError before anything is written where a journal
    or database of the home says something that the backup does not know, unless it is forced: then that is set aside."""
    if store := open_store():
        raise NoticesError(
            f"{SETTING} 设着（{store.url}）：恢复只写本机。先去掉它，恢复到一个空的 --home，再设上它运行 notices fill-store："
            "存储里缺的对象和登记会补上，已有的不动"
        )
    done = Restored()
    files = read_files(vault, name)
    with hold(home):
        _clear_torn(home)
        wanted = [
            (file, home.path / file["path"]) for file in files if not file["path"].startswith("notices/")
        ]
        states = [_state(file, path, vault) for file, path in wanted]
        odd = [file["path"] for (file, _), state in zip(wanted, states, strict=True) if state == "other"]
        if odd and not is_forced:
            raise NoticesError(
                f"{'、'.join(odd[:3])} 里有备份不知道的内容，没有动。备份之后又收过件的不要恢复旧的；"
                "确已损坏、要以备份为准的，加 --force（原文件改名留在旁边）"
            )
        for (file, path), state in zip(wanted, states, strict=True):
            if state == "whole":
                done.kept += 1
                continue
            if state in ("other", "damaged") and path.exists():
                done.set_aside.append(_set_aside(path))
            _write(vault, file, path)
            done.written.append(file["path"])
        _restore_notices(home, vault, files, done)
    log.info("restore: 写回 %d 个文件，原本完好 %d 个", len(done.written), done.kept)
    return done


def _clear_torn(home: Home) -> None:
    """Removes what a killed restore had not finished writing: nobody else is at work."""
    for folder in FOLDERS:
        for left in (home.path / folder).rglob(".*.tmp"):
            left.unlink()


def _state(file: dict[str, Any], path: Path, vault: Vault) -> str:
    """missing, whole (as it was backed up, or gone on from there), damaged, or other (it says what the backup does not)."""
    if not path.exists():
        return "missing"
    if "/objects/" in file["path"]:
        return "whole" if _hash(path) == file["sha256"] else "damaged"
    if path.suffix == ".sqlite":
        return "whole" if is_whole_base(path) else "damaged"
    if path.suffix != ".jsonl":
        is_changing = path.name == "index.html" or path.name.endswith(".scans.json") or "drafts" in path.parts
        return "whole" if is_changing or _hash(path) == file["sha256"] else "damaged"
    ours, theirs = whole_lines(path), b"".join(_content(vault, file))
    if ours.startswith(theirs):
        return "whole"
    return "damaged" if theirs.startswith(ours) else "other"


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except OSError:
        return ""
    return digest.hexdigest()


def _content(vault: Vault, file: dict[str, Any]) -> Iterator[bytes]:
    for sha256, _ in file["parts"]:
        yield from vault.chunks(sha256)


def _write(vault: Vault, file: dict[str, Any], path: Path) -> None:
    """The whole file or none of it, and on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    digest = hashlib.sha256()
    try:
        with beside.open("wb") as target:
            for chunk in _content(vault, file):
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        if digest.hexdigest() != file["sha256"]:
            raise NoticesError(f"备份里的 {file['path']} 拼不回原样，没有写回。请换一份备份")
        if modified := file.get("modified_ns"):
            os.utime(beside, ns=(modified, modified))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def _set_aside(path: Path) -> str:
    number = 1
    while (to := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.replace(to)
    for left in ("-wal", "-shm"):
        path.with_name(f"{path.name}{left}").unlink(missing_ok=True)
    return str(to)


def _restore_notices(home: Home, vault: Vault, files: list[dict[str, Any]], done: Restored) -> None:
    """Notices belong to the program's tree, which is not ours to change: those that it lacks or has otherwise are laid
    beside."""
    changed = set()
    for file in files:
        if file["path"].startswith("notices/"):
            inside = file["path"].removeprefix("notices/")
            if not (NOTICES / inside).is_file() or _hash(NOTICES / inside) != file["sha256"]:
                changed.add(inside.partition("/")[0])
    for file in files:
        if file["path"].removeprefix("notices/").partition("/")[0] in changed and file["path"].startswith(
            "notices/"
        ):
            _write(vault, file, home.path / file["path"])
    done.notices = sorted(changed)
