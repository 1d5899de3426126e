"""A week of 5,000 materials with pictures: feeds, packages and recommendations of each evening, while items come and go."""

import resource
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.ground.connections import Connection
from pipelines.ground.home import Home
from pipelines.media.refresh import refresh
from pipelines.recommend.issue import issue
from pipelines.send.pusher import push_due
from pipelines.send.pushes import Pushes
from tests.media.chosen_items import NOON, chosen, keep, notice_with, picture

COUNT, DAYS = 5_000, 7
EVENING = NOON + timedelta(hours=8)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_week(tmp_path: Path) -> None:
    home, notice, shelf = Home(tmp_path / "home"), notice_with(), tmp_path / "shelf"
    shelf.mkdir()
    connection = Connection("shelf_fs", "fs", extra={"path": str(shelf)})
    pictures = [
        keep(home, f"图{n}.jpg", picture(1200 + n, 900, (n % 256, n // 256, 0)), "picture")
        for n in range(COUNT // 10)
    ]
    items = [
        chosen(n % 60, pictures[n % len(pictures)], item_id=f"{n:016x}", title=f"第 {n} 件", decided_at=EVENING, first_selected_at=NOON + timedelta(seconds=n))
        for n in range(COUNT)
    ]  # fmt: skip
    began = time.monotonic()
    standing: set[str] = set()
    for day in range(DAYS):
        now = EVENING + timedelta(days=day)
        # Each evening a seventh is new, of what stood one in fifty is withdrawn and one is put right.
        today = tuple(
            replace(one, title=f"{one.title}，改正") if n % 97 == 0 and n // 97 < day else one
            for n, one in enumerate(items[: COUNT * (day + 1) // DAYS])
            if not (n % 50 == 0 and n % DAYS < day)
        )
        refresh(home, notice, today, now)
        with Pushes(home.pushes) as pushes:
            done = push_due(pushes, notice.id, lambda now=now: now, lambda _: connection)
        assert not done.reasons
        assert refresh(home, notice, today, now).queued == 0
        standing = {one.item_id for one in today}
        lying = {path.stem for path in (shelf / "packages").glob("*.zip")}
        assert lying == standing
    issued = issue(home, notice, today, now, tmp_path / "out", now, True)
    assert len(issued.package.items) == len(standing)
    with Pushes(home.pushes) as pushes:
        rows = pushes.rows()
    assert len({row.key for row in rows}) == len(rows)
    assert max(row.attempts for row in rows) == 1
    withdrawn = {row.subject for row in rows if row.purpose == "withdrawal"}
    assert {
        path.name.partition(".")[0] for path in (shelf / "packages").glob("*.withdrawn.json")
    } == withdrawn
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{COUNT} items, {len(rows)} pushes, {time.monotonic() - began:.0f} s, {memory:.0f} MiB")
    assert memory < 1500
