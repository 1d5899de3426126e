"""From a unit's file to the news site and back: selected, pushed, corrected, withdrawn, with marts, desk and commands."""

import json
import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines import cycle
from pipelines.cli import main, pushes
from pipelines.cli.app import State
from pipelines.decide.given import Asked, Given
from pipelines.decide.take import decide
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.notice.feeds import Destination
from pipelines.send.pushes import Pushes
from pipelines.warehouse.snapshot import open_snapshot
from tests.decide.inbox import HEADERS
from tests.media.chosen_items import notice_with, picture

NOW = datetime(2020, 11, 10, 12)
HOUR = timedelta(hours=1)
UNIT = "教育厅收件/济南市教育局"
ROWS = "11月9日,照片,开幕式,宣传活动,300,\n11月9日,稿件,老技工的一天,宣传活动,30,\n11月9日,稿件,没有核对的,宣传活动,3,\n"


def put(home: Home, notice: Notice, name: str, content: bytes, at: datetime) -> None:
    path = home.inbox(notice.id) / UNIT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    stamp = at.replace(tzinfo=notice.zone).timestamp()
    os.utime(path, (stamp, stamp))


@pytest.fixture
def notice() -> Notice:
    given = notice_with()
    assert given.feeds
    places = {"news": Destination(connection="news_fs", path="职教周")}
    return given.model_copy(update={"feeds": given.feeds.model_copy(update={"destinations": places})})


@pytest.mark.slow
def test_from_a_file_to_the_news_site_and_back(
    notice: Notice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, shelf = Home(tmp_path / "home"), tmp_path / "shelf"
    monkeypatch.setattr(State, "home", home)
    monkeypatch.setattr(pushes, "load_notice", lambda _: notice)
    there = json.dumps({"conn_type": "fs", "extra": {"path": str(shelf)}})
    for name in ("NEWS_FS", "SHELF_FS"):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", there)

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["notices", "--home", str(home.path), *arguments])
        capsys.readouterr()
        try:
            main()
        except SystemExit as end:
            assert not end.code, capsys.readouterr().err  # noqa: PT017
        return capsys.readouterr().out

    def select(row: int, at: datetime, **given: Any) -> None:
        asked = Asked("select", "生动", "wang", at)
        decide(home, notice, asked, Given(path=f"{UNIT}/日报.csv", row=row, **given))

    def ask(query: str) -> list[tuple[Any, ...]]:
        with open_snapshot(home.published) as snapshot:
            return snapshot.execute(query).fetchall()

    put(home, notice, "日报.csv", (HEADERS + ROWS).encode(), NOW - HOUR)
    put(home, notice, "开幕式 现场.jpg", picture(400, 300), NOW - HOUR)
    cycle.run(home, notice, now=NOW)
    for row, given in ((2, {"publishable": True}), (3, {"publishable": True}), (4, {})):
        select(row, NOW + HOUR + timedelta(minutes=row), **given)
    evening = (NOW + 2 * HOUR).isoformat()
    said = run("feeds", notice.id, "--now", evening, "--send")
    assert "供稿 2 件，撤下过 0 件；新放入推送箱 4 件。" in said
    assert "已推 4。" in said
    assert "没有到时的推送。" in run("feeds", notice.id, "--now", evening, "--send")
    packages = {path.name for path in (shelf / "职教周/packages").iterdir()}
    assert len(packages) == 2

    said = run(
        "recommend", notice.id, "--at", evening, "--to", str(tmp_path / "out"), "--now", evening, "--send"
    )
    assert "已推 6。" in said
    said = run(
        "recommend", notice.id, "--at", evening, "--to", str(tmp_path / "out"), "--now", evening, "--send"
    )
    assert "已于 2020-11-10 14:00:00 送出，没有再送。" in said
    (manifest,) = (shelf / "部里").glob("*/manifest.json")
    told = json.loads(manifest.read_text("utf-8"))
    assert [(one["title"], len(one["files"])) for one in told["items"]] == [
        ("开幕式", 1),
        ("老技工的一天", 0),
        ("没有核对的", 0),
    ]

    # The unit puts one right, and deletes another.
    changed = "11月9日,照片,开幕式,宣传活动,30000,\n11月9日,稿件,没有核对的,宣传活动,3,\n"
    put(home, notice, "日报.csv", (HEADERS + changed).encode(), NOW + 4 * HOUR)
    cycle.run(home, notice, now=NOW + 5 * HOUR)
    said = run("feeds", notice.id, "--now", (NOW + 6 * HOUR).isoformat(), "--send")
    assert "供稿 0 件，撤下过 2 件；新放入推送箱 4 件。" in said
    lying = {path.name for path in (shelf / "职教周/packages").iterdir()}
    assert lying == {name.replace(".zip", ".withdrawn.json") for name in packages}

    # All of it can be asked, from the item to file and row, after the next publish.
    cycle.run(home, notice, now=NOW + 7 * HOUR)
    traced = ask(
        "SELECT purpose, state, path, row_number FROM marts.feeds WHERE item_id IS NOT NULL ORDER BY queued_at, row_number"
    )
    assert traced == [
        (purpose, "sent", f"{UNIT}/日报.csv", row) for purpose in ("package", "withdrawal") for row in (2, 3)
    ]
    assert ask(
        "SELECT item_number, state, sent_to, files, path, row_number FROM marts.recommendations ORDER BY 1"
    ) == [
        (number, "sent", "shelf_fs", files, f"{UNIT}/日报.csv", number + 1)
        for number, files in ((1, 1), (2, 0), (3, 0))
    ]
    with Pushes(home.pushes) as box:
        key = box.rows()[0].key
    assert key[:8] in run("pushes", "--notice", notice.id)
    assert "读回核对一致" in run("pushes", "show", key)
    assert json.loads(run("pushes", "--state", "sent", "--format", "json"))[0]["state"] == "sent"
