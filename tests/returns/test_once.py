"""Nothing is returned twice, nothing is lost, and a shared folder cannot lead a return astray."""

import os
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
from tests.read.habits.case import material, materials
from tests.read.habits.write import xlsx

NOTICE = "sd-vocational-week-2020"
UNIT = "教育厅收件/济南市教育局"
NOW = datetime(2020, 12, 1)


@pytest.fixture(scope="module")
def notice():
    return load_notice(NOTICE)


def sent(home: Home, *names: str, unit: str = UNIT) -> None:
    for name in names:
        target = home.inbox(NOTICE) / unit / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(xlsx(materials(material(type="新闻"))))


def placed(home: Home, unit: str = UNIT) -> dict[str, tuple[int, int]]:
    """Every file of the returned folder: its inode and its time."""
    folder = home.inbox(NOTICE) / unit / "退回"
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return {file.name: (file.stat().st_ino, file.stat().st_mtime_ns) for file in found}


def test_a_second_run_touches_nothing(notice, tmp_path):
    home = Home(tmp_path)
    sent(home, "甲.xlsx", "乙.xlsx")
    cycle.run(home, notice, now=NOW)
    before, ledger = placed(home), (home.returns(NOTICE) / "ledger.jsonl").read_bytes()
    assert len(before) == 2
    done = cycle.run(home, notice, now=NOW + timedelta(hours=1))
    assert (done["returned"], done["placed"]) == (0, 0)
    assert placed(home) == before
    assert (home.returns(NOTICE) / "ledger.jsonl").read_bytes() == ledger


def test_a_rebuild_returns_nothing_again(notice, tmp_path):
    home = Home(tmp_path)
    sent(home, "甲.xlsx")
    cycle.run(home, notice, now=NOW)
    before = placed(home)
    rebuild(home)
    assert write_returns(home, notice) == {"returned": 0, "placed": 0}
    assert placed(home) == before


@pytest.mark.parametrize("at", ["_write", "place_return", "note_placed"])
def test_a_run_that_dies_is_caught_up(notice, tmp_path, monkeypatch, at):
    """Killed before, between or after its side effects, the next run finishes with the same files."""
    home = Home(tmp_path)
    sent(home, "甲.xlsx", "乙.xlsx")
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
        cycle.run(home, notice, now=NOW)
    cycle.run(home, notice, now=NOW + timedelta(hours=1))
    assert died == [at]
    assert sorted(name.partition("_")[0] for name in placed(home)) == ["乙", "甲"]
    assert len(list_returns(home, notice)) == 2


def test_a_torn_line_of_the_ledger_is_as_if_it_were_not_there(notice, tmp_path):
    home = Home(tmp_path)
    sent(home, "甲.xlsx")
    cycle.run(home, notice, now=NOW)
    path = home.returns(NOTICE) / "ledger.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert write_returns(home, notice) == {"returned": 0, "placed": 1}
    assert path.read_bytes() == whole
    assert len(placed(home)) == 1


def test_two_files_of_one_name_get_two_returns(notice, tmp_path):
    home = Home(tmp_path)
    sent(home, "甲/日报.xlsx", "乙/日报.xlsx", "丙!丁/戊!日报.xlsx")
    cycle.run(home, notice, now=NOW)
    assert len(placed(home)) == 3
    assert len({one.file for one in list_returns(home, notice)}) == 3


def test_a_return_of_a_return_keeps_the_first_name(notice, tmp_path):
    home = Home(tmp_path)
    sent(home, "日报.xlsx")
    cycle.run(home, notice, now=NOW)
    (first,) = placed(home)
    sent(home, first)
    cycle.run(home, notice, now=NOW + timedelta(hours=1))
    assert all(name.count("退回意见") == 1 and name.startswith("日报_") for name in placed(home))
    assert len(placed(home)) == 2


def test_what_cannot_be_placed_now_is_placed_later(notice, tmp_path):
    home = Home(tmp_path)
    sent(home, "日报.xlsx")
    blocked = home.inbox(NOTICE) / UNIT / "退回"
    blocked.symlink_to(tmp_path / "nowhere")
    assert cycle.run(home, notice, now=NOW)["placed"] == 0
    assert len(list_returns(home, notice)) == 1
    blocked.unlink()
    assert cycle.run(home, notice, now=NOW + timedelta(hours=1))["placed"] == 1
    assert len(placed(home)) == 1


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


def test_a_file_in_no_units_folder_stays_in_the_home(notice, tmp_path):
    home = Home(tmp_path)
    sent(home, "无名.xlsx", unit="教育厅收件")
    cycle.run(home, notice, now=NOW)
    (one,) = list_returns(home, notice)
    assert (one.recipient_code, one.reason) == (None, "unknown_recipient")
    assert (home.returns(NOTICE) / one.file).is_file()
    assert not (home.inbox(NOTICE) / "教育厅收件" / "退回").exists()


def test_a_notice_may_place_none(notice, tmp_path):
    home = Home(tmp_path)
    sent(home, "日报.xlsx")
    quiet = tuple(
        one.model_copy(update={"place_returns": False}) if one.kind == "folder" else one
        for one in notice.sources
    )
    silent = notice.model_copy(update={"sources": quiet})
    cycle.run(home, silent, now=NOW)
    assert placed(home) == {}
    assert len(list_returns(home, silent)) == 1


def test_a_name_that_is_no_utf8_has_its_return_beside_it(notice, tmp_path):
    home = Home(tmp_path)
    folder = os.fsencode(home.inbox(NOTICE) / "教育厅收件") + b"/" + "济南市教育局".encode("gb18030")
    os.makedirs(folder)
    with open(folder + b"/" + "日报.xlsx".encode("gb18030"), "wb") as file:
        file.write(xlsx(materials(material(type="新闻"))))
    cycle.run(home, notice, now=NOW)
    returned = os.path.join(folder, "退回".encode())
    assert len(os.listdir(returned)) == 1
    (one,) = list_returns(home, notice)
    assert one.recipient_code == "EDU-3701"
    assert Path(one.file).name.startswith("日报_退回意见_")
