"""A mail's bytes -> its parts: attachments, those of mails inside it, tables in its text, and links to large files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

import lxml.etree
import lxml.html
import tnefparse

from pipelines.read.findings import FileRejected, unreadable, unsafe_archive
from pipelines.read.open.saved_page import part_text
from pipelines.read.pack.headers import file_name, sender, subject

DEPTH = 5
"""Mails inside mails: what is forwarded of what was forwarded."""
_LARGE = re.compile(
    r"https?://(?:mail\.163\.com/large-attachment-download|dashi\.163\.com/html/cloud-attachment-download|"
    r"i?wx\.mail\.qq\.com/ftn|mail\.qq\.com/cgi-bin/ftnExs_download|mail\.sina\.com\.cn/filecenter/download|"
    r"pan\.baidu\.com/s/)[^\s\"'<>）】]*",
    re.I,
)


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
    try:
        return BytesParser(policy=compat32).parsebytes(content)
    except RecursionError as error:
        raise unreadable("邮件层层嵌套，无法读取。请把文件直接作为附件发送") from error


def is_automatic(message: Message) -> bool:
    """A machine's answer or a delivery failure, which submits nothing."""
    said = str(message.get("Auto-Submitted") or "no").strip().lower()
    return (
        not said.startswith("no")
        or message.get_content_type() == "multipart/report"
        or "X-Autoreply" in message
        or str(message.get("Precedence") or "").strip().lower() == "auto_reply"
    )


def parts(message: Message) -> Iterator[Part]:
    """What a mail brought, in its order: first the tables in its own text."""
    yield from _letter(message, None, (), 1)
    for name in _large_attachments(message):
        yield Part(name, b"", (sender(message),), link_only(name))


def link_only(name: str) -> FileRejected:
    return FileRejected(
        "link_only",
        f"“{name}”是邮箱的超大附件，邮件里只有下载链接，没有文件，链接会过期。请压缩后作为普通附件重新发送，或放入共享文件夹",
    )


def _letter(message: Message, name: str | None, outer: tuple[str, ...], depth: int) -> Iterator[Part]:
    """One mail: the page in its text, then what is attached to it."""
    own = sender(message)
    senders = (own, *outer) if own else outer
    if depth > DEPTH:
        too_deep = unsafe_archive(f"邮件里套了超过 {DEPTH} 层转发的邮件。请把文件直接作为附件发送")
        yield Part(name or "转发的邮件.eml", b"", senders, too_deep)
        return
    pages: list[str] = []
    attached = list(_attached(message, pages, senders, depth))
    # Tables laid out for looks are told from reported ones by their headers, as in any page.
    if any("<table" in page.lower() for page in pages):
        content = "\n".join(pages).encode("utf-8", "replace")
        yield Part(name, b"\xef\xbb\xbf" + content, senders, is_page=True)
    yield from attached


def _attached(message: Message, pages: list[str], senders: tuple[str, ...], depth: int) -> Iterator[Part]:
    """Everything attached; what is HTML in the letter itself goes into `pages`, its pictures are left."""
    kind = message.get_content_type()
    if kind == "message/rfc822" or message.is_multipart():
        for inner in message.get_payload():
            if isinstance(inner, Message) and kind == "message/rfc822":
                title = file_name(message) or f"{subject(inner) or '转发的邮件'}.eml"
                yield from _letter(inner, title, senders, depth + 1)
            elif isinstance(inner, Message):
                yield from _attached(inner, pages, senders, depth)
        return
    name, content = file_name(message), message.get_payload(decode=True)
    if not isinstance(content, bytes):
        return
    if kind == "application/ms-tnef" or (name or "").lower() == "winmail.dat":
        yield from (Part(inner, data, senders) for inner, data in _tnef(content, name or "winmail.dat"))
    elif _is_own(message, name):
        if kind == "text/html":
            pages.append(part_text(message))
    elif (name or "").lower().endswith(".eml"):
        yield from _letter(parse(content), name, senders, depth + 1)
    else:
        yield Part(name or f"附件.{message.get_content_subtype()}", content, senders)


def _is_own(message: Message, name: str | None) -> bool:
    """Whether a part is the letter's own text, or a picture in it."""
    is_attached = message.get_content_disposition() == "attachment"
    is_text = message.get_content_maintype() == "text" and name is None
    is_picture = message.get_content_maintype() == "image" and "Content-ID" in message
    return not is_attached and (is_text or is_picture)


def _tnef(content: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """What Outlook wrapped up; the wrapping itself where it cannot be undone."""
    try:
        found = [
            (str(one.long_filename() or one.name), one.data) for one in tnefparse.TNEF(content).attachments
        ]
    except Exception:  # the library raises whatever broken bytes make it meet
        yield name, content
        return
    for inner, data in found:
        yield inner.rstrip("\0"), bytes(data)


def _large_attachments(message: Message) -> list[str]:
    """Names of files that a provider keeps on its own server, in the order of the letter."""
    found: dict[str, str] = {}
    for part in message.walk():
        if part.get_content_maintype() != "text" or file_name(part):
            continue
        text = part_text(part)
        if not _LARGE.search(text):
            continue
        for link, shown in _anchors(text):
            is_name = bool(shown) and not shown.startswith("http") and "下载" not in shown
            if _LARGE.match(link) and (is_name or link not in found):
                found[link] = shown if is_name else "超大附件"
        for link in _LARGE.findall(text):
            found.setdefault(link.replace("&amp;", "&"), "超大附件")
    return list(dict.fromkeys(found.values()))


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
