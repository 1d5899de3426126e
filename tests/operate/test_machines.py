"""A cycle whose stages run on machines with homes of their own and one store: figures, files and returns are those of one machine."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines import cycle
from pipelines.archive.backup import back_up
from pipelines.archive.check import check_home
from pipelines.archive.fill import fill_store
from pipelines.archive.restore import restore
from pipelines.archive.retention import remove_old
from pipelines.archive.runs import fetch_run
from pipelines.archive.vault import Vault
from pipelines.ask.figures import ask_files, ask_metrics
from pipelines.ground.errors import NoticesError, StoreFault
from pipelines.ground.home import Home
from pipelines.ground.store import open_store
from pipelines.notice import Notice
from pipelines.returns.ledger import Ledger
from pipelines.returns.shared import find_return
from tests.operate.conftest import NOW, fill, put
from tests.stores import TestStore, make_store

pytestmark = pytest.mark.slow
LATER = NOW + timedelta(minutes=10)
CORRECTED = "2020-11-12,稿件,更正一篇,宣传活动,,1\n"


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.soak)])
def shared(request, tmp_path, monkeypatch) -> Callable[[], TestStore]:
    """Sets the store from then on."""
    return lambda: make_store(request.param, tmp_path / "shared", monkeypatch)


def add(notice: Notice, inbox: Path) -> None:
    put(notice, inbox, "教育厅收件/青岛市教育局/新到.csv", "2020-11-12T10:00:00", CORRECTED)


def said(home: Home, notice: Notice) -> list[Any]:
    """What people read: figures, the end of every file, and what went back."""
    found = [ask_metrics(home.published, notice.id, moment).rows for moment in (NOW, LATER)]
    files = ask_files(home.published, notice.id, home.masks).rows
    returns = sorted(
        (one.path, one.state, one.file) for one in Ledger(home.returns(notice.id)).returns.values()
    )
    return [*found, files, returns]


def spread(homes: list[Home], notice: Notice, inbox: Path, now: datetime) -> None:
    """Each stage on the next machine."""
    turn = [*homes, *homes, *homes]
    found = cycle.scan(turn[0], notice, "r", inbox, now)
    for number, batch in enumerate(found["batches"], 1):
        cycle.read(turn[number % len(turn)], notice, "r", batch)
    for number, stage in enumerate((cycle.check, cycle.load, cycle.publish), 2):
        stage(turn[number], notice, "r")
    cycle.returns(turn[5], notice, inbox)


def test_stages_on_two_machines_and_a_loader_that_is_gone(
    notice: Notice, tmp_path: Path, shared, monkeypatch
):
    monkeypatch.setenv("NOTICES_BATCH_FILES", "2")
    for name in ("alone", "together"):
        fill(notice, tmp_path / name)
    alone, inbox = Home(tmp_path / "home-alone"), tmp_path / "together"
    cycle.run(alone, notice, tmp_path / "alone", NOW)
    add(notice, tmp_path / "alone")
    cycle.run(alone, notice, tmp_path / "alone", LATER)
    wanted = said(alone, notice)
    assert wanted[3], "something went back"

    shared()
    first, second = Home(tmp_path / "a"), Home(tmp_path / "b")
    spread([first, second], notice, inbox, NOW)
    store = open_store()
    assert store
    assert store.names("runs") == []
    assert said(first, notice) == said(second, notice)
    shutil.rmtree(first.path)
    add(notice, inbox)
    third = Home(tmp_path / "c")
    cycle.run(third, notice, inbox, LATER)
    assert said(third, notice) == wanted
    assert said(second, notice) == wanted, "who only reads sees it too"
    for one in Ledger(second.returns(notice.id)).returns.values():
        files = [find_return(home.returns(notice.id), one.file).read_bytes() for home in (second, third)]
        assert files[0] == files[1]


def test_a_cut_between_any_two_stages_costs_that_stage_alone(notice: Notice, tmp_path: Path, shared):
    inbox, home = fill(notice, tmp_path / "inbox"), Home(tmp_path / "a")
    store = shared()
    steps: list[Callable[[], object]] = [
        lambda: cycle.scan(home, notice, "r", inbox, NOW),
        lambda: cycle.read(home, notice, "r", 0),
        lambda: cycle.check(home, notice, "r"),
        lambda: cycle.load(home, notice, "r"),
        lambda: cycle.publish(home, notice, "r"),
        lambda: cycle.returns(home, notice, inbox),
    ]
    for step in steps:
        with store.cut_off(), pytest.raises(StoreFault, match="与报送单位无关"):
            step()
        step()
    lone = Home(tmp_path / "lone")
    again = Home(tmp_path / "again")
    cycle.run(again, notice, inbox, NOW)
    assert said(again, notice) == said(home, notice)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NOTICES_STORE")
        cycle.run(lone, notice, inbox, NOW)
        wanted = said(lone, notice)
    assert said(home, notice)[:3] == wanted[:3]


def test_a_run_whose_files_are_gone_is_begun_anew(notice: Notice, tmp_path: Path, shared):
    shared()
    folder = Home(tmp_path / "a").run_folder(notice.id, "r")
    with pytest.raises(StoreFault, match=r"batch\.0\.json.*从头再做"):
        fetch_run(folder, ["batch.0.json"])


def test_a_machine_that_has_nothing_yet_checks_and_backs_up_all_of_it(
    notice: Notice, tmp_path: Path, shared, monkeypatch
):
    store = shared()
    cycle.run(Home(tmp_path / "a"), notice, fill(notice, tmp_path / "inbox"), NOW)
    other, vault = Home(tmp_path / "b"), Vault(str(tmp_path / "vault"))
    checked = check_home(other)
    assert checked.findings == []
    assert checked.receipts == 4
    assert checked.returns == 2
    back_up(other, vault, NOW)
    with pytest.raises(NoticesError, match="fill-store"):
        restore(Home(tmp_path / "c"), vault)

    gone = open_store()
    assert gone
    for name in gone.names("archive"):
        gone.remove(f"archive/{name}")
    monkeypatch.delenv("NOTICES_STORE")
    restore(Home(tmp_path / "c"), vault)
    monkeypatch.setenv("NOTICES_STORE", store.url)
    fill_store(Home(tmp_path / "c"), gone)
    assert check_home(Home(tmp_path / "d")).receipts == 4


def test_what_killed_runs_and_loaders_left_in_the_store_is_cleared_by_age(
    notice: Notice, tmp_path: Path, shared
):
    shared()
    home, store = Home(tmp_path / "a"), open_store()
    assert store
    cycle.run(home, notice, fill(notice, tmp_path / "inbox"), NOW)
    kept = store.names("handed")
    for name in ("handed/aa/left", "runs/n/dead/batch.0.json/hash", "runs/n/dead/scan.json/hash"):
        assert store.add(name, b"left")
    ages = store.ages("runs")
    assert remove_old(home, min(ages.values()) - 3600).count == 0, "it may be under way"
    assert remove_old(home, max(ages.values()) + 3600).count == 2
    assert (store.names("runs"), store.names("handed")) == ([], kept)
    cycle.run(Home(tmp_path / "b"), notice, tmp_path / "inbox", LATER)
