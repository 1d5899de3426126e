"""A shared folder as a source: every regular file below it, whatever names and kinds of entry the share holds."""

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pipelines.collect.source import Entry, EntryChanged
from pipelines.ground.errors import SourceError

CHUNK = 1 << 20
log = logging.getLogger(__name__)


def readable_path(raw: str) -> str:
    """A path as valid Unicode, each name in it on its own: a unit's file may be in another encoding than its folder."""
    if _is_unicode(raw):
        return raw
    return "/".join(_readable_name(name) for name in raw.split("/"))


def _is_unicode(raw: str) -> bool:
    try:
        raw.encode()
    except UnicodeEncodeError:
        return False
    return True


def _readable_name(raw: str) -> str:
    """What is no UTF-8 is taken for GB18030, else its bytes are spelt out."""
    if _is_unicode(raw):
        return raw
    name = os.fsencode(raw)
    try:
        return name.decode("gb18030")
    except UnicodeDecodeError:
        return name.decode("utf-8", "backslashreplace")


class FolderSource:
    """The files below `inbox/path`. Links, pipes, sockets and devices are never opened; `returned` is never entered."""

    cursor: str | None = None

    def __init__(self, inbox: Path, path: str, returned: str) -> None:
        self.inbox, self.path, self.returned = inbox, path, returned

    def exists(self) -> bool:
        return (self.inbox / self.path).is_dir()

    def list_entries(self, cursor: str | None = None) -> Iterator[Entry]:
        """Raises SourceError where the folder, or one below it, cannot be listed; what could be listed came before."""
        found: list[Entry] = []
        troubles: list[str] = []
        pending = [self.path]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(self.inbox / folder) as entries:
                    for entry in entries:
                        self._look_at(entry, f"{folder}/{entry.name}", found, pending)
            except OSError as error:
                if folder != self.path and isinstance(error, FileNotFoundError):
                    continue
                troubles.append(f"{readable_path(folder)}：{error.strerror}")
        yield from sorted(found, key=lambda entry: (entry.path, entry.key))
        if troubles:
            raise SourceError(
                f"来源 {self.path} 没有读全：{'；'.join(troubles)}。请检查共享文件夹是否在线、有无读取权限"
            )

    def _look_at(self, entry: os.DirEntry[str], key: str, found: list[Entry], pending: list[str]) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return
        if stat.S_ISDIR(status.st_mode):
            if entry.name != self.returned:
                pending.append(key)
        elif stat.S_ISREG(status.st_mode):
            found.append(Entry(key, readable_path(key), status.st_size, status.st_mtime_ns))
        else:
            log.warning("scan: 跳过 %s：不是普通文件（链接、管道、设备不收取）", readable_path(key))

    def read_chunks(self, entry: Entry) -> Iterator[bytes]:
        try:
            # A name may have become a pipe or a link since it was listed: never wait on one, never follow one.
            descriptor = os.open(self.inbox / entry.key, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            raise EntryChanged(entry.path) from None
        except OSError as error:
            raise SourceError(f"{entry.path} 读不出来：{error.strerror}。请检查读取权限") from error
        with open(descriptor, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise EntryChanged(entry.path)
            length = 0
            while chunk := file.read(CHUNK):
                length += len(chunk)
                yield chunk
            status = os.fstat(descriptor)
            if (length, status.st_size, status.st_mtime_ns) != (entry.size, entry.size, entry.modified_ns):
                raise EntryChanged(entry.path)
