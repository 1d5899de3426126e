"""The culture week: every due moment and every figure once more, in plain Python from its text, against the marts.

What each unit sends is drawn by a seed, passes through the real path in memory, and is counted here without sql/.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

import duckdb
import pytest

from pipelines.notice import Notice, load_notice
from pipelines.notice.obligations import expand_obligations, expand_open
from pipelines.rehearse.through import take_in
from pipelines.rehearse.trials import Trial
from pipelines.sample.documents import write_docx

NOTICE = "qy-culture-week-2024"
CITIES = ("WL-1", "WL-2", "WL-3", "WL-4")
LIBRARY, HALL, HERITAGE = "TSG", "WHG", "FYZX"
COLLEGES = ("YX-1", "YX-2")
CITY = {
    **dict(zip(CITIES, ("990100", "990200", "990300", "990400"), strict=True)),
    **dict.fromkeys((LIBRARY, HALL, HERITAGE), "990000"),
}
"""Of those that owe something."""
CIRCULATED = {"990100": 2, "990200": 1, "990300": 1, "990400": 2, "990000": 3}
"""A bureau a city, a college in two of them, and three units of the province."""
WEEK = [date(2024, 11, 8) + timedelta(number) for number in range(7)]
Key = tuple[str, str, str]


def due_moments() -> dict[Key, datetime]:
    """Unit, deliverable and period -> when it is due, as the text says."""
    found: dict[Key, datetime] = {}
    for unit in CITIES:
        found[unit, "plan", ""] = datetime(2024, 11, 1, 23, 59, 59)
        found |= {(unit, "daily", day.isoformat()): datetime.combine(day, time(17)) for day in WEEK}
    for unit in (LIBRARY, HALL):
        found[unit, "programme", ""] = datetime(2024, 10, 25, 17)
    found[LIBRARY, "online", ""] = datetime(2024, 11, 15, 12)
    found[HERITAGE, "projects", ""] = datetime(2024, 10, 28, 23, 59, 59)
    for unit in (*CITIES, LIBRARY, HALL, HERITAGE):
        for name in ("summary", "statistics"):
            found[unit, name, ""] = datetime(2024, 11, 25, 23, 59, 59)
    return found


OPEN = {(unit, "signup", ""): datetime(2024, 10, 20, 23, 59, 59) for unit in COLLEGES}


def test_every_obligation_and_due_moment_is_the_texts() -> None:
    notice = load_notice(NOTICE)
    owed = {
        (one.recipient_code, one.deliverable, one.period): one.due_at for one in expand_obligations(notice)
    }
    offered = {(one.recipient_code, one.deliverable, one.period): one.due_at for one in expand_open(notice)}
    assert owed == due_moments()
    assert len(owed) == 4 + 4 * 7 + 2 + 1 + 1 + 7 + 7
    assert offered == OPEN


def test_who_is_addressed_and_how_is_said() -> None:
    notice = load_notice(NOTICE)
    said = notice.said_of_sending("projects")
    assert said == "报给：厅非物质文化遗产处。报送方式：邮箱 gonggong@example.cn。"
    assert "移动硬盘" in notice.said_of_sending("programme")


@dataclass(frozen=True)
class Sent:
    """One submission: what for, when, and the rows of a table; one without rows says 零报告."""

    key: Key
    at: datetime
    rows: tuple[tuple[int, ...], ...] = ()
    is_zero: bool = False

    @property
    def sums(self) -> tuple[int, ...]:
        if self.key[1] == "projects":
            return (len(self.rows),)
        return tuple(map(sum, zip(*self.rows, strict=True)))


WIDTHS = {"daily": 2, "online": 2, "projects": 1, "statistics": 4}
"""Numbers of a row."""
INDICATORS = {
    "daily": ("events_of_day", "visitors_of_day"),
    "online": ("shown_online", "online_views"),
    "projects": ("items",),
    "statistics": ("sessions", "offline", "online_visitors", "coverage"),
}


def draw(seed: int) -> list[Sent]:
    """Some early, some to the second, some late, some never; a few put right later, some of the days without anything."""
    rng, found = Random(seed), []
    for key, due in (due_moments() | OPEN).items():
        fate = rng.random()
        if fate < 0.2:
            continue
        at = due + timedelta(
            seconds=rng.choice([1, 3600, 86400]) if fate < 0.45 else rng.choice([0, -1, -3600])
        )
        is_zero = key[1] == "daily" and rng.random() < 0.3
        found.append(Sent(key, at, _rows(rng, key[1], is_zero), is_zero))
        if fate > 0.75 and key[1] in WIDTHS:
            found.append(Sent(key, at + timedelta(hours=30), _rows(rng, key[1], False)))
    return found


def _rows(rng: Random, deliverable: str, is_zero: bool) -> tuple[tuple[int, ...], ...]:
    """A row an activity in the statistics and a project in the list, one in any other table."""
    width = WIDTHS.get(deliverable, 0)
    if is_zero:
        return ((0,) * width,)
    count = rng.randrange(2, 5) if deliverable in ("statistics", "projects") else 1
    return tuple(tuple(rng.randrange(1, 400) for _ in range(width)) for _ in range(count if width else 0))


def make_trial(notice: Notice, number: int, one: Sent) -> Trial:
    unit = next(unit for unit in notice.recipients if unit.code == one.key[0])
    deliverable, period = one.key[1:]
    word = notice.deliverables[deliverable].file_words[0]
    if deliverable not in WIDTHS:
        name, content = f"{word}.docx", write_docx([f"{number}"], heading=f"{unit.name}{word}")
    else:
        name, content = f"{number}{word}.csv", _table(unit.name, one)
    path = f"活动周收件/{unit.aliases[-1]}/{name}"
    return Trial(notice.sources[0], path, content, one.at, unit, deliverable, period)


def _table(unit: str, one: Sent) -> bytes:
    """Under the headers of the text."""
    rows: list[list[object]]
    if one.key[1] == "daily":
        numbers = ["零报告", ""] if one.is_zero else list(one.rows[0])
        rows = [["单位名称", "活动日期", "当日活动场次", "当日参与人次"], [unit, one.key[2], *numbers]]
    elif one.key[1] == "online":
        rows = [["单位名称", "展播节目数", "线上浏览人次"], [unit, *one.rows[0]]]
    elif one.key[1] == "projects":
        rows = [["项目名称", "项目级别", "保护单位"]]
        rows += [[f"展示项目{number}", "省级", f"第{row[0]}文化站"] for number, row in enumerate(one.rows)]
    else:
        rows = [["序号", "活动名称", "场次", "线下参与人次", "线上参与人次", "媒体报道（篇）"]]
        rows += [[number, f"活动{number}", *row] for number, row in enumerate(one.rows, 1)]
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


SEED = 20241110
MOMENTS = [
    datetime(2024, 10, 20, 23, 59, 59),
    datetime(2024, 10, 25, 17),
    datetime(2024, 11, 2),
    datetime(2024, 11, 8, 17),
    datetime(2024, 11, 8, 17, 0, 1),
    datetime(2024, 11, 12, 16),
    datetime(2024, 11, 15, 12),
    datetime(2024, 11, 26),
    datetime(2024, 12, 5),
]


class World:
    """What was sent, counted at any moment."""

    def __init__(self, sent: list[Sent]) -> None:
        self.sent = sorted(sent, key=lambda one: one.at)

    def first(self, at: datetime) -> dict[Key, datetime]:
        return {one.key: one.at for one in reversed(self.sent) if one.at <= at}

    def latest(self, at: datetime) -> dict[Key, Sent]:
        return {one.key: one for one in self.sent if one.at <= at}

    def status(self, key: Key, due: datetime, at: datetime) -> str:
        came = self.first(at).get(key)
        if came is None:
            return "missing" if due <= at else "pending"
        return "on_time" if came <= due else "late"

    def reporting(self, city: str, at: datetime) -> tuple[object, ...]:
        """The row of marts.city_reporting_as_of."""
        mine = {key: due for key, due in due_moments().items() if CITY[key[0]] == city}
        states = [(self.status(key, due, at), due <= at) for key, due in mine.items()]
        latest = {key: one for key, one in self.latest(at).items() if key in mine}
        obligated = len({key[0] for key in mine})
        participating = len({key[0] for key, one in latest.items() if not one.is_zero})
        due_count = sum(is_due for _, is_due in states)
        met = sum(is_due and state in ("on_time", "late") for state, is_due in states)
        punctual = sum(is_due and state == "on_time" for state, is_due in states)
        tally = [
            sum(state == one for state, _ in states) for one in ("on_time", "late", "missing", "pending")
        ]
        rates = (met / due_count, punctual / due_count) if due_count else (None, None)
        zeros = sum(one.is_zero for one in latest.values())
        share = participating / obligated
        return (
            CIRCULATED[city],
            obligated,
            participating,
            share,
            len(states),
            due_count,
            *tally,
            zeros,
            *rates,
        )

    def totals(self, at: datetime) -> dict[tuple[str, str, str], int]:
        """City, period and indicator -> what the latest tables of its units come to."""
        found: dict[tuple[str, str, str], int] = {}
        for (unit, deliverable, period), one in self.latest(at).items():
            for name, value in zip(INDICATORS.get(deliverable, ()), one.sums, strict=True):
                place = (CITY[unit], period, name)
                found[place] = found.get(place, 0) + value
        return found


def check(world: World, warehouse: duckdb.DuckDBPyConnection, at: datetime) -> None:
    """All figures of a moment against those counted here."""
    rows = warehouse.execute(
        """
        SELECT city_code, circulated, obligated, participating, participation_rate, expected, due, on_time, late, missing,
            pending, zero_reports, reporting_rate, on_time_rate
        FROM marts.city_reporting_as_of($1, $2)
        """,
        [NOTICE, at],
    ).fetchall()
    assert [row[0] for row in rows] == ["990100", "990200", "990300", "990400", "990000"]
    for code, *figures in rows:
        assert tuple(figures) == pytest.approx(world.reporting(code, at)), code
    stood = warehouse.execute(
        "SELECT recipient_code, deliverable, period, status FROM marts.obligation_status_as_of($1, $2)",
        [NOTICE, at],
    ).fetchall()
    expected = {key: world.status(key, due, at) for key, due in due_moments().items()}
    expected |= {key: "voluntary" for key in OPEN if key in world.first(at)}
    assert {row[:3]: row[3] for row in stood} == expected
    numbers = warehouse.execute(
        "SELECT city_code, period, indicator, total FROM marts.statistics_by_city_as_of($1, $2) WHERE units_reported > 0",
        [NOTICE, at],
    ).fetchall()
    assert {row[:3]: row[3] for row in numbers} == world.totals(at)


@contextmanager
def taken(seed: int, place: Path) -> Iterator[tuple[World, duckdb.DuckDBPyConnection]]:
    notice, sent = load_notice(NOTICE), draw(seed)
    trials = [make_trial(notice, number, one) for number, one in enumerate(sent)]
    with take_in(notice, trials, place) as warehouse:
        yield World(sent), warehouse


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, duckdb.DuckDBPyConnection]]:
    with taken(SEED, tmp_path_factory.mktemp("culture")) as found:
        yield found


@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: at.isoformat())
def test_every_figure_is_the_one_counted_here(
    week: tuple[World, duckdb.DuckDBPyConnection], at: datetime
) -> None:
    check(*week, at)


def test_there_is_something_to_count() -> None:
    world = World(draw(SEED))
    end = MOMENTS[-1]
    states = {world.status(key, due, end) for key, due in due_moments().items()}
    assert states == {"on_time", "late", "missing"}
    assert {key[1] for key in world.first(end)} == {key[1] for key in (*due_moments(), *OPEN)}
    zeros = {one.key for one in world.sent if one.is_zero}
    assert any(one.key in zeros and not one.is_zero for one in world.sent)
    assert any(len(one.rows) > 1 for one in world.sent)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(8))
def test_every_figure_of_other_weeks_at_every_hour(seed: int, tmp_path: Path) -> None:
    with taken(seed, tmp_path) as (world, warehouse):
        moments = {*MOMENTS, *due_moments().values(), *(one.at for one in world.sent)}
        for at in sorted(moments):
            check(world, warehouse, at)
