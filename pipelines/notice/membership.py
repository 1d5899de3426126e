"""Units that come or go while a notice runs: since when and until when each belongs to it (units_changes.csv).

What was owed before a unit left stays owed, and counts as it did: past figures do not move.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from pydantic import ValidationInfo, field_validator

from pipelines.notice.fields import Day, Frozen, Word, refuse

CHANGE_COLUMNS = ("day", "code", "change", "into", "reason")


class UnitChange(Frozen):
    """From `day` on a unit belongs to the notice (joined), or no longer does (left, or merged into another one)."""

    day: Day
    code: Word
    change: Literal["joined", "left", "merged"]
    into: Word | Literal[""] = ""
    """The unit it was merged into; its submissions stay its own."""
    reason: Word

    @field_validator("into")
    @classmethod
    def _is_named(cls, value: str, info: ValidationInfo) -> str:
        is_merged = info.data.get("change") == "merged"
        if is_merged and not value:
            raise refuse("是空的；并入别的单位（merged）的，请写并入单位的代码")
        if value and not is_merged:
            raise refuse(f"写成了 {value}；只有 merged 才写并入哪个单位，请删去")
        return value


def is_member(changes: tuple[UnitChange, ...], code: str, day: date) -> bool:
    """Whether a unit belongs to the notice on a day; one of which nothing is said always does."""
    return not any(
        day < one.day if one.change == "joined" else day >= one.day for one in changes if one.code == code
    )


def check_changes(changes: Mapping[int, UnitChange], codes: set[str]) -> Iterator[tuple[int, str]]:
    """The line that is wrong, with its column and the sentence about it."""
    seen: dict[tuple[str, bool], tuple[int, date]] = {}
    for line, one in changes.items():
        for column, code in (("code", one.code), ("into", one.into)):
            if code and code not in codes:
                yield line, f"{column}：名册里没有 {code}；请写 recipients.csv 里的单位代码"
        if one.into == one.code:
            yield line, f"into：{one.code} 并入了它自己；请核对"
        is_coming = one.change == "joined"
        first, _ = seen.setdefault((one.code, is_coming), (line, one.day))
        if first != line:
            yield line, f"change：{one.code} 第 {first} 行已经{'加入' if is_coming else '退出'}；请留一个"
    for (code, is_coming), (line, day) in seen.items():
        came = seen.get((code, True))
        if not is_coming and came and day <= came[1]:
            yield line, f"day：{code} 加入（第 {came[0]} 行，{came[1]}）之前就退出了；请核对这两天"
