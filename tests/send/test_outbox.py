"""The outbox itself: nothing twice, nothing lost, nothing that a person has not decided."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines import cycle
from pipelines.ask.figures import open_snapshot
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.rebuild import rebuild
from pipelines.send.compose import File
from pipelines.send.outbox import Outbox
from pipelines.send.records import NoMailSectionError, State
from tests.send.letters import NOON, letter


def test_queueing_again_changes_nothing(outbox: Outbox, notice: Notice) -> None:
    first = outbox.queue(notice, [letter(1), letter(2), letter(1)], NOON)
    before = outbox.rows(), [outbox.message(row.key) for row in outbox.rows()]
    second = outbox.queue(notice, [letter(2, text="另一段话"), letter(1)], NOON + timedelta(hours=1))
    assert [(one.new, one.known) for one in (first, second)] == [(2, 1), (0, 2)]
    assert before == (outbox.rows(), [outbox.message(row.key) for row in outbox.rows()])


def test_a_file_that_goes_to_many_is_kept_once(outbox: Outbox, notice: Notice) -> None:
    shared = File("通报.docx", b"x" * 100_000)
    outbox.queue(
        notice,
        [letter(number, files=(shared, File("表.xlsx", b"%d" % number))) for number in range(20)],
        NOON,
    )
    assert len([path for path in (outbox.path / "objects").rglob("*") if path.is_file()]) == 21
    assert {row.size for row in outbox.rows()} == {len(outbox.message(row.key)) for row in outbox.rows()}
    (outbox.path / "outbox.sqlite-wal").stat()
    assert sum(path.stat().st_size for path in outbox.path.glob("outbox.sqlite*")) < 500_000


def test_a_torn_file_is_mended_when_queued_again(outbox: Outbox, notice: Notice) -> None:
    """A queueing that was cut off may leave half a file without a row."""
    file = File("通报.docx", b"whole")
    path = outbox.path / "objects" / file.sha256[:2] / file.sha256[2:]
    path.parent.mkdir(parents=True)
    path.write_bytes(b"who")
    outbox.queue(notice, [letter(files=(file,))], NOON)
    assert path.read_bytes() == b"whole"


def test_every_change_is_synced(outbox: Outbox) -> None:
    base = outbox._base
    assert base.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert base.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"
    assert outbox.path.stat().st_mode & 0o077 == 0, "it holds addresses"


# state to start from -> what a person may do there
ALLOWED = {
    State.queued: {"cancel"},
    State.handing_over: set(),
    State.sent: {"bounce"},
    State.written: {"resend"},
    State.failed: {"resend"},
    State.unsure: {"resend", "mark_sent", "bounce"},
    State.cancelled: {"resend"},
    State.bounced: {"resend"},
}
DO: dict[str, Callable[[Outbox, Notice, str], object]] = {
    "cancel": lambda outbox, _, key: outbox.cancel([key], "不必了", NOON),
    "resend": lambda outbox, notice, key: outbox.resend(key, NOON, notice),
    "mark_sent": lambda outbox, _, key: outbox.mark_sent(key, NOON),
    "bounce": lambda outbox, _, key: outbox.register_bounce(key, "查无此人", NOON),
}
ENDS = {"cancel": "cancelled", "resend": "queued", "mark_sent": "sent", "bounce": "bounced"}


def test_every_state_has_its_rule() -> None:
    assert set(ALLOWED) == set(State)


@pytest.mark.parametrize("action", DO)
@pytest.mark.parametrize("state", State)
def test_what_a_person_may_do(state: State, action: str, outbox: Outbox, notice: Notice) -> None:
    outbox.queue(notice, [letter()], NOON)
    key = outbox.rows()[0].key
    with sqlite3.connect(outbox.path / "outbox.sqlite") as base:
        base.execute("UPDATE mails SET state = ?", [state])
    may = action in ALLOWED[state]
    assert bool(DO[action](outbox, notice, key)) is may
    assert outbox.rows()[0].state == (ENDS[action] if may else state)


def test_history_is_kept(outbox: Outbox, notice: Notice) -> None:
    outbox.queue(notice, [letter()], NOON)
    key = outbox.rows()[0].key
    outbox.cancel([key], "已报送", NOON + timedelta(hours=1))
    outbox.resend(key, NOON + timedelta(hours=2), notice)
    assert outbox.changes(key) == [
        ("2020-11-09 12:00:00", "queued", None),
        ("2020-11-09 13:00:00", "cancelled", "已报送"),
        ("2020-11-09 14:00:00", "queued", None),
    ]


def test_bounce_by_message_id(outbox: Outbox, notice: Notice) -> None:
    outbox.queue(notice, [letter(1), letter(2)], NOON)
    first, _ = outbox.rows()
    outbox.note_handing_over(first.key, "smtp_default", NOON)
    outbox.note_sent(first.key, NOON, "250 ok")
    assert outbox.register_bounce(first.message_id, "邮箱已满（5.2.2）", NOON)
    assert not outbox.register_bounce("<somebody-elses@example.org>", "", NOON)
    assert [(row.state, row.error) for row in outbox.rows()] == [
        ("bounced", "邮箱已满（5.2.2）"),
        ("queued", None),
    ]


def test_find(outbox: Outbox, notice: Notice) -> None:
    outbox.queue(notice, [letter(1), letter(2)], NOON)
    row = outbox.rows()[1]
    assert outbox.find(row.key[:8]) == outbox.find(row.message_id) == outbox.find(row.key) == row
    for bad in (row.key[:5], "", "%", "nothing-like-it"):
        with pytest.raises(NoticesError, match="没有这一封"):
            outbox.find(bad)


def test_a_notice_without_mail_says_so(outbox: Outbox, bare: Notice) -> None:
    with pytest.raises(NoMailSectionError, match="docs/mail"):
        outbox.queue(bare.model_copy(update={"mail": None}), [letter()], NOON)


def test_two_processes_may_queue_at_once(outbox: Outbox, notice: Notice) -> None:
    with Outbox(outbox.path) as other:
        other.queue(notice, [letter(1)], NOON)
        assert outbox.queue(notice, [letter(1), letter(2)], NOON).new == 1
    assert len(outbox.rows()) == 2


def test_it_shows_in_sql_without_addresses_and_survives_a_rebuild(notice: Notice, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    folder = home.inbox(notice.id) / notice.sources[0].path / notice.recipients[0].name
    folder.mkdir(parents=True)
    (folder / "照片.jpg").write_bytes(b"picture")
    with Outbox(home.mail) as outbox:
        outbox.queue(notice, [letter(1), letter(2)], NOON)
        key = outbox.rows()[0].key
        outbox.note_failed(key, NOON, "服务器拒收收件人（550 5.1.1）", "5.1.1 <unit1@example.org> unknown")
    cycle.run(home, notice, now=NOON)
    query = "SELECT mail_key, recipient_code, state, queued_at, attempts, error FROM marts.mails ORDER BY recipient_code"

    def ask() -> list[tuple[object, ...]]:
        with open_snapshot(home.published) as snapshot:
            return snapshot.execute(query).fetchall()

    assert ask()[0] == (key, "EDU-0001", "failed", NOON, 1, "服务器拒收收件人（550 5.1.1）")
    with Outbox(home.mail) as outbox:
        outbox.cancel([outbox.rows()[1].key], "已报送", NOON)
        kept = outbox.rows()
    rebuild(home)
    assert [row[2] for row in ask()] == ["failed", "cancelled"]
    with Outbox(home.mail) as outbox:
        assert outbox.rows() == kept
    assert b"@example.org" not in home.published.read_bytes()
