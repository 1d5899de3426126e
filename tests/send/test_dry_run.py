"""Without a connection: messages become files that a person can open, and stay that."""

import email
from collections.abc import Callable
from datetime import timedelta
from email.policy import default
from pathlib import Path

import pytest

from pipelines.ground.connections import Connection
from pipelines.notice import Notice
from pipelines.send.compose import File
from pipelines.send.outbox import Outbox
from pipelines.send.sender import preview, send_due
from tests.send.letters import NOON, letter
from tests.send.post_office import PostOffice


def test_written_files_open_again(outbox: Outbox, notice: Notice, tmp_path: Path) -> None:
    files = (
        File("2020年山东省职业教育活动周情况通报（第三期）.docx", b"docx"),
        File("各市情况.xlsx", b"xlsx"),
    )
    outbox.queue(notice, [letter(1, files=files), letter(2)], NOON)
    done = send_due(outbox, notice, lambda: NOON, None, tmp_path / "outbox")
    assert done.counts["written"] == 2
    paths = sorted((tmp_path / "outbox" / notice.id).iterdir())
    assert [path.suffix for path in paths] == [".eml", ".eml"]
    assert [str(path.relative_to(tmp_path / "outbox")) for path in paths] == [
        row.file for row in outbox.rows()
    ]
    assert "EDU-0001" in paths[0].name
    message = email.message_from_bytes(paths[0].read_bytes(), policy=default)
    assert message["Subject"] == "催报：11月9日材料"
    assert message["To"] == "某市教育局 <unit1@example.org>"
    assert message["From"] == "活动周工作组 <notices@example.org>"
    assert [(part.get_filename(), part.get_content()) for part in message.iter_attachments()] == [
        (file.name, file.content) for file in files
    ]
    assert paths[0].read_bytes() == outbox.message(outbox.rows()[0].key), (
        "the very bytes that would have been sent"
    )


def test_a_connection_configured_later_sends_nothing_old(
    outbox: Outbox, notice: Notice, office: PostOffice, connection: Connection, tmp_path: Path
) -> None:
    outbox.queue(notice, [letter(number) for number in range(5)], NOON)
    send_due(outbox, notice, lambda: NOON, None, tmp_path)
    # Queued, but nobody ran the sender for a week: that is old too.
    outbox.queue(notice, [letter(9)], NOON)
    later = NOON + timedelta(days=7)
    outbox.queue(notice, [letter(10)], later)
    done = send_due(outbox, notice, lambda: later, connection, tmp_path)
    assert done.counts["sent"] == 1
    assert [address for address, _ in office.accepted] == ["unit10@example.org"]
    assert [str(row.state) for row in outbox.rows()] == ["written"] * 5 + ["failed", "sent"]
    # A person decides about one of them.
    assert outbox.resend(outbox.rows()[0].key, later, notice)
    send_due(outbox, notice, lambda: later, connection, tmp_path)
    assert [address for address, _ in office.accepted][1:] == ["unit0@example.org"]


def test_the_notice_may_ask_for_files_in_spite_of_a_connection(
    outbox: Outbox,
    make_notice: Callable[..., Notice],
    office: PostOffice,
    connection: Connection,
    tmp_path: Path,
) -> None:
    notice = make_notice(dry_run=True)
    outbox.queue(notice, [letter()], NOON)
    assert send_due(outbox, notice, lambda: NOON, connection, tmp_path).counts["written"] == 1
    assert not office.accepted


def test_files_keep_quiet_hours_too(
    outbox: Outbox, make_notice: Callable[..., Notice], tmp_path: Path
) -> None:
    """A rehearsal shows when each mail would leave."""
    notice, night = make_notice(quiet_hours={"begin": "22:00", "end": "07:00"}), NOON.replace(hour=23)
    outbox.queue(make_notice(), [letter(1)], night)
    assert not send_due(outbox, notice, lambda: night, None, tmp_path).counts["written"]
    assert send_due(outbox, notice, lambda: night + timedelta(hours=8), None, tmp_path).counts["written"] == 1


def test_preview_changes_nothing(outbox: Outbox, notice: Notice, tmp_path: Path) -> None:
    outbox.queue(notice, [letter(1), letter(2, not_before=NOON + timedelta(hours=1))], NOON)
    before = outbox.rows()
    (path,) = preview(outbox, notice, NOON, tmp_path)
    assert path.read_bytes() == outbox.message(before[0].key)
    assert outbox.rows() == before


@pytest.mark.parametrize("what", ["../../etc/passwd", "a/b/c", "甲 乙：丙", ".." * 60, "\n\r\t"])
def test_file_names_stay_in_the_folder(what: str, outbox: Outbox, notice: Notice, tmp_path: Path) -> None:
    outbox.queue(notice, [letter(what=what)], NOON)
    (path,) = preview(outbox, notice, NOON, tmp_path / "outbox")
    assert path.resolve().parent == tmp_path / "outbox" / notice.id
    assert not path.name.startswith(".")
