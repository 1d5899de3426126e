"""How a bulletin says numbers, moments, names and ranks in Chinese. Pure functions; the templates use them as filters."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pipelines.report.bulletin import Amount

LABELS = {
    "unreadable": "文件打不开",
    "encrypted": "文件设有密码",
    "too_large": "文件过大",
    "unsafe_archive": "压缩包不安全",
    "unknown_recipient": "认不出单位",
    "recipient_conflict": "填报单位与文件夹不符",
    "unknown_deliverable": "认不出报送事项",
    "no_valid_row": "没有可用的数据行",
    "missing_required": "必填项缺失",
    "bad_date": "日期有误",
    "outside_window": "日期不在规定时段",
    "not_in_list": "不在规定选项内",
    "bad_number": "数字有误",
    "negative_number": "负数",
    "unknown_county": "县（市、区）有误",
    "bad_url": "网址有误",
    "bad_phone": "电话号码有误",
    "bad_email": "邮箱地址有误",
}


def reason_label(code: str) -> str:
    """A reason code in Chinese; a code this page does not know yet stands for itself."""
    return LABELS.get(code, code)


def subject_of(title: str) -> str:
    """What a notice is about, from its title: 关于做好X相关工作的通知 → X."""
    inner = re.sub(r"^.*?关于|的通知$", "", title)
    return (
        re.sub(r"^(做好|开展|组织|加强|报送)+|((有关|相关)?工作)?(的?情况)?(的?(报送|报告))?$", "", inner)
        or title
    )


def share(rate: float | None) -> str:
    """A rate as a percentage with at most one decimal; — where there is no denominator."""
    if rate is None:
        return "—"
    return f"{rate * 100:.1f}".removesuffix(".0") + "%"


def number(value: int) -> str:
    """A count in prose: without commas, from ten thousand on as 万 with at most two decimals."""
    if abs(value) < 10_000:
        return str(value)
    unit, word = (100_000_000, "亿") if abs(value) >= 100_000_000 else (10_000, "万")
    return f"{value / unit:.2f}".rstrip("0").rstrip(".") + word


def amount(value: Amount) -> str:
    """A sum in prose: 约 in front where it holds an approximate count."""
    return ("约" if value.is_approximate else "") + number(value.value)


def pieces(value: int) -> str:
    return f"{value}件"


def day(moment: date) -> str:
    return f"{moment.month}月{moment.day}日"


def span(first: date, last: date | None = None) -> str:
    """5月10日; 5月10日至16日; 5月31日至6月6日."""
    if last is None or last == first:
        return day(first)
    return f"{day(first)}至" + (
        f"{last.day}日" if (last.year, last.month) == (first.year, first.month) else day(last)
    )


def _clock(moment: datetime) -> tuple[date, str]:
    """The day a moment belongs to and its time of day: a second before midnight is 24时 of that day."""
    following = moment + timedelta(seconds=1)
    if (following.hour, following.minute, following.second) == (0, 0, 0):
        return moment.date(), "24时"
    return moment.date(), f"{moment.hour}时" + (f"{moment.minute}分" if moment.minute else "")


def moment(value: datetime) -> str:
    """11月10日20时; 11月10日8时30分; 11月10日24时."""
    at, clock = _clock(value)
    return day(at) + clock


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
