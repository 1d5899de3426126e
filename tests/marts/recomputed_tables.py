"""The statistics table, what was returned, how early it came and the daily curve, once more in plain pandas from core (see recomputation.py)."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pandas as pd

from tests.marts.recomputation import Recomputation, Rows, add, as_rows, group_rows


def timeliness(world: Recomputation, t: pd.Timestamp) -> Rows:
    return [
        {name: one[name] for name in ("recipient_code", "deliverable", "period", "status")}
        | {"hours": (one["first_accepted_at"] - one["due_at"]).total_seconds() / 3600}
        for one in world.obligations(t)
        if one["status"] in ("on_time", "late")
    ]


def reasons(world: Recomputation, t: pd.Timestamp) -> Rows:
    """How often each reason, by unit, deliverable and column."""
    submissions, verdicts = world.frames["submissions"], world.frames["raw.verdicts"]
    arrived = submissions[(submissions.received_at <= t) & (submissions.state != "duplicate")]
    whole = arrived[(arrived.state == "rejected") & (arrived.rejected_row_count == 0)].assign(
        scope="file", column_name=None
    )
    single = verdicts[verdicts.severity == "error"].merge(
        arrived[["submission_id", "recipient_code"]], on="submission_id"
    )
    key = ["recipient_code", "deliverable", "column_name", "reason", "scope"]
    both = pd.concat([whole[[*key, "submission_id"]], single.assign(scope="row")[[*key, "submission_id"]]])
    grouped = both.groupby(key, dropna=False).submission_id.agg(["size", "nunique"]).reset_index()
    return grouped.rename(columns={"size": "times", "nunique": "files"}).to_dict("records")


def values(world: Recomputation, t: pd.Timestamp) -> Rows:
    """Each value of the statistics tables that is current, with the recipient's name and city."""
    current = world.current(t)
    key = ["submission_id", "table_number", "row_number"]
    mine = current[(current.kind == "statistics") & current.period.notna()]
    mine = mine.drop_duplicates(["recipient_code", "deliverable", "period"])  # equal rows stand for one
    given = world.frames["raw.statistics"].drop(columns="deliverable")
    found = as_rows(mine[[*key, "deliverable", "recipient_code", "period"]].merge(given, on=key))
    return [one | {"city_code": world.by_code[one["recipient_code"]]["city_code"]} for one in found]


def statistics(world: Recomputation, t: pd.Timestamp, by_city: bool) -> Rows:
    """Each indicator's sum, and the units that are missing from it."""
    tables = {name for name, one in world.deliverables.items() if one["kind"] == "statistics"}
    owed = [one for one in world.obligations(t) if one["deliverable"] in tables and one["status"] != "exempt"]
    sent: dict[tuple[Any, ...], Rows] = {}
    for one in values(world, t):
        sent.setdefault((one["deliverable"], one["period"], one["indicator"]), []).append(one)
    periods = world.frames["periods"].groupby("deliverable").period.agg(sorted)
    found = []
    for city in sorted({one["city_code"] for one in world.recipients}) if by_city else [None]:
        for indicator in world.frames["indicators"].to_dict("records"):
            for period in periods[indicator["deliverable"]]:
                place = (indicator["deliverable"], period, indicator["indicator"])
                mine = [one for one in sent.get(place, []) if city in (None, one["city_code"])]
                owing = [
                    one["recipient_code"]
                    for one in owed
                    if (one["deliverable"], one["period"]) == place[:2] and city in (None, one["city_code"])
                ]
                if not mine and not owing:
                    continue
                senders = {one["recipient_code"] for one in mine}
                given = [one["value"] for one in mine if one["value"] is not None]
                missing = [code for code in world.by_code if code in set(owing) - senders]
                found.append(
                    ({"city_code": city} if by_city else {})
                    | dict(zip(("deliverable", "period", "indicator"), place, strict=True))
                    | {
                        "total": sum(given) if given else None,
                        "units_owing": len(owing),
                        "units_reported": len(senders & set(owing)),
                        "units_not_applicable": sum(one["value_state"] == "not_applicable" for one in mine),
                        "units_missing": [world.by_code[code]["recipient"] for code in missing],
                        "has_approximate": any(one["value_state"] == "approximate" for one in mine),
                    }
                )
    return found


def checks(world: Recomputation, t: pd.Timestamp) -> Rows:
    """The statistics table beside the daily materials."""
    daily_tables = {name for name, one in world.deliverables.items() if one["kind"] == "materials"}
    owing = {
        one["recipient_code"]
        for one in world.obligations(t)
        if one["deliverable"] in daily_tables and one["status"] != "exempt"
    }
    counterpart = world.frames["indicators"].set_index(["deliverable", "indicator"]).compares_with.to_dict()
    periods = world.frames["periods"].set_index(["deliverable", "period"]).to_dict("index")
    reported: dict[tuple[Any, ...], list[float]] = {}
    for one in values(world, t):
        compares_with = counterpart[one["deliverable"], one["indicator"]]
        if isinstance(compares_with, str) and one["recipient_code"] in owing and one["value"] is not None:
            place = (one["recipient_code"], one["deliverable"], one["period"], compares_with)
            reported.setdefault(place, []).append(one["value"])
    materials, found = world.materials_by(t, "recipient_code"), []
    for (code, deliverable, period, compares_with), given in reported.items():
        mine, days = materials.get((code,), []), periods[deliverable, period]
        if pd.notna(days["first_day"]):
            mine = [one for one in mine if days["first_day"] <= one["activity_date"] <= days["last_day"]]
        if compares_with == "events":
            daily = sum(
                max(1, len({one["county"] for one in rows} - {None}))
                for rows in group_rows(mine, "activity_date").values()
            )
        else:
            daily = len(mine) if compares_with == "materials" else add(mine, compares_with)
        total = sum(given)
        finding = (
            "lower_than_daily" if total < daily else "nothing_daily" if total and not daily else "consistent"
        )
        found.append(
            {
                "recipient_code": code,
                "deliverable": deliverable,
                "period": period,
                "compares_with": compares_with,
            }
            | {"reported": total, "daily": daily, "difference": total - daily, "finding": finding}
        )
    return found


def by_word(world: Recomputation, t: pd.Timestamp, column: str, names: tuple[str, ...]) -> Rows:
    """Each city and word of a column's list, also where no material has it."""
    listed = world.frames["list_words"]
    words = listed[listed.column_name == column].word.unique()
    materials = world.materials_by(t, "city_code", column)
    found = []
    for city in world.cities:
        for word in words:
            mine = materials.get((city["city_code"], word), [])
            counts = {"materials": len(mine)} | {
                name: add(mine, name) for name in names if name != "materials"
            }
            found.append({"city_code": city["city_code"], column: word, **counts})
    return found


def days(world: Recomputation, t: pd.Timestamp) -> Rows:
    """Each city and day: what was known at its end."""
    submissions = world.frames["submissions"]
    cities = submissions.recipient_code.map(lambda code: world.by_code.get(code, {}).get("city_code"))
    last = max(
        pd.Timestamp(world.notice.closes),
        world.frames["obligations"].due_at.max(),
        submissions.received_at.max(),
    )
    came = submissions[(submissions.received_at <= t) & (submissions.state != "ignored")].received_at
    received = Counter(zip(cities[came.index], came.dt.normalize(), strict=True))
    now, found = world.materials_by(t, "city_code", "activity_date"), []
    before = {city["city_code"]: (0, 0, 0) for city in world.cities}
    for day in pd.date_range(world.notice.opens, min(last, t).normalize()):
        moment = min(day + timedelta(seconds=86399), t)
        for row in world.city_metrics(moment):
            code = row["city_code"]
            sums = tuple(row[name] for name in ("materials", "participants", "online_views"))
            gained = [new - old for new, old in zip(sums, before[code], strict=True)]
            before[code] = sums
            dated = now.get((code, day), [])
            found.append(
                {"city_code": code, "day": day, "moment": moment}
                | {name: row[name] for name in ("participating", "expected", "due", "on_time", "late")}
                | {name: row[name] for name in ("missing", "pending", "reporting_rate")}
                | dict(zip(("materials", "participants", "online_views"), sums, strict=True))
                | dict(
                    zip(
                        ("materials_gained", "participants_gained", "online_views_gained"),
                        gained,
                        strict=True,
                    )
                )
                | {"files_received": received[code, day], "materials_of_day": len(dated)}
                | {"participants_of_day": add(dated, "participants")}
            )
    return sorted(found, key=lambda one: (one["city_code"], one["day"]))
