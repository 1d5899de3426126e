"""Whoever refreshes or pushes dies at every step, before it or after it, and runs again: nothing is pushed twice, nothing is lost."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.media.refresh import refresh
from pipelines.notice import Notice
from pipelines.notice.feeds import Destination
from pipelines.select.chosen import Chosen
from pipelines.send.places import FilePlace, HttpPlace
from pipelines.send.pusher import push_due
from pipelines.send.pushes import Pushes
from tests.media.chosen_items import NOON, chosen, notice_with
from tests.send.web_place import WebPlace, web_place

STEPS = [(Pushes, "queue"), (Pushes, "_move"), (FilePlace, "_write"), (FilePlace, "_rename"), (FilePlace, "_remove"), (HttpPlace, "_send")]  # fmt: skip
EVENING = NOON + timedelta(hours=8)


class KilledError(BaseException):
    """The process ends here."""


@contextmanager
def killed_at(number: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Dies at the `number`th point: each step has one before and one after it. Yields how many were passed."""
    passed = [0]

    def point() -> None:
        passed[0] += 1
        if passed[0] == number:
            raise KilledError

    with monkeypatch.context() as patched:
        for owner, name in STEPS:
            step = getattr(owner, name)

            def stepped(self: Any, *given: Any, _step: Any = step, **options: Any) -> Any:
                point()
                done = _step(self, *given, **options)
                point()
                return done

            patched.setattr(owner, name, stepped)
        yield passed


def scene(folder: Path) -> tuple[Home, Notice, Path]:
    shelf = folder / "shelf"
    shelf.mkdir(parents=True)
    places = {"shelf": Destination(connection="shelf_fs"), "web": Destination(connection="test_web")}
    feeds = notice_with().feeds
    assert feeds
    return Home(folder / "home"), notice_with(feeds=feeds.model_copy(update={"destinations": places})), shelf


def evening(
    home: Home, notice: Notice, shelf: Path, web: WebPlace, items: tuple[Chosen, ...], hours: int
) -> None:
    """What the task does every ten minutes."""
    connections = {
        "shelf_fs": Connection("shelf_fs", "fs", extra={"path": str(shelf)}),
        "test_web": web.connection(),
    }
    now = EVENING + timedelta(hours=hours)
    refresh(home, notice, items, now)
    with Pushes(home.pushes) as pushes:
        push_due(pushes, notice.id, lambda: now, connections.__getitem__)


def assert_whole(home: Home, shelf: Path, web: WebPlace, kept: Chosen, gone: Chosen) -> bool:
    """At the shelf lies what should; the web had each push once, and what it may not have had waits for a person. Returns
    whether anything does."""
    lying = {
        str(path.relative_to(shelf)) for path in shelf.rglob("*") if path.is_file() and path.name[0] != "."
    }
    assert lying == {
        "feed.atom",
        "feed.json",
        f"packages/{kept.item_id}.zip",
        f"packages/{gone.item_id}.withdrawn.json",
    }
    told = json.loads((shelf / "feed.json").read_text("utf-8"))
    assert len(told["items"]) == len(told["_notices"]["withdrawn"]) == 1
    keys = [headers["Idempotency-Key"] for _, _, headers, _ in web.came]
    assert len(keys) == len(set(keys)), "over HTTP nothing goes twice"
    with Pushes(home.pushes) as pushes:
        rows = pushes.rows()
    assert {row.state for row in rows} <= {"sent", "unsure", "withdrawn"}
    unsure = [row for row in rows if row.state == "unsure"]
    assert {row.destination for row in unsure} <= {"web"}
    had = {f'"{row.key}"' for row in rows if row.destination == "web" and row.state == "sent"}
    assert had <= set(keys)
    return bool(unsure)


def play(folder: Path, web: WebPlace, number: int, monkeypatch: pytest.MonkeyPatch) -> tuple[bool, bool, int]:
    """Two evenings with a death at one point: whether it came so far, whether a push is in doubt, how many points were passed."""
    first, second = chosen(1), chosen(2)
    web.came.clear()
    home, notice, shelf = scene(folder / str(number))
    try:
        with killed_at(number, monkeypatch) as passed:
            evening(home, notice, shelf, web, (first, second), 0)
            evening(home, notice, shelf, web, (second,), 1)
    except KilledError:
        evening(home, notice, shelf, web, (first, second), 0)
        evening(home, notice, shelf, web, (second,), 1)
        evening(home, notice, shelf, web, (second,), 2)
        return True, assert_whole(home, shelf, web, second, first), passed[0]
    return False, assert_whole(home, shelf, web, second, first), passed[0]


@pytest.mark.parametrize("number", [3, 29, 56])
def test_killed_at_some_steps(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with web_place() as web:
        is_killed, _, _ = play(tmp_path, web, number, monkeypatch)
    assert is_killed


@pytest.mark.soak
def test_killed_at_each_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unsure = 0
    with web_place() as web:
        for number in itertools.count(1):
            is_killed, in_doubt, passed = play(tmp_path, web, number, monkeypatch)
            if not is_killed:
                break
            unsure += in_doubt
    assert passed > 60
    assert 0 < unsure < passed / 3, "some deaths leave a POST in doubt, and only those"
