"""Old transactions of a shared outbox become one object: the store stays small, and whoever held the older ones is still right."""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import timedelta

import pytest

from pipelines.archive.fill import fetch_kept
from pipelines.archive.retention import remove_old
from pipelines.ground import compact
from pipelines.ground.batch import rows_of
from pipelines.ground.compact import compact_bases
from pipelines.ground.durable import has_base, open_base
from pipelines.ground.errors import KeptFault, StoreFault
from pipelines.ground.home import Home
from pipelines.ground.store import Store, open_store
from pipelines.notice import Notice
from pipelines.send.outbox import Outbox
from tests.send.letters import NOON
from tests.send.test_outboxes_shared import queue, rows, send
from tests.stores import TestStore, make_store

FOLDER = "mail/outbox.sqlite"


@pytest.fixture(autouse=True)
def shared(request, tmp_path, monkeypatch) -> TestStore:
    return make_store(getattr(request, "param", "folder"), tmp_path / "shared", monkeypatch)


def store() -> Store:
    found = open_store()
    assert found
    return found


def names() -> list[str]:
    return store().names(FOLDER)


def pack(home: Home, least: int = 1) -> int:
    """As the weekly care does it long after."""
    return compact_bases(home, time.time() + 60, least)


@pytest.mark.parametrize("shared", ["folder", pytest.param("s3", marks=pytest.mark.slow)], indirect=True)
def test_the_store_does_not_grow_by_what_was_sent(first, second, notice: Notice, office, connection):
    most = 0
    for number in range(1, 13):
        assert queue(first, notice, number) == 1
        assert send(first, notice, connection)["sent"] == 1
        pack(first, least=4)
        most = max(most, len(names()))
    assert most <= 8
    wanted = rows(first)
    shutil.rmtree(first.path)
    assert rows(second) == wanted, "a machine that has nothing has all of it"
    assert send(second, notice, connection).get("sent", 0) == 0
    assert queue(second, notice, *range(1, 13)) == 0
    assert len(office.accepted) == 12


def test_who_held_an_older_state_goes_on_from_the_object(first, second, notice, office, connection):
    queue(first, notice, 1)
    assert rows(second) == rows(first)
    for number in (2, 3):
        queue(first, notice, number)
        send(first, notice, connection)
    assert pack(first)
    assert queue(second, notice, 1, 2, 3) == 0
    assert send(second, notice, connection).get("sent", 0) == 0
    assert queue(second, notice, 4) == 1
    assert rows(first) == rows(second)
    assert send(first, notice, connection)["sent"] == 1
    assert len(office.accepted) == 4


def test_one_that_had_it_open_meanwhile_writes_nothing_under_a_number_that_went(first, second, notice):
    """It caught up before all went, and puts after: the number is free, and must not count."""
    queue(first, notice, 1)
    with Outbox(second.mail) as late:
        (row,) = late.due(notice.id, NOON + timedelta(minutes=5))
        add, turns = store().add, []

        def slow(name: str, content: bytes) -> bool:
            if not turns:
                turns.append(name)
                queue(first, notice, 2)
                queue(first, notice, 3)
                pack(first)
            return add(name, content)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store(), "add", slow)
            with pytest.raises(StoreFault, match="另一台机器先"):
                late.note_handing_over(row.key, "smtp", NOON)
        assert turns[0].rpartition("/")[2] not in names(), "it is taken back"
    assert rows(first) == rows(second)
    with Outbox(second.mail) as late:
        assert late.note_handing_over(row.key, "smtp", NOON), "asked again it stands on the newest state"
    assert rows(first) == rows(second)


@pytest.mark.parametrize("after", range(4))
def test_cut_off_anywhere_the_next_turn_goes_on(
    first, second, notice, monkeypatch: pytest.MonkeyPatch, after: int
):
    for number in (1, 2, 3, 4):
        queue(first, notice, number)
    wanted, remove, done = rows(first), store().remove, []

    def killed(name: str) -> None:
        if len(done) == after:
            raise KeyboardInterrupt
        done.append(name)
        remove(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store(), "remove", killed)
        with pytest.raises(KeyboardInterrupt):
            pack(first)
    assert rows(second) == wanted
    pack(second, least=1000)
    assert (len(names()), rows(first), rows(second)) == (2, wanted, wanted)


def test_what_is_young_and_what_is_little_stays(first, notice):
    for number in (1, 2, 3):
        queue(first, notice, number)
    before = names()
    assert compact_bases(first, time.time() + 60) == 0
    assert names() == before
    assert compact_bases(first, time.time() - 3600, 1) == 0, "somebody may still work on what is young"
    assert set(before) < set(names())


def test_older_objects_go_once_a_newer_one_holds_theirs(first, second, notice):
    for number in (1, 2):
        queue(first, notice, number)
        pack(first)
    assert sum(name.startswith("whole-") for name in names()) == 1
    assert rows(second) == rows(first)


def test_another_stores_replica_is_not_taken_for_an_older_state(first, second, notice, tmp_path, monkeypatch):
    queue(first, notice, 1)
    queue(first, notice, 2)
    pack(first)
    here = os.environ["NOTICES_STORE"]
    make_store("folder", tmp_path / "other", monkeypatch)
    queue(second, notice, 7)
    monkeypatch.setenv("NOTICES_STORE", here)
    before = (second.mail / "outbox.sqlite").read_bytes()
    with pytest.raises(KeptFault, match="对不上"):
        rows(second)
    assert (second.mail / "outbox.sqlite").read_bytes() == before


def test_tables_of_an_older_program_become_those_of_the_newer(first, second):
    older = "CREATE TABLE IF NOT EXISTS words (word TEXT) STRICT;"
    newer = "CREATE TABLE IF NOT EXISTS words (word TEXT, said TEXT) STRICT;"
    path, other = (home.mail / "words.sqlite" for home in (first, second))
    open_base(path, older).close()
    open_base(other, older).close()
    with closing(open_base(path, older)) as base:
        base.execute("DROP TABLE words")
        base.execute("CREATE TABLE words (word TEXT, said TEXT)")
        base.execute("INSERT INTO words VALUES ('a', 'b')")
        base.execute("INSERT INTO words VALUES ('c', 'd')")
    assert pack(first)
    with closing(open_base(other, newer)) as base:
        assert rows_of(base)["words"] == [["a", "b"], ["c", "d"]]


def test_who_fetches_all_that_is_kept_has_it_though_the_first_batches_went(first, second, notice):
    for number in (1, 2, 3):
        queue(first, notice, number)
    pack(first)
    fetch_kept(second)
    assert has_base(second.mail / "outbox.sqlite")
    with closing(sqlite3.connect(second.mail / "outbox.sqlite")) as copy:
        assert rows_of(copy) == rows(first)


def test_the_weekly_care_does_it(first, notice, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compact, "MANY", 1)
    for number in (1, 2, 3):
        queue(first, notice, number)
    assert remove_old(first, time.time() + 60).count >= 2
    assert len(names()) == 2
