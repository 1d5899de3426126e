"""The figures that a bulletin states, as plain values that can be kept beside it and compared later.

One mapping for each area by its code, "" for the whole: counts, rates from 0 to 1 (None without a denominator), sums.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pipelines.ask.figures import open_snapshot
from pipelines.notice import Notice
from pipelines.notice.bulletins import Corrections
from pipelines.report.ask import Asker
from pipelines.report.bulletin import Amount, Bulletin
from pipelines.report.phrases import amount, share

Value = int | float | None
Figures = dict[str, dict[str, Value]]
Size = Literal["count", "rate", "sum"]
WHOLE = ""
APPROXIMATE = "_is_approximate"
"""After a sum's name: 1 where it holds an approximate count."""


@dataclass(frozen=True)
class Figure:
    name: str
    words: str
    size: Size
    unit: str = ""


FIGURES = (
    Figure("obligated", "应报单位", "count", "个"),
    Figure("participating", "参与单位", "count", "个"),
    Figure("participation_rate", "参与率", "rate"),
    Figure("expected", "应报项", "count", "项"),
    Figure("due", "到期项", "count", "项"),
    Figure("on_time", "按时", "count", "项"),
    Figure("late", "迟报", "count", "项"),
    Figure("missing", "未报", "count", "项"),
    Figure("pending", "未到期", "count", "项"),
    Figure("zero_reports", "零报告", "count", "项"),
    Figure("reporting_rate", "报送率", "rate"),
    Figure("on_time_rate", "按时率", "rate"),
    Figure("materials", "有效材料", "count", "件"),
    Figure("day_coverage", "活动日覆盖率", "rate"),
    Figure("county_coverage", "县区覆盖率", "rate"),
    Figure("category_coverage", "活动类别覆盖率", "rate"),
    Figure("participants", "参与人次", "sum", "人次"),
    Figure("online_views", "线上观看人次", "sum", "人次"),
)


@dataclass(frozen=True)
class Change:
    """A figure of an area that is no longer what was published."""

    area: str
    figure: Figure
    old: Value
    new: Value
    old_shown: str
    new_shown: str

    def is_worth(self, said: Corrections) -> bool:
        """Whether the notice wants it corrected in public; a rate that got or lost its denominator always."""
        if self.old is None or self.new is None:
            return True
        moved = abs(self.new - self.old)
        if self.figure.size == "rate":
            return moved >= said.rates - 1e-9
        return moved >= (said.counts if self.figure.size == "count" else said.sums * self.old)


def figures_of(bulletin: Bulletin) -> Figures:
    """What a bulletin states."""
    areas = {WHOLE: bulletin.whole} | {area.code: area for area in bulletin.areas}
    return {code: _plain(vars(area)) for code, area in areas.items()}


def names_of(bulletin: Bulletin) -> dict[str, str]:
    return {WHOLE: bulletin.whole.name} | {area.code: area.name for area in bulletin.areas}


@dataclass(frozen=True)
class Measured:
    """What the marts say of a moment now."""

    figures: Figures
    data_version: str
    rules_version: str


def measure_moment(published: Path, notice: Notice, as_of: datetime) -> Measured:
    """The same figures as a bulletin of this moment would state if it were made now."""
    with open_snapshot(published) as connection:
        asker = Asker(connection, notice)
        rows = {WHOLE: asker.one("whole", as_of)} | {
            row["city_code"]: row for row in asker.ask("areas", as_of)
        }
        version = asker.one("version", as_of)
    return Measured(
        {code: _plain(row) for code, row in rows.items()},
        str(version["data_version"])[:12],
        str(version["rules_version"])[:8],
    )


def _plain(values: dict[str, Any]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for figure in FIGURES:
        value = values[figure.name]
        if figure.size == "sum":
            sum_of = (
                value if isinstance(value, Amount) else Amount(value, bool(values[figure.name + APPROXIMATE]))
            )
            found |= {figure.name: int(sum_of.value), figure.name + APPROXIMATE: int(sum_of.is_approximate)}
        else:
            found[figure.name] = value
    return found


def find_changes(old: Figures, new: Figures, names: dict[str, str]) -> Iterator[Change]:
    """Every figure that differs, the whole first, then areas in code order. An area that is gone has no values."""
    for code in sorted(old.keys() | new.keys()):
        before, now = old.get(code, {}), new.get(code, {})
        for figure in FIGURES:
            first, second = before.get(figure.name), now.get(figure.name)
            if first != second:
                shown = (_show(figure, before), _show(figure, now))
                yield Change(names.get(code, code), figure, first, second, *shown)


def _show(figure: Figure, values: dict[str, Value]) -> str:
    value = values.get(figure.name)
    if value is None:
        return "—"
    if figure.size == "rate":
        return share(value)
    if figure.size == "sum":
        return amount(Amount(int(value), bool(values.get(figure.name + APPROXIMATE))))
    return str(value)
