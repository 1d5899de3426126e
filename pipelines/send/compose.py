"""Composes a message: a plain and an HTML body, pictures inside it, attachments; the same mail is always the same bytes.

A composed message is a skeleton: where an attachment's base64 belongs stands a line with its sha256, so that a workbook
that goes to 250 units is kept once. `fill` puts the content back in. Bodies are base64 too: no text that anybody wrote
can be taken for such a line, for a boundary, or for a header.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage, Message
from email.policy import SMTP, Policy
from typing import Literal
from urllib.parse import quote

from pipelines.send.mailbox import Mailbox, plain

_BLOB = re.compile(rb"^notices-blob:([0-9a-f]{64})\r\n", re.MULTILINE)
_AS_WRITTEN = SMTP.clone(refold_source="none")
"""Parts' headers stay as they are built here: folding them anew breaks long content types and both forms of a name."""
_KNOWN_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "pdf": "application/pdf",
    "csv": "text/csv",
    "html": "text/html",
    "zip": "application/zip",
    "png": "image/png",
    "jpg": "image/jpeg",
}  # fmt: skip


class _Subject(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]
    """Python's own folding loses a blank that stands where two encoded words meet."""

    def fold(self, *, policy: Policy) -> str:
        if self.isascii():
            return super().fold(policy=policy)
        end = policy.linesep
        return f"{self.name}: {Header(str(self), 'utf-8', header_name=self.name).encode(linesep=end)}{end}"


_registry = HeaderRegistry()
_registry.map_to_type("subject", _Subject)
_HEADERS = SMTP.clone(header_factory=_registry)


@dataclass(frozen=True)
class File:
    """A file that goes with a mail: attached, or as a picture inside the HTML body, where `cid:<name>` shows it."""

    name: str
    content: bytes
    place: Literal["attached", "inline"] = "attached"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Mail:
    """What one addressee is to get. `purpose`, `recipient` and `what` say which mail it is, whatever stands in it.

    `recipient` is a unit's code or a list's name; `member` tells the members of a list apart (their address).
    """

    purpose: str
    recipient: str
    what: str
    to: Mailbox
    subject: str
    text: str
    html: str = ""
    files: tuple[File, ...] = ()
    member: str = ""
    not_before: datetime | None = None
    """Naive time in the notice's zone."""
    reply_to: Mailbox | None = None
    """Where answers go; None: as the notice says."""
    thread: str = ""
    """The matter: mails of one matter to one addressee are shown as one conversation."""
    is_circular: bool = False
    """It goes to many who may not want it: they are told how to leave the list."""
    about: tuple[str, ...] = ()
    """Subjects that the outbox remembers of it, for whoever made it."""


def mail_key(notice_id: str, mail: Mail) -> str:
    """32 hex digits, the same for the same notice, purpose, recipient and what: queued again, it is the same mail."""
    return make_key(notice_id, mail.purpose, mail.recipient, mail.what, mail.member)


def make_key(notice_id: str, purpose: str, recipient: str, what: str, member: str = "") -> str:
    parts = (notice_id, purpose, recipient, what, member)
    return hashlib.sha256("".join(f"{len(part)}:{part}," for part in parts).encode()).hexdigest()[:32]


def message_id(key: str, sender: Mailbox) -> str:
    """The Message-ID of a key: what a server's log is searched for."""
    return f"<{key}@{sender.address.rpartition('@')[2]}>"


def compose(
    key: str, mail: Mail, sender: Mailbox, reply_to: Mailbox | None, at: datetime, notice_id: str
) -> bytes:
    """The skeleton of the message. `at` is when it was queued, with its zone."""
    root = EmailMessage(_HEADERS)
    root["Date"] = at.replace(microsecond=0)
    root["From"] = sender.header
    root["To"] = mail.to.header
    if reply_to := mail.reply_to or reply_to:
        root["Reply-To"] = reply_to.header
    root["Subject"] = plain(mail.subject)
    root["Message-ID"] = message_id(key, sender)
    if mail.thread:
        start = message_id(make_key(notice_id, "thread", mail.recipient, mail.thread, mail.member), sender)
        root["In-Reply-To"] = root["References"] = start
    if mail.is_circular:
        to = (reply_to or sender).address
        root["List-Unsubscribe"] = f"<mailto:{to}?subject={quote(f'unsubscribe {notice_id}')}>"
    root["Auto-Submitted"] = "auto-generated"
    root["X-Notices"] = plain(f"{notice_id} {mail.purpose} {key}")
    root["MIME-Version"] = "1.0"
    boundary = (f"=_{key}_{number}" for number in range(3))
    pictures = [file for file in mail.files if file.place == "inline"]
    attached = [file for file in mail.files if file.place == "attached"]
    body = _text(mail.text, "plain")
    if mail.html:
        html = _text(mail.html, "html")
        if pictures:
            html = _multipart("related", next(boundary), [html, *map(_blob, pictures)], type="text/html")
        body = _multipart("alternative", next(boundary), [body, html])
    content = _multipart("mixed", next(boundary), [body, *map(_blob, attached)]) if attached else body
    for name, value in content.items():
        root[name] = value.replace("\r\n", "")
    root.set_payload(content.get_payload())
    return root.as_bytes(policy=_AS_WRITTEN)


def fill(skeleton: bytes, content: Callable[[str], bytes]) -> bytes:
    """The message as it travels: each attachment's content, asked for by sha256, in its place."""
    return b"".join(_filled(skeleton, content))


def _filled(skeleton: bytes, content: Callable[[str], bytes]) -> Iterator[bytes]:
    position = 0
    for place in _BLOB.finditer(skeleton):
        yield skeleton[position : place.start()]
        yield _base64(content(place[1].decode())).encode()
        position = place.end()
    yield skeleton[position:]


def _multipart(subtype: str, boundary: str, parts: list[Message], **parameters: str) -> Message:
    whole = Message()
    extra = "".join(f' {name}="{value}";' for name, value in parameters.items())
    whole["Content-Type"] = f'multipart/{subtype};{extra}\r\n boundary="{boundary}"'
    whole.set_payload([*parts])
    return whole


def _text(text: str, subtype: str) -> Message:
    part = Message()
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "base64"
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    part.set_payload(_base64(lines.replace("\n", "\r\n").encode("utf-8", "replace")))
    return part


def _blob(file: File) -> Message:
    """A file's part. The name stands in it twice: as RFC 2231 asks, and as QQ and older Foxmail and Outlook read it."""
    name = safe_name(file.name)
    kind = _KNOWN_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    disposition = "inline" if file.place == "inline" else "attachment"
    part = Message()
    part["Content-Type"] = f"{kind};\r\n name={_encoded_words(name)}"
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-Disposition"] = f"{disposition};\r\n {_extended('filename', name)}"
    if file.place == "inline":
        part["Content-ID"] = f"<{quote(file.name, safe='._-')}>"
    part.set_payload(f"notices-blob:{file.sha256}\r\n")
    return part


def safe_name(name: str) -> str:
    """A file name that every system can save, with its suffix; never empty, never longer than 100 characters."""
    shown = re.sub(r'[\\/:*?"<>|;]', "_", plain(name)).strip(". ") or "附件"
    stem, dot, suffix = shown.rpartition(".")
    return f"{stem[: 100 - len(suffix)]}{dot}{suffix}" if dot and len(suffix) <= 10 else shown[:100]


def _encoded_words(name: str) -> str:
    """RFC 2047 inside a parameter: against the letter of the standard, and what Chinese clients have always read."""
    if name.isascii():
        return f'"{name}"'
    pieces = [name[start : start + 14] for start in range(0, len(name), 14)]
    words = (f"=?UTF-8?B?{base64.b64encode(piece.encode()).decode()}?=" for piece in pieces)
    return '"' + "\r\n ".join(words) + '"'


def _extended(parameter: str, name: str) -> str:
    """RFC 2231, cut into continuations between percent signs."""
    if name.isascii():
        return f'{parameter}="{name}"'
    pieces, line = [], "UTF-8''"
    for letter in name:
        coded = quote(letter, safe="")
        if len(line) + len(coded) > 60:
            pieces.append(line)
            line = ""
        line += coded
    pieces.append(line)
    if len(pieces) == 1:
        return f"{parameter}*={pieces[0]}"
    return ";\r\n ".join(f"{parameter}*{number}*={piece}" for number, piece in enumerate(pieces))


def _base64(content: bytes) -> str:
    return base64.encodebytes(content).decode().replace("\n", "\r\n")
