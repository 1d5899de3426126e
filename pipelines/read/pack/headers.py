"""Names and subjects out of mail headers, as Chinese senders really write them.

`email` alone is not enough: words split inside a character, GBK labelled gb2312, raw GBK bytes, names in RFC 2231 pieces.
"""

import base64
import binascii
import quopri
import re
from email.message import Message
from email.utils import parseaddr
from urllib.parse import unquote_to_bytes

from pipelines.read.open.charsets import decode_bytes

_WORD = re.compile(r"=\?(?P<charset>[^?*]+)(?:\*[^?]*)?\?(?P<coding>[bBqQ])\?(?P<text>[^?]*)\?=")
_GAP = re.compile(r"(\?=)\s+(=\?)")
_PARAMETER = re.compile(
    r";\s*(?P<name>[\w-]+)(?:\*(?P<number>\d+))?(?P<star>\*)?\s*=\s*(?P<value>\"(?:[^\"\\]|\\.)*\"|[^;]*)",
    re.S,
)


def file_name(part: Message) -> str | None:
    """What a part is called: `filename*`, then `filename`, then the `name` of its type; None where it has none."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        name = _parameter(_raw(part, header), parameter)
        if name:
            return re.sub(r"[\r\n\t\0]+", "", name.replace("\\", "/").rpartition("/")[2]).strip() or None
    return None


def subject(part: Message) -> str:
    return " ".join(decode_words(_raw(part, "subject")).split())


def sender(part: Message) -> str:
    """The address that a mail says it came from, in small letters; '' where it says none."""
    return parseaddr(_bytes_as_text(_raw(part, "from")))[1].lower()


def _raw(part: Message, header: str) -> str:
    """The header as it came: bytes that are not ASCII stand in it as surrogates."""
    return next((str(value) for name, value in part.raw_items() if name.lower() == header), "")


def _parameter(header: str, wanted: str) -> str:
    plain, pieces = "", {}
    for found in _PARAMETER.finditer(header):
        if found["name"].lower() != wanted:
            continue
        value = found["value"].strip()
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        if found["star"] or found["number"]:
            pieces[int(found["number"] or 0)] = (value, bool(found["star"]))
        else:
            plain = value
    return _extended(pieces) if pieces else decode_words(plain)


def _extended(pieces: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: pieces in order, those with a star percent-coded, the first with its charset in front."""
    charset, content = "", b""
    for number, (value, is_coded) in sorted(pieces.items()):
        if number == min(pieces) and is_coded and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        raw = value.encode("utf-8", "surrogateescape")
        content += unquote_to_bytes(raw) if is_coded else raw
    return decode_bytes(content, charset)


def decode_words(text: str) -> str:
    """Encoded words as text. Neighbours of one charset are joined as bytes: a character may be split between them."""
    found, end, pending, charset = [], 0, b"", ""
    joined = _GAP.sub(r"\1\2", re.sub(r"\r?\n[ \t]+", " ", text))
    for word in _WORD.finditer(joined):
        between = joined[end : word.start()]
        if pending and (between or word["charset"].lower() != charset.lower()):
            found.append(decode_bytes(pending, charset))
            pending = b""
        found.append(_bytes_as_text(between))
        pending, charset, end = pending + _decode_word(word), word["charset"], word.end()
    return "".join([*found, decode_bytes(pending, charset), _bytes_as_text(joined[end:])])


def _decode_word(word: re.Match[str]) -> bytes:
    content = word["text"].encode("ascii", "surrogateescape")
    if word["coding"].lower() == "q":
        return quopri.decodestring(content.replace(b"_", b" "))
    try:
        return base64.b64decode(content + b"=" * (-len(content) % 4))
    except binascii.Error:
        return content


def _bytes_as_text(text: str) -> str:
    return decode_bytes(text.encode("utf-8", "surrogateescape"), "")
