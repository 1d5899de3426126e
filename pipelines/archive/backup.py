"""Backup: what a home is made from nothing else, to another place. Consistent while cycles run, incremental, verified.

Journals, databases and small files are copied while nobody writes; objects, which never change, after that, so every one that
a journal names is there. What the place holds already is not sent again. What is new is read back before it counts.
"""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.archive.fill import fetch_kept
from pipelines.archive.kept import Kept, Kind, copy_base, list_kept, whole_lines
from pipelines.archive.vault import CHUNK, Vault, WrongBytesError
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.ground.lock import hold
from pipelines.ground.scratch import scratch
from pipelines.notice.folder import NOTICES

PART = 4 << 20
"""Files that grow are kept in parts of this size: only the last one of a journal is new."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Done:
    """What one backup was: its name, the files it names, and what had to be sent for it."""

    name: str
    files: int
    bytes: int
    sent: int
    sent_bytes: int
    damaged: tuple[str, ...]
    """What could not be backed up, and why: everything else was."""


def back_up(home: Home, vault: Vault, now: datetime) -> Done:
    """One snapshot more; an object that is damaged is left out of it and named. Raises NoticesError, leaving no snapshot,
    where the place cannot keep it."""
    if not home.path.exists():
        raise NoticesError(f"数据文件夹 {home.path} 不存在，没有可备份的")
    with scratch("backup") as staged:
        with hold(home):
            fetch_kept(home)
            small = [one for one in list_kept(home) if one.kind is not Kind.object]
            copies = {one.path: _copy(home, one, staged / str(n)) for n, one in enumerate(small)}
        copies |= {f"notices/{path.relative_to(NOTICES)}": path for path in _definitions()}
        vault.clear_incoming()
        sender = _Sender(vault)
        files = [sender.send_file(path, copy) for path, copy in copies.items()]
        objects = (sender.send_object(home, one) for one in list_kept(home) if one.kind is Kind.object)
        files += [file for file in objects if file]
        sender.damaged += _shrunk(vault, files, {one.path for one in small if one.kind is Kind.journal})
    name = f"{now:%Y%m%dT%H%M%S}"
    size = sum(file["size"] for file in files)
    vault.write_snapshot(name, {"made_at": now.isoformat(), "files": files})
    log.info("backup: %s 共 %d 个文件，新增 %d 块", name, len(files), sender.sent)
    return Done(name, len(files), size, sender.sent, sender.sent_bytes, tuple(sender.damaged))


def _shrunk(vault: Vault, files: list[dict[str, Any]], journals: set[str]) -> Iterator[str]:
    """Journals only grow: one that is shorter than in the newest snapshot, or gone, has lost something."""
    if not vault.snapshots():
        return
    sizes = {file["path"]: file["size"] for file in files}
    for file in read_files(vault, None):
        path, before = file["path"], file["size"]
        if path in journals and sizes[path] < before:
            yield f"{path}：比上一份备份短（{sizes[path]} 字节，上一份 {before} 字节），登记缺了一段。请从上一份备份恢复"
        elif path.endswith(".jsonl") and not path.startswith("notices/") and path not in sizes:
            yield f"{path}：上一份备份里有，现在没有了。请从上一份备份恢复"


def _definitions() -> Iterator[Path]:
    """The notices' own folders: without them nothing can be read again."""
    return (path for path in sorted(NOTICES.rglob("*")) if path.is_file())


def _copy(home: Home, kept: Kept, to: Path) -> Path:
    """The file as it is at one moment."""
    path = home.path / kept.path
    if kept.kind is Kind.base:
        copy_base(path, to)
    else:
        to.write_bytes(whole_lines(path) if kept.kind is Kind.journal else path.read_bytes())
    return to


class _Sender:
    """Sends what the place does not hold yet."""

    def __init__(self, vault: Vault) -> None:
        self._vault, self._there = vault, vault.sizes()
        self.sent = self.sent_bytes = 0
        self.damaged: list[str] = []

    def send_file(self, path: str, copy: Path) -> dict[str, Any]:
        """A file's entry in the snapshot, its parts being there."""
        whole, parts = hashlib.sha256(), []
        with copy.open("rb") as file:
            while content := file.read(PART):
                whole.update(content)
                sha256 = hashlib.sha256(content).hexdigest()
                self._send(sha256, len(content), iter([content]))
                parts.append([sha256, len(content)])
        return {
            "path": path,
            "size": copy.stat().st_size,
            "modified_ns": copy.stat().st_mtime_ns,
            "sha256": whole.hexdigest(),
            "parts": parts,
        }

    def send_object(self, home: Home, kept: Kept) -> dict[str, Any] | None:
        """An object of the archive or the outbox, under the name it has; None where it is damaged."""
        path = home.path / kept.path
        size = path.stat().st_size
        try:
            self._send(kept.sha256, size, _chunks(path))
        except WrongBytesError as error:
            self.damaged.append(f"{kept.path}：{error}")
            return None
        return {"path": kept.path, "size": size, "sha256": kept.sha256, "parts": [[kept.sha256, size]]}

    def _send(self, sha256: str, size: int, chunks: Iterator[bytes]) -> None:
        if self._there.get(sha256) == size:
            return
        self._there[sha256] = self._vault.put(chunks, sha256)
        self.sent, self.sent_bytes = self.sent + 1, self.sent_bytes + size


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise WrongBytesError(f"读不出来（{error.strerror}）") from error


def verify_backup(vault: Vault, name: str | None = None) -> int:
    """Reads every byte that a snapshot (the newest) names; returns how many. Raises NoticesError where one is missing or
    damaged."""
    total, seen = 0, set()
    for file in read_files(vault, name):
        for sha256, _ in file["parts"]:
            if sha256 not in seen:
                seen.add(sha256)
                total += sum(len(chunk) for chunk in vault.chunks(sha256))
    return total


def read_files(vault: Vault, name: str | None) -> list[dict[str, Any]]:
    """The files of a snapshot, the newest where none is named. Raises NoticesError where there is none."""
    names = vault.snapshots()
    if not names:
        raise NoticesError(f"{vault.url} 里没有备份")
    if name is not None and name not in names:
        raise NoticesError(f"{vault.url} 里没有备份 {name}；有：{'、'.join(names[-5:])}")
    files: list[dict[str, Any]] = vault.read_snapshot(name or names[-1])["files"]
    return files
