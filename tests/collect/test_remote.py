"""Remote folders, against real servers on the loopback."""

import os
from pathlib import Path

import pytest

from pipelines.collect.protocols import open_remote
from pipelines.collect.remote import RemoteFolderSource
from pipelines.collect.source import EntryChanged
from pipelines.ground.connections import Connection
from pipelines.ground.errors import SourceError
from tests.collect.servers import SERVERS, sftp_server

TEN_O_CLOCK = 1_604_887_200
"""In seconds; the modification time of all files that the tests make."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A share with two units, a folder of returned files, and what else people leave there."""
    share = tmp_path / "share"
    for name, content in {
        "收件/济南市教育局/日报 1.csv": b"a",
        "收件/济南市教育局/照片/图.jpg": b"b" * 3_000_000,
        "收件/青岛市教育局/日报（改）#2%.csv": b"c",
        "收件/济南市教育局/退回/日报.csv": b"never collected",
        "别处/日报.csv": b"outside",
    }.items():
        path = share / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (TEN_O_CLOCK, TEN_O_CLOCK))
    return share


def open_source(connection: Connection) -> RemoteFolderSource:
    return RemoteFolderSource(open_remote(connection, "/收件"), "教育厅收件", "退回")


@pytest.mark.parametrize("kind", SERVERS)
def test_lists_and_reads_what_a_shared_folder_would(folder: Path, kind: str) -> None:
    with SERVERS[kind](folder) as connection:
        source = open_source(connection)
        entries = {entry.path: entry for entry in source.list_entries()}
        assert sorted(entries) == [
            "教育厅收件/济南市教育局/日报 1.csv",
            "教育厅收件/济南市教育局/照片/图.jpg",
            "教育厅收件/青岛市教育局/日报（改）#2%.csv",
        ]
        for path, entry in entries.items():
            expected = (folder / path.replace("教育厅收件", "收件")).read_bytes()
            assert entry.size == len(expected)
            assert b"".join(source.read_chunks(entry)) == expected
            if kind != "s3":
                assert entry.modified_ns == TEN_O_CLOCK * 1_000_000_000
            assert bool(entry.version) == (kind in ("s3", "webdav"))


def test_a_link_on_the_server_is_passed_over_and_told(folder: Path) -> None:
    (folder / "收件/济南市教育局/快捷方式.csv").symlink_to(folder / "别处/日报.csv")
    with SERVERS["sftp"](folder) as connection:
        source = open_source(connection)
        assert len(list(source.list_entries())) == 3
        assert source.skipped == ["教育厅收件/济南市教育局/快捷方式.csv"]


@pytest.mark.parametrize("kind", ["sftp", "webdav"])
def test_a_file_that_changes_or_vanishes_meanwhile_waits(folder: Path, kind: str) -> None:
    with SERVERS[kind](folder) as connection:
        source = open_source(connection)
        first, second = (entry for entry in source.list_entries() if entry.path.endswith(".csv"))
        (folder / "收件/济南市教育局/日报 1.csv").write_bytes(b"another, longer")
        (folder / "收件/青岛市教育局/日报（改）#2%.csv").unlink()
        for entry in (first, second):
            with pytest.raises(EntryChanged):
                list(source.read_chunks(entry))


@pytest.mark.parametrize("kind", SERVERS)
def test_wrong_password_names_the_connection_and_not_the_password(folder: Path, kind: str) -> None:
    if kind == "s3":
        pytest.skip("the S3 server of the tests lets everybody in")
    with SERVERS[kind](folder) as connection:
        wrong = Connection(
            connection.id,
            connection.scheme,
            connection.host,
            connection.port,
            connection.login,
            "not-the-password",
            extra=connection.extra,
        )
        with pytest.raises(SourceError) as raised:
            list(open_source(wrong).list_entries())
        assert "not-the-password" not in str(raised.value)


def test_a_server_that_is_down_is_an_error_of_the_source(folder: Path) -> None:
    with sftp_server(folder) as connection:
        pass
    with pytest.raises(SourceError, match="test_sftp"):
        open_source(connection)


def test_a_host_key_that_is_not_the_stated_one_is_refused(folder: Path) -> None:
    import asyncssh

    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with sftp_server(folder) as connection:
        for extra in ({"host_key": other}, {}):
            with pytest.raises(SourceError, match="主机密钥"):
                open_source(
                    Connection(
                        connection.id,
                        connection.scheme,
                        connection.host,
                        connection.port,
                        connection.login,
                        connection.password,
                        extra=extra,
                    )
                )


@pytest.mark.parametrize("kind", SERVERS)
def test_a_folder_that_is_not_there_is_an_error_not_an_empty_share(folder: Path, kind: str) -> None:
    with SERVERS[kind](folder) as connection:
        source = RemoteFolderSource(open_remote(connection, "/没有"), "教育厅收件", "退回")
        with pytest.raises(SourceError):
            list(source.list_entries())
