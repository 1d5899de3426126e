"""Where pushes go: a folder on another machine (SFTP, WebDAV, S3, SMB, or a mounted one), or an address that takes HTTP.

A file place is written beside, read back, given its name, and can be asked later what lies there: a push to it is safe to
repeat. An HTTP address gets an Idempotency-Key; after a broken answer nobody here can know, unless it is asked by PUT or the
connection's extra says `idempotent: true`.
"""

import base64
import hashlib
from typing import Protocol
from urllib.parse import quote

import httpx
from fsspec.implementations.local import LocalFileSystem

from pipelines.collect.http import BUSY, TIMEOUT, base_url, trusted
from pipelines.collect.protocols import Remote, in_words, open_remote
from pipelines.ground.connections import Connection, require_encryption
from pipelines.ground.errors import RefusedError, SourceError
from pipelines.send.push_records import PushRow, Target
from pipelines.send.smtp import Outcome
from pipelines.warehouse.likeness import mask_plainly

CHUNK = 1 << 20
MOST_RECEIPT = 300
"""Characters of an answer that are kept."""
UNKNOWN = frozenset({500, 502, 504})
"""Answers after which the server may have taken it all the same."""


class PushPlace(Protocol):
    """An open place."""

    may_repeat: bool
    """The same push put there once more changes nothing."""

    def hand_over(self, row: PushRow, content: bytes) -> Outcome: ...

    def holds(self, row: PushRow) -> str | None:
        """The receipt, where the place can be asked and says that the push lies there."""
        ...


def open_place(connection: Connection, target: Target) -> PushPlace:
    """Raises SourceError where it cannot be reached, RefusedError where it does not let us in or cannot be written to."""
    if connection.scheme in ("http", "https"):
        return HttpPlace(connection, target.folder)
    if connection.scheme in ("fs", "file"):
        root = str(connection.extra.get("path") or connection.schema or "")
        if not root.startswith("/"):
            raise RefusedError(f"连接 {connection.id} 没有写文件夹：在 extra 里写 path: 绝对路径")
        return FilePlace(Remote(LocalFileSystem(), f"{root.rstrip('/')}/{target.folder}", (OSError,)))
    return FilePlace(open_remote(connection, target.folder))


class FilePlace:
    """A remote file system."""

    may_repeat = True

    def __init__(self, remote: Remote) -> None:
        self._remote, self._fs = remote, remote.fs
        self._is_keyed = "s3" in remote.fs.protocol
        """Objects appear whole, and there are no folders to be made."""

    def hand_over(self, row: PushRow, content: bytes) -> Outcome:
        path = self._path(row.name)
        beside = path if self._is_keyed else f"{path.rpartition('/')[0]}/.{path.rpartition('/')[2]}.part"
        try:
            self._write(beside, content)
            if self._digest(beside) != (row.sha256, row.size):
                return Outcome("retry", "读回的内容与推送的不同，请检查对方的磁盘和网络")
            if beside != path:
                self._rename(beside, path)
            for name in row.removes:
                self._remove(self._path(name))
        except self._remote.errors as error:
            return Outcome("retry", f"没有写成：{in_words(error)}")
        return Outcome("sent", reply=_receipt(row))

    def holds(self, row: PushRow) -> str | None:
        try:
            is_there = self._digest(self._path(row.name)) == (row.sha256, row.size)
            left = [name for name in row.removes if self._fs.exists(self._path(name))]
        except FileNotFoundError:
            return None
        except self._remote.errors as error:
            raise SourceError(f"读不回来：{in_words(error)}") from None
        return _receipt(row) if is_there and not left else None

    def _path(self, name: str) -> str:
        return f"{self._remote.root.rstrip('/')}/{name}" if self._remote.root else name

    def _write(self, path: str, content: bytes) -> None:
        folder = path.rpartition("/")[0]
        if folder and not self._is_keyed:
            self._fs.makedirs(folder, exist_ok=True)
        with self._fs.open(path, "wb") as file:
            for start in range(0, len(content), CHUNK):
                file.write(content[start : start + CHUNK])

    def _digest(self, path: str) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with self._fs.open(path, "rb", block_size=CHUNK, **self._remote.reading) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
        return digest.hexdigest(), size

    def _rename(self, path: str, to: str) -> None:
        """One step where the place knows it; SMB knows none over what is there."""
        if "webdav" in self._fs.protocol:
            self._fs.client.move(path, to, overwrite=True)
            return
        if "smb" in self._fs.protocol and self._fs.exists(to):
            self._fs.rm(to)
        self._fs.mv(path, to)

    def _remove(self, path: str) -> None:
        if self._fs.exists(path):
            self._fs.rm(path)


def _receipt(row: PushRow) -> str:
    return f"读回核对一致：{row.size} 字节，sha256 {row.sha256[:16]}…"


class HttpPlace:
    """An address that takes files by POST, or by PUT under their names."""

    def __init__(self, connection: Connection, folder: str) -> None:
        self._method = str(connection.extra.get("method") or "POST").upper()
        if self._method not in ("POST", "PUT"):
            raise RefusedError(
                f"连接 {connection.id} 的 extra 里 method 写成了 {self._method}；应为 POST 或 PUT"
            )
        self.may_repeat = self._method == "PUT" or connection.flag("idempotent")
        address = httpx.URL(base_url(connection))
        require_encryption(connection, address.host, address.scheme == "https")
        self._base = f"{str(address).rstrip('/')}/{quote(folder.strip('/'))}".rstrip("/")
        self._connection = connection
        self._seconds = (
            httpx.Timeout(float(connection.extra["timeout"])) if connection.extra.get("timeout") else TIMEOUT
        )

    def holds(self, row: PushRow) -> str | None:
        return None

    def hand_over(self, row: PushRow, content: bytes) -> Outcome:
        put = self._send(self._method, self._address(row.name), row, content)
        if put.state != "sent" or self._method == "POST":
            return put
        for name in row.removes:
            gone = self._send("DELETE", self._address(name), row, None)
            if gone.state != "sent":
                return gone
        return put

    def _address(self, name: str) -> str:
        return self._base if self._method == "POST" else f"{self._base}/{quote(name)}"

    def _send(self, method: str, address: str, row: PushRow, content: bytes | None) -> Outcome:
        """`content` is None where something is only taken away."""
        headers = _login(self._connection) | (_describe(row, content) if content is not None else {})
        try:
            with httpx.Client(timeout=self._seconds, verify=trusted(self._connection)) as client:
                response = client.request(method, address, content=content, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            raise SourceError(f"连接 {self._connection.id} 连不上（{type(error).__name__}）") from None
        except httpx.HTTPError as error:
            return self._unknown(f"没有等到答复（{type(error).__name__}）")
        return self._judge(response, is_removal=method == "DELETE")

    def _judge(self, response: httpx.Response, is_removal: bool) -> Outcome:
        status = response.status_code
        said = mask_plainly(" ".join(response.text[:MOST_RECEIPT].split()))
        place = response.headers.get("location", "")
        receipt = " ".join(filter(None, (f"HTTP {status}", place, said)))
        if response.is_success or (is_removal and status in (404, 410)):
            return Outcome("sent", reply=receipt)
        if status in (401, 403):
            raise RefusedError(
                f"连接 {self._connection.id}：账号或密码不对，或没有权限（HTTP {status}）", status
            )
        if status in UNKNOWN:
            return self._unknown(f"对方出错（HTTP {status}）")
        if status in BUSY or status == 409:
            return Outcome("retry", f"对方暂时不收（HTTP {status}）")
        return Outcome("failed", f"对方拒收（HTTP {status}）", receipt)

    def _unknown(self, error: str) -> Outcome:
        return Outcome("retry" if self.may_repeat else "unsure", error)


def _describe(row: PushRow, content: bytes) -> dict[str, str]:
    """What stands beside the body: its digest (RFC 9530), its name, and the key by which it is known if it comes again."""
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return {
        "Content-Type": row.media_type,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name.rpartition('/')[2], safe='')}",
        "Content-Digest": f"sha-256=:{digest}:",
        "Idempotency-Key": f'"{row.key}"',
        "X-Notices-Notice": row.notice_id,
        "X-Notices-Purpose": row.purpose,
        "X-Notices-Subject": quote(row.subject),
    }


def _login(connection: Connection) -> dict[str, str]:
    """Basic with a login, a bearer's token with a password alone."""
    if connection.login:
        whole = base64.b64encode(f"{connection.login}:{connection.password}".encode()).decode()
        return {"Authorization": f"Basic {whole}"}
    return {"Authorization": f"Bearer {connection.password}"} if connection.password else {}
