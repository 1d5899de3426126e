"""The archive on a store that machines share: nothing is lost or twice, whichever of them stops, is cut off, or comes second."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.archive.fill import Filled, fill_store
from pipelines.archive.objects import read_object
from pipelines.archive.store import Archive
from pipelines.ground.chain import JsonLines
from pipelines.ground.errors import ArchiveFault, KeptFault, NoticesError, StoreFault
from pipelines.ground.folder_store import FolderStore
from pipelines.ground.home import Home
from pipelines.ground.lock import hold
from pipelines.ground.store import Store, open_store
from tests.collect.conftest import NOON, Desk
from tests.stores import TestStore, make_store

LATER = NOON + timedelta(minutes=10)


@pytest.fixture
def other(desk: Desk, shared: TestStore, tmp_path: Path) -> Desk:
    """A second machine: the same inbox, and a home of its own."""
    return Desk(desk.notice, desk.inbox, Archive(tmp_path / "other" / "archive"))


def test_a_name_is_given_once_and_replaced_only_by_who_read_it(store: Store):
    assert store.add("a/0", b"ours")
    assert store.add("a/0", b"ours"), "an answer that was lost: the same once more is no other"
    assert not store.add("a/0", b"theirs")
    found = store.read("a/0")
    assert found is not None
    assert found.content == b"ours"
    assert store.read("a/1") is None

    tag = store.replace("p", b"1", None)
    assert tag is not None
    assert store.replace("p", b"2", None) is None, "somebody else made it"
    newer = store.replace("p", b"2", tag)
    assert newer is not None
    assert store.replace("p", b"3", tag) is None, "somebody else replaced it"
    assert store.replace("p", b"2", tag) == newer, "an answer that was lost"
    assert store.names("a") == ["0"]
    store.remove("a/0")
    assert store.names("a") == []


def test_another_machine_goes_on_where_one_stopped(desk: Desk, other: Desk):
    desk.put("a.csv", b"1\n")
    desk.scan()
    desk.scan(NOON + timedelta(minutes=5))
    assert other.names == ["a.csv"]
    assert [read_object(other.archive.object_path(one.sha256)) for one in other.receipts] == [b"1\n"]

    desk.put("b.csv", b"2\n", NOON - timedelta(days=1))
    assert other.scan(LATER).new == 1, "what the first machine has is not taken in again"
    assert other.receipts[-1].received_at == NOON + timedelta(minutes=5), "what its scans proved holds"
    assert desk.names == ["a.csv", "b.csv"]
    journals = [one.archive.journal(desk.notice.id).path.read_bytes() for one in (desk, other)]
    assert journals[0] == journals[1]


def test_of_two_machines_at_once_one_comes_second_and_begins_anew(desk: Desk, other: Desk):
    desk.put("a.csv", b"1\n")
    first, second = (one.archive.journal(desk.notice.id) for one in (desk, other))
    first.note([{"record": "failed", "source": "x", "failed_at": NOON, "sentence": "one"}])
    with pytest.raises(StoreFault, match="另一台机器先"):
        second.note([{"record": "failed", "source": "x", "failed_at": NOON, "sentence": "two"}])
    first.note_passing("y", NOON, None)
    late = other.archive.journal(desk.notice.id)
    desk.archive.journal(desk.notice.id).note_passing("y", LATER, None)
    with pytest.raises(StoreFault, match="另一台机器先"):
        late.note_passing("y", NOON, None)
    assert other.archive.journal(desk.notice.id).failed["x"][1] == "one"
    assert other.archive.journal(desk.notice.id).scanned["y"] == LATER
    assert other.scan(LATER).new == 1


def test_a_store_and_a_home_of_another_history_leave_one_another_alone(
    desk: Desk, shared: TestStore, other: Desk, tmp_path: Path, monkeypatch
):
    desk.put("a.csv", b"1\n")
    with monkeypatch.context() as patch:
        patch.delenv("NOTICES_STORE")
        other.scan(LATER)
    desk.scan()
    home, foreign = Home(tmp_path), Home(tmp_path / "other")
    for one in (foreign, home):
        one.warehouse.parent.mkdir(exist_ok=True)
        one.warehouse.write_bytes(b"ours")
    with hold(home):
        pass
    foreign.warehouse.write_bytes(b"theirs")
    with pytest.raises(KeptFault, match=r"另一处的数据.*两边都没有动"), hold(foreign):
        pass
    assert foreign.warehouse.read_bytes() == b"theirs"
    monkeypatch.delenv("NOTICES_STORE")
    with pytest.raises(KeptFault, match=r"现在没有设 NOTICES_STORE.*改回单机"), hold(home):
        pass
    with hold(foreign):
        pass


def test_keys_are_no_part_of_the_address(monkeypatch):
    monkeypatch.setenv("NOTICES_STORE", "s3://user:geheim@bucket/x")
    with pytest.raises(StoreFault, match="不要写账号和口令") as raised:
        open_store()
    assert "geheim" not in str(raised.value)


CUTS = {"in the bytes": "add_file", "between bytes and receipts": "add"}


@pytest.mark.parametrize("moment", CUTS)
def test_a_cut_in_the_middle_loses_nothing(moment, desk: Desk, store: Store, monkeypatch):
    for number in range(3):
        desk.put(f"{number}.csv", b"%d\n" % number)
    name = CUTS[moment]
    real: Callable[..., object] = getattr(type(store), name)
    calls = []

    def cut(self: Store, *arguments: object) -> object:
        calls.append(arguments)
        if name == "add" or len(calls) == 2:
            raise store.fault("Connection reset")
        return real(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(type(store), name, cut)
        with pytest.raises(StoreFault, match=r"与报送单位无关.*恢复后下一轮接着做"):
            desk.scan()
    assert calls
    assert desk.receipts == [], "no receipt outlives its bytes"
    assert desk.scan(LATER).new == 3
    assert desk.names == ["0.csv", "1.csv", "2.csv"]


def test_a_batch_that_came_through_although_the_answer_did_not(desk: Desk, store: Store, monkeypatch):
    desk.put("a.csv", b"1\n")
    real = type(store).add

    def deaf(self: Store, name: str, content: bytes) -> bool:
        real(self, name, content)
        raise store.fault("Read timeout")

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "add", deaf)
        with pytest.raises(StoreFault):
            desk.scan()
    assert desk.names == ["a.csv"], "it counts"
    assert desk.scan(LATER).new == 0
    assert desk.names == ["a.csv"]


def test_while_the_store_is_away_nothing_is_taken_in_and_nothing_looks_empty(desk: Desk, shared: TestStore):
    desk.put("a.csv", b"1\n")
    desk.scan()
    with shared.cut_off():
        desk.put("b.csv", b"2\n")
        with pytest.raises(StoreFault, match="与报送单位无关"):
            desk.scan(LATER)
        with pytest.raises(StoreFault):
            desk.archive.journal(desk.notice.id)
    assert desk.scan(LATER).new == 1
    assert desk.names == ["a.csv", "b.csv"]


def test_bytes_that_are_not_what_their_name_says_are_never_read(desk: Desk, other: Desk, store: Store):
    desk.put("a.csv", b"1\n")
    desk.scan()
    sha256 = desk.receipts[0].sha256
    name = f"archive/objects/{sha256[:2]}/{sha256[2:]}"
    found = store.read(name)
    assert found
    store.replace(name, b"2\n", found.tag)
    with pytest.raises(ArchiveFault, match="内容与名字不符"):
        read_object(other.archive.object_path(sha256))
    assert not other.archive.object_path(sha256).exists()
    store.remove(name)
    with pytest.raises(ArchiveFault, match=r"没有它.*与报送单位无关"):
        read_object(other.archive.object_path(sha256))


def test_a_copy_that_is_damaged_is_made_anew(desk: Desk, store: Store):
    for number in range(3):
        desk.put(f"{number}.csv", b"%d\n" % number)
        desk.scan(NOON + timedelta(minutes=number))
    one = desk.archive.object_path(desk.receipts[1].sha256)
    one.write_bytes(b"other")
    assert read_object(one) == b"1\n"
    path = desk.archive.journal(desk.notice.id).path
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"1.csv"', b'"7.csv"'))
    assert desk.names == ["0.csv", "1.csv", "2.csv"]
    for length in range(0, len(whole), len(whole) // 7):
        path.write_bytes(whole[:length])
        desk.archive.journal(desk.notice.id)
        assert path.read_bytes() == whole, "cut off by a kill"
    path.unlink()
    assert len(desk.receipts) == 3


@pytest.mark.parametrize("lost", ["all", "the first", "the last"])
def test_a_store_that_lost_batches_is_not_believed(lost, desk: Desk, other: Desk, store: Store):
    for number in range(3):
        desk.put(f"{number}.csv", b"%d\n" % number)
        desk.scan(NOON + timedelta(minutes=number))
    journal = f"archive/receipts/{desk.notice.id}.jsonl"
    names = store.names(journal)
    assert names == [f"{number:012d}" for number in range(len(names))]
    gone = {"all": names, "the first": names[:1], "the last": names[-1:]}[lost]
    for name in gone:
        store.remove(f"{journal}/{name}")
    with pytest.raises(KeptFault, match="对不上"):
        desk.archive.journal(desk.notice.id)
    if lost == "the first":
        with pytest.raises(KeptFault, match="缺第 0 批"):
            other.archive.journal(desk.notice.id)


def test_a_journal_reads_the_same_with_and_without_a_store(tmp_path, monkeypatch):
    paths = [tmp_path / name / "archive" / "receipts" / "n.jsonl" for name in ("alone", "shared")]
    for path in paths:
        if "shared" in path.parts:
            make_store("folder", tmp_path / "store", monkeypatch)
        path.parent.mkdir(parents=True)
        journal = JsonLines(path)
        for batch in range(3):
            journal.read()
            journal.append([{"batch": batch, "line": line} for line in range(2)])
    alone, shared = (path.read_bytes() for path in paths)
    assert alone == shared
    assert (
        hashlib.sha256(b"".join(sorted_batches(tmp_path / "store"))).digest()
        == hashlib.sha256(alone).digest()
    )


def sorted_batches(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("0*"))]


def test_a_share_that_is_not_mounted_is_no_empty_store(tmp_path):
    with pytest.raises(StoreFault, match="没有挂载"):
        FolderStore(str(tmp_path / "none")).read("a")
    assert not (tmp_path / "none").exists()


def test_a_home_of_its_own_moves_into_a_store_and_nothing_of_it_is_other(desk: Desk, tmp_path, monkeypatch):
    for number in range(2):
        desk.put(f"{number}.csv", b"%d\n" % number)
        desk.scan(NOON + timedelta(minutes=number))
    desk.scan(LATER)
    before = desk.archive.journal(desk.notice.id)
    make_store("folder", tmp_path / "shared", monkeypatch)
    with pytest.raises(KeptFault, match="notices fill-store"):
        desk.scan(LATER + timedelta(minutes=1))
    for _ in range(2):
        filled = fill_store(Home(tmp_path), FolderStore(str(tmp_path / "shared")))
        assert filled == Filled(objects=2, journals=1)
    other = Desk(desk.notice, desk.inbox, Archive(tmp_path / "other" / "archive"))
    assert other.receipts == before.receipts
    assert other.archive.journal(desk.notice.id).scanned == before.scanned
    assert other.scan(LATER + timedelta(minutes=2)).new == 0
    desk.archive.object_path(desk.receipts[0].sha256).write_bytes(b"other")
    with pytest.raises(NoticesError, match="fsck"):
        fill_store(Home(tmp_path), FolderStore(str(tmp_path / "shared")))
