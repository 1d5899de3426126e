"""Whose mail may leave now, by notice, in each one's own zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.ground.errors import KeptFault
from pipelines.notice import Notice
from pipelines.send.due import notices_with_due
from pipelines.send.outbox import Outbox
from tests.send.letters import NOON, letter

ZONES = {"sd-vocational-week-2020": ZoneInfo("Asia/Shanghai"), "other": ZoneInfo("Asia/Urumqi")}
NOON_THERE = NOON.replace(tzinfo=ZONES["sd-vocational-week-2020"]).astimezone(UTC)


def due(outbox: Outbox, now: datetime) -> dict[str, int]:
    return notices_with_due(outbox.path, ZONES, now)


def test_only_what_may_leave_by_now_is_counted(outbox: Outbox, notice: Notice) -> None:
    outbox.queue(notice, [letter(1), letter(2, not_before=NOON + timedelta(hours=1))], NOON)
    assert due(outbox, NOON_THERE - timedelta(seconds=1)) == {}
    assert due(outbox, NOON_THERE) == {notice.id: 1}
    assert due(outbox, NOON_THERE + timedelta(hours=1)) == {notice.id: 2}


def test_what_was_sent_is_done_and_what_a_dead_sender_left_is_not(outbox: Outbox, notice: Notice) -> None:
    outbox.queue(notice, [letter(1), letter(2)], NOON)
    first, second = (row.key for row in outbox.rows())
    outbox.note_handing_over(first, "smtp_default", NOON)
    outbox.note_handing_over(second, "smtp_default", NOON)
    outbox.note_sent(first, NOON, "250")
    assert due(outbox, NOON_THERE) == {notice.id: 1}


def test_an_outbox_that_never_was_has_nothing_and_one_that_is_gone_is_said(
    outbox: Outbox, notice: Notice, tmp_path
) -> None:
    assert notices_with_due(tmp_path / "none", ZONES, NOON_THERE) == {}
    outbox.queue(notice, [letter(1)], NOON)
    (outbox.path / "outbox.sqlite").rename(outbox.path / "elsewhere")
    with pytest.raises(KeptFault):
        due(outbox, NOON_THERE)
