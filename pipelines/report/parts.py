"""Parts of a Bulletin: deliverables by period, quality, days, words and statistics, each from one question to the marts."""

from datetime import date, datetime, timedelta
from typing import Any

from pipelines.notice import Notice
from pipelines.notice.numbers import NumberKind
from pipelines.report.ask import Asker
from pipelines.report.bulletin import (
    Amount,
    Area,
    DayPoint,
    DeliverableFigures,
    Indicator,
    PeriodFigures,
    Quality,
    Reason,
    WordFigures,
)
from pipelines.report.phrases import reason_label, span

CURVE_DAYS = 31
"""The curve shows at most so many days back from the bulletin's own."""


def measure_counties(notice: Notice, coverage: float | None) -> tuple[int, int]:
    total = sum(region.level == "county" for region in notice.regions)
    return round((coverage or 0) * total), total


def measure_deliverables(asker: Asker, notice: Notice, as_of: datetime) -> tuple[DeliverableFigures, ...]:
    periods: dict[str, list[PeriodFigures]] = {}
    for row in asker.ask("periods", as_of):
        row["label"] = _label(notice, row["deliverable"], row["label"], as_of)
        row |= {key: tuple(row[key]) for key in ("late_names", "missing_names", "returned_names")}
        periods.setdefault(row.pop("deliverable"), []).append(PeriodFigures(**row))
    return tuple(
        DeliverableFigures(code, item.name, item.kind, item.periods.every, tuple(periods.get(code, ())))
        for code, item in notice.deliverables.items()
    )


def _label(notice: Notice, deliverable: str, key: str, as_of: datetime) -> str:
    """A period's days in words; "" where the deliverable is owed once."""
    for period in notice.deliverables[deliverable].periods.periods():
        if period.key == key and period.first_day:
            return span(period.first_day, period.last_day, as_of.date())
    return ""


def measure_quality(asker: Asker, as_of: datetime, named: int) -> Quality:
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


def measure_grid(
    rows: list[dict[str, Any]], areas: tuple[Area, ...], days: list[date]
) -> tuple[tuple[int, ...], ...]:
    """Materials by area and day of the event; 0 where there is no row, as for days to come."""
    found = {(row["city_code"], row["day"]): row["materials_of_day"] for row in rows}
    return tuple(tuple(found.get((area.code, one), 0) for one in days) for area in areas)


def measure_words(rows: list[dict[str, Any]], column: str) -> tuple[WordFigures, ...]:
    chosen = [row for row in rows if row["column_name"] == column]
    return tuple(WordFigures(row["word"], row["materials"], row["cities"]) for row in chosen)


def measure_curve(asker: Asker, as_of: datetime) -> tuple[DayPoint, ...]:
    first = as_of.date() - timedelta(CURVE_DAYS - 1)
    return tuple(DayPoint(**row) for row in asker.ask("progress", as_of) if row["day"] >= first)


def measure_indicators(
    rows: list[dict[str, Any]],
    whole: list[dict[str, Any]],
    notice: Notice,
    areas: tuple[Area, ...],
    as_of: datetime,
) -> tuple[Indicator, ...]:
    """In the notice's order, in its units; `whole` brings all areas together. Of several periods the latest that was reported."""
    made = []
    for deliverable, item in notice.deliverables.items():
        own = [row for row in (*rows, *whole) if row["deliverable"] == deliverable]
        period = max((row["period"] for row in own if row["units_reported"]), default="")
        found = {(row["indicator"], row["city_code"]): row for row in own if row["period"] == period}
        for indicator, (called, number) in item.figures.items():
            given = [found.get((indicator, area.code)) for area in areas]
            there = [row for row in given if row]
            made.append(
                Indicator(
                    deliverable,
                    _label(notice, deliverable, period, as_of),
                    called,
                    number.unit,
                    sum(row["units_reported"] for row in there),
                    _amount(found.get((indicator, None)), number),
                    tuple(_amount(row, number) for row in given),
                    number.aggregate,
                )
            )
    return tuple(made)


def _amount(row: dict[str, Any] | None, number: NumberKind) -> Amount | None:
    """In the notice's unit, exactly; whole numbers that were summed as such."""
    if row is None or row["amount"] is None:
        return None
    value = row["amount"] / number.worth
    is_whole = number.type == "count" and number.is_summed
    return Amount(int(value) if is_whole else value.normalize(), row["has_approximate"])
