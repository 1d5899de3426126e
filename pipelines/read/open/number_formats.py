"""Number formats that show a number as another one: multiplied, or as a percentage."""

import re
from functools import lru_cache

_QUOTED = re.compile(r"\"([^\"]*)\"?|[\\!](.)|[_*].|\[[^\]]*\]", re.S)
_THOUSANDS = re.compile(r"[0#?],+(?![0#?,])")
LONGEST = 255
"""Excel allows no more letters."""
MULTIPLIERS = "万千百亿萬億%％‰"


@lru_cache(maxsize=4096)
def is_scaled(number_format: str) -> bool:
    """Whether it shows 12000 as 1.2万 or 12 or 0.5 as 50%; not where it only adds a unit (0"人")."""
    number_format = number_format[:LONGEST]
    if number_format.lower() == "general":
        return False
    said = "".join(quoted or escaped for quoted, escaped in _QUOTED.findall(number_format))
    plain = _QUOTED.sub("", number_format)
    if not any(mark in plain for mark in "0#?"):
        return False
    return any(mark in said + plain for mark in MULTIPLIERS) or bool(_THOUSANDS.search(plain))
