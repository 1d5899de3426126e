"""Remote file systems: from an Airflow connection to something that can be listed. fsspec does the talking.

Certificates and host keys are verified unless the connection's extra says otherwise, as with Airflow's own hooks.
"""

import base64
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fsspec import AbstractFileSystem

from pipelines.ground.connections import Connection, require_encryption
from pipelines.ground.errors import SourceError

for _talkative in ("httpx", "paramiko"):
    logging.getLogger(_talkative).setLevel(logging.WARNING)
_QUOTED = re.compile(r"""^b(['"])(.*)\1$""", re.S)
"""How a library shows the bytes in which a server said why."""
_DENIED = re.compile(
    r"authentication ?failed|\b401\b|login failed|LOGON_FAILURE|InvalidAccessKeyId|SignatureDoesNotMatch",
    re.I,
)
TIMEOUT = 30
"""Seconds that one answer may take."""


@dataclass(frozen=True)
class Remote:
    """An open file system, where its folder lies in it, and what it raises when it fails."""

    fs: AbstractFileSystem
    root: str
    errors: tuple[type[Exception], ...]
    reading: Mapping[str, Any] = field(default_factory=dict)
    """What `fs.open` is told beside the path."""


def open_remote(connection: Connection, path: str) -> Remote:
    """The folder `path` on the connection's server. Raises SourceError where it cannot be reached or lets nobody in."""
    opener = _OPENERS.get(connection.scheme)
    if opener is None:
        raise SourceError(
            f"连接 {connection.id} 的类型是“{connection.scheme}”，读不了；可用：{'、'.join(_OPENERS)}"
        )
    return opener(connection, path)


def _open_sftp(connection: Connection, path: str) -> Remote:
    import paramiko
    from fsspec.implementations.sftp import SFTPFileSystem

    extra = connection.extra
    known = {
        "port": connection.port or 22,
        "username": connection.login or None,
        "password": connection.password or None,
        "key_filename": extra.get("key_file"),
        "passphrase": extra.get("private_key_passphrase"),
        "timeout": TIMEOUT,
        "allow_agent": False,
        "look_for_keys": False,
        "host_key_policy": _host_key_policy(connection),
    }
    errors = (OSError, EOFError, paramiko.SSHException)
    fs = _connect(
        connection, errors, lambda: SFTPFileSystem(connection.host, skip_instance_cache=True, **known)
    )
    fs.ftp.get_channel().settimeout(TIMEOUT)
    return Remote(fs, path, errors)


def _host_key_policy(connection: Connection) -> Any:
    """Accepts the key that the connection's `host_key` states, and any only where it says `no_host_key_check`."""
    import paramiko

    stated = str(connection.extra.get("host_key") or "").split()
    is_unchecked = str(connection.extra.get("no_host_key_check", False)).lower() == "true"

    class StatedKey(paramiko.MissingHostKeyPolicy):
        def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
            if is_unchecked and not stated:
                return
            if base64.b64encode(key.asbytes()).decode() not in stated:
                raise paramiko.SSHException(
                    f"服务器的主机密钥（{key.get_name()} {key.fingerprint}）与连接 extra 里的 host_key 不符"
                )

    return StatedKey()


def _open_smb(connection: Connection, path: str) -> Remote:
    from fsspec.implementations.smb import SMBFileSystem
    from smbprotocol.exceptions import SMBException

    share = connection.schema.strip("/")
    errors = (OSError, SMBException, ValueError)
    fs = _connect(
        connection,
        errors,
        lambda: SMBFileSystem(
            connection.host,
            port=connection.port or 445,
            username=connection.login,
            password=connection.password,
            timeout=TIMEOUT,
            skip_instance_cache=True,
        ),
    )
    return Remote(fs, f"/{share}/{path.strip('/')}".rstrip("/"), errors)


def _open_webdav(connection: Connection, path: str) -> Remote:
    import httpx
    from webdav4.client import Client, ClientError
    from webdav4.fsspec import WebdavFileSystem
    from webdav4.multistatus import MultiStatusResponseError

    class QuotingClient(Client):  # type: ignore[misc]
        """Names with %, ? or # in them reach the server as they are."""

        def join_url(self, path: str, add_trailing_slash: bool = False) -> httpx.URL:
            url: httpx.URL = super().join_url(quote(path), add_trailing_slash)
            return url

    scheme = connection.extra.get("scheme") or ("http" if connection.scheme == "webdav+http" else "https")
    port = f":{connection.port}" if connection.port else ""
    base = f"{scheme}://{connection.host}{port}/{connection.schema.strip('/')}".rstrip("/")
    require_encryption(connection, connection.host, scheme == "https")
    errors = (OSError, httpx.HTTPError, ClientError, MultiStatusResponseError)
    auth = (connection.login, connection.password) if connection.login else None
    fs = _connect(
        connection,
        errors,
        lambda: WebdavFileSystem(
            base,
            client=QuotingClient(base, auth=auth, timeout=TIMEOUT, retry=False),
            skip_instance_cache=True,
        ),
    )
    return Remote(fs, path.strip("/"), errors, {"cache_type": "readahead"})


def _open_s3(connection: Connection, path: str) -> Remote:
    from aiohttp import (
        ClientError as TransportError,
    )  # what s3fs lets through where an answer is cut in its middle
    from botocore.exceptions import BotoCoreError, ClientError
    from s3fs import S3FileSystem

    extra = connection.extra
    endpoint = extra.get("endpoint_url") or (
        f"https://{connection.host}{f':{connection.port}' if connection.port else ''}"
        if connection.host
        else None
    )
    errors = (OSError, BotoCoreError, ClientError, TransportError)
    fs = _connect(
        connection,
        errors,
        lambda: S3FileSystem(
            key=connection.login or None,
            secret=connection.password or None,
            client_kwargs={"region_name": extra.get("region_name")},
            endpoint_url=endpoint,
            config_kwargs={
                "connect_timeout": TIMEOUT,
                "read_timeout": TIMEOUT,
                "retries": {"max_attempts": 2},
                "s3": {"addressing_style": extra.get("addressing_style", "auto")},
            },
            use_listings_cache=False,
            skip_instance_cache=True,
        ),
    )
    bucket = connection.schema or extra.get("bucket_name", "")
    return Remote(fs, f"{bucket}/{path.strip('/')}".strip("/"), errors, {"cache_type": "readahead"})


def _connect(
    connection: Connection, errors: tuple[type[Exception], ...], connect: Callable[[], AbstractFileSystem]
) -> Any:
    try:
        return connect()
    except errors as error:
        raise SourceError(
            f"连接 {connection.id}（{connection.host}）连不上：{in_words(error)}。请检查地址、账号和网络"
        ) from None


def in_words(error: Exception) -> str:
    """What a failure says of itself, in one line; its class where it says nothing. That a login was refused is said in Chinese."""
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else _QUOTED.sub(r"\2", str(error))
    text = " ".join(text.split())[:300] or type(error).__name__
    return f"账号或密码不对（{text}）" if _DENIED.search(text) else text


_OPENERS: dict[str, Callable[[Connection, str], Remote]] = {
    "sftp": _open_sftp,
    "ssh": _open_sftp,
    "smb": _open_smb,
    "samba": _open_smb,
    "webdav": _open_webdav,
    "webdav+http": _open_webdav,
    "s3": _open_s3,
    "aws": _open_s3,
}
"""Connection type -> how it is opened."""
