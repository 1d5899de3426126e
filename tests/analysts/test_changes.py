"""changes_between: parts of the time line add up, and every change is told by receipts and by time that passed."""

import itertools
import os
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.ground.home import Home
from tests.analysts.conftest import World, open_world

CHANGES = "FROM marts.changes_between($notice, $since::TIMESTAMP, $until::TIMESTAMP)"
FIGURES = "FROM marts.figures_as_of($notice, $t::TIMESTAMP)"


def _values(world: World, t: datetime) -> dict[tuple[str, str], float | None]:
    return {(row["city_code"], row["figure"]): row["value"] for row in world.rows(FIGURES, t=t)}


def _is_rate(figure: str) -> bool:
    return figure.endswith(("_rate", "_coverage"))


def check_partition(world: World, moments: list[datetime]) -> tuple[int, int]:
    """Sums the changes over a partition; returns how many there were, and how many receipts moved something."""
    summed: dict[tuple[str, str], float] = defaultdict(float)
    found = receipts = 0
    values = {moment: _values(world, moment) for moment in moments}
    for since, until in itertools.pairwise(moments):
        before, after = values[since], values[until]
        changes = {
            (row["city_code"], row["figure"]): row for row in world.rows(CHANGES, since=since, until=until)
        }
        assert changes.keys() == {key for key in before if before[key] != after[key]}
        for key, row in changes.items():
            assert (row["value_before"], row["value_after"]) == (before[key], after[key])
            check_told(row, since, until)
            summed[key] += row["difference"] or 0
            receipts += row["receipt_count"]
        found += len(changes)
    first, last = values[moments[0]], values[moments[-1]]
    for key, value in last.items():
        if not _is_rate(key[1]):
            assert summed[key] == value - first[key], key
    return found, receipts


def check_told(row: dict[str, Any], since: datetime, until: datetime) -> None:
    """Every receipt came in between; what receipts and time changed is all that changed."""
    receipts = row["receipts"] or []
    assert all(since < one["received_at"] <= until for one in receipts), row
    assert receipts or row["fallen_due"], row
    if _is_rate(row["figure"]):
        return
    assert sum(one["change"] for one in receipts) + row["time_change"] == row["difference"], row
    assert row["raised"] + row["lowered"] == row["difference"], row
    assert row["lowered"] <= 0 <= row["raised"], row


def test_parts_of_the_time_line_add_up(small: World) -> None:
    found, receipts = check_partition(small, small.moments(9))
    assert found > 200
    assert receipts > 400


@pytest.mark.slow
@pytest.mark.parametrize("seed", [pytest.param(seed, marks=pytest.mark.soak) for seed in range(11, 19)])
def test_parts_of_the_time_line_add_up_in_any_world(make_world: Callable[..., World], seed: int) -> None:
    world = make_world(seed, 10 + seed % 4 * 6, 2 + seed % 3)
    found, receipts = check_partition(world, world.moments(8 + seed % 5))
    assert found > 200
    assert receipts > 300


@pytest.mark.soak  # half a minute; the small world above is cut into as many parts
def test_parts_of_the_time_line_add_up_in_the_shared_world(shared_world: World) -> None:
    found, receipts = check_partition(shared_world, shared_world.moments(40))
    assert found > 2000
    assert receipts > 6000


HEADER = "活动日期,材料类型,标题,活动类别,县（市、区）,参与人数,线上观看人次"


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One unit: 300 people on 9 November; the next day a correction to 120, and another row of 500."""
    to = tmp_path_factory.mktemp("corrected")
    folder = to / "inbox" / "教育厅收件" / "济南市教育局"
    folder.mkdir(parents=True)
    _send(folder / "日报.csv", datetime(2020, 11, 9, 10), "2020-11-09,照片,开幕,宣传活动,历下区,300,0")
    _send(folder / "日报更正.csv", datetime(2020, 11, 10, 9), "2020-11-09,照片,开幕,宣传活动,历下区,120,0")
    _send(folder / "日报二.csv", datetime(2020, 11, 10, 11), "2020-11-10,视频,闭幕,主题推介,,500,0")
    return open_world(to / "inbox", Home(to / "home"))


def _send(path: Path, at: datetime, *rows: str) -> None:
    path.write_text("\n".join([HEADER, *rows]), "utf-8")
    moment = at.timestamp() + _offset(at)
    os.utime(path, (moment, moment))


def _offset(at: datetime) -> float:
    """From this machine's zone to Asia/Shanghai's."""
    return at.astimezone().utcoffset().total_seconds() - 8 * 3600


def _changes(world: World, since: datetime, until: datetime) -> dict[str, dict[str, Any]]:
    rows = world.rows(CHANGES, since=since, until=until)
    return {row["figure"]: row for row in rows if row["city"] == "济南市"}


def test_a_correction_shows_as_lowering(corrected: World) -> None:
    found = _changes(corrected, datetime(2020, 11, 10), datetime(2020, 11, 10, 10))
    assert found.keys() == {"participants"}
    row = found["participants"]
    assert (row["value_before"], row["value_after"], row["difference"]) == (300, 120, -180)
    assert (row["raised"], row["lowered"]) == (0, -180)
    assert [(one["path"], one["change"]) for one in row["receipts"]] == [
        ("教育厅收件/济南市教育局/日报更正.csv", -180)
    ]


def test_a_correction_shows_beside_what_else_came(corrected: World) -> None:
    row = _changes(corrected, datetime(2020, 11, 10), datetime(2020, 11, 10, 12))["participants"]
    assert (row["difference"], row["raised"], row["lowered"]) == (320, 500, -180)
    assert [one["change"] for one in row["receipts"]] == [-180, 500]


@pytest.mark.parametrize(
    ("since", "until", "figures"),
    [
        pytest.param(
            "2020-11-10T23:59:58", "2020-11-10T23:59:59", {"due", "reporting_rate", "on_time_rate"}, id="met"
        ),
        pytest.param(
            "2020-11-11T23:59:58", "2020-11-11T23:59:59", {"due", "missing", "pending"}, id="missed"
        ),
        pytest.param("2020-11-11T10:00:00", "2020-11-11T11:00:00", set(), id="nothing"),
    ],
)
def test_time_alone_moves_figures(corrected: World, since: str, until: str, figures: set[str]) -> None:
    found = _changes(corrected, datetime.fromisoformat(since), datetime.fromisoformat(until))
    assert figures <= found.keys()
    assert all(row["receipts"] is None and row["fallen_due"] > 0 for row in found.values())
    assert ("missing" in found) == bool(figures)


def test_a_correction_moves_no_timeliness(corrected: World) -> None:
    found = _changes(corrected, datetime(2020, 11, 9, 11), datetime(2020, 11, 9, 12))
    assert found == {}
