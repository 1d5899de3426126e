"""Report, step 1: the published snapshot, as of a moment, becomes one frozen Bulletin. Reads the marts; writes nothing."""

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ask.figures import last_scan, open_snapshot
from pipelines.ask.freshness import find_freshness
from pipelines.ground.errors import NoticesError
from pipelines.notice import Notice
from pipelines.notice.bulletins import Cadence, issue_number, previous_moment
from pipelines.notice.folder import NOTICES
from pipelines.report.ask import Asker
from pipelines.report.bulletin import COUNTY, Amount, Area, Bulletin, Unit
from pipelines.report.parts import (
    measure_counties,
    measure_curve,
    measure_deliverables,
    measure_grid,
    measure_indicators,
    measure_quality,
    measure_words,
)
from pipelines.report.phrases import full_moment, subject_of
from pipelines.report.tiles import read_tiles


def measure_bulletin(
    published: Path, notice: Notice, cadence: Cadence, as_of: datetime, folder: Path = NOTICES
) -> Bulletin:
    """The bulletin of a notice as of a moment; `folder` is where notices lie. Raises NoticesError where the snapshot holds nothing of it."""
    with open_snapshot(published) as connection:  # last_scan finds it open, and the same
        scanned, asker = last_scan(published, notice.id), Asker(connection, notice)
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
    # The final bulletin sums up: it has no last issue to be held against.
    previous_at = previous_moment(notice, as_of) if cadence == "daily" else None
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
        deliverables=measure_deliverables(asker, notice, as_of),
        quality=measure_quality(asker, as_of, said.named),
        data_version=str(version["data_version"])[:12],
        rules_version=str(version["rules_version"])[:8],
        collected_until=scanned if scanned < as_of else None,
        freshness=find_freshness(asker.connection, notice.id, as_of).sentences(full_moment, is_public=True),
        voluntary=tuple((row["name"], row["units"]) for row in asker.ask("voluntary", as_of)),
        selected=_selected(asker, notice, as_of),
        area_word=said.area,
        county_word=said.county or COUNTY,
        has_materials=has_materials,
        has_counties="county" in columns,
        has_categories="category" in columns,
        has_participants="participants" in columns,
        has_online_views="online_views" in columns,
        type_names=tuple(row["word"] for row in words if row["column_name"] == "material_type"),
        cities_with_materials=whole["cities_with_materials"],
        previous_materials=_sum(before, "materials"),
        previous_participants=_sum(before, "participants"),
        previous_online_views=_sum(before, "online_views"),
        counties=measure_counties(notice, whole["county_coverage"]),
        event_days=tuple(event.days) if event and has_materials else (),
        grid=measure_grid(asker.ask("days", as_of), areas, event.days) if event and has_materials else (),
        categories=measure_words(words, "category"),
        themes=measure_words(words, "theme"),
        curve=measure_curve(asker, as_of),
        indicators=measure_indicators(
            asker.ask("statistics", as_of), asker.ask("statistics_whole", as_of), notice, areas, as_of
        ),
        named=said.named,
        listed=said.listed,
        names_blamed=said.blame == "named",
        head=said.head,
        tiles=tiles,
    )


def _selected(asker: Asker, notice: Notice, as_of: datetime) -> tuple[tuple[str, int], ...]:
    """Nothing is asked of a notice that does not select."""
    if notice.selection is None:
        return ()
    return tuple((row["name"], row["items"]) for row in asker.ask("selected", as_of))


def _sum(before: dict[str, dict[str, Any]] | None, name: str) -> int | None:
    return None if before is None else sum(row[name] or 0 for row in before.values())


def _areas(asker: Asker, as_of: datetime, before: dict[str, dict[str, Any]] | None) -> tuple[Area, ...]:
    types: dict[str, list[int]] = {}
    for row in asker.ask("types", as_of):
        types.setdefault(row["city_code"], []).append(row["materials"])
    return tuple(
        Area(
            **_reporting(row),
            code=row["city_code"],
            name=row["city"],
            is_own=row["is_own"],
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
    """各市教育局，省图书馆: a kind with one unit goes by that unit's name."""
    owing = {kind for item in notice.deliverables.values() for kind in item.owed_by}
    units = {kind: [one.name for one in notice.recipients if one.kind == kind] for kind in owing}
    kinds = [(kind, name) for kind, name in notice.recipient_kinds.items() if units.get(kind)]
    return "，".join(units[kind][0] if len(units[kind]) == 1 else f"各{name}" for kind, name in kinds)
