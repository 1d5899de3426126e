"""What a formula's text says beside its result: the address that HYPERLINK names."""

import re

_HYPERLINK = re.compile(
    r"\s*(?:of:)?\s*=?\s*HYPERLINK\s*\(\s*\"((?:[^\"]|\"\")*)\"\s*(?:[,;]\s*\"((?:[^\"]|\"\")*)\"\s*)?\)",
    re.I,
)


def hyperlink_address(formula: str) -> str:
    """The address in =HYPERLINK("…","…"); '' where the formula is another, or computes it."""
    found = _HYPERLINK.match(formula)
    return found[1].replace('""', '"').strip() if found else ""


def hyperlink_text(formula: str) -> str:
    """The text that such a formula shows; '' where it names none."""
    found = _HYPERLINK.match(formula)
    return (found[2] or "").replace('""', '"') if found else ""
