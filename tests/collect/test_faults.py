"""Remote sources behind a proxy that refuses, cuts and stalls: a fault costs its own source one scan, and nothing is lost."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from imapclient import IMAPClient
from s3fs import S3FileSystem

from pipelines.archive.store import Archive
from pipelines.collect import mailbox, protocols
from pipelines.collect.scan import scan_sources
from pipelines.ground.connections import Connection
from pipelines.ground.settings import Settings
from pipelines.notice import Notice
from pipelines.notice.sources import FolderSource, MailboxSource, RemoteFolderSource
from tests.collect.proxy import Proxy, through_proxy
from tests.collect.servers import LOGIN, PASSWORD, SERVERS, imap_server

pytestmark = pytest.mark.slow
NOW = datetime(2020, 11, 10)
FILES = 6
"""More than 100,000 bytes of them: so a connection that reads all of them comes to the fault."""
REMOTE = RemoteFolderSource(
    id="far", kind="remote_folder", connection="far", line="education", remote_path="/收件", path="远程"
)
MAIL = MailboxSource(id="far", kind="mailbox", connection="far", path="远程", line="education")
NEAR = FolderSource(id="near", kind="folder", path="近处", line="human_resources")


@contextmanager
def share(kind: str, folder: Path) -> Iterator[Connection]:
    """A server of this kind that holds FILES files of 20 kB each."""
    contents = {f"{number:02}.csv": bytes([65 + number]) * 20_000 for number in range(FILES)}
    if kind != "imap":
        for name, content in contents.items():
            path = folder / "收件" / "济南市教育局" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (1_604_887_200, 1_604_887_200))
        with SERVERS[kind](folder) as connection:
            yield connection
        return
    with imap_server() as connection:
        client = IMAPClient(connection.host, connection.port, ssl=False)
        client.login(LOGIN, PASSWORD)
        for content in contents.values():
            client.append(
                "INBOX", b"From: a@example.org\r\n\r\n" + content, (), datetime(2020, 11, 9, tzinfo=UTC)
            )
        client.logout()
        yield connection


class Scans:
    """Scans of one far source and one near folder, ten minutes apart."""

    def __init__(self, notice: Notice, kind: str, connection: Connection, path: Path) -> None:
        sources = (MAIL if kind == "imap" else REMOTE, NEAR)
        self.notice, self.connection = notice.model_copy(update={"sources": sources}), connection
        self.archive, self.inbox, self.now = Archive(path / "archive"), path / "inbox", NOW
        (self.inbox / NEAR.path).mkdir(parents=True)

    def scan(self) -> list[str]:
        self.now += timedelta(minutes=10)
        (self.inbox / NEAR.path / f"{self.now:%H%M}.csv").write_text(f"{self.now}")
        return scan_sources(
            self.archive,
            self.notice,
            self.inbox,
            self.now,
            Settings(),
            lambda _: self.connection,
            is_live=False,
        ).errors

    def received(self, source: str) -> list[str]:
        receipts = [one for one in self.archive.journal(self.notice.id).receipts if one.source == source]
        for one in receipts:
            assert self.archive.object_path(one.sha256).stat().st_size == one.size
        return sorted(one.path for one in receipts)


@contextmanager
def faulty(notice: Notice, kind: str, tmp_path: Path) -> Iterator[tuple[Proxy, Scans]]:
    with share(kind, tmp_path / "share") as connection:
        port = connection.port or urlsplit(str(connection.extra["endpoint_url"])).port
        assert port
        with through_proxy(connection, port) as (proxy, reached):
            yield proxy, Scans(notice, kind, reached, tmp_path)


@contextmanager
def short_waits() -> Iterator[None]:
    """Nobody waits long for what will not come. Only then: on a busy machine a good answer can take seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocols, "TIMEOUT", 0.5)
        patch.setattr(mailbox, "TIMEOUT", 0.5)
        patch.setattr(S3FileSystem, "retries", 1)  # five, each after a longer pause
        yield


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        pytest.param("refuse", 0, id="nobody answers"),
        pytest.param("cut", 3_000, id="cut while it is listed"),
        pytest.param("cut", 100_000, id="cut while it is read"),
        pytest.param("stall", 100_000, id="falls silent while it is read"),
    ],
)
@pytest.mark.parametrize("kind", [*SERVERS, "imap"])
def test_a_fault_costs_one_scan_of_one_source(
    notice: Notice, kind: str, fault: str, after: int, tmp_path: Path
) -> None:
    with faulty(notice, kind, tmp_path) as (proxy, scans):
        proxy.fault, proxy.after = fault, after
        with short_waits():
            (error,) = scans.scan() or ["none: the answers were shorter than the fault's place"]
        assert PASSWORD not in error
        journal = scans.archive.journal(notice.id)
        if not error.startswith("none"):
            assert "far" not in journal.scanned
            assert journal.failed["far"][0] == scans.now
        else:
            assert after == 100_000
        assert len(scans.received("near")) == 1
        proxy.fault = ""
        assert scans.scan() == []
        received = scans.received("far")
        assert len(received) == len(set(received)) == FILES
        assert len(scans.received("near")) == 2
