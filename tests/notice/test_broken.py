"""A library of broken notice folders, one defect a folder: `notices check` names file, line, what was found and what to do."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.cli.notice import summarise
from pipelines.ground.errors import BadNoticeError
from pipelines.notice import load_notice
from pipelines.notice.folder import NOTICES

GOOD = Path(__file__).parent / "good"
NOTICE = "small-2020"
YAML, UNITS, AREAS = "notice.yaml", "recipients.csv", "regions.csv"


@dataclass(frozen=True)
class Broken:
    """One defect: `old` becomes `new` in a good folder's file. `line` is where it must be found, `says` what must be said."""

    name: str
    file: str
    old: str
    new: str
    line: int
    says: tuple[str, ...]


def broken(name: str, file: str, old: str, new: str, line: int, *says: str) -> Broken:
    return Broken(name, file, old, new, line, says)


CASES = [
    # what a key may be
    broken("unknown_key", YAML, "issuer: 某省教育厅", "isuer: 某省教育厅", 4, "isuer", "不认识的键", "删去"),
    broken("missing_key", YAML, "issuer: 某省教育厅\n", "", 1, "issuer", "缺少必填的键", "补上"),
    broken("unknown_key_in_depth", YAML, "required: true, list: types", "requird: true, list: types", 28, "requird", "不认识的键"),
    broken("key_written_twice", YAML, "event:", "opens: 2020-12-02\nevent:", 16, "opens", "写了两次", "第 6 行"),
    broken("key_from_another_file", YAML, "event:", "recipients: []\nevent:", 16, "recipients", "同名的文件"),
    broken("key_with_a_capital", YAML, "  table:", "  Table:", 32, "Table", "小写字母"),
    broken("unknown_word", YAML, "event:", "words: {zero_reports: [无]}\nevent:", 16, "zero_reports", "不认识的键"),
    broken("empty_word_list", YAML, "event:", "words: {totals: []}\nevent:", 16, "totals", "至少要有一项"),
    broken("recommended_to_a_list_that_is_none", YAML, "event:", "recommend: {to: 某司, mail_to: [ministry]}\nevent:", 16, "mail.lists 里没有 ministry"),
    broken("feeds_of_no_domain", YAML, "event:", "feeds: {authority: https://a.example}\nevent:", 16, "authority"),
    # what a value may be
    broken("another_id", YAML, "id: small-2020", "id: other-2020", 1, "other-2020", "同名", "small-2020"),
    broken("id_with_underscore", YAML, "id: small-2020", "id: small_2020", 1, "small_2020", "连字符"),
    broken("wrong_date", YAML, "opens: 2020-12-01", "opens: 2020-02-30", 6, "2020-02-30", "没有这一天"),
    broken("date_in_chinese", YAML, "opens: 2020-12-01", "opens: 2020年12月1日", 6, "2020年12月1日", "2020-11-08"),
    broken("date_as_number", YAML, "opens: 2020-12-01", "opens: 20201201", 6, "20201201", "2020-11-08"),
    broken("moment_without_time", YAML, "due: 2021-01-20T18:00:00", "due: 2021-01-20", 53, "2021-01-20", "写明几点"),
    broken("moment_that_is_none", YAML, "due: 2021-01-20T18:00:00", "due: 2021-01-20T25:00:00", 53, "25:00", "没有这一刻"),
    broken("time_that_is_none", YAML, "last: 2021-01-03}\n    col", "last: 2021-01-03, due_time: 六点}\n    col", 25, "六点", "18:00"),
    broken("unknown_kind_of_deliverable", YAML, "kind: summary", "kind: report", 49, "report", "summary"),
    broken("unknown_kind_of_source", YAML, "kind: folder", "kind: fax", 15, "fax", "folder"),
    broken("unknown_every", YAML, "every: once", "every: decade", 53, "decade", "once"),
    broken("every_left_out", YAML, "{every: once, due", "{due", 53, "缺少必填的键", "every"),
    broken("due_left_out", YAML, "{every: once, due: 2021-01-20T18:00:00}", "{every: once}", 53, "缺少必填的键", "due"),
    broken("unknown_timezone", YAML, "Asia/Shanghai", "Asia/Jinan", 5, "Asia/Jinan", "Asia/Shanghai"),
    broken("required_in_chinese", YAML, "title: {headers: [标题], required: true}", "title: {headers: [标题], required: 是}", 29, "是", "true"),
    broken("one_header_for_a_list", YAML, "headers: [标题]", "headers: 标题", 29, "标题", "列表"),
    broken("no_owner", YAML, "    owed_by: [bureau]\n    periods: {every: once", "    owed_by: []\n    periods: {every: once", 52, "owed_by", "至少要有一项"),
    broken("text_for_a_structure", YAML, "  education: 省教育厅", "  省教育厅", 8, "省教育厅", "键: 值"),
    # times out of order
    broken("closes_before_opens", YAML, "opens: 2020-12-01", "opens: 2021-12-01", 7, "2021-01-31", "早于 opens"),
    broken("closes_before_the_last_due", YAML, "closes: 2021-01-31", "closes: 2021-01-10", 7, "早于", "推后 closes"),
    broken("event_backwards", YAML, "first_day: 2020-12-28", "first_day: 2021-12-28", 16, "早于 first_day"),
    broken("periods_backwards", YAML, "last: 2021-01-03}\n    col", "last: 2020-01-03}\n    col", 25, "2020-01-03", "早于 first"),
    broken("due_before_period", YAML, "due: 2021-01-16T18:00:00", "due: 2021-01-06T18:00:00", 43, "2021-01-06", "早于这一期"),
    broken("same_date_twice", YAML, "day: 2021-01-15", "day: 2020-12-31", 42, "2020-12-31", "写了两次"),
    broken("due_before_the_notice", YAML, "due: 2021-01-20T18:00:00", "due: 2020-01-20T18:00:00", 53, "早于 opens"),
    # names that must exist, or not twice
    broken("owed_by_unknown_kind", YAML, "owed_by: [bureau, college]", "owed_by: [bureau, collage]", 24, "collage", "bureau、college"),
    broken("owed_by_without_line", YAML, "owed_by: [bureau]\n    periods: {every: once", "owed_by: [union]\n    periods: {every: once", 57, "B-2", "本来不报"),
    broken("unknown_line_of_a_source", YAML, "path: 收件, line: education", "path: 收件, line: hr", 15, "hr", "education"),
    broken("two_sources_of_one_path", YAML, "event:", "  - {id: other, kind: folder, path: 收件, line: education}\nevent:", 16, "收件", "各来源必须不同"),
    broken("unknown_list", YAML, "list: types", "list: kinds", 28, "kinds", "types"),
    broken("list_word_twice", YAML, "photo: 照片", "photo: 典型案例", 18, "典型案例", "typical_case"),
    broken("comparison_of_no_indicator", YAML, "title: {headers: [标题], required: true}", "title: {headers: [标题], required: true, compares_with: events}", 29, "title", "不是统计表的指标"),
    broken("comparison_with_unknown_figure", YAML, "visitors: {headers: [参观人次], required: true}", "visitors: {headers: [参观人次], required: true, compares_with: visits}", 47, "visits", "participants"),
    broken("decimals_of_a_count", YAML, "headers: [参观人次], required: true", "headers: [参观人次], required: true, decimals: 1", 47, "decimals", "整数没有小数"),
    broken("scale_of_a_count", YAML, "headers: [参观人次], required: true", "headers: [参观人次], required: true, scale: 100", 47, "scale", "percent"),
    broken("scale_of_ten", YAML, "headers: [参观人次], required: true", "headers: [参观人次], required: true, type: percent, scale: 10", 47, "10", "0.125"),
    broken("money_in_dollars", YAML, "headers: [参观人次], required: true", "headers: [参观人次], required: true, type: money, unit: 美元", 47, "美元", "万元"),
    broken("unknown_type_of_number", YAML, "headers: [参观人次], required: true", "headers: [参观人次], required: true, type: float", 47, "float", "decimal"),
    broken("limits_in_reverse", YAML, "headers: [参观人次], required: true", "headers: [参观人次], required: true, min: 10, max: 5", 47, "10", "大于最大 5"),
    broken("negative_count_compared", YAML, "visitors: {headers: [参观人次], required: true}", "visitors: {headers: [参观人次], required: true, min: -5, compares_with: participants}", 47, "compares_with", "负数"),
    broken("limit_in_words", YAML, "headers: [参观人次], required: true", "headers: [参观人次], required: true, max: 一百", 47, "一百", "应是一个数"),
    broken("weighted_by_nothing", YAML, "headers: [参观人次], required: true", "headers: [参观人次], required: true, type: percent, aggregate: weighted", 47, "aggregate", "weight"),
    broken("weighted_by_no_indicator", YAML, "headers: [参观人次], required: true", "headers: [参观人次], required: true, type: percent, aggregate: weighted, weight: schools", 47, "schools", "events"),
    broken("weight_of_a_sum", YAML, "headers: [参观人次], required: true", "headers: [参观人次], required: true, weight: events", 47, "weight", "aggregate: weighted"),
    broken("sum_of_percentages", YAML, "headers: [参观人次], required: true", "headers: [参观人次], required: true, type: percent, aggregate: sum", 47, "相加没有意义", "mean"),
    broken("number_of_a_title", YAML, "title: {headers: [标题], required: true}", "title: {headers: [标题], required: true, type: money}", 29, "title", "不是统计表的指标"),
    broken("unknown_column", YAML, "category: {headers: [类别], required: true}", "categories: {headers: [类别], required: true}", 30, "categories", "category"),
    broken("columns_of_a_document", YAML, "    name: 总结", "    name: 总结\n    columns: {title: {headers: [标题]}}", 51, "文档", "删去 columns"),
    broken("no_required_column", YAML, "      period_date: {headers: [统计日期], required: true}\n      events: {headers: [活动场次], required: true}\n      visitors: {headers: [参观人次], required: true}", "      events: {headers: [活动场次]}", 44, "required: true"),
    broken("duplicate_header_synonym", YAML, "headers: [标题]", "headers: [标题, 日 期]", 29, "日 期", "activity_date"),
    broken("header_that_is_ignored_too", YAML, "ignored_headers: [备注]", "ignored_headers: [备注, 类型（种）]", 31, "类型（种）", "material_type"),
    broken("no_date_column_for_periods", YAML, "period_date: {headers: [统计日期], required: true}", "events2: {headers: [统计日期], required: true}", 44, "period_date", "哪一期"),
    broken("file_word_of_two", YAML, "file_words: [总结]", "file_words: [统计表]", 51, "统计表", "table"),
    broken("materials_without_event", YAML, "event: {first_day: 2020-12-28, last_day: 2021-01-03}\n", "", 19, "没有 event", "首尾两天"),
    # exemptions and extensions
    broken("exemption_without_reason", YAML, ", reason: 元旦闭校", "", 55, "reason", "缺少必填的键"),
    broken("exemption_with_blank_reason", YAML, "reason: 元旦闭校", 'reason: " "', 55, "reason", "是空的"),
    broken("exemption_for_unknown_unit", YAML, "recipient: C-1", "recipient: C-9", 55, "C-9", "单位代码"),
    broken("exemption_from_what_is_not_owed", YAML, "C-1, deliverable: materials, period: 2021-01-01", "C-1, deliverable: summary", 55, "C-1", "本来不报"),
    broken("exemption_of_unknown_period", YAML, "period: 2021-01-01", "period: 2021-01-09", 55, "2021-01-09", "2021-01-03"),
    broken("extension_for_unknown_unit", YAML, "recipient: B-2", "recipient: B-9", 57, "B-9", "单位代码"),
    broken("extension_of_unknown_deliverable", YAML, "deliverable: summary, due", "deliverable: report, due", 57, "report", "summary"),
    broken("extension_that_is_earlier", YAML, "due: 2021-01-25T18:00:00", "due: 2021-01-15T18:00:00", 57, "不晚于", "更晚"),
    broken("extension_after_closing", YAML, "due: 2021-01-25T18:00:00", "due: 2021-02-25T18:00:00", 57, "晚于 closes", "推后"),
    broken("extension_twice", YAML, "reason: 换届}", "reason: 换届}\n  - {recipient: B-2, deliverable: summary, due: 2021-01-26T18:00:00, reason: 再延}", 58, "第 57 行", "留一个"),
    # bad yaml
    broken("full_width_colon", YAML, "title: 关于", "title：关于", 2, "不是合法的 YAML", "半角"),
    broken("two_colons_in_a_line", YAML, "title: 关于报送情况的通知", "title: 关于: 报送情况的通知", 2, "不是合法的 YAML", "引号"),
    broken("tab", YAML, "  education: 省", "\teducation: 省", 9, "不是合法的 YAML", "制表符"),
    broken("crooked_indent", YAML, "  college: 职业院校", "   college: 职业院校", 12, "不是合法的 YAML", "缩进"),
    broken("open_bracket", YAML, "owed_by: [bureau, college]", "owed_by: [bureau, college", 24, "不是合法的 YAML"),
    broken("open_quote", YAML, "issuer: 某省教育厅", 'issuer: "某省教育厅', 4, "不是合法的 YAML", "引号"),
    broken("alias", YAML, "owed_by: [bureau, college]", "owed_by: *owners", 24, "不是合法的 YAML", "引用"),
    broken("anchored_to_itself", YAML, "lists:\n", "lists: &lists\n  again: *lists\n", 18, "引用"),
    broken("unprintable", YAML, "issuer: 某省", "issuer: 某\x07省", 4, "看不见的字符"),
    # nominations:
    broken("nominations_on_a_summary", YAML, "kind: summary", "kind: summary\n    nominations: {at_most: 2}", 50, "nominations", "只有 list"),
    # events:
    *(
        broken(f"event_{name}", YAML, "event: {first_day", f"events: [{{id: opening, name: 启动仪式, level: national, {says}}}]\nevent: {{first_day", 16, *words)
        for name, says, *words in (
            ("of_no_level", "level: city", "level", "写了两次"),
            ("with_an_unknown_key", "time: 九点", "time", "不认识的键"),
            ("on_no_day", "from: 2020-11-31", "2020-11-31", "没有这一天"),
            ("in_words", "from: 11月8日", "11月8日", "2020-11-08T09:00:00"),
            ("ended_before", "from: 2020-12-28, to: 2020-12-27", "to", "早于 from"),
            ("ended_in_the_morning", "from: 2020-12-28T09:00, to: 2020-12-28T08:00", "to", "早于 from"),
            ("without_begin", "to: 2020-12-28", "to", "请补上哪天开始"),
            ("with_no_channel", "live: 大众网", "大众网", "完整的网址"),
            ("with_a_script", "page: 'javascript:alert(1)'", "javascript", "完整的网址"),
            ("with_a_password", "live: 'https://a:b@example.cn/'", "a:b@", "完整的网址"),
            ("of_another_year", "from: 2030-12-28", "2030-12-28", "核对年份"),
            ("written_twice", "place: 甲市}, {id: opening, name: 开幕式, level: national", "opening", "第 1 项"),
            ("named_twice", "place: 甲市}, {id: other, name: 启动仪式, level: national", "启动仪式", "第 1 项"),
        )
    ),
    # recipients.csv
    broken("unknown_city", UNITS, "education,990200", "education,999900", 3, "999900", "regions.csv"),
    broken("duplicate_code", UNITS, "C-1,", "B-2,", 4, "B-2", "第 3 行", "一个代码"),
    broken("unknown_kind_of_unit", UNITS, "C-1,甲市职业学院,college", "C-1,甲市职业学院,school", 4, "school", "bureau、college、union"),
    broken("unknown_line", UNITS, "college,education", "college,edu", 4, "edu", "education"),
    broken("owner_without_line", UNITS, "college,education", "college,", 4, "甲市职业学院", "没有写条线"),
    broken("name_of_two", UNITS, "乙市教育局|乙市", "乙市教育局|甲市", 3, "甲市", "第 2 行的 B-1"),
    broken("nameless", UNITS, "C-1,甲市职业学院", "C-1,", 4, "name", "是空的"),
    broken("comma_in_aliases", UNITS, "甲市教育局|甲市", "甲市教育局,甲市", 2, "7 列", "6 列", "|"),
    broken("english_header_changed", UNITS, "code,name", "代码,name", 1, "代码", "code,name,kind,line,city_code,aliases"),
    broken("open_quote_in_csv", UNITS, "B-2,乙市", 'B-2,"乙市', 5, "引号"),
    broken("no_units", UNITS, (GOOD / NOTICE / UNITS).read_text("utf-8").partition("\n")[2], "", 2, "一行也没有"),
    # written rightly, and surely meant otherwise
    broken("unpadded_day", YAML, "opens: 2020-12-01", "opens: 2020-12-1", 6, "2020-12-1", "两位"),
    broken("unpadded_moment", YAML, "due: 2021-01-20T18:00:00", "due: 2021-1-20T18:00:00", 53, "2021-1-20", "两位"),
    broken("empty_exemptions", YAML, "exemptions:\n  - {recipient: C-1, deliverable: materials, period: 2021-01-01, reason: 元旦闭校}\n", "exemptions:\n", 54, "exemptions", "是空的", "删去这一行"),
    broken("due_years_later", YAML, "due: 2021-01-16T18:00:00", "due: 2042-01-16T18:00:00", 43, "2042-01-16", "年份"),
    broken("event_of_another_year", YAML, "event: {first_day: 2020-12-28, last_day: 2021-01-03}", "event: {first_day: 2021-12-28, last_day: 2022-01-03}", 16, "2021-12-28", "年份"),
    broken("event_long_over", YAML, "event: {first_day: 2020-12-28, last_day: 2021-01-03}", "event: {first_day: 2019-12-28, last_day: 2020-01-03}", 16, "2020-01-03", "年份"),
    broken("event_on_other_days", YAML, "event: {first_day: 2020-12-28, last_day: 2021-01-03}", "event: {first_day: 2021-01-10, last_day: 2021-01-13}", 25, "没有一天相同", "总是 0"),
    broken("chinese_comma_in_a_list", YAML, "headers: [活动日期, 日期]", "headers: [活动日期，日期]", 27, "活动日期，日期", "半角逗号"),
    broken("enumeration_comma_in_a_list", YAML, "file_words: [总结]", "file_words: [总结、报告]", 51, "总结、报告", "半角逗号"),
    broken("quote_that_ends_lines_later", YAML, "issuer: 某省教育厅\ntimezone: Asia/Shanghai", 'issuer: "某省教育厅\ntimezone: Asia/Shanghai"', 4, "引号没有关上"),
    broken("quote_open_until_another_begins", YAML, "title: 关于报送情况的通知\ndocument_number: 示例〔2020〕1号", 'title: "关于报送情况的通知\ndocument_number: "示例〔2020〕1号"', 2, "引号没有关上"),
    broken("text_column_taken_for_a_number", YAML, "headers: [活动场次]", "headers: [活动名称]", 46, "活动名称", "像是文字", "type: count"),
    broken("path_that_leads_out", YAML, "path: 收件", "path: ../收件", 15, "../收件", "外面"),
    broken("path_from_the_root", YAML, "path: 收件", "path: /收件", 15, "/收件", "外面"),
    broken("path_on_a_drive", YAML, "path: 收件", "path: 'D:\\收件'", 15, "收件", "外面"),
    broken("still_to_be_answered", YAML, "document_number: 示例〔2020〕1号", "document_number: 待答", 3, "待答", "questions.md"),
    broken("day_still_to_be_answered", YAML, "opens: 2020-12-01", "opens: 待答", 6, "还没有回答"),
    broken("one_letter_alias", UNITS, "乙市教育局|乙市", "乙市教育局|乙", 3, "乙", "一个字"),
    broken("comma_between_aliases", UNITS, "甲市教育局|甲市", "甲市教育局，甲市", 2, "甲市教育局，甲市", "|"),
    broken("alias_of_another_width", UNITS, "乙市教育局|乙市", "乙市教育局|甲 市", 3, "甲 市", "第 2 行的 B-1", "全半角"),
    broken("code_as_a_number", UNITS, "education,990200", "education,9.902E+05", 3, "9.902E+05", "文本"),
    broken("city_still_to_be_answered", UNITS, "education,990200", "education,待答", 3, "还没有回答", "乙市教育局"),
    broken("region_code_as_a_number", AREAS, "county,990201", "county,990201.0", 5, "990201.0", "文本"),
    # regions.csv
    broken("county_of_no_city", AREAS, "子县,990100", "子县,990300", 4, "990300", "不是本表里的市"),
    broken("unknown_level", AREAS, "county,990101", "town,990101", 4, "town", "city"),
    broken("region_twice", AREAS, "county,990201", "county,990101", 5, "990101", "第 4 行"),
    broken("county_twice", AREAS, "丑县,990200", "子县,990100", 5, "子县", "第 4 行"),
    broken("alias_of_two", AREAS, "丑县,990200,丑", "丑县,990100,老子县", 5, "老子县", "第 4 行", "一个叫法"),
    broken("multiplier_of_nothing", YAML, "id: small-2020", "id: small-2020\nwords: {multipliers: {万: 1}}", 2, "multipliers", "大于 1 的整数"),
    broken("multiplier_in_words", YAML, "id: small-2020", "id: small-2020\nwords: {multipliers: {万: 一万}}", 2, "一万", "大于 1"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the good folder that a test may break, with the shared words beside it."""
    shutil.copytree(GOOD / NOTICE, tmp_path / "notices" / NOTICE)
    shutil.copy(NOTICES / "words.yaml", tmp_path / "notices")
    return tmp_path / "notices"


def problems(folder: Path) -> list[str]:
    with pytest.raises(BadNoticeError) as error:
        load_notice(NOTICE, folder)
    return error.value.problems


def test_the_good_folder_is_good(folder: Path) -> None:
    assert load_notice(NOTICE, folder).id == NOTICE


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_defect_is_named_with_its_line(folder: Path, case: Broken) -> None:
    path = folder / NOTICE / case.file
    text = path.read_text("utf-8")
    assert case.old in text, "the defect must be put in"
    path.write_text(text.replace(case.old, case.new, 1), "utf-8")
    place = f"{NOTICE}/{case.file} 第 {case.line} 行"
    everything = problems(folder)
    found = [one for one in everything if one.startswith(place) and all(word in one for word in case.says)]
    assert found, "\n".join(everything)
    assert "；" in found[0], "what was found, then what to do"
    assert case.name not in ALONE or everything == found


NAMES = [case.name for case in CASES]
ALONE = frozenset(NAMES[NAMES.index("unpadded_day") : NAMES.index("region_code_as_a_number") + 1])
"""Slips that are legal as written: nothing else may be said of them."""


@pytest.mark.parametrize("content", [b"", b"  \n\n"], ids=["empty", "blank"])
def test_an_empty_text_of_the_notice_is_named(folder: Path, content: bytes) -> None:
    (folder / NOTICE / "notice.txt").write_bytes(content)
    assert problems(folder) == [f"{NOTICE}/notice.txt 第 1 行：是空的；请把通知原文存在这里，以便日后核对"]


def test_a_text_of_the_notice_in_gbk_is_named(folder: Path) -> None:
    (folder / NOTICE / "notice.txt").write_text("各市教育局：\n", "gb18030")
    assert len(problems(folder)) == 1
    assert "notice.txt 第 1 行：不是 UTF-8 编码" in problems(folder)[0]


def test_a_comma_in_quotation_marks_is_meant(folder: Path) -> None:
    path = folder / NOTICE / YAML
    path.write_text(path.read_text("utf-8").replace("headers: [标题]", 'headers: ["标题、题目"]'), "utf-8")
    assert load_notice(NOTICE, folder).deliverables["materials"].columns["title"].headers == ("标题、题目",)


def test_a_moment_of_another_zone_is_shown_in_the_notices(folder: Path) -> None:
    path = folder / NOTICE / YAML
    path.write_text(
        path.read_text("utf-8").replace("due: 2021-01-20T18:00:00", "due: 2021-01-20T10:00:00Z"), "utf-8"
    )
    assert "summary 总结：2 个单位 × 1 期；截止 2021-01-20 18:00:00" in summarise(load_notice(NOTICE, folder))


@pytest.mark.parametrize("file", [YAML, UNITS, AREAS])
def test_a_bom_is_no_defect(folder: Path, file: str) -> None:
    path = folder / NOTICE / file
    path.write_text(path.read_text("utf-8"), "utf-8-sig")
    assert load_notice(NOTICE, folder).id == NOTICE


@pytest.mark.parametrize(("file", "line"), [(YAML, 2), (UNITS, 2), (AREAS, 2)])
def test_gbk_is_named_with_its_first_line(folder: Path, file: str, line: int) -> None:
    path = folder / NOTICE / file
    path.write_text(path.read_text("utf-8"), "gb18030")
    assert any(f"{file} 第 {line} 行：不是 UTF-8 编码；请另存为 UTF-8" in one for one in problems(folder))


@pytest.mark.parametrize("file", [UNITS, AREAS, "notice.txt"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / NOTICE / file).unlink()
    assert problems(folder)[0].startswith(f"{NOTICE}/{file} 不存在；请")


def test_a_missing_notice_says_which_there_are(folder: Path) -> None:
    with pytest.raises(BadNoticeError, match=r"no-such/notice\.yaml 不存在；现有通知：small-2020"):
        load_notice("no-such", folder)


def test_an_empty_definition_says_how_to_begin(folder: Path) -> None:
    (folder / NOTICE / YAML).write_text("", "utf-8")
    assert "第 1 行" in problems(folder)[0]


def test_an_owner_that_the_roster_lacks_is_named_in_the_definition(folder: Path) -> None:
    path = folder / NOTICE / UNITS
    path.write_text(
        path.read_text("utf-8").replace("C-1,甲市职业学院,college,education,990100,\n", ""), "utf-8"
    )
    assert (
        f"{NOTICE}/{YAML} 第 24 行 deliverables.materials.owed_by.1：名册里没有一个 college"
        in problems(folder)[0]
    )


def test_all_defects_are_named_at_once(folder: Path) -> None:
    path = folder / NOTICE / YAML
    path.write_text(path.read_text("utf-8").replace("C-1", "C-9").replace("B-2", "B-9"), "utf-8")
    found = "\n".join(problems(folder))
    assert "C-9" in found
    assert "B-9" in found


def test_a_time_of_day_without_quotes_is_itself(folder: Path) -> None:
    """YAML 1.1 takes 18:00 for the number 1080, which would be eighteen minutes past midnight."""
    path = folder / NOTICE / YAML
    text = path.read_text("utf-8").replace(
        "last: 2021-01-03}\n    col", "last: 2021-01-03, due_time: 18:00}\n    col"
    )
    path.write_text(text, "utf-8")
    first = load_notice(NOTICE, folder).deliverables["materials"].periods.periods()[0]
    assert first.due_at.isoformat() == "2020-12-28T18:00:00"


def test_the_command_ends_with_2_and_says_where() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "check", "no-such"],
        text=True,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "no-such/notice.yaml 不存在" in done.stderr
