"""Exports of a questionnaire service: an answer a row, repeated in later exports, sometimes corrected."""

from datetime import datetime
from typing import Any

from tests.read.habits.case import Case, accepted, material, rejected, title
from tests.read.habits.write import text
from tests.read.habits.write import xlsx_later as xlsx

_META = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP"]
_ASKED = [
    "单位名称",
    "活动日期",
    "材料类型",
    "标题",
    "活动类别",
    "宣传主题",
    "县（市、区）",
    "参与人数（人）",
    "线上观看人次",
    "链接",
]
_HEADER = [*_META, *(f"{number}、{question}" for number, question in enumerate(_ASKED, 1))]


def _answer(number: Any, moment: Any, unit: str = "济南市教育局", **cells: Any) -> list[Any]:
    return [number, moment, "85秒", "手机提交", "直接访问", "10.0.0.1(山东)", unit, *material(**cells)[:9]]


def _export(
    id: str, answers: list[list[Any]], ends: dict[str, Any], write: Any = xlsx, name: str = "导出.xlsx"
) -> Case:
    path = f"表单导出/{id}-{name}"
    return Case(
        f"form-{id}",
        [(path, write([_HEADER, *answers]), 60)],
        {f"{path}#{n}": end for n, end in ends.items()},
    )


def _later() -> Case:
    """Three exports: the second repeats the first and adds an answer, the third corrects one answer and repeats the rest."""
    first, second = _answer(1, "2020/11/9 10:00:00"), _answer(2, "2020/11/9 11:00:00")
    corrected = [*first[:10], "宣传活动", *first[11:]]
    corrected[9] = title()
    paths = [f"表单导出/later-{number}.xlsx" for number in (1, 2, 3)]
    books = [[first], [first, second], [corrected, second]]
    files = [
        (path, xlsx([_HEADER, *book]), 60 * number)
        for number, (path, book) in enumerate(zip(paths, books, strict=True))
    ]
    at = {
        f"{paths[0]}#1": "2020-11-09 10:00:00",
        f"{paths[1]}#2": "2020-11-09 11:00:00",
        f"{paths[2]}#1": "2020-11-10 10:00:00",
    }
    return Case(
        "form-later-exports", files, {path: accepted(1, received_at=moment) for path, moment in at.items()}
    )


_NOT_AN_EXPORT = "表单导出/别的表.xlsx"
_BROKEN = "表单导出/传坏.xlsx"

CASES = [
    _export("answers", [_answer(11, "2020/11/9 8:03:58"), _answer(12, datetime(2020, 11, 9, 9, 0, 1)), _answer(13, 44144.5)],
            {11: accepted(1, received_at="2020-11-09 08:03:58"), 12: accepted(1, received_at="2020-11-09 09:00:01"),
             13: accepted(1, received_at="2020-11-09 12:00:00")}),
    _export("csv", [_answer(21, "2020/11/9 8:03:58")], {21: accepted(1)},
            lambda rows: text(rows, "gb18030"), "导出.csv"),
    _export("of-all-kinds", [
        _answer(31, "2020/11/9 8:00:00", date="11月9日", participants="约300人"),
        _answer(32, "2020/11/9 8:00:01", type="标语"),
        _answer(33, "2020/11/9 8:00:02", unit="某某公司"),
        _answer(34, "2020/11/9 8:00:03", type=None, title="零报告", category=None),
        _answer(35, "2020/11/9 8:00:04", unit="青岛市教育局", county="市南区"),
        _answer(36, "2020/11/9 8:00:05", unit="")],
        {31: accepted(1, values=[{"participants": 300, "participants_state": "approximate", "participants_given": "约300人"}]),
         32: rejected("no_valid_row", rejected_rows="not_in_list"),
         33: rejected("unknown_recipient", recipient=None),
         34: accepted(1, values=[{"is_zero_report": True}]),
         35: accepted(1, recipient="EDU-3702"),
         36: rejected("unknown_recipient", recipient=None)}),
    _export("same-content-twice", [same := _answer(41, "2020/11/9 8:00:00"), [42, "2020/11/9 9:00:00", *same[2:]]],
            {41: accepted(1), 42: accepted(1)}),
    _export("without-an-answer", [[51, "2020/11/9 8:00:00", "3秒", "手机提交"], _answer(52, "2020/11/9 8:00:01")],
            {51: rejected("unknown_recipient", recipient=None), 52: accepted(1)}),
    _later(),
    Case("form-other-table", [(_NOT_AN_EXPORT, xlsx([["甲", "乙"], [31, 32]]), 0)],
         {_NOT_AN_EXPORT: rejected("unknown_deliverable", recipient=None, deliverable=None)}),
    Case("form-broken", [(_BROKEN, xlsx([_HEADER])()[:900], 0)],
         {_BROKEN: rejected("unreadable", recipient=None, deliverable=None)}),
]  # fmt: skip
