"""A bulletin as one frozen value: every number, name and list that docx, xlsx, html and png are made of.

`measure` computes it once from the marts; nothing after it asks the warehouse or counts anew. Rates are from 0 to 1,
None where there is no denominator. Moments are naive, in the notice's zone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pipelines.notice.bulletins import Cadence, Head

COUNTY = "县（市、区）"
"""What lies below an area, where the notice says nothing else."""


@dataclass(frozen=True)
class Amount:
    """A sum, and whether anything in it was read from an approximate count (约, 万)."""

    value: int | Decimal
    is_approximate: bool = False


@dataclass(frozen=True)
class Area:
    """A city, or all of them: the two marts of contract section 7 joined, materials by the notice's own types."""

    code: str
    name: str
    circulated: int = 0
    obligated: int = 0
    participating: int = 0
    participation_rate: float | None = None
    expected: int = 0
    due: int = 0
    on_time: int = 0
    late: int = 0
    missing: int = 0
    pending: int = 0
    zero_reports: int = 0
    reporting_rate: float | None = None
    on_time_rate: float | None = None
    materials: int = 0
    types: tuple[int, ...] = ()
    day_coverage: float | None = None
    county_coverage: float | None = None
    category_coverage: float | None = None
    participants: Amount = Amount(0)
    online_views: Amount = Amount(0)
    gained: int | None = None
    is_own: bool = False
    """The row of the province's own units: in every table, and no city where cities are counted or ranked."""
    """Materials more than at the previous bulletin (fewer after corrections); None for the first bulletin."""

    @property
    def accepted_due(self) -> int:
        """Of what is due, that which was accepted, on time or late."""
        return self.due - self.missing

    @property
    def early(self) -> int:
        """Accepted before it was due."""
        return self.on_time + self.late - self.accepted_due


@dataclass(frozen=True)
class Unit:
    """A recipient that owes something."""

    code: str
    name: str
    kind: str
    kind_name: str
    city: str
    is_participating: bool
    expected: int
    due: int
    on_time: int
    late: int
    missing: int
    pending: int
    returned: int
    zero_reports: int
    reporting_rate: float | None
    on_time_rate: float | None
    materials: int


@dataclass(frozen=True)
class PeriodFigures:
    """One period of a deliverable. `label` names its days, and is "" where it is owed once. Names are in roster order."""

    label: str
    due_at: datetime
    expected: int
    due: int
    on_time: int
    late: int
    missing: int
    pending: int
    late_names: tuple[str, ...] = ()
    missing_names: tuple[str, ...] = ()
    returned_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeliverableFigures:
    code: str
    name: str
    kind: str
    every: str
    periods: tuple[PeriodFigures, ...]

    @property
    def due_periods(self) -> tuple[PeriodFigures, ...]:
        return tuple(one for one in self.periods if one.due)

    @property
    def latest(self) -> PeriodFigures | None:
        """The latest period that is due."""
        return max(self.due_periods, key=lambda one: one.due_at, default=None)

    @property
    def upcoming(self) -> PeriodFigures | None:
        """The next period that somebody still owes and is not due."""
        return min(
            (one for one in self.periods if one.pending and not one.due),
            key=lambda one: one.due_at,
            default=None,
        )


@dataclass(frozen=True)
class WordFigures:
    """A word of a list: materials that carry it, and in how many cities."""

    word: str
    materials: int
    cities: int


@dataclass(frozen=True)
class DayPoint:
    """What was known at the end of a day (at the bulletin's moment for the last): running totals."""

    day: date
    accepted: int
    missing: int
    materials: int


@dataclass(frozen=True)
class Indicator:
    """An indicator of the statistics in one period: its total, that of each area in order, and how many units reported.

    Of a table owed again and again it is the latest period that anybody reported: periods are never added up.
    """

    deliverable: str
    period: str
    """The days of the period in words; "" where it is owed once."""
    name: str
    unit: str
    """场, 所, 人次; "" where the notice says none."""
    units: int
    total: Amount | None
    areas: tuple[Amount | None, ...]
    aggregate: str = "sum"
    """How units are brought together: what is no sum is called by what it is."""

    @property
    def is_whole(self) -> bool:
        """Whether it is a sum of whole numbers."""
        return all(isinstance(one.value, int) for one in (self.total, *self.areas) if one)


@dataclass(frozen=True)
class Reason:
    """A reason code, its Chinese label, and how often it was given."""

    code: str
    label: str
    times: int


@dataclass(frozen=True)
class Quality:
    """How the submissions that had arrived ended."""

    submissions: int = 0
    accepted: int = 0
    partly_accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    attachment: int = 0
    ignored: int = 0
    rejected_rows: int = 0
    file_reasons: tuple[Reason, ...] = ()
    row_reasons: tuple[Reason, ...] = ()
    returned_most: tuple[tuple[str, int], ...] = ()
    """Units with the most submissions returned, wholly or in part, and how many; ties whole."""


@dataclass(frozen=True)
class Bulletin:
    notice_id: str
    title: str
    document_number: str
    subject: str
    addressees: str
    publisher: str
    cadence: Cadence
    as_of: datetime
    previous_at: datetime | None
    issue: int | None
    is_event_day: bool
    whole: Area
    areas: tuple[Area, ...]
    units: tuple[Unit, ...]
    deliverables: tuple[DeliverableFigures, ...]
    quality: Quality
    data_version: str
    rules_version: str
    collected_until: datetime | None = None
    """The last completed scan, where that was before `as_of`: what came later is not in it. Else None."""
    freshness: tuple[str, ...] = ()
    """Where the figures are not complete as of `as_of`: until when they are, and which source is silent."""
    voluntary: tuple[tuple[str, int], ...] = ()
    """What units sent without owing it: each deliverable's name, and how many units."""
    selected: tuple[tuple[str, int], ...] = ()
    """Units with items that are selected, and how many, most first."""
    area_word: str = "市"
    county_word: str = COUNTY
    has_materials: bool = False
    has_counties: bool = False
    has_categories: bool = False
    has_participants: bool = False
    has_online_views: bool = False
    type_names: tuple[str, ...] = ()
    cities_with_materials: int = 0
    previous_materials: int | None = None
    previous_participants: int | None = None
    previous_online_views: int | None = None
    counties: tuple[int, int] = (0, 0)
    """Counties named by materials, and all there are."""
    event_days: tuple[date, ...] = ()
    grid: tuple[tuple[int, ...], ...] = ()
    """Materials by area (rows) and day of the event (columns), by their own activity date."""
    categories: tuple[WordFigures, ...] = ()
    themes: tuple[WordFigures, ...] = ()
    curve: tuple[DayPoint, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    named: int = 5
    listed: int = 12
    names_blamed: bool = True
    head: Head | None = None
    """The red head and the imprint, where the office wants them."""
    tiles: tuple[tuple[str, int, int], ...] = ()
    """(area code, row, column) of the tile map; empty where the notice has none."""

    @property
    def cities(self) -> list[Area]:
        """The areas without the province's own units: what is counted and ranked in prose."""
        return [area for area in self.areas if not area.is_own]

    @property
    def unit_kinds(self) -> list[tuple[str, str]]:
        """Kinds of the units that owe something, with their names, in roster order."""
        return list(dict.fromkeys((unit.kind, unit.kind_name) for unit in self.units))
