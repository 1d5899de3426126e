"""Report, step 1: the published snapshot, as of a moment, becomes one frozen Bulletin. Reads the marts; writes nothing."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import BadNoticeError, NoticesError
from pipelines.figures import last_scan, open_snapshot
from pipelines.notice import Notice
from pipelines.notice.bulletins import Cadence, issue_number, previous_moment
from pipelines.notice.folder import NOTICES
from pipelines.report.bulletin import (
    Amount,
    Area,
    Bulletin,
    DayPoint,
    DeliverableFigures,
    Indicator,
    PeriodFigures,
    Quality,
    Reason,
    Unit,
    WordFigures,
)
from pipelines.report.phrases import reason_label, span, subject_of
from pipelines.report.queries import QUERIES

CURVE_DAYS = 31
"""The curve shows at most so many days back from the bulletin's own."""


class Asker:
    """Rows of the snapshot for one notice, at any moment, as dictionaries."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, notice: Notice) -> None:
        self.connection, self.notice = connection, notice

    def ask(self, query: str, as_of: datetime) -> list[dict[str, Any]]:
        found = self.connection.execute(QUERIES[query], {"notice": self.notice.id, "t": as_of})
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def one(self, query: str, as_of: datetime) -> dict[str, Any]:
        return self.ask(query, as_of)[0]


def measure_bulletin(
    published: Path, notice: Notice, cadence: Cadence, as_of: datetime, folder: Path = NOTICES
) -> Bulletin:
    """The bulletin of a notice as of a moment; `folder` is where notices lie. Raises NoticesError where the snapshot holds nothing of it."""
    scanned = last_scan(published, notice.id)
    with open_snapshot(published) as connection:
        asker = Asker(connection, notice)
        try:
            return _measure(asker, notice, cadence, as_of, scanned, read_tiles(notice, folder))
        except duckdb.CatalogException as error:
            raise NoticesError(
                f"数据是旧版程序发布的，缺少统计口径（{error}）。先运行 notices rebuild"
            ) from error


def _measure(
    asker: Asker,
    notice: Notice,
    cadence: Cadence,
    as_of: datetime,
    scanned: datetime,
    tiles: tuple[tuple[str, int, int], ...],
) -> Bulletin:
    said, event = notice.bulletins, notice.event
    previous_at = previous_moment(notice, as_of)
    kinds = {item.kind for item in notice.deliverables.values()}
    columns = {
        column for item in notice.deliverables.values() if item.kind == "materials" for column in item.columns
    }
    has_materials = "materials" in kinds
    before = {row["city_code"]: row for row in asker.ask("coverage", previous_at)} if previous_at else None
    whole = asker.one("whole", as_of)
    areas = _areas(asker, as_of, before)
    words = asker.ask("words", as_of)
    version = asker.one("version", as_of)
    return Bulletin(
        notice_id=notice.id,
        title=notice.title,
        document_number=notice.document_number,
        subject=said.subject or subject_of(notice.title),
        addressees=said.addressees or _owing_kinds(notice),
        publisher=said.publisher or notice.issuer,
        cadence=cadence,
        as_of=as_of,
        previous_at=previous_at,
        issue=issue_number(notice, as_of) if cadence == "daily" else None,
        is_event_day=event is not None and event.first_day <= as_of.date() <= event.last_day,
        whole=_whole(said.whole, whole, areas),
        areas=areas,
        units=tuple(Unit(**row) for row in asker.ask("units", as_of)),
        deliverables=_deliverables(asker, notice, as_of),
        quality=_quality(asker, as_of, said.named),
        data_version=str(version["data_version"])[:12],
        rules_version=str(version["rules_version"])[:8],
        collected_until=scanned if scanned < as_of else None,
        area_word=said.area,
        has_materials=has_materials,
        has_counties="county" in columns,
        has_categories="category" in columns,
        has_participants="participants" in columns,
        has_online_views="online_views" in columns,
        type_names=tuple(row["word"] for row in words if row["column_name"] == "material_type"),
        cities_with_materials=whole["cities_with_materials"],
        previous_materials=sum(row["materials"] for row in before.values()) if before is not None else None,
        counties=_counties(notice, whole["county_coverage"]),
        event_days=tuple(event.days) if event and has_materials else (),
        grid=_grid(asker.ask("days", as_of), areas, event.days) if event and has_materials else (),
        categories=_words(words, "category"),
        themes=_words(words, "theme"),
        curve=_curve(asker, as_of),
        indicators=_indicators(asker.ask("statistics", as_of), notice, areas),
        named=said.named,
        listed=said.listed,
        names_blamed=said.blame == "named",
        tiles=tiles,
    )


def _areas(asker: Asker, as_of: datetime, before: dict[str, dict[str, Any]] | None) -> tuple[Area, ...]:
    types: dict[str, list[int]] = {}
    for row in asker.ask("types", as_of):
        types.setdefault(row["city_code"], []).append(row["materials"])
    return tuple(
        Area(
            **_reporting(row),
            code=row["city_code"],
            name=row["city"],
            types=tuple(types.get(row["city_code"], ())),
            gained=None if before is None else row["materials"] - before[row["city_code"]]["materials"],
        )
        for row in asker.ask("areas", as_of)
    )


_COUNTS = [
    "circulated",
    "obligated",
    "participating",
    "participation_rate",
    "expected",
    "due",
    "on_time",
    "late",
    "missing",
    "pending",
    "zero_reports",
    "reporting_rate",
    "on_time_rate",
    "materials",
    "day_coverage",
    "county_coverage",
    "category_coverage",
]


def _reporting(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _COUNTS},
        "participants": Amount(row["participants"], row["participants_is_approximate"]),
        "online_views": Amount(row["online_views"], row["online_views_is_approximate"]),
    }


def _whole(name: str, row: dict[str, Any], areas: tuple[Area, ...]) -> Area:
    gains = [one.gained for one in areas if one.gained is not None]
    return Area(
        **_reporting(row),
        code="",
        name=name,
        types=tuple(map(sum, zip(*(one.types for one in areas), strict=True))),
        gained=sum(gains) if gains else None,
    )


def _owing_kinds(notice: Notice) -> str:
    owing = {kind for item in notice.deliverables.values() for kind in item.owed_by}
    return "，".join(f"各{name}" for kind, name in notice.recipient_kinds.items() if kind in owing)


def _counties(notice: Notice, coverage: float | None) -> tuple[int, int]:
    total = sum(region.level == "county" for region in notice.regions)
    return round((coverage or 0) * total), total


def _deliverables(asker: Asker, notice: Notice, as_of: datetime) -> tuple[DeliverableFigures, ...]:
    periods: dict[str, list[PeriodFigures]] = {}
    for row in asker.ask("periods", as_of):
        row["label"] = _label(notice, row["deliverable"], row["label"])
        row |= {key: tuple(row[key]) for key in ("late_names", "missing_names", "returned_names")}
        periods.setdefault(row.pop("deliverable"), []).append(PeriodFigures(**row))
    return tuple(
        DeliverableFigures(code, item.name, item.kind, item.periods.every, tuple(periods.get(code, ())))
        for code, item in notice.deliverables.items()
    )


def _label(notice: Notice, deliverable: str, key: str) -> str:
    """A period's days in words; "" where the deliverable is owed once."""
    for period in notice.deliverables[deliverable].periods.periods():
        if period.key == key and period.first_day:
            return span(period.first_day, period.last_day)
    return ""


def _quality(asker: Asker, as_of: datetime, named: int) -> Quality:
    reasons: dict[str, list[Reason]] = {"file": [], "row": []}
    for row in asker.ask("reasons", as_of):
        reasons[row["scope"]].append(Reason(row["reason"], reason_label(row["reason"]), row["times"]))
    most = [(row["recipient"], row["times"]) for row in asker.ask("returned_most", as_of)]
    if len(most) > named:
        floor = most[named][1]
        most = [one for one in most[:named] if one[1] > floor]
    return Quality(
        **asker.one("ends", as_of),
        file_reasons=tuple(reasons["file"]),
        row_reasons=tuple(reasons["row"]),
        returned_most=tuple(most),
    )


def _grid(
    rows: list[dict[str, Any]], areas: tuple[Area, ...], days: list[date]
) -> tuple[tuple[int, ...], ...]:
    """Materials by area and day of the event; 0 where there is no row, as for days to come."""
    found = {(row["city_code"], row["day"]): row["materials_of_day"] for row in rows}
    return tuple(tuple(found.get((area.code, one), 0) for one in days) for area in areas)


def _words(rows: list[dict[str, Any]], column: str) -> tuple[WordFigures, ...]:
    chosen = [row for row in rows if row["column_name"] == column]
    return tuple(WordFigures(row["word"], row["materials"], row["cities"]) for row in chosen)


def _curve(asker: Asker, as_of: datetime) -> tuple[DayPoint, ...]:
    first = as_of.date() - timedelta(CURVE_DAYS - 1)
    return tuple(DayPoint(**row) for row in asker.ask("progress", as_of) if row["day"] >= first)


def _indicators(rows: list[dict[str, Any]], notice: Notice, areas: tuple[Area, ...]) -> tuple[Indicator, ...]:
    """In the notice's order; the whole is the sum of its areas. Of several periods the latest that was reported."""
    made = []
    for deliverable, item in notice.deliverables.items():
        own = [row for row in rows if row["deliverable"] == deliverable]
        period = max((row["period"] for row in own if row["units_reported"]), default="")
        found = {(row["indicator"], row["city_code"]): row for row in own if row["period"] == period}
        for indicator in item.indicators:
            given = [found.get((indicator, area.code)) for area in areas]
            there = [row for row in given if row]
            made.append(
                Indicator(
                    deliverable,
                    _label(notice, deliverable, period),
                    item.columns[indicator].headers[0],
                    sum(row["units_reported"] for row in there),
                    _added(there),
                    tuple(_added([row]) if row else None for row in given),
                )
            )
    return tuple(made)


def _added(rows: list[dict[str, Any]]) -> Amount | None:
    given = [row for row in rows if row["total"] is not None]
    if not given:
        return None
    return Amount(sum(row["total"] for row in given), any(row["has_approximate"] for row in given))


def read_tiles(notice: Notice, folder: Path = NOTICES) -> tuple[tuple[str, int, int], ...]:
    """The tile map beside the notice, if it has one: bulletin/tiles.csv. Raises BadNoticeError where a line is wrong."""
    path = folder / notice.id / "bulletin" / "tiles.csv"
    if not path.is_file():
        return ()
    codes, found, problems = {city.code for city in notice.cities}, [], []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            try:
                tile = (str(row["city_code"]), int(row["row"]), int(row["column"]))
            except (KeyError, TypeError, ValueError):
                tile = ("", -1, -1)
            if tile[0] not in codes or min(tile[1:]) < 0 or max(tile[1:]) > 30:
                problems.append(
                    f"应为 city_code,row,column，市代码须在 regions.csv 里，行列为 0 到 30：{row}"
                )
            found.append(tile)
    if len({tile[1:] for tile in found}) < len(found) or {tile[0] for tile in found} != codes:
        problems.append("每个市要有且只有一格，两个市不能占同一格")
    if problems:
        raise BadNoticeError(notice.id, [f"bulletin/tiles.csv：{problem}" for problem in problems])
    return tuple(found)
