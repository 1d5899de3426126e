"""Wording beside the notice: what an office may change without code, what the sandbox refuses, and how a slip is told."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.ground.errors import BadNoticeError
from pipelines.report import phrases
from pipelines.report.bulletin import Amount, Area
from pipelines.report.measure import measure_bulletin
from pipelines.report.tables import make_tables
from pipelines.report.tiles import read_tiles
from pipelines.report.wording import environment, parse_text, word_bulletin
from tests.report.conftest import make_notice
from tests.report.test_wording_of_cases import SECOND_EVENING, THREE


@pytest.fixture(scope="module")
def bulletin(evening: Any) -> Any:
    return evening[1].bulletin


def own(folder: Path, **templates: str) -> Path:
    """A folder of notices in which small-week has these templates of its own."""
    place = folder / "small-week" / "bulletin"
    place.mkdir(parents=True)
    for name, content in templates.items():
        (place / f"{name}.txt").write_text(content, "utf-8")
    return folder


def test_own_template_comes_first(bulletin: Any, tmp_path: Path) -> None:
    text = word_bulletin(
        bulletin,
        own(
            tmp_path,
            daily="# 我们的 | 日报\n\n@ 各校：\n\n共{{ b.whole.materials }}件。\n第二行\n\n另段\n\n+ reporting\n",
        ),
    )
    assert text.title == ("我们的", "日报")
    assert [block.text for block in text.body] == ["各校：", "共3件。第二行", "另段"]
    assert [(one.number, one.title) for one in text.attachments] == [(0, "各市参与和报送情况")]


def test_one_part_can_be_replaced_alone(bulletin: Any, tmp_path: Path) -> None:
    text = word_bulletin(bulletin, own(tmp_path, next="请于明日补齐。\n"))
    assert text.body[-1].text == "请于明日补齐。"
    assert text.body[0].kind == "addressees"


def test_numbers_of_attachments_follow_what_is_left(bulletin: Any) -> None:
    text = parse_text(
        bulletin,
        "# 题\n见附件[blamed]、附件[说明]、附件[words]。\n\n+ statistics:plan\n\n+ blamed\n\n+ = 说明\n文\n",
        make_tables(bulletin),
        "daily.txt",
    )
    assert text.body[0].text == "见附件1、附件2、附件。"
    assert [one.title for one in text.attachments] == ["迟报、未报单位名单", "说明"]


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("# 题\n{{ b.whole.matreials }}", "matreials"),
        ("# 题\n\n{% if %}", "第 3 行"),
        ("# 题\n\n{{ b.whole.on_time|sharee }}", "sharee"),
        ("# 题\n\n[nosuch]", "没有表 nosuch"),
        ("# 题\n\n+ nosuch", "没有表 nosuch"),
        ("没有标题", "没有以“# ”开头的标题行"),
        ("# 题\n{{ 1 // 0 }}", "daily.txt"),
        ("# 题\n{{ ''.__class__.__mro__ }}", "unsafe"),
        ("# 题\n{{ b.__init__.__globals__ }}", "unsafe"),
        ("# 题\n{{ b.areas.append(1) }}", "append"),
        ("# 题\n{% include '../../../../etc/passwd' %}", "passwd"),
    ],
    ids=[
        "name",
        "syntax",
        "filter",
        "table",
        "attachment",
        "title",
        "arithmetic",
        "class",
        "globals",
        "change",
        "escape",
    ],
)
def test_a_slip_is_told_with_its_place(bulletin: Any, tmp_path: Path, template: str, said: str) -> None:
    with pytest.raises(BadNoticeError) as error:
        word_bulletin(bulletin, own(tmp_path, daily=template))
    assert said in str(error.value)
    assert "bulletin/" in str(error.value)


@pytest.mark.parametrize(
    ("filter_name", "value", "said"),
    [
        ("share", None, "—"),
        ("share", 0.0, "0%"),
        ("share", 1.0, "100%"),
        ("share", 2 / 3, "66.7%"),
        ("share", 0.63, "63.0%"),
        ("share", 1 / 16, "6.3%"),
        ("number", 0, "0"),
        ("number", 9999, "9999"),
        ("number", 10000, "1万"),
        ("number", 123456, "12.35万"),
        ("number", 123456789, "1.23亿"),
        ("amount", Amount(12000, True), "约1.2万"),
        ("amount", Amount(300), "300"),
        ("moment", datetime(2020, 11, 10, 20), "11月10日20时"),
        ("moment", datetime(2020, 11, 11, 8, 30), "11月11日8时30分"),
        ("moment", datetime(2020, 11, 14, 23, 59, 59), "11月14日24时"),
        ("moment", datetime(2020, 11, 30), "11月30日0时"),
        ("full_moment", datetime(2020, 12, 31, 23, 59, 59), "2020年12月31日24时"),
        ("names", ["甲"], "甲"),
        ("names", ["甲", "乙", "丙"], "甲、乙、丙"),
    ],
)
def test_filters(filter_name: str, value: Any, said: str) -> None:
    assert environment("small-week").filters[filter_name](value) == said


@pytest.mark.parametrize(
    ("given", "limit", "places"),
    [
        ([], 3, []),
        ([("甲", 5)], 3, [(5, "甲")]),
        ([("甲", 5), ("乙", 7), ("丙", 5)], 3, [(7, "乙"), (5, "甲丙")]),
        ([("甲", 7), ("乙", 5), ("丙", 5)], 2, [(7, "甲")]),
        ([("甲", 7), ("乙", 7), ("丙", 7)], 2, [(7, "甲乙丙")]),
        ([("甲", 0), ("乙", 3)], 3, [(3, "乙")]),
        ([("甲", 0), ("乙", 0)], 3, []),
    ],
    ids=["none", "one", "tie-second", "tie-cut-whole", "tie-first-larger", "zero-left-out", "all-zero"],
)
def test_ranking(given: list[tuple[str, int]], limit: int, places: list[tuple[int, str]]) -> None:
    areas = [Area("", name, materials=value) for name, value in given]
    found = phrases.ranking(areas, "materials", limit, 0)
    assert [(rank.value, "".join(rank.names)) for rank in found] == places


STANDINGS: dict[str, tuple[dict[str, float | None], str, str]] = {
    "nobody": ({}, "none", ""),
    "one": ({"甲": 1}, "none", ""),
    "one of those that have any": ({"甲": 1, "乙": None}, "none", ""),
    "all alike": ({"甲": 0.5, "乙": 0.5}, "all", "甲乙"),
    "all zero": ({"甲": 0, "乙": 0}, "all", "甲乙"),
    "2.3 percent, and nobody else any": ({"甲": 0.023, "乙": 0, "丙": 0}, "only", "甲"),
    "two of four have any": ({"甲": 0.9, "乙": 0.9, "丙": 0, "丁": 0}, "only", "甲乙"),
    "most alike": ({"甲": 1, "乙": 1, "丙": 0.2}, "but", "甲乙"),
    "nobody has half": ({"甲": 0.3, "乙": 0.2, "丙": 0.1}, "low", "甲"),
    "two: the other one is the last": ({"甲": 1, "乙": 0.9}, "lead", "甲"),
    "half of them at most": (
        {"甲": 1, "乙": 0.9, "丙": 0.8, "丁": 0.7, "戊": 0.6, "己": 0.5},
        "lead",
        "甲乙丙",
    ),
    "a tie is not parted": ({"甲": 1, "乙": 0.9, "丙": 0.9, "丁": 0.9, "戊": 0.8, "己": 0.7}, "lead", "甲"),
    "tied first": ({"甲": 1, "乙": 1, "丙": 0.9, "丁": 0.8}, "lead", "甲乙"),
    "the last never": ({"甲": 0.9, "乙": 0.8, "丙": 0.8}, "lead", "甲"),
}


@pytest.mark.parametrize(("given", "kind", "named"), STANDINGS.values(), ids=STANDINGS)
def test_a_place_is_said_where_it_means_something(
    given: dict[str, float | None], kind: str, named: str
) -> None:
    areas = [Area("", name, reporting_rate=value) for name, value in given.items()]
    found = phrases.standing(areas, "reporting_rate", 3, is_rate=True)
    assert (found.kind, "".join(name for rank in found.ranks for name in rank.names)) == (kind, named)


@pytest.mark.parametrize(
    ("name", "unit", "said"),
    [
        ("活动场次", "场", "活动12场"),
        ("参与学校数", "所", "参与学校12所"),
        ("参与学生人次", "人次", "参与学生12人次"),
        ("媒体报道篇数", "篇", "媒体报道12篇"),
        ("来访", "", "来访12"),
        ("流感样病例数", "例", "流感样病例12例"),
        ("办结案件数", "件", "办结案件12件"),
        ("受理投诉件数", "件", "受理投诉12件"),
    ],
)
def test_an_indicator_carries_its_unit(name: str, unit: str, said: str) -> None:
    assert phrases.indicator(name, unit, Amount(12)) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2020, 12, 28), date(2021, 1, 3), "2020年12月28日至2021年1月3日"),
        (date(2020, 12, 21), date(2020, 12, 27), "2020年12月21日至27日"),
        (date(2021, 1, 30), date(2021, 2, 2), "1月30日至2月2日"),
        (date(2021, 1, 4), date(2021, 1, 4), "1月4日"),
        (date(2021, 1, 1), date(2021, 1, 31), "1月"),
        (date(2020, 12, 1), date(2020, 12, 31), "2020年12月"),
        (date(2021, 4, 1), date(2021, 6, 30), "第二季度"),
        (date(2020, 10, 1), date(2020, 12, 31), "2020年第四季度"),
        (date(2021, 2, 1), date(2021, 4, 30), "2月至4月"),
        (date(2021, 7, 1), date(2021, 12, 31), "下半年"),
        (date(2020, 1, 1), date(2020, 12, 31), "2020年"),
        (date(2020, 12, 1), date(2021, 1, 31), "2020年12月1日至2021年1月31日"),
        (date(2021, 2, 1), date(2021, 2, 27), "2月1日至27日"),
    ],
    ids=[
        "over",
        "before",
        "months",
        "day",
        "month",
        "month before",
        "quarter",
        "quarter before",
        "three months",
        "half",
        "year",
        "two months over",
        "no month",
    ],
)
def test_days_of_another_year_say_so(first: date, last: date, said: str) -> None:
    assert phrases.span(first, last, date(2021, 1, 5)) == said


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("关于切实做好春季防汛工作的紧急通知", "春季防汛"),
        ("关于转发《关于开展安全检查的通知》的函", "安全检查"),
        ("关于做好2020年山东省职业教育活动周相关工作的通知", "2020年山东省职业教育活动周"),
        ("关于报送2021年读书周情况的通知", "2021年读书周"),
        ("关于开展安全检查的通知", "安全检查"),
        ("安全生产月报表", "安全生产月报表"),
    ],
)
def test_subject_of_a_title(title: str, subject: str) -> None:
    assert phrases.subject_of(title) == subject


@pytest.mark.parametrize(
    "lines",
    [
        "370000,0,0\n380000,0,0\n390000,0,1",
        "370000,0,0\n380000,0,1",
        "999999,0,0\n380000,0,1\n390000,0,2",
        "370000,x,0\n380000,0,1\n390000,0,2",
    ],
    ids=["same-place", "one-missing", "unknown-city", "no-number"],
)
def test_a_wrong_tile_map_is_told(tmp_path: Path, lines: str) -> None:
    folder = own(tmp_path)
    (folder / "small-week" / "bulletin" / "tiles.csv").write_text(f"city_code,row,column\n{lines}\n", "utf-8")
    with pytest.raises(BadNoticeError, match=r"tiles\.csv"):
        read_tiles(make_notice(THREE), folder)


def test_a_tile_map_is_used(world: Callable[..., Any], tmp_path: Path) -> None:
    folder = own(tmp_path / "notices")
    (folder / "small-week" / "bulletin" / "tiles.csv").write_text(
        "city_code,row,column\n370000,0,1\n380000,1,0\n390000,1,1\n", "utf-8"
    )
    made = world(THREE)
    assert len(measure_bulletin(made.path, made.notice, "daily", SECOND_EVENING, folder).tiles) == 3
    assert measure_bulletin(made.path, made.notice, "daily", SECOND_EVENING).tiles == ()
