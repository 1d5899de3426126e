"""Chinese numerals as numbers: 十一 is 11, 二〇二一 is 2021, 三十八 is 38."""

_DIGITS = {letter: n for n, letter in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "○": 0,
    "O": 0,
    "o": 0,
    "两": 2,
}
NUMERAL = r"[〇○零一二三四五六七八九十百两]"


def to_number(text: str) -> int | None:
    """The number that a numeral in Arabic or Chinese digits states; None where it is none."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return int(text)
    if not text or any(letter not in _DIGITS and letter not in "十百" for letter in text):
        return None
    if "十" not in text and "百" not in text:
        return int("".join(str(_DIGITS[letter]) for letter in text))
    total, digit = 0, 0
    for letter in text:
        if letter in "十百":
            total += (digit or 1) * (10 if letter == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[letter]
    return total + digit
