"""The sender against a real server: what is accepted, refused, cut off, limited and postponed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.ground.connections import Connection
from pipelines.notice import Notice
from pipelines.send.outbox import Outbox
from pipelines.send.records import OutboxBusyError, State
from pipelines.send.sender import LONGEST_WAIT, Sent, send_due, wait_after
from pipelines.send.smtp import RefusedError, Session
from tests.send.letters import NOON, letter
from tests.send.post_office import DROP, PostOffice, times

Send = Callable[..., Sent]


@pytest.fixture
def send(outbox: Outbox, connection: Connection, tmp_path: Path) -> Send:
    def call(notice: Notice, now: datetime = NOON) -> Sent:
        return send_due(outbox, notice, lambda: now, connection, tmp_path / "eml")

    return call


def states(outbox: Outbox) -> list[str]:
    return [str(row.state) for row in outbox.rows()]


def test_sends_each_once(outbox: Outbox, notice: Notice, office: PostOffice, send: Send) -> None:
    outbox.queue(notice, [letter(number) for number in range(5)], NOON)
    assert send(notice).counts["sent"] == 5
    assert send(notice).counts["sent"] == 0
    assert [address for address, _ in office.accepted] == [f"unit{number}@example.org" for number in range(5)]
    assert office.ids == [row.message_id for row in outbox.rows()]
    assert [content for _, content in office.accepted] == [outbox.message(row.key) for row in outbox.rows()]
    assert {(row.state, row.attempts, row.sent_at) for row in outbox.rows()} == {("sent", 1, NOON)}
    assert office.sessions == 1


def test_queued_again_after_sending_changes_nothing(
    outbox: Outbox, notice: Notice, office: PostOffice, send: Send
) -> None:
    outbox.queue(notice, [letter()], NOON)
    send(notice)
    again = outbox.queue(notice, [letter(subject="别的标题")], NOON + timedelta(days=1))
    assert (again.new, again.known) == (0, 1)
    send(notice, NOON + timedelta(days=1))
    assert len(office.accepted) == 1


# step, what the server answers -> state, and whether it has the message
ONCE = {
    "later_at_recipient": ("RCPT", "450 4.2.0 greylisted", "queued", 0),
    "later_at_sender": ("MAIL", "451 4.3.0 busy", "queued", 0),
    "later_at_data": ("DATA", "451 4.3.0 busy", "queued", 0),
    "later_after_content": ("CONTENT", "452 4.3.1 disk full", "queued", 0),
    "server_closes_politely": ("RCPT", "421 4.3.2 shutting down", "queued", 0),
    "never_this_recipient": ("RCPT", "550 5.1.1 <unit1@example.org> unknown", "failed", 0),
    "never_this_content": ("CONTENT", "554 5.7.1 spam", "failed", 0),
    "never_this_size": ("MAIL", "552 5.3.4 too large", "failed", 0),
    "cut_at_recipient": ("RCPT", DROP, "queued", 0),
    "cut_at_data": ("DATA", DROP, "queued", 0),
    "cut_after_content_not_accepted": ("CONTENT", DROP, "unsure", 0),
    "cut_after_accepting": ("ACCEPTED", DROP, "unsure", 1),
    "gibberish_after_accepting": ("ACCEPTED", "what 250?", "unsure", 1),
}  # fmt: skip


@pytest.mark.parametrize("case", ONCE)
def test_one_bad_answer(case: str, outbox: Outbox, notice: Notice, office: PostOffice, send: Send) -> None:
    step, answer, state, has = ONCE[case]
    office.answers[step] = times(1, answer)
    outbox.queue(notice, [letter(1), letter(2)], NOON)
    send(notice)
    first, second = outbox.rows()
    assert (first.state, second.state) == (state, "sent"), "one message's trouble is not the next one's"
    assert first.attempts == 1
    assert first.error
    assert "@" not in first.error, "what SQL sees names nobody"
    assert len(office.accepted) == has + 1
    # At once nothing is tried again; after the wait what the server has for certain not got is, once.
    send(notice)
    assert outbox.rows()[0].attempts == 1
    send(notice, NOON + wait_after(1))
    assert outbox.rows()[0].state == ("sent" if state == "queued" else state)
    assert len(office.accepted) == has + 1 + (state == "queued")
    assert len(set(office.ids)) == len(office.ids)


def test_waits_double_up_to_four_hours() -> None:
    minutes = [wait_after(failures) / timedelta(minutes=1) for failures in range(1, 9)]
    assert minutes == [5, 10, 20, 40, 80, 160, 240, 240]
    assert wait_after(10_000) == LONGEST_WAIT


def test_gives_up_in_the_end(
    outbox: Outbox, make_notice: Callable[..., Notice], office: PostOffice, send: Send
) -> None:
    notice = make_notice(give_up_after_hours=2)
    office.answers["RCPT"] = lambda _: "450 4.2.0 later"
    outbox.queue(notice, [letter()], NOON)
    for minutes in range(0, 130, 5):
        send(notice, NOON + timedelta(minutes=minutes))
    (row,) = outbox.rows()
    assert (row.state, row.attempts) == ("failed", 5), "at 0, 5, 15, 35 and 75 minutes"
    del office.answers["RCPT"]
    send(notice, NOON + timedelta(days=1))
    assert not office.accepted


def test_a_dead_server_is_left_alone_for_a_while(
    outbox: Outbox, notice: Notice, office: PostOffice, send: Send
) -> None:
    outbox.queue(notice, [letter(number) for number in range(3)], NOON)
    office.close()
    done = send(notice)
    assert done.waiting == 3
    assert "连不上" in done.reason
    assert {row.attempts for row in outbox.rows()} == {0}, "no message is to blame"
    assert "12:05" in send(notice, NOON + timedelta(minutes=1)).reason
    assert outbox.server_wait("smtp_default")[0] == 1
    send(notice, NOON + timedelta(minutes=5))
    assert outbox.server_wait("smtp_default") == (2, NOON + timedelta(minutes=15))


def test_a_server_that_cuts_every_message_gets_three(
    outbox: Outbox, notice: Notice, office: PostOffice, send: Send
) -> None:
    office.answers["ACCEPTED"] = lambda _: DROP
    outbox.queue(notice, [letter(number) for number in range(9)], NOON)
    assert send(notice).waiting == 6
    assert states(outbox) == ["unsure"] * 3 + ["queued"] * 6


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_a_wrong_sender_fails_no_message(
    step: str, outbox: Outbox, notice: Notice, office: PostOffice, send: Send
) -> None:
    office.answers[step] = lambda _: {
        "MAIL": "553 Mail from must equal authorized user",
        "RCPT": "530 login first",
    }[step]
    outbox.queue(notice, [letter(1), letter(2)], NOON)
    with pytest.raises(RefusedError, match=r"mail\.from|登录"):
        send(notice)
    assert states(outbox) == ["queued", "queued"]


def test_rate(outbox: Outbox, make_notice: Callable[..., Notice], office: PostOffice, send: Send) -> None:
    notice = make_notice(per_minute=1000)
    outbox.queue(notice, [letter(number) for number in range(5)], NOON)
    send(notice)
    gaps = [later - earlier for earlier, later in zip(office.times, office.times[1:], strict=False)]
    assert len(gaps) == 4
    assert sum(gaps) > 4 * 0.06 * 0.9


def test_cap_counts_a_calendar_day_and_unsure_ones(
    outbox: Outbox, make_notice: Callable[..., Notice], office: PostOffice, send: Send
) -> None:
    notice = make_notice(per_day=3)
    office.answers["ACCEPTED"] = times(1, DROP)
    outbox.queue(notice, [letter(number) for number in range(8)], NOON)
    done = send(notice)
    assert (len(office.accepted), done.waiting) == (3, 5)
    assert "每日上限" in done.reason
    assert send(notice, NOON + timedelta(hours=11)).waiting == 5
    send(notice, NOON + timedelta(days=1))
    send(notice, NOON + timedelta(days=2))
    assert len(office.accepted) == len(set(office.ids)) == 8


# queued at, quiet from, until -> leaves at
QUIET = {
    "by_day": ("2020-11-09T12:00:00", "22:00", "07:00", "2020-11-09T12:00:00"),
    "late_evening": ("2020-11-09T23:59:59", "22:00", "07:00", "2020-11-10T07:00:00"),
    "early_morning": ("2020-11-09T03:00:00", "22:00", "07:00", "2020-11-09T07:00:00"),
    "at_its_begin": ("2020-11-09T22:00:00", "22:00", "07:00", "2020-11-10T07:00:00"),
    "at_its_end": ("2020-11-09T07:00:00", "22:00", "07:00", "2020-11-09T07:00:00"),
    "at_noon": ("2020-11-09T12:30:00", "12:00", "14:00", "2020-11-09T14:00:00"),
}  # fmt: skip


@pytest.mark.parametrize("case", QUIET)
def test_quiet_hours(
    case: str, outbox: Outbox, make_notice: Callable[..., Notice], office: PostOffice, send: Send
) -> None:
    queued, begin, end, leaves = QUIET[case]
    notice = make_notice(quiet_hours={"begin": begin, "end": end})
    outbox.queue(notice, [letter()], datetime.fromisoformat(queued))
    assert outbox.rows()[0].not_before == datetime.fromisoformat(leaves)
    send(notice, datetime.fromisoformat(leaves) - timedelta(seconds=1))
    assert not office.accepted
    send(notice, datetime.fromisoformat(leaves))
    assert len(office.accepted) == 1


def test_nothing_leaves_in_quiet_hours_whatever_is_due(
    outbox: Outbox, make_notice: Callable[..., Notice], office: PostOffice, send: Send
) -> None:
    notice = make_notice(quiet_hours={"begin": "22:00", "end": "07:00"})
    office.answers["RCPT"] = times(1, "450 4.2.0 later")
    late = NOON.replace(hour=21, minute=58)
    outbox.queue(notice, [letter(1), letter(2)], late)
    send(notice, late)
    assert outbox.rows()[0].not_before == NOON.replace(day=10, hour=7, minute=0), "a retry is quiet too"
    outbox.queue(make_notice(), [letter(3)], late)
    assert "静默" in send(notice, NOON.replace(hour=23)).reason
    assert len(office.accepted) == 1


def test_stops_when_quiet_hours_begin(
    outbox: Outbox,
    make_notice: Callable[..., Notice],
    office: PostOffice,
    connection: Connection,
    tmp_path: Path,
) -> None:
    notice = make_notice(quiet_hours={"begin": "22:00", "end": "07:00"})
    late = NOON.replace(hour=21, minute=55)
    outbox.queue(notice, [letter(number) for number in range(5)], late)
    done = send_due(
        outbox, notice, lambda: late + timedelta(minutes=2 * len(office.accepted)), connection, tmp_path
    )
    assert len(office.accepted) == 3, "at 21:55, 21:57 and 21:59"
    assert (done.waiting, "静默" in done.reason) == (2, True)


def test_not_before(outbox: Outbox, notice: Notice, office: PostOffice, send: Send) -> None:
    outbox.queue(notice, [letter(not_before=NOON + timedelta(hours=3))], NOON)
    send(notice, NOON + timedelta(hours=2))
    assert not office.accepted
    send(notice, NOON + timedelta(hours=3))
    assert len(office.accepted) == 1


def test_cancelled_is_not_sent(outbox: Outbox, notice: Notice, office: PostOffice, send: Send) -> None:
    outbox.queue(notice, [letter(1), letter(2)], NOON)
    key = outbox.rows()[0].key
    assert outbox.cancel([key, "0" * 32], "已报送", NOON) == 1
    send(notice)
    assert states(outbox) == ["cancelled", "sent"]
    assert outbox.cancel([row.key for row in outbox.rows()], "晚了", NOON) == 0


def test_cancelled_at_the_last_moment_is_not_sent(
    outbox: Outbox, notice: Notice, office: PostOffice, send: Send, tmp_path: Path
) -> None:
    outbox.queue(notice, [letter(1), letter(2)], NOON)

    def cancel(_: str) -> None:
        with Outbox(tmp_path / "mail") as other:
            other.cancel([other.rows()[0].key], "已报送", NOON)

    office.answers["RCPT"] = cancel
    send(notice)
    assert states(outbox) == ["cancelled", "sent"]
    assert [address for address, _ in office.accepted] == ["unit2@example.org"]


def test_one_sender_at_a_time(outbox: Outbox, notice: Notice, send: Send, tmp_path: Path) -> None:
    with Outbox(tmp_path / "mail") as other, other.sending(), pytest.raises(OutboxBusyError):
        send(notice)
    send(notice)


def test_other_notices_stay(outbox: Outbox, notice: Notice, office: PostOffice, send: Send) -> None:
    outbox.queue(notice, [letter()], NOON)
    send(notice.model_copy(update={"id": "another"}))
    assert not office.accepted
    assert states(outbox) == [State.queued]


@pytest.mark.parametrize(
    "body", [b".\r\n..a\r\n.b\r\n", b"no line end", b"x" * 300_000 + b"\r\n"], ids=["dots", "no_end", "long"]
)
def test_any_message_arrives_as_it_is(body: bytes, office: PostOffice, connection: Connection) -> None:
    message = b"Subject: x\r\n\r\n" + body.replace(b"x" * 900, b"x" * 898 + b"\r\n")
    with Session(connection) as session:
        assert session.hand_over("a@example.org", "b@example.org", message, lambda: True).state == "sent"
    assert office.accepted == [("b@example.org", message if message.endswith(b"\r\n") else message + b"\r\n")]
