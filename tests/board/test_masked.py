"""What is masked in the snapshot is shown as it was written to data staff, and short to whoever may only look."""

import re
import shutil

import pytest
from lxml import html

from pipelines import cycle
from pipelines.board.pages import render
from pipelines.decide.journal import read_decisions
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.warehouse.masker import TOKEN
from pipelines.warehouse.masks import Masks
from tests.board.conftest import NOW
from tests.board.working_day import put

BOARD = "/board/n/collect__sd-vocational-week-2020/"
PHONE = "13812345678"
NOBODYS = f"教育厅收件/某校{PHONE}/日报.csv"
JINAN = f"教育厅收件/济南市教育局/日报{PHONE}.csv"


@pytest.fixture(scope="module")
def phoned(notice: Notice, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a telephone number in a folder, a file's name and a title; nobody writes to it."""
    home = Home(tmp_path_factory.mktemp("phoned") / "home")
    rows = f"11月9日,稿件,开幕请联系{PHONE},宣传活动,30,\n"
    put(notice, home, [(NOBODYS, rows), (JINAN, rows)], NOW)
    cycle.run(home, notice, now=NOW)
    return home


@pytest.fixture
def own(phoned: Home, home: Home) -> Home:
    """A copy in which something can be decided."""
    shutil.copytree(phoned.path, home.path)
    return home


def places_of(client):
    """The desk, a unit's page, and a file's."""
    unit = client.get(BOARD + "unit?unit=EDU-3701")
    (file,) = html.fromstring(unit.text).xpath("//main//a[starts-with(@href, 'file?')]/@href")
    return [client.get(BOARD + "desk"), unit, client.get(BOARD + file)]


def test_data_staff_see_what_was_written_and_links_do_not_tell_it(asks, phoned):
    for answer in places_of(asks("operator", at=phoned)):
        assert PHONE in answer.text
        assert not TOKEN.search(answer.text)
        assert not any(PHONE in link for link in html.fromstring(answer.text).xpath("//@href"))


def test_viewers_see_a_short_word(asks, phoned):
    for answer in places_of(asks("viewer", at=phoned)):
        assert PHONE not in answer.text
        assert not TOKEN.search(answer.text)
        assert re.search("〔电话 [0-9a-f]{4}〕", answer.text)


def test_whoever_sees_one_city_sees_a_short_word_whatever_else_they_may(asks, phoned):
    desk, *pages = places_of(asks("operator", at=phoned, cities="370100"))
    for answer in (desk, *pages):
        assert answer.status_code == 200
        assert PHONE not in answer.text
        assert not TOKEN.search(answer.text)
    assert all(re.search("〔电话 [0-9a-f]{4}〕", answer.text) for answer in pages)


@pytest.mark.parametrize("word", ["认领", "认得此名", "已处理"])
def test_a_decision_from_the_desk_is_about_what_was_received(asks, own, word):
    client = asks("operator", at=own)
    (form,) = html.fromstring(client.get(BOARD + "desk").text).xpath(f"//td/a[text()='{word}']/@href")
    page = html.fromstring(client.get(BOARD + form).text)
    written = {
        one.get("name"): one.get("value") for one in page.xpath("//form//input[@name][not(@type='file')]")
    }
    said = {"recipients": "EDU-3702", "reason": "电话核实", "step": "keep"}
    fields = {
        name: written.get(name, "") for name in ("token", "kind_of_decision", "path", "alias", "subject")
    }
    answer = client.post(BOARD + "decide", data=fields | said)
    assert answer.status_code == 303, html.fromstring(answer.text).xpath("string(//main)")
    (decision,) = read_decisions(own, "sd-vocational-week-2020").all
    assert PHONE in str(decision.subject) or decision.kind == "settle"
    assert "没有等着人办的事" in client.get(BOARD + "desk").text


def test_what_a_token_stands_for_is_escaped_and_an_unknown_one_is_short(tmp_path):
    masks = Masks(tmp_path / "masks.sqlite")
    masker = masks.masker()
    masker.found["〔姓名" + "a" * 12 + "〕"] = "<b>"
    masks.keep(masker)
    sentence = "〔姓名" + "a" * 12 + "〕〔邮箱" + "b" * 12 + "〕"
    assert "&lt;b&gt;〔邮箱 bbbb〕" in render("fault.html", masks, sentence=sentence)[0]
    assert "〔姓名 aaaa〕〔邮箱 bbbb〕" in render("fault.html", sentence=sentence)[0]
