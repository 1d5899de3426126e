"""A mail's bytes -> its parts: attachments, those of mails inside it, tables in its text, and links to large files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import InvalidBase64LengthDefect
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

import lxml.etree
import lxml.html

from pipelines.read.findings import FileRejected, unreadable, unsafe_archive
from pipelines.read.open.saved_page import part_text
from pipelines.read.opening import opening
from pipelines.read.pack.headers import file_name, sender, subject
from pipelines.read.pack.typed import typed_tables
from pipelines.read.pack.wrapped import unwrap

DEPTH = 5
"""Mails inside mails: what is forwarded of what was forwarded."""
_END = r"[^\s\"'<>）】]*"
_KEPT = {
    "超大附件": (
        r"mail\.163\.com/large-attachment-download|fs\.163\.com/fs/display|(?:[\w-]+\.)?aliyun\.com/alimail/openLinks/|dashi\.163\.com/html/cloud-attachment-download|"
        r"i?wx\.mail\.qq\.com/ftn|mail\.qq\.com/cgi-bin/ftnExs_download|"
        r"(?:[\w-]+\.)?exmail\.qq\.com/(?:cgi-bin/ftnExs_|ftn/)|mail\.sina\.com\.cn/filecenter/download"
    ),
    "网盘文件": (
        r"pan\.baidu\.com/(?:s/|share/)|pan\.quark\.cn/s/|(?:www\.)?123(?:pan|684|865|912|592)\.(?:com|cn)/s/|"
        r"cloud\.189\.cn/(?:t/|web/share)|(?:www\.)?(?:alipan|aliyundrive)\.com/s/|share\.weiyun\.com/|"
        r"caiyun\.139\.com/|(?:www\.)?wenshushu\.cn/|115\.com/s/|(?:[\w-]+\.)?lanzou\w?\.com/"
    ),
    "在线文档": (
        r"(?:www\.)?kdocs\.cn/(?:l|view|p)/|docs\.qq\.com/(?:sheet|doc|pdf|slide|smartsheet|s/)|"
        r"doc\.weixin\.qq\.com/(?:sheet|doc|smartsheet)|[\w-]+\.feishu\.cn/(?:sheets|docx?|file|wiki|base)/|"
        r"shimo\.im/(?:sheets|docs|docx|file)/|365\.kdocs\.cn/"
    ),
}
"""What a link leads to -> where such links begin. A form to be filled in is none of them: it submits by itself."""
_LARGE = re.compile(rf"https?://(?:{'|'.join(_KEPT.values())}){_END}", re.I)
_KINDS = {kind: re.compile(rf"https?://(?:{places})", re.I) for kind, places in _KEPT.items()}
_KEPT_WORDS = re.compile(r"超大附件|云附件|大附件|文件中转站")
_EXPIRY = re.compile(r"到期|过期|有效期|失效")
"""Every provider says until when it keeps a file: by both words one is known whose links are not."""
_FILE = re.compile(r"\.(?:xlsx?|xlsm|et|csv|ods|docx?|wps|pdf|pptx?|zip|rar|7z|jpe?g|png|mp4|mov)\b", re.I)
_FORWARDED = re.compile(r"^\s*(?:转发|轉寄|fwd?)\s*[:：]", re.I)
_QUOTED_SENDER = re.compile(
    r"^[ \t>*|]*(?:\*{0,2})(?:发件人|寄件人|寄件者|From)\**\s*[:：][^\n]{0,200}?([\w.+-]+@[\w-]+(?:\.[\w-]+)+)",
    re.I | re.M,
)
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
"""What proves who wrote a mail, and submits nothing."""
_SIGNATURE_NAME = re.compile(r"(?:^|/)(?:smime\.p7s|signature\.asc)$", re.I)
_CODED = frozenset({"base64", "quoted-printable"})
MOST_QUOTED = 5
"""Senders of mails quoted in a forwarded one that are looked at."""


@dataclass(frozen=True)
class Part:
    """Something that a mail brought. `name` is None for the text of a mail itself."""

    name: str | None
    content: bytes
    senders: tuple[str, ...]
    """Whose mail it was in, the innermost first."""
    rejection: FileRejected | None = None
    is_page: bool = False
    """The tables in the text of a mail that was forwarded with this one; `name` is what that mail is called."""


def parse(content: bytes) -> Message:
    """Raises FileRejected for parts inside parts inside parts, without an end."""
    with opening(unreadable("邮件层层嵌套或已损坏，无法读取。请把文件直接作为附件发送")):
        return BytesParser(policy=compat32).parsebytes(content)


def parts(message: Message) -> Iterator[Part]:
    """What a mail brought, in its order: first the tables in its own text."""
    yield from _letter(message, None, (), 1)
    for name, kind in _large_attachments(message):
        yield Part(name, b"", (*quoted_senders(message), sender(message)), link_only(name, kind))


def link_only(name: str, kind: str = "超大附件") -> FileRejected:
    if kind == "在线文档":
        return FileRejected(
            "link_only",
            f"“{name}”是在线文档的链接，邮件里没有文件，内容以后还会变。请在在线文档里“导出”或“下载”成 xlsx、docx，作为附件重新发送",
        )
    if kind == "网盘文件":
        return FileRejected(
            "link_only",
            f"“{name}”是网盘的链接，邮件里没有文件，链接会过期。请把文件作为附件重新发送，或放入共享文件夹",
        )
    return FileRejected(
        "link_only",
        f"“{name}”是邮箱的超大附件，邮件里只有下载链接，没有文件，链接会过期。请压缩后作为普通附件重新发送，或放入共享文件夹",
    )


def _letter(message: Message, name: str | None, outer: tuple[str, ...], depth: int) -> Iterator[Part]:
    """One mail: the page in its text, then what is attached to it."""
    own = sender(message)
    senders = (*quoted_senders(message), *((own,) if own else ()), *outer)
    if depth > DEPTH:
        too_deep = unsafe_archive(f"邮件里套了超过 {DEPTH} 层转发的邮件。请把文件直接作为附件发送")
        yield Part(name or "转发的邮件.eml", b"", senders, too_deep)
        return
    said = _Said()
    attached = list(_attached(message, said, senders, depth))
    pages = said.pages or [typed_tables("\n".join(said.texts))]
    # Tables laid out for looks are told from reported ones by their headers, as in any page.
    if any("<table" in page.lower() for page in pages):
        content = "\n".join(pages).encode("utf-8", "replace")
        yield Part(name, b"\xef\xbb\xbf" + content, senders, is_page=True)
    yield from attached


@dataclass
class _Said:
    """A letter's own text, which may be there twice: as pages, and without their looks."""

    pages: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def _attached(message: Message, said: _Said, senders: tuple[str, ...], depth: int) -> Iterator[Part]:
    """Everything attached; what the letter itself says goes into `said`, its pictures are left."""
    kind = message.get_content_type()
    if (
        kind == "multipart/encrypted"
        or kind in _SEALED
        or (file_name(message) or "").lower().endswith(".p7m")
    ):
        yield _sealed(message, senders)
        return
    if kind in _SIGNATURES or _SIGNATURE_NAME.search(file_name(message) or ""):
        return
    if kind == "message/rfc822" or message.is_multipart():
        for inner in message.get_payload():
            if isinstance(inner, Message) and kind == "message/rfc822":
                inner = _uncoded(message, inner)
                title = file_name(message) or f"{subject(inner) or '转发的邮件'}.eml"
                yield from _letter(inner, title, senders, depth + 1)
            elif isinstance(inner, Message):
                yield from _attached(inner, said, senders, depth)
        return
    name, content = file_name(message), message.get_payload(decode=True)
    if not isinstance(content, bytes):
        return
    if any(isinstance(one, InvalidBase64LengthDefect) for one in message.defects):
        broken = unreadable("附件在信里不完整，读不出来，可能没有传完。请重新发送")
        yield Part(name or f"附件.{message.get_content_subtype()}", b"", senders, broken)
        return
    if kind == "application/ms-tnef" or (name or "").lower() == "winmail.dat":
        try:
            for inner_name, data in unwrap(content, name or "winmail.dat"):
                yield Part(inner_name, data, senders)
        except FileRejected as rejection:
            yield Part(name or "winmail.dat", content, senders, rejection)
    elif _is_own(message, name):
        if kind in ("text/html", "text/plain"):
            (said.pages if kind == "text/html" else said.texts).append(part_text(message))
    elif (name or "").lower().endswith(".eml"):
        yield from _letter(parse(content), name, senders, depth + 1)
    else:
        yield Part(name or f"附件.{message.get_content_subtype()}", content, senders)


def _uncoded(outer: Message, inner: Message) -> Message:
    """A mail in a mail as it was: some programs code it as they do files, against the rule, and then it reads as text."""
    coding = str(outer.get("Content-Transfer-Encoding") or "").strip().lower()
    if coding not in _CODED or inner.keys():
        return inner
    holder = Message()
    holder["Content-Transfer-Encoding"] = coding
    holder.set_payload(str(inner.get_payload()))
    content = holder.get_payload(decode=True)
    return parse(content) if isinstance(content, bytes) else inner


def _is_own(message: Message, name: str | None) -> bool:
    """Whether a part is the letter's own text, or a picture in it."""
    is_attached = message.get_content_disposition() == "attachment"
    is_text = message.get_content_maintype() == "text" and name is None
    is_picture = message.get_content_maintype() == "image" and "Content-ID" in message
    return not is_attached and (is_text or is_picture)


def _sealed(message: Message, senders: tuple[str, ...]) -> Part:
    """A part that was encrypted, or signed in a way that wraps up what it signs."""
    name, way = file_name(message), str(message.get_param("smime-type") or "").lower()
    if message.get_content_type() == "multipart/encrypted" or way.startswith(("enveloped", "authenveloped")):
        said = "邮件加了密，里面的内容和附件读不出来。请不要加密，重新发送"
        return Part(name or "加密的邮件", b"", senders, FileRejected("encrypted", said))
    said = "邮件的数字签名把内容和附件都包了起来，读不出来。请去掉数字签名（或改用明文签名）和加密，重新发送"
    return Part(name or "smime.p7m", b"", senders, unreadable(said))


def quoted_senders(message: Message) -> tuple[str, ...]:
    """Whose a mail was before it was forwarded within its text, the first of them first; nobody's where it was not."""
    if not _FORWARDED.match(subject(message)):
        return ()
    for part in message.walk():
        if part.get_content_maintype() == "text" and not file_name(part):
            text = part_text(part)
            if part.get_content_subtype() == "html":
                text = _as_lines(text)
            if found := [one.lower() for one in _QUOTED_SENDER.findall(text)][:MOST_QUOTED]:
                return tuple(reversed(found))
    return ()


def _as_lines(page: str) -> str:
    """A page's text, a line for each block."""
    try:
        root = lxml.html.document_fromstring(
            re.sub(r"<(?:br|/p|/div|/tr)\b[^>]{0,200}>", "\n", page, flags=re.I)
        )
    except (lxml.etree.LxmlError, ValueError):
        return ""
    return "".join(map(str, root.itertext()))


def _large_attachments(message: Message) -> list[tuple[str, str]]:
    """Names and kinds of files that somebody else's server keeps, in the order of the letter."""
    found: dict[str, str] = {}
    for part in message.walk():
        if part.get_content_maintype() != "text" or file_name(part):
            continue
        text = part_text(part)
        is_kept = bool(_KEPT_WORDS.search(text) and _EXPIRY.search(text))
        if not (is_kept or _LARGE.search(text)):
            continue
        for link, shown in _anchors(text):
            is_name = bool(shown) and not shown.startswith("http") and "下载" not in shown
            is_file = is_kept and bool(_FILE.search(shown)) and link.startswith("http")
            if (is_file or _LARGE.match(link)) and (is_name or link not in found):
                found[link] = shown if is_name else _kind(link)
        for link in _LARGE.findall(text):
            found.setdefault(link.replace("&amp;", "&"), _kind(link))
    return list(dict.fromkeys((name, _kind(link)) for link, name in found.items()))


def _kind(link: str) -> str:
    return next((kind for kind, places in _KINDS.items() if places.match(link)), "超大附件")


def _anchors(text: str) -> list[tuple[str, str]]:
    """Address and text of each link in a page; none where it is no page."""
    try:
        root = lxml.html.document_fromstring(text)
    except (lxml.etree.LxmlError, ValueError):
        return []
    return [
        (str(one.get("href", "")).strip(), " ".join("".join(map(str, one.itertext())).split()))
        for one in root.iter("a")
    ]
