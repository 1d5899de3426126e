"""The desk lists what waits; a form shows what would move, decides once, and only for who may and who was given it."""

import shutil

import pytest
from lxml import html

from pipelines.board.access import make_token
from pipelines.decide.journal import read_decisions
from pipelines.ground.home import Home
from tests.board.conftest import LOGINS

BOARD = "/board/n/collect__sd-vocational-week-2020/"
NOTICE = "sd-vocational-week-2020"
WAIVE = {"kind_of_decision": "waive", "recipients": "济南市教育局", "deliverable": "plan", "reason": "已面交"}


@pytest.fixture
def own(shown: Home, tmp_path) -> Home:
    """A copy of the shown home, to decide in."""
    shutil.copytree(shown.path, tmp_path / "own")
    return Home(tmp_path / "own")


def token_of(client, kind):
    page = html.fromstring(client.get(f"{BOARD}decide?kind_of_decision={kind}").text)
    (token,) = page.xpath('//input[@name="token"]/@value')
    return token


def test_the_desk_lists_what_waits_with_the_decisions_that_fit(asks):
    page = html.fromstring(asks("operator").get(BOARD + "desk").text)
    titles = [one.text_content() for one in page.xpath("//h2")]
    assert titles == ["认不出单位的文件 1"]
    offers = [one.text_content() for one in page.xpath("//td/a[@class='offer']")]
    assert offers == ["认领", "认得此名", "不作报送", "已处理"]
    assert asks("operator").get(BOARD + "stamp").json()["waiting"] == 1
    seen = html.fromstring(asks("viewer").get(BOARD + "desk").text)
    assert not seen.xpath("//a[@class='offer']"), "who may not decide is offered nothing"


def test_a_form_shows_what_would_move_and_keeps_nothing_until_it_is_told(asks, own):
    client = asks("operator", at=own)
    token = token_of(client, "waive")
    looked = client.post(BOARD + "decide", data=WAIVE | {"token": token, "step": "look"})
    assert looked.status_code == 200
    assert "济南市 应报" in looked.text
    assert read_decisions(own, NOTICE).all == ()
    kept = client.post(BOARD + "decide", data=WAIVE | {"token": token, "step": "keep"})
    assert (kept.status_code, kept.headers["location"]) == (303, "decisions#D0001")
    again = client.post(BOARD + "decide", data=WAIVE | {"token": token, "step": "keep"})
    assert again.headers["location"] == "decisions#D0001", "a double click decides once"
    (decision,) = read_decisions(own, NOTICE).all
    assert (decision.decided_by, decision.reason) == (LOGINS["operator"], "已面交")
    assert decision.subject["recipients"] == ["EDU-3701"]
    page = html.fromstring(client.get(BOARD + "decisions").text)
    (undo,) = page.xpath("//tr[@id='D0001']//a/@href")
    assert "取消" in client.get(BOARD + undo).text


@pytest.mark.parametrize(
    ("role", "token", "status"),
    [
        ("", "own", 401),
        ("viewer", "own", 403),
        ("operator", "", 403),
        ("operator", "guessed.0123456789abcdef", 403),
        ("operator", "another's", 403),
        ("operator", "guessed.伪造", 403),
    ],
    ids=["nobody", "viewer", "no token", "forged token", "another's token", "no signature"],
)
def test_a_post_from_who_may_not_or_from_elsewhere_decides_nothing(asks, own, role, token, status):
    made = {
        "own": make_token("for tests", LOGINS.get(role, ""), NOTICE),
        "another's": make_token("for tests", "somebody", NOTICE),
    }.get(token, token)
    answer = asks(role, at=own).post(BOARD + "decide", data=WAIVE | {"token": made, "step": "keep"})
    assert answer.status_code == status
    assert read_decisions(own, NOTICE).all == ()


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"reason": " "}, "没有写理由"),
        ({"recipients": "没有这个单位"}, "名册里没有 没有这个单位"),
        ({"periods": "2020-12-09"}, "没有 2020-12-09 这一期"),
        ({"kind_of_decision": "extend", "due": "0001-01-01T00:00:00+14:00"}, "不是时刻"),
        ({"kind_of_decision": "withdraw", "path": "x", "row": "9" * 5000}, "不是行号"),
    ],
    ids=["no reason", "unknown unit", "no such period", "before all time", "an endless row"],
)
def test_what_cannot_be_decided_is_said_in_the_form(asks, own, written, sentence):
    client = asks("operator", at=own)
    answer = client.post(
        BOARD + "decide", data=WAIVE | written | {"token": token_of(client, "waive"), "step": "keep"}
    )
    assert answer.status_code == 200
    assert sentence in answer.text
    assert read_decisions(own, NOTICE).all == ()


def test_what_a_person_settled_leaves_the_queue(asks, own):
    client = asks("operator", at=own)
    page = html.fromstring(client.get(BOARD + "desk").text)
    (settle,) = page.xpath("//td/a[text()='已处理']/@href")
    form = html.fromstring(client.get(BOARD + settle).text)
    written = {one.get("name"): one.get("value") for one in form.xpath("//form//input[@name]")}
    answer = client.post(BOARD + "decide", data=written | {"reason": "无关文件", "step": "keep"})
    assert answer.status_code == 303
    assert "没有等着人办的事" in client.get(BOARD + "desk").text
