"""Chinese numerals, exactly: 三百, 一千二百, 十一; what leaves a doubt (三百二) is none."""

DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_SECTIONS = ("", "万", "亿")
_WORTH = {"十": 10, "百": 100, "千": 1000}
_SPELLINGS = str.maketrans("〇○两", "零零二")
SIGNS = "〇○零一二两三四五六七八九十百千万亿"


def spell_numeral(number: int) -> str:
    """The one full spelling of 0 to 999,999,999,999 (10: 十)."""
    if number == 0:
        return DIGITS[0]
    text = ""
    for index in (2, 1, 0):
        section = number // 10 ** (4 * index) % 10_000
        if section == 0:
            text += DIGITS[0] if text and not text.endswith(DIGITS[0]) else ""
            continue
        if text and section < 1000 and not text.endswith(DIGITS[0]):
            text += DIGITS[0]
        text += _spell_section(section) + _SECTIONS[index]
    text = text.rstrip(DIGITS[0])
    return text[1:] if text.startswith("一十") else text


def _spell_section(section: int) -> str:
    text = ""
    for place in (3, 2, 1, 0):
        digit = section // 10**place % 10
        if digit:
            text += DIGITS[digit] + _PLACES[place]
        elif text and not text.endswith(DIGITS[0]):
            text += DIGITS[0]
    return text.rstrip(DIGITS[0])


def read_numeral(text: str) -> int | None:
    """The number that is spelled so in full, else None: 三百二 may be 302 or 320."""
    plain = text.translate(_SPELLINGS)
    if not plain or len(plain) > 24:
        return None
    total = section = digit = 0
    for sign in plain:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in _WORTH:
            section += (digit or 1) * _WORTH[sign]
            digit = 0
        elif sign in "万亿":
            total += (section + digit) * (10_000 if sign == "万" else 10**8)
            section = digit = 0
        else:
            return None
    number = total + section + digit
    return number if number < 10**12 and spell_numeral(number) in (plain, plain.removeprefix("一")) else None


def read_digits(text: str) -> int | None:
    """Digits in a row as years are spelled: 二〇二〇."""
    plain = text.translate(_SPELLINGS)
    return (
        int("".join(str(DIGITS.index(sign)) for sign in plain))
        if plain and set(plain) <= set(DIGITS)
        else None
    )
