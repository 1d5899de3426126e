"""Whatever is read on pages and in mails stands out from its ground by 4.5 to 1 at least (WCAG 2 AA)."""

import re
from pathlib import Path

import pytest

from pipelines.report.wording import TEMPLATES
from pipelines.send import letter

CSS = (TEMPLATES / "page.css").read_text("utf-8")
PAIRS = [
    ("ink", "bg"),
    ("soft", "bg"),
    ("ink", "card"),
    ("soft", "card"),
    ("ink", "warn"),
    ("accent", "bg"),
    ("bad", "bg"),
]
SHADES = re.findall(r"\.(q\d)\{background:(#\w+);color:(#\w+)", CSS)
GRAPHIC = {("accent", "bg"), ("bad", "bg")}
"""Lines and marks: 3 to 1 is enough, and no text is set in them."""


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def palettes() -> dict[str, dict[str, str]]:
    found = [dict(re.findall(r"--(\w+):(#\w+)", one)) for one in re.findall(r":root\{([^}]*)\}", CSS)]
    assert len(found) == 3
    return dict(
        zip(("light", "dark", "print"), (found[0], found[0] | found[1], found[0] | found[2]), strict=True)
    )


@pytest.mark.parametrize("name", ["light", "dark", "print"])
@pytest.mark.parametrize("pair", PAIRS, ids="-on-".join)
def test_pages(name: str, pair: tuple[str, str]) -> None:
    colours = palettes()[name]
    assert contrast(colours[pair[0]], colours[pair[1]]) >= (3 if pair in GRAPHIC else 4.5)


def test_shaded_cells() -> None:
    assert len(SHADES) == 6
    assert {
        name: round(contrast(ground, ink), 1) for name, ground, ink in SHADES if contrast(ground, ink) < 4.5
    } == {}


def test_mails() -> None:
    source = Path(letter.__file__).read_text("utf-8")
    inks = set(re.findall(r"[;\"\s]color:(#\w{6})", source))
    assert inks
    assert all(contrast(ink, ground) >= 4.5 for ink in inks for ground in ("#ffffff", "#f6f8fa"))
