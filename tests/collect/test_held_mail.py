"""One mail that the server will not give waits alone: the others are taken in, and it is taken in once it heals."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from pipelines.archive.store import Archive, Journal
from pipelines.collect.intake import ScanResult
from pipelines.collect.mailbox import MOST_BROKEN, MailboxSource
from pipelines.collect.scan import scan_sources
from pipelines.ground.connections import Connection
from pipelines.ground.settings import Settings
from pipelines.notice import Notice
from pipelines.notice.sources import MailboxSource as Definition
from pipelines.send.bounces import readable_mails

SENT = datetime(2020, 11, 9, 4, tzinfo=UTC)
ARRIVED = datetime(2020, 11, 9, 12)
NOW = datetime(2020, 11, 10)
MAIL = Definition(id="mail", kind="mailbox", connection="far", path="邮箱", line="education")
REFUSED = IMAPClientError("FETCH command error: NO [SERVERBUG] Internal error")
HANGS_UP = IMAPClientAbortError("command: FETCH => BYE Internal error")
NONSENSE = ProtocolError("bad response type")
FAULTS: dict[str, tuple[Exception | None, str]] = {
    "it is refused": (REFUSED, ""),
    "its bytes are refused": (REFUSED, "body"),
    "the server hangs up over it": (HANGS_UP, ""),
    "the server hangs up over its bytes": (HANGS_UP, "body"),
    "nobody understands what is said of it": (NONSENSE, ""),
    "it is left out": (None, ""),
    "its bytes are left out": (None, "body"),
}
"""What is raised for a bad mail (None: the answer does not speak of it), and whether only where its bytes are asked for."""


@dataclass
class Box:
    """What a server holds and how it answers, as far as a source asks; the connection is a Box too."""

    mails: dict[int, bytes] = field(default_factory=dict)
    bad: dict[int, tuple[Exception | None, str]] = field(default_factory=dict)
    validity: int = 7
    is_down: bool = False
    is_open: bool = False
    described: list[int] = field(default_factory=list)
    """Mails that a listing asked for."""

    def connect(self) -> "Box":
        if self.is_down:
            raise ConnectionRefusedError(111, "Connection refused")
        self.is_open = True
        return self

    def select_folder(self, name: str, readonly: bool) -> dict[bytes, int]:
        return {b"UIDVALIDITY": self.validity}

    def logout(self) -> None:
        self.is_open = False

    def search(self, criteria: list[str]) -> list[int]:
        if first := re.fullmatch(r"(\d+):\*", criteria[1]):
            return [uid for uid in self.mails if uid >= int(first[1]) or uid == max(self.mails)]
        return [uid for uid in self.mails if uid in map(int, criteria[1].split(","))]

    def fetch(self, uids: list[int], wanted: list[str]) -> dict[int, dict[bytes, Any]]:
        assert self.is_open
        part = "body" if len(wanted) == 1 else "list"
        self.described += uids if part == "list" else []
        there = [uid for uid in uids if uid in self.mails]
        for uid in there:
            error, only = self.bad.get(uid, (None, "nothing"))
            if error and only in ("", part):
                self.is_open = not isinstance(error, IMAPClientAbortError)
                raise error
        there = [uid for uid in there if self.bad.get(uid, (None, "nothing"))[1] not in ("", part)]
        return {uid: self._about(self.mails[uid], wanted) for uid in there}

    @staticmethod
    def _about(content: bytes, wanted: list[str]) -> dict[bytes, Any]:
        if len(wanted) > 1:
            return {b"INTERNALDATE": SENT, b"RFC822.SIZE": len(content), b"BODY[HEADER]": content}
        found = re.search(r"<(\d+)\.(\d+)>", wanted[0])
        assert found
        start, length = map(int, found.groups())
        return {b"BODY[]<0>": content[start : start + length]}


@dataclass
class Scans:
    """Scans of the mailbox, ten minutes apart."""

    notice: Notice
    archive: Archive
    now: datetime = NOW

    def scan(self) -> ScanResult:
        self.now += timedelta(minutes=10)
        known = Connection("far", "imap", "mail.example.org", 993, "a", "b")
        return scan_sources(
            self.archive, self.notice, Path(), self.now, Settings(), lambda _: known, is_live=False
        )

    @property
    def journal(self) -> Journal:
        return self.archive.journal(self.notice.id)

    @property
    def received(self) -> list[int]:
        """Numbers of the mails, in the order of their receipts."""
        return [int(one.key.partition(":")[2]) for one in self.journal.receipts]


@contextmanager
def serving(box: Box, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(MailboxSource, "_connect", lambda _: box.connect())
        yield


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    found = Box({uid: b"From: a@example.org\r\n\r\nmail %d" % uid for uid in (1, 2, 3)})
    with serving(found, monkeypatch):
        yield found


@pytest.fixture
def scans(notice: Notice, tmp_path: Path) -> Scans:
    return Scans(notice.model_copy(update={"sources": (MAIL,)}), Archive(tmp_path / "archive"))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_one_mail_that_is_not_given_waits_alone(
    fault: tuple[Exception | None, str], box: Box, scans: Scans
) -> None:
    box.bad = {2: fault}
    found = scans.scan()
    assert found.errors == []
    assert scans.received == [1, 3]
    (held,) = found.held
    assert held.path == "邮箱/7-2.eml"
    assert "其余照收" in held.sentence
    assert scans.journal.scanned["mail"] == scans.now

    box.mails[4] = box.mails[3]
    box.described.clear()
    assert [one.path for one in scans.scan().held] == ["邮箱/7-2.eml"]
    assert scans.received == [1, 3, 4]
    assert set(box.described) == {2, 4}, "what waits is asked for by its number, and nothing else again"

    box.bad.clear()
    assert scans.scan().held == []
    assert scans.received == [1, 3, 4, 2]
    assert scans.journal.receipts[-1].received_at == ARRIVED, "the server's clock: no later for having waited"


def test_a_mail_that_waited_and_was_moved_away_is_let_go(box: Box, scans: Scans) -> None:
    box.bad = {2: (REFUSED, "")}
    assert len(scans.scan().held) == 1
    del box.mails[2]
    assert scans.scan().held == []
    assert scans.received == [1, 3]


def test_a_mailbox_that_was_numbered_anew_forgets_what_waited(box: Box, scans: Scans) -> None:
    box.bad = {2: (REFUSED, "")}
    scans.scan()
    box.bad, box.validity = {}, 8
    assert scans.scan().held == []
    assert sorted(scans.received) == [1, 1, 2, 3, 3]


def test_a_connection_that_breaks_over_every_mail_is_the_networks_fault(box: Box, scans: Scans) -> None:
    box.mails |= dict.fromkeys(range(4, MOST_BROKEN + 3), b"mail")
    box.bad = dict.fromkeys(box.mails, (HANGS_UP, "body"))
    (error,) = scans.scan().errors
    assert "BYE" in error
    assert "mail" not in scans.journal.scanned
    box.bad.clear()
    found = scans.scan()
    assert (found.errors, found.held) == ([], [])
    assert sorted(scans.received) == sorted(box.mails)


def test_a_server_that_is_gone_is_no_mails_fault(box: Box, scans: Scans) -> None:
    box.is_down = True
    found = scans.scan()
    assert len(found.errors) == 1
    assert found.held == []
    assert "mail" not in scans.journal.scanned


def test_a_report_of_failure_that_is_not_given_keeps_no_other_waiting(
    box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    box.bad = {1: (REFUSED, ""), 2: (REFUSED, "body")}
    source = MailboxSource(Connection("far", "imap", "mail.example.org", 993, "a", "b"), MAIL)
    assert list(readable_mails(source, None)) == [box.mails[3]]
    assert source.cursor == "7:3:1,2"
    assert "7-1.eml" in caplog.text
    assert "7-2.eml" in caplog.text
