"""A line above a table that states a multiplied unit is understood in every way it is written; nothing else is taken for one."""

import pytest

from pipelines.notice import load_notice
from pipelines.read.layout.header_key import KeyReader
from pipelines.read.layout.words import Words


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(load_notice("sd-vocational-week-2020"))


@pytest.mark.parametrize(
    "line",
    [
        "单位：万人次",
        "（单位：万人次）",
        "单位: 万 人 次",
        "单位：万",
        "单位（万人次）",
        "单位：人、万人次",
        "（单位：场／万人次）",
        "单位：人（次）、万人",
        "单位：人次；线上：万人次",
        "单位：人（线上观看为万人次）",
        "计量单位：千人",
        "数据单位为万",
        "以下数据单位均为万人次",
        "填报单位：济南市教育局 单位：万人次",
        "注：人数单位是万人。",
        "（万人次）",
        "万人次",
        "说明：本表以万人次为单位填报",
        "（人数按千人计）",
    ],
)
def test_multiplied(words: Words, line: str) -> None:
    assert words.states_multiplier(line) or words.means_multiplier(line)


@pytest.mark.parametrize(
    "line",
    [
        "单位：人、场",
        "单位：人次",
        "单位：元",
        "单位：百货大楼",
        "单位：万杰医学院",
        "填报单位：济南市千佛山街道",
        "备注：报送单位是万家庄学校",
        "填报单位（盖章）：万杰医学院",
        "累计参与1.2万人次，各单位均已开展",
        "共有百家单位参加",
        "（万）",
        "万达广场",
    ],
)
def test_plain(words: Words, line: str) -> None:
    assert not words.states_multiplier(line)
    assert not words.means_multiplier(line)


def test_a_unit_that_a_column_declares_is_one() -> None:
    words = Words(load_notice("hl-influenza-2024"))
    assert "例" not in load_notice("hl-influenza-2024").words.count_units
    read = KeyReader(words).read
    surely, multiplied = read("流感样病例数（例）"), read("流感样病例数（万例）")
    assert ("流感样病例数" in surely.sure, surely.weak, surely.factor) == (True, (), 1)
    assert ("流感样病例数" in multiplied.sure, multiplied.weak, multiplied.factor) == (True, (), 10_000)
    assert words.states_multiplier("单位：万例")
    assert not words.states_multiplier("单位：例")
