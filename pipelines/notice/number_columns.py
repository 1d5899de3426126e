"""Whether what a notice says of the columns of its own fits together: type, limits, words, and how numbers are brought together."""

import re
from collections.abc import Iterator

from pipelines.notice.column import Column
from pipelines.notice.deliverable import Deliverable
from pipelines.notice.files import YamlFile
from pipelines.notice.kinds import KINDS
from pipelines.notice.numbers import WORTHS

_OF_NUMBERS = ("decimals", "scale", "min", "max", "aggregate", "weight", "unit", "compares_with")
_OF_TEXTS = ("max_length", "pattern", "personal")
_KEYS = ("type", *(one for one in _OF_NUMBERS if one not in ("unit", "compares_with")), *_OF_TEXTS)


_WORDED = re.compile(
    r"(?:名称|姓名|地点|地址|日期|内容|说明|简介|电话|手机|手机号码?|邮箱|网址|链接|原因|措施|备注|负责人|联系人)$"
)


def check_numbers(name: str, item: Deliverable, file: YamlFile) -> Iterator[str]:
    """Each mistake once, at its own line."""
    for code, column in item.columns.items():
        place = ("deliverables", name, "columns", code)
        if code not in item.open_columns or not KINDS[item.kind].open_fields:
            for key in _KEYS:
                if file.holds(*place, key):
                    yield f"{file.at(*place, key)}：{code} 不是统计表的指标；请删去 {key}"
            continue
        yield from _check_words(column, place, file)
        if column.pattern and not re.fullmatch(column.pattern, column.example or ""):
            shown = (
                f"示例 {column.example} 不符合它" if column.example else "没有写 example，各单位不知道怎么写"
            )
            yield f"{file.at(*place, 'pattern')}：{shown}；请写一个符合的 example"
        if not column.is_number:
            for key in _OF_NUMBERS:
                if file.holds(*place, key):
                    yield f"{file.at(*place, key)}：{column.type} 不是数；请删去 {key}，或改 type"
            continue
        if _WORDED.search(column.headers[0]) and not (file.holds(*place, "type") or column.unit):
            # Every cell of such a column would go back as no number.
            yield (
                f"{file.at(*place)}：表头“{column.headers[0]}”像是文字，没有写 type 就只收整数；"
                "请写 type（text、date、phone、email、url），真是数的写 type: count"
            )
        yield from _check_type(column, place, file)
        yield from _check_limits(column, place, file)
        yield from _check_together(code, item, place, file)


def _check_words(column: Column, place: tuple[str, ...], file: YamlFile) -> Iterator[str]:
    """What only a choice, or only a text, may be asked."""
    if column.type == "choice" and column.list is None:
        yield f"{file.at(*place, 'type')}：选项没有写是哪张清单上的；请补上 list"
    elif column.list is not None and column.type != "choice":
        yield f"{file.at(*place, 'list')}：只有 type: choice 的列从清单里选；请补上 type: choice，或删去 list"
    for key in _OF_TEXTS:
        if column.type != "text" and file.holds(*place, key):
            said = "，本来就不公开" if key == "personal" and column.is_personal else ""
            yield f"{file.at(*place, key)}：只有 text 要写 {key}，{column.type} 不用{said}；请删去"


def _check_type(column: Column, place: tuple[str, ...], file: YamlFile) -> Iterator[str]:
    if column.decimals is not None and column.type not in ("decimal", "percent"):
        said = "金额都记到分" if column.type == "money" else "整数没有小数"
        yield f"{file.at(*place, 'decimals')}：{said}；请删去 decimals，或改 type"
    if column.scale is not None and column.type != "percent":
        yield f"{file.at(*place, 'scale')}：只有 percent 要写 scale；请删去"
    if column.type == "money" and column.unit and column.unit not in WORTHS:
        yield f"{file.at(*place, 'unit')}：{column.unit} 不是金额的单位；请写 元、万元 或 亿元"
    if column.type == "percent" and column.unit not in (None, "%"):
        yield f"{file.at(*place, 'unit')}：百分数的单位是 %，写成了 {column.unit}；请删去"
    if column.compares_with and column.is_count_below_zero:
        yield f"{file.at(*place, 'compares_with')}：可以是负数的数不能与每日材料对照；请删去 compares_with 或 min"
    if column.compares_with and column.type != "count":
        yield f"{file.at(*place, 'compares_with')}：{column.type} 不是整数，不能与每日材料对照；请删去 compares_with"


def _check_limits(column: Column, place: tuple[str, ...], file: YamlFile) -> Iterator[str]:
    low, high = column.limits
    if low is not None and high is not None and low > high:
        key = "min" if column.min is not None else "max"
        yield f"{file.at(*place, key)}：最小 {low} 大于最大 {high}，没有一个数填得进去；请核对"


def _check_together(code: str, item: Deliverable, place: tuple[str, ...], file: YamlFile) -> Iterator[str]:
    column = item.columns[code]
    if column.aggregate == "weighted" and column.weight is None:
        yield f"{file.at(*place, 'aggregate')}：加权平均没有写按哪一列加权；请补上 weight"
    elif column.weight is not None and column.aggregate != "weighted":
        yield f"{file.at(*place, 'weight')}：不是加权平均，用不到 {column.weight}；请删去 weight，或写 aggregate: weighted"
    elif column.weight is not None and (column.weight == code or column.weight not in item.indicators):
        others = "、".join(one for one in item.indicators if one != code)
        yield f"{file.at(*place, 'weight')}：没有 {column.weight} 这项指标可作权数；可用：{others}"
    if column.type == "percent" and column.aggregate == "sum":
        yield f"{file.at(*place, 'aggregate')}：百分数相加没有意义；请写 mean、weighted、min、max 或 none"
    if column.compares_with and column.aggregate not in (None, "sum"):
        yield f"{file.at(*place, 'compares_with')}：不相加的数不能与每日材料对照；请删去 compares_with"
