"""A store on S3-compatible object storage: a conditional put (`If-None-Match: *`, `If-Match`) is what a rename is on a disk.

Address and keys are those of AWS's own variables (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID …), or of the connection `notices_store`.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aiohttp import ClientError as TransportError
from botocore.exceptions import BotoCoreError, ClientError
from fsspec.asyn import sync
from s3fs import S3FileSystem

from pipelines.ground.connections import from_environment, is_configured, require_encryption
from pipelines.ground.store import Found, Store

CONNECTION = "notices_store"
TIMEOUT = 20
"""Seconds that one answer may take."""
TRIES = 3
_SECOND = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
"""What a server says to whoever came second."""
_ERRORS = (OSError, BotoCoreError, ClientError, TransportError)
logging.getLogger("botocore").setLevel(logging.WARNING)
T = TypeVar("T")


class S3Store(Store):
    """Of one bucket, below a path."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._root = url.partition("://")[2].strip("/")
        with self._in_words():
            self._fs = S3FileSystem(
                **_login(),
                config_kwargs={
                    "connect_timeout": TIMEOUT,
                    "read_timeout": TIMEOUT,
                    "retries": {"max_attempts": 1},
                },
                use_listings_cache=False,
                skip_instance_cache=True,
            )
        self._fs.retries = TRIES

    def read(self, name: str) -> Found | None:
        with self._in_words():
            found = self._if_there(lambda: sync(self._fs.loop, self._read, self._at(name)))
            return Found(*found) if found else None

    async def _read(self, path: str) -> tuple[bytes, str]:
        bucket, key, _ = self._fs.split_path(path)
        answer = await self._fs._call_s3("get_object", Bucket=bucket, Key=key)
        async with answer["Body"] as body:
            return await body.read(), answer["ETag"]

    def ages(self, folder: str) -> dict[str, float]:
        root = self._at(folder)
        with self._in_words():
            found = self._fs.find(root, detail=True)
            return {
                path.removeprefix(f"{root}/"): one["LastModified"].timestamp()
                for path, one in found.items()
                if path.startswith(f"{root}/")
            }

    def add_file(self, name: str, path: Path) -> None:
        with self._in_words(), suppress(_SecondError), _second():
            self._fs.put_file(str(path), self._at(name), mode="create")

    def fetch(self, name: str, to: Path) -> bool:
        with self._in_words():
            return self._if_there(lambda: self._fs.get_file(self._at(name), str(to)) or True) is not None

    def remove(self, name: str) -> None:
        with self._in_words():
            self._fs.rm_file(self._at(name))

    def _put_new(self, name: str, content: bytes) -> bool:
        return self._put_over(name, content, None) is not None

    def _put_over(self, name: str, content: bytes, tag: str | None) -> str | None:
        bucket, key, _ = self._fs.split_path(self._at(name))
        where = {"IfMatch": tag} if tag else {"IfNoneMatch": "*"}
        with self._in_words():
            try:
                with _second():
                    answer = self._fs.call_s3("put_object", Bucket=bucket, Key=key, Body=content, **where)
                    return str(answer["ETag"])
            except _SecondError:
                return None

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _if_there(self, ask: Callable[[], T]) -> T | None:
        """None where the bucket has nothing of this name; that there is no bucket is a fault."""
        try:
            return ask()
        except FileNotFoundError as error:
            if _code(error) in ("NoSuchKey", "404"):
                return None
            raise

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except _ERRORS as error:
            raise self.fault(error) from error


class _SecondError(Exception):
    """Somebody else's state stands there."""


@contextmanager
def _second() -> Iterator[None]:
    """Raises _SecondError where a conditional put came second."""
    try:
        yield
    except _ERRORS as error:
        if _code(error) in _SECOND:
            raise _SecondError from error
        raise


def _code(error: BaseException | None) -> str:
    """The server's word for what was wrong; '' where it said none. s3fs keeps it as the cause of its own error."""
    while error is not None:
        if isinstance(error, ClientError):
            return str(error.response.get("Error", {}).get("Code", ""))
        error = error.__cause__
    return ""


def _login() -> dict[str, Any]:
    """What the connection says; nothing where there is none, and AWS's own variables speak."""
    if not is_configured(CONNECTION):
        return {}
    known = from_environment(CONNECTION)
    endpoint = known.extra.get("endpoint_url") or None
    if endpoint:
        require_encryption(known, urlsplit(endpoint).hostname or "", endpoint.startswith("https://"))
    return {
        "key": known.login or None,
        "secret": known.password or None,
        "endpoint_url": endpoint,
        "client_kwargs": {"region_name": known.extra.get("region_name")},
    }
