"""On a server too, one file or folder that is refused waits alone; what is the network's fault is the source's."""

import errno
import os
from pathlib import Path

import pytest

from pipelines.collect.protocols import Remote
from pipelines.collect.remote import RemoteFolderSource
from pipelines.collect.source import Entry, EntryUnreadable
from pipelines.ground.errors import SourceError

fsspec = pytest.importorskip("fsspec")
REFUSALS = {
    "no permission": PermissionError(errno.EACCES, "Access Denied"),
    "in use": OSError(errno.EBUSY, "in use"),
    "an SFTP server that only says failure": OSError("Failure"),
}
NETWORK = {
    "reset": ConnectionResetError(errno.ECONNRESET, "reset"),
    "timeout": TimeoutError("timed out"),
    "closed": OSError("Socket is closed"),
}


def serve(monkeypatch: pytest.MonkeyPatch, folder: Path, error: OSError) -> RemoteFolderSource:
    """A memory server in which anything called `bad` raises the error."""
    fs = fsspec.filesystem("file", skip_instance_cache=True)
    for name in ("ls", "open"):
        real = getattr(fs, name)

        def refusing(path: str, *arguments: object, real=real, **options: object) -> object:
            if path.endswith("bad"):
                raise error
            return real(path, *arguments, **options)

        monkeypatch.setattr(fs, name, refusing)
    return RemoteFolderSource(Remote(fs, str(folder), (OSError,)), "远程", "退回")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a/a.csv", "bad/b.csv", "c/bad"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1\n")
    return tmp_path


@pytest.mark.parametrize("error", REFUSALS.values(), ids=REFUSALS)
def test_what_the_server_refuses_is_that_entrys_fault(
    error: OSError, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    source = serve(monkeypatch, folder, error)
    found = {one.path: one for one in source.list_entries()}
    assert sorted(found) == ["远程/a/a.csv", "远程/bad/", "远程/c/bad"]
    assert "读取权限" in found["远程/bad/"].fault
    with pytest.raises(EntryUnreadable):
        list(source.read_chunks(found["远程/c/bad"]))
    assert b"".join(source.read_chunks(found["远程/a/a.csv"])) == b"1\n"


@pytest.mark.parametrize("error", NETWORK.values(), ids=NETWORK)
def test_what_the_network_breaks_is_the_sources_fault(
    error: OSError, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    source = serve(monkeypatch, folder, error)
    with pytest.raises(SourceError, match="没有读全"):
        list(source.list_entries())
    size = os.stat(folder / "c" / "bad").st_size
    with pytest.raises(SourceError):
        list(source.read_chunks(Entry(str(folder / "c" / "bad"), "远程/c/bad", size, 0)))
