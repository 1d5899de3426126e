"""The influenza notice: every due moment and every figure once more, in plain Python from its text, against the marts.

What each unit sends is drawn by a seed, passes through the real path in memory, and is counted here without sql/.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

import duckdb
import pytest

from pipelines.notice import Notice, load_notice
from pipelines.notice.obligations import expand_obligations
from pipelines.rehearse.through import take_in
from pipelines.rehearse.trials import Trial
from pipelines.sample.documents import write_docx

NOTICE = "hl-influenza-2024"
DISTRICTS, HOSPITALS, CENTRE = ("WJ-1", "WJ-2", "WJ-3"), ("YY-1", "YY-2"), ("CDC-1",)
CITY = {
    "WJ-1": "991001",
    "WJ-2": "991002",
    "WJ-3": "991003",
    "YY-1": "991000",
    "YY-2": "991000",
    "CDC-1": "991000",
}
CIRCULATED = {"991001": 2, "991002": 2, "991003": 2, "991000": 3}
"""东浦区, 西港区 and 北原市 have a health bureau and a CDC office each; two hospitals and the centre are the municipality's."""
Key = tuple[str, str, str]


def due_moments() -> dict[Key, datetime]:
    """Unit, deliverable and period -> when it is due, as the text says."""
    found: dict[Key, datetime] = {}
    for number in range(119):  # 3 December to 31 March
        day = date(2024, 12, 3) + timedelta(number)
        found |= {
            (unit, "daily_table", day.isoformat()): datetime.combine(day, time(16)) for unit in HOSPITALS
        }
    for number in range(17):  # each Monday before ten: the week before
        monday = date(2024, 12, 2) + timedelta(7 * number)
        found |= {
            (unit, "weekly_analysis", monday.isoformat()): datetime.combine(monday + timedelta(7), time(10))
            for unit in DISTRICTS
        }
        found["CDC-1", "city_weekly", monday.isoformat()] = datetime.combine(monday + timedelta(8), time(12))
    for month, due in (
        ("2024-12-01", date(2025, 1, 3)),
        ("2025-01-01", date(2025, 2, 3)),
        ("2025-02-01", date(2025, 3, 3)),
        ("2025-03-01", date(2025, 4, 3)),
    ):
        found["CDC-1", "monthly_judgement", month] = datetime.combine(due, time(23, 59, 59))
    for unit in (*DISTRICTS, *HOSPITALS, *CENTRE):
        found[unit, "final_summary", ""] = datetime(2025, 4, 10, 23, 59, 59)
        found[unit, "liaison_list", ""] = datetime(2024, 12, 6, 18)
    return found


def test_every_obligation_and_due_moment_is_the_texts() -> None:
    owed = {
        (one.recipient_code, one.deliverable, one.period): one.due_at
        for one in expand_obligations(load_notice(NOTICE))
    }
    assert owed == due_moments()
    assert len(owed) == 2 * 119 + 3 * 17 + 17 + 4 + 6 + 6


@dataclass(frozen=True)
class Sent:
    """One submission: what for, when, and the numbers of a table."""

    key: Key
    at: datetime
    values: tuple[int, ...] = ()
    is_zero: bool = False
    """A daily table that says 零报告 in place of its numbers."""


@dataclass(frozen=True)
class Cluster:
    """Something that was found: who found it, when, and how long after that the call and the written report came."""

    unit: str
    found_at: datetime
    called: timedelta | None
    wrote: timedelta | None

    @property
    def event(self) -> str:
        return self.found_at.strftime("%Y-%m-%dT%H:%M")


HOUR = timedelta(hours=1)
CLUSTERS = [
    Cluster("YY-1", datetime(2024, 12, 20, 10, 15), 2 * HOUR, 24 * HOUR),
    Cluster("YY-1", datetime(2024, 12, 31, 23, 30), 2 * HOUR + timedelta(seconds=1), None),
    Cluster("YY-2", datetime(2025, 1, 2, 8), timedelta(minutes=30), 30 * HOUR),
    Cluster("YY-2", datetime(2025, 1, 2, 9), None, 5 * HOUR),
]


def draw() -> list[Sent]:
    """Around New Year, and every document: some early, some to the second, some late, some never; a few put right later."""
    rng, found = Random(20241203), []
    for key, due in due_moments().items():
        is_daily = key[1] == "daily_table"
        if is_daily and not date(2024, 12, 27) <= date.fromisoformat(key[2]) <= date(2025, 1, 5):
            continue
        if key[1] in ("weekly_analysis", "city_weekly") and not "2024-12-16" <= key[2] <= "2025-01-06":
            continue
        fate = rng.random()
        if fate < 0.2:
            continue
        late = rng.choice([1, 3600, 86400]) if fate < 0.45 else rng.choice([0, -1, -3600])
        at = due + timedelta(seconds=late)
        values = tuple(rng.randrange(400) for _ in range(3)) if is_daily else ()
        is_zero = is_daily and int(key[2][-2:]) % 2 == 0
        found.append(Sent(key, at, (0, 0, 0) if is_zero else values, is_zero))
        if is_daily and fate > 0.8:
            again = tuple(rng.randrange(400) for _ in range(3))
            found.append(Sent(key, at + timedelta(hours=30), again))
    for one in CLUSTERS:
        if one.called is not None:
            found.append(Sent((one.unit, "cluster_call", one.event), one.found_at + one.called, (7,)))
        if one.wrote is not None:
            found.append(Sent((one.unit, "cluster_report", one.event), one.found_at + one.wrote, (9, 1)))
    return found


SENT = draw()


def due_of_events(first: dict[Key, datetime]) -> dict[Key, datetime]:
    """What is owed of clusters once the first word of each came: what was called in has to be written, too."""
    found: dict[Key, datetime] = {}
    for one in CLUSTERS:
        call, written = ((one.unit, name, one.event) for name in ("cluster_call", "cluster_report"))
        if call in first:
            found[call] = one.found_at + 2 * HOUR
        if call in first or written in first:
            found[written] = one.found_at + 24 * HOUR
    return found


def make_trial(notice: Notice, number: int, one: Sent) -> Trial:
    unit = next(unit for unit in notice.recipients if unit.code == one.key[0])
    source = next(source for source in notice.sources if source.line == unit.line)
    deliverable, period = one.key[1:]
    item = notice.deliverables[deliverable]
    name, content = item.file_words[0], b""
    if deliverable == "daily_table":
        row = [unit.name, period, "零报告"] if one.is_zero else [unit.name, period, *one.values]
        content = _csv([[column.headers[0] for column in item.columns.values()], row])
        name = f"{number}{name}.csv"
    elif deliverable.startswith("cluster"):
        moment = datetime.fromisoformat(period)
        said = f"{moment.month}月{moment.day}日{moment.hour}时{moment.minute}分"
        row = [unit.name, said, *one.values]
        content = _csv([[column.headers[0] for column in item.columns.values()], row])
        name = f"{number}{name}.csv"
    elif deliverable == "liaison_list":
        content = _csv([["单位名称", "联络员姓名", "手机号码"], [unit.name, "张某某", f"1380000{number:04}"]])
        name = f"{number}{name}.csv"
    else:
        content = write_docx([f"{number}"], heading=f"{_named(deliverable, period)}{name}")
        name = f"{_named(deliverable, period)}{name}.docx"
    path = f"{source.path}/{unit.aliases[-1]}/{name}"
    return Trial(source, path, content, one.at, unit, deliverable, period)


def _named(deliverable: str, period: str) -> str:
    """How a unit says in a file's name which period it is for."""
    if not period:
        return ""
    first = date.fromisoformat(period)
    if deliverable == "monthly_judgement":
        return f"{first.year}年{first.month}月"
    last = first + timedelta(6)
    return f"{first.month}月{first.day}日—{last.month}月{last.day}日"


def _csv(rows: list[list[object]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    notice = load_notice(NOTICE)
    place: Path = tmp_path_factory.mktemp("influenza")
    with take_in(
        notice, [make_trial(notice, number, one) for number, one in enumerate(SENT)], place
    ) as found:
        yield found


MOMENTS = [
    datetime(2024, 12, 6, 18),
    datetime(2024, 12, 6, 18, 0, 1),
    datetime(2024, 12, 20, 12, 14, 59),
    datetime(2024, 12, 20, 12, 15),
    datetime(2024, 12, 21, 10, 15),
    datetime(2024, 12, 29, 16),
    datetime(2024, 12, 31, 23, 59, 59),
    datetime(2025, 1, 1),
    datetime(2025, 1, 1, 1, 30),
    datetime(2025, 1, 1, 1, 30, 1),
    datetime(2025, 1, 1, 23, 30),
    datetime(2025, 1, 2, 14),
    datetime(2025, 1, 3, 8),
    datetime(2025, 1, 1, 16),
    datetime(2025, 1, 3, 23, 59, 59),
    datetime(2025, 1, 4),
    datetime(2025, 1, 6, 10),
    datetime(2025, 1, 7, 12, 0, 1),
    datetime(2025, 4, 11),
    datetime(2025, 4, 30),
]


def count(city: str, at: datetime) -> tuple[object, ...]:
    """The row of marts.city_reporting_as_of, from what was sent."""
    first: dict[Key, datetime] = {}
    latest: dict[Key, Sent] = {}
    for one in sorted(SENT, key=lambda sent: sent.at):
        if one.at <= at:
            first.setdefault(one.key, one.at)
            latest[one.key] = one
    states = []
    for key, due in (due_moments() | due_of_events(first)).items():
        if CITY[key[0]] == city:
            came = first.get(key)
            states.append((_status(came, due, at), due <= at))
    obligated = sum(1 for of_city in CITY.values() if of_city == city)
    participating = len({key[0] for key, one in latest.items() if CITY[key[0]] == city and not one.is_zero})
    zero_reports = sum(one.is_zero for key, one in latest.items() if CITY[key[0]] == city)
    due_count = sum(is_due for _, is_due in states)
    tally = [sum(state == one for state, _ in states) for one in ("on_time", "late", "missing", "pending")]
    met = sum(is_due and state in ("on_time", "late") for state, is_due in states)
    punctual = sum(is_due and state == "on_time" for state, is_due in states)
    rates = (met / due_count, punctual / due_count) if due_count else (None, None)
    return (
        CIRCULATED[city],
        obligated,
        participating,
        participating / obligated,
        len(states),
        due_count,
        *tally,
        zero_reports,
        *rates,
    )


@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: at.isoformat())
def test_every_figure_of_reporting_is_the_one_counted_here(
    warehouse: duckdb.DuckDBPyConnection, at: datetime
) -> None:
    rows = warehouse.execute(
        """
        SELECT city_code, circulated, obligated, participating, participation_rate, expected, due, on_time, late, missing,
            pending, zero_reports, reporting_rate, on_time_rate
        FROM marts.city_reporting_as_of($1, $2)
        """,
        [NOTICE, at],
    ).fetchall()
    # The municipality's own units are the last row, whatever their code.
    assert [row[0] for row in rows] == ["991001", "991002", "991003", "991000"]
    for code, *figures in rows:
        assert tuple(figures) == pytest.approx(count(code, at)), code


INDICATORS = {
    "daily_table": ("fever_visits", "flu_like_cases", "severe_cases"),
    "cluster_call": ("first_cases",),
    "cluster_report": ("cluster_cases", "cluster_severe"),
}


@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: at.isoformat())
def test_every_cluster_stands_as_it_was_known(warehouse: duckdb.DuckDBPyConnection, at: datetime) -> None:
    first: dict[Key, datetime] = {}
    for one in sorted(SENT, key=lambda sent: sent.at):
        if one.at <= at:
            first.setdefault(one.key, one.at)
    expected = {
        key: (due, first.get(key), _status(first.get(key), due, at))
        for key, due in due_of_events(first).items()
    }
    rows = warehouse.execute(
        """
        SELECT recipient_code, deliverable, period, due_at, first_accepted_at, status
        FROM marts.obligation_status_as_of($1, $2) WHERE deliverable LIKE 'cluster%'
        """,
        [NOTICE, at],
    ).fetchall()
    assert {row[:3]: row[3:] for row in rows} == expected
    assert len(rows) == len(expected)


def _status(came: datetime | None, due: datetime, at: datetime) -> str:
    if came is None:
        return "missing" if due <= at else "pending"
    return "on_time" if came <= due else "late"


@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: at.isoformat())
def test_every_number_of_the_daily_tables_is_the_sum_of_what_speaks(
    warehouse: duckdb.DuckDBPyConnection, at: datetime
) -> None:
    speaking: dict[Key, tuple[int, ...]] = {}
    for one in sorted(SENT, key=lambda sent: sent.at):
        if one.values and one.at <= at:
            speaking[one.key] = one.values
    expected: dict[tuple[str, str], int] = {}
    for (_, deliverable, period), values in speaking.items():
        for name, value in zip(INDICATORS[deliverable], values, strict=True):
            expected[period, name] = expected.get((period, name), 0) + value
    rows = warehouse.execute(
        "SELECT period, indicator, total FROM marts.statistics_by_city_as_of($1, $2) WHERE units_reported > 0",
        [NOTICE, at],
    ).fetchall()
    assert {(period, name): total for period, name, total in rows} == expected


@pytest.mark.parametrize("figure", ["expected", "due", "on_time", "late", "missing", "zero_reports"])
def test_every_figure_is_traced_to_what_it_counts(warehouse: duckdb.DuckDBPyConnection, figure: str) -> None:
    at = datetime(2025, 1, 3, 8)
    rows = warehouse.execute(
        f"SELECT city_code, {figure} FROM marts.city_reporting_as_of($1, $2)", [NOTICE, at]
    ).fetchall()
    for code, value in rows:
        (total,) = warehouse.execute(
            "SELECT coalesce(sum(amount), 0) FROM core.reporting_parts_at($1, $2, $3, $4) WHERE part = 'counted'",
            [NOTICE, at, code, figure],
        ).fetchone() or (None,)
        assert total == value, code


def test_there_is_something_to_count() -> None:
    dues, first = due_moments(), {one.key: one.at for one in reversed(SENT)}
    assert {key[1] for key in first} == {key[1] for key in dues} | {"cluster_call", "cluster_report"}
    assert any(at == dues.get(key) for key, at in first.items())
    assert any(at - timedelta(seconds=1) == dues.get(key) for key, at in first.items())
    zeros = {one.key for one in SENT if one.is_zero}
    assert any(one.key in zeros and not one.is_zero for one in SENT)
    assert len(SENT) > len(first)
    assert any(key[2] == "2024-12-30" for key in first)
