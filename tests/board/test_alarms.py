"""Alarms stand on top of every page and first on the desk until they are over or a person takes them in hand."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html

from pipelines.alarms import Condition, end, state
from pipelines.alarms.journal import Alarms
from pipelines.ground.home import Home
from tests.board.conftest import MARKUP, NOW

NOTICE = "sd-vocational-week-2020"
BOARD = f"/board/n/collect__{NOTICE}/"
AT = datetime(2020, 11, 13, 3, tzinfo=UTC)
"""Eleven in the notice's zone, an hour before the board's NOW."""
SILENT = Condition("source_silent", NOTICE, "x", f"来源 {MARKUP} 没有读全")
DISK = Condition("disk", "", "", "只剩 1 GiB")
ELSEWHERE = Condition("run_failed", "another", "y", "别的通知的事")


@pytest.fixture
def own(shown: Home, tmp_path) -> Home:
    shutil.copytree(shown.path, tmp_path / "own")
    home = Home(tmp_path / "own")
    for one in (DISK, SILENT, ELSEWHERE):
        state(home, one, AT)
    return home


def look(home, now=AT):
    with Alarms(home.alarms) as journal:
        journal.take([], lambda alarm: False, lambda alarm: None, now, timedelta(minutes=20))


def band(client, place=""):
    answer = client.get(BOARD + place)
    assert answer.status_code == 200
    page = html.fromstring(answer.text)
    return [
        " ".join(one.text_content().split())
        for one in page.xpath("//section[@class='alarms']//summary | //section[@class='alarms']/p")
    ]


def test_without_alarms_there_is_no_band(asks):
    assert band(asks("viewer")) == []
    assert "告警" not in asks("viewer").get(BOARD + "desk").text


@pytest.mark.parametrize(
    "place", ["", "desk?t=2020-11-13T12:00:00", "decisions", "unit?unit=EDU-3701", "?t=2020-11-10T20:00:00"]
)
def test_every_page_of_a_notice_shows_its_alarms_and_the_homes(asks, own, place):
    said = band(asks("viewer", at=own), place)
    assert [one.split()[0] for one in said] == ["来源没有读到来源", "磁盘将满只剩"]
    assert all("11-13 11:00" in one for one in said)
    assert MARKUP.split()[0] in said[0], "as text"
    assert "<script>alert(" not in asks("viewer", at=own).get(BOARD + place).text


def test_the_desk_lists_them_first_and_counts_them(asks, own):
    page = html.fromstring(asks("operator", at=own).get(BOARD + "desk").text)
    assert [one.text_content() for one in page.xpath("//h2")] == ["告警 2", "认不出单位的文件 1"]
    assert "怎么办" in page.text_content()
    assert page.xpath("//section[@class='alarms']") == [], "once is enough"
    assert asks("operator", at=own).get(BOARD + "stamp").json()["waiting"] == 3
    past = html.fromstring(asks("operator", at=own).get(BOARD + "desk?t=2020-11-13T00:00:00").text)
    assert "告警 2" not in [one.text_content() for one in past.xpath("//h2")], "they are of now"


def test_the_list_of_notices_counts_them(asks, own):
    page = html.fromstring(asks("viewer", at=own).get("/board/").text)
    assert page.xpath("//li[a]/span[@class='count-of-alarms']/text()") == ["告警 1"]


def test_a_page_loads_itself_when_alarms_change(asks, own, shown):
    client = asks("viewer", at=own)
    (before,) = html.fromstring(client.get(BOARD).text).xpath("//body/@data-stamp")
    assert client.get(BOARD + "stamp").json()["stamp"] == before
    end(own, DISK.key, AT)
    look(own, AT + timedelta(minutes=40))
    after = client.get(BOARD + "stamp").json()["stamp"]
    assert after != before
    assert len(band(client)) == 1


def test_what_a_person_settles_leaves_the_band_and_the_desk(asks, own):
    client = asks("operator", at=own)
    page = html.fromstring(client.get(BOARD).text)
    settle = page.xpath("//section[@class='alarms']//a[text()='已处理']/@href")
    assert len(settle) == 2
    assert asks("viewer", at=own).get(BOARD + settle[0]).status_code == 403
    assert not html.fromstring(asks("viewer", at=own).get(BOARD).text).xpath("//section[@class='alarms']//a")
    form = html.fromstring(client.get(BOARD + settle[0]).text)
    written = {one.get("name"): one.get("value") for one in form.xpath("//form//input[@name]")}
    answer = client.post(BOARD + "decide", data=written | {"reason": "已请人看", "step": "keep"})
    assert answer.status_code == 303
    assert [one.split()[0] for one in band(client)] == ["磁盘将满只剩"]


def test_many_are_folded_and_the_desk_holds_all(asks, own):
    for number in range(5):
        state(own, Condition("run_failed", NOTICE, f"dag-{number}", f"流程{number}"), AT)
    said = band(asks("viewer", at=own))
    assert len(said) == 4
    assert said[-1] == "另有 4 件告警，都在待办里"
    assert said[0].startswith("运行失败"), "the most urgent kind first"


def test_alarms_are_shown_where_nothing_was_collected_yet(asks, home):
    state(home, Condition("no_collection", NOTICE, "", "通知还开着，没有收过件"), AT)
    answer = asks("operator", at=home).get(BOARD)
    assert answer.status_code == 503
    assert "还没有数据" in answer.text
    assert html.fromstring(answer.text).xpath("//section[@class='alarms']//summary/b/text()") == ["没有收件"]


def test_a_watch_that_stopped_is_said(asks, own):
    look(own, AT)
    assert "没有查过" in band(asks("viewer", at=own))[0]
    recent = asks("viewer", at=own, now=NOW - timedelta(minutes=45))
    assert not any("没有查过" in one for one in band(recent))


def test_a_damaged_journal_of_alarms_is_said_and_the_board_stays(asks, own):
    for path in own.alarms.glob("alarms.sqlite*"):
        path.unlink()
    (own.alarms / "alarms.sqlite").write_bytes(b"nonsense" * 500)
    (said,) = band(asks("viewer", at=own))
    assert "恢复" in said
    assert asks("viewer", at=own).get("/board/").status_code == 200
