"""The two city figures as of a moment in plain pandas, from the same tables: what they would cost without sql/.

Written as pandas people write it: masks, merge, groupby. Reading the tables and computing are timed apart.
"""

from dataclasses import dataclass

import duckdb
import pandas as pd


@dataclass(frozen=True)
class Tables:
    """core, as frames of one notice."""

    cities: pd.DataFrame
    counties: pd.DataFrame
    recipients: pd.DataFrame
    obligations: pd.DataFrame
    items: pd.DataFrame
    event: tuple[pd.Timestamp, pd.Timestamp, int]
    categories: int

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, item_columns: list[str]) -> "Tables":
        """Reads what one figure needs and no more."""

        def frame(query: str) -> pd.DataFrame:
            return connection.execute(query).df()

        first, last, days = connection.execute(
            "SELECT event_first_day, event_last_day, event_days FROM core.notices"
        ).fetchone()  # type: ignore[misc]
        (categories,) = connection.execute(
            "SELECT count(*) FROM core.list_words WHERE column_name = 'category'"
        ).fetchone()  # type: ignore[misc]
        named = ("cities", "counties", "recipients", "obligations")
        return cls(
            *(frame(f"SELECT * FROM core.{name}") for name in named),
            frame(f"SELECT {', '.join(item_columns)} FROM core.items"),
            (pd.Timestamp(first), pd.Timestamp(last), days),
            categories,
        )


REPORTING_COLUMNS = [
    "recipient_code", "deliverable", "period", "first_accepted_at", "current_from", "current_until", "is_zero_report",
]  # fmt: skip
COVERAGE_COLUMNS = [
    "item_id", "city_code", "kind", "current_from", "current_until", "is_zero_report", "activity_date",
    "material_type_code", "category", "county", "participants", "online_views",
]  # fmt: skip


def reporting_as_of(tables: Tables, moment: pd.Timestamp) -> pd.DataFrame:
    items = tables.items[(tables.items.current_from <= moment) & (tables.items.current_until > moment)]
    met = (
        items[items.period.notna()]
        .groupby(["recipient_code", "deliverable", "period"], as_index=False)
        .agg(first_accepted_at=("first_accepted_at", "min"), is_zero_report=("is_zero_report", "all"))
    )
    owed = tables.obligations[tables.obligations.exemption_reason.isna()]
    owed = owed.merge(met, how="left", on=["recipient_code", "deliverable", "period"])
    active = items.loc[~items.is_zero_report, "recipient_code"].unique()
    is_due, is_met = owed.due_at <= moment, owed.first_accepted_at.notna()
    on_time = owed.first_accepted_at <= owed.due_at
    owed = owed.assign(
        is_due=is_due,
        on_time=on_time,
        late=is_met & ~on_time,
        missing=~is_met & is_due,
        pending=~is_met & ~is_due,
        zero_reports=owed.is_zero_report.eq(True),
        due_and_accepted=is_due & is_met,
        due_and_on_time=is_due & on_time,
        taking_part=owed.recipient_code.where(owed.recipient_code.isin(active)),
    )
    counted = owed.groupby("city_code").agg(
        obligated=("recipient_code", "nunique"),
        participating=("taking_part", "nunique"),
        expected=("recipient_code", "size"),
        due=("is_due", "sum"),
        on_time=("on_time", "sum"),
        late=("late", "sum"),
        missing=("missing", "sum"),
        pending=("pending", "sum"),
        zero_reports=("zero_reports", "sum"),
        due_and_accepted=("due_and_accepted", "sum"),
        due_and_on_time=("due_and_on_time", "sum"),
    )
    circulated = tables.recipients.groupby("city_code").size().rename("circulated")
    cities = tables.cities.set_index("city_code")[["city"]].join(circulated).join(counted).sort_index()
    found = cities.assign(
        participation_rate=cities.participating / cities.obligated.where(cities.obligated > 0),
        reporting_rate=cities.due_and_accepted / cities.due.where(cities.due > 0),
        on_time_rate=cities.due_and_on_time / cities.due.where(cities.due > 0),
    )
    return found.reset_index()


def coverage_as_of(tables: Tables, moment: pd.Timestamp) -> pd.DataFrame:
    items = tables.items
    items = items[
        (items.current_from <= moment)
        & (items.current_until > moment)
        & (items.kind == "materials")
        & ~items.is_zero_report
    ]
    first, last, days = tables.event
    by_city = items.groupby("city_code")
    types = items.groupby(["city_code", "material_type_code"]).size().unstack(fill_value=0)
    inside = items[items.activity_date.between(first, last)]
    counted = by_city.agg(
        materials=("item_id", "size"),
        counties=("county", "nunique"),
        categories=("category", "nunique"),
        participants=("participants", "sum"),
        online_views=("online_views", "sum"),
    ).assign(days=inside.groupby("city_code").activity_date.nunique())
    for column, code in (
        ("typical_cases", "typical_case"),
        ("articles", "article"),
        ("photos", "photo"),
        ("videos", "video"),
    ):
        counted[column] = types.get(code, 0)
    counties = tables.counties.groupby("city_code").size()
    cities = tables.cities.set_index("city_code")[["city"]].join(counted).sort_index()
    cities[counted.columns] = cities[counted.columns].fillna(0)
    found = cities.assign(
        day_coverage=cities.days / days,
        county_coverage=cities.counties / counties,
        category_coverage=cities.categories / tables.categories,
    )
    return found.reset_index()
