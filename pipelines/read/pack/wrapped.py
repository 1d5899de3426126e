"""What Outlook wrapped up in a winmail.dat (TNEF) -> the files in it."""

import struct
from typing import Any

import tnefparse

from pipelines.read.findings import FileRejected, unreadable
from pipelines.read.open.charsets import decode_bytes
from pipelines.read.opening import opening

_SAID_OF_TNEF = (ValueError, LookupError, struct.error)
"""What the library meets in broken bytes, or calls them."""
_HEAD = 6
"""Bytes before the first thing that Outlook wrapped up."""


def unwrap(content: bytes, name: str) -> list[tuple[str, bytes]]:
    """Names and bytes of the files. Raises FileRejected where the wrapping is damaged."""
    with opening(_damaged(name), _SAID_OF_TNEF):
        found = tnefparse.TNEF(content)
        files = [(_name(one), bytes(one.data)) for one in found.attachments]
    # The library stops in silence where the bytes do.
    if not found.objects or _HEAD + sum(one.length for one in found.objects) > len(content):
        raise _damaged(name)
    return files


def _name(attachment: Any) -> str:
    """The long name, else the short one, which Outlook writes in the sender's own charset; the library expects UTF-8."""
    try:
        given = attachment.long_filename()
    except UnicodeDecodeError:
        given = attachment._name
    text = decode_bytes(given, "") if isinstance(given, bytes) else str(given)
    return text.partition("\0")[0] or "附件"


def _damaged(name: str) -> FileRejected:
    return unreadable(
        f"“{name}”是 Outlook 打成的包，已损坏，里面的附件读不出来。请在 Outlook 里把邮件格式改为“HTML”或“纯文本”后重新发送"
    )
