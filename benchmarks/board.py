"""Claim: the board's first view of a notice of 255 units and some 1,200 obligations takes under 0.3 s of server time, and one
of 10,000 obligations under 1 s.

A made-up world of the whole roster goes through a cycle; then the page is asked for at one moment after another, each of
which the server sees for the first time. Time of the whole answer, made in this process; judged by
CPU (all threads), which other programs on the machine do not change.
"""

import shutil
import time
from datetime import date, datetime, timedelta
from pathlib import Path

from fastapi.testclient import TestClient

from benchmarks.measure import print_table
from pipelines import cycle
from pipelines.board import board as pages
from pipelines.board.access import Access
from pipelines.board.app import make_app
from pipelines.ground.home import Home
from pipelines.notice import load_notice
from pipelines.notice.folder import NOTICES
from pipelines.notice.obligations import expand_obligations
from pipelines.sample import write_sample

NOTICE = "sd-vocational-week-2020"


def measure_board(folder: Path, *, recipients: int | None, rounds: int, days: int = 7) -> float:
    """Prints the table; returns the best first view in CPU seconds. `days` of materials are owed, each one by each unit."""
    notice, home = load_notice(NOTICE, _lengthened(folder / "notices", days)), Home(folder / "home")
    write_sample(notice, folder, seed=1, recipients=recipients, rows=3)
    now = datetime.fromisoformat((folder / "now.txt").read_text("utf-8").strip())
    cycle.run(home, notice, folder / "inbox", now)
    access = Access(
        may_read=lambda: None,
        may_decide=lambda: None,
        login_of=lambda: "benchmark",
        can_decide=lambda request, dag_id: True,
        secret="benchmark",
        home=lambda: home,
    )
    pages.load_notice = lambda notice_id: notice  # type: ignore[assignment]
    client = TestClient(make_app(access))
    place = f"/n/collect__{NOTICE}/"
    _ask(client, place, now)  # what is loaded once, whatever the moment
    first = [_ask(client, place, now - timedelta(days=day)) for day in range(1, 2 * rounds + 1)]
    again = [_ask(client, place, now - timedelta(days=1)) for _ in range(rounds)]
    units, owed = len({one.code for one in notice.recipients}), sum(1 for _ in expand_obligations(notice))
    print(f"board: {units} units on the roster, {owed} obligations, best and worst of {len(first)} moments\n")
    print_table(
        ["view", "best wall s", "worst wall s", "best CPU s", "worst CPU s"],
        [
            ["a moment for the first time", *_extremes(first)],
            ["a moment asked for before", *_extremes(again)],
        ],
    )
    return min(cpu for _, cpu in first)


def _lengthened(folder: Path, days: int) -> Path:
    """The notice with so many days of materials, in a folder of notices of its own."""
    shutil.copytree(NOTICES / NOTICE, folder / NOTICE)
    shutil.copy(NOTICES / "words.yaml", folder)
    path = folder / NOTICE / "notice.yaml"
    last = date(2020, 11, 8) + timedelta(days=days - 1)
    text = path.read_text("utf-8").replace("2020-11-14", last.isoformat())
    closes = max(date(2020, 11, 30), last + timedelta(days=7))
    path.write_text(text.replace("closes: 2020-11-30", f"closes: {closes}"), "utf-8")
    return folder


def _extremes(seconds: list[tuple[float, float]]) -> list[str]:
    wall, cpu = zip(*seconds, strict=True)
    return [f"{one:.3f}" for one in (min(wall), max(wall), min(cpu), max(cpu))]


def _ask(client: TestClient, place: str, at: datetime) -> tuple[float, float]:
    """Wall and CPU seconds of one answer."""
    start, worked = time.perf_counter(), time.process_time()
    answer = client.get(place, params={"t": at.isoformat()})
    assert answer.status_code == 200, answer.text
    return time.perf_counter() - start, time.process_time() - worked
