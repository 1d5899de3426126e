"""What a decision makes anew, compares and tests is all that it can change: no more is found by who looks at everything."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from pipelines import cycle
from pipelines.decide.given import Asked, Given, RefusedError
from pipelines.decide.take import decide
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.rebuild import rebuild
from pipelines.warehouse import publish
from pipelines.warehouse.feed import EVERYTHING, mark_unfed, widen_unfed
from pipelines.warehouse.files import open_file
from pipelines.warehouse.promises import find_breaches
from tests.decide.inbox import FAULTY, FILES, JINAN, NOBODY
from tests.decide.test_order import put
from tests.rows import dump_rows

START = datetime(2020, 11, 13, 8)
HOUR = timedelta(hours=1)
JINAN_2 = "教育厅收件/济南市教育局/日报三.csv"
SAME_BYTES = FILES[JINAN][1]
ARRIVALS: list[tuple[str, str]] = [
    (JINAN_2, SAME_BYTES),
    (JINAN, "11月9日,稿件,开幕式,宣传活动,310,\n11月12日,,零报告,,,\n"),
    (JINAN_2, "11月12日,照片,展板,宣传活动,33,\n"),
    (FAULTY, "11月10日,照片,合影,宣传活动,125,\n13月2日,稿件,讲座,宣传活动,9,\n"),
    (NOBODY, "11月11日,视频,短片三,宣传活动,41,\n"),
    ("教育厅收件/无名/日报二.csv", FILES[NOBODY][1]),
    ("教育厅收件/青岛市教育局/日报.csv", "11月11日,视频,短片二,宣传活动,44,\n"),
]
POOL: list[tuple[str, dict[str, object]]] = [
    ("settle", {"subject": "source:x"}),
    ("assign", {"path": NOBODY, "recipients": ("EDU-3702",)}),
    ("assign", {"path": NOBODY, "recipients": ("EDU-3701",)}),
    ("set_aside", {"path": JINAN}),
    ("set_aside", {"path": NOBODY}),
    ("accept", {"path": FAULTY, "row": 3, "values": {"material_type": "照片"}}),
    ("withdraw", {"path": JINAN}),
    ("withdraw", {"path": JINAN_2}),
    ("withdraw", {"path": FAULTY, "row": 2}),
    ("waive", {"cities": ("370100",), "deliverable": "plan"}),
    ("waive", {"recipients": ("EDU-3701",), "deliverable": "plan"}),
    (
        "extend",
        {"everybody": True, "deliverable": "materials", "periods": ("2020-11-12",), "due": datetime(2020, 11, 20)},
    ),
    (
        "confirm_zero",
        {
            "recipients": ("EDU-3702",), "deliverable": "materials", "periods": ("2020-11-10",),
            "arrived": datetime(2020, 11, 10, 12), "how": "电话",
        },
    ),
    ("know_as", {"alias": "无名", "recipients": ("EDU-3701",)}),
    ("select", {"path": JINAN, "row": 2}),
    ("decline", {"path": JINAN, "row": 2}),
]  # fmt: skip
UNFED = ("raw.unfed", "raw.unfed_files")


@pytest.fixture
def publishes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much each publish says in the feed, each compared with what it would say had it looked at everything."""
    said: list[int] = []
    extend = publish.extend_feed

    def look_at_everything(connection: duckdb.DuckDBPyConnection, *given: Any) -> int:
        asked = "SELECT * FROM core.feed_changes ORDER BY ALL"
        told = connection.execute(asked).fetchall()
        marked = {name: connection.execute(f"FROM {name}").to_arrow_table() for name in UNFED}
        for (notice_id,) in connection.execute("SELECT notice_id FROM raw.versions").fetchall():
            mark_unfed(connection, notice_id, [EVERYTHING])
        widen_unfed(connection)
        assert connection.execute(asked).fetchall() == told
        assert list(find_breaches(connection)) == []
        for name, rows in marked.items():
            connection.register("marked", rows)
            connection.execute(f"DELETE FROM {name}")
            connection.execute(f"INSERT INTO {name} FROM marked")
        said.append(len(told))
        return extend(connection, *given)

    monkeypatch.setattr(publish, "extend_feed", look_at_everything)
    return said


def play(home: Home, notice: Notice, rng: Random, steps: int) -> list[str]:
    """Arrivals, decisions and undos in any order, each an hour after the one before; returns the kinds that were kept."""
    for name, (moment, rows) in FILES.items():
        put(notice, home, name, rows, datetime.fromisoformat(moment))
    cycle.run(home, notice, now=START - HOUR)
    arrivals, kept = iter(ARRIVALS), []
    for at in (START + hour * HOUR for hour in range(steps)):
        turn = rng.random()
        if turn < 0.3 and (arrived := next(arrivals, None)):
            put(notice, home, *arrived, at)
            cycle.run(home, notice, now=at + HOUR / 6)
            continue
        kind, given = rng.choice(POOL)
        if turn > 0.75 and kept:
            kind, given = "undo", {"subject": f"D{rng.randint(1, len(kept)):04d}"}
        try:
            decide(home, notice, Asked(kind, "说明", "wang", at), Given(**given))  # type: ignore[arg-type]
        except RefusedError:
            continue
        kept.append(kind)
    return kept


def derived(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    with open_file(home.warehouse) as connection:
        return {name: rows for name, rows in dump_rows(connection).items() if name.startswith("core.")}


def reach(notice: Notice, folder: Path, seed: int, steps: int, publishes: list[int]) -> None:
    home, anew = Home(folder / "home"), Home(folder / "anew")
    kept = play(home, notice, Random(seed), steps)
    shutil.copytree(home.path, anew.path)
    rebuild(anew)
    found, expected = derived(home), derived(anew)
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert found[name] == rows, (name, kept)
    assert len(set(kept)) > 3, kept
    assert len([one for one in publishes if one]) > len(kept), "of each decision the feed says something"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_a_decision_reaches_no_further_than_it_is_looked_at(
    notice: Notice, tmp_path: Path, seed: int, publishes: list[int]
) -> None:
    reach(notice, tmp_path, seed, 9, publishes)


@pytest.mark.soak  # a minute each; one of them is played above
@pytest.mark.parametrize("seed", range(2, 22))
def test_many_sequences_of_decisions_reach_no_further(
    notice: Notice, tmp_path: Path, seed: int, publishes: list[int]
) -> None:
    reach(notice, tmp_path, seed, 20, publishes)
