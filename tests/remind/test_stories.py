"""Who is reminded of what, when and how often, in small stories with a real mail server at their end."""

import pytest

from pipelines.send.outbox import Outbox
from pipelines.send.records import State
from tests.read.habits.case import material, materials
from tests.read.habits.write import text, word
from tests.remind.conftest import ALONE, AWAY, BUREAU, COLLEGE, MakeStory, Story

ONLY_ENDS = {"deliverables": {"plan": [], "materials": []}}
"""Summary and statistics, both due 20 November 23:59:59."""
BEFORE, AFTER = "2020-11-20T15:00:00", "2020-11-21T09:00:00"
SUMMARY = word(heading="活动周总结报告", paragraphs=["特此报告。"])


def reminders(moment: str, *units: str) -> set[tuple[str, str, str]]:
    return {("reminder", unit, moment[:10]) for unit in units}


@pytest.fixture
def story(make_story: MakeStory) -> Story:
    return make_story(ONLY_ENDS | {"at": ["0d 15:00", "+1d 09:00"]})


def test_what_is_due_together_is_one_mail(story: Story) -> None:
    assert story.remind("2020-11-20T14:59:59") == set()
    assert story.remind(BEFORE) == reminders(BEFORE, BUREAU, COLLEGE, AWAY)
    assert len(story.send(BEFORE)) == 3
    assert "总结报告" in story.text()
    assert "统计表" in story.text()
    assert "11月20日 23:59" in story.text()
    names = [str(one.get_filename()) for one in story.office.messages[-1].iter_attachments()]
    assert len(names) == 3, "plan, materials and statistics; a summary is prose: it has no template"
    assert "统计表" in names[-1]


def test_nobody_is_reminded_twice(story: Story) -> None:
    story.remind(BEFORE)
    story.send(BEFORE)
    for moment in (BEFORE, "2020-11-20T15:10:00", "2020-11-20T21:00:00"):
        assert story.remind(moment) == set()
    assert story.remind(AFTER) == reminders(AFTER, BUREAU, COLLEGE, AWAY)
    assert len(story.send(AFTER)) == 3
    assert not list(story.office.messages[-1].iter_attachments()), "each template is sent once"


def test_who_reported_is_not_reminded(story: Story) -> None:
    story.put(COLLEGE, "总结.docx", SUMMARY, "2020-11-20T10:00:00")
    story.remind(BEFORE)
    story.send(BEFORE)
    texts = {
        message["To"].addresses[0].addr_spec: story.text(n) for n, message in enumerate(story.office.messages)
    }
    assert "总结报告" not in texts["hvc-003@example.org"]
    assert "统计表" in texts["hvc-003@example.org"]
    assert "总结报告" in texts["edu-3701@example.org"]


def test_what_waits_is_taken_back_once_nothing_is_owed(make_story: MakeStory) -> None:
    story = make_story({"deliverables": {"plan": [], "materials": [], "statistics": []}, "at": ["0d 15:00"]})
    story.put(COLLEGE, "总结.docx", SUMMARY, "2020-11-20T16:00:00")
    assert story.remind(BEFORE) == reminders(BEFORE, BUREAU, COLLEGE, AWAY)
    assert story.remind("2020-11-20T17:00:00") == set()
    assert story.done.withdrawn == 1
    story.send("2020-11-20T17:00:00")
    assert sorted(address for address, _ in story.office.accepted) == [
        "edu-3701@example.org",
        "edu-3702@example.org",
    ]


def test_what_waits_is_replaced_once_less_is_owed(story: Story) -> None:
    story.put(COLLEGE, "总结.docx", SUMMARY, "2020-11-20T16:00:00")
    story.remind(BEFORE)
    assert story.remind("2020-11-20T17:00:00") == reminders(BEFORE, COLLEGE)
    assert story.done.withdrawn == 1
    assert len(story.send("2020-11-20T17:00:00")) == 3
    assert "总结报告" not in story.text()


def test_what_left_is_not_followed_by_another_one(story: Story) -> None:
    story.put(COLLEGE, "总结.docx", SUMMARY, "2020-11-20T16:00:00")
    story.remind(BEFORE)
    story.send(BEFORE)
    assert story.remind("2020-11-20T17:00:00") == set()


def test_what_a_person_stopped_stays_stopped(story: Story) -> None:
    story.put(COLLEGE, "总结.docx", SUMMARY, "2020-11-20T16:00:00")
    story.remind(BEFORE)
    with Outbox(story.home.mail) as outbox:
        outbox.cancel([row.key for row in outbox.rows()], "人工撤回", story.rows()[0].queued_at)
    assert story.remind("2020-11-20T17:00:00") == set()
    assert story.send("2020-11-20T17:00:00") == []


def test_quiet_hours_hold_mail_until_morning_and_then_only_what_is_owed(make_story: MakeStory) -> None:
    story = make_story({"deliverables": {"plan": [], "materials": [], "statistics": []}, "at": ["+0d"]})
    story.put(AWAY, "总结.docx", SUMMARY, "2020-11-21T06:00:00")
    night = "2020-11-21T00:10:00"
    assert len(story.remind(night)) == 3
    assert story.send(night) == []
    story.remind("2020-11-21T06:30:00")
    assert story.send("2020-11-21T06:59:59") == []
    assert len(story.send("2020-11-21T07:00:00")) == 2


def test_a_sender_takes_back_what_was_met_over_night(make_story: MakeStory) -> None:
    """Also where nobody reminded again in between."""
    story = make_story({"deliverables": {"plan": [], "materials": [], "statistics": []}, "at": ["+0d"]})
    story.put(AWAY, "总结.docx", SUMMARY, "2020-11-21T06:00:00")
    assert len(story.remind("2020-11-21T00:10:00")) == 3
    assert len(story.send("2020-11-21T07:00:00")) == 2
    assert "edu-3702@example.org" not in {address for address, _ in story.office.accepted}


def test_an_old_reminder_is_not_made_up_for(story: Story) -> None:
    """Before the due moment: not after it. After it: as long as mail is worth sending."""
    assert story.remind("2020-11-21T08:00:00") == set()
    assert story.remind("2020-11-24T09:00:00") == set()
    assert story.remind("2020-11-24T08:59:59") == reminders("2020-11-24", BUREAU, COLLEGE, AWAY)


def test_nobody_owes_anything_before_it_was_collected(story: Story) -> None:
    story.collect("2020-11-20T14:00:00")
    assert story.remind("2020-11-20T15:30:00") == set()
    story.collect("2020-11-20T16:00:00")
    assert story.remind("2020-11-20T16:00:00") == reminders(BEFORE, BUREAU, COLLEGE, AWAY)
    assert story.done.held == []
    story.remind("2020-11-21T16:00:01")
    assert story.done.held == [story.notice.lines["education"]]


def test_days_are_reminded_of_one_by_one_and_named(make_story: MakeStory) -> None:
    story = make_story({"deliverables": {"materials": ["+1d 09:00"]}})
    story.put(COLLEGE, "日报.csv", text(materials(material(date="2020-11-08"))), "2020-11-08T20:00:00")
    assert story.remind("2020-11-09T09:00:00") == reminders("2020-11-09T09:00:00", BUREAU, AWAY)
    assert story.remind("2020-11-10T09:00:00") == reminders("2020-11-10T09:00:00", BUREAU, COLLEGE, AWAY)
    story.send("2020-11-10T09:00:00")
    texts = {
        message["To"].addresses[0].addr_spec: story.text(n) for n, message in enumerate(story.office.messages)
    }
    assert len(texts) == 3, "what waited from the day before is said by the newer one"
    assert "期：11月9日；" in texts["hvc-003@example.org"]
    assert "期：11月8日至9日每天；项数：2 项" in texts["edu-3701@example.org"]
    assert all("活动周方案" in one for one in texts.values()), "the plan has been missing since the 5th"


def test_grants_are_respected(make_story: MakeStory) -> None:
    story = make_story(
        ONLY_ENDS | {"at": ["+1d 09:00"]},
        exemptions=[
            {"recipient": AWAY, "deliverable": "summary", "reason": "撤并"},
            {"recipient": AWAY, "deliverable": "statistics", "reason": "撤并"},
        ],
        extensions=[
            {"recipient": COLLEGE, "deliverable": one, "due": "2020-11-25T23:59:59", "reason": "灾害"}
            for one in ("summary", "statistics")
        ],
    )
    assert story.remind(AFTER) == reminders(AFTER, BUREAU)
    assert story.remind("2020-11-26T09:00:00") == reminders("2020-11-26T09:00:00", COLLEGE)


def test_a_city_gets_the_digest_of_its_own_colleges(make_story: MakeStory) -> None:
    digest = {"to": "city_education_bureau", "about": ["higher_vocational_college"], "at": ["+1d 10:00"]}
    story = make_story(ONLY_ENDS | {"digests": [digest]})
    moment = "2020-11-21T10:00:00"
    assert story.remind(moment) == {("digest", BUREAU, "2020-11-21")}
    story.send(moment)
    names = {one.code: one.name for one in story.notice.recipients}
    assert names[COLLEGE] in story.text()
    assert f"单位：{names[ALONE]}；" in story.text()
    assert "没有邮箱，催不到" in story.text()
    assert story.remind("2020-11-21T11:00:00") == set()


def test_who_stays_silent_is_named_to_the_data_staff(make_story: MakeStory) -> None:
    escalation = {"to": "data_staff", "after": 2, "at": "+4d 09:00"}
    story = make_story(ONLY_ENDS | {"at": ["+1d 09:00", "+2d 09:00"], "escalation": escalation})
    story.put(COLLEGE, "总结.docx", SUMMARY, "2020-11-23T16:00:00")
    for day in (21, 22):
        story.remind(f"2020-11-{day}T09:00:00")
        story.send(f"2020-11-{day}T09:00:00")
    moment = "2020-11-24T09:00:00"
    assert story.remind(moment) == {("escalation", "data_staff", moment[:10])}
    story.send(moment)
    said = story.text()
    names = {one.code: one.name for one in story.notice.recipients}
    assert [said.count(names[one]) for one in (BUREAU, COLLEGE, AWAY, ALONE)] == [1, 1, 1, 0]
    assert story.remind("2020-11-24T12:00:00") == set()


def test_every_member_of_a_list_is_told_once(make_story: MakeStory) -> None:
    escalation = {"to": "data_staff", "after": 2, "at": "+4d 09:00"}
    staff = ["one@example.org", "two@example.org"]
    story = make_story(
        ONLY_ENDS | {"at": ["+1d 09:00"], "escalation": escalation},
        {"lists": {"data_staff": staff}, "bulletins_to": []},
    )
    for _ in range(2):
        story.remind(AFTER)
        story.send(AFTER)
    told = [address for address, _ in story.office.accepted if address in staff]
    assert sorted(told) == staff


def test_who_was_reminded_less_often_is_not_called_silent(make_story: MakeStory) -> None:
    escalation = {"to": "data_staff", "after": 2, "at": "+4d 09:00"}
    story = make_story(ONLY_ENDS | {"at": ["+1d 09:00", "+2d 09:00"], "escalation": escalation})
    story.remind("2020-11-22T09:00:00")
    story.send("2020-11-22T09:00:00")
    assert not {one for one in story.remind("2020-11-24T09:00:00") if one[0] == "escalation"}


def test_who_has_no_address_is_named_to_the_data_staff(make_story: MakeStory) -> None:
    escalation = {"to": "data_staff", "after": 2, "at": "+4d 09:00"}
    story = make_story(ONLY_ENDS | {"at": ["+1d 09:00"], "escalation": escalation})
    assert ("escalation", "data_staff", AFTER[:10]) in story.remind(AFTER)
    assert story.done.unreachable == [ALONE]
    story.send(AFTER)
    assert "没有可用的邮箱" in story.text()
    assert {row.state for row in story.rows()} == {State.sent}


def test_why_something_was_returned_stands_in_the_reminder(make_story: MakeStory) -> None:
    story = make_story({"deliverables": {"materials": ["+1d 09:00"]}})
    rows = materials(material(date="2020-11-08", type="海报"))
    story.put(COLLEGE, "日报.csv", text(rows), "2020-11-08T20:00:00")
    story.remind("2020-11-09T09:00:00")
    story.send("2020-11-09T09:00:00")
    texts = [story.text(index) for index in range(len(story.office.messages))]
    (said,) = [one for one in texts if "《日报.csv》" in one]
    assert "海报" in said


def test_a_unit_whose_file_could_not_be_taken_in_is_not_reminded_until_it_is(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be the very thing that is owed: the others are reminded, and it is too once the file was read."""
    story.put(COLLEGE, "照片.jpg", b"x" * 20_000, "2020-11-20T10:00:00")
    with monkeypatch.context() as small:
        small.setenv("NOTICES_MAX_FILE_BYTES", "10000")
        story.collect()
        assert story.remind(BEFORE) == reminders(BEFORE, BUREAU, AWAY)
        assert len(story.done.holding) == 1
    story.collect("2020-12-01T00:10:00")
    assert story.remind(BEFORE) == reminders(BEFORE, COLLEGE)
