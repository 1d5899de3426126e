"""Mail that came back: reports as servers write them, and what only looks like one."""

from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from imapclient import IMAPClient

from pipelines.ground.home import Home
from pipelines.notice.mail import Bounces
from pipelines.send.bounces import read_bounce, settle_bounces
from pipelines.send.outbox import Outbox
from pipelines.send.records import State
from tests.collect.servers import LOGIN, PASSWORD, imap_server
from tests.send.letters import NOON, letter

OURS = "<0123abcd@example.org>"


def returned() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "notices@example.org", "unit@example.org", OURS
    mail.set_content("请于今日报送。")
    return mail


def report(action: str, status: str, said: str = "", *, kind: str = "delivery-status") -> bytes:
    whole = MIMEMultipart("report", **{"report-type": kind})
    whole["From"], whole["Subject"] = "MAILER-DAEMON@mx.example.org", "Delivery Status Notification"
    whole["Message-ID"] = "<report@mx.example.org>"
    whole.attach(MIMEText("This is the mail system.", "plain", "utf-8"))
    machine = EmailMessage()
    machine.set_type("message/delivery-status")
    about, one = EmailMessage(), EmailMessage()
    about["Reporting-MTA"] = "dns; mx.example.org"
    one["Final-Recipient"], one["Action"], one["Status"] = "rfc822; unit@example.org", action, status
    if said:
        one["Diagnostic-Code"] = f"smtp; {said}"
    machine.set_payload([about, one])
    whole.attach(machine)
    whole.attach(MIMEMessage(returned()))
    return whole.as_bytes()


def page(sender: str, title: str, body: str, *, charset: str = "gb18030", keep: bool = True) -> bytes:
    """A provider's own words, with our mail behind them or only its number in the page."""
    whole = MIMEMultipart("mixed")
    whole["From"], whole["Subject"], whole["Message-ID"] = sender, title, "<p@mail.example.cn>"
    number = "" if keep else f"<p>Message-ID: {OURS.replace('<', '&lt;').replace('>', '&gt;')}</p>"
    whole.attach(MIMEText(f"<html><body>{body}{number}</body></html>", "html", charset))
    if keep:
        whole.attach(MIMEMessage(returned()))
    return whole.as_bytes()


CAME_BACK = {
    "RFC 3464": (report("failed", "5.1.1", "550 5.1.1 no such user"), "no such user"),
    "a complaint": (report("failed", "5.0.0", kind="feedback-report"), "投诉"),
    "163": (
        page(
            "Postmaster@163.com",
            "系统退信",
            "<p>抱歉，您的邮件被退回来了……</p><p>退信原因：收件人邮箱地址不存在</p>",
        ),
        "收件人邮箱地址不存在",
    ),
    "QQ": (
        page(
            "PostMaster@qq.com",
            "来自qq.com的退信",
            "<div>退信原因</div><div>收件人邮箱已满，无法接收</div>",
            charset="utf-8",
        ),
        "已满",
    ),
    "exmail, the number in the page alone": (
        page(
            "postmaster@exmail.qq.com",
            "系统退信/System bounce",
            "<td>对方服务器拒收: 550 Mail content denied</td>",
            keep=False,
        ),
        "拒收",
    ),
    "no reason": (page("postmaster@163.com", "系统退信", "<p>您的邮件没有送到。</p>"), "没有说明原因"),
}


@pytest.mark.parametrize(("content", "reason"), CAME_BACK.values(), ids=CAME_BACK)
def test_a_bounce_names_our_mail_and_why(content: bytes, reason: str) -> None:
    found = read_bounce(content)
    assert found is not None
    assert OURS in found.ids
    assert reason in found.reason


def plain(sender: str, title: str, text: str, **headers: str) -> bytes:
    mail = returned()
    del mail["From"], mail["Message-ID"]
    mail["From"], mail["Subject"], mail["In-Reply-To"] = sender, title, OURS
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


NO_BOUNCE = {
    "a success": report("delivered", "2.0.0"),
    "a delay": report("delayed", "4.4.1", "connect timed out"),
    "a delay in words": page("postmaster@qq.com", "邮件投递延迟", "<p>系统将继续投递</p>"),
    "an automatic reply": plain(
        "unit@example.org", "自动回复：催报", "您好，邮件已收到。", Auto_Submitted="auto-replied"
    ),
    "an answer that speaks of a bounce": plain(
        "unit@example.org", "回复：退信", "上次的邮件被退信了，地址不存在"
    ),
    "a newsletter of the provider": page("postmaster@163.com", "邮箱升级通知", "<p>空间不足的用户请升级</p>"),
    "no mail": b"\x00\x01\x02",
}


@pytest.mark.parametrize("content", NO_BOUNCE.values(), ids=NO_BOUNCE)
def test_what_is_no_bounce_settles_nothing(content: bytes) -> None:
    assert read_bounce(content) is None


@pytest.mark.slow
def test_bounces_in_a_mailbox_settle_the_outbox_once(make_notice, tmp_path: Path) -> None:
    home, notice = Home(tmp_path / "home"), make_notice()
    with Outbox(home.mail) as outbox:
        outbox.queue(notice, [letter(1), letter(2)], NOON.replace(tzinfo=notice.zone))
        first, second = outbox.rows()
        for row in (first, second):
            outbox.note_handing_over(row.key, "smtp", NOON)
            outbox.note_sent(row.key, NOON, "250 ok")
    with imap_server() as connection:
        client = IMAPClient(connection.host, connection.port, ssl=False)
        client.login(LOGIN, PASSWORD)
        client.append(
            "INBOX",
            report("failed", "5.1.1", "no such user").replace(OURS.encode(), first.message_id.encode()),
        )
        client.append(
            "INBOX",
            plain("u@example.org", "自动回复", "已收到").replace(OURS.encode(), second.message_id.encode()),
        )
        where = Bounces(connection="test_imap")
        assert list(settle_bounces(home, notice, where, connection, NOON)) == [first.key]
        assert settle_bounces(home, notice, where, connection, NOON) == {}
        assert client.select_folder("INBOX")[b"EXISTS"] == 2
    with Outbox(home.mail) as outbox:
        assert [row.state for row in outbox.rows()] == [State.bounced, State.sent]
        assert "no such user" in (outbox.rows()[0].error or "")
