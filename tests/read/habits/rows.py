"""Which rows count, which are passed over, what each row's first reason is, and that all its faults are told."""

from typing import Any

from tests.read.habits.case import (
    MATERIALS,
    Case,
    End,
    accepted,
    material,
    materials,
    one,
    plan,
    rejected,
    statistics,
    title,
)
from tests.read.habits.write import text
from tests.read.habits.write import word_later as word
from tests.read.habits.write import xlsx_later as xlsx

_BLANK: list[Any] = [None] * 10
_ZERO = accepted(1, values=[{"is_zero_report": True}])


def _passed_over(id: str, *extra: list[Any]) -> Case:
    return one(f"passed-over-{id}", "日报.xlsx", xlsx(materials(material(), *extra, material())), accepted(2))


def _numbered(id: str, *extra: list[Any]) -> Case:
    rows = [["序号", *MATERIALS], [1, *material()], *extra, [2, *material()]]
    return one(f"passed-over-{id}", "日报.xlsx", xlsx(rows), accepted(2))


def _first(id: str, reason: str, **cells: Any) -> Case:
    end = End("partly accepted", rejected_rows=reason, rows=2)
    return one(f"first-reason-{id}", "日报.xlsx", xlsx(materials(material(), material(**cells))), end)


def _zero(id: str, word_: str, end: End = _ZERO, **cells: Any) -> Case:
    empty = {
        "type": None,
        "category": None,
        "theme": None,
        "county": None,
        "participants": None,
        "views": None,
    }
    row = material(**(empty | {"link": None, "title": word_} | cells))
    return one(f"zero-{id}", "日报.xlsx", xlsx(materials(row)), end)


def _zero_fails(id: str, word_: str, reason: str, **cells: Any) -> Case:
    return _zero(id, word_, rejected("no_valid_row", rejected_rows=reason), **cells)


_ALL_WRONG = material(
    date="某日",
    type="标语",
    title=None,
    category="其他",
    theme="杂",
    county="乙县",
    participants="多",
    views=-1,
    link="无此",
)
_ALL_FAULTS = [
    (2, "标题", "missing_required", None),
    (2, "活动日期", "bad_date", "某日"),
    (2, "材料类型", "not_in_list", "标语"),
    (2, "活动类别", "not_in_list", "其他"),
    (2, "宣传主题", "not_in_list", "杂"),
    (2, "参与人数", "bad_number", "多"),
    (2, "线上观看人次", "negative_number", "-1"),
    (2, "县（市、区）", "unknown_county", "乙县"),
    (2, "链接", "bad_url", "无此"),
]
_SEVERAL = materials(
    material(),
    material(type="标语", county="乙县"),
    material(date="2020-11-20"),
    material(title=None),
    material(),
)

CASES = [
    _passed_over("empty", [], _BLANK, ["", " ", "　"]),
    _passed_over("total", ["合计", None, None, None, None, None, 600, 2400]),
    _passed_over("total-spaced", ["合　计", None, None, None, None, None, 600, 2400]),
    _passed_over("grand-total-spaced", [" 总 计 ", None, None, None, None, None, 600, 2400]),
    _passed_over("subtotal", ["小计", None, None, None, None, None, 600]),
    _passed_over("total-broken", ["合\n计", None, None, None, None, None, 600]),
    _passed_over("remark", ["注：以上为初步统计"]),
    _passed_over("remark-elsewhere", [None, None, None, "填表人：甲"]),
    _numbered("total-after-number", ["3", "合计", None, None, None, None, None, 600]),
    _numbered("total-after-blank-number", [None, "合 计", None, None, None, None, None, 600]),
    _numbered("total-in-number", ["总计", None, None, None, None, None, None, 600]),
    _numbered("only-a-number", [3], [4]),
    one("passed-over-total-csv", "日报.csv", text(materials(material(), ["合 计", "", "", "", "", "", "600", "1"])), accepted(1)),
    one("passed-over-total-docx", "日报.docx", word(materials(material(), ["合 计", "", "", "", "", "", "600", "1"])), accepted(1)),
    one("passed-over-total-statistics", "统计.xlsx", xlsx([*statistics(*[9] * 8), ["合计", *[9] * 8]]),
        accepted(1, deliverable="statistics")),
    one("total-differs-from-the-own-row", "统计.xlsx", xlsx([*statistics(*[8] * 8), ["合计", *[9] * 8]]),
        rejected("no_valid_row", rejected_rows="ambiguous_value|ambiguous_value", deliverable="statistics")),
    one("passed-over-total-not-in-the-corner", "日报.xlsx",
        xlsx([["活动日报"], *([None, *row] for row in materials(material(), ["合计", None, None, None, None, None, 6, 7]))]),
        accepted(1)),
    one("total-is-a-title-too", "日报.xlsx", xlsx(materials(material(title="合计"))), accepted(1)),
    one("only-totals", "日报.xlsx", xlsx(materials(["合计", None, None, None, None, None, 61, 7])), rejected("no_valid_row")),
    one("only-remarks", "日报.xlsx", xlsx(materials(["无活动的请写零报告"])), rejected("no_valid_row")),
    one("two-cells-are-a-row", "日报.xlsx", xlsx(materials(material(), ["2020-11-10", None, "今日活动照常"])),
        End("partly accepted", rejected_rows="missing_required", rows=2)),
    one("values-of-optional-columns-absent", "日报.xlsx",
        xlsx([["活动日期", "材料类型", "标题", "活动类别"], ["2020-11-09", "稿件", title(), "宣传活动"]]),
        accepted(1, values=[{"participants": None, "participants_state": "blank", "link": None, "county": None}])),
    _zero("word", "零报告"),
    _zero("none", "无"),
    _zero("no-activity", "无活动"),
    _zero("no-activity-today", "今日无活动"),
    _zero("outer-spaces", " 零报告　"),
    _zero("type-of-spaces", "零报告", type=" ", category="　"),
    _zero("with-zero-counts", "零报告", participants=0, views=0),
    _zero("with-county", "无活动", county="历下区"),
    _zero_fails("without-date", "零报告", "missing_required", date=None, participants=0),
    _zero_fails("outside", "零报告", "outside_window", date="2020-11-20"),
    _zero("with-type-only", "零报告", type="稿件"),
    _zero("with-category-only", "零报告", category="宣传活动"),
    _zero_fails("with-counts", "零报告", "ambiguous_value", category="宣传活动", participants=300),
    _zero_fails("unknown-word", "本日没有活动", "missing_required"),
    _zero("with-type-and-category", "零报告", type="稿件", category="宣传活动"),
    one("zero-beside-material", "日报.xlsx", xlsx(materials(material(), material(type=None, title="无", category=None))),
        accepted(2, values=[{"is_zero_report": False}, {"is_zero_report": True}])),
    _first("missing-before-date", "missing_required", title=None, date="某日"),
    _first("date-before-list", "bad_date", date="某日", type="标语"),
    _first("window-before-list", "outside_window", date="2020-11-01", type="标语"),
    _first("list-before-number", "not_in_list", type="标语", participants="多"),
    _first("number-before-negative", "bad_number", participants=-1, views="多"),
    _first("negative-before-county", "negative_number", participants=-1, county="乙县"),
    _first("county-before-link", "unknown_county", county="乙县", link="无此"),
    one("first-reason-link-before-phone", "方案.xlsx", xlsx(plan(url="无", phone="无", email="无")),
        rejected("no_valid_row", rejected_rows="bad_url", deliverable="plan", faults=[
            (2, "宣传专栏（网站）地址", "bad_url", "无"), (2, "手机", "bad_phone", None), (2, "邮箱", "bad_email", None)])),
    one("all-faults", "日报.xlsx", xlsx(materials(_ALL_WRONG)),
        rejected("no_valid_row", rejected_rows="missing_required", faults=_ALL_FAULTS)),
    one("cell-error", "日报.xlsx", xlsx(materials(material(), material(participants="#REF!"))),
        End("partly accepted", rejected_rows="cell_error", rows=2)),
    one("two-own-rows", "统计.xlsx", xlsx([*statistics(), statistics()[1]]),
        rejected("no_valid_row", rejected_rows="repeated_row|repeated_row", deliverable="statistics")),
    one("row-of-another-unit", "统计.xlsx", xlsx([*statistics(), statistics(unit="青岛市教育局")[1]]),
        End("partly accepted", rejected_rows="other_unit", rows=2, deliverable="statistics")),
    one("slipped-record", "日报.csv", text(materials(material(), [*material(), "多出的一格"])),
        End("partly accepted", rejected_rows="misaligned_row", rows=2)),
    one("all-missing", "日报.xlsx", xlsx(materials([None, None, None, None, "职教故事", "历下区"])),
        rejected("no_valid_row", rejected_rows="missing_required", faults=[
            (2, header, "missing_required", None) for header in ("活动日期", "材料类型", "标题", "活动类别")])),
    one("reasons-in-row-order", "日报.xlsx", xlsx([["活动日报"], *_SEVERAL]),
        End("partly accepted", rejected_rows="not_in_list|outside_window|missing_required", rows=5, faults=[
            (4, "材料类型", "not_in_list", "标语"), (4, "县（市、区）", "unknown_county", "乙县"),
            (5, "活动日期", "outside_window", "2020-11-20"), (6, "标题", "missing_required", None)])),
    one("reasons-over-sheets", "日报.xlsx", xlsx(("乙", materials(material(type="标语"))), ("甲", materials(material(date="某日")))),
        rejected("no_valid_row", rejected_rows="not_in_list|bad_date")),
]  # fmt: skip
