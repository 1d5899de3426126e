"""What the feeds of a notice say, and what is pushed, as items are chosen, corrected and withdrawn."""

import io
import json
import shutil
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from jsonschema import Draft202012Validator
from lxml import etree

from pipelines.ground.connections import Connection
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.media.entries import WHY
from pipelines.media.refresh import refresh
from pipelines.notice import Notice
from pipelines.select.chosen import Chosen
from pipelines.send.pusher import push_due
from pipelines.send.pushes import Pushes
from tests.media.chosen_items import NOON, chosen, keep, notice_with, paper, picture
from tests.stores import make_store

HERE = Path(__file__).parent
ATOM = etree.RelaxNG(etree.parse(HERE / "atom.rng"))
JSON_FEED = Draft202012Validator(json.loads((HERE / "json_feed.schema.json").read_text("utf-8")))
EVENING = NOON + timedelta(hours=8)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def notice() -> Notice:
    return notice_with()


def feeds(home: Home, notice: Notice) -> tuple[Any, dict[str, Any]]:
    """The feed as another program reads it, and as JSON; both are valid."""
    written = (home.feeds(notice.id) / "feed.atom").read_bytes()
    ATOM.assertValid(etree.fromstring(written))
    read = feedparser.parse(written)
    assert not read.bozo
    told = json.loads((home.feeds(notice.id) / "feed.json").read_text("utf-8"))
    JSON_FEED.validate(told)
    return read, told


def push(home: Home, notice: Notice, now: datetime = EVENING) -> dict[str, bytes]:
    """What lies at the destination after all that is due was pushed."""
    shelf = home.path.parent / "shelf"
    shelf.mkdir(exist_ok=True)
    connection = Connection("shelf_fs", "fs", extra={"path": str(shelf)})
    with Pushes(home.pushes) as pushes:
        assert push_due(pushes, notice.id, lambda: now, lambda _: connection).reasons == []
    return {str(path.relative_to(shelf)): path.read_bytes() for path in shelf.rglob("*") if path.is_file()}


def items(home: Home) -> tuple[Chosen, Chosen]:
    first = chosen(1, keep(home, "开幕式.jpg", picture(900, 600), "picture"), keep(home, "稿.docx", paper("联系 13800000000"), "document"))  # fmt: skip
    return first, chosen(2, title="来电 13900000000 的\x0b标题", link=None)


def test_a_feed_and_its_packages(home: Home, notice: Notice) -> None:
    first, second = items(home)
    assert refresh(home, notice, (first, second), EVENING).queued == 4
    atom, told = feeds(home, notice)
    assert atom.feed.id == f"tag:edu.example.cn,{notice.opens}:notices/sd-vocational-week-2020"
    assert [one.title for one in atom.entries] == ["来电 〔电话略〕 的标题", "技能展示之1"]
    assert [one.id for one in atom.entries] == [one["id"] for one in told["items"]]
    assert atom.entries[1].id.endswith(f"/{first.item_id}")
    assert atom.entries[1].updated == "2020-11-09T12:01:00+08:00"
    assert "来源：济南市教育局" in atom.entries[1].content[0].value
    assert {one.rel: one.href for one in atom.entries[1].links} == {
        "alternate": "https://jn.example.cn/1",
        "enclosure": f"https://news.example.cn/drop/packages/{first.item_id}.zip",
    }
    lying = push(home, notice)
    assert set(lying) == {
        "feed.atom",
        "feed.json",
        *(f"packages/{one.item_id}.zip" for one in (first, second)),
    }
    with zipfile.ZipFile(io.BytesIO(lying[f"packages/{first.item_id}.zip"])) as package:
        pictures = [f"pictures/01-{size}.jpg" for size in (1600, 320, 800)]
        assert package.namelist() == ["metadata.json", *pictures, "text.txt"]
        metadata = json.loads(package.read("metadata.json"))
        text = package.read("text.txt").decode()
    assert [(one["file"], one["caption"]) for one in metadata["pictures"]] == [
        (f"pictures/01-{size}.jpg", "开幕式") for size in (320, 800, 1600)
    ]
    assert metadata["source"] == "来源：济南市教育局"
    assert "联系 〔电话略〕" in text
    assert b"1380000" not in b"".join(lying.values())


def test_told_again_nothing_is_queued_or_pushed_twice(home: Home, notice: Notice) -> None:
    both = items(home)
    refresh(home, notice, both, EVENING)
    before = push(home, notice)
    assert refresh(home, notice, both, EVENING + timedelta(hours=1)).queued == 0
    assert push(home, notice, EVENING + timedelta(hours=1)) == before
    with Pushes(home.pushes) as pushes:
        assert [row.attempts for row in pushes.rows()] == [1] * 4


def test_corrected_and_withdrawn_items_leave_with_a_record(home: Home, notice: Notice) -> None:
    first, second = items(home)
    refresh(home, notice, (first, second), EVENING)
    push(home, notice)
    later = EVENING + timedelta(days=1)
    assert refresh(home, notice, (second,), later).queued == 3
    atom, told = feeds(home, notice)
    assert [one.id.rpartition("/")[2] for one in atom.entries] == [second.item_id]
    (stone,) = etree.fromstring((home.feeds(notice.id) / "feed.atom").read_bytes()).iter("{*}deleted-entry")
    assert (stone.get("ref", "").rpartition("/")[2], stone.get("when")) == (
        first.item_id,
        "2020-11-10T20:00:00+08:00",
    )
    assert told["_notices"]["withdrawn"][0]["id"] == stone.get("ref")
    lying = push(home, notice, later)
    assert f"packages/{first.item_id}.zip" not in lying
    withdrawn = json.loads(lying[f"packages/{first.item_id}.withdrawn.json"])
    assert (withdrawn["id"], withdrawn["why"]) == (stone.get("ref"), WHY)
    # The unit put it right, and it was chosen again.
    again = replace(first, title="改正了的标题", decided_at=later)
    refresh(home, notice, (second, again), later)
    lying = push(home, notice, later)
    assert f"packages/{first.item_id}.withdrawn.json" not in lying
    assert f"packages/{first.item_id}.zip" in lying
    atom, told = feeds(home, notice)
    assert (told["_notices"]["withdrawn"], len(atom.entries)) == ([], 2)
    assert atom.entries[0].published == "2020-11-09T12:01:00+08:00", "as it entered first"


def test_what_was_never_pushed_is_taken_back_in_silence(home: Home, notice: Notice) -> None:
    first, second = items(home)
    refresh(home, notice, (first, second), EVENING)
    refresh(home, notice, (second,), EVENING)
    assert not [name for name in push(home, notice) if first.item_id in name]


def test_a_new_destination_gets_what_stands_and_no_old_withdrawals(home: Home) -> None:
    first, second = items(home)
    alone = notice_with(feeds=notice_with().feeds.model_copy(update={"destinations": {}}))  # type: ignore[union-attr]
    assert refresh(home, alone, (first, second), EVENING).queued == 0
    refresh(home, alone, (second,), EVENING)
    notice = notice_with()
    refresh(home, notice, (second,), EVENING)
    assert set(push(home, notice)) == {"feed.atom", "feed.json", f"packages/{second.item_id}.zip"}


def test_nothing_leaves_that_nobody_cleared(home: Home, notice: Notice) -> None:
    with pytest.raises(ValueError, match="nobody cleared"):
        refresh(home, notice, (chosen(1, is_publishable=False),), EVENING)
    with pytest.raises(NoticesError, match="没有 feeds 一节"):
        refresh(home, notice_with(feeds=None), (), EVENING)


def test_an_empty_feed_is_valid_too(home: Home, notice: Notice) -> None:
    refresh(home, notice, (), EVENING)
    atom, told = feeds(home, notice)
    assert (atom.entries, told["items"]) == ([], [])


def test_another_machine_makes_the_same_feeds_and_pushes_nothing_twice(
    home: Home, notice: Notice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are no part of the store: what they are made of is."""
    make_store("folder", tmp_path / "shared", monkeypatch)
    chosen_now = items(home)
    assert refresh(home, notice, chosen_now, EVENING).queued == 4
    wanted = {path.name: path.read_bytes() for path in home.feeds(notice.id).iterdir()}
    lying = push(home, notice)
    shutil.rmtree(home.path)
    other = Home(tmp_path / "other")
    assert refresh(other, notice, chosen_now, EVENING).queued == 0
    assert {path.name: path.read_bytes() for path in other.feeds(notice.id).iterdir()} == wanted
    assert push(other, notice) == lying
