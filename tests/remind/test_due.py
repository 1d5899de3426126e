"""Whether the flow that writes has anything to do."""

from datetime import datetime
from zlib import crc32

from pipelines.remind.due import why_remind
from tests.remind.conftest import MakeStory

DUE = datetime(2020, 11, 20, 15)


def test_it_runs_where_there_is_a_mail_and_else_once_a_day(make_story: MakeStory) -> None:
    story = make_story({"deliverables": {"plan": [], "materials": []}, "at": ["0d 15:00"]})
    story.collect()
    assert why_remind(story.home, story.notice, DUE) == "有 3 封信要放入发件箱"
    assert not story.rows(), "it only looks"
    story.remind(DUE.isoformat())
    own = crc32(story.notice.id.encode()) % 24
    told = {
        hour: why_remind(story.home, story.notice, DUE.replace(day=21, hour=hour))
        for hour in (own, (own + 1) % 24)
    }
    assert told == {own: "每天一次的例行检查", (own + 1) % 24: ""}
