"""What arrived is acknowledged once a day, and what went back is explained at once, each once."""

import pytest

from tests.read.habits.case import material, materials
from tests.read.habits.write import photo, text
from tests.remind.conftest import ALONE, AWAY, BUREAU, COLLEGE, MakeStory, Story

GOOD = text(materials(material(county=None, date="2020-11-08"), material(county=None, date="2020-11-08")))
HALF = text(
    materials(material(county=None, date="2020-11-08"), material(county=None, date="2020-11-08", type="海报"))
)
BAD = text(materials(material(county=None, date="2020-11-08", type="海报")))
EVENING = "2020-11-08T18:00:00"


@pytest.fixture
def story(make_story: MakeStory) -> Story:
    return make_story({"returns": True, "acknowledgements": {"at": "18:00"}})


def purposes(slots: set[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return sorted((purpose, recipient) for purpose, recipient, _ in slots)


def test_a_day_is_one_acknowledgement(story: Story) -> None:
    story.put(BUREAU, "日报.csv", GOOD, "2020-11-08T10:00:00")
    story.collect("2020-11-08T10:05:00")
    assert story.remind("2020-11-08T17:59:59") == set()
    story.put(
        BUREAU, "日报二.csv", text(materials(material(county=None, date="2020-11-08"))), "2020-11-08T11:00:00"
    )
    story.put(BUREAU, "合影.jpg", photo("合影"), "2020-11-08T11:00:00")
    story.put(AWAY, "日报.csv", HALF, "2020-11-08T12:00:00")
    story.collect("2020-11-08T15:00:00")
    story.remind("2020-11-08T15:00:00")
    expected = {("acknowledgement", BUREAU, "2020-11-08"), ("acknowledgement", AWAY, "2020-11-08")}
    assert story.remind(EVENING) == expected
    story.send(EVENING)
    said = next(story.text(n) for n, one in enumerate(story.office.messages) if "收到 3 件" in one["Subject"])
    assert "《日报.csv》" in said
    assert "收下，2 行计入" in said
    assert "附件 1 个" in said
    assert "还欠" in said
    assert "期：11月9日" in said
    assert "期：11月8日" not in said, "that day was reported"
    assert story.remind("2020-11-08T23:00:00") == set()
    assert story.remind("2020-11-09T18:00:00") == set(), "nothing arrived"


def test_what_comes_after_the_hour_is_in_the_next_acknowledgement(story: Story) -> None:
    story.put(BUREAU, "日报.csv", GOOD, "2020-11-08T17:59:00")
    story.collect("2020-11-08T18:05:00")
    assert story.remind("2020-11-08T18:06:00") == set()
    assert story.remind("2020-11-09T18:00:00") == {("acknowledgement", BUREAU, "2020-11-09")}


def test_a_return_is_explained_at_once_and_once(story: Story) -> None:
    story.put(COLLEGE, "坏.csv", BAD, "2020-11-08T10:00:00")
    story.put(AWAY, "半.csv", HALF, "2020-11-08T10:00:00")
    story.put(ALONE, "半.csv", HALF, "2020-11-08T10:00:00")
    story.put(BUREAU, "好.csv", GOOD, "2020-11-08T10:00:00")
    story.collect("2020-11-08T10:05:00")
    assert purposes(story.remind("2020-11-08T10:05:00")) == [("return", AWAY), ("return", COLLEGE)]
    subjects = story.send("2020-11-08T10:05:00")
    assert sorted(subjects) == ["退回：《坏.csv》", "部分退回（1 行已收下）：《半.csv》"]
    assert all("海报" in story.text(index) for index in range(2))
    names = [one.get_filename() for message in story.office.messages for one in message.iter_attachments()]
    assert len(names) == 2
    assert all("退回" in str(name) for name in names)
    assert story.remind("2020-11-08T10:15:00") == set()
    story.put(COLLEGE, "坏.csv", GOOD + b"\n", "2020-11-08T11:00:00")
    story.collect("2020-11-08T11:05:00")
    assert story.remind("2020-11-08T11:05:00") == set(), "what was accepted is not returned"
    assert purposes(story.remind(EVENING)) == [("acknowledgement", one) for one in (BUREAU, AWAY, COLLEGE)]


def test_the_same_bytes_again_are_not_returned_again(story: Story) -> None:
    story.put(COLLEGE, "坏.csv", BAD, "2020-11-08T10:00:00")
    story.collect("2020-11-08T10:05:00")
    assert purposes(story.remind("2020-11-08T10:05:00")) == [("return", COLLEGE)]
    story.put(COLLEGE, "还是坏.csv", BAD, "2020-11-08T11:00:00")
    story.collect("2020-11-08T11:05:00")
    assert story.remind("2020-11-08T11:05:00") == set()
    story.remind(EVENING)
    story.send(EVENING)
    assert "相同，不重复计" in story.text()


def test_old_returns_are_no_news(story: Story) -> None:
    story.put(COLLEGE, "坏.csv", BAD, "2020-11-08T10:00:00")
    story.collect("2020-11-08T10:05:00")
    assert story.remind("2020-11-11T18:00:00") == set()
