"""The tables of a bulletin, made once and set by docx, xlsx and html alike: same columns, same rows, same order."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pipelines.report.bulletin import Amount, Area, Bulletin, Indicator
from pipelines.report.phrases import SEPARATE, TOGETHER, day, full_day, full_moment, names, number, percent

ColumnKind = Literal["text", "count", "rate", "amount", "number", "gain", "date"]
SHORT_LIST = 24
"""Characters of a list of names that needs no more than half a line."""
BY_CODE = "按行政区划代码排列，排名不分先后。"
BY_ROSTER = "按通知名录顺序排列，排名不分先后。"


@dataclass(frozen=True)
class Column:
    header: str
    kind: ColumnKind
    width: float
    """Share of the type area's width, relative to the other columns."""


@dataclass(frozen=True)
class Table:
    """`rows` hold raw values: str, int, rates from 0 to 1, Amount, None. `total` stands under the rows where there is one."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: tuple[Any, ...] | None
    note: str
    """How the rows are sorted, and what else a reader must know."""


def show(value: Any, kind: ColumnKind) -> str:
    """A cell for people: rates with one decimal, — where there is no value, 约 before an approximate sum."""
    if value is None:
        return "—"
    if isinstance(value, Amount):
        shown = number(value.value) if isinstance(value.value, Decimal) else str(value.value)
        return ("约" if value.is_approximate else "") + shown
    if kind == "rate":
        return percent(value)
    if isinstance(value, date):
        return full_day(value)
    if kind == "gain":
        return f"{value:+d}" if value else "0"
    return str(value)


_AREA = Column("市", "text", 2.2)
_REPORTING = (
    ("主送单位", "circulated", "count", 1.25),
    ("应报单位", "obligated", "count", 1.25),
    ("参与单位", "participating", "count", 1.25),
    ("参与率", "participation_rate", "rate", 1.9),
    ("应报项", "expected", "count", 1.45),
    ("到期项", "due", "count", 1.45),
    ("按时", "on_time", "count", 1.3),
    ("迟报", "late", "count", 1.2),
    ("未报", "missing", "count", 1.2),
    ("未到期", "pending", "count", 1.45),
    ("零报告", "zero_reports", "count", 1.45),
    ("报送率", "reporting_rate", "rate", 1.9),
    ("按时率", "on_time_rate", "rate", 1.9),
)
_NOT_BRIEF = {"circulated", "participation_rate", "due", "zero_reports"}
_UNIT_COLUMNS = (
    ("单位", "name", "text", 7.2),
    ("所在市", "city", "text", 2.2),
    ("应报项", "expected", "count", 1.2),
    ("到期项", "due", "count", 1.2),
    ("按时", "on_time", "count", 1.1),
    ("迟报", "late", "count", 1.1),
    ("未报", "missing", "count", 1.1),
    ("未到期", "pending", "count", 1.2),
    ("零报告", "zero_reports", "count", 1.2),
    ("报送率", "reporting_rate", "rate", 1.9),
    ("按时率", "on_time_rate", "rate", 1.9),
)


def make_tables(bulletin: Bulletin) -> dict[str, Table]:
    """All tables by key, in the order of the workbook's sheets. One without rows is there too: it is left out by who sets it."""
    found = [_brief(bulletin), _reporting(bulletin)]
    if bulletin.has_materials:
        found.append(_coverage(bulletin))
    found += [_units(bulletin, kind, name) for kind, name in bulletin.unit_kinds]
    found.append(_blamed(bulletin))
    found += [
        _statistics(bulletin, deliverable.code, deliverable.name) for deliverable in bulletin.deliverables
    ]
    found += [_quality(bulletin), _curve(bulletin)]
    if bulletin.has_materials:
        found += [_days(bulletin), _words(bulletin)]
    return {table.key: table for table in found}


def _areas(
    bulletin: Bulletin, key: str, title: str, columns: tuple[Column, ...], cells: Any, note: str = BY_CODE
) -> Table:
    head = replace(columns[0], header=bulletin.area_word)
    rows = tuple((area.name, *cells(area)) for area in bulletin.areas)
    total = (bulletin.whole.name, *cells(bulletin.whole))
    return Table(key, title, (head, *columns[1:]), rows, total, note)


def _fields(given: tuple[tuple[str, str, Any, float], ...]) -> tuple[tuple[Column, ...], Any]:
    columns = tuple(Column(header, kind, width) for header, _, kind, width in given)
    return columns, lambda one: tuple(getattr(one, name) for _, name, _, _ in given)


def _brief(bulletin: Bulletin) -> Table:
    """The table inside the text: what a leader looks at first."""
    chosen = [one for one in _REPORTING if one[1] not in _NOT_BRIEF]
    given = [(header, name, kind, 1.6 if kind == "rate" else 1.2) for header, name, kind, _ in chosen]
    if bulletin.has_materials:
        given.append(("有效材料", "materials", "count", 1.3))
        if bulletin.previous_at:
            given.append(("较上期", "gained", "gain", 1.3))
    columns, cells = _fields(tuple(given))
    return _areas(bulletin, "brief", f"各{bulletin.area_word}报送情况简表", (_AREA, *columns), cells)


def _reporting(bulletin: Bulletin) -> Table:
    columns, cells = _fields(_REPORTING)
    note = BY_CODE + "“按时”含未到期而已提前报送的；报送率、按时率只算已到期的，没有到期项的记“—”。"
    return _areas(
        bulletin, "reporting", f"各{bulletin.area_word}参与和报送情况", (_AREA, *columns), cells, note
    )


def _coverage(bulletin: Bulletin) -> Table:
    columns = [
        Column("材料合计", "count", 1.4),
        *(Column(name, "count", 1.4) for name in bulletin.type_names),
    ]
    columns.append(Column("活动日覆盖率", "rate", 1.9))
    if bulletin.has_counties:
        columns.append(Column("县区覆盖率", "rate", 1.9))
    if bulletin.has_categories:
        columns.append(Column("活动类别覆盖率", "rate", 1.9))
    if bulletin.has_participants:
        columns.append(Column("参与人次", "amount", 3))
    if bulletin.has_online_views:
        columns.append(Column("线上观看人次", "amount", 3.2))

    def cells(area: Area) -> tuple[Any, ...]:
        return (
            area.materials,
            *area.types,
            area.day_coverage,
            *((area.county_coverage,) if bulletin.has_counties else ()),
            *((area.category_coverage,) if bulletin.has_categories else ()),
            *((area.participants,) if bulletin.has_participants else ()),
            *((area.online_views,) if bulletin.has_online_views else ()),
        )

    note = BY_CODE + "零报告不计为材料。合计含约数的，前加“约”。"
    return _areas(
        bulletin, "coverage", f"各{bulletin.area_word}材料和活动覆盖情况", (_AREA, *columns), cells, note
    )


def _units(bulletin: Bulletin, kind: str, name: str) -> Table:
    given = _UNIT_COLUMNS + ((("有效材料", "materials", "count", 1.3),) if bulletin.has_materials else ())
    columns, cells = _fields(given)
    columns = (columns[0], replace(columns[1], header=f"所在{bulletin.area_word}"), *columns[2:])
    own = [unit for unit in bulletin.units if unit.kind == kind]
    title = f"{own[0].name if len(own) == 1 else f'各{name}'}报送情况"
    return Table(f"units:{kind}", title, columns, tuple(map(cells, own)), None, BY_ROSTER)


def _blamed(bulletin: Bulletin) -> Table:
    """Late and missing by deliverable and period, by name unless the notice wants counts alone."""
    rows: list[tuple[Any, ...]] = []
    for deliverable in bulletin.deliverables:
        for period in deliverable.due_periods:
            for word, found in (("迟报", period.late_names), ("未报", period.missing_names)):
                if found:
                    rows.append((deliverable.name, period.label or "—", word, len(found), names(found)))
    if not bulletin.names_blamed:
        rows = [(*row[:-1], "—") for row in rows]
    note = "按报送事项、所属期先后排列，单位按通知名录顺序，不计未到期的。"
    return Table("blamed", "迟报、未报单位名单", _blamed_columns(rows), tuple(rows), None, note)


def _blamed_columns(rows: list[tuple[Any, ...]]) -> tuple[Column, ...]:
    """Long lists get the room; beside short ones what is owed stands in one line."""
    item, period, listed = (max((len(row[place]) for row in rows), default=0) for place in (0, 1, 4))
    is_long = listed > SHORT_LIST
    return (
        Column("报送事项", "text", 3.2 if is_long else max(3.2, min(6.5, item / 2.2))),
        Column("所属期", "text", max(2, min(5, period / 3))),
        Column("情形", "text", 1.1),
        Column("单位数", "count", 1.6),
        Column("单位名单", "text", 12 if is_long else max(5, listed / 2.4)),
    )


def _statistics(bulletin: Bulletin, code: str, name: str) -> Table:
    chosen = [one for one in bulletin.indicators if one.deliverable == code]
    columns = (_AREA, *(Column(_headed(one), "amount" if one.is_whole else "number", 2) for one in chosen))
    given = any(one.total for one in chosen)
    rows = tuple(
        (area.name, *(one.areas[place] for one in chosen))
        for place, area in enumerate(bulletin.areas)
        if given
    )
    total = (bulletin.whole.name, *(one.total for one in chosen)) if given else None
    others = [
        f"{one.name}为{TOGETHER[one.aggregate] or SEPARATE}" for one in chosen if one.aggregate != "sum"
    ]
    told = f"除{'、'.join(others)}外，" if others else ""
    note = (
        f"{BY_CODE}{told}"
        + "为各单位填报数之和，单位之间的重复未作剔除；没有单位填报的记“—”，合计含约数的前加“约”。"
    )
    head = replace(columns[0], header=bulletin.area_word)
    period = chosen[0].period if chosen else ""
    title = f"{name}汇总" + (f"（{period}）" if period else "")
    return Table(f"statistics:{code}", title, (head, *columns[1:]), rows, total, note)


def _headed(one: Indicator) -> str:
    """参与学校数（所）; a name that ends with its unit says it already."""
    return f"{one.name}（{one.unit}）" if one.unit and not one.name.endswith(one.unit) else one.name


def _quality(bulletin: Bulletin) -> Table:
    quality = bulletin.quality
    rows = [("整件退回", one.label, one.times) for one in quality.file_reasons]
    rows += [("数据行退回", one.label, one.times) for one in quality.row_reasons]
    columns = (Column("情形", "text", 3), Column("原因", "text", 6), Column("次数", "count", 2))
    note = "按次数从多到少排列；数据行有几处问题的，按最先的一处计。"
    return Table("quality", "报送质量问题", columns, tuple(rows), None, note)


def _curve(bulletin: Bulletin) -> Table:
    columns = [Column("日期", "date", 3), Column("累计已报", "count", 2), Column("累计未报", "count", 2)]
    columns += [Column("累计材料", "count", 2)] if bulletin.has_materials else []
    rows = tuple(
        (one.day, one.accepted, one.missing, one.materials)[: len(columns)] for one in bulletin.curve
    )
    note = f"按日期先后排列，各日为当日24时已知的数，末日为{full_moment(bulletin.as_of)}已知的数。"
    return Table("curve", "每日累计报送情况", tuple(columns), rows, None, note)


def _days(bulletin: Bulletin) -> Table:
    """Days that have not come yet are no zeros: they are left out, unless somebody dated a material ahead."""
    sums = [sum(counts) for counts in zip(*bulletin.grid, strict=True)]
    dated = list(zip(bulletin.event_days, sums, strict=False))
    shown = [place for place, (one, count) in enumerate(dated) if count or one <= bulletin.as_of.date()]
    columns = (
        replace(_AREA, header=bulletin.area_word),
        *(Column(day(bulletin.event_days[place], bulletin.as_of.date()), "count", 1.4) for place in shown),
    )
    rows = tuple(
        (area.name, *(counts[place] for place in shown))
        for area, counts in zip(bulletin.areas, bulletin.grid, strict=False)
        if shown
    )
    total = (bulletin.whole.name, *(sums[place] for place in shown)) if shown else None
    note = BY_CODE + "材料按活动日期计。"
    return Table("days", f"各{bulletin.area_word}每个活动日材料数", columns, rows, total, note)


def _words(bulletin: Bulletin) -> Table:
    rows = [("活动类别", one.word, one.materials, one.cities) for one in bulletin.categories]
    rows += [("宣传主题", one.word, one.materials, one.cities) for one in bulletin.themes]
    columns = (
        Column("分类", "text", 2),
        Column("名称", "text", 4),
        Column("材料数", "count", 2),
        Column(f"涉及{bulletin.area_word}数", "count", 2),
    )
    return Table(
        "words", "活动类别和宣传主题", columns, tuple(rows), None, "按通知所列次序排列；主题为选填项。"
    )
