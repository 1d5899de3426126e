"""Units that change while a notice runs: since when and until when each belongs to it, what it is called, where it lies and to
whom it reports (units_changes.csv).

What recipients.csv says holds from the beginning. What a period asks for counts by how things stood on its last day, so that past
figures do not move when a later change is written down.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import ValidationInfo, field_validator

from pipelines.notice.fields import Day, Frozen, Word, refuse

CHANGE_COLUMNS = ("day", "code", "change", "into", "reason")
Change = Literal["joined", "left", "merged", "renamed", "moved", "changed_line"]
_INTO = {
    "merged": "并入别的单位（merged）的，请写并入单位的代码",
    "renamed": "改名（renamed）的，请写新名称，别的叫法用 | 隔开接在后面",
    "moved": "改由别的市管（moved）的，请写那个市的代码，归省直的写省代码",
    "changed_line": "改了条线（changed_line）的，请写新条线的代码",
}


class UnitChange(Frozen):
    """From `day` on a unit belongs to the notice (joined), or no longer does (left, or merged into another one), or has another
    name (renamed), city (moved) or line (changed_line)."""

    day: Day
    code: Word
    change: Change
    into: Word | Literal[""] = ""
    """What it became: the unit it was merged into (its submissions stay its own), its names, its city, its line."""
    reason: Word

    @field_validator("into")
    @classmethod
    def _is_named(cls, value: str, info: ValidationInfo) -> str:
        asked = _INTO.get(info.data.get("change", ""))
        if asked and not value:
            raise refuse(f"是空的；{asked}")
        if asked and info.data["change"] == "renamed" and not any(_names(value)):
            raise refuse(f"写成了 {value}；{asked}")
        if value and not asked and "change" in info.data:
            raise refuse(f"写成了 {value}；加入和退出的不写，请删去")
        return value

    @property
    def names(self) -> tuple[str, ...]:
        """What it is called from then on, the name first; empty where it keeps its names."""
        return _names(self.into) if self.change == "renamed" else ()

    @property
    def ends(self) -> bool:
        return self.change in ("left", "merged")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for one in text.split("|") if (name := one.strip()))


@dataclass(frozen=True)
class Stay:
    """How a unit stands in [first_day, next_day): what it goes by, the name first, where it lies, and to whom it reports."""

    first_day: date
    next_day: date
    names: tuple[str, ...]
    city_code: str
    line: str


def find_stays(changes: tuple[UnitChange, ...], first: Stay) -> list[Stay]:
    """One unit's stays in their order, from how it stands at first and its changes."""
    found = [first]
    for one in sorted(changes, key=lambda change: change.day):
        before = found[-1]
        if one.change not in ("renamed", "moved", "changed_line"):
            continue
        after = Stay(
            one.day,
            before.next_day,
            one.names or before.names,
            one.into if one.change == "moved" else before.city_code,
            one.into if one.change == "changed_line" else before.line,
        )
        ended = Stay(before.first_day, one.day, before.names, before.city_code, before.line)
        found[-1:] = [ended, after] if before.first_day < one.day else [after]
    return found


def is_member(changes: tuple[UnitChange, ...], code: str, day: date) -> bool:
    """Whether a unit belongs to the notice on a day; one of which nothing is said always does."""
    first, after = member_days(tuple(one for one in changes if one.code == code))
    return first <= day and (day < after or after == date.max)


def member_days(changes: tuple[UnitChange, ...]) -> tuple[date, date]:
    """The first day on which the unit of these changes belongs to the notice, and the first on which it does no more."""
    joined = [one.day for one in changes if one.change == "joined"]
    ended = [one.day for one in changes if one.ends]
    return max(joined, default=date.min), min(ended, default=date.max)


@dataclass(frozen=True)
class Known:
    """What changes may name: the units with how each stands at first, the areas, and the lines that have a source."""

    units: Mapping[str, Stay]
    areas: Mapping[str, str]
    lines: Mapping[str, str]
    heard: frozenset[str]


def check_changes(changes: Mapping[int, UnitChange], known: Known) -> Iterator[tuple[int, str]]:
    """The line that is wrong, with its column and the sentence about it."""
    seen: dict[tuple[str, str, date | None], int] = {}
    for line, one in changes.items():
        if one.code not in known.units:
            yield line, f"code：名册里没有 {one.code}；请写 recipients.csv 里的单位代码"
            continue
        if sentence := _wrong_into(one, known):
            yield line, f"into：{sentence}"
        # It comes once and goes once; its name, city and line may change more often, but once a day.
        sort = "ended" if one.ends else one.change
        key = (one.code, sort, None if sort in ("joined", "ended") else one.day)
        if (first := seen.setdefault(key, line)) != line:
            done = {"joined": "已经加入", "ended": "已经退出"}.get(sort, "这一天已经改过")
            yield line, f"change：{one.code} 第 {first} 行{done}；请留一个"
    yield from _check_order(changes)
    yield from _check_idle(changes, known)


def _wrong_into(one: UnitChange, known: Known) -> str | None:
    if one.change == "merged":
        if one.into not in known.units:
            return f"名册里没有 {one.into}；请写 recipients.csv 里的单位代码"
        return f"{one.code} 并入了它自己；请核对" if one.into == one.code else None
    if one.change == "moved" and one.into not in known.areas:
        return f"没有 {one.into} 这个市；可用：{'、'.join(known.areas)}"
    if one.change == "changed_line" and one.into not in known.lines:
        return f"没有 {one.into} 这条线；可用：{'、'.join(known.lines)}"
    if one.change == "changed_line" and one.into not in known.heard:
        return f"条线 {one.into} 没有来源，报不上来；请在 sources 里给它一个来源"
    return None


def _check_order(changes: Mapping[int, UnitChange]) -> Iterator[tuple[int, str]]:
    """Nothing happens to a unit before it joined, or once it left."""
    came = {one.code: (line, one.day) for line, one in changes.items() if one.change == "joined"}
    went = {one.code: (line, one.day) for line, one in changes.items() if one.ends}
    for line, one in changes.items():
        if one.change == "joined":
            continue
        if one.code in came and one.day <= came[one.code][1]:
            first, day = came[one.code]
            done = "就退出了" if one.ends else "就改了"
            yield line, f"day：{one.code} 加入（第 {first} 行，{day}）之前{done}；请核对这两天"
        if not one.ends and one.code in went and one.day >= went[one.code][1]:
            last, day = went[one.code]
            yield line, f"day：{one.code} 退出（第 {last} 行，{day}）之后才改；请删去，或核对这两天"


def _check_idle(changes: Mapping[int, UnitChange], known: Known) -> Iterator[tuple[int, str]]:
    """A change after which everything is as it was is a slip."""
    for line, one in changes.items():
        if one.code not in known.units or _wrong_into(one, known):
            continue
        own = tuple(other for other in changes.values() if other.code == one.code)
        stays = find_stays(own, known.units[one.code])
        before = [stay for stay in stays if stay.first_day < one.day]
        if not before:
            continue
        was = {"renamed": "|".join(before[-1].names), "moved": before[-1].city_code}
        was["changed_line"] = before[-1].line
        now = "|".join(one.names) or one.into
        if was.get(one.change) == now:
            yield line, f"into：{one.code} 在这之前就是 {now}；请核对，或删去这一行"
