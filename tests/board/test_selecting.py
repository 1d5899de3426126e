"""遴选 on the page: the evening's list with what belongs to it, one click that decides once, and only for who may."""

import os
import shutil
from datetime import datetime, timedelta

import pytest
from lxml import html

from pipelines import cycle
from pipelines.board.access import make_token
from pipelines.decide.given import Asked, Given
from pipelines.decide.journal import read_decisions
from pipelines.decide.take import decide
from pipelines.ground.home import Home
from pipelines.select.chosen import read_chosen
from pipelines.select.evening import make_evening, read_evenings
from tests.board.conftest import HEADERS, LOGINS, NOW
from tests.select.pictures import paint, save

NOTICE = "sd-vocational-week-2020"
PAGE = f"/board/n/select__{NOTICE}/select"
DESK = f"/board/n/select__{NOTICE}/desk"
EVENING = datetime(2020, 11, 13, 20, 30)
LATER = EVENING + timedelta(hours=1)
JINAN, HR = "教育厅收件/济南市教育局", "人社厅收件/青岛市人力资源和社会保障局"
MARKUP = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture(scope="module")
def evening(shown, notice, tmp_path_factory) -> Home:
    """A home after the shortlist of the 13th was made; nobody writes to it."""
    home = Home(tmp_path_factory.mktemp("evening") / "home")
    shutil.copytree(shown.path, home.path)
    put(
        notice,
        home,
        f"{JINAN}/13日.csv",
        HEADERS
        + "11月13日,照片,航海体验<b>,主题推介,80,javascript:alert(1)\n11月13日,照片,航海体验,主题推介,80,https://a.example.org/\n",
    )
    put(notice, home, f"{HR}/13日.csv", HEADERS + "11月13日,视频,焊接比武,宣传活动,9,\n")
    put(notice, home, f"{JINAN}/航海体验.png", save(paint(1), "PNG"))
    put(notice, home, f"{JINAN}/航海体验2.svg", MARKUP.encode())
    cycle.run(home, notice, now=EVENING)
    make_evening(home, notice, EVENING, EVENING)
    return home


@pytest.fixture
def own(evening, tmp_path) -> Home:
    """A copy of it, to decide in."""
    shutil.copytree(evening.path, tmp_path / "own")
    return Home(tmp_path / "own")


def put(notice, home, name, content):
    path = home.inbox(notice.id) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    stamp = (NOW + timedelta(hours=2)).replace(tzinfo=notice.zone).timestamp()
    os.utime(path, (stamp, stamp))


def item_of(home, title):
    (evening,) = read_evenings(home, NOTICE).values()
    return next(one["item_id"] for one in evening.rows if one["title"] == title)


def form_of(client, item, address=PAGE):
    page = html.fromstring(client.get(address).text)
    form = page.xpath(f"//article[@id='i{item}']/form")[0]
    return dict(form.form_values()) | {"reason": "生动"}


def test_the_page_shows_each_item_with_small_pictures_scores_and_why(asks, evening):
    page = html.fromstring(asks("operator", at=evening, now=LATER).get(PAGE).text)
    card = page.xpath(f"//article[@id='i{item_of(evening, '航海体验')}']")[0]
    pictures = card.xpath(".//img/@src")
    assert [one.split(",")[0] for one in pictures] == ["data:image/jpeg;base64"], "the drawing is not shown"
    text = card.text_content()
    for said in ("济南市教育局", "填全 0", "图片视频 2", "得 ", "参与 80 人", "主题推介", "航海体验2.svg"):
        assert said in text
    assert not page.xpath("//svg|//script[contains(., 'alert')]|//a[starts-with(@href, 'javascript')]")


def test_one_click_selects_once_and_another_undoes_it(asks, own, notice):
    client = asks("operator", at=own, now=LATER)
    item = item_of(own, "航海体验")
    form = form_of(client, item)
    assert client.post(PAGE, data=form | {"kind_of_decision": "select"}).status_code == 303
    assert client.post(PAGE, data=form | {"kind_of_decision": "select"}).status_code == 303
    (chosen,) = read_chosen(own, notice, LATER)
    assert (chosen.item_id, chosen.decided_by, chosen.reason, chosen.is_publishable) == (
        item,
        "li",
        "生动",
        False,
    )
    assert len(read_decisions(own, NOTICE).all) == 1, "a double click decides once"
    page = html.fromstring(client.get(PAGE).text)
    card = page.xpath(f"//article[@id='i{item}']")[0]
    assert "入选" in card.xpath(".//h3")[0].text_content()
    undo = dict(card.xpath("./form")[1].form_values()) | {"reason": "再议", "kind_of_decision": "undo"}
    assert client.post(PAGE, data=undo).status_code == 303
    assert read_chosen(own, notice, LATER) == ()


def test_the_box_is_what_clears_an_item_for_the_public_and_another_line_recommends(asks, own, notice):
    client = asks("operator", at=own, now=LATER)
    first, second = item_of(own, "航海体验"), item_of(own, "焊接比武")
    client.post(PAGE, data=form_of(client, first) | {"kind_of_decision": "select", "publishable": "yes"})
    assert [one.item_id for one in read_chosen(own, notice, LATER, publishable=True)] == [first]
    hr = f"{PAGE}?line=human_resources"
    client.post(PAGE, data=form_of(client, second, hr) | {"kind_of_decision": "select"})
    assert [one.item_id for one in read_chosen(own, notice, LATER)] == [first]
    card = html.fromstring(client.get(PAGE).text).xpath(f"//article[@id='i{second}']")[0]
    assert "条线推荐" in card.text_content()


def test_a_refusal_is_said_on_the_page(asks, own):
    client = asks("operator", at=own, now=LATER)
    form = form_of(client, item_of(own, "航海体验")) | {"kind_of_decision": "select", "reason": " "}
    answer = client.post(PAGE, data=form | {"for_line": "human_resources"})
    assert (answer.status_code, "没有写理由" in answer.text) == (200, True)
    page = html.fromstring(answer.text)
    assert page.xpath("//nav//a[@aria-current='page']/text()") == ["11月13日"]
    assert page.xpath("//main//b/text()")[1] == "省人力资源社会保障厅", (
        "on the day and for the line of the form"
    )
    assert read_decisions(own, NOTICE).all == ()


@pytest.mark.parametrize(
    ("role", "token", "status"),
    [("", "own", 401), ("viewer", "own", 403), ("operator", "", 403), ("operator", "another's", 403)],
    ids=["nobody", "viewer", "no token", "another's token"],
)
def test_a_post_from_who_may_not_or_from_elsewhere_chooses_nothing(asks, evening, role, token, status):
    made = {
        "own": make_token("for tests", LOGINS.get(role, ""), NOTICE),
        "another's": make_token("for tests", "somebody", NOTICE),
    }.get(token, token)
    data = {"token": made, "kind_of_decision": "select", "item": item_of(evening, "航海体验"), "reason": "好"}
    assert asks(role, at=evening, now=LATER).post(PAGE, data=data).status_code == status
    assert read_decisions(evening, NOTICE).all == ()


def test_viewers_do_not_see_it_and_other_kinds_are_not_taken_here(asks, evening):
    assert asks("viewer", at=evening, now=LATER).get(PAGE).status_code == 403
    assert ">遴选<" not in asks("viewer", at=evening, now=LATER).get(DESK).text.partition("<main")[0]
    data = {"token": make_token("for tests", "li", NOTICE), "kind_of_decision": "withdraw", "reason": "好"}
    assert asks("operator", at=evening, now=LATER).post(PAGE, data=data).status_code == 404


def test_an_editor_selects_and_does_nothing_else(asks, own, notice):
    client, item = asks("editor", at=own, now=LATER), item_of(own, "航海体验")
    decide(
        own, notice, Asked("waive", "停电", "li", LATER), Given(recipients=("EDU-3701",), deliverable="plan")
    )
    assert ">遴选<" in client.get(DESK).text
    page = client.get(PAGE)
    assert page.status_code == 200
    assert not html.fromstring(page.text).xpath(
        "//a[contains(@href, 'decide?') or contains(@href, 'sheet?')]"
    )
    assert client.post(PAGE, data=form_of(client, item) | {"kind_of_decision": "select"}).status_code == 303
    data = {"token": make_token("for tests", "zhao", NOTICE), "reason": "好"}
    undo = client.post(PAGE, data=data | {"kind_of_decision": "undo", "subject": "D0001"})
    assert (undo.status_code, "只取消入选和不选" in undo.text) == (403, True)
    for place in ("decide?kind_of_decision=waive", "sheet?id=x", "return?id=x", "scan?id=D0001"):
        assert client.get(f"/board/n/select__{NOTICE}/{place}").status_code == 403, place
    assert len(read_decisions(own, NOTICE).all) == 2


def test_a_notice_that_does_not_select_has_no_page(asks, evening):
    other = PAGE.replace(NOTICE, "hl-influenza-2024")
    assert asks("operator", at=evening, now=LATER).get(other).status_code == 404


def test_the_desk_leads_to_the_list_until_all_on_it_is_decided(asks, own, notice):
    client = asks("operator", at=own, now=LATER)
    entry = html.fromstring(client.get(DESK).text).xpath("//a[starts-with(@href, 'select?day=')]")
    assert [one.get("href") for one in entry] == ["select?day=2020-11-13"]
    (made,) = read_evenings(own, NOTICE).values()
    for one in made.listed:
        decide(own, notice, Asked("decline", "不用", "li", LATER), Given(item=one["item_id"]))
    left = html.fromstring(client.get(DESK).text).xpath("//a[starts-with(@href, 'select?day=')]")
    assert left == []


def test_what_was_chosen_and_withdrawn_is_told_on_the_page_and_the_desk(asks, own, notice):
    item, path = item_of(own, "焊接比武"), f"{HR}/13日.csv"
    decide(own, notice, Asked("select", "好", "li", LATER), Given(item=item))
    decide(own, notice, Asked("withdraw", "重报", "li", LATER), Given(path=path))
    client = asks("operator", at=own, now=LATER)
    assert "入选后已撤回" in client.get(PAGE).text
    assert "入选以后更正或撤回的 1" in client.get(DESK).text


def test_what_is_sent_again_can_still_be_chosen_and_what_was_corrected_or_withdrawn_cannot(asks, own, notice):
    same, other = item_of(own, "焊接比武"), item_of(own, "航海体验")
    again = "11月13日,视频,焊接比武,宣传活动,9,\n11月13日,视频,收官,宣传活动,90,\n"
    put(notice, own, f"{HR}/13日全.csv", HEADERS + again)
    put(notice, own, f"{JINAN}/13日.csv", HEADERS + "11月13日,照片,闭幕,主题推介,8,\n")
    now = LATER + timedelta(hours=1)
    cycle.run(own, notice, now=now)
    client = asks("operator", at=own, now=now)
    page = html.fromstring(client.get(PAGE).text)
    (gone,) = page.xpath(f"//article[@id='i{other}']")
    assert "不能再选" in gone.text_content()
    assert gone.xpath(".//form") == []
    assert client.post(PAGE, data=form_of(client, same) | {"kind_of_decision": "select"}).status_code == 303
    assert [one.title for one in read_chosen(own, notice, now)] == ["焊接比武"]
    card = html.fromstring(client.get(PAGE).text).xpath(f"//article[@id='i{same}']")[0]
    assert "入选" in card.xpath(".//h3")[0].text_content()
    (made,) = read_evenings(own, NOTICE).values()
    for one in made.listed:
        if one["item_id"] not in {same, other} and "航海体验" not in one["title"]:
            decide(own, notice, Asked("decline", "不用", "li", now), Given(item=one["item_id"]))
    left = html.fromstring(client.get(DESK).text).xpath("//a[starts-with(@href, 'select?day=')]")
    assert left == [], "what is gone waits for nobody"
