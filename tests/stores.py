"""Stores for tests: a folder, and a bucket of a real server on the loopback (moto), which may be cut off for a while."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipelines.ground.lease import begin
from pipelines.ground.store import open_store

KEYS = {
    "AWS_ACCESS_KEY_ID": "notices",
    "AWS_SECRET_ACCESS_KEY": "of-a-test",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@dataclass
class TestStore:
    """One store that is set: where it is, and how it is reached and lost."""

    __test__ = False

    url: str
    folder: Path | None = None
    """Where it is a folder."""

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Inside, nobody reaches it."""
        if self.folder:
            away = self.folder.with_name(f"{self.folder.name}-away")
            self.folder.rename(away)
            yield
            away.rename(self.folder)
            return
        server = _server()._server
        server.verify_request = lambda *_: False  # every connection is closed as soon as it is made
        try:
            yield
        finally:
            del server.verify_request


@cache
def _server() -> Any:
    """The one of this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    return server


def make_store(kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> TestStore:
    """An empty one, set for this process and those that it starts."""
    if kind == "folder":
        folder.mkdir(parents=True)
        monkeypatch.setenv("NOTICES_STORE", str(folder))
        _begin()
        return TestStore(str(folder), folder)
    import boto3

    host, port = _server().get_host_and_port()
    keys = {**KEYS, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    bucket = f"store-{uuid.uuid4().hex[:12]}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    monkeypatch.setenv("NOTICES_STORE", f"s3://{bucket}/notices")
    _begin()
    return TestStore(f"s3://{bucket}/notices")


def _begin() -> None:
    store = open_store()
    assert store
    begin(store)


def asked_for() -> str:
    """The kind of store over which a whole run of tests was asked for: NOTICES_TEST_STORE; '' for none."""
    return os.environ.get("NOTICES_TEST_STORE", "")
