"""fsck finds each kind of damage, names its place and what to do, and finds nothing in a home that is whole."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.archive.check import check_home
from pipelines.archive.store import Archive
from pipelines.ground.home import Home
from pipelines.notice import Notice
from pipelines.returns.ledger import Ledger
from pipelines.send.compose import File, Mail
from pipelines.send.mailbox import Mailbox
from pipelines.send.outbox import Outbox
from tests.conftest import NOTICE_ID
from tests.operate.conftest import NOW, Cli

Damage = Callable[[Home], tuple[str, str]]
"""Does it, and returns where fsck must find it and what it must say."""


def first_object(home: Home, room: str = "archive") -> Path:
    return next(path for path in sorted((home.path / room / "objects").rglob("*")) if path.is_file())


def object_changed(home: Home) -> tuple[str, str]:
    path = first_object(home)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    return "archive/objects/", "内容与名字不符"


def object_gone(home: Home) -> tuple[str, str]:
    sha256 = Archive(home.archive).journal(NOTICE_ID).receipts[0].sha256
    Archive(home.archive).object_path(sha256).unlink()
    return f"archive/{sha256}", "对象不在了"


def attachment_gone(home: Home) -> tuple[str, str]:
    first_object(home, "mail").unlink()
    return "mail/", "对象不在了"


def journal_garbled(home: Home) -> tuple[str, str]:
    path = home.archive / "receipts" / f"{NOTICE_ID}.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1][:20] + b"\xff\x00" + lines[1][22:]
    path.write_bytes(b"".join(lines))
    return f"archive/receipts/{NOTICE_ID}.jsonl", ""


def journal_lost_its_end(home: Home) -> tuple[str, str]:
    path = home.archive / "receipts" / f"{NOTICE_ID}.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    return f"archive/receipts/{NOTICE_ID}.jsonl", ""


def warehouse_torn(home: Home) -> tuple[str, str]:
    home.warehouse.write_bytes(b"\0" * 10_000)
    return "warehouse/notices.duckdb", "打不开"


def published_torn(home: Home) -> tuple[str, str]:
    home.published.chmod(0o600)
    home.published.write_bytes(b"torn")
    return "published/notices.duckdb", "打不开"


def outbox_torn(home: Home) -> tuple[str, str]:
    (home.mail / "outbox.sqlite").write_bytes(b"SQLite format 3\0" + b"\1" * 8000)
    return "mail/outbox.sqlite", "数据库损坏"


def return_gone(home: Home) -> tuple[str, str]:
    one = next(iter(Ledger(home.returns(NOTICE_ID)).returns.values()))
    (home.returns(NOTICE_ID) / one.file).unlink()
    return one.file, "退回件不在了"


def home_open(home: Home) -> tuple[str, str]:
    home.archive.chmod(0o755)
    return "archive", "对本机其他用户开放"


DAMAGES = [
    object_changed, object_gone, attachment_gone, journal_garbled, journal_lost_its_end, warehouse_torn,
    published_torn, outbox_torn, return_gone, home_open,
]  # fmt: skip


@pytest.fixture
def mailed(finished: Home, notice: Notice) -> Home:
    """A home with a mail that has an attachment."""
    with Outbox(finished.mail) as outbox:
        mail = Mail(
            "test", "one", "1", Mailbox("甲", "a@example.org"), "题", "文", "", (File("a.txt", b"attached"),)
        )
        outbox.queue(notice, [mail], NOW)
    return finished


def test_a_whole_home_has_nothing_wrong(mailed: Home, cli: Cli):
    before = {path: path.read_bytes() for path in mailed.path.rglob("*") if path.is_file()}
    said = cli("fsck")
    assert (said.status, said.err) == (0, "")
    assert "收件 4 件、邮件 1 封" in said.out
    assert "全部完好" in said.out
    after = {path: path.read_bytes() for path in before}
    changed = [path.name for path in before if before[path] != after[path]]
    assert changed == ["writer.lock"] or changed == []


@pytest.mark.parametrize("damage", DAMAGES, ids=[one.__name__ for one in DAMAGES])
def test_damage_is_found_and_named(damage: Damage, mailed: Home, cli: Cli):
    place, what = damage(mailed)
    said = cli("fsck")
    assert said.status == 1
    assert any(place in line and what in line and "办法：" in line for line in said.out.splitlines()), (
        said.out
    )
    assert "Traceback" not in said.out + said.err


def test_what_a_killed_scan_left_is_said_and_is_no_fault(finished: Home):
    Archive(finished.archive).store([b"without a receipt"])
    checked = check_home(finished)
    assert checked.findings == []
    assert "有 1 个对象没有记录提到" in checked.notes[0]


def test_what_is_received_and_not_loaded_yet_is_no_fault(finished: Home):
    shutil.rmtree(finished.warehouse.parent)
    finished.published.unlink()
    checked = check_home(finished)
    assert checked.findings == []
    assert len(checked.notes) == 2


def test_an_empty_home_has_nothing_wrong(home: Home, cli: Cli):
    assert cli("fsck").status == 0
