"""The suffix of a file's name."""

import re

_SUFFIX = re.compile(r"(?<!^)\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,7}$")


def suffix_of(name: str) -> str:
    """A name's suffix with its dot, '' where it has none: what follows the dot of 11.9 is a day, no suffix."""
    found = _SUFFIX.search(name)
    return found[0] if found else ""
