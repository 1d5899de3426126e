"""Mails -> attachments, the tables in their text, and what mails inside them brought."""

import struct
from base64 import b64encode
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


LINKS = {
    "kdocs": ("https://www.kdocs.cn/l/cabc123", "在线文档"),
    "docs.qq": ("https://docs.qq.com/sheet/DABC?tab=x", "在线文档"),
    "企业微信文档": ("https://doc.weixin.qq.com/sheet/e3_AB", "在线文档"),
    "aliyun": ("https://qiye.aliyun.com/alimail/openLinks/downloadMimeMetaDetail?id=1", "超大附件"),
    "exmail": ("https://exmail.qq.com/cgi-bin/ftnExs_download?k=1&code=2", "超大附件"),
    "123pan": ("https://www.123pan.com/s/abc-1.html", "网盘"),
    "quark": ("https://pan.quark.cn/s/0a1b", "网盘"),
    "baidu": ("https://pan.baidu.com/s/1abc?pwd=1234", "网盘"),
}


@pytest.mark.parametrize(("link", "said"), LINKS.values(), ids=LINKS)
def test_a_link_without_a_file_is_asked_back_as_what_it_is(link: str, said: str) -> None:
    mail = letter("a@example.cn", text=f"材料见 {link} 请查收")
    (found,) = read_mail(mail.as_bytes(policy=SMTP), Settings()).members
    assert found.rejection is not None
    assert found.rejection.reason == "link_only"
    assert said in found.rejection.sentence


@pytest.mark.parametrize(
    "link",
    ["https://docs.qq.com/form/page/DABC", "https://www.example.cn/s/1", "https://kdocs.cn.example.org/l/1"],
)
def test_other_links_ask_for_nothing(link: str) -> None:
    (found,) = members(letter("a@example.cn", text=f"见 {link}"))
    assert found.rejection is None


QUOTED = {
    "text": {"text": "请收\n\n-----原始邮件-----\n发件人: 某局 <inner@example.cn>\n主题: 日报"},
    "page": {"page": "<p>请收</p><div>发件人：<b>某局</b> &lt;Inner@example.cn&gt;<br>主题：日报</div>"},
}


@pytest.mark.parametrize("quoted", QUOTED.values(), ids=QUOTED)
@pytest.mark.parametrize(
    ("subject", "senders"),
    [
        ("转发：日报", ("inner@example.cn", "outer@example.cn")),
        ("Fwd: x", ("inner@example.cn", "outer@example.cn")),
        ("回复：日报", ("outer@example.cn",)),
    ],
)
def test_a_mail_forwarded_in_its_text_is_the_quoted_senders_first(
    quoted: dict[str, str], subject: str, senders: tuple[str, ...]
) -> None:
    mail = letter("outer@example.cn", **quoted, 日报_xlsx=b"1")
    del mail["Subject"]
    mail["Subject"] = subject
    assert paths(members(mail)) == [("日报.xlsx", senders)]


def wrapped(name: bytes, content: bytes) -> bytes:
    """A winmail.dat as Outlook makes one, the name in the sender's charset."""

    def thing(level: int, number: int, data: bytes) -> bytes:
        return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    begin = struct.pack("<IH", 0x223E9F78, 1) + thing(1, 0x00089006, struct.pack("<I", 0x10000))
    page = thing(1, 0x00069007, struct.pack("<II", 936, 0)) + thing(
        2, 0x00069002, b"\x01\0" + b"\xff" * 4 + bytes(8)
    )
    return begin + page + thing(2, 0x00018010, name + b"\0") + thing(2, 0x0006800F, content)


def test_what_outlook_wrapped_up_under_a_name_in_gbk_is_unwrapped() -> None:
    mail = letter("a@example.cn")
    packed = wrapped("济南日报.csv".encode("gbk"), b"1,2\n")
    mail.add_attachment(packed, "application", "ms-tnef", filename="winmail.dat")
    assert [(one.names, one.content, one.rejection) for one in members(mail)] == [
        (("济南日报.csv",), b"1,2\n", None)
    ]


def test_a_forwarded_mail_that_was_coded_against_the_rule_is_opened() -> None:
    coded = b64encode(letter("inner@example.cn", 日报_xlsx=b"1").as_bytes(policy=SMTP)).decode()
    outer = (
        'From: outer@example.cn\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
        f"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n{coded}\r\n--b--\r\n"
    )
    found = list(unpack(outer.encode(), Settings(), "mail"))
    assert paths(found) == [("日报.xlsx", ("inner@example.cn", "outer@example.cn"))]


AUTOMATIC = {
    "163": ("自动回复:日报", {"X-AUTO-REPLY": "1"}),
    "QQ": ("自动回复：日报", {}),
    "Outlook": ("自动答复: 日报", {"X-Auto-Response-Suppress": "All"}),
    "somebody on leave": ("休假自动回复", {}),
    "in English": ("Automatic reply: 日报", {}),
    "a header alone": ("日报", {"X-Autorespond": "yes"}),
}


@pytest.mark.parametrize(("title", "headers"), AUTOMATIC.values(), ids=AUTOMATIC)
def test_an_automatic_reply_that_quotes_a_table_submits_nothing(title: str, headers: dict[str, str]) -> None:
    mail = letter("a@example.cn", page=PAGE)
    mail.replace_header("Subject", title)
    for name, value in headers.items():
        mail[name] = value
    (whole,) = members(mail)
    assert (whole.names, whole.is_automatic) == ((), True)


def test_files_under_such_a_title_and_a_wish_for_no_replies_are_submitted() -> None:
    mail = letter("a@example.cn", 日报_xlsx=b"1")
    mail.replace_header("Subject", "自动回复：日报")
    mail["X-Auto-Response-Suppress"] = "All"
    assert [one.names for one in members(mail)] == [("日报.xlsx",)]


RETURNED = {
    "163": ("Postmaster@163.com", "系统退信"),
    "QQ": ("PostMaster@qq.com", "来自qq.com的退信"),
    "Exchange": ("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org", "未送达: 日报"),
}


@pytest.mark.parametrize(("by", "title"), RETURNED.values(), ids=RETURNED)
def test_what_came_back_with_a_mail_that_did_not_arrive_is_nobodys_report(by: str, title: str) -> None:
    mail = letter(by, 原信_eml=letter("us@example.cn", 日报_xlsx=b"1").as_bytes(policy=SMTP))
    mail.replace_header("Subject", title)
    (whole,) = members(mail)
    assert (whole.names, whole.is_automatic) == ((), True)


@pytest.mark.parametrize("name", ["smime.p7s", "signature.asc"])
def test_a_signature_that_is_called_a_file_is_no_report(name: str) -> None:
    mail = letter("a@example.cn", 日报_xlsx=b"1")
    mail.add_attachment(b"0\x82", "application", "octet-stream", filename=name)
    assert [one.names for one in members(mail)] == [("日报.xlsx",)]


def test_an_attachment_whose_coding_breaks_off_is_said_to_be_broken() -> None:
    mail = letter("a@example.cn", 日报_csv=b"1" * 40)
    whole = mail.as_bytes(policy=SMTP)
    coded = b64encode(b"1" * 40)
    (found,) = unpack(whole.replace(coded, coded[:-7]), Settings(), "mail")
    assert found.names == ("日报.csv",)
    assert found.rejection is not None
    assert "不完整" in found.rejection.sentence


KEPT = "<p>云附件</p><a href='https://mail.example.edu.cn/s?func=file'>{}</a>（2020-11-30 到期）"


@pytest.mark.parametrize(("shown", "reasons"), [("日报.xlsx", ["link_only"]), ("学校首页", [None])])
def test_a_large_file_of_an_unknown_provider_is_known_by_its_words(
    shown: str, reasons: list[str | None]
) -> None:
    found = members(letter("a@example.cn", page=KEPT.format(shown)))
    assert [one.rejection and one.rejection.reason for one in found] == reasons


TYPED = "填报单位：某局\n日期\t标题\t类型\n11月9日\t甲<乙\t稿件\n\n谢谢"


def test_a_table_in_a_letter_without_looks_is_read() -> None:
    (body,) = members(letter("a@example.cn", text=TYPED))
    (sheet,) = open_grid(body.content, "html", Settings()).sheets
    assert body.is_body
    assert sheet.rows == [["日期", "标题", "类型"], ["11月9日", "甲<乙", "稿件"]]
    assert sheet.above == ["填报单位：某局"]


@pytest.mark.parametrize(
    "text",
    [TYPED.replace("日期", "> 日期").replace("11月", "> 11月"), "日期\t标题\t类型"],
    ids=["quoted", "one line"],
)
def test_other_lines_with_tabs_are_no_table(text: str) -> None:
    (whole,) = members(letter("a@example.cn", text=text))
    assert not whole.is_body
