"""Report, step 3: the bulletin as one self-contained HTML file, which opens from a mail or a share and asks no network."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipelines.report import phrases
from pipelines.report.bulletin import Amount, Bulletin
from pipelines.report.tables import Table, make_tables, show
from pipelines.report.wording import TEMPLATES, Text

STEPS = 5
"""Shades of a coloured cell above empty; which shade takes which ink is in page.css."""


@dataclass(frozen=True)
class Tile:
    """An area on the map: its place, and for each measure what is shown and in which shade."""

    name: str
    row: int
    column: int
    shown: tuple[str, ...]
    shades: tuple[int, ...]


@dataclass(frozen=True)
class Line:
    """A line of a chart in the SVG's own units."""

    name: str
    points: str
    last: tuple[float, float]
    value: int
    style: int


@dataclass(frozen=True)
class Chart:
    title: str
    lines: tuple[Line, ...]
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    summary: str


CHART_WIDTH, CHART_HEIGHT, CHART_LEFT, CHART_TOP = 360, 200, 42, 12
_INNER_WIDTH, _INNER_HEIGHT = CHART_WIDTH - CHART_LEFT - 22, CHART_HEIGHT - CHART_TOP - 28


def html_environment(templates: Path) -> Environment:
    """Jinja for a page of the program's own: what units wrote is escaped, nothing may be undefined."""
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write_page(bulletin: Bulletin, text: Text, path: Path) -> None:
    tables = make_tables(bulletin)
    measures = _measures(bulletin)
    environment = html_environment(TEMPLATES)
    environment.filters |= {
        "share": phrases.share,
        "amount": phrases.amount,
        "full_moment": phrases.full_moment,
    }
    environment.globals |= {"show": show, "sort_value": sort_value, "shade": shade}
    heat = tables.get("days")
    page = environment.get_template("page.html").render(
        b=bulletin,
        text=text,
        definitions=[block.text for part in text.attachments for block in part.blocks if block.table is None],
        style=Markup((TEMPLATES / "page.css").read_text("utf-8")),
        script=Markup((TEMPLATES / "page.js").read_text("utf-8")),
        measures=[name for name, _ in measures],
        tiles=_tiles(bulletin, measures),
        charts=_charts(bulletin),
        heat=heat if heat and heat.rows else None,
        heat_most=max((max(row[1:]) for row in heat.rows), default=0) if heat and heat.rows else 0,
        words=[table for table in _split_words(tables.get("words")) if table[1]],
        tables=[
            table for table in tables.values() if table.rows and table.key not in {"brief", "days", "words"}
        ],
    )
    path.write_text(page, "utf-8")


def _measures(bulletin: Bulletin) -> list[tuple[str, str]]:
    found = [("报送率", "reporting_rate"), ("按时率", "on_time_rate"), ("参与率", "participation_rate")]
    if bulletin.has_materials:
        found += [("材料数", "materials"), ("活动日覆盖率", "day_coverage")]
    if bulletin.has_counties:
        found.append(("县区覆盖率", "county_coverage"))
    return found


def shade(value: float | None, most: float = 1) -> int:
    """0 for nothing, then 1 to STEPS: equal steps up to `most`."""
    if not value or not most:
        return 0
    return min(STEPS, max(1, -int(-value * STEPS / most // 1)))


def _tiles(bulletin: Bulletin, measures: list[tuple[str, str]]) -> list[Tile]:
    """In code order; without a map of the notice's own, row and column are 0 and the page shows a list."""
    places = {code: (row + 1, column + 1) for code, row, column in bulletin.tiles}
    most = max((area.materials for area in bulletin.areas), default=0)
    found = []
    for area in bulletin.areas:
        values = [getattr(area, field) for _, field in measures]
        shown = tuple(
            str(value) if field == "materials" else phrases.share(value)
            for value, (_, field) in zip(values, measures, strict=True)
        )
        shades = tuple(
            shade(value, most if field == "materials" else 1)
            for value, (_, field) in zip(values, measures, strict=True)
        )
        found.append(Tile(area.name, *places.get(area.code, (0, 0)), shown, shades))
    return found


def _charts(bulletin: Bulletin) -> list[Chart]:
    points = bulletin.curve
    if len(points) < 2:
        return []
    found = [
        _chart(
            "累计报送情况（项）",
            points,
            (("已报", [one.accepted for one in points]), ("未报", [one.missing for one in points])),
        )
    ]
    if bulletin.has_materials:
        found.append(_chart("累计有效材料（件）", points, (("材料", [one.materials for one in points]),)))
    return found


def _chart(title: str, points: tuple[Any, ...], series: tuple[tuple[str, list[int]], ...]) -> Chart:
    top = _round_up(max(max(values) for _, values in series))
    step = _INNER_WIDTH / (len(points) - 1)

    def height(value: float) -> float:
        return round(CHART_TOP + _INNER_HEIGHT * (1 - value / top), 1)

    lines = []
    for style, (name, values) in enumerate(series):
        places = [(round(CHART_LEFT + step * place, 1), height(value)) for place, value in enumerate(values)]
        joined = " ".join(f"{x},{y}" for x, y in places)
        lines.append(Line(name, joined, places[-1], values[-1], style))
    every = -(-len(points) // 5)
    across = tuple(
        (round(CHART_LEFT + step * place, 1), f"{one.day.month}.{one.day.day}")
        for place, one in enumerate(points)
        if (len(points) - 1 - place) % every == 0
    )
    up = tuple((height(top * part / 4), f"{top * part // 4}") for part in range(5))
    summary = "，".join(f"{name}由{values[0]}到{values[-1]}" for name, values in series)
    return Chart(
        title,
        tuple(lines),
        across,
        up,
        f"{phrases.day(points[0].day)}至{phrases.day(points[-1].day)}：{summary}",
    )


def _round_up(value: int) -> int:
    """The top of a scale: 4 to 40 with zeros behind, so that its quarters are whole."""
    size = 1
    while 40 * size < value:
        size *= 10
    return max(1, -(-value // (4 * size))) * 4 * size


def _split_words(table: Table | None) -> list[tuple[str, list[tuple[Any, ...]], int]]:
    """The two lists apart: name, rows without it, the most materials of a word."""
    groups: dict[str, list[tuple[Any, ...]]] = {}
    for row in table.rows if table else ():
        groups.setdefault(row[0], []).append(row[1:])
    return [(name, rows, max(row[1] for row in rows)) for name, rows in groups.items()]


def sort_value(value: Any) -> str:
    """What a column sorts by: a number as it is, nothing for no value."""
    if isinstance(value, Amount):
        return str(value.value)
    return "" if value is None else str(value)
