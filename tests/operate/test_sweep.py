"""One sweep over notices: what has nothing new is done with it, whoever has more to do is named with why, and stops no other."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines import cycle, sweep
from pipelines.alarms.look import find_not_loaded, find_silence
from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.warehouse.files import open_file
from pipelines.warehouse.known import read_known
from pipelines.warehouse.snapshot import open_snapshot
from tests.operate.conftest import NOW, fill, put

LATER = NOW + timedelta(minutes=10)
FILE = "教育厅收件/济南市教育局/新.csv"
OTHER = "hl-influenza-2024"


@pytest.fixture(scope="session")
def kept(notice: Notice, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose own inbox was collected at NOW, and returned what it had to; nobody writes to it."""
    home = Home(tmp_path_factory.mktemp("kept") / "home")
    cycle.run(home, notice, fill(notice, home.inbox(notice.id)), NOW)
    return home.path


@pytest.fixture
def office(kept: Path, home: Home) -> Home:
    shutil.copytree(kept, home.path)
    return home


def look(home: Home, notice: Notice, now: datetime = LATER) -> sweep.Sweep:
    return sweep.sweep(home, [notice.id], now=now)


def moments(home: Home, notice: Notice) -> set[datetime]:
    with open_snapshot(home.published) as snapshot:
        rows = snapshot.execute("SELECT scanned_at FROM raw.scans WHERE notice_id = $1", [notice.id])
        return {row[0] for row in rows.fetchall() if row[0]}


def test_nothing_new_is_said_to_have_been_looked_for(office: Home, notice: Notice):
    before = read_known(office.published)
    found = look(office, notice)
    assert found.work == {}
    assert found.quiet == {notice.id: {"new": 0, "waiting": 0, "held": 0}}
    assert moments(office, notice) == {LATER}, "freshness is told from the snapshot alone"
    after, warehouse = read_known(office.published), read_known(office.warehouse)
    assert before
    assert after
    assert after == warehouse
    assert after.of(notice.id).receipts == before.of(notice.id).receipts
    assert cycle.scan(office, notice, "next", now=LATER + timedelta(minutes=10))["new"] == 0, (
        "the journal is what the snapshot says"
    )


def test_a_new_notice_has_folders_for_what_comes_after_the_first_look(home: Home, notice: Notice):
    assert look(home, notice).work == {notice.id: "还没有入过库"}
    inbox = home.inbox(notice.id)
    assert sorted(path.name for path in inbox.iterdir()) == ["人社厅收件", "教育厅收件", "表单导出"]


def test_a_notice_without_a_run_of_its_own_raises_no_alarm_until_something_waits_too_long(
    office: Home, notice: Notice
):
    hours = timedelta(hours=3)
    look(office, notice, NOW + hours)
    put(notice, office.inbox(notice.id), FILE, "2020-11-12T10:00:00", "2020-11-12,稿件,新,宣传活动\n")
    look(office, notice, NOW + hours)
    found = look(office, notice, NOW + hours + timedelta(minutes=10))
    assert found.work, "a file was taken in, and its own flow is to be started"

    def alarms(now: datetime) -> list[tuple[str, str]]:
        journal = Archive(office.archive).journal(notice.id)
        silence = find_silence(notice, journal, now, NOW - hours, timedelta(hours=1))
        waits = find_not_loaded(office, notice, journal, now, timedelta(hours=1))
        return [(one.kind, one.sentence) for one in (*silence, *waits)]

    assert alarms(NOW + hours + timedelta(minutes=20)) == []
    look(office, notice, NOW + 2 * hours)
    ((kind, sentence),) = alarms(NOW + 2 * hours)
    assert kind == "not_loaded"
    assert "1 件" in sentence


def lose_snapshot(home: Home) -> None:
    home.published.unlink()


def lose_private(home: Home) -> None:
    home.private.unlink()


def make_stale(home: Home) -> None:
    for path in (home.warehouse, home.published):
        path.chmod(0o600)  # the snapshot is nobody's to write, but root's
        with open_file(path) as connection:
            connection.execute("UPDATE raw.versions SET fingerprint = 'older'")


def load_more(home: Home) -> None:
    """As a run that died between loading and publishing."""
    with open_file(home.warehouse) as connection:
        connection.execute("INSERT INTO raw.unfed SELECT notice_id, '' FROM raw.versions")


def forget_rows(home: Home) -> None:
    with open_file(home.warehouse) as connection:
        connection.execute("DELETE FROM raw.receipts")


def forget_returns(home: Home) -> None:
    shutil.rmtree(next((home.path / "returns").iterdir()))


def lose_folder(home: Home) -> None:
    folder = next((home.path / "inbox").iterdir()) / "人社厅收件"
    shutil.rmtree(folder)
    folder.write_text("no folder")


WORK = {
    "a new file": (lambda home: None, "有 1 件待读"),
    "a snapshot that is gone": (lose_snapshot, "还没有入过库"),
    "a private file that is gone": (lose_private, "数据仓库的文件被删"),
    "another version of the rules": (make_stale, sweep.STALE),
    "loaded and not published": (load_more, "有入了库而没有发布的"),
    "a warehouse that lost rows": (forget_rows, "数据仓库缺少已发布的数据"),
    "returns that were not written": (forget_returns, "有退回件要写、要放"),
    "a source that cannot be read": (lose_folder, "人社厅收件"),
}


@pytest.mark.parametrize(("spoil", "why"), WORK.values(), ids=WORK)
def test_who_has_more_to_do_is_named_with_why_and_nothing_is_published(
    spoil: Callable[[Home], None], why: str, office: Home, notice: Notice
):
    if why == "有 1 件待读":
        put(notice, office.inbox(notice.id), FILE, "2020-11-12T10:00:00", "2020-11-12,稿件,新,宣传活动\n")
    spoil(office)
    found = look(office, notice)
    assert list(found.work) == [notice.id]
    assert why in found.work[notice.id]
    assert found.quiet == {}
    if office.published.exists():
        assert LATER not in moments(office, notice), "what is not loaded is not said to be known"


def test_its_own_cycle_finds_what_the_sweep_took_in(office: Home, notice: Notice):
    put(notice, office.inbox(notice.id), FILE, "2020-11-12T10:00:00", "2020-11-12,稿件,新,宣传活动\n")
    look(office, notice)
    done = cycle.run(office, notice, now=LATER)
    assert (done["new"], done["pending"]) == (0, 1)
    assert look(office, notice, LATER + timedelta(minutes=10)).work == {}


def test_what_goes_wrong_with_one_notice_stops_no_other(office: Home, notice: Notice):
    journal = office.archive / "receipts" / f"{notice.id}.jsonl"
    journal.write_bytes(journal.read_bytes()[:-200])
    found = sweep.sweep(office, [notice.id, OTHER, "nowhere"], now=LATER)
    assert "少了" in found.work[notice.id]
    assert "nowhere" in found.work["nowhere"]
    assert found.work[OTHER] == "还没有入过库"


def test_of_stale_notices_one_is_made_anew_and_the_others_with_it():
    done = sweep.Sweep({"a": sweep.STALE, "b": "有 1 件待读", "c": sweep.STALE})
    sweep._spare(done)
    assert done.work == {"a": sweep.STALE, "b": "有 1 件待读"}


def test_a_mail_since_the_snapshot_is_published_with_the_scans(office: Home, notice: Notice, monkeypatch):
    asked: list[Home] = []
    monkeypatch.setattr("pipelines.archive.journals.read_journals", lambda home: asked.append(home) or {})
    assert not sweep._journals_moved(office)
    office.mail.mkdir(exist_ok=True)
    (office.mail / "outbox.sqlite").touch()
    look(office, notice)
    assert asked == [office]
