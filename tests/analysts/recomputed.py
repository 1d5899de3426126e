"""What docs/questions.md asks, computed in Python from plain rows: materials, obligations, files, verdicts, visits, spans of rows."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from statistics import median
from typing import Any

from tests.analysts.conftest import World

Answer = list[tuple[Any, ...]]
CELLS = ("category", "theme", "county", "participants", "online_views", "link")
"""Of a material, that `correct` compares."""


def exactly(rows: list[tuple[Any, ...]]) -> list[str]:
    """In one order, numbers to nine digits."""
    return sorted(
        repr([f"{value:.9g}" if isinstance(value, float) else value for value in row]) for row in rows
    )


def rows_of(world: World, relation: str, t: datetime | None = None) -> list[dict[str, Any]]:
    """All of a relation of the notice, or of a macro as of a moment."""
    if t is None:
        return world.rows(f"FROM {relation} WHERE notice_id = $notice")
    return world.rows(f"FROM marts.{relation}_as_of($notice, $t)", t=t)


def _names(world: World) -> tuple[dict[str, str], dict[str, str]]:
    units = {one["recipient_code"]: one["recipient"] for one in rows_of(world, "core.recipients")}
    return units, {one["city_code"]: one["city"] for one in rows_of(world, "core.cities")}


def per_thousand(world: World, t: datetime) -> Answer:
    people = {
        one["region_code"]: one["amount"]
        for one in rows_of(world, "core.denominators")
        if one["measure"] == "people"
    }
    came: Counter[str] = Counter()
    for one in rows_of(world, "materials", t):
        came[one["city_code"]] += one["participants"] or 0
    return [
        (name, came[code], people.get(code), round(1000 * came[code] / people[code], 1) if code in people else None)
        for code, name in _names(world)[1].items()
    ]  # fmt: skip


def _rates(world: World, t: datetime, *columns: str) -> dict[tuple[Any, ...], float | None]:
    due: Counter[tuple[Any, ...]] = Counter()
    accepted: Counter[tuple[Any, ...]] = Counter()
    for one in rows_of(world, "obligation_status", t):
        if one["status"] != "exempt" and one["due_at"] <= t:
            key = tuple(one[column] for column in columns)
            due[key] += 1
            accepted[key] += one["status"] in ("on_time", "late")
    return {key: accepted[key] / count for key, count in due.items()}


def worsening(world: World, before: datetime, t: datetime) -> Answer:
    earlier, latest = (_rates(world, moment, "recipient") for moment in (before, t))
    return [(*key, was, latest[key]) for key, was in earlier.items() if was and latest[key] < was]  # type: ignore[operator]


def zero_only(world: World, t: datetime) -> Answer:
    zero = Counter(
        (one["recipient_code"], one["deliverable"])
        for one in rows_of(world, "obligation_status", t)
        if one["is_zero_report"] and one["first_accepted_at"]
    )
    counting = {
        (one["recipient_code"], one["deliverable"])
        for one in _counting(world, t)
        if not one["is_zero_report"]
    }
    units = _names(world)[0]
    names = {one["deliverable"]: one["deliverable_name"] for one in rows_of(world, "core.deliverables")}
    return [(units[key[0]], names[key[1]], count) for key, count in zero.items() if key not in counting]


def _counting(world: World, t: datetime) -> list[dict[str, Any]]:
    return [one for one in rows_of(world, "core.items") if one["current_from"] <= t < one["current_until"]]


def corrected_after_due(world: World, t: datetime) -> Answer:
    """Cells of materials: by identity, between the rows that counted just before a moment and at it."""
    links = {
        (one["submission_id"], one["table_number"], one["row_number"]): one["link"]
        for one in rows_of(world, "raw.materials")
    }
    due = {
        (one["recipient_code"], one["deliverable"], one["period"]): one["due_at"]
        for one in rows_of(world, "obligation_status", t)
    }
    spans: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for one in rows_of(world, "core.items"):
        if one["kind"] == "materials":
            link = links.get((one["submission_id"], one["table_number"], one["row_number"]))
            spans[one["recipient_code"], one["deliverable"], one["item_key"]].append(one | {"link": link})
    units = _names(world)[0]
    return [
        (units[one["recipient_code"]], one["title"], cell, old, new, at)
        for each in spans.values()
        for at, one, cell, old, new in _changes(each)
        if at <= t and at > due.get((one["recipient_code"], one["deliverable"], one["period"]), datetime.max)
    ]


def _changes(spans: list[dict[str, Any]]) -> Iterator[tuple[datetime, dict[str, Any], str, Any, Any]]:
    for at in sorted({one["current_from"] for one in spans} | {one["current_until"] for one in spans}):
        was = [one for one in spans if one["current_from"] < at <= one["current_until"]]
        now = [one for one in spans if one["current_from"] <= at < one["current_until"]]
        for place in range(max(len(was), len(now)) if was else 0):
            old, new = (each[place] if place < len(each) else {} for each in (was, now))
            for cell in CELLS:
                values = [None if one.get(cell) is None else str(one[cell]) for one in (old, new)]
                if values[0] != values[1]:
                    yield at, new or old, cell, values[0], values[1]


def column_visits(world: World) -> Answer:
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for one in sorted(rows_of(world, "raw.column_checks"), key=lambda one: one["checked_at"]):
        newest[one["recipient_code"], one["url"]] = one
    planned = {(one["recipient_code"], one["column_url"]) for one in rows_of(world, "marts.plans")}
    units = _names(world)[0]
    return [
        (units[key[0]], one["url"], one["is_ok"], one["failure"], one["checked_at"])
        for key, one in newest.items()
        if key in planned
    ]


def mended(world: World, t: datetime) -> Answer:
    names = {one["deliverable"]: one["deliverable_name"] for one in rows_of(world, "core.deliverables")}
    rejected: dict[tuple[Any, ...], list[datetime]] = defaultdict(list)
    for one in rows_of(world, "row_ends", t):
        if one["row_end"] == "rejected":
            rejected[one["recipient_code"], one["deliverable"], one["period"]].append(one["received_at"])
    hours: dict[str, list[float]] = defaultdict(list)
    for owed in rows_of(world, "obligation_status", t):
        for at in rejected[owed["recipient_code"], owed["deliverable"], owed["period"]]:
            if owed["first_accepted_at"] and owed["first_accepted_at"] > at:
                hours[names[owed["deliverable"]]].append(
                    (owed["first_accepted_at"] - at).total_seconds() / 3600
                )
    return [(name, len(each), median(each)) for name, each in hours.items()]


def channels(world: World, t: datetime) -> Answer:
    receipts = {one["receipt_id"]: one["source"] for one in rows_of(world, "raw.receipts")}
    source_of = {
        one["submission_id"]: receipts[one["receipt_id"]] for one in rows_of(world, "core.submissions")
    }
    files: dict[str, set[str]] = defaultdict(set)
    rows, rejected = Counter[str](), Counter[str]()
    for one in rows_of(world, "row_ends", t):
        source = source_of[one["submission_id"]]
        files[source].add(one["submission_id"])
        rows[source] += 1
        rejected[source] += one["row_end"] == "rejected"
    return [(source, len(files[source]), rows[source], rejected[source]) for source in rows]


def failing_formats(world: World) -> Answer:
    states: dict[str | None, list[bool]] = defaultdict(list)
    for one in rows_of(world, "core.submissions"):
        if one["state"] not in ("ignored", "attachment", "superseded"):
            states[one["format"]].append(one["state"] == "rejected")
    return [(name, len(each), sum(each) / len(each)) for name, each in states.items()]


def cities_by_kind(world: World, t: datetime) -> Answer:
    active = {one["recipient_code"] for one in _counting(world, t) if not one["is_zero_report"]}
    owing = {
        one["recipient_code"]
        for one in rows_of(world, "obligation_status", t)
        if one["status"] not in ("exempt", "voluntary")
    }
    rates, cities = _rates(world, t, "city", "kind_name"), _names(world)[1]
    units: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for one in rows_of(world, "core.recipients"):
        units[cities.get(one["city_code"]), one["kind_name"]].append(one["recipient_code"])
    told = []
    for key, codes in units.items():
        owe = [code for code in codes if code in owing]
        took_part = sum(code in active for code in owe)
        told.append((*key, len(codes), took_part, took_part / len(owe) if owe else None, rates.get(key)))
    return told


def recurring_errors(world: World) -> Answer:
    files = {
        one["submission_id"]: one
        for one in rows_of(world, "core.submissions")
        if one["state"] not in ("duplicate", "superseded")
    }
    found = [
        (one["reason"], one["column_name"], files[one["submission_id"]]["recipient_code"])
        for one in rows_of(world, "raw.verdicts")
        if one["severity"] == "error" and one["submission_id"] in files
    ]
    found += [
        (one["reason"], None, one["recipient_code"])
        for one in files.values()
        if one["state"] == "rejected" and not one["rejected_row_count"]
    ]
    times = Counter(one[:2] for one in found)
    return [(*key, count, len({one[2] for one in found if one[:2] == key} - {None})) for key, count in times.items()]  # fmt: skip


def silent_counties(world: World, t: datetime) -> Answer:
    named = {(one["city_code"], one["county"]) for one in rows_of(world, "materials", t)}
    cities = _names(world)[1]
    return [
        (cities[one["city_code"]], one["county"])
        for one in rows_of(world, "core.counties")
        if (one["city_code"], one["county"]) not in named
    ]


def thin_categories(world: World, t: datetime) -> Answer:
    count, people = Counter[str](), Counter[str]()
    for one in rows_of(world, "materials", t):
        count[one["category"]] += 1
        people[one["category"]] += one["participants"] or 0
    words = {one["word"] for one in rows_of(world, "core.list_words") if one["column_name"] == "category"}
    return [(word, count[word], people[word]) for word in words]


def day_by_day(world: World, t: datetime) -> Answer:
    count, same = Counter[Any](), Counter[Any]()
    for one in rows_of(world, "materials", t):
        day = one["received_at"].date()
        count[day] += 1
        same[day] += one["activity_date"] == day
    return [(day, count[day], same[day]) for day in count]


def never_came(world: World, t: datetime) -> Answer:
    came = {
        one["recipient_code"]
        for one in rows_of(world, "core.submissions")
        if one["state"] not in ("ignored", "superseded") and one["received_at"] <= t
    }
    owed = Counter(
        (one["city"], one["recipient"], one["recipient_code"])
        for one in rows_of(world, "obligation_status", t)
        if one["status"] not in ("exempt", "voluntary")
    )
    return [(city, name, count) for (city, name, code), count in owed.items() if code not in came]


def _pairs(title: str) -> set[str]:
    bare = "".join(one for one in title if one.isalnum())
    return {bare[place : place + 2] for place in range(max(len(bare) - 1, 1))}


def without_repeats(world: World, t: datetime) -> Answer:
    """A material counts once less where another unit of its city told of the same day in like words before."""
    positions = {one["recipient_code"]: one["position"] for one in rows_of(world, "core.recipients")}
    all_people, repeated = Counter[str](), Counter[str]()
    materials = rows_of(world, "materials", t)
    for one in materials:
        all_people[one["city_code"]] += one["participants"] or 0
        order = (one["received_at"], positions[one["recipient_code"]])
        if any(
            _is_like(one, other) and (other["received_at"], positions[other["recipient_code"]]) < order
            for other in materials
        ):
            repeated[one["city_code"]] += one["participants"] or 0
    return [(name, all_people[code], all_people[code] - repeated[code]) for code, name in _names(world)[1].items()]  # fmt: skip


def _is_like(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one["recipient_code"] == other["recipient_code"] or not (one["title"] and other["title"]):
        return False
    if any(one[name] != other[name] for name in ("city_code", "activity_date")):
        return False
    if any(one[name] and other[name] and one[name] != other[name] for name in ("county", "category")):
        return False
    pairs, others = _pairs(one["title"]), _pairs(other["title"])
    return 2 * len(pairs & others) / (len(pairs) + len(others)) >= 0.8


def known_until(world: World) -> Answer:
    sources = {one["source"]: one for one in rows_of(world, "core.sources")}
    lines = {one["line"]: one["line_name"] for one in rows_of(world, "core.lines")}
    scans = rows_of(world, "raw.scans")
    newest = max(one["scanned_at"] for one in scans)
    return [
        (sources[one["source"]]["source_path"], lines[sources[one["source"]]["line"]], one["scanned_at"], one["scanned_at"] < newest)
        for one in scans
    ]  # fmt: skip


def lacking_county(world: World, t: datetime) -> Answer:
    counted: dict[tuple[str, str], list[bool]] = defaultdict(list)
    units, cities = _names(world)
    for one in rows_of(world, "materials", t):
        counted[cities[one["city_code"]], units[one["recipient_code"]]].append(one["county"] is None)
    return [(*key, len(each), sum(each)) for key, each in counted.items() if any(each)]


def then_and_now(world: World, before: datetime, t: datetime) -> Answer:
    """Every figure of the reports by city, column by column."""
    earlier, latest = (
        {
            (one["city"], figure): value
            for relation in ("city_reporting", "city_coverage")
            for one in rows_of(world, relation, moment)
            for figure, value in one.items()
            if figure not in ("city_code", "city")
        }
        for moment in (before, t)
    )
    return [(*key, was, latest[key]) for key, was in earlier.items() if was != latest[key]]
