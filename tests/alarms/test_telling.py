"""Each alarm is told once and so is its end, by mail and to groups; whoever dies at any moment, nothing is told twice or lost."""

import os
import shutil
import sys
from collections import Counter
from datetime import timedelta

import pytest

from pipelines.alarms import Condition, state
from pipelines.alarms.journal import Alarms, AlarmsBusyError
from pipelines.alarms.letters import addressees
from pipelines.alarms.tell import list_tellings, waits_to_leave
from pipelines.alarms.watch import watch
from pipelines.decide.journal import write_decisions
from pipelines.decide.record import Decision
from pipelines.notice import load_notice
from pipelines.notice.mail import Contact
from pipelines.notice.mail import Mail as MailSettings
from pipelines.send.compose import Mail
from pipelines.send.mailbox import Mailbox
from pipelines.send.outbox import Outbox
from tests.alarms.conftest import NOTICE, NOW

FAILED = Condition("run_failed", NOTICE, f"collect__{NOTICE}", "流程“收件入库”运行失败")
STAFF = "data-staff@example.org"


def mails(home):
    with Outbox(home.mail) as outbox:
        return [(row.what.rpartition(" ")[2], row.state, row.address) for row in outbox.rows()]


def heard(groups):
    """How often each robot heard of each event."""
    return Counter((name, "告警恢复" in str(body)) for name, body in groups.heard)


def test_silence_is_told_once_until_somebody_collects_and_so_is_that(home, looks, groups, notice):
    connect = groups.connect("alarm_wecom", "alarm_dingtalk", "alarm_feishu")
    assert looks(0, connect).standing == 0, "nobody looked after this home before"
    assert looks(70, connect).raised == 1
    for minutes in (80, 90, 130):
        assert looks(minutes, connect).raised == 0
    assert mails(home) == [("发生", "written", STAFF)]
    assert heard(groups) == {(name, False): 1 for name in ("alarm_wecom", "alarm_dingtalk", "alarm_feishu")}
    shutil.copytree(notice_with_a_scan(home, notice), home.archive, dirs_exist_ok=True)
    assert looks(140, connect).over == 0, "it may come back at once"
    assert looks(161, connect).over == 1
    assert looks(171, connect).over == 0
    assert [what for what, *_ in mails(home)] == ["发生", "恢复"]
    assert set(heard(groups).values()) == {1}
    assert len(heard(groups)) == 6


def notice_with_a_scan(home, notice):
    """An archive whose sources were all read two hours and a quarter after NOW."""
    from pipelines.archive.store import Archive

    archive = Archive(home.path / "aside")
    moment = notice.local(NOW + timedelta(minutes=135))
    with archive.lock(notice.id) as journal:
        journal.note(
            {"record": "scan", "source": one.id, "scanned_at": moment, "cursor": None}
            for one in notice.sources
        )
    return archive.path


def test_alarms_leave_by_themselves(home, looks, notice):
    """What waits beside them is the concern of whoever knows whether it still stands."""
    with Outbox(home.mail) as outbox:
        outbox.queue(
            notice, [Mail("reminder", "EDU-3701", "x", Mailbox("", "u@example.org"), "催报", "请报送")], NOW
        )
    state(home, FAILED, NOW)
    looks(0)
    with Outbox(home.mail) as outbox:
        assert {row.purpose: row.state for row in outbox.rows()} == {"reminder": "queued", "alarm": "written"}


def test_what_was_over_before_anybody_heard_of_it_is_told_once(home, looks, groups):
    state(home, FAILED, NOW)
    with Alarms(home.alarms) as journal:
        journal.end(FAILED.key, NOW)
    looks(30, groups.connect("alarm_feishu"))
    assert mails(home) == [("恢复", "written", STAFF)]
    assert heard(groups) == {("alarm_feishu", True): 1}


def test_mail_that_has_not_left_when_it_is_over_is_taken_back(home, looks):
    state(home, FAILED, NOW)
    looks(0, mail_stays=True)
    with Alarms(home.alarms) as journal:
        journal.end(FAILED.key, NOW)
    looks(30)
    assert mails(home) == [("发生", "cancelled", STAFF), ("恢复", "written", STAFF)]


def test_a_settled_alarm_is_told_as_settled(home, looks, groups):
    state(home, FAILED, NOW)
    connect = groups.connect("alarm_dingtalk")
    looks(0, connect)
    decision = Decision(
        NOTICE, "settle", {"id": "alarm:A0001"}, {}, "已清除重跑", "li", NOW.replace(tzinfo=None)
    )
    with write_decisions(home, NOTICE) as journal:
        journal.keep(decision)
    looks(10, connect)
    assert "由 li：已清除重跑 处理" in str(groups.heard[-1])
    assert "告警已处理：运行失败" in str(groups.heard[-1])


def test_a_robot_that_refuses_raises_an_alarm_itself_and_is_tried_again(home, looks, groups):
    connect = groups.connect("alarm_wecom", "alarm_feishu")
    groups.refuse["alarm_wecom"] = (93000, "invalid webhook url")
    state(home, FAILED, NOW)
    assert looks(0, connect).posted == {"retry": 1, "sent": 1}
    assert looks(10, connect).raised == 1
    assert [one for one in heard(groups) if one[0] == "alarm_wecom"] == []
    assert "93000" in str(groups.heard[-1]), "the other group hears of it, and so does the mail"
    assert len(mails(home)) == 2
    del groups.refuse["alarm_wecom"]
    looks(30, connect)
    assert heard(groups)["alarm_wecom", False] == 1
    looks(40, connect)
    assert looks(61, connect).over == 1


def test_a_robot_is_given_up_after_three_days_and_forgotten_without_its_connection(home, looks, groups):
    groups.refuse["alarm_wecom"] = (93000, "invalid webhook url")
    state(home, FAILED, NOW)
    for hours in (0, 1, 30, 80):
        looks(60 * hours, groups.connect("alarm_wecom"))
    with Alarms(home.alarms) as journal:
        assert ("raised", "alarm_wecom", "failed") in [one[:3] for one in list_tellings(journal)[1]]
    groups.refuse["alarm_feishu"] = (19001, "no")
    state(home, Condition("form_columns", NOTICE, "x", "少了一列"), NOW + timedelta(hours=81))
    looks(60 * 81, groups.connect("alarm_feishu"))
    looks(60 * 82)
    with Alarms(home.alarms) as journal:
        states = {
            state
            for told in list_tellings(journal).values()
            for _, name, state, _ in told
            if "feishu" in name
        }
    assert states == {"dropped"}


def test_no_robot_hears_more_than_twenty_a_minute(home, looks, groups):
    for number in range(22):
        state(home, Condition("run_failed", NOTICE, f"dag-{number}", f"流程{number}运行失败"), NOW)
    assert looks(0, groups.connect("alarm_wecom")).posted == {"sent": 20}
    assert looks(0.5, groups.connect("alarm_wecom")).posted == {}
    groups.asked.clear()
    assert looks(10, groups.connect("alarm_wecom")).posted == {"sent": 2}
    assert len({str(body) for _, body in groups.heard}) == 22


def test_one_process_tells(home, looks):
    with (
        Alarms(home.alarms) as journal,
        journal.telling(),
        pytest.raises(AlarmsBusyError, match="另一个程序"),
    ):
        looks(0)


@pytest.mark.parametrize(
    ("mail", "remind", "found"),
    [
        (
            {"alarms_to": ["leaders", "data_staff"]},
            True,
            [("leaders", "b@example.org"), ("data_staff", "a@example.org")],
        ),
        ({}, True, [("data_staff", "a@example.org")]),
        ({}, False, [("contacts", "c@example.org")]),
        ({"contacts": ()}, False, []),
    ],
    ids=["as the notice says", "whoever is called", "whoever units call", "nobody"],
)
def test_who_is_written_to(notice, mail, remind, found):
    settings = MailSettings.model_validate(
        {
            "from": {"name": "工作组", "address": "x@example.org"},
            "lists": {"data_staff": ["a@example.org"], "leaders": ["b@example.org", "A@example.org"][:1]},
            "contacts": (
                Contact(name="职教处", email="c@example.org"),
                Contact(name="职教处", email="C@example.org"),
            ),
            **mail,
        }
    )
    own = notice.model_copy(update={"mail": settings, "remind": notice.remind if remind else None})
    assert addressees(own) == found or [one[1].lower() for one in addressees(own)] == [
        one[1] for one in found
    ]


def test_a_broken_notice_is_told_by_another_ones_mail(home, looks, notices, tmp_path):
    folder = tmp_path / "notices"
    shutil.copytree(notices, folder)
    shutil.copytree(notices / NOTICE, folder / "broken")
    (folder / "broken" / "notice.yaml").write_text("id: broken\n", "utf-8")
    looks(0, folder=folder, mail_stays=True)
    with Outbox(home.mail) as outbox:
        (row,) = outbox.rows()
        assert (row.notice_id, row.purpose, row.subject) == (
            NOTICE,
            "alarm",
            "告警：通知文件夹有误（broken）",
        )
        assert waits_to_leave(home, load_notice(NOTICE, folder), NOW)
    shutil.rmtree(folder / "broken")
    looks(10, folder=folder)
    assert looks(31, folder=folder).over == 1, "a folder that was taken away has no alarms"


KILLS = 6


def test_killed_anywhere_nothing_is_told_twice_or_lost(home, looks, groups, notices, tmp_path):
    """A child runs a round and is stopped dead at the nth line of our code; the next round does the rest."""
    connect = groups.connect("alarm_wecom")
    for kill in range(KILLS):
        subject = f"dag-{kill}"
        state(home, Condition("run_failed", NOTICE, subject, f"流程 {subject} 运行失败"), NOW)
        _die_in_a_round(home, notices, connect, 60 + 130 * kill)
        looks(10 * kill, connect)
    looks(10 * KILLS, connect)
    with Alarms(home.alarms) as journal:
        told = list_tellings(journal)
    assert len(told) == KILLS
    with Outbox(home.mail) as outbox:
        assert len(outbox.rows()) == KILLS
    for position, rows in told.items():
        states = {channel: state for _, channel, state, _ in rows}
        assert states["mail"] == "outboxed"
        times = sum(f"编号 A{position:04d}" in str(body) for _, body in groups.heard)
        assert (
            times == 1
            if states["alarm_wecom"] == "sent"
            else (states["alarm_wecom"], times <= 1) == ("unsure", True)
        )


def _die_in_a_round(home, notices, connect, lines):
    child = os.fork()
    if child:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in (0, 9)
        return
    left = lines

    def trace(frame, event, _):
        nonlocal left
        if (
            "/pipelines/alarms/" not in frame.f_code.co_filename
            and "/send/outbox" not in frame.f_code.co_filename
        ):
            return None
        left -= event == "line"
        if left <= 0:
            os._exit(9)
        return trace

    sys.settrace(trace)
    try:
        watch(home, lambda: NOW, connect, notices)
    finally:
        os._exit(0)
