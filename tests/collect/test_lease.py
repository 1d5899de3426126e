"""Two machines that share a store, each with a home of its own: one writes at a time, and the next goes on from what it left."""

import json
import threading
from pathlib import Path

import pytest

from pipelines.ground import lease
from pipelines.ground.errors import NoticesError, StoreFault
from pipelines.ground.handed import refresh_published
from pipelines.ground.home import Home
from pipelines.ground.lease import Lease
from pipelines.ground.lock import hold
from pipelines.ground.store import Store
from tests.stores import TestStore


@pytest.fixture
def homes(tmp_path: Path, shared: TestStore) -> tuple[Home, Home]:
    return Home(tmp_path / "a"), Home(tmp_path / "b")


def put(home: Home, name: str, content: str) -> None:
    path = home.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(content)


def files(home: Home) -> dict[str, str]:
    found = (path for path in home.path.rglob("*") if path.is_file())
    named = {str(path.relative_to(home.path)): path for path in found}
    return {name: path.read_text() for name, path in named.items() if "/" in name}


def die(home: Home, name: str, content: str) -> None:
    """Writes a file in the lock, and ends before it is handed over."""
    with pytest.raises(KeyboardInterrupt):
        end_in_lock(home, name, content, KeyboardInterrupt())


def end_in_lock(home: Home, name: str, content: str, how: BaseException) -> None:
    with hold(home):
        put(home, name, content)
        raise how


def test_who_takes_the_lock_has_what_the_last_one_left(homes, store: Store):
    first, second = homes
    with hold(first):
        put(first, "warehouse/notices.duckdb", "1")
        put(first, "warehouse/private.duckdb", "p")
        put(first, "published/notices.duckdb", "1")
        put(first, "bulletins/n/day/text.docx", "said")
        put(first, "warehouse/rebuilding/notices.duckdb", "half")
        put(first, "published/.notices.duckdb.7", "half")
    put(second, "warehouse/notices.duckdb", "of long ago")
    put(second, "warehouse/notices.duckdb.wal", "of long ago")
    put(second, "bulletins/n/night/text.docx", "said here")
    with hold(second):
        assert files(second) == {
            "warehouse/notices.duckdb": "1",
            "warehouse/private.duckdb": "p",
            "published/notices.duckdb": "1",
            "bulletins/n/day/text.docx": "said",
            "bulletins/n/night/text.docx": "said here",
        }
        put(second, "warehouse/notices.duckdb", "2")
    with hold(first):
        assert files(first)["warehouse/notices.duckdb"] == "2"
        assert files(first)["bulletins/n/night/text.docx"] == "said here"
    kept = store.names("handed")
    assert len(kept) == 6, "five contents and their list: what nobody names any more is gone"


def test_a_loader_that_died_keeps_what_it_had_until_another_one_writes(homes):
    first, second = homes
    with hold(first):
        put(first, "warehouse/notices.duckdb", "1")
    die(first, "warehouse/notices.duckdb", "2, not handed over")
    with hold(first):
        assert files(first)["warehouse/notices.duckdb"].startswith("2")
    die(first, "warehouse/notices.duckdb", "3, not handed over")
    with hold(second):
        assert files(second)["warehouse/notices.duckdb"].startswith("2")
        put(second, "warehouse/notices.duckdb", "4")
    with hold(first):
        assert files(first)["warehouse/notices.duckdb"] == "4"


def test_a_source_that_could_not_be_read_takes_nothing_from_what_was_published(homes):
    first, second = homes
    with pytest.raises(NoticesError, match="one source"):
        end_in_lock(first, "published/notices.duckdb", "1", NoticesError("one source"))
    with hold(second):
        assert files(second)["published/notices.duckdb"] == "1"


def test_one_waits_for_the_other_and_takes_over_from_one_that_stirs_no_more(homes, store: Store, monkeypatch):
    monkeypatch.setattr(lease, "STIR_SECONDS", 0.05)
    first, second = homes
    order: list[str] = []

    def write(home: Home) -> None:
        with hold(home):
            order.append(home.path.name)

    with hold(first):
        with monkeypatch.context() as impatient:
            impatient.setenv("NOTICES_LOCK_SECONDS", "0")
            with pytest.raises(NoticesError, match="另一台机器"):
                write(second)
        waiting = threading.Thread(target=write, args=(second,))
        waiting.start()
        order.append("a still")
    waiting.join()
    assert order == ["a still", "b"]

    monkeypatch.setattr(lease, "DEAD_SECONDS", 0.3)
    dead = lease.Held("somebody", "gone:1", 5, "")
    found = store.read(lease.NAME)
    assert found is not None
    assert store.replace(lease.NAME, dead.as_bytes(), found.tag)
    write(first)
    assert order[-1] == "a", "nobody stirred for as long as it takes"


def test_who_was_taken_for_dead_hands_nothing_over(store: Store):
    slow, quick = Lease(store), Lease(store)
    with slow.holding(1):
        found = store.read(lease.NAME)
        assert found is not None
        store.replace(lease.NAME, lease.Held().as_bytes(), found.tag)
        with quick.holding(1):
            quick.hand_over("b" * 64)
            with pytest.raises(StoreFault, match="另一台机器接过了"):
                slow.hand_over("a" * 64)
    found = store.read(lease.NAME)
    assert found is not None
    assert json.loads(found.content)["state"] == "b" * 64


def test_who_only_reads_sees_what_was_published_anywhere(homes, shared: TestStore):
    first, second = homes
    with hold(first):
        put(first, "published/notices.duckdb", "1")
    refresh_published(second.published)
    assert second.published.read_text() == "1"
    assert second.published.stat().st_mode & 0o777 == 0o400
    with hold(first):
        put(first, "published/notices.duckdb", "2")
    with shared.cut_off():
        refresh_published(second.published)
    assert second.published.read_text() == "1", "what it says of itself is as of when"
    refresh_published(second.published)
    assert second.published.read_text() == "2"
