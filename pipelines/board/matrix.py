"""The matrix of the board: units down, deliverables and periods across, one sign a cell; as of any moment.

What is asked of the snapshot for a moment (`find_standing`) is kept until something new is published; filters, order and search
only choose from it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pipelines.board.asking import Row, Snapshot
from pipelines.board.signs import SIGNS, Sign, sign_of
from pipelines.notice.model import Notice

_OBLIGATIONS = """
SELECT * FROM core.obligations_at($notice, $t)
UNION ALL BY NAME SELECT * FROM core.voluntary_at($notice, $t)
"""
"""marts.obligation_status_as_of without the names and attachments, which the board does not show: half of its time."""
_REPORTING = """
WITH cities AS (SELECT * FROM core.cities WHERE notice_id = $notice)
SELECT counted.*, cities.city_code, cities.city
FROM cities
FULL JOIN core.reporting_with_whole($notice, $t, 'city') AS counted ON cities.city_code = counted.group_code
WHERE cities.city_code IS NOT NULL OR counted.is_whole
ORDER BY cities.position
"""
"""The cities, and one row of the whole: in one question, since planning it takes longer than counting."""
_COVERAGE = "SELECT * FROM marts.province_coverage_as_of($notice, $t)"
Key = tuple[str, str]
"""A deliverable and a period: a column."""
OUTSIDE = ("exempt", "voluntary")
"""What is in no rate."""
NEXT = 5
"""So many of the next due moments are shown."""


@dataclass(frozen=True)
class Cell:
    """An obligation as the board shows it."""

    sign: Sign
    due_at: datetime
    accepted_at: datetime | None

    @property
    def told(self) -> str:
        at = f" {self.accepted_at:%m-%d %H:%M}" if self.accepted_at else f"，截止 {self.due_at:%m-%d %H:%M}"
        return f"{self.sign.word}{at}"


@dataclass(frozen=True)
class Column:
    """`label` is what stands in the header below the deliverable's name; '' for what is owed once."""

    key: Key
    label: str


@dataclass(frozen=True)
class Unit:
    code: str
    name: str
    kind: str
    line: str
    city_code: str
    cells: Mapping[Key, Cell]
    counts: Mapping[str, int]
    """Sign's code -> how many of the unit's obligations bear it."""


@dataclass(frozen=True)
class Due:
    """What falls due next, and how many have not sent it yet."""

    deliverable: str
    period: str
    due_at: datetime
    open: int


@dataclass(frozen=True)
class Standing:
    """Everything the board shows of one moment."""

    at: datetime
    columns: tuple[Column, ...]
    units: tuple[Unit, ...]
    """Those that owe anything, in roster order."""
    cities: tuple[Row, ...]
    province: Row
    coverage: Row
    due: tuple[Due, ...]
    """What falls due next."""
    ahead: tuple[Row, ...] = ()
    """The obligations that `due` counts."""


@dataclass(frozen=True)
class Choice:
    """What of it is shown, and in which order: the board's filters."""

    city: str = ""
    line: str = ""
    kind: str = ""
    state: str = ""
    words: str = ""
    order: str = ""


@dataclass
class Group:
    """A city with its units, or all units in one where another order than the roster's was asked for."""

    city: Row | None
    units: list[Unit] = field(default_factory=list)


def find_standing(snapshot: Snapshot, notice: Notice, at: datetime) -> Standing:
    """The whole board as of a moment, naive in the notice's zone."""
    rows, reporting = snapshot.ask(_OBLIGATIONS, t=at), snapshot.ask(_REPORTING, t=at)
    cells: dict[str, dict[Key, Cell]] = {}
    for row in rows:
        sign = sign_of(row["status"], row["is_returned"], row["is_zero_report"])
        cells.setdefault(row["recipient_code"], {})[row["deliverable"], row["period"]] = Cell(
            sign, row["due_at"], row["first_accepted_at"]
        )
    ahead = tuple(row for row in rows if row["due_at"] > at and row["status"] not in OUTSIDE)
    return Standing(
        at,
        tuple(_columns(notice, rows)),
        tuple(_units(notice.on(at.date()), cells)),
        tuple(row for row in reporting if not row["is_whole"]),
        next((row for row in reporting if row["is_whole"]), {}),
        snapshot.one(_COVERAGE, t=at) or {},
        tuple(find_due(ahead)),
        ahead,
    )


def find_due(ahead: Iterable[Row]) -> Iterator[Due]:
    """The next few due moments of obligations that are not due yet, and how many have not sent what falls due then."""
    ahead = list(ahead)
    counted = Counter((row["due_at"], row["deliverable"], row["period"]) for row in ahead)
    still = Counter(
        (row["due_at"], row["deliverable"], row["period"]) for row in ahead if row["status"] == "pending"
    )
    for key in sorted(counted)[:NEXT]:
        yield Due(key[1], key[2], key[0], still[key])


def _columns(notice: Notice, rows: Iterable[Row]) -> Iterator[Column]:
    places = {name: place for place, name in enumerate(notice.deliverables)}
    found = {(row["deliverable"], row["period"]): (row["first_day"], row["last_day"]) for row in rows}
    for key in sorted(found, key=lambda one: (places[one[0]], one[1])):
        is_event = notice.deliverables[key[0]].within is not None
        yield Column(key, name_period(*found[key]) + (f" {key[1][-5:]}" if is_event else ""))


def name_period(first_day: date | None, last_day: date | None) -> str:
    """11.8, or 11.2–11.8; '' for what is owed once."""
    if first_day is None or last_day is None:
        return ""
    first = f"{first_day.month}.{first_day.day}"
    return first if first_day == last_day else f"{first}–{last_day.month}.{last_day.day}"


def _units(notice: Notice, cells: Mapping[str, Mapping[Key, Cell]]) -> Iterator[Unit]:
    for one in notice.recipients:
        if owed := cells.get(one.code):
            counts = Counter(cell.sign.code for cell in owed.values())
            yield Unit(one.code, one.name, one.kind, one.line, one.city_code, owed, counts)


ORDERS = {
    "": "名册",
    "missing": "未报多的在前",
    "returned": "退回多的在前",
    "late": "迟报多的在前",
    "name": "名称",
}


def choose(standing: Standing, choice: Choice) -> list[Group]:
    """The units that the filters leave, by city in the order of the roster, or in one group in another order."""
    units = [unit for unit in standing.units if _is_chosen(unit, choice)]
    if choice.order == "name":
        return [Group(None, sorted(units, key=lambda unit: unit.name))]
    if choice.order in SIGNS:
        return [Group(None, sorted(units, key=lambda unit: -unit.counts.get(choice.order, 0)))]
    cities = {city["city_code"]: city for city in standing.cities}
    groups: dict[str, Group] = {}
    for unit in units:
        group = groups.setdefault(unit.city_code, Group(cities.get(unit.city_code)))
        group.units.append(unit)
    places = {code: place for place, code in enumerate(cities)}
    return [groups[code] for code in sorted(groups, key=lambda code: places.get(code, len(places)))]


def _is_chosen(unit: Unit, choice: Choice) -> bool:
    return (
        choice.city in ("", unit.city_code)
        and choice.line in ("", unit.line)
        and choice.kind in ("", unit.kind)
        and (not choice.state or unit.counts.get(choice.state, 0) > 0)
        and (not choice.words or choice.words.strip() in unit.name or choice.words.strip() == unit.code)
    )


def sum_signs(units: Iterable[Unit]) -> dict[str, Any]:
    """How many cells of these units bear each sign, in the order of the legend."""
    found: Counter[str] = Counter()
    for unit in units:
        found.update(unit.counts)
    return {code: found.get(code, 0) for code in SIGNS}


def find_legend(notice: Notice) -> tuple[str, ...]:
    """The signs that the board of this notice can bear, in the order of the legend."""
    is_open = any(item.optional for item in notice.deliverables.values())
    return tuple(code for code in SIGNS if is_open or code != "voluntary")


def sum_columns(standing: Standing, units: Iterable[Unit]) -> list[tuple[int, int]]:
    """For each column, how many of these units' cells are met, and how many there are, exempt ones apart."""
    met, all_of = Counter[Key](), Counter[Key]()
    for unit in units:
        for key, cell in unit.cells.items():
            all_of[key] += cell.sign.code not in OUTSIDE
            met[key] += cell.accepted_at is not None and cell.sign.code not in OUTSIDE
    return [(met[column.key], all_of[column.key]) for column in standing.columns]
