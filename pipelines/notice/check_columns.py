"""Whether a notice's own columns bear codes that are free, and whether those that it compares are there and can be compared."""

from collections.abc import Iterator

from pipelines.notice.deliverable import Deliverable
from pipelines.notice.files import YamlFile
from pipelines.notice.kinds import KINDS, OF_A_ROW, PARTS_OF_A_VALUE


def check_codes(name: str, item: Deliverable, file: YamlFile) -> Iterator[str]:
    """A column's code must not be that of what is kept beside it."""
    every = dict.fromkeys([*(field.name for field in KINDS[item.kind].fields), *item.open_columns])
    parts = {f"{column}{part}": column for column in every for part in PARTS_OF_A_VALUE}
    for column in item.open_columns:
        place = file.at("deliverables", name, "columns", column)
        if column in OF_A_ROW:
            yield f"{place}：{column} 是程序自己用的列名；请换一个列名，表头不用改"
        elif column in parts:
            yield f"{place}：程序用 {column} 存 {parts[column]} 列的原文和状态；请换一个列名，表头不用改"


def check_checks(name: str, item: Deliverable, file: YamlFile) -> Iterator[str]:
    """Each mistake once, at its own line."""
    seen: set[tuple[str, str, bool]] = set()
    for index, one in enumerate(item.checks):
        place = ("deliverables", name, "checks", index)
        unknown = [key for key in ("left", "right") if getattr(one, key) not in item.indicators]
        for key in unknown:
            known = "、".join(item.indicators)
            yield f"{file.at(*place, key)}：{getattr(one, key)} 不是这张表的指标；可用：{known}"
        if unknown:
            continue
        left, right = item.number(one.left), item.number(one.right)
        if one.last_period and (item.kind != "statistics" or item.periods.every in ("once", "event")):
            yield f"{file.at(*place, 'last_period')}：这一项没有上一期可比（只有分期报的 statistics 有）；请删去这一条"
        elif one.left == one.right and not one.last_period:
            yield f"{file.at(*place, 'right')}：{one.right} 与自己比；请写另一个指标"
        elif (left.type, left.places) != (right.type, right.places):
            yield f"{file.at(*place, 'right')}：{one.left} 与 {one.right} 的 type 或 decimals 不同，不能比；请改成一样的，或删去这一条"
        elif (*one.pair, one.last_period) in seen:
            yield f"{file.at(*place)}：{one.left} 与 {one.right} 前面已经这样比过；请留一条"
        seen.add((*one.pair, one.last_period))
