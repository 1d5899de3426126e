"""styles.xml of an xlsx -> the cell formats under which a number or text is not what it seems."""

from collections.abc import Mapping
from functools import lru_cache

import lxml.etree

from pipelines.read.open.canvas import CellStyle, Fate
from pipelines.read.open.number_formats import is_scaled
from pipelines.read.open.package import Package, parse_xml

BUILT_IN = {9: "0%", 10: "0.00%"}
"""The number formats with an id below 164 that are scaled."""


def style_of(fate: Fate, number_format: str) -> CellStyle:
    return CellStyle(fate, number_format if is_scaled(number_format) else "")


def run_fate(properties: lxml.etree._Element | None) -> Fate:
    """By a font's or a run's properties: struck through, raised or lowered."""
    if properties is None:
        return "kept"
    strike, script = properties.find("{*}strike"), properties.find("{*}vertAlign")
    if strike is not None and strike.get("val", "1").lower() not in ("0", "false", "off"):
        return "struck"
    if script is not None and script.get("val") in ("superscript", "subscript"):
        return "left_out"
    return "kept"


def read_styles(package: Package) -> Mapping[int, CellStyle]:
    """By the number that cells name (`s`); those under which all is as it seems are not in it."""
    part = next(
        (one.place for one in package.targets("xl/workbook.xml").values() if one.kind == "styles"),
        "xl/styles.xml",
    )
    if part not in package:
        return {}
    return _read_styles(package.read(part))


@lru_cache(maxsize=64)
def _read_styles(content: bytes) -> Mapping[int, CellStyle]:
    """Remembered: files that one program made have equal styles."""
    root = parse_xml(content)
    formats = BUILT_IN | {
        int(one.get("numFmtId", "0")): one.get("formatCode", "")
        for one in root.iterfind("{*}numFmts/{*}numFmt")
    }
    fonts = [run_fate(font) for font in root.iterfind("{*}fonts/{*}font")]
    found = {}
    for number, xf in enumerate(root.iterfind("{*}cellXfs/{*}xf")):
        font, shown = int(xf.get("fontId", "0")), formats.get(int(xf.get("numFmtId", "0")), "")
        style = style_of(fonts[font] if font < len(fonts) else "kept", shown)
        if style != CellStyle():
            found[number] = style
    return found
