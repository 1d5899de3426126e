"""How a bulletin says numbers, moments, names and ranks in Chinese. Pure functions; the templates use them as filters."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from pipelines.report.bulletin import Amount

MEANT = 0.5
"""From which rate on a place among the first is one."""
LABELS = {
    "unreadable": "文件打不开",
    "encrypted": "文件设有密码",
    "too_large": "文件过大",
    "unsafe_archive": "压缩包不安全",
    "unsupported_format": "文件格式不能读取",
    "link_only": "只有附件链接",
    "unknown_recipient": "认不出单位",
    "recipient_conflict": "填报单位与文件夹不符",
    "unknown_deliverable": "认不出报送事项",
    "no_valid_row": "没有可用的数据行",
    "other_unit": "填的是其他单位",
    "misaligned_row": "列数与表头不符",
    "missing_required": "必填项缺失",
    "cell_error": "单元格是错误值",
    "ambiguous_value": "数值不明确",
    "repeated_row": "同一单位几行不一致",
    "bad_date": "日期有误",
    "outside_window": "日期不在规定时段",
    "not_in_list": "不在规定选项内",
    "bad_number": "数字有误",
    "negative_number": "负数",
    "unknown_county": "县（市、区）有误",
    "bad_url": "网址有误",
    "bad_phone": "电话号码有误",
    "bad_email": "邮箱地址有误",
    "too_long": "字数超出",
    "bad_form": "写法不合规定",
    "inconsistent": "两项数不相符",
}


def reason_label(code: str) -> str:
    """A reason code in Chinese; a code this page does not know yet stands for itself."""
    return LABELS.get(code, code)


def subject_of(title: str) -> str:
    """What a notice is about, from its title: 关于做好X相关工作的通知 → X."""
    if quoted := re.search(r"《(.+)》", title):
        return subject_of(quoted[1])
    inner = re.sub(r"^.*?关于|的?(紧急|补充|重要|预备|预)?(通知|通报|函|意见|公告)$", "", title)
    return (
        re.sub(
            r"^(切实|进一步|扎实|认真|全面|继续|及时)*(做好|开展|组织|加强|报送|推进|抓好|落实|上报)*"
            r"|((有关|相关)?工作)?(的?情况)?(的?(报送|报告|上报))?$",
            "",
            inner,
        )
        or title
    )


def share(rate: float | None) -> str:
    """A rate as a percentage with one decimal, none of 0 and of all; — where there is no denominator."""
    if rate is None:
        return "—"
    return f"{rate:.0%}" if rate in (0, 1) else percent(rate)


def percent(rate: float) -> str:
    """With one decimal, halves rounded up as offices and their spreadsheets do: 1 of 16 is 6.3%."""
    return f"{(Decimal(repr(rate)) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


DECIMALS = 2
"""Of a number that is no whole one, in prose and tables; the workbook has all of them."""
TOGETHER = {
    "sum": "",
    "mean": "平均",
    "weighted": "加权平均",
    "min": "最低",
    "max": "最高",
    "last": "最后报来的",
    "none": "",
}
"""What stands before an indicator whose units are not added up."""
SEPARATE = "各单位分别填报、不汇总的数"


def number(value: int | Decimal) -> str:
    """A count in prose: without commas, from ten thousand on as 万 with at most two decimals."""
    if isinstance(value, Decimal):
        return f"{round(value, DECIMALS).normalize():f}"
    if abs(value) < 10_000:
        return str(value)
    unit, word = (100_000_000, "亿") if abs(value) >= 100_000_000 else (10_000, "万")
    return f"{value / unit:.2f}".rstrip("0").rstrip(".") + word


def amount(value: Amount) -> str:
    """A sum in prose: 约 in front where it holds an approximate count."""
    return ("约" if value.is_approximate else "") + number(value.value)


def pieces(value: int) -> str:
    return f"{value}件"


_HALVES = "病案文稿邮信证附事部条零配车船"
"""What makes a word with the unit that follows it: 病例, 案件, 稿件, 车辆. A word is not cut in two."""


def indicator(name: str, unit: str, value: Amount) -> str:
    """An indicator with its unit: 活动场次 and 场 as 活动12场, 参与学校数 and 所 as 参与学校3所, 病例数 and 例 as 病例3例."""
    short = re.sub(rf"((?<![{_HALVES}]){re.escape(unit)}次?)?数?$", "", name) if unit else ""
    return f"{short or name}{amount(value)}{unit}"


def day(moment: date, beside: date | None = None) -> str:
    """5月10日; with its year where that is not the one of the day that it stands beside."""
    year = "" if beside is None or moment.year == beside.year else f"{moment.year}年"
    return f"{year}{moment.month}月{moment.day}日"


def span(first: date, last: date | None = None, beside: date | None = None) -> str:
    """5月10日; 5月10日至16日; 5月31日至6月6日; 2020年12月28日至2021年1月3日; a whole month is 5月, a quarter 第二季度."""
    if last is None or last == first:
        return day(first, beside)
    if whole := _whole(first, last):
        year = "" if beside is None or first.year == beside.year else f"{first.year}年"
        return f"{first.year}年" if whole == 12 else year + _months(first.month, last.month)
    if last.year != first.year:
        return f"{full_day(first)}至{full_day(last)}"
    return f"{day(first, beside)}至" + (f"{last.day}日" if last.month == first.month else day(last))


def _whole(first: date, last: date) -> int:
    """How many whole months of one year a span is; 0 where it is none."""
    is_whole = first.day == 1 and (last + timedelta(days=1)).day == 1 and first.year == last.year
    return last.month - first.month + 1 if is_whole else 0


def _months(first: int, last: int) -> str:
    """3月; 第一季度; 上半年; 2月至3月."""
    if last - first == 2 and last % 3 == 0:
        return f"第{'一二三四'[last // 3 - 1]}季度"
    if last - first == 5 and last % 6 == 0:
        return "上半年" if last == 6 else "下半年"
    return f"{first}月" + (f"至{last}月" if last > first else "")


def _clock(moment: datetime) -> tuple[date, str]:
    """The day a moment belongs to and its time of day: a second before midnight is 24时 of that day."""
    following = moment + timedelta(seconds=1)
    if (following.hour, following.minute, following.second) == (0, 0, 0):
        return moment.date(), "24时"
    return moment.date(), f"{moment.hour}时" + (f"{moment.minute}分" if moment.minute else "")


def moment(value: datetime, beside: date | None = None) -> str:
    """11月10日20时; 11月10日8时30分; 11月10日24时; with its year where that is not the one beside."""
    at, clock = _clock(value)
    return day(at, beside) + clock


def full_moment(value: datetime) -> str:
    """The same with its year."""
    return f"{value.year}年{moment(value)}"


def full_day(value: date) -> str:
    """成文日期: no zeros in front."""
    return f"{value.year}年{day(value)}"


def names(found: Sequence[str], limit: int | None = None) -> str:
    """甲、乙、丙; where there are more than `limit`, 甲、乙、丙等12个 is for the caller to finish with its noun."""
    if limit is None or len(found) <= limit:
        return "、".join(found)
    return "、".join(found[:limit]) + f"等{len(found)}个"


@dataclass(frozen=True)
class Rank:
    """One place in a ranking: everybody who shares a value."""

    value: Any
    names: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """How areas stand to each other in one figure, as far as a sentence about it means something.

    none: nothing to compare. all: everybody alike. only: the first rank has any at all, and it is few. but: most are alike
    (the first rank), the others are few. low: a rate of which nobody has half; the first rank is the highest. lead: the
    leading ranks, which are the upper half at most, and never the last.
    """

    kind: Literal["none", "all", "only", "but", "low", "lead"]
    ranks: tuple[Rank, ...] = ()
    rest: tuple[str, ...] = ()
    """Whoever is not in the first rank."""


def standing(items: Iterable[Any], key: str, limit: int, is_rate: bool = False) -> Standing:
    """Of everybody who has a value; negative ones are as good as 0. At most `limit` names, but ties are not parted."""
    groups: dict[Any, list[str]] = {}
    for item in items:
        if (value := getattr(item, key)) is not None:
            groups.setdefault(max(value, 0), []).append(item.name)
    ranks = [Rank(value, tuple(groups[value])) for value in sorted(groups, reverse=True)]
    total = sum(len(one.names) for one in ranks)
    if total < 2:
        return Standing("none")
    first, rest = ranks[0], tuple(name for one in ranks[1:] for name in one.names)
    if not rest:
        return Standing("all", (first,))
    if len(first.names) * 2 > total:
        return Standing("but", (first,), rest)
    if len(ranks) == 2 and not ranks[1].value:
        return Standing("only", (first,), rest)
    if is_rate and first.value < MEANT:
        return Standing("low", (first,), rest)
    found, named = [first], len(first.names)
    for one in ranks[1:-1]:
        named += len(one.names)
        if named > min(limit, total // 2) or not one.value or (is_rate and one.value < MEANT):
            break
        found.append(one)
    return Standing("lead", tuple(found), rest)


def ranking(items: Iterable[Any], key: str, limit: int, least: Any = None) -> list[Rank]:
    """The leading places, whole ties only, until `limit` names; the first place always. `least`: only values above it.

    None has no place. A tie larger than what is left ends the list; a first place larger than `limit` stands alone.
    """
    groups: dict[Any, list[str]] = {}
    for item in items:
        value = getattr(item, key)
        if value is not None and (least is None or value > least):
            groups.setdefault(value, []).append(item.name)
    found: list[Rank] = []
    for value in sorted(groups, reverse=True):
        if found and sum(len(one.names) for one in found) + len(groups[value]) > limit:
            break
        found.append(Rank(value, tuple(groups[value])))
    return found
