"""Decisions are shown in words, not in codes."""

import json

import pytest

from pipelines.board.told import tell_about, tell_given

NOTHING = dict.fromkeys(("recipient", "deliverable", "period", "path", "sheet", "row_number", "given"))


@pytest.mark.parametrize(
    ("row", "about", "given"),
    [
        ({"recipient": "EDU-3701", "deliverable": "materials", "period": "2020-11-09|2020-11-10",
          "given": {"due": "2020-11-20T12:00:00"}},
         "济南市教育局 · 典型案例、稿件、照片、视频 · 2020-11-09、2020-11-10", "延到：2020-11-20 12:00:00"),
        ({"recipient": "city:370100|kind:city_education_bureau|all"}, "济南市、市教育局、全部单位", ""),
        ({"path": "甲/日报.csv", "sheet": "表一", "row_number": 3, "deliverable": "materials",
          "given": {"material_type": "照片"}},
         "典型案例、稿件、照片、视频 · 甲/日报.csv · 表一 · 第 3 行", "材料类型：照片"),
        ({"recipient": "EDU-3701", "given": {"alias": "济教"}}, "济南市教育局", "名称：济教"),
        ({"given": {"id": "source:x"}}, "", ""),
        ({"deliverable": "materials",
          "given": {"how": "电话", "sha256": "0", "size": 1, "path": "x", "receipt_id": "y", "fields": ["title"],
                    "scan": {"name": "扫描.jpg", "sha256": "1"}}},
         "典型案例、稿件、照片、视频", "怎么报来：电话；各列：标题；扫描件：扫描.jpg"),
    ],
    ids=["extend", "by group", "accept", "know as", "settle", "register"],
)  # fmt: skip
def test_a_decision_in_words(notice, row, about, given):
    whole = NOTHING | row | {"given": json.dumps(row["given"]) if "given" in row else None}
    assert (tell_about(whole, notice), tell_given(whole, notice)) == (about, given)
