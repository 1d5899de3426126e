"""A receipt never outlives its bytes: whenever the machine stops, what is noted is there, and the rest is collected again."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from pipelines.archive import store
from pipelines.archive.store import Archive, Journal
from tests.collect.conftest import NOON, Desk

DIE = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from pipelines.archive import store
from pipelines.collect import scan
from pipelines.archive import store
from pipelines.archive.store import Archive, Journal
from pipelines.ground.connections import from_environment
from pipelines.notice import load_notice
from pipelines.ground.settings import Settings

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def die_in_note(journal, records):
    line = '{"record":"receipt","id":"torn'
    with journal.path.open("a") as file:
        file.write(line)
    die()

def die_in_store(self, chunks):
    chunks = iter(chunks)
    def torn():
        yield next(chunks)
        die()
    return STORE(self, torn())

STORE, SYNC = Archive.store, Archive.sync
MOMENTS = {
    "in the bytes": (Archive, "store", die_in_store),
    "before the bytes are on disk": (Archive, "sync", die),
    "before the receipt": (Journal, "note", die),
    "in the receipt": (Journal, "note", die_in_note),
}
owner, name, instead = MOMENTS[sys.argv[4]]
setattr(owner, name, instead)
scan.scan_sources(
    Archive(Path(sys.argv[1])), load_notice(sys.argv[3]), Path(sys.argv[2]), datetime(2020, 11, 9, 12), Settings(),
    from_environment, is_live=False,
)
"""


@pytest.mark.parametrize(
    "moment", ["in the bytes", "before the bytes are on disk", "before the receipt", "in the receipt"]
)
def test_killed_between_bytes_and_receipt(moment, desk: Desk, root):
    for number in range(3):
        desk.put(f"{number}.csv", b"%d\n" % number * 2_000_000)
    words = [sys.executable, "-c", DIE, desk.archive.path, desk.inbox, desk.notice.id, moment]
    died = subprocess.run(words, cwd=root, env=os.environ | {"PYTHONPATH": str(root)})
    assert died.returncode == -signal.SIGKILL
    assert desk.receipts == []

    assert desk.scan().new == 3
    assert desk.names == ["0.csv", "1.csv", "2.csv"]
    desk.archive.clear_incoming()
    assert_whole(desk)
    assert desk.scan().new == 0


def assert_whole(desk: Desk) -> None:
    """Every object is what its name says, every receipt has its object, and there is nothing else."""
    objects = [path for path in desk.archive.path.glob("objects/**/*") if path.is_file()]
    found = {path.parent.name + path.name: path.read_bytes() for path in objects}
    assert found
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in found.items())
    assert {one.sha256: one.size for one in desk.receipts} == {
        name: len(content) for name, content in found.items()
    }


def test_bytes_are_on_disk_before_their_receipts_are_noted(desk: Desk, monkeypatch):
    """Over several batches: after every store the file system is told to write, and only then come the receipts."""
    told = []

    def spy(owner, name, tell):
        real = getattr(owner, name)

        def spied(self, *arguments):
            given = [list(one) if name == "note" else one for one in arguments]
            answer = real(self, *given)
            told.extend(tell(answer, *given))
            return answer

        monkeypatch.setattr(owner, name, spied)

    spy(Archive, "store", lambda kept, _: [("stored", kept[0])])
    monkeypatch.setattr(store, "sync_disk", lambda _: told.append(("synced", "")))
    spy(Journal, "note", lambda _, records: [("noted", one["sha256"]) for one in records if "sha256" in one])
    for number in range(600):
        desk.put(f"{number}.csv", b"%d\n" % number)
    desk.scan()

    stored, safe, noted = set(), set(), []
    for what, sha256 in told:
        if what == "stored":
            stored.add(sha256)
        elif what == "synced":
            safe |= stored
        else:
            assert sha256 in safe
            noted.append(sha256)
    assert len(noted) == len(set(noted)) == 600
    assert sum(what == "synced" for what, _ in told) < 10, "one sync a batch, never one a file"


def test_a_torn_object_is_written_again(desk: Desk):
    """The half of a killed scan lies under the right name: without a receipt nobody trusts it."""
    desk.put("a.csv", b"whole\n")
    target = desk.archive.object_path(hashlib.sha256(b"whole\n").hexdigest())
    target.parent.mkdir(parents=True)
    target.write_bytes(b"who")
    desk.scan()
    assert target.read_bytes() == b"whole\n"
    assert_whole(desk)


def test_a_torn_line_is_written_over(desk: Desk):
    desk.put("a.csv", b"1\n")
    desk.scan()
    journal = desk.archive.journal(desk.notice.id).path
    with journal.open("a") as file:
        file.write('{"record":"receipt","sou')
    assert desk.names == ["a.csv"]
    desk.put("b.csv", b"2\n")
    desk.scan(NOON + timedelta(minutes=1))
    assert desk.names == ["a.csv", "b.csv"]
    records = [json.loads(line) for line in journal.read_text("ascii").splitlines()]
    assert [one["record"] for one in records if "chain" not in one] == ["receipt", "scan", "receipt", "scan"]


def test_the_archive_only_grows(desk: Desk):
    contents = {}
    for number in range(3):
        desk.put("same.csv", b"%d\n" % number, NOON + timedelta(minutes=number))
        desk.scan(NOON + timedelta(minutes=number))
        now = {path: path.read_bytes() for path in desk.archive.path.glob("objects/*/*")}
        assert contents.items() <= now.items()
        assert len(now) == number + 1
        contents = now
    assert len(desk.receipts) == 3
