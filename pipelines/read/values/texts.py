"""A cell as text: what can be seen of it, cleaned in the few ways that change no meaning."""

import datetime as dt
import re
import unicodedata
from functools import cache, lru_cache

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

WHITE = r"\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""White space and the characters that cannot be seen, for a class of a pattern."""
_UNSEEN = re.compile(f"[{WHITE}]+")
_OUTER = re.compile(rf"\A[{WHITE}]+|[{WHITE}]+\Z")
_ERROR = re.compile(
    r"#(?:REF!|DIV/0!|N/A|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|PYTHON!|GETTING_DATA)"
    r"|#?ERR:\d{3}",
    re.I,
)


@lru_cache(maxsize=65536)
def normalize(text: str) -> str:
    """NFKC, without white space and characters that cannot be seen."""
    return _without_white(unicodedata.normalize("NFKC", text))


def _without_white(text: str) -> str:
    # Of the white space that there is, only the plain blank can be printed.
    return text if text.isprintable() and " " not in text else _UNSEEN.sub("", text)


@lru_cache(maxsize=65536)
def join_word(text: str) -> str:
    """A word of a list or a county's name: white space inside removed, nothing else."""
    return _without_white(text)


def trim(text: str) -> str:
    """Outer white space removed, that without width too; nothing inside is touched."""
    return text.strip(" ") if text.isprintable() else _OUTER.sub("", text)


def as_text(cell: Cell) -> str:
    """A cell as a person saw it: whole floats without their .0, dates in ISO, nothing as ''."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    return str(cell)


def begins_as_is(text: str) -> bool:
    """Whether a text begins with a letter that `normalize` leaves as it is; False where that takes a closer look."""
    return "\u4e00" <= text[:1] <= "\u9fff" or (text.isascii() and text[:1].isalnum())


_LIKE_IDEOGRAPHS = (
    (0x2E80, 0x2FE0),
    (0x3000, 0x3400),
    (0xF900, 0xFB00),
    (0x1F200, 0x1F300),
    (0x2F800, 0x2FA20),
)
"""Where the signs stand that NFKC turns into an ideograph: radicals, enclosed ones, compatibility ideographs."""


def spellings(letter: str) -> tuple[str, ...]:
    """All signs of which `normalize` makes a text that holds an ideograph; of another letter '', which every text holds."""
    return (letter, *_unusual().get(letter, ())) if "\u4e00" <= letter <= "\u9fff" else ("",)


@cache
def _unusual() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for first, last in _LIKE_IDEOGRAPHS:
        for sign in map(chr, range(first, last)):
            for letter in unicodedata.normalize("NFKC", sign):
                found.setdefault(letter, []).append(sign)
    return found


def is_error(text: str) -> bool:
    """Whether a cell shows an error (#REF!) in place of a value; as text too, for csv and html know no other."""
    plain = normalize(text)
    return plain[:1] in ("#", "E", "e") and bool(_ERROR.fullmatch(plain))


def is_formula(text: str) -> bool:
    """Whether a number's or date's cell holds a formula (=SUM(G2:G9)) that was never worked out."""
    plain = trim(text)
    return len(plain) > 1 and plain[0] in "=＝"


def has_note_digits(text: str) -> bool:
    """Whether a digit is circled, raised or part of a sign (①, ², ½): NFKC would make it a digit of the number."""
    return not text.isascii() and any(unicodedata.category(sign) == "No" for sign in text)


def close_up(text: str, parted: str, parted_from: str | None = None) -> str:
    """NFKC with its white space removed, but one space left between a sign of `parted` and one of `parted_from`.

    What white space parts are two numbers: joining them would make a third one.
    """
    pieces = _UNSEEN.sub(" ", unicodedata.normalize("NFKC", text)).split()
    closed: list[str] = []
    for piece in pieces:
        if closed and closed[-1][-1] in parted and piece[0] in (parted_from or parted):
            closed.append(" ")
        closed.append(piece)
    return "".join(closed)
