"""A name under which two files were assigned to one unit is worth knowing; a person is told which files it would settle."""

from datetime import datetime, timedelta

import pytest

from pipelines.cli.app import State
from pipelines.cli.decide import tell_lessons
from pipelines.decide.journal import write_decisions
from pipelines.decide.learning import Names, find_learnable
from pipelines.decide.record import Decision, Decisions
from pipelines.read.names import Roster
from tests.decide.inbox import NOBODY, NOW

JINAN, QINGDAO = "EDU-3701", "EDU-3702"
BOX = "教育厅收件"


def decision(kind, number, at=NOW, undoes=None, **subject):
    return Decision(
        "sd-vocational-week-2020", kind, subject, {}, "说明", "li", at, undoes, "", f"D{number:04d}"
    )


def assigned(*files, at=NOW):
    return [
        decision("assign", number, at, path=path, recipients=[unit])
        for number, (path, unit) in enumerate(files, 1)
    ]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"{BOX}/济职院/日报.csv", "济职院"),
        (f"{BOX}/03-【急】济职院（报送）/1109/日报.zip!日报.csv", "济职院"),
        (f"{BOX}/济职院日报1109.xlsx", "济职院"),
        (f"{BOX}/附件2：济职院-11月9日统计表.xlsx", "济职院-11月9日"),
        (f"{BOX}/日报.xlsx", ""),
        (f"{BOX}/照片.jpg", ""),
        ("表单导出/导出.xlsx#3", ""),
        ("别处/济职院/日报.xlsx", ""),
    ],
    ids=["folder", "decorated folder", "beginning of the name", "with a day", "no name", "no word", "answer", "no source"],
)  # fmt: skip
def test_the_name_is_what_the_file_lay_under(notice, path, name):
    assert Names(notice, Roster(notice)).of(path) == name


TWO = (f"{BOX}/济职院/a.csv", JINAN), (f"{BOX}/济职院/b.csv", JINAN)


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (assigned(*TWO), ["济职院"]),
        (assigned(TWO[0]), []),
        (assigned(TWO[0], TWO[0]), []),
        (assigned(TWO[0], (f"{BOX}/济职院/b.csv", QINGDAO)), []),
        (assigned(*TWO, (f"{BOX}/济职院/c.csv", QINGDAO)), []),
        (assigned((f"{BOX}/济南市教育局/a.csv", JINAN), (f"{BOX}/济南市教育局/b.csv", JINAN)), []),
        ([*assigned(*TWO), decision("undo", 3, undoes="D0002")], []),
        ([*assigned(*TWO), decision("know_as", 3, alias="济职院", recipients=[JINAN])], []),
        (assigned(*TWO, at=NOW + timedelta(hours=1)), []),
    ],
    ids=["twice", "once", "one file twice", "two units", "a third unit", "a name of the roster", "undone", "known", "later"],
)  # fmt: skip
def test_two_files_under_one_name_make_it_worth_knowing(notice, made, names):
    found = find_learnable(notice, Decisions.of(made), NOW, [])
    assert [one.alias for one in found] == names


def test_it_tells_which_other_files_the_name_would_settle(notice):
    others = [f"{BOX}/济职院/c.csv", f"{BOX}/济职院日报.xlsx", f"{BOX}/别的/a.csv"]
    (found,) = find_learnable(notice, Decisions.of(assigned(*TWO)), NOW, others)
    assert (found.recipient, found.others) == (JINAN, tuple(others[:2]))
    assert "D0001、D0002" in found.sentence
    assert "2 个文件" in found.sentence


def test_the_command_line_offers_it_after_an_assignment(notice, home, monkeypatch, capsys):
    monkeypatch.setattr(State, "home", home)
    with write_decisions(home, notice.id) as journal:
        for number in range(2):
            journal.keep(decision("assign", 0, path=f"{BOX}/无名/{number}.csv", recipients=[QINGDAO]))
    tell_lessons(notice, datetime(2020, 11, 14))
    said = capsys.readouterr().out
    assert NOBODY in said
    assert f"know_as --alias '无名' --recipient {QINGDAO}" in said
