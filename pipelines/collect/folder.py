"""A shared folder as a source: every regular file below it, whatever names and kinds of entry the share holds."""

import errno
import io
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pipelines.collect.source import Entry, EntryChanged, EntryUnreadable
from pipelines.ground.errors import SourceError

CHUNK = 1 << 20
OURS = frozenset({errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""What no entry can be blamed for: this machine has run out of something."""
WORDS = {
    errno.EACCES: "没有读取权限，请给本程序的账号读取权限",
    errno.EPERM: "没有读取权限，请给本程序的账号读取权限",
    errno.ENAMETOOLONG: "路径太深、太长，请移到浅一些的文件夹",
    errno.EIO: "存放它的磁盘或共享读不出这一处，请该单位重新放一份",
    errno.ELOOP: "是一个链接，不收取",
}
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
    """The files below `inbox/path`. Links, pipes, sockets and devices are never opened, and told; `returned` is never entered."""

    cursor: str | None = None

    def __init__(self, inbox: Path, path: str, returned: str) -> None:
        self.inbox, self.path, self.returned = inbox, path, returned
        self.skipped: list[str] = []

    def exists(self) -> bool:
        try:
            return stat.S_ISDIR((self.inbox / self.path).stat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True  # there, and listing it says what is wrong

    def list_entries(self, cursor: str | None = None) -> Iterator[Entry]:
        """Raises SourceError where the folder itself cannot be listed. One below it that cannot is an entry with a fault:
        it must not keep the others from being complete."""
        found: list[Entry] = []
        pending = [self.path]
        self.skipped.clear()
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(self.inbox / folder) as entries:
                    for entry in entries:
                        self._look_at(entry, f"{folder}/{entry.name}", found, pending)
            except OSError as error:
                if folder == self.path:
                    raise self._trouble(error) from error
                if not isinstance(error, FileNotFoundError):
                    found.append(self._faulty(f"{folder}/", error))
        yield from sorted(found, key=lambda entry: (entry.path, entry.key))

    def _look_at(self, entry: os.DirEntry[str], key: str, found: list[Entry], pending: list[str]) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return
        except OSError as error:
            found.append(self._faulty(key, error))
            return
        if stat.S_ISDIR(status.st_mode):
            if entry.name != self.returned:
                pending.append(key)
        elif stat.S_ISREG(status.st_mode):
            found.append(Entry(key, readable_path(key), status.st_size, status.st_mtime_ns))
        else:
            self.skipped.append(readable_path(key))

    def _faulty(self, key: str, error: OSError) -> Entry:
        return Entry(key, readable_path(key), 0, 0, fault=self._explain(error))

    def _explain(self, error: OSError) -> str:
        """Why one entry cannot be read. Raises SourceError where the whole source cannot either, and the error itself where
        this machine has run out of something."""
        if error.errno in OURS:
            raise error
        try:
            with os.scandir(self.inbox / self.path) as entries:
                next(entries, None)
        except OSError as gone:
            raise self._trouble(gone) from error
        return WORDS.get(error.errno or 0, f"读不出来（{error.strerror}），请检查这个文件和共享的读取权限")

    def _trouble(self, error: OSError) -> SourceError:
        return SourceError(
            f"来源 {self.path} 读不了：{error.strerror}。请检查共享文件夹是否在线、有无读取权限"
        )

    def read_chunks(self, entry: Entry) -> Iterator[bytes]:
        try:
            # A name may have become a pipe or a link since it was listed: never wait on one, never follow one.
            descriptor = os.open(self.inbox / entry.key, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            raise EntryChanged(entry.path) from None
        except OSError as error:
            raise EntryUnreadable(self._explain(error)) from error
        with open(descriptor, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise EntryChanged(entry.path)
            length = 0
            while chunk := self._read(file):
                length += len(chunk)
                yield chunk
            status = os.fstat(descriptor)
            if (length, status.st_size, status.st_mtime_ns) != (entry.size, entry.size, entry.modified_ns):
                raise EntryChanged(entry.path)

    def _read(self, file: io.FileIO) -> bytes:
        try:
            return file.read(CHUNK)
        except OSError as error:
            raise EntryUnreadable(self._explain(error)) from error
