"""Bytes -> text, in the encodings that Chinese senders really use."""

import charset_normalizer

_CONTROL = frozenset(range(32)) - {9, 10, 11, 12, 13, 27}
_GB = frozenset({"gb2312", "gbk", "x-gbk", "cp936", "gb_2312-80", "hz-gb-2312"})


def decode_text(content: bytes) -> str | None:
    """The text, or None where the bytes are none. A BOM decides; then strict UTF-8, UTF-16 by its NULs, GB18030."""
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(bom):
            return _strict(content, encoding)
    if b"\0" in content[:4096]:
        return _utf16_without_bom(content)
    for encoding in ("utf-8", "gb18030"):
        if (text := _strict(content, encoding)) is not None:
            return text if _is_printable(text) else None
    # Neither is strict about a few broken bytes in an otherwise good file: let the detector judge.
    best = charset_normalizer.from_bytes(content[:65536], cp_isolation=["utf_8", "gb18030", "big5"]).best()
    if best is None or best.chaos > 0.2:
        return None
    text = content.decode(best.encoding, "replace")
    return text if _is_printable(text) and text.count("\ufffd") <= len(text) // 200 else None


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _utf16_without_bom(content: bytes) -> str | None:
    """UTF-16 that says nothing of it: line ends and commas have their NUL on one side only."""
    if len(content) % 2:
        return None
    little, big = content[1::2].count(0), content[0::2].count(0)
    text = _strict(content, "utf-16-le" if little >= big else "utf-16-be")
    return text if text is not None and _is_printable(text) else None


def _is_printable(text: str) -> bool:
    sample = text[:65536]
    return sum(ord(letter) in _CONTROL for letter in sample) <= len(sample) // 500


def decode_bytes(content: bytes, charset: str) -> str:
    """By the stated charset, where GB 2312 and GBK mean GB 18030; where it is unknown or wrong, UTF-8, then GB 18030."""
    stated = charset.strip("\"' ").lower()
    for encoding in ("gb18030" if stated in _GB else stated, "utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return content.decode("utf-8", "replace")
