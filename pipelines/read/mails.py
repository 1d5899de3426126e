"""A mail's bytes -> what was submitted with it: attachments, those of mails inside it, and links to large ones."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

import tnefparse

from pipelines.ground.settings import Settings
from pipelines.read.archives import Member, unpack
from pipelines.read.findings import FileRejected, unsafe_archive
from pipelines.read.formats import detect_format, is_junk
from pipelines.read.mail_headers import decode_bytes, file_name, subject

DEPTH = 5
"""Mails inside mails: what is forwarded of what was forwarded."""
_LARGE = re.compile(
    r"https?://(?:mail\.163\.com/large-attachment-download|dashi\.163\.com/html/cloud-attachment-download|"
    r"i?wx\.mail\.qq\.com/ftn|mail\.qq\.com/cgi-bin/ftnExs_download|mail\.sina\.com\.cn/filecenter/download|"
    r"pan\.baidu\.com/s/)[^\s\"'<>）】]*",
    re.I,
)
_ANCHOR = re.compile(r"<a\b[^>]*?href\s*=\s*[\"'](?P<link>[^\"']+)[\"'][^>]*>(?P<text>.*?)</a>", re.I | re.S)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Mail:
    """What a mail holds. `is_automatic`: a machine's answer or a delivery failure, which submits nothing."""

    subject: str
    is_automatic: bool
    members: list[Member]


def read_mail(content: bytes, settings: Settings) -> Mail:
    """Never raises: a part that makes no sense is left as it is, and a mail without parts has no members."""
    message = BytesParser(policy=compat32).parsebytes(content)
    if _is_automatic(message):
        return Mail(subject(message), True, [])
    members: list[Member] = []
    taken: set[str] = set()
    for name, inner in _attachments(message, 1):
        place = _unused(name, taken)
        if not is_junk(name) and inner and detect_format(inner, name) == "zip":
            members += unpack(inner, settings, (place,))
        else:
            members.append(Member((place,), inner))
        if len(members) > settings.max_members:
            too_many = unsafe_archive(f"邮件里超过 {settings.max_members} 个文件。请分成几封邮件报送")
            return Mail(subject(message), False, [Member((), content, too_many)])
    for name in _large_attachments(message):
        members.append(Member((_unused(name, taken),), b"", link_only(name)))
    return Mail(subject(message), False, members)


def link_only(name: str) -> FileRejected:
    return FileRejected(
        "link_only",
        f"“{name}”是邮箱的超大附件，邮件里只有下载链接，没有文件，链接会过期。请压缩后作为普通附件重新发送，或放入共享文件夹",
    )


def _is_automatic(message: Message) -> bool:
    said = str(message.get("Auto-Submitted") or "no").strip().lower()
    return (
        not said.startswith("no")
        or message.get_content_type() == "multipart/report"
        or "X-Autoreply" in message
        or str(message.get("Precedence") or "").strip().lower() == "auto_reply"
    )


def _attachments(message: Message, depth: int) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of everything attached; texts and pictures that are part of the letter itself are not."""
    if depth > DEPTH:
        return
    if message.is_multipart() and message.get_content_type() != "message/rfc822":
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _attachments(part, depth)
        return
    if message.get_content_type() == "message/rfc822":
        for inner in message.get_payload():
            if isinstance(inner, Message):
                yield from _attachments(inner, depth + 1)
        return
    name = file_name(message)
    disposition = message.get_content_disposition()
    content = message.get_payload(decode=True)
    if not isinstance(content, bytes):
        return
    if message.get_content_type() == "application/ms-tnef" or (name or "").lower() == "winmail.dat":
        yield from _tnef(content, name or "winmail.dat")
        return
    is_letter = message.get_content_maintype() == "text" and name is None and disposition != "attachment"
    is_picture_in_it = (
        message.get_content_maintype() == "image" and "Content-ID" in message and disposition != "attachment"
    )
    if is_letter or is_picture_in_it:
        return
    if (name or "").lower().endswith(".eml"):
        yield from _attachments(BytesParser(policy=compat32).parsebytes(content), depth + 1)
        return
    yield name or f"附件.{message.get_content_subtype()}", content


def _tnef(content: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """What Outlook wrapped up; the wrapping itself where it cannot be undone."""
    try:
        found = [
            (str(one.long_filename() or one.name), one.data) for one in tnefparse.TNEF(content).attachments
        ]
    except Exception:
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
        content = part.get_payload(decode=True)
        text = decode_bytes(content, part.get_content_charset() or "") if isinstance(content, bytes) else ""
        for anchor in _ANCHOR.finditer(text):
            if _LARGE.match(anchor["link"]):
                shown = " ".join(_TAG.sub("", anchor["text"]).split())
                is_name = bool(shown) and not shown.startswith("http") and "下载" not in shown
                link = anchor["link"].replace("&amp;", "&")
                if is_name or link not in found:
                    found[link] = shown if is_name else "超大附件"
        for link in _LARGE.findall(text):
            found.setdefault(link.replace("&amp;", "&"), "超大附件")
    return list(dict.fromkeys(found.values()))


def _unused(name: str, taken: set[str]) -> str:
    """A name not taken in this mail yet: two attachments may be called the same."""
    stem, dot, suffix = name.rpartition(".")
    candidate, number = name, 2
    while candidate in taken:
        candidate = f"{stem or suffix}（{number}）{dot}{suffix if stem else ''}"
        number += 1
    taken.add(candidate)
    return candidate
