"""The columns of accepted plans are visited again and again, politely; what they answered is kept and seen in SQL."""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.ground.durable import open_base
from pipelines.notice.programme import PublicEvent
from pipelines.rebuild import rebuild
from pipelines.registry.check import Hosts, check_columns, check_events
from pipelines.registry.journal import read_registry
from pipelines.registry.liaisons import find_liaisons
from pipelines.registry.visit import Visitor
from tests.read.habits.case import plan
from tests.read.habits.write import xlsx
from tests.registry.web import Names, Web, page, redirect
from tests.remind.conftest import ALONE, AWAY, BUREAU, COLLEGE, MakeStory, Story

NIGHT = datetime(2020, 11, 8)
DAY = timedelta(days=1)


def put_plan(story: Story, unit: str, at: str, name: str = "方案.xlsx", **cells: Any) -> None:
    given = {"unit": next(one.name for one in story.notice.recipients if one.code == unit), **cells}
    story.put(unit, name, xlsx(plan(**given)), at)


@pytest.fixture
def story(make_story: MakeStory, web: Web) -> Story:
    """Two columns on one host, one that moved, one without an accepted plan."""
    story = make_story({})
    put_plan(story, BUREAU, "2020-11-02T10:00:00", url=web.url("/a"), contact="联络乙", email="b@example.org")
    put_plan(story, COLLEGE, "2020-11-02T10:00:00", url=web.url("/b"))
    put_plan(story, AWAY, "2020-11-02T10:00:00", url=web.url("/old", "other.example.cn"))
    put_plan(story, ALONE, "2020-11-02T10:00:00", url="尚未建成")
    story.collect()
    web.pages |= {
        "column.example.cn/a": page("专栏甲"),
        "column.example.cn/b": page("没有了", 404),
        "other.example.cn/old": redirect(web.url("/new")),
        "column.example.cn/new": page("专栏丙"),
    }
    return story


def ask(story: Story, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(story.home.published, read_only=True) as snapshot:
        return snapshot.execute(query).fetchall()


def test_every_accepted_column_is_visited_and_seen(story: Story, web: Web, names: Names) -> None:
    visitor = Visitor(names.backend)
    assert len(check_columns(story.home, story.notice, NIGHT, DAY, visitor)) == 3
    assert check_columns(story.home, story.notice, NIGHT + timedelta(hours=23), DAY, visitor) == []
    web.pages["column.example.cn/b"] = page("专栏乙")
    assert len(check_columns(story.home, story.notice, NIGHT + DAY, DAY, visitor)) == 3
    story.collect("2020-12-02T00:00:00")
    query = "SELECT recipient_code, checked_at, status, title, is_ok, is_latest, url = final_url FROM marts.column_checks"
    seen = [
        (BUREAU, NIGHT, 200, "专栏甲", True, False, True),
        (BUREAU, NIGHT + DAY, 200, "专栏甲", True, True, True),
        (AWAY, NIGHT, 200, "专栏丙", True, False, False),
        (AWAY, NIGHT + DAY, 200, "专栏丙", True, True, False),
        (COLLEGE, NIGHT, 404, "没有了", False, False, True),
        (COLLEGE, NIGHT + DAY, 200, "专栏乙", True, True, True),
    ]
    assert ask(story, query) == seen
    rebuild(story.home)
    assert ask(story, query) == seen, "what a page answered is history: it cannot be made again"


def test_a_new_address_is_visited_at_once(story: Story, web: Web, names: Names) -> None:
    visitor = Visitor(names.backend)
    check_columns(story.home, story.notice, NIGHT, DAY, visitor)
    put_plan(story, BUREAU, "2020-12-01T10:00:00", "更正.xlsx", url=web.url("/c"))
    story.collect("2020-12-01T12:00:00")
    (found,) = check_columns(story.home, story.notice, datetime(2020, 12, 1, 12), DAY * 99, visitor)
    assert (found.recipient_code, found.url) == (BUREAU, web.url("/c"))
    story.collect("2020-12-01T13:00:00")
    latest = ask(story, "SELECT url FROM marts.column_checks WHERE is_latest AND recipient_code = 'EDU-3701'")
    assert latest == [(web.url("/c"),)]


def test_a_host_is_asked_one_request_at_a_time(make_story: MakeStory, web: Web, names: Names) -> None:
    story = make_story({})
    for unit, path in ((BUREAU, "/a"), (COLLEGE, "/b"), (ALONE, "/c")):
        put_plan(story, unit, "2020-11-02T10:00:00", url=web.url(path))
    put_plan(story, AWAY, "2020-11-02T10:00:00", url=web.url("/d", "other.example.cn"))
    web.pages["other.example.cn/d"] = redirect(web.url("/e"))
    story.collect()
    pause = 0.2
    found = check_columns(
        story.home, story.notice, NIGHT, DAY, Visitor(names.backend, turn=Hosts(pause).turn)
    )
    assert len(found) == 4
    by_host = defaultdict(list)
    for place, began, ended in web.asked:
        by_host[place.partition("/")[0]].append((began, ended))
    assert len(by_host["column.example.cn"]) == 4
    for (_, ended), (began, _) in pairwise(sorted(by_host["column.example.cn"])):
        assert began - ended > pause * 0.9


def test_channels_of_events_are_visited_as_columns_are(make_story: MakeStory, web: Web, names: Names) -> None:
    story = make_story({})
    live, page_url = web.url("/live"), web.url("/fair")
    events = (
        PublicEvent.model_validate({"id": "opening", "name": "启动仪式", "live": live, "page": live}),
        PublicEvent.model_validate({"id": "fair", "name": "成果展", "page": page_url}),
        PublicEvent.model_validate({"id": "talks", "name": "讲座"}),
    )
    notice = story.notice.model_copy(update={"events": events})
    web.pages["column.example.cn/live"] = page("直播")
    visitor = Visitor(names.backend)
    found = check_events(story.home, notice, NIGHT, DAY, visitor)
    assert [(one.event, one.url, one.visit.is_ok) for one in found] == [
        ("opening", live, True),
        ("fair", page_url, False),
    ]
    assert check_events(story.home, notice, NIGHT + DAY / 2, DAY, visitor) == []
    del web.pages["column.example.cn/live"]
    assert len(check_events(story.home, notice, NIGHT + DAY, DAY, visitor)) == 2
    kept = read_registry(story.home.registry)["raw.event_checks"].to_pylist()
    assert [(one["event"], one["checked_at"], one["status"], one["is_ok"]) for one in kept] == [
        ("opening", NIGHT, 200, True),
        ("fair", NIGHT, 404, False),
        ("opening", NIGHT + DAY, 404, False),
        ("fair", NIGHT + DAY, 404, False),
    ]


def test_an_older_registry_gets_what_it_has_not(tmp_path: Path) -> None:
    base = open_base(
        tmp_path / "registry.sqlite", "CREATE TABLE IF NOT EXISTS addresses (notice_id TEXT) STRICT;"
    )
    base.close()
    assert read_registry(tmp_path)["raw.event_checks"].num_rows == 0


def test_liaisons_are_the_newest_and_stay_private(story: Story, web: Web) -> None:
    put_plan(
        story,
        BUREAU,
        "2020-12-01T10:00:00",
        "更正.xlsx",
        contact="联络丙",
        email="c@example.org",
        url=web.url("/c"),
    )
    before = {one.recipient_code: one for one in find_liaisons(story.home, story.notice, NIGHT)}
    assert set(before) == {BUREAU, COLLEGE, AWAY}
    assert (before[BUREAU].name, before[BUREAU].email) == ("联络乙", "b@example.org")
    story.collect("2020-12-01T12:00:00")
    after = {
        one.recipient_code: one for one in find_liaisons(story.home, story.notice, datetime(2020, 12, 1, 12))
    }
    assert (after[BUREAU].name, after[BUREAU].email, after[BUREAU].column_url) == (
        "联络丙",
        "c@example.org",
        web.url("/c"),
    )
    content = story.home.published.read_bytes()
    assert b"b@example.org" not in content
    assert "联络丙".encode() not in content


def test_who_can_be_written_to_is_seen_without_addresses(make_story: MakeStory) -> None:
    story = make_story({"at": ["+1d 09:00"]})
    put_plan(story, COLLEGE, "2020-11-02T10:00:00", email="c@example.org")
    story.remind("2020-11-21T09:00:00")
    story.collect("2020-12-02T00:00:00")
    assert ask(story, "SELECT recipient_code, has_address, address_from FROM marts.mailboxes") == [
        (BUREAU, True, "roster"),
        (AWAY, True, "roster"),
        (COLLEGE, True, "plan"),
        (ALONE, False, None),
    ]
