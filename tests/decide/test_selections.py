"""Decisions to select or to decline a row: what is chosen as of any moment, and what makes it chosen no more."""

import os
from datetime import datetime, timedelta
from zipfile import ZipFile

import pytest

from pipelines import cycle
from pipelines.archive.store import Archive
from pipelines.decide.given import Asked, Given, RefusedError
from pipelines.decide.journal import read_decisions
from pipelines.decide.take import decide
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.rebuild import rebuild
from pipelines.select.chosen import read_chosen
from pipelines.select.originals import clean_name, original_bytes
from pipelines.warehouse.files import open_file
from pipelines.warehouse.snapshot import open_snapshot
from tests.decide.inbox import FAULTY, FILES, HEADERS, JINAN, NOBODY, NOW

HOUR = timedelta(hours=1)
LATER = NOW + HOUR
QINGDAO = "人社厅收件/青岛市人力资源和社会保障局/日报.csv"
ROW = {"path": JINAN, "row": 2}


@pytest.fixture
def choose(home, notice):
    """Selects or declines a row, by somebody."""

    def run(kind, at=LATER, by="wang", of=notice, reason="生动", **given):
        asked = Asked(kind, reason, by, at)
        return decide(home, of, asked, Given(**{**ROW, **given})).decision

    return run


@pytest.fixture
def told(home, notice):
    """Title -> state, as of a moment."""

    def ask(at):
        with open_snapshot(home.published) as snapshot:
            query = "SELECT title, state FROM marts.selections_as_of($1, $2)"
            return dict(snapshot.execute(query, [notice.id, at]).fetchall())

    return ask


def put(notice, home, name, rows, at):
    path = home.inbox(notice.id) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(rows, str):
        path.write_text(HEADERS + rows, "utf-8")
    else:
        path.write_bytes(rows)
    stamp = at.replace(tzinfo=notice.zone).timestamp()
    os.utime(path, (stamp, stamp))


def test_a_selected_row_is_chosen_from_the_decision_on_and_moves_no_figure(
    choose, told, metrics, home, notice
):
    before = metrics(LATER)
    choose("select")
    assert told(NOW) == {}
    assert told(LATER) == {"开幕式": "selected"}
    assert metrics(LATER) == before
    (one,) = read_chosen(home, notice, LATER)
    assert (one.recipient, one.city, one.line) == ("济南市教育局", "济南市", "education")
    assert (one.title, one.category_code, one.is_publishable) == ("开幕式", "publicity", False)
    assert (one.path, one.row_number, one.decided_by, one.reason) == (JINAN, 2, "wang", "生动")
    assert (one.first_selected_at, str(one.received_at)) == (LATER, FILES[JINAN][0].replace("T", " "))
    assert [file.name for file in one.originals] == ["日报.csv"]
    assert read_chosen(home, notice, LATER, publishable=True) == ()


def test_an_undone_choice_ends_and_one_declined_later_is_not_chosen(choose, told, take, at_once):
    with at_once():
        first = choose("select")
        take("undo", LATER + HOUR, subject=first.id)
        again = choose("select", LATER + 2 * HOUR)
        choose("decline", LATER + 3 * HOUR, by="li", reason="重复")
    assert [told(LATER + hours * HOUR) for hours in range(4)] == [
        {"开幕式": "selected"},
        {},
        {"开幕式": "selected"},
        {"开幕式": "declined"},
    ]
    take("undo", LATER + 4 * HOUR, subject=again.id)
    assert told(LATER + 4 * HOUR) == {"开幕式": "declined"}


def test_publishable_is_said_by_whoever_looked(choose, home, notice, take, at_once):
    with at_once():
        choose("select")
        cleared = choose("select", LATER + HOUR, publishable=True)
        take("undo", LATER + 2 * HOUR, subject=cleared.id)
    assert [one.is_publishable for one in read_chosen(home, notice, LATER + HOUR, publishable=True)] == [True]
    assert [one.is_publishable for one in read_chosen(home, notice, LATER + 2 * HOUR)] == [False]


def test_a_changed_row_is_chosen_no_more_and_the_same_row_sent_again_stays(
    choose, told, home, notice, at_once
):
    with at_once():
        choose("select")
        choose("select", path=QINGDAO)
    (item,) = [one.item_id for one in read_chosen(home, notice, LATER) if one.title == "开幕式"]
    whole = "11月9日,稿件,开幕式,宣传活动,300,\n11月12日,稿件,座谈会,宣传活动,30,\n"
    put(notice, home, "教育厅收件/济南市教育局/日报三.csv", whole, LATER + HOUR)
    put(notice, home, QINGDAO, "11月11日,视频,短片,宣传活动,2000,\n", LATER + HOUR)
    cycle.run(home, notice, now=LATER + 2 * HOUR)
    assert told(LATER) == {"开幕式": "selected", "短片": "selected"}
    assert told(LATER + 2 * HOUR) == {"开幕式": "selected", "短片": "corrected"}
    assert [one.item_id for one in read_chosen(home, notice, LATER + 2 * HOUR)] == [item]
    choose("select", LATER + 3 * HOUR, path=QINGDAO)
    assert told(LATER + 3 * HOUR)["短片"] == "selected", "the corrected row is a candidate like any other"


def test_a_withdrawn_row_is_chosen_no_more_until_that_is_undone(choose, told, take, home, notice, at_once):
    with at_once():
        choose("select")
        gone = take("withdraw", LATER + HOUR, path=JINAN).decision
    assert told(LATER + HOUR) == {"开幕式": "withdrawn"}
    assert read_chosen(home, notice, LATER + HOUR) == ()
    take("undo", LATER + 2 * HOUR, subject=gone.id)
    assert told(LATER + 2 * HOUR) == {"开幕式": "selected"}


def test_a_row_deleted_in_a_new_version_is_withdrawn(choose, told, home, notice):
    choose("select")
    put(notice, home, JINAN, "11月9日,稿件,闭幕式,宣传活动,300,\n", LATER + HOUR)
    cycle.run(home, notice, now=LATER + 2 * HOUR)
    assert told(LATER + 2 * HOUR) == {"开幕式": "withdrawn"}


def test_another_line_recommends_and_the_selecting_line_decides(choose, told, home, notice, at_once):
    with at_once():
        choose("select", by="hr", path=QINGDAO, for_line="human_resources")
        choose("select", LATER + HOUR, path=QINGDAO)
        choose("decline", LATER + 2 * HOUR, by="hr", path=QINGDAO, for_line="human_resources")
    assert told(LATER) == {"短片": "recommended"}
    assert read_chosen(home, notice, LATER) == ()
    assert told(LATER + HOUR) == told(LATER + 2 * HOUR) == {"短片": "selected"}
    with open_snapshot(home.published) as snapshot:
        query = "SELECT recommended_by FROM marts.selections_as_of($1, $2)"
        said = [snapshot.execute(query, [notice.id, LATER + hours * HOUR]).fetchall() for hours in range(3)]
    assert said == [[("省人力资源社会保障厅",)], [("省人力资源社会保障厅",)], [(None,)]]


def test_where_a_second_opinion_is_asked_one_is_not_enough(choose, told, take, home, at_once):
    with open_file(home.warehouse) as warehouse:
        warehouse.execute("UPDATE core.notices SET is_second_opinion_asked = true")
    with at_once():
        choose("select")
        second = choose("select", LATER + HOUR, by="li")
        choose("select", LATER + 2 * HOUR, by="li", publishable=True)
        take("undo", LATER + 3 * HOUR, subject=second.id)
        choose("decline", LATER + 4 * HOUR, by="zhao")
        choose("select", LATER + 5 * HOUR, by="wang")
    assert [told(LATER + hours * HOUR)["开幕式"] for hours in range(2)] == ["proposed", "selected"]
    assert told(LATER + 3 * HOUR) == {"开幕式": "selected"}, "another decision of the same person still holds"
    assert told(LATER + 5 * HOUR) == {"开幕式": "proposed"}, (
        "what was said before it was declined counts no more"
    )


def test_a_rebuild_tells_the_same(choose, home, at_once):
    with at_once():
        choose("select", publishable=True)
        choose("decline", LATER + HOUR, path=QINGDAO)
    query = "SELECT * FROM marts.selections"

    def ask():
        with open_snapshot(home.published) as snapshot:
            return snapshot.execute(query).fetchall()

    before = ask()
    assert len(before) == 2
    rebuild(home)
    assert ask() == before


def test_an_item_is_named_by_its_id_as_well(choose, home, notice):
    with open_snapshot(home.published) as snapshot:
        query = "SELECT item_id FROM marts.materials_as_of($1, $2) WHERE title = '短片'"
        ((item,),) = snapshot.execute(query, [notice.id, NOW]).fetchall()
    choose("select", path=None, row=None, item=item)
    assert [(one.item_id, one.path) for one in read_chosen(home, notice, LATER)] == [(item, QINGDAO)]


REFUSED = {
    "a_row_that_is_none": ({"row": 9}, "没有算数的行"),
    "several_rows": ({"path": FAULTY, "row": None}, None),
    "a_rejected_row": ({"path": FAULTY, "row": 3}, "没有算数的行"),
    "an_unknown_item": ({"path": None, "row": None, "item": "0" * 32}, "没有有效行"),
    "an_item_and_a_file": ({"item": "0" * 32}, "不用再写文件"),
    "an_unknown_line": ({"for_line": "nobody"}, "没有条线 nobody"),
    "a_file_of_nobody": ({"path": NOBODY}, "没有算数的行"),
}


@pytest.mark.parametrize(("given", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_chosen_is_refused_with_a_sentence(choose, home, notice, given, said):
    if said is None:
        choose("select", **given)
        assert [one.title for one in read_chosen(home, notice, LATER)] == ["合影"], (
            "the one valid row of the file"
        )
        return
    with pytest.raises(RefusedError, match=said):
        choose("select", **given)
    assert read_decisions(home, notice.id).all == ()


def test_the_same_word_is_not_kept_twice_and_a_notice_without_selection_takes_none(
    choose, home, notice, at_once
):
    choose("select")
    with pytest.raises(RefusedError, match="已作过同样的决定"):
        choose("select", LATER + HOUR)
    with pytest.raises(RefusedError, match="不遴选"):
        choose("select", of=notice.model_copy(update={"selection": None}))
    with at_once():
        choose("decline", LATER + 2 * HOUR, by="li")
        choose("select", LATER + 3 * HOUR)
    assert len(read_decisions(home, notice.id).all) == 3


def test_pictures_that_bear_the_title_come_with_it_also_out_of_archives(choose, home, notice, tmp_path):
    picture, packed = b"\xff\xd8\xff\xe0 one", tmp_path / "a.zip"
    with ZipFile(packed, "w") as archive:
        archive.writestr("图/开幕式现场?.jpg", b"\xff\xd8\xff\xe0 two")
    folder = "教育厅收件/济南市教育局"
    put(notice, home, f"{folder}/开幕式1.jpg", picture, NOW)
    put(notice, home, f"{folder}/照片.zip", packed.read_bytes(), NOW)
    put(notice, home, f"{folder}/别的.jpg", b"\xff\xd8\xff\xe0 three", NOW)
    cycle.run(home, notice, now=LATER)
    choose("select", LATER + HOUR)
    (one,) = read_chosen(home, notice, LATER + HOUR)
    assert [(file.name, file.media) for file in one.originals] == [
        ("日报.csv", "workbook"),
        ("开幕式1.jpg", "picture"),
        ("开幕式现场_.jpg", "picture"),
    ]
    archive = Archive(home.archive)
    assert [original_bytes(archive, file)[-3:] for file in one.originals[1:]] == [b"one", b"two"]


def test_without_a_snapshot_there_is_nothing_to_read(tmp_path, notice):
    with pytest.raises(NoticesError, match="还没有数据"):
        read_chosen(Home(tmp_path), notice, datetime(2020, 11, 13))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/b/照片.jpg", "照片.jpg"),
        ("a/b.zip!图\\照片:1.jpg", "照片_1.jpg"),
        ("a/..", "未命名"),
        ("长" * 200 + ".jpg", "长" * 120 + ".jpg"),
    ],
    ids=["plain", "member", "dots", "long"],
)
def test_names_are_cleaned(path, name):
    assert clean_name(path) == name
