"""The week of the activity from the inbox on: shortlists, two people, feed, package and site each evening, killed and run again."""

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines import cycle
from pipelines.decide.given import Asked, Given
from pipelines.decide.take import decide
from pipelines.ground.chain import JsonLines
from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.media.refresh import refresh
from pipelines.recommend.issue import issue
from pipelines.select.chosen import Chosen, read_chosen
from pipelines.select.evening import Evening, make_evening
from pipelines.send.places import FilePlace
from pipelines.send.pusher import push_due
from pipelines.send.pushes import Pushes
from pipelines.site.make import make_site
from tests.decide.inbox import HEADERS
from tests.media.chosen_items import notice_with, picture

COUNT, DAYS, UNITS = int(os.environ.get("NOTICES_WEEK", "5000")), 7, 35
FIRST = datetime(2020, 11, 8, 20, 30)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
KILLS: dict[int, list[tuple[Any, str, int]]] = {
    1: [(Pushes, "queue", 1), (FilePlace, "_write", 2), (FilePlace, "_rename", 3), (Pushes, "_move", 4)],
    4: [(FilePlace, "_remove", 1), (Pushes, "_move", 2), (Pushes, "queue", 1)],
}
"""On which day whoever publishes dies before the how-manieth call of what; each death is followed by another try."""


class Week:
    """The office's folders, and what it does each evening."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home, self.notice = folder, Home(folder / "home"), notice_with()
        self.shelf, self.site = folder / "shelf", folder / "site"

    def units(self) -> list[str]:
        kinds = ("city_education_bureau", "higher_vocational_college")
        return [one.name for one in self.notice.recipients if one.kind in kinds][:UNITS]

    def put(self, name: str, content: bytes, at: datetime) -> None:
        path = self.home.inbox(self.notice.id) / "教育厅收件" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        stamp = at.replace(tzinfo=self.notice.zone).timestamp()
        os.utime(path, (stamp, stamp))

    def send(self, day: int) -> None:
        """What comes in on a day: a table a unit, and a picture that bears the first row's title."""
        at = FIRST + timedelta(days=day) - 2 * HOUR
        for number, unit in enumerate(self.units()):
            words = [f"{unit}第{day + 1}天活动{row}" for row in range(max(COUNT // DAYS // UNITS, 1))]
            rows = "".join(
                f"11月{8 + day}日,稿件,{one},宣传活动,{30 + at},\n" for at, one in enumerate(words)
            )
            self.put(f"{unit}/{8 + day}日.csv", (HEADERS + rows).encode(), at)
            self.put(f"{unit}/{words[0]}。.jpg", picture(640, 480, (day * 30, number * 7, 90)), at)  # type: ignore[arg-type]

    def choose(self, kind: str, by: str, at: datetime, **given: Any) -> str:
        return decide(self.home, self.notice, Asked(kind, "生动", by, at), Given(**given)).decision.id

    def shorten(self, at: datetime) -> Evening:
        cycle.run(self.home, self.notice, now=at + MINUTE)
        return make_evening(self.home, self.notice, at, at + MINUTE)

    def public(self, at: datetime) -> tuple[Chosen, ...]:
        return read_chosen(self.home, self.notice, at, publishable=True)

    def publish(self, at: datetime) -> None:
        refresh(self.home, self.notice, self.public(at), at)
        self.push(at)
        make_site(self.home, self.notice, self.site)

    def push(self, at: datetime) -> None:
        connection = Connection("shelf_fs", "fs", extra={"path": str(self.shelf)})
        with Pushes(self.home.pushes) as pushes:
            done = push_due(pushes, self.notice.id, lambda: at, lambda _: connection)
        assert not done.reasons


def publish_and_die(folder: Path, at: datetime, owner: Any, name: str, number: int) -> None:
    """In a process of its own: killed, as by a power cut, before a call."""
    step: Callable[..., Any] = getattr(owner, name)
    passed = 0

    def stepped(*given: Any, **options: Any) -> Any:
        nonlocal passed
        passed += 1
        if passed == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*given, **options)

    setattr(owner, name, stepped)
    Week(folder).publish(at)


def die(week: Week, at: datetime, owner: Any, name: str, number: int) -> None:
    child = multiprocessing.get_context("spawn").Process(
        target=publish_and_die, args=(week.folder, at, owner, name, number)
    )
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL, (name, number, "it was not killed")


def assert_shown(week: Week, at: datetime) -> None:
    """Feed and site show what is chosen and cleared, and nothing else."""
    items = {one.item_id for one in week.public(at)}
    assert {path.stem for path in (week.shelf / "packages").glob("*.zip")} == items
    told = json.loads((week.shelf / "feed.json").read_text("utf-8"))
    assert len(told["items"]) == len(items)
    assert {path.stem for path in (week.site / "materials").glob("i-*.html")} == {f"i-{one}" for one in items}


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_week(tmp_path: Path) -> None:
    week = Week(tmp_path)
    week.shelf.mkdir()
    first: Evening | None = None
    kept: list[dict[str, Any]] = []
    for day in range(DAYS):
        evening = FIRST + timedelta(days=day)
        week.send(day)
        if day == 4:
            correct_and_withdraw(week, kept, evening - HOUR)
        made = week.shorten(evening)
        first = first or made
        if day == 4:
            assert_gone_from_the_list(made, kept)
        assert 4 <= len(made.listed) <= 30
        new = [one for one in made.listed if not one["why"].startswith("入选以后")]
        took = [
            week.choose("select", "wang", evening + 2 * MINUTE, item=one["item_id"], publishable=True)
            for one in new[:4]
        ]
        week.choose("decline", "li", evening + 3 * MINUTE, item=new[1]["item_id"])
        week.choose("undo", "wang", evening + 4 * MINUTE, subject=took[2])
        kept += [new[0], new[3]]
        later = evening + 5 * MINUTE
        for death in KILLS.get(day, ()):
            die(week, later, *death)
        week.publish(later)
        assert_shown(week, later)
    assert len(week.public(later)) == 2 * DAYS - 2, "but for the corrected one and the withdrawn one"
    assert make_evening(week.home, week.notice, FIRST, later).rows == first.rows if first else False
    assert_left_with_a_record(week, kept)
    chosen = read_chosen(week.home, week.notice, later)
    issued = issue(week.home, week.notice, chosen, later, tmp_path / "out", later, True)
    assert len(issued.package.items) == len(chosen)
    week.push(later)
    assert_nothing_twice(week, later)


def correct_and_withdraw(week: Week, kept: list[dict[str, Any]], at: datetime) -> None:
    """One unit puts the row right that was chosen first, another deletes the one that was chosen second."""
    for one, is_kept in ((kept[0], True), (kept[1], False)):
        path = week.home.inbox(week.notice.id) / one["path"]
        rows = path.read_text("utf-8").splitlines()
        assert one["title"] in rows[one["row_number"] - 1]
        cells = rows[one["row_number"] - 1].split(",")
        cells[4] = "777"
        rows[one["row_number"] - 1 : one["row_number"]] = [",".join(cells)] if is_kept else []
        if len(rows) == 1:
            rows.append(f"{cells[0]},稿件,别的活动,宣传活动,8,")
        week.put(one["path"].removeprefix("教育厅收件/"), ("\n".join(rows) + "\n").encode(), at)


def assert_gone_from_the_list(made: Evening, kept: list[dict[str, Any]]) -> None:
    titles = {one["title"]: one for one in made.rows}
    assert titles[kept[0]["title"]]["why"].startswith("入选以后单位更正了，请重新定")
    assert titles[kept[0]["title"]]["item_id"] != kept[0]["item_id"]
    assert kept[1]["title"] not in titles


def assert_left_with_a_record(week: Week, kept: list[dict[str, Any]]) -> None:
    gone = [one["item_id"] for one in kept[:2]]
    assert {
        path.name.partition(".")[0] for path in (week.shelf / "packages").glob("*.withdrawn.json")
    } == set(gone)
    record = JsonLines(week.home.registry / "site" / f"{week.notice.id}.jsonl").read()
    left = {line["title"]: line["why"] for line in record if line["event"] == "left"}
    assert left == {kept[0]["title"]: "入选后已更正", kept[1]["title"]: "入选后已撤回"}


def assert_nothing_twice(week: Week, at: datetime) -> None:
    """Every version of a thing has one push, which was received once; whoever runs again has nothing to do."""
    assert refresh(week.home, week.notice, week.public(at), at).queued == 0
    with Pushes(week.home.pushes) as pushes:
        rows = pushes.rows()
    assert len({row.key for row in rows}) == len(rows)
    packages = [row.subject for row in rows if row.purpose == "package"]
    assert len(packages) == len(set(packages)) == 2 * DAYS
    assert {row.state for row in rows} <= {"sent", "withdrawn"}
    assert not make_site(week.home, week.notice, week.site).is_changed
