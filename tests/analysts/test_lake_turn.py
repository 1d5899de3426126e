"""How the lake follows: not while the writer's lock is held, one version a publish, in their order, and what was left is caught up."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from pipelines import sweep
from pipelines.ground.errors import NoticesError, StoreFault
from pipelines.ground.home import Home
from pipelines.ground.lock import hold
from pipelines.warehouse.lake.commit import commit_changes, commit_snapshot
from pipelines.warehouse.lake.follow import failure_file, follow_left, follow_publish, follow_soon
from pipelines.warehouse.lake.followed import QUIET, file_of, note_owed, read_followed
from pipelines.warehouse.lake.place import find_place, open_for_writing
from pipelines.warehouse.lake.published import open_published
from pipelines.warehouse.lake.read import list_versions, open_lake
from pipelines.warehouse.lake.turn import take_turn
from tests.analysts.conftest import World

pytestmark = pytest.mark.skipif(
    not (find_spec("duckdb_extension_ducklake") and find_spec("duckdb_extension_sqlite_scanner")),
    reason="the extra `lake` is not installed (make cluster-test installs it)",
)
SENTENCES = "SELECT DISTINCT sentence FROM core.submissions"
SCANNED = "SELECT DISTINCT scanned_at FROM raw.scans"


class Followed:
    """A home whose snapshot the lake holds, at one place for all tests: the lake knows its own address."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "home")

    def publish(self, statement: str) -> tuple[int, int, int]:
        """Another file takes the snapshot's place; what told the one before."""
        before = file_of(self.home.published)
        assert before
        beside = self.home.published.with_name("beside.duckdb")
        shutil.copyfile(self.home.published, beside)
        with closing(duckdb.connect(beside)) as connection:
            connection.execute(statement)
        beside.replace(self.home.published)
        return before

    def say(self, sentence: str) -> tuple[int, int, int]:
        return self.publish(f"UPDATE core.submissions SET sentence = '{sentence}'")

    def scan(self, hour: int) -> tuple[int, int, int]:
        return self.publish(f"UPDATE raw.scans SET scanned_at = '2020-11-15 {hour:02d}:00:00'")

    def ask(self, query: str, version: int | None = None) -> list[object]:
        with closing(open_lake(self.home, version)) as connection:
            return [value for (value,) in connection.execute(query).fetchall()]

    def versions(self) -> list[int]:
        return sorted(list_versions(self.home).column("version").to_pylist())


@pytest.fixture(scope="module")
def first(small: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("turn")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTICES_LAKE", f"sqlite:{folder}/now/catalogue.sqlite")
        home = Home(folder / "now" / "home")
        home.published.parent.mkdir(parents=True)
        home.warehouse.parent.mkdir()
        shutil.copyfile(small.home.published, home.published)
        assert follow_publish(home)
        shutil.copytree(folder / "now", folder / "kept")
        yield folder


@pytest.fixture
def lake(first: Path) -> Iterator[Followed]:
    """As the first publish left it."""
    made = Followed(first / "now")
    note_owed(made.home, None, ())
    assert follow_publish(made.home)
    yield made
    shutil.rmtree(first / "now")
    shutil.copytree(first / "kept", first / "now")


def test_what_it_holds_already_opens_nothing(lake: Followed) -> None:
    catalogue = lake.home.path.parent / "catalogue.sqlite"
    catalogue.rename(catalogue.with_suffix(".away"))
    assert follow_publish(lake.home), "it was not looked for"
    lake.say("别的")
    catalogue.with_suffix(".away").rename(catalogue)
    assert follow_publish(lake.home)
    assert lake.ask(SENTENCES) == ["别的"]


def test_it_follows_once_the_writers_lock_is_let_go_one_version_a_publish(lake: Followed) -> None:
    before = lake.versions()
    with hold(lake.home):
        follow_soon(lake.home, lake.say("一"))
        assert lake.versions() == before, "whoever waits for the lock does not wait for a catalogue"
        with pytest.raises(NoticesError, match="湖仓还在写"), take_turn(lake.home, 0):
            pass
        follow_soon(lake.home, lake.say("二"))
        assert [lake.ask(SENTENCES, one) for one in lake.versions()[len(before) :]] == [["一"]]
    assert [lake.ask(SENTENCES, one) for one in lake.versions()[len(before) :]] == [["一"], ["二"]]
    with take_turn(lake.home, 0):
        pass


def test_what_it_follows_is_what_was_published_then(lake: Followed) -> None:
    """Another process publishes before it comes to that."""
    with hold(lake.home):
        follow_soon(lake.home, lake.say("一"))
        later = lake.say("二")
    assert lake.ask(SENTENCES) == ["一"]
    assert read_followed(lake.home).file == later
    assert follow_publish(lake.home, later)
    assert lake.ask(SENTENCES) == ["二"]


def test_a_publish_that_fails_in_its_stage_is_followed_all_the_same(lake: Followed) -> None:
    def publish_and_fail() -> None:
        with hold(lake.home):
            follow_soon(lake.home, lake.say("一"))
            raise NoticesError("别的出错")

    with pytest.raises(NoticesError, match="别的出错"):
        publish_and_fail()
    assert lake.ask(SENTENCES) == ["一"]


def test_scans_alone_are_told_now_and_then_and_never_lost(
    lake: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = lake.versions()
    for hour in (7, 8):
        follow_soon(lake.home, lake.scan(hour), [QUIET])
        follow_left(lake.home)
    assert lake.versions() == before
    monkeypatch.setenv("NOTICES_LAKE_QUIET_MINUTES", "0")
    assert sweep.sweep(lake.home, []).work == {}, "the clock looks after what is owed"
    assert lake.ask(SCANNED) == [datetime(2020, 11, 15, 8)]
    follow_left(lake.home)
    assert len(lake.versions()) == len(before) + 1


def test_what_is_put_off_comes_with_the_next_that_brings_something(lake: Followed) -> None:
    follow_soon(lake.home, lake.scan(9), [QUIET])
    follow_soon(lake.home, lake.say("一"))
    assert (lake.ask(SCANNED), lake.ask(SENTENCES)) == ([datetime(2020, 11, 15, 9)], ["一"])


@pytest.mark.parametrize("is_said", [True, False], ids=["other_rows_before", "scans_alone"])
def test_a_publisher_that_was_killed_is_caught_up_by_the_next_look(lake: Followed, is_said: bool) -> None:
    """He had noted what he owes; the moments of scans that follow do not hide it."""
    if is_said:
        note_owed(lake.home, lake.say("一"), ())
    else:
        lake.say("一")  # killed before he noted it
    follow_soon(lake.home, lake.scan(10), [QUIET])
    assert (lake.ask(SCANNED), lake.ask(SENTENCES)) == ([datetime(2020, 11, 15, 10)], ["一"])
    note_owed(lake.home, lake.say("二"), ())
    follow_left(lake.home)
    assert lake.ask(SENTENCES) == ["二"]


def test_another_lake_is_known_to_hold_nothing(
    lake: Followed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTICES_LAKE", f"sqlite:{tmp_path}/another.sqlite")
    monkeypatch.setenv("NOTICES_LAKE_DATA", str(tmp_path / "data"))
    assert follow_publish(lake.home)
    assert lake.ask("SELECT count(*) FROM raw.receipts") != [0]


def test_one_whose_turn_is_over_writes_nothing(lake: Followed) -> None:
    def lost() -> None:
        raise StoreFault("另一台机器接过了")

    before, place = lake.versions(), find_place(lake.home)
    assert place
    lake.say("一")
    with open_published(lake.home.published) as published, pytest.raises(StoreFault, match="接过了"):
        commit_changes(place, published, require_turn=lost)
    assert lake.versions() == before


def test_a_turn_that_does_not_come_is_told_and_holds_nothing_up(
    lake: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.warehouse.lake.turn.WAIT_SECONDS", 0)
    with take_turn(lake.home):
        assert not follow_publish(lake.home, lake.say("一"))
    assert "湖仓还在写上一个版本" in failure_file(lake.home).read_text("utf-8")
    follow_left(lake.home)
    assert lake.ask(SENTENCES) == ["一"]
    assert not failure_file(lake.home).exists()


def test_a_lake_of_an_older_program_is_made_anew_and_keeps_its_versions(lake: Followed) -> None:
    """It did not say which rows are in which part of a table."""
    place, old = find_place(lake.home), lake.versions()[-1]
    assert place
    with open_for_writing(place) as connection:
        connection.execute("DROP TABLE main.parts; CREATE TABLE main.held (relation VARCHAR)")
        connection.execute("UPDATE main.published SET definitions = 'older'")
    receipts = lake.ask("SELECT receipt_id FROM raw.receipts ORDER BY ALL")
    lake.publish("DELETE FROM raw.sheets")
    assert commit_snapshot(place, lake.home.published)
    assert lake.ask("SELECT count(*) FROM raw.sheets") == [0]
    assert lake.ask("SELECT count(*) FROM raw.sheets", old) != [0]
    assert lake.ask("SELECT receipt_id FROM raw.receipts ORDER BY ALL") == receipts
    assert commit_snapshot(place, lake.home.published) == 0
