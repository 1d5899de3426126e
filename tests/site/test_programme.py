"""Events of the notice as a programme: when, where, and whether their live channels answer."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from lxml import html

from pipelines.notice import load_notice
from pipelines.notice.folder import NOTICES
from pipelines.site.content import read_site
from pipelines.site.links import find_broken
from pipelines.site.pages import make_files
from pipelines.site.programme import say_when
from tests.site.conftest import MARKUP, Stand

GOOD, DEAD, NEVER = (f"https://{name}.example.cn/live" for name in ("good", "dead", "never"))
EVENTS = [
    {"id": "fair", "name": f"成果展{MARKUP}"},
    {"id": "contest", "name": "大赛", "level": "provincial", "from": "2021-05-11T09:30", "to": "2021-05-11T11:00", "live": DEAD, "page": NEVER},
    {"id": "opening", "name": "启动仪式", "level": "national", "place": "甲市", "from": "2021-05-10", "organiser": "部", "live": GOOD},
]  # fmt: skip


@pytest.fixture
def programme(make_stand: Callable[..., Stand]) -> Stand:
    stand = make_stand(events=EVENTS)
    stand.watch("opening", GOOD, "2021-05-10 08:00:00", None, failure="连不上")
    stand.watch("opening", GOOD, "2021-05-10 09:00:00", 200)
    for hour, status in ((8, 200), (9, 404), (10, 503), (20, 200)):
        stand.watch("contest", DEAD, f"2021-05-11 {hour:02}:00:00", status)
    stand.publish()
    return stand


def test_events_stand_in_their_order_with_their_channels(programme: Stand) -> None:
    found = read_site(programme.home, programme.notice, datetime(2021, 5, 11, 12)).programme
    assert [(one.slug, one.level, one.when, one.place, one.organiser) for one in found] == [
        ("opening", "全国", "2021年5月10日", "甲市", "部"),
        ("contest", "全省", "2021年5月11日09:30至11:00", "", ""),
        ("fair", "", "", "", ""),
    ]
    opening, contest, fair = found
    assert opening.live
    assert contest.live
    assert contest.page
    assert (opening.live.state, opening.live.link) == ("ok", GOOD)
    assert (contest.live.state, contest.live.link, contest.live.detail) == ("dead", None, "答复 503")
    assert contest.live.dead_since == datetime(2021, 5, 11, 9), (
        "since the first that failed after one that answered"
    )
    assert (contest.page.state, contest.page.link) == ("unvisited", NEVER)
    assert (fair.live, fair.page, opening.page) == (None, None, None)


def test_the_programme_is_on_the_site(programme: Stand) -> None:
    files = make_files(read_site(programme.home, programme.notice), programme.shelf)
    page = html.document_fromstring(files["events.html"].decode())
    assert [one.text_content() for one in page.xpath("//main//h2")] == ["启动仪式", "大赛", f"成果展{MARKUP}"]
    assert page.xpath("//main//a/@href") == [GOOD, DEAD, NEVER], "it answers again since 20:00"
    assert "events.html#e-contest" in files["index.html"].decode()
    assert find_broken(files) == []


def test_a_site_without_events_has_no_programme(shown: Stand) -> None:
    assert "events.html" not in shown.files()
    assert "活动安排" not in shown.text("index.html")


def test_the_database_shows_events_with_the_last_answer(programme: Stand) -> None:
    rows = programme.ask(
        "SELECT event, level_name, first_day, begins_at, live_state, live_dead_since, page_state FROM marts.events"
    )
    assert rows == [
        ("opening", "全国", date(2021, 5, 10), None, "打得开", None, None),
        ("contest", "全省", date(2021, 5, 11), datetime(2021, 5, 11, 9, 30), "打得开", None, "还没有访问"),
        ("fair", None, None, None, None, None, None),
    ]
    record = "SELECT checked_at::TIME::VARCHAR, is_ok, is_latest, dead_since FROM marts.event_checks WHERE event = 'contest'"
    assert programme.ask(record) == [
        ("08:00:00", True, False, None),
        ("09:00:00", False, False, None),
        ("10:00:00", False, False, None),
        ("20:00:00", True, True, None),
    ]


WHEN = {
    "no day": (None, None, ""),
    "a day": (date(2020, 11, 8), None, "2020年11月8日"),
    "days": (date(2020, 11, 8), date(2020, 11, 10), "2020年11月8日至2020年11月10日"),
    "a moment": (datetime(2020, 11, 8, 9, 30), None, "2020年11月8日09:30"),
    "a span": (datetime(2020, 11, 8, 9), datetime(2020, 11, 8, 11), "2020年11月8日09:00至11:00"),
    "a moment to a day": (datetime(2020, 11, 8, 9), date(2020, 11, 8), "2020年11月8日09:00"),
    "over night": (datetime(2020, 11, 8, 22), datetime(2020, 11, 9, 1), "2020年11月8日22:00至2020年11月9日01:00"),
}  # fmt: skip


@pytest.mark.parametrize(("begins", "ends", "said"), WHEN.values(), ids=WHEN)
def test_when_is_said_in_words(begins: date | None, ends: date | None, said: str) -> None:
    assert say_when(begins, ends) == said


def test_the_first_notice_invents_nothing() -> None:
    """Its text tells day and place of one event, and of no other."""
    notice = load_notice("sd-vocational-week-2020")
    text = "".join((NOTICES / notice.id / "notice.txt").read_text("utf-8").split())
    known = [(one.id, str(one.begins), one.place) for one in notice.events if one.begins or one.place]
    assert known == [("opening", "2020-11-08", "潍坊市")]
    assert not any(one.live or one.page or one.organiser or one.ends for one in notice.events)
    plain = text.replace('"', "").replace("2020年职业", "年职业")
    for one in notice.events:
        assert one.name.replace("“", "").replace("”", "").removeprefix("2020") in plain
