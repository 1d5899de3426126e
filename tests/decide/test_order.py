"""Decisions among arrivals, in whatever order they are taken in, give the figures of all arrivals first and all decisions after,
made anew at once."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from pipelines import cycle
from pipelines.ask.figures import ask_files, ask_metrics, ask_status
from pipelines.decide import take
from pipelines.decide.given import Asked, Given
from pipelines.decide.take import decide
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.rebuild import rebuild
from pipelines.warehouse.snapshot import open_snapshot
from tests.decide.inbox import FAULTY, FILES, HEADERS, JINAN, NOBODY
from tests.marts.statuses import assert_stretches_are_right

pytestmark = pytest.mark.slow
START = datetime(2020, 11, 13, 8)
HOUR = timedelta(hours=1)
STRETCHES = ("duty_stretches", "unit_stretches")
LATE = {
    "教育厅收件/济南市教育局/日报三.csv": "11月11日,照片,展板,宣传活动,33,\n",
    "教育厅收件/青岛市教育局/日报.csv": "11月11日,视频,短片二,宣传活动,44,\n11月12日,,零报告,,,\n",
}
DECISIONS: list[tuple[str, dict[str, object]]] = [
    ("assign", {"path": NOBODY, "recipients": ("EDU-3702",)}),
    ("accept", {"path": FAULTY, "row": 3, "values": {"material_type": "照片"}}),
    ("withdraw", {"path": JINAN}),
    ("waive", {"cities": ("370100",), "deliverable": "plan"}),
    ("extend", {"everybody": True, "deliverable": "materials", "periods": ("2020-11-12",), "due": datetime(2020, 11, 20)}),
    (
        "confirm_zero",
        {
            "recipients": ("EDU-3702",), "deliverable": "materials", "periods": ("2020-11-10",),
            "arrived": datetime(2020, 11, 10, 12), "how": "电话",
        },
    ),
    ("know_as", {"alias": "无名", "recipients": ("EDU-3701",)}),
]  # fmt: skip


def put(notice: Notice, home: Home, name: str, rows: str, at: datetime) -> None:
    path = home.inbox(notice.id) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADERS + rows, "utf-8")
    stamp = at.replace(tzinfo=notice.zone).timestamp()
    os.utime(path, (stamp, stamp))


def told(notice: Notice, home: Home) -> list[object]:
    """All city figures and every obligation, as of every hour; every file; the counts kept for stretches of time."""
    moments = [START + hours * HOUR for hours in range(-1, 12)]
    with open_snapshot(home.published) as snapshot:  # all questions share what it read of the file
        assert_stretches_are_right(snapshot, notice.id)
        return [
            *(
                (
                    ask_metrics(home.published, notice.id, at).rows,
                    ask_status(home.published, notice.id, at).rows,
                )
                for at in moments
            ),
            ask_files(home.published, notice.id).rows,
            *(snapshot.execute(f"FROM core.{one} ORDER BY ALL").fetchall() for one in STRETCHES),
        ]


@pytest.mark.parametrize("seed", [1])
def test_in_any_cut_the_figures_are_those_of_all_at_once(
    notice: Notice, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(seed)
    events: list[tuple[str, object]] = [("file", one) for one in LATE.items()]
    events += [("decision", one) for one in DECISIONS]
    rng.shuffle(events)
    undone = rng.sample(range(1, len(DECISIONS) + 1), 2)
    one, other = Home(tmp_path / "one"), Home(tmp_path / "other")
    for home in (one, other):
        for name, (moment, rows) in FILES.items():
            put(notice, home, name, rows, datetime.fromisoformat(moment))
    cycle.run(one, notice, now=START - timedelta(minutes=30))
    later = []
    for hour, (sort, content) in enumerate(events):
        at = START + hour * HOUR
        if sort == "file":
            name, rows = content
            for home in (one, other):
                put(notice, home, name, rows, at)
            cycle.run(one, notice, now=at + timedelta(minutes=10))
        else:
            kind, given = content
            later.append((Asked(kind, "说明", "wang", at), Given(**given)))
            decide(one, notice, *later[-1])
    for hour, number in enumerate(undone, len(events)):
        later.append((Asked("undo", "弄错了", "wang", START + hour * HOUR), Given(subject=f"D{number:04d}")))
        decide(one, notice, *later[-1])
    cycle.run(other, notice, now=START + 20 * HOUR)
    with monkeypatch.context() as patch:
        patch.setattr(take, "bring_into_effect", lambda *_: [])
        for asked, given in later:
            decide(other, notice, asked, given)
    rebuild(other)
    found = told(notice, one)
    assert found == told(notice, other)
    assert len({str(at) for at in found}) > len(DECISIONS) + 1 + len(STRETCHES)
