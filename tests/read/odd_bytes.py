"""Bytes as broken disks, cut transfers and careless programs leave them: flipped, cut, spliced, their parts swapped."""

import io
import random
import zipfile
from collections.abc import Callable, Sequence

MOST = 400_000
"""Bytes of a file that is changed at all: what is larger takes longer and breaks no other way."""
_TOKENS = [
    b"", b"\0", b"\xff", b"\xff\xff\xff\xff", b"\x80\0\0\0", b"-1", b"0", b"99999999999999999999", b"NaN", b"<", b">", b"</", b"&#0;", b"&#xD800;", b"&#55296;",
    b"<![CDATA[", b"<table>", b"</table>", b"<td colspan=99999 rowspan=99999>", b"\xef\xbb\xbf", b"\xff\xfe", b"=?utf-8?B?//8=?=", b"=?gb2312?Q?=FF?=",
    b"\r\n\r\n", b"--", b"Content-Transfer-Encoding: base64\r\n", b"charset=utf-7", b"charset=idna", b"charset=rot13", b"charset=hex", b'charset="\xff"',
    b"filename*=utf-8''%FF%00", b"\\u-1?", b"\\'zz", b"1e999", b'r="A0"', b'r="XFE1"', b'ref="A1:"', b't="s"', b't="e"', b's="99999"', b'"', b"'", b"[", b"]",
]  # fmt: skip
Change = Callable[[random.Random, bytearray], None]


def odd_bytes(seed: int, content: bytes, others: Sequence[bytes]) -> bytes:
    """The content with a few things changed, always the same ones for a seed; `others` are what parts may come from."""
    chance = random.Random(seed)
    if content.startswith(b"PK") and chance.random() < 0.7:
        content = _packed_anew(chance, content, others)
        if chance.random() < 0.8:
            return content
    return _changed(chance, content, others)


def _changed(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(7):
            case 0 | 1 if changed:
                changed[at % len(changed)] ^= 1 << chance.randrange(8)
            case 2:
                del changed[at : at + chance.choice((1, 2, 7, 100, 5000, len(changed)))]
            case 3:
                changed[at:at] = chance.choice(_TOKENS)
            case 4:
                changed[at : at + 4] = chance.choice(_TOKENS)
            case 5 if changed:
                start = chance.randrange(len(changed))
                changed[at:at] = changed[start : start + chance.choice((3, 40, 600))]
            case _:
                other = chance.choice(others)
                start = chance.randrange(len(other) + 1)
                changed[at : at + chance.choice((0, 500))] = other[
                    start : start + chance.choice((8, 500, 9000))
                ]
    return bytes(changed)


def _packed_anew(chance: random.Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """The archive with members changed inside, left out, doubled, called another thing or taken from another archive; whole again
    by its checksums, so that what reads the parts has to cope."""
    parts = _parts(content)
    if not parts:
        return content
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(len(parts))
        name, part = parts[at]
        match chance.randrange(6):
            case 0 | 1 | 2:
                parts[at] = (name, _changed(chance, part, [one for _, one in parts] or [b""]))
            case 3:
                del parts[at]
                if not parts:
                    break
            case 4:
                parts[at] = (chance.choice(parts)[0], part)
            case _:
                strange = _parts(chance.choice(others)) or parts
                same = [one for one in strange if one[0] == name] or strange
                parts[at] = (name, chance.choice(same)[1])
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in dict(parts).items():
            archive.writestr(name, part)
    return written.getvalue()


def _parts(content: bytes) -> list[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [(one.filename, archive.read(one)) for one in archive.infolist() if not one.flag_bits & 1]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return []
