"""Mail that came back -> the outbox: delivery reports (RFC 3464), complaints (RFC 5965), and what 163, QQ and exmail write instead.

Reads a mailbox by UID and only peeks; writes <home>/mail/outbox.sqlite, and where it stopped into bounces.sqlite. A bounce is
known by the Message-ID of one of our own mails in it; whatever is no report of a failure (an automatic reply, a delay, an
ordinary answer that quotes our mail) settles nothing.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from email.message import Message

from pipelines.collect.mailbox import MailboxSource
from pipelines.collect.source import EntryChanged, EntryUnreadable
from pipelines.collect.sources import made_for
from pipelines.ground.connections import Connection
from pipelines.ground.durable import open_base
from pipelines.ground.home import Home
from pipelines.notice.mail import Bounces
from pipelines.notice.model import Notice
from pipelines.notice.sources import MailboxSource as Definition
from pipelines.read.findings import FileRejected
from pipelines.read.open.saved_page import part_text
from pipelines.read.pack.automatic import is_returned
from pipelines.read.pack.headers import subject
from pipelines.read.pack.letters import parse
from pipelines.send.outbox import Outbox

log = logging.getLogger(__name__)
LONGEST = 200
"""Letters of a reason that are kept."""
MOST_BYTES = 4_000_000
"""Larger mails are nobody's report of a failure."""
_CURSORS = "CREATE TABLE IF NOT EXISTS cursors (mailbox TEXT PRIMARY KEY, cursor TEXT)"
_ID = re.compile(r"<[^<>@\s]{1,200}@[^<>@\s]{1,200}>")
_DELAYED = re.compile(
    r"延迟|稍后(?:会|将)?(?:继续|再次|重)|delay|will (?:be retried|retry)|warning: message", re.I
)
_REASONS = re.compile(
    r"[^\n。]{0,60}(?:不存在|查无此人|未找到|找不到|空间不足|容量已满|已满|停用|冻结|禁用|拒收|拒绝|被拒|黑名单|超过.{0,8}大小|"
    r"user (?:unknown|not found)|no such user|mailbox (?:full|unavailable|not found)|quota|rejected|denied|"
    r"\b5\d\d[ -]|\b5\.\d\.\d\b)[^\n。]{0,100}",
    re.I,
)
_SILENT = "对方的邮件服务器退回了这封信，没有说明原因"


@dataclass(frozen=True)
class Bounce:
    """A report that mail failed: Message-IDs that stand in it (ours is among them), and why."""

    ids: tuple[str, ...]
    reason: str


def settle_bounces(
    home: Home, notice: Notice, where: Bounces, connection: Connection, now: datetime
) -> dict[str, str]:
    """Key -> reason of the mails that were found to have come back. Raises SourceError where the mailbox cannot be read; what
    was settled before that stays."""
    settled: dict[str, str] = {}
    definition = Definition(
        id="bounces", kind="mailbox", connection=where.connection, path="退信", line=next(iter(notice.lines)),
        folder=where.folder,
    )  # fmt: skip
    source, name = MailboxSource(connection, definition), f"{made_for(definition, connection)}/{where.folder}"
    with closing(open_base(home.mail / "bounces.sqlite", _CURSORS)) as base, Outbox(home.mail) as outbox:
        known = base.execute("SELECT cursor FROM cursors WHERE mailbox = ?", [name]).fetchone()
        ours = {row.message_id: row.key for row in outbox.rows()}
        try:
            for content in readable_mails(source, known[0] if known else None):
                bounce = read_bounce(content)
                for own in bounce.ids if bounce else ():
                    key = ours.get(own)
                    if bounce and key and outbox.register_bounce(key, bounce.reason, now):
                        settled[key] = bounce.reason
        finally:
            source.close()
        base.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?)", [name, source.cursor])
    return settled


def readable_mails(source: MailboxSource, cursor: str | None) -> Iterator[bytes]:
    """The mails that can be had; the cursor asks again for one that the server would not give."""
    for entry in source.list_entries(cursor):
        if entry.fault:
            log.warning("settle: %s：%s", entry.path, entry.fault)
        elif entry.size <= MOST_BYTES:
            try:
                yield b"".join(source.read_chunks(entry))
            except EntryUnreadable as error:
                log.warning("settle: %s：%s", entry.path, error)
            except EntryChanged:
                continue  # somebody deleted it meanwhile


def read_bounce(content: bytes) -> Bounce | None:
    """What a mail says of mail that failed for good; None where it says nothing of that kind."""
    try:
        message = parse(content)
    except FileRejected:
        return None
    kind = str(message.get_param("report-type") or "").lower()
    if message.get_content_type() == "multipart/report" and kind == "feedback-report":
        return Bounce(_ids(message, content), "收件人把这封信当作垃圾邮件投诉了。请联系收件人，确认后再发")
    if message.get_content_type() == "multipart/report" and kind == "delivery-status":
        reason = _status(message)
    else:
        reason = _said(message)
    return Bounce(_ids(message, content), " ".join(reason.split())[:LONGEST]) if reason else None


def _status(message: Message) -> str:
    """The reason of a delivery report; empty where it tells of a success, a delay or a relay."""
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload():
            if isinstance(block, Message) and str(block.get("Action") or "").strip().lower() == "failed":
                said = str(block.get("Diagnostic-Code") or "").partition(";")[2] or str(
                    block.get("Diagnostic-Code") or ""
                )
                return " ".join([str(block.get("Status") or ""), said]).strip() or _SILENT
    return ""


def _said(message: Message) -> str:
    """The reason that a provider's own words give: those of 163, QQ and exmail are pages without a machine's part."""
    if not is_returned(message) or _DELAYED.search(subject(message)):
        return ""
    text = "\n".join(_texts(message))
    if _DELAYED.search(text) and not _REASONS.search(text):
        return ""
    found = _REASONS.search(text)
    return found[0].strip(" ：:,，;；*") if found else _SILENT


def _texts(message: Message) -> Iterator[str]:
    """What the letter itself says, tags aside; not what it returns."""
    if message.get_content_type() == "message/rfc822":
        return
    if message.is_multipart():
        for inner in message.get_payload():
            if isinstance(inner, Message):
                yield from _texts(inner)
    elif message.get_content_maintype() == "text":
        yield re.sub(r"<[^<>]{0,500}>", "\n", part_text(message))


def _ids(message: Message, content: bytes) -> tuple[str, ...]:
    """Every Message-ID that stands in it: in the mail it returns, in the report, or in the provider's page."""
    own = str(message.get("Message-ID") or "").strip()
    texts = [content.decode("ascii", "replace")]
    for part in message.walk():
        if part.get_content_maintype() == "text" or part.get_content_type() == "text/rfc822-headers":
            texts.append(part_text(part).replace("&lt;", "<").replace("&gt;", ">"))
        for inner in part.get_payload() if part.get_content_type() == "message/rfc822" else ():
            if isinstance(inner, Message):
                texts.append(str(inner.get("Message-ID") or ""))
    found = (one for text in texts for one in _ID.findall(text))
    return tuple(one for one in dict.fromkeys(found) if one != own)
