"""What is known as it is now is not opened again; what changed is a new receipt; what vanished stays received."""

import os
from datetime import timedelta

from tests.collect.conftest import NOON, Desk

LATER = NOON + timedelta(minutes=10)


def test_an_unchanged_file_is_not_opened_again(desk: Desk):
    path = desk.put("a.csv", b"1,2\n")
    assert desk.scan().new == 1
    assert len(desk.opened) == 1

    status = path.stat()
    path.write_bytes(b"3,4\n")
    os.utime(path, ns=(status.st_mtime_ns, status.st_mtime_ns))
    assert desk.scan(LATER).new == 0
    assert len(desk.opened) == 1, "same path, size and moment: nobody looked at the bytes"


def test_a_thousand_known_files_cost_no_reading(desk: Desk):
    for number in range(1000):
        desk.put(f"{number % 10}/{number}.csv", b"%d\n" % number)
    assert desk.scan().new == 1000
    desk.opened.clear()
    desk.put("5/new.csv", b"new\n")
    assert desk.scan(LATER).new == 1
    assert [key.rsplit("/", 1)[1] for key in desk.opened] == ["new.csv"]


def test_changed_bytes_under_the_same_path_are_a_new_receipt(desk: Desk):
    desk.put("a.csv", b"1\n")
    desk.scan()
    desk.put("a.csv", b"2\n", LATER)
    assert desk.scan(LATER).new == 1
    first, second = desk.receipts
    assert (first.path, first.received_at) == (second.path, NOON)
    assert second.received_at == LATER
    assert [desk.archive.object_path(one.sha256).read_bytes() for one in (first, second)] == [b"1\n", b"2\n"]


def test_a_touched_file_is_looked_at_once_and_is_no_receipt(desk: Desk):
    path = desk.put("a.csv")
    desk.scan()
    desk.touch(path, LATER)
    assert desk.scan(LATER).new == 0
    assert desk.scan(LATER).new == 0
    assert len(desk.opened) == 2
    assert len(desk.receipts) == 1


def test_the_same_bytes_elsewhere_are_a_receipt_of_their_own(desk: Desk):
    desk.put("a/one.csv")
    desk.put("b/two.csv")
    assert desk.scan().new == 2
    assert len({one.sha256 for one in desk.receipts}) == 1


def test_a_file_that_vanished_stays_received(desk: Desk):
    path = desk.put("a.csv", b"kept\n")
    desk.scan()
    path.unlink()
    found = desk.scan(LATER)
    assert (found.new, found.errors) == (0, [])
    assert desk.names == ["a.csv"]
    assert desk.archive.object_path(desk.receipts[0].sha256).read_bytes() == b"kept\n"


def test_the_systems_own_folder_is_never_collected(desk: Desk):
    desk.put(f"unit/{desk.notice.words.returned_folder}/a.csv")
    desk.put("unit/b.csv")
    desk.scan()
    assert desk.names == ["unit/b.csv"]


def test_a_file_being_written_waits_until_it_is_quiet(desk: Desk):
    desk.put("a.csv", b"half")
    seconds = [desk.scan(NOON + timedelta(seconds=age), is_live=True) for age in (1, 29)]
    assert [(one.new, one.waiting) for one in seconds] == [(0, 1), (0, 1)]
    assert desk.opened == [], "a file that may be half there is not even opened"
    assert desk.scan(NOON + timedelta(seconds=30), is_live=True).new == 1


def test_a_file_that_changes_while_it_is_read_waits(desk: Desk, monkeypatch):
    path = desk.put("a.csv", b"x" * 3_000_000)
    store = desk.archive.store

    def slow(chunks):
        first = next(chunks)
        with path.open("ab") as file:
            file.write(b"more")
        return store(part for part in (first, *chunks))

    monkeypatch.setattr(desk.archive, "store", slow)
    found = desk.scan()
    assert (found.new, found.waiting, desk.receipts) == (0, 1, [])
    monkeypatch.undo()
    assert desk.scan(LATER).new == 1
    assert desk.receipts[0].size == 3_000_004
