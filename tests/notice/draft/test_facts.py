"""Who may be asked, what the event and its theme are: the small facts of a circulated text."""

import pytest

from pipelines.notice.draft import draft_notice

HEAD = "关于报送情况的通知\n\n各市教育局：\n\n请于2024年5月6日前报送情况。\n\n"
END = "\n\n某省教育厅\n2024年4月1日\n"


@pytest.mark.parametrize(
    ("line", "persons"),
    [
        ("联系人：张 某，电话：0000-5280734。", 1),
        ("联系人：王老师 000-123；李某某老师", 2),
        ("联系人:赵某某、欧阳某,电话:000-8", 2),
        ("联系人：职教处 陈某，学生处 林某某  电话 123456", 2),
        ("联系电话：省厅综合处 0000-1234567", 0),
        ("（联系人：郑某，电话：0000000；邮箱：a@example.cn）", 1),
        ("联 系 人：吕　某　施某某", 2),
        ("会务联系人：楚天大学科技处 张 某 000-87194596", 1),
        ("邮箱：zcc@example.cn", 0),
    ],
)
def test_persons_are_counted_not_telephones(line: str, persons: int) -> None:
    found = draft_notice(HEAD + line + END).contacts
    assert found is not None
    assert found.value == persons


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("定于2024年6月3日至9日举办宣传周。", "2024-06-03", "2024-06-09"),
        ("活动时间：6月3日—9日。", "2024-06-03", "2024-06-09"),
        ("定于6月3日召开现场会。", "2024-06-03", "2024-06-03"),
        ("自2024年5月1日起施行，有效期至2025年12月31日。", "2024-05-01", "2025-12-31"),
        ("统计时间：2023年7月1日——2024年3月30日。", None, None),
        ("对于6月3日至9日报送的材料不再受理。", None, None),
    ],
)
def test_the_event_is_the_range_that_is_spoken_of_as_one(
    said: str, first: str | None, last: str | None
) -> None:
    draft = draft_notice(HEAD + said + END)
    found = [one.value if one else None for one in (draft.event_start, draft.event_end)]
    assert found == [first, last]


@pytest.mark.parametrize(
    ("said", "theme"),
    [
        ("活动主题为“绿色低碳，节能先行”。", "绿色低碳，节能先行"),
        ("一、活动主题\n人人讲安全、个个会应急\n二、其他", "人人讲安全、个个会应急"),
        ("围绕“职教改革四十年”这一主题，精心组织。", "职教改革四十年"),
        ("开展主题教育，办好主题网站。", None),
    ],
)
def test_the_theme_is_what_the_text_calls_so(said: str, theme: str | None) -> None:
    found = draft_notice(HEAD + said + END).theme
    assert (found.value if found else None) == theme
