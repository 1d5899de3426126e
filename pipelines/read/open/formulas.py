"""What a formula's text says beside its result: the address that HYPERLINK names."""

import re

_HYPERLINK = re.compile(
    r"HYPERLINK\s*\(\s*\"((?:[^\"]|\"\")*)\"\s*(?:[,;]\s*\"((?:[^\"]|\"\")*)\"\s*)?\)", re.I
)


def hyperlink_address(formula: str) -> str:
    """The address in =HYPERLINK("…","…"); '' where the formula is another, or computes it."""
    return _match(formula)[0].strip()


def hyperlink_text(formula: str) -> str:
    """The text that such a formula shows; '' where it names none."""
    return _match(formula)[1]


def _match(formula: str) -> tuple[str, str]:
    found = _HYPERLINK.match(formula.strip().removeprefix("of:").lstrip(" ="))
    return (found[1].replace('""', '"'), (found[2] or "").replace('""', '"')) if found else ("", "")
