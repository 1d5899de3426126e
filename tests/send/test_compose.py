"""Messages as their readers' programs take them apart: Chinese names, nothing injected, the same bytes each time."""

import email
import os
import re
import subprocess
import sys
from datetime import datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32, default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.send.compose import File, Mail, compose, fill, mail_key, safe_name
from pipelines.send.letter import Letter, Picture, Table
from pipelines.send.mailbox import Mailbox, parse_mailbox
from tests.send.letters import letter

ROOT = Path(__file__).parents[2]
SENDER = Mailbox("活动周工作组", "notices@example.org")
AT = datetime(2020, 11, 9, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
LONG_NAME = "2020年山东省职业教育活动周参与情况通报（第三期）附件二：各市各校参与和报送情况明细表.xlsx"


def travel(mail: Mail) -> bytes:
    """The mail as bytes on the wire."""
    blobs = {file.sha256: file.content for file in mail.files}
    key = mail_key("n", mail)
    return fill(compose(key, mail, SENDER, Mailbox("", "office@example.org"), AT, "n"), blobs.__getitem__)


def body_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body((kind,))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


def read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=default)


NAMES = [
    "bulletin.docx",
    "通报.docx",
    LONG_NAME,
    "报表 (1)'%.csv",
    "𠮷林.png",
    "a" * 98 + ".x",
    "=?UTF-8?B?YQ==?=.txt",
]


@pytest.mark.parametrize("name", NAMES)
def test_attachment_names(name: str) -> None:
    """By the standard, and as QQ and older Foxmail and Outlook look for it: RFC 2047 in Content-Type's `name`."""
    content = travel(letter(files=(File(name, b"\x00\xff" * 500),)))
    expected = safe_name(name)
    (part,) = read(content).iter_attachments()
    assert part.get_filename() == expected
    assert part.get_content() == b"\x00\xff" * 500 or part.get_content_maintype() == "text"
    assert not part.defects
    old = [one for one in email.message_from_bytes(content, policy=compat32).walk() if one.get_filename()]
    assert len(old) == 1
    fallback = old[0].get_param("name")
    assert isinstance(fallback, str)
    if not expected.isascii():
        assert str(make_header(decode_header(re.sub(r"\s+", " ", fallback)))) == expected


def test_a_long_content_type_is_left_alone() -> None:
    (part,) = read(travel(letter(files=(File("通报.docx", b""),)))).iter_attachments()
    assert (
        part.get_content_type() == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    )


def test_parts() -> None:
    pictures = (File("map.png", b"png", "inline"), File("曲线 1.png", b"curve", "inline"))
    mail = letter(
        text="甲\n乙", html="<p>甲</p><img src='cid:map.png'>", files=(*pictures, File("通报.docx", b"d"), File("表.xlsx", b"x"))
    )  # fmt: skip
    message = read(travel(mail))
    assert [part.get_content_type().split(".")[0] for part in message.walk()] == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html"),
        *("image/png", "image/png", "application/vnd", "application/vnd"),
    ]
    assert body_of(message) == "甲\n乙\n"
    assert "cid:map.png" in body_of(message, "html")
    inline = [part for part in message.walk() if part.get_content_disposition() == "inline"]
    assert [part["Content-ID"] for part in inline] == ["<map.png>", "<%E6%9B%B2%E7%BA%BF%201.png>"]
    assert [part.get_content() for part in inline] == [b"png", b"curve"]
    assert [part.get_filename() for part in message.iter_attachments()] == ["通报.docx", "表.xlsx"]
    assert message["Date"].datetime == AT
    assert message["Reply-To"] == "office@example.org"
    assert not [part.defects for part in message.walk() if part.defects]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({"html": "", "files": ()}, "text/plain"), ({"files": ()}, "multipart/alternative"), ({"html": ""}, "multipart/mixed")],
    ids=["text", "text_and_html", "text_and_file"],
)  # fmt: skip
def test_no_part_too_many(changes: dict[str, object], kind: str) -> None:
    message = read(travel(letter(**changes)))
    assert message.get_content_type() == kind
    assert body_of(message) == "请于今日报送。\n"


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_mail_is_the_same_bytes_in_any_process(seed: str) -> None:
    code = (
        "import sys; from tests.send import test_compose as t; sys.stdout.buffer.write(t.travel(t.letter()))"
    )
    env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, check=True
    ).stdout == travel(letter())


def test_key_depends_on_which_mail_it_is_and_on_nothing_else() -> None:
    base = mail_key("n", letter())
    assert base == mail_key(
        "n", letter(subject="x", text="y", html="", files=(), to=Mailbox("z", "z@example.org"))
    )
    others = [
        mail_key("m", letter()),
        *(mail_key("n", letter(**{name: "other"})) for name in ("purpose", "recipient", "what", "member")),
        mail_key("n", letter(purpose="a", recipient="bc")),
        mail_key("n", letter(purpose="ab", recipient="c")),
    ]
    assert len({base, *others}) == 8


def test_answers_go_to_whoever_can_answer_and_one_matter_is_one_conversation() -> None:
    desk = Mailbox("职教处", "desk@example.org")
    first, second, other = (
        read(travel(letter(thread=thread, what=what, reply_to=desk)))
        for thread, what in (("reporting", "1"), ("reporting", "2"), ("bulletins", "1"))
    )
    assert first["Reply-To"].addresses[0].addr_spec == "desk@example.org"
    assert first["References"] == first["In-Reply-To"] == second["References"] != other["References"]
    assert first["Message-ID"] != second["Message-ID"]
    assert read(travel(letter(number=2, thread="reporting")))["References"] != first["References"]


def test_whoever_gets_a_circular_can_leave_the_list() -> None:
    message = read(travel(letter(is_circular=True)))
    assert message["List-Unsubscribe"] == "<mailto:office@example.org?subject=unsubscribe%20n>"
    assert read(travel(letter()))["List-Unsubscribe"] is None


def test_a_wide_table_is_a_card_a_row() -> None:
    """On a phone of 360 pixels three columns are a word wide."""
    found = Letter("题", "甲", (Table(("单位", "事项", "截止"), (("甲校", "", "11月9日"),), "还要报"),)).html
    assert "<table" not in found
    assert "<strong>甲校</strong>" in found
    assert "截止：</span>11月9日" in found
    assert "事项" not in found, "what says nothing is left out"


def test_message_id_is_the_key_at_the_senders_domain() -> None:
    assert read(travel(letter()))["Message-ID"] == f"<{mail_key('n', letter())}@example.org>"


NASTY = {
    "line_end": "甲\r\nBcc: x@example.org",
    "bare_cr": "a\rBcc: x@example.org",
    "bare_lf": "a\nBcc: x@example.org",
    "unicode_line_end": "a\u2028Bcc: x@example.org\u2029\x85\x0b\x0c",
    "nul": "a\x00b",
    "empty_line": "a\r\n\r\n<b>body</b>",
    "encoded_line_end": "=?utf-8?B?YQ0KQmNjOiB4QGV4YW1wbGUub3Jn?=",
    "direction": "abc\u202ecod.exe",
    "surrogate": "a\udce4b",
    "quotes": '"甲" <x@example.org>, "乙" <y@example.org>; \\',
    "very_long": "很长的标题" * 200,
    "long_word": "x" * 2000,
}


@pytest.mark.parametrize("case", NASTY)
def test_nothing_is_injected(case: str) -> None:
    text = NASTY[case]
    mail = letter(
        subject=text, text=text, html=text, to=Mailbox(text, "unit@example.org"), files=(File(text, b"x"),)
    )
    content = travel(mail)
    head, _, _ = content.partition(b"\r\n\r\n")
    names = [line.split(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert names == ["Date", "From", "To", "Reply-To", "Subject", "Message-ID", "Auto-Submitted", "X-Notices",
                     "MIME-Version", "Content-Type"]  # fmt: skip
    assert content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    message = read(content)
    assert [one.addr_spec for one in message["To"].addresses] == ["unit@example.org"]
    assert len(list(message.iter_attachments())) == 1
    assert message["Bcc"] is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_text_becomes_a_header_or_a_part(subject: str, name: str, body: str) -> None:
    mail = letter(
        subject=subject,
        text=body,
        html=f"<p>{body}",
        to=Mailbox(name, "unit@example.org"),
        files=(File(name, b"x"),),
    )
    message = read(travel(mail))
    assert len(message.keys()) == 10
    assert [one.addr_spec for one in message["To"].addresses] == ["unit@example.org"]
    assert len(list(message.walk())) == 5


def test_text_that_looks_like_the_place_of_a_file_is_text() -> None:
    line = f"notices-blob:{'0' * 64}"
    assert body_of(read(travel(letter(text=f"a\n{line}\n.\n", subject=line)))) == f"a\n{line}\n.\n"


ADDRESSES = {
    "zhang@example.org": "zhang@example.org",
    "  zhang@example.org\n": "zhang@example.org",
    "ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｏｒｇ": "zhang@example.org",
    "a@例子.example.com": "a@xn--fsqu00a.example.com",
    "张@example.org": None,
    "zhang": None,
    "zhang@example": None,
    "zhang@example.org,li@example.org": None,
    "zhang@example.org\r\nBcc: x@example.org": None,
    "zhang@example.org\x00": None,
    "<zhang@example.org>": None,
    "a@[127.0.0.1]": None,
    "": None,
    None: None,
}


@pytest.mark.parametrize("text", ADDRESSES)
def test_addresses(text: str | None) -> None:
    found = parse_mailbox(text)
    assert (found.address if found else None) == ADDRESSES[text]


def test_letter_says_the_same_twice() -> None:
    found = Letter(
        "催报 <1>",
        "某市教育局",
        (
            "请报送：",
            Table(("事项", "截止"), (("材料", "11月9日"), ("<b>总结</b>", "")), "尚欠"),
            Picture("map.png", "各市地图"),
        ),
        ("工作组", "2020年11月9日"),
    )
    assert found.text == (
        "催报 <1>\n\n某市教育局：\n\n请报送：\n\n尚欠\n1. 事项：材料；截止：11月9日\n2. 事项：<b>总结</b>\n\n[图：各市地图]\n\n工作组\n2020年11月9日\n"
    )
    assert "<b>" not in found.html
    assert "&lt;b&gt;总结" in found.html
    assert 'src="cid:map.png" alt="各市地图"' in found.html
    assert "width=device-width" in found.html


@given(
    st.lists(
        st.sampled_from(["收到", " 13 件", "报送，", "10月 ", " a", "b ", "【2020 年】"]),
        min_size=12,
        max_size=30,
    )
)
@settings(max_examples=100)
def test_a_subject_keeps_its_blanks_however_long_it_is(parts: list[str]) -> None:
    subject = " ".join("".join(parts).split())
    content = travel(letter(subject=subject))
    assert email.message_from_bytes(content, policy=default)["Subject"] == subject
    assert (
        str(make_header(decode_header(email.message_from_bytes(content, policy=compat32)["Subject"])))
        == subject
    )
    head = content.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78
