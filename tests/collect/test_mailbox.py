"""A mailbox, against a real IMAP server on the loopback."""

import csv
import io
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from imapclient import IMAPClient

from pipelines import cycle
from pipelines.ground.connections import Connection
from pipelines.ground.errors import NoticesError
from pipelines.ground.home import Home
from pipelines.notice import Notice, load_notice
from pipelines.notice.sources import FolderSource, MailboxSource
from tests.collect.servers import LOGIN, PASSWORD, imap_server

pytestmark = pytest.mark.slow
NOON = datetime(2020, 11, 9, 4, tzinfo=UTC)
"""Twelve o'clock in Shandong."""
UNIT = "济南市教育局"


def report(*titles: str, unit: str = UNIT) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([[f"填报单位：{unit}"], ["活动日期", "材料类型", "标题", "活动类别"]])
    writer.writerows(["2020-11-09", "稿件", title, "宣传活动"] for title in titles)
    return out.getvalue().encode()


def mail(*parts: str, headers: str = "", boundary: str = "=_b") -> bytes:
    head = f"From: =?GBK?B?{b64encode('联络员'.encode('gbk')).decode()}?= <Sender@example.org>\r\nMessage-ID: <1@example.org>\r\n{headers}"
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'{head}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n{body}--{boundary}--\r\n'.encode(
        "utf-8", "surrogateescape"
    )


def attached(content: bytes, disposition: str, kind: str = "application/octet-stream") -> str:
    coded = b64encode(content).decode()
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: {disposition}\r\n\r\n{coded}"


@dataclass
class Box:
    connection: Connection
    client: IMAPClient
    home: Home
    notice: Notice

    def put(self, content: bytes, moment: datetime = NOON) -> None:
        self.client.append("INBOX", content, (), moment)

    def run(self, now: datetime = NOON, inbox: Path | None = None) -> list[dict[str, Any]]:
        cycle.run(self.home, self.notice, inbox, now, connect=lambda _: self.connection)
        with duckdb.connect(self.home.published, read_only=True) as database:
            found = database.sql(
                "SELECT split_part(path, '!', 2) AS name, state, reason, recipient, received_at "
                "FROM marts.files ORDER BY received_at, path"
            )
            return found.to_arrow_table().to_pylist()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    source = MailboxSource(
        id="mail", kind="mailbox", connection="test_imap", path="邮箱", line="education", processed="已收"
    )
    notice = load_notice("sd-vocational-week-2020").model_copy(update={"sources": (source,)})
    with imap_server() as connection:
        client = IMAPClient(connection.host, connection.port, ssl=False)
        client.login(LOGIN, PASSWORD)
        yield Box(connection, client, Home(tmp_path / "home"), notice)
        client.logout()


GBK_NAME = b64encode("日报（济南）.csv".encode("gbk"))
NAMES = {
    "RFC 2231 in UTF-8": "attachment; filename*=UTF-8''%E6%97%A5%E6%8A%A5%EF%BC%88%E6%B5%8E%E5%8D%97%EF%BC%89.csv",
    "RFC 2231 in pieces": "attachment; filename*0*=GBK''%C8%D5%B1%A8; filename*1*=%A3%A8%BC%C3%C4%CF%A3%A9; filename*2=.csv",
    "an encoded word labelled gb2312": f'attachment; filename="=?gb2312?B?{GBK_NAME.decode()}?="',
    "words split inside a character": (
        f'attachment; filename="=?GBK?B?{b64encode("日报（济南）.csv".encode("gbk")[:5]).decode()}?=\r\n'
        f' =?GBK?B?{b64encode("日报（济南）.csv".encode("gbk")[5:]).decode()}?="'
    ),
    "raw GBK bytes": 'attachment; filename="{}"'.format(
        "日报（济南）.csv".encode("gbk").decode("utf-8", "surrogateescape")
    ),
}


def test_names_of_attachments(box: Box) -> None:
    for minute, disposition in enumerate(NAMES.values()):
        moment = NOON + timedelta(minutes=minute)
        box.put(mail(attached(report(f"第{minute}"), disposition)), moment)
    found = box.run(NOON + timedelta(hours=1))
    assert dict(zip(NAMES, found, strict=True)) == {
        how: {
            "name": "日报（济南）.csv",
            "state": "accepted",
            "reason": None,
            "recipient": UNIT,
            "received_at": datetime(2020, 11, 9, 12, minute),
        }
        for minute, how in enumerate(NAMES)
    }


def test_the_servers_clock_counts_and_not_the_senders(box: Box) -> None:
    box.put(
        mail(
            attached(report("甲"), "attachment; filename=a.csv"),
            headers="Date: Mon, 1 Jan 2001 00:00:00 +0800\r\n",
        )
    )
    assert box.run(now=datetime(2020, 12, 1, tzinfo=UTC))[0]["received_at"] == datetime(2020, 11, 9, 12)


def test_each_mail_is_taken_in_once_and_moved_away(box: Box) -> None:
    box.put(mail(attached(report("甲"), "attachment; filename=a.csv")))
    assert len(box.run()) == 1
    assert box.client.select_folder("INBOX")[b"EXISTS"] == 0
    assert box.client.select_folder("已收")[b"EXISTS"] == 1
    box.put(mail(attached(report("乙"), "attachment; filename=b.csv")), datetime(2020, 11, 9, 5, tzinfo=UTC))
    later = box.run(now=datetime(2020, 11, 9, 6, tzinfo=UTC))
    assert [one["name"] for one in later] == ["a.csv", "b.csv"]
    journal = (box.home.archive / "receipts" / f"{box.notice.id}.jsonl").read_text()
    assert journal.count('"record":"receipt"') == 2
    assert "sender@example.org" in journal


def test_the_same_bytes_in_two_mails_count_once(box: Box) -> None:
    for _ in range(2):
        box.put(mail(attached(report("甲"), "attachment; filename=a.csv")))
    assert [one["state"] for one in box.run()] == ["accepted", "duplicate"]


def test_the_same_file_by_mail_and_in_a_folder_counts_once(box: Box, tmp_path: Path) -> None:
    shared = FolderSource(id="shared", kind="folder", path="收件", line="education")
    box.notice = box.notice.model_copy(update={"sources": (*box.notice.sources, shared)})
    path = tmp_path / "inbox" / "收件" / UNIT / "日报.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(report("甲"))
    box.put(mail(attached(report("甲"), "attachment; filename=a.csv")))
    found = box.run(inbox=tmp_path / "inbox")
    assert sorted(one["state"] for one in found) == ["accepted", "duplicate"]


def test_forwarded_mails_and_several_units_in_one(box: Box) -> None:
    inner = mail(attached(report("甲"), "attachment; filename=a.csv"), boundary="=_inner").decode()
    box.put(
        mail(
            "Content-Type: text/plain\r\n\r\nforwarded",
            f"Content-Type: message/rfc822\r\n\r\n{inner}",
            attached(report("乙", unit="青岛市教育局"), "attachment; filename=b.csv"),
        )
    )
    assert [(one["name"], one["recipient"]) for one in box.run()] == [
        ("a.csv", UNIT),
        ("b.csv", "青岛市教育局"),
    ]


def test_pictures_in_the_letter_are_no_submissions(box: Box) -> None:
    picture = "Content-Type: image/png\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo="
    box.put(
        mail(
            "Content-Type: text/html\r\n\r\n<img src=cid:logo>",
            picture,
            attached(report("甲"), "attachment; filename=a.csv"),
        )
    )
    assert [one["name"] for one in box.run()] == ["a.csv"]


def test_automatic_answers_submit_nothing(box: Box) -> None:
    for number, header in enumerate(
        ("Auto-Submitted: auto-replied", "X-Autoreply: yes", "Precedence: auto_reply")
    ):
        box.put(mail(attached(report(f"第{number}"), "attachment; filename=a.csv"), headers=f"{header}\r\n"))
    assert [one["state"] for one in box.run()] == ["ignored"] * 3


def test_large_attachments_of_chinese_providers_are_asked_for(box: Box) -> None:
    link = "https://mail.163.com/large-attachment-download/index.html?p=X-NETEASE&amp;file=abc"
    box.put(mail(f'Content-Type: text/html; charset=gbk\r\n\r\n<b>163</b> <a href="{link}">video.mp4</a>'))
    (one,) = box.run()
    assert (one["name"], one["state"], one["reason"]) == ("video.mp4", "rejected", "link_only")


def test_one_bad_mail_costs_itself_only(box: Box) -> None:
    box.put(
        b"Content-Type: multipart/mixed; boundary=\r\nSubject: \xff\xfe\r\n\r\n--\r\n\xff\x00" + b"\xbc" * 100
    )
    box.put(mail(attached(report("甲"), "attachment; filename=a.csv")))
    assert [one["state"] for one in box.run()].count("accepted") == 1


def test_a_mailbox_that_is_down_is_an_error_of_the_run_and_the_next_one_catches_up(box: Box) -> None:
    box.put(mail(attached(report("甲"), "attachment; filename=a.csv")))
    good = box.connection
    box.connection = Connection(
        "test_imap", "imap", "127.0.0.1", 1, LOGIN, PASSWORD, extra={"use_ssl": False}
    )
    with pytest.raises(NoticesError, match="授权码") as raised:
        box.run()
    assert PASSWORD not in str(raised.value)
    box.connection = good
    assert [one["state"] for one in box.run()] == ["accepted"]
