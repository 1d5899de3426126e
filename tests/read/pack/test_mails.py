"""Mails -> attachments, the tables in their text, and what mails inside them brought."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from pipelines.ground.settings import Settings
from pipelines.read.open import detect_format, open_grid
from pipelines.read.pack import Member, read_mail, unpack
from tests.read.open.files import zipped

PAGE = "<div>你好</div><table><tr><td>标题</td><td>甲</td></tr></table>"


def letter(
    sender: str, text: str = "见附件", page: str = "", **attached: bytes | EmailMessage
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = (
        sender,
        "b@example.cn",
        "日报",
        "<1@example.cn>",
    )
    mail.set_content(text)
    if page:
        mail.add_alternative(page, subtype="html")
    for name, content in attached.items():
        if isinstance(content, bytes):
            mail.add_attachment(content, "application", "octet-stream", filename=name.replace("_", "."))
        else:
            mail.add_attachment(content)
    return mail


def members(mail: EmailMessage) -> list[Member]:
    return list(unpack(mail.as_bytes(policy=SMTP), Settings(), "mail"))


def paths(found: list[Member]) -> list[tuple[str, tuple[str, ...]]]:
    return [("!".join(one.names), one.senders) for one in found]


def test_attachments_are_members_and_an_archive_among_them_is_opened() -> None:
    found = members(letter("a@example.cn", 日报_xlsx=b"1", 包_zip=zipped({"x.txt": "2"})))
    assert paths(found) == [("日报.xlsx", ("a@example.cn",)), ("包.zip!x.txt", ("a@example.cn",))]
    assert [one.content for one in found] == [b"1", b"2"]


def test_a_table_in_the_text_has_the_mails_own_path() -> None:
    (body,) = members(letter("单位 <A@Example.cn>", page=PAGE))
    assert (body.names, body.is_body, body.senders) == ((), True, ("a@example.cn",))
    (sheet,) = open_grid(body.content, "html", Settings()).sheets
    assert (sheet.name, sheet.rows, sheet.above) == ("表1", [["标题", "甲"]], ["你好"])


def test_a_page_without_a_table_and_plain_text_are_no_table() -> None:
    (whole,) = members(letter("a@example.cn", text="标题,甲\n日期,乙", page="<p>你好</p>"))
    assert (whole.names, whole.is_body, whole.rejection) == ((), False, None)


def test_a_mail_inside_an_archive_is_opened() -> None:
    inner = letter("a@example.cn", page=PAGE, 日报_xlsx=b"1").as_bytes(policy=SMTP)
    found = list(unpack(zipped({"m.eml": inner, "n.txt": "2"}), Settings()))
    assert [("!".join(one.names), one.is_body) for one in found] == [
        ("m.eml", True), ("m.eml!日报.xlsx", False), ("n.txt", False),
    ]  # fmt: skip


def test_a_forwarded_mail_is_the_inner_senders_first() -> None:
    inner = letter("inner@example.cn", page=PAGE, 日报_xlsx=b"1")
    found = members(letter("outer@example.cn", m=inner, 说明_txt=b"2"))
    assert paths(found) == [
        ("日报.eml", ("inner@example.cn", "outer@example.cn")),
        ("日报.xlsx", ("inner@example.cn", "outer@example.cn")),
        ("说明.txt", ("outer@example.cn",)),
    ]
    assert [one.is_body for one in found] == [True, False, False]


def test_mails_inside_mails_without_end_are_unsafe() -> None:
    mail = letter("a@example.cn", 日报_xlsx=b"1")
    for _ in range(7):
        mail = letter("a@example.cn", m=mail)
    (whole,) = members(mail)
    assert whole.rejection is not None
    assert whole.rejection.reason == "unsafe_archive"


def test_deep_parts_cost_the_mail_alone() -> None:
    head = b"From: a@example.cn\nTo: b@example.cn\nSubject: x\n"
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (at, at) for at in range(3000)
    )
    found = list(unpack(zipped({"m.eml": head + deep, "n.txt": "1"}), Settings()))
    assert [one.names for one in found] == [("m.eml",), ("n.txt",)]


def test_what_a_machine_wrote_submits_nothing() -> None:
    mail = letter("a@example.cn", 日报_xlsx=b"1")
    mail["Auto-Submitted"] = "auto-replied"
    (whole,) = members(mail)
    assert (whole.names, whole.is_automatic) == ((), True)
    assert read_mail(mail.as_bytes(), Settings()).is_automatic


def test_links_to_large_files_are_told() -> None:
    mail = letter(
        "a@example.cn",
        page="<a href='https://mail.163.com/large-attachment-download/?k=1&amp;b=2'>日报 11月.zip</a>",
    )
    found = read_mail(mail.as_bytes(policy=SMTP), Settings())
    assert [("!".join(one.names), one.rejection and one.rejection.reason) for one in found.members] == [
        ("日报 11月.zip", "link_only")
    ]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<a href='https://pan.baidu.com/s/1'>" * 20_000, id="links that never end"),
        pytest.param("<a " * 100_000 + "https://pan.baidu.com/s/1", id="links that never begin"),
    ],
)
def test_odd_pages_cost_their_size(page) -> None:
    found = read_mail(letter("a@example.cn", page=page).as_bytes(policy=SMTP), Settings())
    assert [one.rejection and one.rejection.reason for one in found.members] == ["link_only"]


def test_a_mail_is_told_by_its_bytes() -> None:
    assert detect_format(letter("a@example.cn").as_bytes(), "信.txt") == "mail"
