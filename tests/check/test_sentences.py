"""The sentence that a unit is told fits what is behind a fault, and names the cell."""

import pytest

from pipelines.check.sentences import Sentences
from pipelines.check.suites import build_rules
from pipelines.notice import load_notice

NOTICE = load_notice("sd-vocational-week-2020")
RULES = build_rules(NOTICE, "materials")
SENTENCES = Sentences(NOTICE)


def _say(column: str, reason: str, given: str) -> str:
    rule = next(one for one in RULES if (one.column, one.reason) == (column, reason))
    return SENTENCES.say(rule, 5, "某列", given, is_personal=False)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("300\n400", "写了不止一个数（300 400），请只填一个；要合计的请先加好"),
        ("300人，其中学生200人", "写了不止一个数（300人，其中学生200人），请只填一个；要合计的请先加好"),
        ("200-300", "写的“200-300”是一个范围，请填一个数"),
        ("200至300人", "写的“200至300人”是一个范围，请填一个数"),
        ("1,2万", "写的“1,2万”，逗号的位置不对，看不出是哪个数，请写成不带逗号的整数，如 1200"),
        ("1, 200", "写的“1, 200”，逗号的位置不对，看不出是哪个数，请写成不带逗号的整数，如 1200"),
        ("12.5", "写的“12.5”不是整数，人数、次数等没有小数，请核对后填整数"),
        ("9" * 20, f"写的“{'9' * 20}”太大，不像是一个数，请核对"),
        ("三百二", "写的“三百二”有不止一种读法，请改用阿拉伯数字，如 320"),
        ("同上", "写的“同上”不能代替数，请把数写出来"),
        ("30①", "写的“30①”里有带圈或上标的数字，请改为普通数字"),
        ("很多{row}", "写的“很多{row}”不是数，请填整数，如 300"),
    ],
)
def test_counts(given: str, said: str) -> None:
    assert _say("participants", "bad_number", given) == f"第5行“某列”{said}"


@pytest.mark.parametrize(
    "given",
    ["11.8-11.10", "11月8日、9日", "8-10日", "11.8\n11.9", "星期一", "（周日）", "8日", "11月", "2020年11月"],
)
def test_a_date_that_is_not_one_day_is_told_that_each_day_needs_its_own_row(given: str) -> None:
    said = _say("activity_date", "bad_date", given)
    assert "请每天单独填一行，日期写成 2020-11-08 这样" in said
    assert " ".join(given.split()) in said


@pytest.mark.parametrize(
    ("column", "reason", "given", "said"),
    [
        ("activity_date", "bad_date", "11月31日", "写的“11月31日”，日历上没有这一天，请核对"),
        ("activity_date", "bad_date", "11.9②", "写的“11.9②”里有带圈或上标的数字，请改为普通数字，如 2020-11-08"),
        ("activity_date", "bad_date", "暂定", "写的“暂定”认不出是哪一天，请写成 2020-11-08 这样的日期"),
        ("participants", "cell_error", "=SUM(G2:G9)", "的公式 =SUM(G2:G9) 没有算出结果，请打开表格重新计算并保存，或直接填写"),
        ("participants", "cell_error", "#DIV/0!", "是错误值 #DIV/0!，请改正公式，或直接填写"),
        ("participants", "ambiguous_value", "300 / 320", "有几处填得不同（300 / 320），看不出以哪个为准，请只留一个"),
        ("participants", "ambiguous_value", "1.2", "写的“1.2”看不出是多少：表头旁边或单元格的格式另有“万”等单位。请写成完整的数并带上单位，如 12000人"),
        ("county", "unknown_county", "青岛市市南区", "写的“青岛市市南区”是青岛市的，不是本市的县（市、区），请核对；不分县的留空"),
        ("county", "unknown_county", "甲县", "写的“甲县”不是本市的县（市、区），请写全称；不分县的留空"),
    ],
)  # fmt: skip
def test_other_cells(column: str, reason: str, given: str, said: str) -> None:
    assert _say(column, reason, given) == f"第5行“某列”{said}"


@pytest.mark.parametrize("given", ["11.30-12.6", "星期一", "8日", "12月"])
def test_a_period_that_is_written_for_its_day_is_told_to_name_one_day_of_it(given: str) -> None:
    canteens = load_notice("nx-canteen-safety-2020")
    name = next(name for name, item in canteens.deliverables.items() if "period_date" in item.columns)
    rule = next(
        one for one in build_rules(canteens, name) if (one.column, one.reason) == ("period_date", "bad_date")
    )
    said = Sentences(canteens).say(rule, 5, "某列", given, is_personal=False)
    assert "请每期单独填一行（按天报的，每天一行），日期只写这一期里的一天，如 " in said
