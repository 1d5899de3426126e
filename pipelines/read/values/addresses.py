"""Links and phones as units write them."""

import re
import unicodedata
from functools import lru_cache

from pipelines.read.values.texts import WHITE, has_note_digits, trim

_BARE = re.compile(
    r"(?:www\.[^\s/?#@:]|(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,9}[a-z]{2,24}(?::\d{1,5})?/)", re.I
)
_DIVIDED = re.compile(r"[、/;,]+")
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_AREA = r"010|02[0-9]|0[3-9][0-9]{2}"
_LANDLINE = re.compile(
    rf"(?P<area>{_AREA})(?P<number>[0-9]{{7,8}})|(?P<wide_area>0[0-9]{{2,3}})-(?P<parted>[0-9]{{7,8}})(?:[-转](?P<within>[0-9]{{1,6}}))?"
)
_COUNTRY = re.compile(r"^(?:\+86[\s-]*|86-\s*)(?=\(?0)")
"""The country's code in front of a landline; a mobile may bear it without a sign between."""
_DASHES = re.compile(r"[-—–‐‑−]+")
_AROUND = re.compile(r"[-()]+|\s+")
_UNSEEN = re.compile(f"[{WHITE}]+")
_LONGEST = 200


def plain_address(text: str) -> str:
    """A phone, address or URL: full-width letters made half-width, outer white space removed."""
    return trim(text if text.isascii() else unicodedata.normalize("NFKC", text))


def added_scheme(text: str) -> str | None:
    """The link with http:// in front, where it is www. or a bare host with a path; None where nothing is added."""
    if text.startswith(("http://", "https://")):
        return None
    plain = plain_address(text)
    return f"http://{plain}" if _BARE.match(plain) else None


@lru_cache(maxsize=8192)
def read_phone(text: str) -> str | None:
    """The first valid number, as digits with - behind a landline's area code; None where none is valid."""
    plain = _DASHES.sub("-", _UNSEEN.sub(" ", plain_address(text[: 2 * _LONGEST])))
    if len(plain) > _LONGEST or has_note_digits(text):
        return None
    for piece in _DIVIDED.split(plain):
        if found := _phone(piece) or _first_of(piece.split()):
            return found
    return None


def _first_of(pieces: list[str]) -> str | None:
    """White space stands inside of numbers and between them: the first pieces that make up a valid one."""
    for start in range(len(pieces)):
        for end in range(start + 1, min(len(pieces), start + 6) + 1):
            if found := _phone(" ".join(pieces[start:end])):
                return found
    return None


def _phone(text: str) -> str | None:
    text = _COUNTRY.sub("", text.strip())
    digits = _AROUND.sub("", text)
    if found := _MOBILE.fullmatch(digits):
        return found[1]
    parted = re.sub(r"\s*-\s*", "-", re.sub(r"^\((0[0-9]{2,3})\)\s*|^(0[0-9]{2,3})\s+", r"\1\2-", text))
    found = _LANDLINE.fullmatch(re.sub(r"\s+", "", parted)) or _LANDLINE.fullmatch(digits)
    if not found:
        return None
    if found["area"]:
        return f"{found['area']}-{found['number']}"
    within = f"-{found['within']}" if found["within"] else ""
    return f"{found['wide_area']}-{found['parted']}{within}"
