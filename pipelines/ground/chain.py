"""Journals: files of one JSON object a line that only grow, in batches, each of which names the hash of what stands before.

A batch begins with a line of its own: {"chain": FORMAT, "lines": how many follow, "before": sha256 of every byte of the
file in front of this line, "here": sha256 of the lines that follow}. So a line that was changed, or one that is missing
from the middle, is found when the journal is read. What was cut off at the end cannot be found here: the warehouse's
ledger tells (archive/losses.py). Lines before the first batch are those of format 1, which had no chain; the next
batch that is written takes them in.
"""

import ctypes
import hashlib
import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.ground.errors import KeptFault
from pipelines.ground.shelf import Shelf, shelf_of

FORMAT = 2
_MARK = b'{"chain":'
RESTORE = "它不能由别的数据重算：请停下来，从备份恢复（notices restore），再运行一次"


def sync_folder(path: Path) -> None:
    """A folder's entries are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_disk(path: Path) -> None:
    """Everything written so far to the file system that holds the folder is on disk: once a batch."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if _syncfs is None or _syncfs(descriptor) != 0:
            os.sync()
    finally:
        os.close(descriptor)


_syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)


class JsonLines:
    """A journal, by one writer at a time. Raises KeptFault where it is not what it was."""

    def __init__(self, path: Path, *, ensure_ascii: bool = True) -> None:
        self.path, self._ensure_ascii, self._length = path, ensure_ascii, 0
        self._digest, self._shelf = hashlib.sha256(), shelf_of(path)

    def read(self) -> list[dict[str, Any]]:
        """The records of all whole batches. One without its end was being written when the machine stopped: it was never
        acknowledged, and the next `append` takes its place."""
        if self._shelf:
            return self._read_shelf(self._shelf)
        require_kept(self.path)
        return self._take(self.path.read_bytes() if self.path.exists() else b"")

    def _read_shelf(self, shelf: Shelf) -> list[dict[str, Any]]:
        """A copy that is damaged is made anew; what the store itself holds must be whole."""
        content = shelf.read(_MARK)
        try:
            return self._take(content)
        except KeptFault:
            return self._take(shelf.read(_MARK, is_anew=True))

    def fill(self, shelf: Shelf) -> None:
        """The store has what this home kept by itself."""
        content = self.path.read_bytes()
        self._take(content)
        shelf.fill(content[: self._length], _MARK)

    def is_kin(self) -> bool | None:
        """Whether the store's journal of this name began as the home's own; None where one of them has nothing."""
        return self._shelf.is_kin(self.path.read_bytes(), _MARK) if self._shelf else None

    def _take(self, content: bytes) -> list[dict[str, Any]]:
        lines = content[: content.rfind(b"\n") + 1].splitlines(keepends=True)
        heads = [number for number, line in enumerate(lines) if line.startswith(_MARK)]
        whole = self._check(lines, heads)
        self._length = sum(map(len, lines[:whole]))
        self._digest = hashlib.sha256(content[: self._length])
        marks = set(heads)
        return self._parse([line for number, line in enumerate(lines[:whole]) if number not in marks])

    @property
    def length(self) -> int:
        """Bytes of all whole batches."""
        return self._length

    def _check(self, lines: list[bytes], heads: list[int]) -> int:
        """How many lines there are, without a torn last batch."""
        digest, done = hashlib.sha256(), 0
        for place, number in enumerate(heads):
            digest.update(b"".join(lines[done:number]))
            head = self._head(lines[number], number)
            if head["before"] != digest.hexdigest():
                raise self._broken(f"第 {done + 1} 到 {number} 行有改动或缺失")
            digest.update(lines[number])
            done = number + 1
            is_last = place + 1 == len(heads)
            end = len(lines) if is_last else heads[place + 1]
            batch = b"".join(lines[done:end])
            if is_last and (end - done < head["lines"] or (b"\0" in batch and end - done == head["lines"])):
                return number
            if end - done != head["lines"] or hashlib.sha256(batch).hexdigest() != head["here"]:
                raise self._broken(f"第 {done + 1} 到 {end} 行有改动或缺失")
        return len(lines)

    def _head(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            head: dict[str, Any] = json.loads(line)
        except ValueError:
            raise self._broken(f"第 {number + 1} 行不是记录") from None
        if not isinstance(head.get("chain"), int) or head["chain"] > FORMAT:
            raise KeptFault(
                f"{self.path} 是更新版本的程序写的（格式 {head.get('chain')}，本程序只认到 {FORMAT}）。请改用那个版本的程序"
            )
        if not {"lines", "before", "here"} <= head.keys():
            raise self._broken(f"第 {number + 1} 行不完整")
        return head

    def _parse(self, lines: list[bytes]) -> list[dict[str, Any]]:
        try:
            records: list[dict[str, Any]] = json.loads(b"[%b]" % b",".join(lines))
        except ValueError:
            number = next((place for place, line in enumerate(lines, 1) if not _is_record(line)), len(lines))
            raise self._broken(f"第 {number} 条记录不是 JSON") from None
        return records

    def _broken(self, what: str) -> KeptFault:
        return KeptFault(f"{self.path} 损坏：{what}。{RESTORE}")

    def append(self, records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Returns the records as `read` would give them, not before they are on disk."""
        lines = [
            json.dumps(
                record, default=datetime.isoformat, ensure_ascii=self._ensure_ascii, separators=(",", ":")
            )
            for record in records
        ]
        if not lines:
            return []
        batch = "".join(f"{line}\n" for line in lines).encode()
        content = self._head_of(batch, len(lines)) + batch
        if self._shelf:
            self._shelf.add(content, self._length)
        else:
            self._write(content)
        self._length += len(content)
        self._digest.update(content)
        return self._parse([line.encode() for line in lines])

    def _write(self, content: bytes) -> None:
        is_new = not self.path.exists()
        with self.path.open("r+b" if not is_new else "xb") as file:
            file.truncate(self._length)
            file.seek(self._length)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        note_kept(self.path)

    def _head_of(self, batch: bytes, count: int) -> bytes:
        head = {
            "chain": FORMAT,
            "lines": count,
            "before": self._digest.hexdigest(),
            "here": hashlib.sha256(batch).hexdigest(),
        }
        return json.dumps(head, separators=(",", ":")).encode() + b"\n"


def _is_record(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _mark_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.kept")


def note_kept(path: Path) -> None:
    """Beside a file that is made from nothing else stands from now on that there is one; both are on disk after that."""
    mark = _mark_of(path)
    if not mark.exists():
        mark.touch()
        sync_folder(path.parent)


def require_kept(path: Path) -> None:
    """Raises KeptFault where the file was there once and is not any more."""
    if not path.exists() and _mark_of(path).exists():
        raise KeptFault(f"{path} 不见了。{RESTORE}")
