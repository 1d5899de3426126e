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


def returned_files(story: Story) -> list[str]:
    names = [
        str(one.get_filename()) for message in story.office.messages for one in message.iter_attachments()
    ]
    return [name for name in names if "退回意见" in name]


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
    assert story.remind(EVENING) == {("acknowledgement", BUREAU, "2020-11-08")}, (
        "what went back was told at once"
    )
    story.send(EVENING)
    said = next(story.text(n) for n, one in enumerate(story.office.messages) if "收到 3 件" in one["Subject"])
    assert "《日报.csv》" in said
    assert "收下，2 行计入" in said
    assert "附件 1 件" in said
    assert "典型案例、稿件、照片、视频（11月9日至14日每天，当天 23:59前）" in said, "later, and not owed yet"
    assert "期：11月8日" not in said, "that day was reported"
    assert "请尽快补报以下 1 项" in said, "the plan"
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
    assert len(subjects) == 2
    assert all(one.startswith("11月8日：") and "收到 1 件，退回 1 件" in one for one in subjects)
    assert all("海报" in story.text(index) for index in range(2))
    assert len(returned_files(story)) == 2
    assert story.remind("2020-11-08T10:15:00") == set()
    story.put(COLLEGE, "坏.csv", GOOD + b"\n", "2020-11-08T11:00:00")
    story.collect("2020-11-08T11:05:00")
    assert story.remind("2020-11-08T11:05:00") == set(), "what was accepted is not returned"
    assert purposes(story.remind(EVENING)) == [("acknowledgement", BUREAU)], (
        "one mail a day: the others had theirs"
    )
    assert purposes(story.remind("2020-11-09T18:00:00")) == [
        ("acknowledgement", one) for one in (BUREAU, COLLEGE)
    ]
    story.send("2020-11-09T18:00:00")
    assert len(returned_files(story)) == 2, "each returned file is sent once"


def test_the_same_bytes_again_are_not_returned_again(story: Story) -> None:
    story.put(COLLEGE, "坏.csv", BAD, "2020-11-08T10:00:00")
    story.collect("2020-11-08T10:05:00")
    assert purposes(story.remind("2020-11-08T10:05:00")) == [("return", COLLEGE)]
    story.send("2020-11-08T10:05:00")
    story.put(COLLEGE, "还是坏.csv", BAD, "2020-11-08T11:00:00")
    story.collect("2020-11-08T11:05:00")
    assert story.remind("2020-11-08T11:05:00") == set()
    story.remind("2020-11-09T18:00:00")
    story.send("2020-11-09T18:00:00")
    assert "相同，不重复计" in story.text()


def test_old_returns_are_no_news(story: Story) -> None:
    story.put(COLLEGE, "坏.csv", BAD, "2020-11-08T10:00:00")
    story.collect("2020-11-08T10:05:00")
    assert story.remind("2020-11-11T18:00:00") == set()


def test_what_was_missed_is_said_once_as_it_stands(make_story: MakeStory) -> None:
    """Nobody ran for four days: one mail, with the right count, composed when it leaves."""
    story = make_story(
        {"deliverables": {"materials": ["0d 16:00", "+1d 09:00"]}, "acknowledgements": {"at": "18:00"}}
    )
    story.put(COLLEGE, "日报.csv", GOOD, "2020-11-08T10:00:00")
    story.collect("2020-11-12T10:30:00")
    assert purposes(story.remind("2020-11-12T10:30:00")) == [
        ("reminder", one) for one in (BUREAU, AWAY, COLLEGE)
    ]
    assert len(story.send("2020-11-12T10:30:00")) == 3
    said = next(
        story.text(n) for n, one in enumerate(story.office.messages) if "HVC" in str(one["To"]).upper()
    )
    assert "请尽快补报以下 4 项" in said, "the plan, and the 9th to the 11th"
    assert "期：11月9日至11日每天；项数：3 项" in said
    assert "请在截止前报送以下 1 项" in said
    assert "收到贵单位 11月8日 报来的 1 件" in said, "the day it came, not that of the scan"
    assert "11月13日至14日每天" in said
    assert story.remind("2020-11-12T18:00:00") == set()
    assert story.remind("2020-11-12T23:00:00") == set()


def test_a_mail_that_waited_over_a_due_moment_is_composed_anew(make_story: MakeStory) -> None:
    story = make_story({"deliverables": {"materials": []}, "at": [], "acknowledgements": {"at": "22:30"}})
    story.put(COLLEGE, "日报.csv", GOOD, "2020-11-08T10:00:00")
    story.collect("2020-11-08T12:00:00")
    assert purposes(story.remind("2020-11-09T22:35:00")) == [("acknowledgement", COLLEGE)]
    story.collect("2020-11-10T00:30:00")
    assert len(story.send("2020-11-10T07:00:00")) == 1
    said = story.text()
    assert "11月10日：请补报 2 项，今日截止 1 项" in said
    assert "截至 11月10日 00:30 收到的" in said
    assert story.remind("2020-11-10T22:35:00") == set()


def test_a_stray_file_need_not_be_sent_again(story: Story) -> None:
    story.put(COLLEGE, "名单.csv", text([["姓名", "职务"], ["甲", "乙"]]), "2020-11-08T10:00:00")
    story.collect("2020-11-08T10:05:00")
    story.remind("2020-11-08T18:00:00")
    story.send("2020-11-08T18:00:00")
    assert "如不是报送材料，可不理会" in story.text()
