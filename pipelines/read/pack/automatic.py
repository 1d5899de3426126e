"""Mails that a machine wrote: automatic replies, and mail that came back. They submit nothing, whatever they quote or return."""

import re
from email.message import Message

from pipelines.read.pack.headers import file_name, sender, subject

_REPLY_HEADER = re.compile(r"x-(?:[\w-]+-)?auto-?(?:reply|respond|responder|reply-from)$", re.I)
"""What mail servers mark their automatic replies with; `X-Auto-Response-Suppress` only asks others for none."""
_REPLY_TITLE = re.compile(
    r"^\s*[\[【(（]?(?:(?:外出|休假|邮件)?自动(?:回复|答复|应答)|自動(?:回覆|答覆|回復)|不在办公室|"
    r"(?:automatic|auto)[- ]?(?:reply|response)|out of (?:the )?office)",
    re.I,
)
_MACHINE = re.compile(
    r"^(?:postmaster|mailer-daemon|mail-daemon|noreply-bounce|microsoftexchange[0-9a-f]{20,})@", re.I
)
_FAILED = re.compile(
    r"退信|退回|投递失败|发送失败|无法投递|未能送达|未送达|未传递|undeliver|"
    r"delivery (?:status notification \(failure\)|has failed|failure)|returned mail|mail delivery failed|failure notice",
    re.I,
)


def is_automatic(message: Message) -> bool:
    """A machine's answer or a delivery failure, which submits nothing. What an office system sends with files does."""
    said = str(message.get("Auto-Submitted") or "no").strip().lower()
    is_sent_by_system = said.startswith("auto-generated") and _brings_files(message)
    return (
        not (said.startswith("no") or is_sent_by_system)
        or message.get_content_type() == "multipart/report"
        or any(_REPLY_HEADER.match(name) for name, _ in message.items())
        or str(message.get("Precedence") or "").strip().lower() == "auto_reply"
        or is_returned(message)
        or (bool(_REPLY_TITLE.match(subject(message))) and not _brings_files(message))
    )


def is_returned(message: Message) -> bool:
    """Whether a mail server says that mail did not arrive, in words of its own."""
    return bool(_MACHINE.match(sender(message)) and _FAILED.search(subject(message)))


def _brings_files(message: Message) -> bool:
    """Whether it has more than its text and the pictures in it."""
    return any(
        part.get_content_disposition() == "attachment"
        or (file_name(part) and part.get_content_maintype() != "image")
        for part in message.walk()
    )
