"""What stands on a shortlist, in which order, and why not the others: a pure function of the candidates."""

from datetime import datetime, timedelta

import pytest

from pipelines.notice.selection import Balance, Selection, Weights, latest_selection, selection_moments
from pipelines.select.shortlist import SCORES, shorten

START = datetime(2020, 11, 9, 10)
PLAIN = Selection(line="education", per_day=3)


def one(number, **given):
    known = {
        **dict.fromkeys(SCORES, 0.0),
        "item_id": f"i{number}", "title": f"题{number}", "recipient": f"单位{number}",
        "recipient_code": f"U{number}", "city_code": f"C{number}", "kind": "bureau", "category": "宣传活动",
        "score": 1.0, "score_complete": 1.0, "first_known_at": START + timedelta(hours=number),
        "like_item_id": None, "like_title": None, "like_recipient": None, "likeness": None,
        "state": None, "recommended_by": None, "was_selected": False,
    }  # fmt: skip
    return {**known, **given}


def listed(found):
    return [placed.candidate["item_id"] for placed in found if placed.is_listed]


def why(found, item):
    return next(placed.why for placed in found if placed.candidate["item_id"] == item)


def test_the_highest_stand_first_and_of_equals_the_earlier():
    found = shorten([one(1), one(2, score=2.5, score_media=1.5), one(3), one(4)], PLAIN)
    assert listed(found) == ["i2", "i1", "i3"]
    assert [placed.place for placed in found] == [1, 2, 3, 0]
    assert why(found, "i2") == "得 2.5 分（填全 1、图片视频 1.5）"
    assert why(found, "i4") == "名单已满 3 条：得 1 分，最后一条 1 分"


@pytest.mark.parametrize(
    ("most", "same", "said"),
    [
        ({"unit": 1}, {"recipient_code": "U"}, "这个单位在名单里已有 1 条"),
        ({"city": 1}, {"city_code": "C"}, "同一个市在名单里已有 1 条"),
        ({"kind": 1}, {}, "同类单位在名单里已有 1 条"),
        ({"category": 1}, {}, "同一活动类别在名单里已有 1 条"),
    ],
    ids=["unit", "city", "kind", "category"],
)
def test_of_each_there_are_at_most_so_many(most, same, said):
    selection = PLAIN.model_copy(update={"at_most": Balance(**most)})
    other = {"kind": "college", "category": "主题推介"}
    found = shorten([one(1, **same), one(2, **same), one(3, **other)], selection)
    assert listed(found) == ["i1", "i3"]
    assert why(found, "i2") == said


def test_what_another_line_recommends_is_on_it_whatever_the_balance():
    selection = PLAIN.model_copy(update={"per_day": 1, "at_most": Balance(kind=1)})
    found = shorten(
        [one(1, score=9.0), one(2, recommended_by="省人社厅"), one(3, was_selected=True)], selection
    )
    assert listed(found) == ["i2", "i3"]
    assert why(found, "i2").startswith("省人社厅推荐；得 1 分")
    assert why(found, "i3").startswith("入选以后单位更正了，请重新定")


@pytest.mark.parametrize(
    ("state", "said"), [("selected", "已入选"), ("proposed", "已有人选，待复核"), ("declined", "已决定不选")]
)
def test_what_was_decided_is_not_asked_again(state, said):
    found = shorten([one(1, state=state, score=9.0), one(2)], PLAIN)
    assert listed(found) == ["i2"]
    assert why(found, "i1") == said


def test_what_is_like_something_on_the_list_is_left_out_and_said():
    like = {"like_item_id": "i1", "like_title": "题1", "like_recipient": "单位1", "likeness": 0.86}
    found = shorten([one(1), one(2, **like), one(3)], PLAIN, {"i3": "i1"})
    assert listed(found) == ["i1"]
    assert why(found, "i2") == "标题与名单里的“题1”（单位1）相似 86%，可能是同一项活动"
    assert why(found, "i3") == "图片与名单里的“题1”（单位1）相同"
    better = shorten([one(1), one(2, score=2.0, **like)], PLAIN)
    assert listed(better) == ["i2"], "whichever of the two came first, the better one stands"
    assert why(better, "i1") == "标题与名单里的“题2”（单位2）相似 86%，可能是同一项活动"
    alone = shorten([one(2, **like)], PLAIN)
    assert listed(alone) == ["i2"], "the other one is not on the list"
    assert why(alone, "i2").endswith("标题与“题1”（单位1）相似 86%")


def test_reach_gives_less_than_a_point_whatever_a_notice_says():
    with pytest.raises(ValueError, match="less than 1"):
        Weights(reach=1)
    with pytest.raises(ValueError, match="valid integer"):
        Weights(link=0.5)


def test_shortlists_are_made_on_the_days_of_the_event(notice):
    moments = selection_moments(notice)
    assert [moments[0], moments[-1], len(moments)] == [
        datetime(2020, 11, 8, 20, 30),
        datetime(2020, 11, 14, 20, 30),
        7,
    ]
    assert latest_selection(notice, datetime(2020, 11, 9, 20, 29)) == moments[0]
    assert latest_selection(notice, datetime(2020, 11, 8, 20, 29)) is None
    assert selection_moments(notice.model_copy(update={"selection": None})) == []
