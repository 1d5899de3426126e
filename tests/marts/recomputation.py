"""The figures once more, in plain pandas from core, without sql/: what the marts are compared with.

Written from the contract (sections 6 and 7), not from the SQL: which rows are valid, and current when, is worked out anew
(see recomputed_rows.py), and everything is counted from those.
"""

from collections import Counter
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from tests.marts.recomputed_rows import accepted_answers, all_rows, currency, rejected_keys, valid_rows

Rows = list[dict[str, Any]]
TABLES = (
    *("core.notices", "core.cities", "core.counties", "core.recipients", "core.deliverables", "core.periods"),
    *(
        "core.lines",
        "core.list_words",
        "core.indicators",
        "core.obligations",
        "core.submissions",
    ),
    *("core.returns", "raw.receipts", "raw.rows", "raw.materials", "raw.statistics", "raw.verdicts"),
)
COUNTS = ("expected", "due", "on_time", "late", "missing", "pending", "exempt", "returned", "zero_reports")
TYPES = {"typical_cases": "typical_case", "articles": "article", "photos": "photo", "videos": "video"}


def divide(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def as_rows(frame: pd.DataFrame) -> Rows:
    """A frame as dictionaries, NULL as None."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def group_rows(rows: Rows, *names: str) -> dict[tuple[Any, ...], Rows]:
    found: dict[tuple[Any, ...], Rows] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found


def add(rows: Rows, name: str) -> int:
    return sum(int(row[name]) for row in rows if row[name] is not None)


class Recomputation:
    """All figures of one notice, from the tables of an open snapshot."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, notice_id: str) -> None:
        self.connection, self.notice_id = connection, notice_id
        self.frames = {
            name.split(".")[1] if name.startswith("core") else name: connection.execute(
                f"SELECT * FROM {name} WHERE notice_id = $1", [notice_id]
            ).df()
            for name in TABLES
        }
        self.notice = self.frames["notices"].iloc[0]
        self.recipients = self.frames["recipients"].sort_values("position").to_dict("records")
        self.by_code = {one["recipient_code"]: one for one in self.recipients}
        self.cities = self.frames["cities"].sort_values("city_code").to_dict("records")
        self.deliverables = self.frames["deliverables"].set_index("deliverable").to_dict("index")

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Every row of files that count, valid or not."""
        return all_rows(self.frames)

    @cached_property
    def items(self) -> pd.DataFrame:
        """Every valid row once, current or not."""
        return valid_rows(self.rows)

    @cached_property
    def listed(self) -> tuple[Rows, set[tuple[str, Any]], Rows]:
        """What a row's currency hangs on: the items, what rejected rows bear, the answers; read once for all moments."""
        return self.items.to_dict("records"), rejected_keys(self.rows), accepted_answers(self.frames)

    @cached_property
    def owed(self) -> Rows:
        return self.frames["obligations"].to_dict("records")

    @cache  # noqa: B019
    def current(self, t: pd.Timestamp) -> pd.DataFrame:
        """The rows that count of what had come by t."""
        return self.items[np.array(currency(*self.listed, t), dtype=bool)]

    @cache  # noqa: B019
    def materials(self, t: pd.Timestamp) -> Rows:
        rows = self.current(t)
        return as_rows(rows[(rows.kind == "materials") & ~rows.is_zero_report])

    def materials_by(self, t: pd.Timestamp, *names: str) -> dict[tuple[Any, ...], Rows]:
        return group_rows(self.materials(t), *names)

    @cache  # noqa: B019
    def obligations(self, t: pd.Timestamp) -> Rows:
        """Each obligation with its status."""
        key = ["recipient_code", "deliverable", "period"]
        current, known = self.current(t), self.items[self.items.received_at <= t]
        zero = current[current.period.notna()].groupby(key).is_zero_report.all().to_dict()
        first = known[known.period.notna()].groupby(key).received_at.min().to_dict()
        returns = self.frames["returns"]
        returned = set(returns[returns.received_at <= t][key].itertuples(index=False, name=None))
        found = []
        for one in self.owed:
            place = (one["recipient_code"], one["deliverable"], one["period"])
            is_met, is_exempt = place in zero, isinstance(one["exemption_reason"], str)
            if is_exempt:
                status = "exempt"
            elif is_met:
                status = "on_time" if first[place] <= one["due_at"] else "late"
            else:
                status = "missing" if one["due_at"] <= t else "pending"
            found.append(
                one
                | {
                    "status": status,
                    "is_due": one["due_at"] <= t,
                    "first_accepted_at": first[place] if is_met else None,
                    "is_returned": status in ("missing", "pending") and place in returned,
                    "is_zero_report": status in ("on_time", "late") and zero[place],
                }
            )
        return found

    def reporting(self, t: pd.Timestamp, group: Callable[[dict[str, Any]], str]) -> dict[str, dict[str, Any]]:
        """The counts and rates of each group of recipients."""
        rows = self.current(t)
        active = set(rows[~rows.is_zero_report].recipient_code)
        owed: dict[str, Rows] = {}
        for one in self.obligations(t):
            owed.setdefault(group(self.by_code[one["recipient_code"]]), []).append(one)
        found, circulated = {}, Counter(group(one) for one in self.recipients)
        for code in circulated:
            mine, live = (
                owed.get(code, []),
                [one for one in owed.get(code, []) if one["status"] != "exempt"],
            )
            obligated = {one["recipient_code"] for one in live}
            states = [one["status"] for one in mine]
            accepted = [
                one["status"] for one in live if one["is_due"] and one["status"] in ("on_time", "late")
            ]
            due = sum(one["is_due"] for one in live)
            found[code] = {
                "circulated": circulated[code],
                "obligated": len(obligated),
                "participating": len(obligated & active),
                "participation_rate": divide(len(obligated & active), len(obligated)),
                "expected": len(live),
                "due": due,
                **{name: states.count(name) for name in ("on_time", "late", "missing", "pending", "exempt")},
                "returned": sum(one["is_returned"] for one in mine),
                "zero_reports": sum(one["is_zero_report"] for one in mine),
                "reporting_rate": divide(len(accepted), due),
                "on_time_rate": divide(accepted.count("on_time"), due),
            }
        return found

    def is_event_day(self, day: Any) -> bool:
        return bool(self.notice.event_first_day <= day <= self.notice.event_last_day)

    @cached_property
    def categories(self) -> int:
        words = self.frames["list_words"]
        return int(words[words.column_name == "category"].word.nunique())

    def coverage(self, rows: Rows, counties: int) -> dict[str, Any]:
        """What these materials are and cover, of so many counties."""
        types = [one["material_type_code"] for one in rows]
        days = {one["activity_date"] for one in rows if self.is_event_day(one["activity_date"])}
        named = {(one["city_code"], one["county"]) for one in rows if one["county"] is not None}
        return {
            "materials": len(rows),
            **{name: types.count(code) for name, code in TYPES.items()},
            "day_coverage": divide(len(days), int(self.notice.event_days)),
            "county_coverage": divide(len(named), counties),
            "category_coverage": divide(len({one["category"] for one in rows}), self.categories),
            "participants": add(rows, "participants"),
            "online_views": add(rows, "online_views"),
        }

    def city_metrics(self, t: pd.Timestamp) -> Rows:
        """Contract section 7: both marts of the cities side by side."""
        reported, materials = (
            self.reporting(t, lambda one: one["city_code"]),
            self.materials_by(t, "city_code"),
        )
        nothing = dict.fromkeys(("circulated", "obligated", "participating", *COUNTS), 0) | dict.fromkeys(
            ("participation_rate", "reporting_rate", "on_time_rate")
        )
        counties = self.frames["counties"]
        return [
            {
                "city_code": city["city_code"],
                **reported.get(city["city_code"], nothing),
                **self.coverage(
                    materials.get((city["city_code"],), []),
                    int((counties.city_code == city["city_code"]).sum()),
                ),
            }
            for city in self.cities
        ]

    def province(self, t: pd.Timestamp) -> Rows:
        materials = self.materials(t)
        city_days = {
            (one["city_code"], one["activity_date"])
            for one in materials
            if self.is_event_day(one["activity_date"])
        }
        return [
            {
                **self.reporting(t, lambda one: "")[""],
                **self.coverage(materials, len(self.frames["counties"])),
                "city_day_coverage": divide(len(city_days), len(self.cities) * int(self.notice.event_days)),
                "cities_with_materials": len({one["city_code"] for one in materials}),
            }
        ]

    def lines(self, t: pd.Timestamp) -> Rows:
        def line(one: dict[str, Any]) -> str:
            return one["line"] if isinstance(one["line"], str) else ""

        return [{"line": code, **found} for code, found in self.reporting(t, line).items()]

    def kinds(self, t: pd.Timestamp) -> Rows:
        return [{"kind": code, **found} for code, found in self.reporting(t, lambda one: one["kind"]).items()]

    def units(self, t: pd.Timestamp) -> Rows:
        """Each recipient's report and materials."""
        materials, submissions = self.materials_by(t, "recipient_code"), self.frames["submissions"]
        arrived = submissions[(submissions.received_at <= t) & (submissions.state != "ignored")]
        last = arrived.groupby("recipient_code").received_at.max().to_dict()
        sums = ("materials", *TYPES, "participants", "online_views")
        found = []
        for code, counts in self.reporting(t, lambda one: one["recipient_code"]).items():
            sent = self.coverage(materials.get((code,), []), 0)
            found.append(
                {"recipient_code": code, "is_participating": counts["participating"] > 0}
                | {name: counts[name] for name in (*COUNTS, "reporting_rate", "on_time_rate")}
                | {name: sent[name] for name in sums}
                | {"last_received_at": last.get(code)}
            )
        return found

    def counties(self, t: pd.Timestamp) -> Rows:
        materials, found = self.materials_by(t, "city_code", "county"), []
        for county in self.frames["counties"].sort_values("county_code").to_dict("records"):
            mine = materials.get((county["city_code"], county["county"]), [])
            covered = self.coverage(mine, 1)
            covered.pop("county_coverage")
            found.append(
                {
                    "county_code": county["county_code"],
                    **covered,
                    "recipients": len({one["recipient_code"] for one in mine}),
                }
            )
        return found
