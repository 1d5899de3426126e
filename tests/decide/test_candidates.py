"""Candidates with their scores, and an evening's shortlist: made once, kept as it was, with what another line recommends."""

import os
from datetime import datetime, timedelta

import pytest

from pipelines import cycle
from pipelines.decide.given import Asked, Given
from pipelines.decide.take import decide
from pipelines.ground.errors import NoticesError
from pipelines.select.evening import make_evening, moment_of_day, read_evenings
from pipelines.select.looks import Looks
from pipelines.warehouse.snapshot import open_snapshot
from tests.decide.inbox import NOW
from tests.select.pictures import paint, save

EVENING = datetime(2020, 11, 13, 20, 30)
LATER = EVENING + timedelta(hours=1)
JINAN, QINGDAO, HR = (
    "教育厅收件/济南市教育局",
    "教育厅收件/青岛市教育局",
    "人社厅收件/青岛市人力资源和社会保障局",
)
WHOLE = "活动日期,材料类型,标题,活动类别,宣传主题,县（市、区）,参与人数,链接\n"


@pytest.fixture
def day(home, notice):
    """What comes on the 13th: complete ones, a resubmission under another title, and two with the same picture."""
    put(
        notice,
        home,
        f"{JINAN}/13日.csv",
        WHOLE
        + "11月13日,稿件,工匠进校园,主题推介,发展成果,历下区,50,https://a.example.org/1\n11月13日,稿件,工匠进校园活动,主题推介,发展成果,历下区,50,\n",
    )
    put(notice, home, f"{QINGDAO}/13日.csv", WHOLE + "11月13日,照片,航海体验,技术技能服务,,,,\n")
    put(
        notice,
        home,
        f"{HR}/13日.csv",
        WHOLE + "11月13日,照片,船模比赛,技术技能服务,,,,\n11月13日,视频,焊接比武,宣传活动,,,9000,\n",
    )
    put(notice, home, f"{QINGDAO}/航海体验.png", save(paint(1), "PNG"))
    put(notice, home, f"{HR}/船模比赛.jpg", save(paint(1).resize((500, 375)), "JPEG"))
    cycle.run(home, notice, now=EVENING)
    return home


def put(notice, home, name, content):
    path = home.inbox(notice.id) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    stamp = (NOW + timedelta(hours=2)).replace(tzinfo=notice.zone).timestamp()
    os.utime(path, (stamp, stamp))


def scores(home, notice, at):
    with open_snapshot(home.published) as snapshot:
        found = snapshot.execute("SELECT * FROM marts.candidates_as_of($1, $2)", [notice.id, at])
        names = [column[0] for column in found.description]
        return {one["title"]: one for one in (dict(zip(names, row, strict=True)) for row in found.fetchall())}


def test_scores_are_told_one_by_one_and_reach_decides_nothing_alone(day, notice):
    found = scores(day, notice, EVENING)
    whole = found["工匠进校园"]
    told = {name: whole[name] for name in whole if name.startswith("score")}
    assert {name: value for name, value in told.items() if name != "score_reach"} == {
        "score_complete": 2.0, "score_media": 0.0, "score_link": 1.0, "score_new_category": 1.0,
        "score_new_county": 1.0, "score": 5.0 + told["score_reach"],
    }  # fmt: skip
    assert (found["航海体验"]["pictures"], found["航海体验"]["score_media"]) == (1, 2.0)
    seen = found["焊接比武"]
    assert 0 < seen["score_reach"] < 1
    assert seen["reach_times"] > 1
    assert found["工匠进校园活动"]["like_title"] == "工匠进校园"
    assert found["工匠进校园活动"]["like_recipient"] == "济南市教育局"


def test_an_evening_is_made_once_and_told_as_it_was(day, notice):
    asked = Asked("select", "优中选优", "hr", EVENING)
    (path,) = {one["path"] for title, one in scores(day, notice, EVENING).items() if title == "焊接比武"}
    decide(day, notice, asked, Given(path=path, row=3, for_line="human_resources"))
    made = make_evening(day, notice, EVENING, LATER)
    why = {one["title"]: one["why"] for one in made.rows}
    assert made.listed[0]["title"] == "焊接比武", "what another line recommends stands first"
    assert why["焊接比武"].startswith("省人力资源社会保障厅推荐；得")
    assert "相似" in why["工匠进校园活动"]
    assert why["船模比赛"].startswith("图片与名单里的“航海体验”") or why["航海体验"].startswith(
        "图片与名单里的“船模比赛”"
    )
    assert "开幕式" not in why, "it was a candidate on an earlier evening"
    decide(day, notice, Asked("decline", "不合适", "wang", LATER), Given(path=path, row=3))
    assert make_evening(day, notice, EVENING, LATER + timedelta(days=1)) == made
    assert read_evenings(day, notice.id) == {EVENING: made}
    assert list(Looks(day).known(looked(day, notice)))


def looked(home, notice):
    with open_snapshot(home.published) as snapshot:
        rows = snapshot.execute("SELECT sha256 FROM core.submissions WHERE state = 'attachment'").fetchall()
    return [sha256 for (sha256,) in rows]


def test_a_day_without_a_shortlist_and_one_to_come_are_said(home, notice):
    with pytest.raises(NoticesError, match="2020-11-08 至 2020-11-14"):
        moment_of_day(notice, datetime(2020, 11, 20).date())
    with pytest.raises(NoticesError, match="还没有到时候"):
        make_evening(home, notice, EVENING, NOW)
    with pytest.raises(NoticesError, match="不出初选名单"):
        make_evening(home, notice, EVENING - timedelta(hours=1), LATER)
    assert read_evenings(home, notice.id) == {}
