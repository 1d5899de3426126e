"""Outboxes, visits and alarms of machines that share a store: what one did every other one knows, and nothing leaves twice."""

import shutil
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from pipelines.alarms.journal import Alarms, read_alarms
from pipelines.alarms.record import Condition
from pipelines.archive.fill import fetch_kept, fill_store
from pipelines.ground import shared_base
from pipelines.ground.batch import rows_of
from pipelines.ground.durable import has_base, open_base
from pipelines.ground.errors import KeptFault, NoticesError, StoreFault
from pipelines.ground.home import Home
from pipelines.ground.lease import only_one
from pipelines.ground.lock import hold
from pipelines.ground.store import open_store
from pipelines.notice import Notice
from pipelines.registry.journal import Registry, read_registry
from pipelines.send.compose import File
from pipelines.send.due import notices_with_due
from pipelines.send.outbox import Outbox
from pipelines.send.records import State
from pipelines.send.sender import send_due
from tests.send.letters import NOON, letter
from tests.send.post_office import PostOffice
from tests.stores import TestStore, make_store

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def shared(request, tmp_path, monkeypatch) -> TestStore:
    return make_store(getattr(request, "param", "folder"), tmp_path / "shared", monkeypatch)


BOTH = pytest.mark.parametrize(
    "shared", ["folder", pytest.param("s3", marks=pytest.mark.slow)], indirect=True
)


def rows(home: Home) -> dict[str, list[list[object]]]:
    """Every row of the outbox, positions and history too."""
    with Outbox(home.mail) as outbox:
        return rows_of(outbox._base)


def queue(home: Home, notice: Notice, *numbers: int) -> int:
    with Outbox(home.mail) as outbox:
        return outbox.queue(
            notice, [letter(one, files=(File("表.csv", b"%d" % one),)) for one in numbers], NOON
        ).new


def send(home: Home, notice: Notice, connection) -> dict[str, int]:
    with Outbox(home.mail) as outbox:
        return dict(send_due(outbox, notice, lambda: LATER, connection, home.eml).counts)


@BOTH
def test_what_one_machine_sent_no_other_sends(shared, first, second, notice, office: PostOffice, connection):
    assert queue(first, notice, 1, 2) == 2
    assert send(first, notice, connection)["sent"] == 2
    wanted = rows(first)
    shutil.rmtree(first.path)
    assert queue(second, notice, 1, 2) == 0, "it knows both"
    assert send(second, notice, connection).get("sent", 0) == 0
    assert len(office.accepted) == 2
    assert rows(second) == wanted
    assert queue(second, notice, 3) == 1
    assert rows(first) == rows(second), "and the other way"
    assert send(first, notice, connection)["sent"] == 1, "with a file that the other machine kept"
    assert len(office.accepted) == 3


def test_a_machine_that_died_handing_over_leaves_it_to_a_person(
    shared, first, second, notice, office, connection
):
    queue(first, notice, 1)
    with Outbox(first.mail) as outbox:
        key = outbox.due(notice.id, LATER)[0].key
        assert outbox.note_handing_over(key, connection.id, LATER)
    shutil.rmtree(first.path)
    assert send(second, notice, connection).get("sent", 0) == 0
    assert office.accepted == []
    with Outbox(second.mail) as outbox:
        assert [row.key for row in outbox.rows(State.unsure)] == [key]


def test_of_two_machines_that_hand_over_at_once_one_does(shared, first, second, notice):
    queue(first, notice, 1)
    with Outbox(first.mail) as one, Outbox(second.mail) as other:
        (row,) = other.due(notice.id, LATER)
        assert [box.note_handing_over(row.key, "smtp", LATER) for box in (one, other)] == [True, False]


def test_one_that_looked_before_the_other_wrote_looks_again(shared, first, second, notice, monkeypatch):
    """The other machine writes after this one caught up, and before it puts its own."""
    queue(first, notice, 1)
    with Outbox(first.mail) as one, Outbox(second.mail) as other:
        (row,) = one.due(notice.id, LATER)
        add, turns = open_store().add, []

        def quicker(name: str, content: bytes) -> bool:
            if not turns:
                turns.append(name)
                assert other.cancel([row.key], "不发了", LATER) == 1
            return add(name, content)

        monkeypatch.setattr(open_store(), "add", quicker)
        assert not one.note_handing_over(row.key, "smtp", LATER), "it was taken back meanwhile"
        assert one.find(row.key).state == State.cancelled


@pytest.mark.parametrize("is_put", [True, False], ids=["the answer was lost", "it never came"])
def test_a_cut_at_handing_over_lets_nothing_leave(
    shared, first, second, notice, office, connection, monkeypatch, is_put
):
    queue(first, notice, 1)
    store = open_store()
    add = store.add

    def cut(name: str, content: bytes) -> bool:
        if b"handing_over" in content:
            if is_put:
                add(name, content)
            raise store.fault("断了")
        return add(name, content)

    monkeypatch.setattr(store, "add", cut)
    with pytest.raises(StoreFault, match="断了"):
        send(first, notice, connection)
    assert office.accepted == []
    monkeypatch.setattr(store, "add", add)
    done = send(second, notice, connection)
    assert done.get("sent", 0) == (0 if is_put else 1)
    assert rows(first) == rows(second)


def test_no_store_no_sending(shared, first, notice, office, connection):
    queue(first, notice, 1)
    with shared.cut_off(), pytest.raises(StoreFault):
        send(first, notice, connection)
    assert office.accepted == []


def test_another_machine_that_sends_is_waited_for(shared, first, second):
    with (
        Outbox(first.mail) as one,
        one.sending(),
        pytest.raises(NoticesError, match="另一台机器"),
        only_one(second.mail / "send", seconds=0),
    ):
        pass
    with Outbox(second.mail) as other, other.sending():
        pass


def test_an_outbox_that_was_kept_alone_moves_in_and_nothing_of_it_leaves_again(
    first, second, notice, office, connection, tmp_path, monkeypatch
):
    queue(first, notice, 1, 2)
    with Outbox(first.mail) as outbox:
        outbox.cancel([outbox.rows()[1].key], "不发了", NOON)
    send(first, notice, connection)
    wanted = rows(first)
    make_store("folder", tmp_path / "shared", monkeypatch)
    with pytest.raises(KeptFault, match="fill-store"):
        queue(first, notice, 3)
    for _ in range(2):
        fill_store(first, open_store())
    assert rows(first) == wanted
    assert rows(second) == wanted
    assert queue(second, notice, 1, 2) == 0
    third = Home(tmp_path / "c")
    fetch_kept(third)
    assert notices_with_due(third.mail, {notice.id: notice.zone}, LATER.replace(tzinfo=notice.zone)) == {}
    with closing(open_base(third.mail / "outbox.sqlite", "")) as base:
        assert rows_of(base) == wanted

    make_store("folder", tmp_path / "other", monkeypatch)
    with pytest.raises(KeptFault, match="对不上"):
        queue(first, notice, 3)


def test_an_empty_store_that_nobody_began_is_a_wrong_address(first, second, notice, tmp_path, monkeypatch):
    (tmp_path / "typo").mkdir()
    monkeypatch.setenv("NOTICES_STORE", str(tmp_path / "typo"))
    with pytest.raises(KeptFault, match="还没有启用"), hold(first):
        pass
    with pytest.raises(KeptFault, match="还没有启用"):
        queue(first, notice, 1)
    assert [*(tmp_path / "typo").rglob("*")] == [], "nothing was put there"
    fill_store(second, open_store())
    with hold(first):
        pass


@BOTH
def test_visits_addresses_and_alarms_are_those_of_all_machines(shared, first, second):
    now = datetime.fromisoformat("2020-11-09T09:00:00+08:00")
    with Registry(first.registry) as registry:
        registry.note_addresses("n", {"A": "a@example.org"}, NOON)
        registry.note_mailboxes("n", [("A", "名册"), ("B", None)], NOON)
    with Alarms(first.alarms) as journal:
        assert journal.state(Condition("lake", "n", "", "没有跟上"), now)
    shutil.rmtree(first.path)
    with Alarms(second.alarms) as journal:
        assert not journal.state(Condition("lake", "n", "", "没有跟上"), now), "told once"
    assert read_registry(second.registry)["raw.mailboxes"].num_rows == 2
    assert [one.sentence for one in read_alarms(first)[0]] == ["没有跟上"]
    with shared.cut_off():
        assert len(read_alarms(first)[0]) == 1, "the page goes on with what it has"


def test_a_replica_that_is_gone_is_made_again(shared, first, notice):
    queue(first, notice, 1)
    wanted = rows(first)
    for path in first.mail.glob("outbox.sqlite*"):
        path.unlink()
    assert has_base(first.mail / "outbox.sqlite")
    assert rows(first) == wanted


def test_a_store_that_lost_batches_is_never_believed(shared, first, second, notice):
    queue(first, notice, 1)
    queue(first, notice, 2)
    store = open_store()
    names = store.names("mail/outbox.sqlite")
    store.remove(f"mail/outbox.sqlite/{names[1]}")
    with pytest.raises(KeptFault, match="缺第 1 批"):
        queue(second, notice, 3)
    store.remove(f"mail/outbox.sqlite/{names[-1]}")
    with pytest.raises(KeptFault, match="对不上"):
        queue(first, notice, 3)


def test_many_that_write_at_once_all_find_room(shared, first, second, notice, monkeypatch):
    monkeypatch.setattr(shared_base, "_TRIES", 1)
    with Outbox(first.mail) as one, Outbox(second.mail) as other:
        for number in range(4):
            box = (one, other)[number % 2]
            assert box.queue(notice, [letter(number)], NOON).new == 1
    assert [row[0] for row in rows(first)["mails"]] == [1, 2, 3, 4]
    assert rows(first) == rows(second)


def test_a_letter_that_was_written_as_a_file_is_written_again_on_request(shared, first, second, notice):
    """The file itself stays where it was written: a person opened and sent it there, or did not."""
    queue(first, notice, 1)
    assert send(first, notice, None)["written"] == 1
    (wanted,) = first.eml.rglob("*.eml")
    content = wanted.read_bytes()
    shutil.rmtree(first.path)
    assert send(second, notice, None).get("written", 0) == 0, "nobody sends it twice unasked"
    assert not second.eml.exists()
    with Outbox(second.mail) as outbox:
        (row,) = outbox.rows(State.written)
        assert outbox.resend(row.key, NOON, notice)
    assert send(second, notice, None)["written"] == 1
    (found,) = second.eml.rglob("*.eml")
    assert (found.name, found.read_bytes()) == (wanted.name, content)
