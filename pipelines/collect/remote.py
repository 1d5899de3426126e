"""A folder on another machine as a source: SFTP, SMB, WebDAV or S3, listed folder by folder."""

import errno
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pipelines.collect.folder import CHUNK, readable_path
from pipelines.collect.protocols import Remote, in_words
from pipelines.collect.source import Entry, EntryChanged, EntryUnreadable
from pipelines.ground.errors import SourceError

REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.EIO, errno.EINVAL, errno.ENAMETOOLONG})
ACCESS_DENIED = frozenset({0xC0000022, 0xC0000043, 0xC0000054})
"""Access denied; in use by another program; locked by one."""


class RemoteFolderSource:
    """The files below a remote folder; `path` stands in front of their names, as that of a shared folder would."""

    cursor: str | None = None

    def __init__(self, remote: Remote, path: str, returned: str) -> None:
        self.remote, self.path, self.returned = remote, path, returned
        self.skipped: list[str] = []

    def exists(self) -> bool:
        return True

    def list_entries(self, cursor: str | None = None) -> Iterator[Entry]:
        """One folder after the other, so that a long listing is taken in while it goes on, and resumed where it broke:
        what was taken in before is known by its size, time and ETag."""
        pending = [self.remote.root]
        self.skipped.clear()
        while pending:
            folder = pending.pop()
            try:
                found = sorted(self.remote.fs.ls(folder, detail=True), key=lambda one: str(one["name"]))
            except FileNotFoundError:
                if folder == self.remote.root:
                    raise self._trouble(f"服务器上没有 {folder}") from None
                continue
            except self.remote.errors as error:
                if folder == self.remote.root:
                    raise self._trouble(in_words(error)) from None
                yield Entry(f"{folder}/", self._shown(folder) + "/", 0, 0, fault=self._explain(error))
                continue
            folders = []
            for one in found:
                name = str(one["name"]).rstrip("/")
                if name == folder.rstrip("/"):
                    continue
                if one["type"] == "directory":
                    if name.rpartition("/")[2] != self.returned:
                        folders.append(name)
                elif one["type"] == "file":
                    yield self._entry(name, one)
                else:
                    self.skipped.append(self._shown(name))
            pending += reversed(folders)

    def _explain(self, error: Exception) -> str:
        """Why one entry cannot be read, in the server's own words. Raises SourceError where it did not answer, or the
        whole source cannot be read either."""
        if not _is_answer(error):
            raise self._trouble(in_words(error)) from None
        try:
            self.remote.fs.ls(self.remote.root, detail=False)
        except self.remote.errors as gone:
            raise self._trouble(in_words(gone)) from None
        return f"读不出来（{in_words(error)}），请检查它在服务器上的读取权限"

    def _trouble(self, said: str) -> SourceError:
        return SourceError(f"来源 {self.path} 没有读全：{said}。请检查服务器和读取权限")

    def _shown(self, name: str) -> str:
        """The path people see: the source's, then what lies below the remote root."""
        below = name.strip("/").removeprefix(self.remote.root.strip("/")).strip("/")
        return readable_path(f"{self.path}/{below}" if below else self.path)

    def _entry(self, name: str, one: dict[str, Any]) -> Entry:
        version = str(one.get("ETag") or one.get("etag") or "").strip('"')
        return Entry(name, self._shown(name), int(one.get("size") or 0), _modified_ns(one), version)

    def read_chunks(self, entry: Entry) -> Iterator[bytes]:
        length = 0
        try:
            with self.remote.fs.open(entry.key, "rb", block_size=CHUNK, **self.remote.reading) as file:
                while chunk := file.read(CHUNK):
                    length += len(chunk)
                    yield chunk
            after = self._entry(entry.key, self.remote.fs.info(entry.key))
        except FileNotFoundError:
            raise EntryChanged(entry.path) from None
        except self.remote.errors as error:
            raise EntryUnreadable(self._explain(error)) from None
        # Servers give times to different precision in a listing and alone: size and version must agree.
        if length != entry.size or (after.size, after.version) != (entry.size, entry.version):
            raise EntryChanged(entry.path)


def _is_answer(error: Exception) -> bool:
    """Whether the server itself refused this one entry; anything else is the network's."""
    status = getattr(error, "status_code", None)  # of WebDAV
    if status is not None:
        return 400 <= int(status) < 500 and status not in (401, 407, 408, 429)
    if type(error).__name__ in ("ForbiddenOperation", "ResourceLocked"):  # WebDAV, which says no more
        return True
    denied = getattr(error, "ntstatus", None) in ACCESS_DENIED  # SMB, which has no errno for it
    return denied or (isinstance(error, OSError) and (error.errno in REFUSED or error.args == ("Failure",)))


def _modified_ns(one: dict[str, Any]) -> int:
    """Modification time in nanoseconds, by whichever name and type the file system gives it; 0 where it gives none."""
    for name in ("mtime", "LastModified", "modified", "last_modified"):
        value = one.get(name)
        if isinstance(value, datetime):
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return int(aware.timestamp()) * 1_000_000_000
        if isinstance(value, int | float):
            return int(value) * 1_000_000_000
    return 0
