"""Nothing is returned twice, nothing is lost, and a shared folder cannot lead a return astray."""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.rebuild import rebuild
from pipelines.returns import write
from pipelines.returns.ledger import Ledger
from pipelines.returns.place import place_return
from pipelines.returns.write import list_returns, write_returns
from tests.conftest import MakeOnce
from tests.read.habits.case import material, materials
from tests.read.habits.write import xlsx

NOTICE = "sd-vocational-week-2020"
UNIT, OTHER = "教育厅收件/济南市教育局", "教育厅收件/青岛市教育局"
ABROAD = os.fsencode("教育厅收件/") + "淄博市教育局".encode("gb18030")
"""A unit's folder as a machine with other habits wrote its name."""
NOW = datetime(2020, 12, 1)


@pytest.fixture(scope="module")
def notice():
    return load_notice(NOTICE)


def faulty() -> bytes:
    return xlsx(materials(material(type="新闻")))


def sent(home: Home, *names: str, unit: str = UNIT) -> None:
    for name in names:
        target = home.inbox(NOTICE) / unit / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(faulty())


@pytest.fixture(scope="module")
def loaded(notice, make_once: MakeOnce) -> Path:
    """A home in which everything that goes back is published, and nothing went back yet; nobody writes to it."""

    def run(folder: Path) -> None:
        home = Home(folder / "home")
        sent(home, "甲.xlsx", "乙.xlsx")
        sent(home, "甲/日报.xlsx", "乙/日报.xlsx", "丙!丁/戊!日报.xlsx", unit=OTHER)
        sent(home, "无名.xlsx", unit="教育厅收件")
        abroad = os.path.join(os.fsencode(home.inbox(NOTICE)), ABROAD)
        os.makedirs(abroad)
        Path(os.fsdecode(abroad), os.fsdecode("日报.xlsx".encode("gb18030"))).write_bytes(faulty())
        for batch in cycle.scan(home, notice, "r", now=NOW)["batches"]:
            cycle.read(home, notice, "r", batch)
        for stage in (cycle.check, cycle.load, cycle.publish):
            stage(home, notice, "r")

    return make_once("to-return", run) / "home"


@pytest.fixture
def home(loaded: Path, tmp_path: Path) -> Home:
    shutil.copytree(loaded, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture
def returned(home: Home, notice) -> Home:
    """The same after its first returns."""
    assert cycle.returns(home, notice) == {"returned": 7, "placed": 6}
    return home


def placed(home: Home, unit: str = UNIT) -> dict[str, tuple[int, int]]:
    """Every file of the returned folder: its inode and its time."""
    folder = home.inbox(NOTICE) / unit / "退回"
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return {file.name: (file.stat().st_ino, file.stat().st_mtime_ns) for file in found}


def test_a_second_run_touches_nothing(notice, returned):
    before, ledger = placed(returned), (returned.returns(NOTICE) / "ledger.jsonl").read_bytes()
    assert len(before) == 2
    done = cycle.run(returned, notice, now=NOW + timedelta(hours=1))
    assert (done["new"], done["returned"], done["placed"]) == (0, 0, 0)
    assert placed(returned) == before
    assert (returned.returns(NOTICE) / "ledger.jsonl").read_bytes() == ledger


def test_a_rebuild_returns_nothing_again(notice, returned):
    before = placed(returned)
    assert len(before) == 2
    rebuild(returned)
    assert write_returns(returned, notice) == {"returned": 0, "placed": 0}
    assert placed(returned) == before


@pytest.mark.parametrize("at", ["_write", "place_return", "note_placed"])
def test_a_run_that_dies_is_caught_up(notice, home, monkeypatch, at):
    """Killed before, between or after its side effects, the next run finishes with the same files."""
    died = []

    def die(real):
        def once(*arguments):
            if not died:
                died.append(at)
                if at == "place_return":
                    real(*arguments)
                raise KeyboardInterrupt
            return real(*arguments)

        return once

    owner = Ledger if at == "note_placed" else write
    monkeypatch.setattr(owner, at, die(getattr(owner, at)))
    with pytest.raises(KeyboardInterrupt):
        cycle.returns(home, notice)
    cycle.run(home, notice, now=NOW + timedelta(hours=1))
    assert died == [at]
    assert sorted(name.partition("_")[0] for name in placed(home)) == ["乙", "甲"]
    assert len(placed(home, OTHER)) == 3
    assert len(list_returns(home, notice)) == 7


def test_a_torn_line_of_the_ledger_is_as_if_it_were_not_there(notice, returned):
    path = returned.returns(NOTICE) / "ledger.jsonl"
    whole, before = path.read_bytes(), [placed(returned, unit) for unit in (UNIT, OTHER)]
    path.write_bytes(whole[:-20])
    last = write_returns(returned, notice)
    assert last["returned"] == 0
    assert last["placed"] >= 1
    assert path.read_bytes() == whole
    assert [list(placed(returned, unit)) for unit in (UNIT, OTHER)] == [list(one) for one in before]


def test_two_files_of_one_name_get_two_returns(notice, returned):
    assert len(placed(returned, OTHER)) == 3
    files = [one.file for one in list_returns(returned, notice) if one.path.startswith(OTHER)]
    assert len(set(files)) == len(files) == 3


def test_a_return_of_a_return_keeps_the_first_name(notice, returned):
    first = next(name for name in placed(returned) if name.startswith("甲"))
    sent(returned, first)
    cycle.run(returned, notice, now=NOW + timedelta(hours=1))
    ours = [name for name in placed(returned) if not name.startswith("乙")]
    assert all(name.count("退回意见") == 1 and name.startswith("甲_") for name in ours)
    assert len(ours) == 2


def test_what_cannot_be_placed_now_is_placed_later(notice, home, tmp_path):
    blocked = home.inbox(NOTICE) / UNIT / "退回"
    blocked.symlink_to(tmp_path / "nowhere")
    assert cycle.returns(home, notice) == {"returned": 7, "placed": 4}
    assert len(list_returns(home, notice)) == 7
    blocked.unlink()
    assert cycle.run(home, notice, now=NOW + timedelta(hours=1))["placed"] == 2
    assert len(placed(home)) == 2


@pytest.mark.parametrize("link", ["退回", "unit"])
def test_a_link_leads_a_return_nowhere(tmp_path, link):
    outside, inbox = tmp_path / "outside", tmp_path / "inbox"
    outside.mkdir()
    (inbox / "来源").mkdir(parents=True)
    unit = inbox / "来源" / "单位"
    if link == "unit":
        unit.symlink_to(outside)
    else:
        unit.mkdir()
        (unit / "退回").symlink_to(outside)
    assert place_return(inbox, "来源/单位", "退回", "a.xlsx", b"x") is None
    assert list(outside.iterdir()) == []


def test_a_link_in_the_place_of_a_return_is_replaced_not_followed(tmp_path):
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    folder = tmp_path / "来源" / "单位" / "退回"
    folder.mkdir(parents=True)
    (folder / "a.xlsx").symlink_to(precious)
    assert place_return(tmp_path, "来源/单位", "退回", "a.xlsx", b"x") == "来源/单位/退回/a.xlsx"
    assert precious.read_bytes() == b"mine"
    assert (folder / "a.xlsx").read_bytes() == b"x"


def test_a_file_in_no_units_folder_stays_in_the_home(notice, returned):
    (one,) = [one for one in list_returns(returned, notice) if one.recipient_code is None]
    assert one.reason == "unknown_recipient"
    assert (returned.returns(NOTICE) / one.file).is_file()
    assert not (returned.inbox(NOTICE) / "教育厅收件" / "退回").exists()


def test_a_notice_may_place_none(notice, home):
    quiet = tuple(
        one.model_copy(update={"place_returns": False}) if one.kind == "folder" else one
        for one in notice.sources
    )
    silent = notice.model_copy(update={"sources": quiet})
    assert cycle.returns(home, silent) == {"returned": 7, "placed": 0}
    assert list(home.inbox(NOTICE).rglob("退回")) == []
    assert len(list_returns(home, silent)) == 7


def test_a_name_that_is_no_utf8_has_its_return_beside_it(notice, returned):
    folder = os.path.join(os.fsencode(returned.inbox(NOTICE)), ABROAD, "退回".encode())
    assert len(os.listdir(folder)) == 1
    (one,) = [one for one in list_returns(returned, notice) if one.recipient_code == "EDU-3703"]
    assert Path(one.file).name.startswith("日报_退回意见_")
