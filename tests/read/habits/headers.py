"""Where the header stands, what it says, what stands above and beside it, and which sheets count."""

from tests.read.habits.case import (
    MATERIALS,
    STATISTICS,
    Content,
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

_BLANK = [None] * 10
_NO_ROW = rejected("no_valid_row")
_ONE = accepted(1, values=[{"county": "历下区", "participants": 300, "online_views": 1200}])


def _headed(*headers: str, **cells: object) -> Content:
    return xlsx([list(headers), material(**cells)[: len(headers)]])


def _below(rows: int) -> Content:
    return xlsx([["活动周活动日报"], *[_BLANK] * (rows - 1), *materials()])


_NUMBERED = [["序号", *MATERIALS], [1, *material()], [2, *material()]]
_SHUFFLED = [list(reversed(row)) for row in materials()]

CASES = [
    one("title-above", "日报.xlsx", xlsx([["活动周活动日报"], ["填报单位：济南市教育局"], *materials()]), _ONE),
    one("header-in-row-20", "日报.xlsx", _below(19), _ONE),
    one("header-in-row-21", "日报.xlsx", _below(20), _NO_ROW),
    one("header-in-row-21-of-empty-rows", "日报.xlsx", xlsx([*[[]] * 20, *materials()]), _NO_ROW),
    one("header-in-row-20-csv", "日报.csv", text([["活动日报"], *[[""]] * 18, *materials()]), _ONE),
    one("header-in-row-21-csv", "日报.csv", text([["活动日报"], *[[""]] * 19, *materials()]), _NO_ROW),
    one("headers-of-the-second-kind", "日报.xlsx", _headed(
        "日期", "类型", "题目", "类别", "主题", "县区", "参加人数", "观看人次", "网址"), _ONE),
    one("headers-of-the-third-kind", "日报.xlsx", _headed(
        "活动时间", "素材类型", "名称", "活动类别", "宣传主题", "所在县区", "线下参与人数", "线上观看量", "链接地址"), _ONE),
    one("headers-with-units", "日报.xlsx", _headed(
        "活动日期", "材料类型", "标题", "活动类别", "宣传主题", "县（市、区）", "参与人数（人）", "线上观看人次（次）"), _ONE),
    one("headers-with-spaces-and-breaks", "日报.xlsx", _headed(
        "活动\n日期", "材 料 类 型", "标　题", " 活动类别 ", "宣传主题", "县(市、区)", "参与人数\n(人)", "线上观看\r\n人次"), _ONE),
    one("headers-full-width", "日报.xlsx", _headed(
        "活动日期", "材料类型", "标题", "活动类别", "宣传主题", "县（市、区） ", "参与人数（人 ）", "线上观看人次(人次)"), _ONE),
    one("exact-header-beats-one-with-a-unit", "日报.xlsx", xlsx([
        ["活动日期", "材料类型", "标题", "活动类别", "参与人数（线上）", "参与人数"],
        ["2020-11-09", "稿件", title(), "宣传活动", 9999, 300]]),
        accepted(1, values=[{"participants": 300}])),
    one("columns-in-another-order", "日报.xlsx", xlsx(_SHUFFLED), _ONE),
    one("numbered-rows", "日报.xlsx", xlsx(_NUMBERED), accepted(2)),
    one("half-of-the-required", "日报.xlsx", xlsx([["活动日期", "标题"], ["2020-11-09", title()]]),
        rejected("no_valid_row", rejected_rows="missing_required")),
    one("less-than-half-of-the-required", "日报.xlsx", xlsx([["活动日期", "备注"], ["2020-11-09", "甲"]]), _NO_ROW),
    one("half-of-the-required-zero-report", "日报.xlsx", xlsx([["活动日期", "标题"], ["2020-11-12", "零报告"]]),
        accepted(1, values=[{"is_zero_report": True}])),
    one("table-not-in-the-corner", "日报.xlsx", xlsx([[], [], *([None, None, *row] for row in materials())]), _ONE),
    one("better-header-below", "日报.xlsx", xlsx([["日期", "2020-11-09", "标题", "活动日报"], *materials()]), _ONE),
    one("unknown-columns-beside", "日报.xlsx", xlsx([[*row, "不相干"] for row in materials()]), _ONE),
    one("docx-title-and-unit-as-paragraphs", "日报.docx",
        word(materials(), paragraphs=["活动日报", "填报单位：济南市教育局"]), _ONE),
    one("unit-only-in-a-paragraph", "日报.docx", word(materials(material(county=None)), paragraphs=["填报单位：青岛市教育局"]),
        accepted(1, recipient="EDU-3702"), unit="新建文件夹"),
    one("hidden-sheet", "日报.xlsx", xlsx(materials(), ("旧数据", materials(), "hidden")), _ONE),
    one("very-hidden-sheet", "日报.xlsx", xlsx(materials(), ("旧数据", materials(), "veryHidden")), _ONE),
    one("only-a-hidden-sheet", "日报.xlsx", xlsx(("封面", [["活动日报"]]), ("数据", materials(), "hidden")), _NO_ROW),
    one("instruction-sheet", "日报.xlsx", xlsx(("填报说明", materials()), materials()), _ONE),
    one("instruction-sheet-after", "日报.xlsx", xlsx(materials(), ("填表说明", [["一、按日填写"]])), _ONE),
    one("sheet-without-header-beside", "日报.xlsx", xlsx(("封面", [["活动日报"], ["某月某日"]]), materials()), _ONE),
    one("sheets-each-with-its-own-order", "日报.xlsx", xlsx(materials(), [
        list(reversed(row)) for row in materials()]), accepted(2)),
    one("sheets-of-two-deliverables", "报送.xlsx", xlsx(materials(), statistics()),
        accepted(2, deliverable="materials")),
    one("sheet-of-bad-rows-beside-a-good-one", "日报.xlsx",
        xlsx(materials(material(type="标语")), materials()), End("partly accepted", rejected_rows="not_in_list", rows=2)),
    one("deliverable-from-columns-not-name", "统计表.xlsx", xlsx(materials()), _ONE),
    one("plan", "附件1.xlsx", xlsx(plan()), accepted(1, deliverable="plan")),
    one("plan-other-headers", "附件1.xlsx", xlsx([
        ["报送单位", "方案名称", "专栏网址", "联络员姓名", "手机号码", "电子邮箱"], plan()[1]]),
        accepted(1, deliverable="plan")),
    one("statistics", "附件2.xlsx", xlsx(statistics(12)),
        accepted(1, deliverable="statistics", values=[{"events": 12}])),
    one("statistics-headers-with-units", "附件2.xlsx", xlsx([
        ["单位名称", *(f"{name}（人次）" for name in STATISTICS[1:])], statistics(13)[1]]),
        accepted(1, deliverable="statistics", values=[{"events": 13}])),
    one("table-named-plan-without-header", "方案.xlsx", xlsx([["甲", "乙"], [1, 2]]),
        rejected("no_valid_row", deliverable="plan")),
    one("table-named-statistics-without-header", "统计表.xlsx", xlsx([["甲", "乙"], [3, 4]]),
        rejected("no_valid_row", deliverable="statistics")),
    one("table-named-daily-without-header", "活动日报.csv", text([["甲", "乙"], [5, 6]]), _NO_ROW),
    one("table-without-name-or-header", "附表.xlsx", xlsx([["甲", "乙"], [7, 8]]),
        rejected("unknown_deliverable", deliverable=None)),
    one("header-without-rows", "附表.xlsx", xlsx([MATERIALS]), _NO_ROW),
    one("own-rows-that-differ-on-two-sheets", "附件2.xlsx", xlsx(statistics(14), statistics(15)),
        rejected("no_valid_row", deliverable="statistics", rejected_rows="repeated_row|repeated_row")),
    one("counties-on-two-sheets", "附件2.xlsx", xlsx(statistics(16, unit="甲县"), statistics(17, unit="乙县")),
        rejected("no_valid_row", deliverable="statistics", rejected_rows="repeated_row|repeated_row")),
    one("departments-on-a-sheet-before-the-own-row", "附件2.xlsx",
        xlsx([*statistics(18, unit="甲系"), statistics(19, unit="乙系")[1]], statistics(40)),
        accepted(1, deliverable="statistics", values=[{"events": 40}])),
    one("line-above-states-two-units", "日报.xlsx", xlsx([["（单位：人、万人次）"], *materials(material(views=3))]),
        rejected("no_valid_row", rejected_rows="ambiguous_value")),
    one("line-above-a-second-table-states-a-unit", "日报.xlsx",
        xlsx([*materials(), ["单位：万人次"], [None], MATERIALS[:-1], material(views=3)[:-1]]),
        End("partly accepted", rejected_rows="ambiguous_value", rows=2)),
    one("line-above-a-header-that-repeats-states-a-unit", "日报.xlsx",
        xlsx([*materials(), ["单位：万人次"], *materials()]),
        rejected("no_valid_row", rejected_rows="ambiguous_value|ambiguous_value")),
    one("line-below-the-header-states-a-unit", "日报.xlsx", xlsx([MATERIALS, ["单位：万人次"], material(views=3)]),
        rejected("no_valid_row", rejected_rows="ambiguous_value")),
    one("row-of-units-below-the-header", "日报.xlsx", xlsx([
        MATERIALS, [None] * 6 + ["（人）", "（万人次）"], material(views=3), material(views="3万")]),
        End("partly accepted", rejected_rows="missing_required|ambiguous_value", rows=3)),
    one("unit-behind-a-number-of-a-form", "统计表.xlsx", xlsx([["情况统计表"], *(
        [cell for name in pair for cell in (name, 6, unit)]
        for *pair, unit in zip(STATISTICS[1::2], STATISTICS[2::2], ["场", "家", "人次", "万人次"], strict=True))]),
        rejected("no_valid_row", deliverable="statistics", rejected_rows="ambiguous_value")),
]  # fmt: skip
