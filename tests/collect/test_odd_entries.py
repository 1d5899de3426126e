"""Whatever a share can hold: nothing of it stops a scan, waits for ever, or leads outside."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pipelines.collect.folder import FolderSource
from tests.collect.conftest import NOON, Desk

OUTSIDE = b"not of this inbox\n"


def link_to_file(folder: Path) -> None:
    (folder.parent.parent / "secret.csv").write_bytes(OUTSIDE)
    (folder / "odd.csv").symlink_to(folder.parent.parent / "secret.csv")


def link_to_folder(folder: Path) -> None:
    (folder.parent.parent / "elsewhere").mkdir()
    (folder.parent.parent / "elsewhere" / "secret.csv").write_bytes(OUTSIDE)
    (folder / "odd").symlink_to(folder.parent.parent / "elsewhere")


def link_to_itself(folder: Path) -> None:
    (folder / "odd").symlink_to(folder)


def dangling_link(folder: Path) -> None:
    (folder / "odd.csv").symlink_to("nothing.csv")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "odd.csv")


@pytest.mark.parametrize("make", [link_to_file, link_to_folder, link_to_itself, dangling_link, pipe])
def test_what_is_no_file_is_passed_over_and_told(make, desk: Desk, caplog):
    desk.put("a.csv")
    make(desk.folder)
    found = desk.scan()
    assert (found.new, found.errors) == (1, [])
    assert desk.names == ["a.csv"]
    ((path, sentence),) = [(one.path, one.sentence) for one in found.held if "odd" in one.path]
    assert path.startswith(str(desk.folder.relative_to(desk.inbox)))
    assert "不收取" in sentence
    assert path in caplog.text
    for odd in desk.folder.glob("odd*"):
        odd.unlink()
    assert not [one for one in desk.scan(NOON + timedelta(minutes=10)).held if "odd" in one.path]


def test_what_lies_beside_the_folders_is_told_until_it_is_moved(desk: Desk):
    """A unit's file in the wrong place is no receipt of anybody, and no clerk would look there."""
    desk.put("a.csv")
    source = desk.folder.relative_to(desk.inbox).parts[0]
    (desk.inbox / "济南市教育局").mkdir()
    (desk.inbox / "济南市教育局" / "日报.csv").write_bytes(b"x")
    (desk.inbox / "日报.xlsx").write_bytes(b"y")
    (desk.inbox / "Thumbs.db").write_bytes(b"z")
    (desk.inbox / desk.notice.words.returned_folder).mkdir()
    found = desk.scan()
    assert (found.new, found.errors) == (1, [])
    held = {one.path: one.sentence for one in found.held}
    assert set(held) == {"济南市教育局/", "日报.xlsx"}
    assert all(source in sentence for sentence in held.values())
    (desk.inbox / "日报.xlsx").rename(desk.folder / "日报.xlsx")
    later = desk.scan(NOON + timedelta(minutes=10))
    assert ([one.path for one in later.held], later.new) == (["济南市教育局/"], 1)


def test_a_socket_is_passed_over(desk: Desk, bound_socket, monkeypatch):
    monkeypatch.chdir(desk.folder)  # a socket's path may have 107 bytes only
    bound_socket.bind("odd.csv")
    desk.put("a.csv")
    assert desk.scan().errors == []
    assert desk.names == ["a.csv"]


NAMES = {
    "spaces and brackets": (" 日报 (1)（终稿）.csv".encode(), " 日报 (1)（终稿）.csv"),
    "a line break": ("日\n报.csv".encode(), "日\n报.csv"),
    "quotes and a comma": (b"a'b\",c.csv", "a'b\",c.csv"),
    "a leading dash": (b"-rf.csv", "-rf.csv"),
    "two hundred bytes": ("长" * 66 + ".csv", "长" * 66 + ".csv"),
    "an emoji": ("😀.csv".encode(), "😀.csv"),
    "GBK": ("日报.csv".encode("gb18030"), "日报.csv"),
    "neither UTF-8 nor GBK": (b"\xff\xfe\x80.csv", "\\xff\\xfe\\x80.csv"),
}


@pytest.mark.parametrize(("raw", "shown"), NAMES.values(), ids=NAMES)
def test_any_name_is_collected_and_shown_as_text(raw, shown, desk: Desk):
    path = os.path.join(os.fsencode(desk.folder), os.fsencode(raw))
    with open(path, "wb") as file:
        file.write(b"1\n")
    assert desk.scan().new == 1
    assert desk.names == [shown]
    assert desk.scan().new == 0, "it is known by its bytes"
    desk.names[0].encode("utf-8")


def test_two_names_that_look_alike_are_two_entries(desk: Desk):
    for raw in ("日报.csv".encode(), "日报.csv".encode("gb18030")):
        with open(os.path.join(os.fsencode(desk.folder), raw), "wb") as file:
            file.write(raw)
    assert desk.scan().new == 2
    assert desk.names == ["日报.csv", "日报.csv"]


def test_folders_forty_deep(desk: Desk):
    deep = "/".join(["夹" * 20] * 40)
    desk.put(f"{deep}/a.csv")
    assert desk.scan().new == 1
    assert desk.names == [f"{deep}/a.csv"]


def test_a_file_that_vanishes_between_listing_and_reading(desk: Desk, monkeypatch):
    desk.put("a.csv")
    gone = desk.put("b.csv")
    listed = FolderSource.list_entries

    def vanishing(source, cursor):
        entries = list(listed(source, cursor))
        gone.unlink(missing_ok=True)
        return iter(entries)

    monkeypatch.setattr(FolderSource, "list_entries", vanishing)
    found = desk.scan()
    assert (found.new, found.errors) == (1, [])
    assert desk.names == ["a.csv"]


def test_a_file_that_becomes_a_pipe_is_not_waited_on(desk: Desk, monkeypatch):
    path = desk.put("a.csv")
    listed = FolderSource.list_entries

    def turning(source, cursor):
        entries = list(listed(source, cursor))
        if path.is_file():
            path.unlink()
            os.mkfifo(path)
        return iter(entries)

    monkeypatch.setattr(FolderSource, "list_entries", turning)
    found = desk.scan()
    assert (found.new, found.waiting, found.errors) == (0, 1, [])


AS_NOBODY = """
import os, sys
from datetime import datetime
from pathlib import Path
from pipelines.archive.store import Archive
from pipelines.collect.scan import scan_sources
from pipelines.ground.connections import from_environment
from pipelines.notice import load_notice
from pipelines.ground.settings import Settings
home, notice = Path(sys.argv[1]), load_notice(sys.argv[2])
now = datetime(2020, 11, 9, 12, tzinfo=notice.zone).replace(tzinfo=None)
if os.geteuid() == 0:  # who may read everything
    os.setgid(65534)
    os.setuid(65534)
archive = Archive(home / "archive")
found = scan_sources(archive, notice, home / "inbox", now, Settings(), from_environment, is_live=False)
print(found.new, *archive.journal(notice.id).scanned)
print("；".join(f"{one.path}：{one.sentence}" for one in found.held), *found.errors)
"""


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_read_waits_alone_and_its_source_completes(what, notice, root):
    with TemporaryDirectory() as opened:  # a folder of pytest's is closed to everybody else
        home, source = Path(opened), notice.sources[0]
        locked = home / "inbox" / source.path / "locked"
        locked.mkdir(parents=True)
        for path in (locked.with_name("a.csv"), locked / "b.csv"):
            path.write_bytes(b"1\n")
        if os.geteuid() == 0:
            for path in (home, *home.rglob("*")):
                os.chown(path, 65534, 65534)
        denied = locked / "b.csv" if what == "file" else locked
        denied.chmod(0)
        words = [sys.executable, "-c", AS_NOBODY, opened, notice.id]
        env = os.environ | {"PYTHONPATH": str(root)}
        done = subprocess.run(words, cwd=root, env=env, text=True, capture_output=True)
        denied.chmod(0o700)
    assert done.returncode == 0, done.stderr
    scanned, held = done.stdout.splitlines()
    assert scanned == f"1 {source.id}", "the other file was taken, and the source is complete"
    assert held.startswith(f"{source.path}/locked/")
    assert "读取权限" in held


def test_a_share_that_is_missing_is_an_error_and_not_all_gone(desk: Desk):
    desk.put("a.csv")
    desk.scan()
    desk.folder.rename(desk.inbox / "unmounted")
    found = desk.scan()
    assert found.new == 0
    assert "请检查" in "；".join(found.errors)
    assert desk.names == ["a.csv"]
    assert desk.archive.journal(desk.notice.id).scanned[desk.notice.sources[0].id] == NOON


def test_the_other_sources_are_collected_while_one_is_missing(desk: Desk):
    desk.put("a.csv")
    second = desk.inbox / desk.notice.sources[1].path
    second.mkdir()
    desk.scan()
    desk.folder.rename(desk.inbox / "unmounted")
    (second / "b.csv").write_bytes(b"b\n")
    found = desk.scan()
    assert found.new == 1
    assert len(found.errors) == 1
